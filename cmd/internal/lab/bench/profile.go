package bench

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Names of profiles.
const (
	profileDefault      = "default"
	profileUncompressed = "uncompressed"
	profileSmall        = "small"
	profileLowLatency   = "low-latency"
	profileBacklog      = "backlog"
)

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
	}
}

// ProfileNames returns them, sorted.
func ProfileNames() []string { return slices.Sorted(maps.Keys(profiles())) }

// profile is a named set of settings under which the roles run.
type profile struct {
	// name is one of the profiles; empty for the ordinary settings.
	name string
	// settings apply unless --set overrides them.
	settings map[string]string
	// program is another build; empty means Options.Program.
	program string
	// repeats is set if the program may emit a fact twice by design: its answers are
	// not checked.
	repeats bool
}

// profileOf parses profile names joined by a plus into one profile.
func profileOf(words string) (profile, error) {
	v := profile{settings: map[string]string{}}
	var names []string
	for word := range strings.SplitSeq(words, "+") {
		settings, ok := profiles()[word]
		if !ok {
			return v, fmt.Errorf("--profiles: %q is none of %s (several at once: joined by +)", word, strings.Join(ProfileNames(), ", "))
		}
		maps.Copy(v.settings, settings)
		if word != profileDefault {
			names = append(names, strings.ReplaceAll(word, "-", " "))
		}
	}
	v.name = strings.Join(names, ", ")
	return v, nil
}

// selectedProfiles returns the profiles of the options, or the ordinary one.
func (o *Options) selectedProfiles() ([]profile, error) {
	var out []profile
	var errs []error
	for _, words := range o.Profiles {
		v, err := profileOf(words)
		errs = append(errs, err)
		out = append(out, v)
	}
	if len(out) == 0 {
		out = []profile{{}}
	}
	return out, errors.Join(errs...)
}

// title is the name of a run of the profile.
func (v *profile) title() string {
	if v.name == "" {
		return nameOurs
	}
	return nameOurs + ", " + v.name
}

// use selects the profile of the next subprocesses.
func (p *environment) use(v profile) { p.profile = v }

// useOnly selects the profile of a bench that runs a single one.
func (p *environment) useOnly() error {
	selectedProfiles, err := p.o.selectedProfiles()
	if err == nil && len(selectedProfiles) > 1 {
		err = fmt.Errorf("--profiles: this bench takes one, or several joined by +; %d are given", len(selectedProfiles))
	}
	if err == nil {
		p.use(selectedProfiles[0])
	}
	return err
}

// settings returns the settings of the next subprocesses: the profile's, overridden by
// --set.
func (p *environment) settings() map[string]string {
	out := maps.Clone(p.profile.settings)
	if out == nil {
		out = map[string]string{}
	}
	maps.Copy(out, p.o.settings())
	return out
}

// program returns the executable of the next subprocess.
func (p *environment) program() string {
	if p.profile.program != "" {
		return p.profile.program
	}
	return p.o.Program
}

// budget is the time that a series of similar steps may take.
type budget struct {
	now     func() time.Time
	limit   time.Duration
	began   time.Time
	last    time.Time
	longest time.Duration
}

// budget starts a budget; without a limit it never runs out.
func (o *Options) budget() *budget {
	now := o.Now()
	return &budget{now: o.Now, limit: o.For, began: now, last: now}
}

// step records the end of a step and reports whether another one fits.
func (b *budget) step() bool {
	now := b.now()
	b.longest = max(b.longest, now.Sub(b.last))
	b.last = now
	return b.limit <= 0 || now.Sub(b.began)+b.longest <= b.limit
}
