package environment

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// NameOurs names our runs.
const NameOurs = "tributary"

// Names of profiles.
const (
	profileDefault      = "default"
	profileUncompressed = "uncompressed"
	profileSmall        = "small"
	profileLowLatency   = "low-latency"
	profileBacklog      = "backlog"
	profileNoInsights   = "no-insights"
)

// settingInsights switches insights on, as they are by default.
const settingInsights = "processor.insights.enabled"

// profiles maps names to settings of ingest and processor. deploy/sizing.md and
// processor/PERFORMANCE.md describe their use.
func profiles() map[string]map[string]string {
	return map[string]map[string]string{
		profileDefault:      {},
		profileUncompressed: {"processor.engine.compression": "none"},
		profileSmall: {
			"processor.memory.gc_percent": "30", "processor.engine.max_round_records": "1000", "processor.engine.fetch_max_bytes": "524288",
			"processor.engine.store.cache_bytes": "33554432", "processor.engine.store.memtable_bytes": "8388608",
			"processor.engine.store.write_back_bytes": "58720256",
		},
		profileLowLatency: {"ingest.linger": "1ms", "processor.engine.commit_interval": "10ms"},
		profileBacklog:    {"processor.engine.commit_interval": "500ms"},
		profileNoInsights: {settingInsights: "false"},
	}
}

// ProfileNames returns them, sorted.
func ProfileNames() []string { return slices.Sorted(maps.Keys(profiles())) }

// Profile is a named set of settings under which the roles run.
type Profile struct {
	// Name is one of the profiles; empty for the ordinary settings.
	Name string
	// Settings apply unless --set overrides them.
	Settings map[string]string
	// Program is another build; empty means Options.Program.
	Program string
	// Repeats is set if the program may emit a fact twice by design: its answers are
	// not checked.
	Repeats bool
}

// ProfileOf parses profile names joined by a plus into one profile.
func ProfileOf(words string) (Profile, error) {
	v := Profile{Settings: map[string]string{}}
	var names []string
	for word := range strings.SplitSeq(words, "+") {
		settings, ok := profiles()[word]
		if !ok {
			return v, fmt.Errorf("--profiles: %q is none of %s (several at once: joined by +)", word, strings.Join(ProfileNames(), ", "))
		}
		maps.Copy(v.Settings, settings)
		if word != profileDefault {
			names = append(names, strings.ReplaceAll(word, "-", " "))
		}
	}
	v.Name = strings.Join(names, ", ")
	return v, nil
}

// SelectedProfiles returns the profiles of the options, or the ordinary one.
func (o *Options) SelectedProfiles() ([]Profile, error) {
	var out []Profile
	var errs []error
	for _, words := range o.Profiles {
		v, err := ProfileOf(words)
		errs = append(errs, err)
		out = append(out, v)
	}
	if len(out) == 0 {
		out = []Profile{{}}
	}
	return out, errors.Join(errs...)
}

// Title is the name of a run of the profile.
func (v *Profile) Title() string {
	if v.Name == "" {
		return NameOurs
	}
	return NameOurs + ", " + v.Name
}

// Use selects the profile of the next subprocesses.
func (p *Environment) Use(v Profile) { p.profile = v }

// UseOnly selects the profile of a bench that runs a single one.
func (p *Environment) UseOnly() error {
	selectedProfiles, err := p.Options.SelectedProfiles()
	if err == nil && len(selectedProfiles) > 1 {
		err = fmt.Errorf("--profiles: this bench takes one, or several joined by +; %d are given", len(selectedProfiles))
	}
	if err == nil {
		p.Use(selectedProfiles[0])
	}
	return err
}

// settings returns the settings of the next subprocesses: the profile's, overridden by
// --set.
func (p *Environment) settings() map[string]string {
	out := maps.Clone(p.profile.Settings)
	if out == nil {
		out = map[string]string{}
	}
	maps.Copy(out, p.Options.settings())
	return out
}

// program returns the executable of the next subprocess.
func (p *Environment) program() string {
	if p.profile.Program != "" {
		return p.profile.Program
	}
	return p.Options.Program
}

// Budget is the time that a series of similar steps may take.
type Budget struct {
	now     func() time.Time
	limit   time.Duration
	began   time.Time
	last    time.Time
	longest time.Duration
}

// Budget starts a budget; without a limit it never runs out.
func (o *Options) Budget() *Budget {
	now := o.Now()
	return &Budget{now: o.Now, limit: o.For, began: now, last: now}
}

// Step records the end of a step and reports whether another one fits.
func (b *Budget) Step() bool {
	now := b.now()
	b.longest = max(b.longest, now.Sub(b.last))
	b.last = now
	return b.limit <= 0 || now.Sub(b.began)+b.longest <= b.limit
}
