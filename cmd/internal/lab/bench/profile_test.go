package bench_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/cmd/internal/cli/config"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench"
)

// TestProfiles: the program knows every setting of every profile, and takes its value.
func TestProfiles(t *testing.T) {
	for _, name := range bench.ProfileNames() {
		t.Run(name, func(t *testing.T) {
			settings, err := bench.SettingsOf(name)
			if err != nil {
				t.Fatal(err)
			}
			for key, value := range settings {
				t.Setenv("TRIBUTARY_"+strings.ToUpper(strings.ReplaceAll(key, ".", "__")), value)
			}
			f, err := config.Load("")
			if err != nil {
				t.Fatal(err)
			}
			for _, fault := range f.Check() {
				for key := range settings {
					if strings.HasPrefix(fault.Path, key) {
						t.Errorf("%s: %s", fault.Path, fault.Message)
					}
				}
			}
		})
	}
}

func TestProfilesJoined(t *testing.T) {
	t.Parallel()
	settings, err := bench.SettingsOf("small+uncompressed")
	if err != nil || settings["processor.engine.compression"] != "none" || settings["processor.memory.gc_percent"] != "30" {
		t.Errorf("SettingsOf() = %v, %v", settings, err)
	}
	if _, err := bench.SettingsOf("small+fast"); err == nil || !strings.Contains(err.Error(), "uncompressed") {
		t.Errorf("an unknown profile: %v, want those that there are", err)
	}
	o := bench.DefaultOptions()
	o.Profiles = []string{"fast"}
	if err := o.Validate(); err == nil {
		t.Error("an unknown profile is taken")
	}
}

// TestBudget: a step that would not fit is not begun, the first always is.
func TestBudget(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		limit time.Duration
		steps []time.Duration
		want  []bool
	}{
		"no limit":        {0, []time.Duration{time.Hour, time.Hour}, []bool{true, true}},
		"two fit":         {25 * time.Minute, []time.Duration{10 * time.Minute, 10 * time.Minute}, []bool{true, false}},
		"the longest":     {30 * time.Minute, []time.Duration{14 * time.Minute, 3 * time.Minute}, []bool{true, false}},
		"not even one":    {time.Minute, []time.Duration{10 * time.Minute}, []bool{false}},
		"exactly its end": {20 * time.Minute, []time.Duration{10 * time.Minute, 10 * time.Minute}, []bool{true, false}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, bench.Steps(c.limit, c.steps)); diff != "" {
				t.Errorf("goes on (-want +got):\n%s", diff)
			}
		})
	}
}

// TestFamilies: what has no figure in common has no table in common.
func TestFamilies(t *testing.T) {
	t.Parallel()
	run := func(name string, keys ...string) bench.Run {
		r := bench.Run{Name: name}
		for _, key := range keys {
			r.Figures.Add(key, 1)
		}
		return r
	}
	r := bench.Report{Runs: []bench.Run{
		run("peer", "records"), run("ours", "records", "rounds"), run("web", "requests"), run("ours", "records"), run("other web", "requests"),
	}}
	want := [][]string{{"peer", "ours"}, {"web", "other web"}}
	if diff := cmp.Diff(want, r.Families()); diff != "" {
		t.Errorf("Families() (-want +got):\n%s", diff)
	}
}

// TestNeeded: what is missing is named with what brings it, and how to do without.
func TestNeeded(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	err := bench.Needed("kafka streams", "streams", "java", "mvn")
	for _, want := range []string{"kafka streams cannot be built", "openjdk-17", "Debian: maven", "--only ingest"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Needed() = %v, want %q in it", err, want)
		}
	}
}

// TestLend: the peers' folder is copied without what was built in it, may be run, and
// is not written when nothing has changed.
func TestLend(t *testing.T) {
	t.Parallel()
	from, to := t.TempDir(), filepath.Join(t.TempDir(), "copy")
	for path, mode := range map[string]os.FileMode{"run": 0o500, "app/pom.xml": 0o400, "app/target/x.jar": 0o400} {
		at := filepath.Join(from, path)
		if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(path), mode); err != nil {
			t.Fatal(err)
		}
	}
	copySources := func() os.FileInfo {
		t.Helper()
		if err := bench.Lend(from, to); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(to, "run"))
		if err != nil || info.Mode()&0o100 == 0 {
			t.Fatalf("run: %v, %v", info, err)
		}
		return info
	}
	first := copySources()
	if _, err := os.Stat(filepath.Join(to, "app", "target")); err == nil {
		t.Error("what was built is copied, too")
	}
	if second := copySources(); !second.ModTime().Equal(first.ModTime()) {
		t.Error("a file is written again without need")
	}
	if err := os.Chmod(filepath.Join(from, "run"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(from, "run"), []byte("#!/bin/sh"), 0o700); err != nil {
		t.Fatal(err)
	}
	copySources()
	if text, err := os.ReadFile(filepath.Join(to, "run")); err != nil || string(text) != "#!/bin/sh" {
		t.Errorf("what has changed is not copied: %q, %v", text, err)
	}
}

func TestValidateGrowthAndBurst(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]bench.GrowthConfig{
		"none": {Webhooks: 1, QuietFor: 1}, "descending": {Entities: []int64{2, 1}, Webhooks: 1, QuietFor: 1},
		"of nothing": {Entities: []int64{0}, Webhooks: 1, QuietFor: 1}, "no load": {Entities: []int64{1}, QuietFor: 1}, "no rest": {Entities: []int64{1}, Webhooks: 1},
	} {
		if c.Validate() == nil {
			t.Errorf("growth, %s: no fault", name)
		}
	}
	for name, change := range map[string]func(*bench.BurstConfig){
		"no burst": func(c *bench.BurstConfig) { c.Times = 1 }, "less than nothing": func(c *bench.BurstConfig) { c.Capacity = -1 },
		"no time": func(c *bench.BurstConfig) { c.Duration = 0 }, "nobody": func(c *bench.BurstConfig) { c.Connections = 0 },
	} {
		c := bench.DefaultBurstConfig()
		change(&c)
		if c.Validate() == nil {
			t.Errorf("burst, %s: no fault", name)
		}
	}
}

// TestFirsts: each story is counted by its first webhook, and once.
func TestFirsts(t *testing.T) {
	t.Parallel()
	load := small()
	load.Webhooks = 500
	orders, firsts := bench.Firsts(bench.DefaultOptions(), load)
	if orders == 0 || orders != firsts {
		t.Errorf("%d stories, %d first webhooks", orders, firsts)
	}
}
