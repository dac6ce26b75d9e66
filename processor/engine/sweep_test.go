package engine_test

import (
	"slices"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/engine"
)

// TestStateLongGoneIsRemoved: state of partitions that another process owns stays
// for a while and then goes; what is owned or kept warm stays.
func TestStateLongGoneIsRemoved(t *testing.T) {
	t.Parallel()
	const partitions = 4
	for name, c := range map[string]struct {
		standby int
		want    []int32
	}{
		"owned alone":   {standby: 0},
		"and kept warm": {standby: 1, want: []int32{0, 1, 2, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGround(t, partitions)
			l := g.load(t)
			one := g.run(t, "one", t.TempDir(), func(config *engine.Config, _ *engine.Deps) {
				g.quick(config)
				config.Standby = c.standby
			})
			await(t, "the first instance", func() bool { return one.ready() == partitions })
			l.send(100)
			l.check()
			two := g.run(t, "two", t.TempDir(), func(config *engine.Config, _ *engine.Deps) {
				g.quick(config)
				config.Standby = c.standby
			})
			await(t, "an even share", func() bool { return one.ready() == 2 && two.ready() == 2 && warm(one) == 2*c.standby })
			l.send(100)
			l.check()
			if have := storedPartitions(t, one); len(have) != partitions {
				t.Errorf("state of %v is here at first, want all", have)
			}
			dropped := 0
			if err := one.store.DropIdle(time.Now().Add(25*time.Hour), 24*time.Hour, func(string, int32, time.Duration) { dropped++ }); err != nil {
				t.Fatal(err)
			}
			have := storedPartitions(t, one)
			if c.want == nil && len(have) != 2 || c.want != nil && !slices.Equal(have, c.want) {
				t.Errorf("state of %v is here in the end, want %v, or the two owned", have, c.want)
			}
			if dropped != partitions-len(have) {
				t.Errorf("%d partitions are reported as removed, %v are left", dropped, have)
			}
			l.send(100)
			l.check()
			stop(t, two.Engine)
			stop(t, one.Engine)
		})
	}
}

func storedPartitions(t *testing.T, p *process) (have []int32) {
	t.Helper()
	all, err := p.store.Partitions()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		have = append(have, f.Partition)
	}
	return have
}
