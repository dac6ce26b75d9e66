package timespan_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
)

const day = 24 * time.Hour

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"0": 0, "0s": 0, "500ms": 500 * time.Millisecond, "72h": 3 * day, "7d": 7 * day, "2w": 14 * day, "1w1d": 8 * day, "1d12h": 36 * time.Hour,
		"400d": 400 * day, "1h30m": 90 * time.Minute, "-1h": -time.Hour,
	} {
		if got, err := timespan.Parse(text); err != nil || got != want {
			t.Errorf("Parse(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for text, says := range map[string]string{
		"": "is no time span", "soon": "such as 500ms", "30": `"30" has no unit: write 30s for seconds, or 30ms`, "1.5d": "is no time span", "7 d": "is no time span",
		"12h1d": "is no time span", "1d-1h": "is no time span", "999999d": "is no time span", "d": "is no time span",
	} {
		if _, err := timespan.Parse(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("Parse(%q): %v, want an error with %q", text, err, says)
		}
	}
}

func TestFormat(t *testing.T) {
	t.Parallel()
	for want, d := range map[string]time.Duration{
		"0s": 0, "5ms": 5 * time.Millisecond, "10s": 10 * time.Second, "2m": 2 * time.Minute, "1h": time.Hour, "1h0m5s": time.Hour + 5*time.Second,
		"1h30m": 90 * time.Minute, "1d": day, "3d": 72 * time.Hour, "1d12h": 36 * time.Hour, "400d": 400 * day, "-7d": -7 * day,
	} {
		if got := timespan.Format(d); got != want {
			t.Errorf("Format(%d) = %q, want %q", d, got, want)
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		d := time.Duration(rng.Int64N(int64(100 * day)))
		if got, err := timespan.Parse(timespan.Format(d)); err != nil || got != d {
			t.Fatalf("Parse(Format(%v)) = %v, %v", d, got, err)
		}
	}
}

func TestAbout(t *testing.T) {
	t.Parallel()
	for want, d := range map[string]time.Duration{
		"0s": time.Millisecond, "120ms": 123 * time.Millisecond, "4.2s": 4200 * time.Millisecond, "42s": 42 * time.Second, "1m05s": 65 * time.Second,
		"2h00m": 2 * time.Hour, "7d00h": 7 * day, "-1m00s": -time.Minute,
	} {
		if got := timespan.About(d); got != want {
			t.Errorf("About(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestVar(t *testing.T) {
	t.Parallel()
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	d := 3 * day
	timespan.Var(flags, &d, "kept", "how long it is kept")
	if usage := flags.FlagUsages(); !strings.Contains(usage, "--kept span") || !strings.Contains(usage, "(default 3d)") {
		t.Errorf("usage %q, want the default as 3d", usage)
	}
	if err := flags.Parse([]string{"--kept", "1d12h"}); err != nil || d != 36*time.Hour {
		t.Errorf("Parse: %v, %v; want 36h", d, err)
	}
	if err := flags.Parse([]string{"--kept", "12"}); err == nil || !strings.Contains(err.Error(), "has no unit") {
		t.Errorf("Parse: %v, want an error that names the unit", err)
	}
}
