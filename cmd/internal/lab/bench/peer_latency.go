package bench

import (
	"context"
	"errors"

	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/environment"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/result"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// latencies compares the time from the receipt of a webhook to the journey that a consumer of
// committed records reads, at the same rate, and the CPU of program and broker.
func (b *peers) latencies(ctx context.Context) error {
	err := b.inPairs(
		func(n int) (runs []result.Run, err error) {
			defer b.environment.Use(environment.Profile{})
			for i := range b.selectedProfiles {
				v := b.selectedProfiles[(n+i)%len(b.selectedProfiles)]
				b.environment.Use(v)
				run, err := b.paced(ctx, latencyName(v.Title()), ours{b.environment})
				if err != nil {
					return nil, err
				}
				runs = append(runs, *run)
			}
			return runs, nil
		},
		func(int) ([]result.Run, error) {
			run, err := b.paced(ctx, latencyName(nameStreams), theirs{b})
			if err != nil {
				return nil, err
			}
			return []result.Run{*run}, nil
		},
	)
	if err != nil {
		return err
	}
	for _, v := range b.selectedProfiles {
		for _, key := range []string{
			"received_to_readable_p50_ms", "received_to_readable_p99_ms", "received_to_readable_p99_9_ms",
			"processor_cpu_us_per_webhook", "broker_cpu_us_per_webhook", "processor_peak_rss_mb",
		} {
			b.report.Compare(latencyName(v.Title()), latencyName(nameStreams), key, false)
		}
	}
	return nil
}

// latencyName keeps these runs apart from those of a backlog.
func latencyName(of string) string { return of + ", paced" }

// paced is a run at a rate, over new topics.
func (b *peers) paced(ctx context.Context, name string, by system) (*result.Run, error) {
	p := b.environment
	if err := errors.Join(p.Wipe(), p.RenewAll(ctx)); err != nil {
		return nil, err
	}
	config := DefaultEndToEndConfig()
	config.Rate, config.Duration = b.config.Rate, b.config.Duration
	load := environment.Load{
		Webhooks: int64(config.Rate * (config.Duration + config.Warm).Seconds()), Providers: []string{raw.ProviderLOX24, raw.ProviderUAPAY},
		Except: beyondPeers(), Repeats: 0.05, PerSecond: config.Rate / environment.WebhooksPerScenario,
	}
	start := load.Start(p.Options)
	run, faults, err := newWay(p, config, start, by).run(ctx, load.Plan(p.Options, start))
	if err != nil {
		return nil, err
	}
	for _, fault := range faults {
		b.report.Fault(name + ": " + fault)
	}
	run.Name = name
	return run, nil
}
