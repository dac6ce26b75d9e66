package bench_test

import (
	"testing"

	"github.com/tributary-hq/tributary/cmd/internal/lab/bench"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/environment"
)

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

// TestFirsts: each scenario is counted by its first webhook, and once.
func TestFirsts(t *testing.T) {
	t.Parallel()
	load := small()
	load.Webhooks = 500
	orders, firsts := bench.Firsts(environment.DefaultOptions(), load)
	if orders == 0 || orders != firsts {
		t.Errorf("%d scenarios, %d first webhooks", orders, firsts)
	}
}
