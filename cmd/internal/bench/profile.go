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
	profileLikeForLike  = "like-for-like"
	profileUncompressed = "uncompressed"
	profileSmall        = "small"
	profileLowLatency   = "low-latency"
	profileBacklog      = "backlog"
)

// profiles are named settings of ingest and processor. What a profile is for stands
// in deploy/sizing.md and processor/PERFORMANCE.md.
func profiles() map[string]map[string]string {
	return map[string]map[string]string{
		profileDefault: {},
		// What the Kafka Streams application does, and no more: its outputs, its stages.
		profileLikeForLike: {
			likeForLike: "true", "processor.stages": "lox24,uapay,journey", "processor.upstreams": "lox24,uapay",
		},
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

// variant is one way to run the roles, measured beside others.
type variant struct {
	// name is of the profiles; empty for the ordinary way.
	name string
	// settings are under those of --set.
	settings map[string]string
	// program is another build; empty means Options.Program.
	program string
	// repeats says that it may tell a fact twice, by its nature: its answers are not
	// judged.
	repeats bool
}

// variantOf makes a variant of profiles joined by a plus.
func variantOf(words string) (variant, error) {
	v := variant{settings: map[string]string{}}
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

// variants are those of the options, at least the ordinary one.
func (o *Options) variants() ([]variant, error) {
	var out []variant
	var errs []error
	for _, words := range o.Profiles {
		v, err := variantOf(words)
		errs = append(errs, err)
		out = append(out, v)
	}
	if len(out) == 0 {
		out = []variant{{}}
	}
	return out, errors.Join(errs...)
}

// title is the name of a run of the variant.
func (v *variant) title() string {
	if v.name == "" {
		return nameOurs
	}
	return nameOurs + ", " + v.name
}

// use says which variant the next children are.
func (p *place) use(v variant) { p.variant = v }

// useOnly uses the one variant of a bench that takes no turns.
func (p *place) useOnly() error {
	variants, err := p.o.variants()
	if err == nil && len(variants) > 1 {
		err = fmt.Errorf("--profiles: this bench takes one, or several joined by +; %d are given", len(variants))
	}
	if err == nil {
		p.use(variants[0])
	}
	return err
}

// settings of the next children: those of the variant, and over them those of --set.
func (p *place) settings() map[string]string {
	out := maps.Clone(p.variant.settings)
	if out == nil {
		out = map[string]string{}
	}
	maps.Copy(out, p.o.settings())
	return out
}

// likeForLike is the setting that leaves out what a peer does not do.
const likeForLike = "processor.benchmark.like_for_like"

func (p *place) likeForLike() bool { return p.settings()[likeForLike] == "true" }

// program is what the next child runs.
func (p *place) program() string {
	if p.variant.program != "" {
		return p.variant.program
	}
	return p.o.Program
}

// budget is how much time a series of like steps may take.
type budget struct {
	now     func() time.Time
	limit   time.Duration
	began   time.Time
	last    time.Time
	longest time.Duration
}

// budget begins one; without a limit it is never over.
func (o *Options) budget() *budget {
	now := o.Now()
	return &budget{now: o.Now, limit: o.For, began: now, last: now}
}

// step notes the end of a step and says whether another one fits.
func (b *budget) step() bool {
	now := b.now()
	b.longest = max(b.longest, now.Sub(b.last))
	b.last = now
	return b.limit <= 0 || now.Sub(b.began)+b.longest <= b.limit
}
