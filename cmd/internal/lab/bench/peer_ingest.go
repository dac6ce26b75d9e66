package bench

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/environment"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/loadgen"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/result"
	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// ingests compares ingest with the bare server: the same signed webhooks of UAPAY by the
// same load generator into the same topic. Both run all the time; one of them has work.
func (b *peers) ingests(ctx context.Context) error {
	p := b.environment
	p.Use(b.selectedProfiles[0])
	defer p.Use(environment.Profile{})
	if err := p.RenewAll(ctx); err != nil {
		return err
	}
	path, err := p.WriteConfig(slices.Max(b.config.Connections) + 16)
	if err != nil {
		return err
	}
	ours, err := p.Launch("ingest", path)
	if err != nil {
		return err
	}
	defer ours.Kill()
	theirs, err := p.Start("bare", b.bareServer(), "-brokers", p.Brokers[0], "-topic", p.Names.Topic(schemas.RawUAPAY),
		"-secret", environment.Accounts().First(raw.ProviderUAPAY).Secret, "-linger", ingest.DefaultConfig().Linger.String())
	if err != nil {
		return err
	}
	defer theirs.Kill()
	common := ingestBench{environment: p, report: b.report, start: p.Options.Now().UTC().Truncate(time.Second)}
	common.config.Duration = b.config.Duration
	v := common.loadGenerator(raw.ProviderUAPAY)
	common.sent = map[string]*loadgen.Generator{raw.ProviderUAPAY: v}
	measure := func(name string, c *environment.Subprocess) (func(int) ([]result.Run, error), error) {
		one := common
		one.subprocess, one.metrics = c, c == ours
		if one.address, err = c.Says(ctx, environment.SaidIngest); err != nil {
			return nil, err
		}
		return func(int) ([]result.Run, error) {
			var out []result.Run
			for _, connections := range b.config.Connections {
				run, err := one.measure(ctx, v, connections)
				if err != nil {
					return nil, one.explain(err)
				}
				run.Name = fmt.Sprintf("%s c=%d", name, connections)
				out = append(out, *run)
			}
			return out, nil
		}, nil
	}
	our, err := measure(environment.NameOurs, ours)
	if err != nil {
		return err
	}
	their, err := measure(nameBare, theirs)
	if err != nil {
		return err
	}
	if err := b.inPairs(our, their); err != nil {
		return err
	}
	for _, n := range b.config.Connections {
		at := fmt.Sprintf(" c=%d", n)
		for _, key := range []string{"cpu_us_per_webhook", "answer_p99_ms", "requests_per_second", "rss_mb"} {
			b.report.Compare(environment.NameOurs+at, nameBare+at, key, key == "requests_per_second")
		}
	}
	return common.check(ctx)
}
