package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/environment"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/result"
	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// EndToEndConfig configures the measurement of end-to-end latency.
type EndToEndConfig struct {
	// Rate is the number of webhooks per second, sent at their times even if earlier
	// ones are still unanswered (open loop).
	Rate float64
	// Duration is the length of the measurement, Warm that of the warm-up before it.
	Duration, Warm time.Duration
	// Connections is the number of connections that send.
	Connections int
}

// DefaultEndToEndConfig is a load that two cores can sustain.
func DefaultEndToEndConfig() EndToEndConfig {
	return EndToEndConfig{Rate: 2000, Duration: 30 * time.Second, Warm: 5 * time.Second, Connections: 64}
}

// Validate reports every fault at once.
func (c *EndToEndConfig) Validate() error {
	var errs []error
	if !(c.Rate > 0) {
		errs = append(errs, fmt.Errorf("--rate: %v is not more than zero", c.Rate))
	}
	if c.Duration <= 0 || c.Warm < 0 {
		errs = append(errs, errors.New("--duration, --warm: less than nothing"))
	}
	if c.Connections < 1 {
		errs = append(errs, fmt.Errorf("--connections: %d is less than 1", c.Connections))
	}
	return errors.Join(errs...)
}

// EndToEnd measures the latency from a webhook, sent when it is due, to the journey
// revision that it causes, as seen by a read_committed consumer. Ingest and processor
// are separate processes.
func EndToEnd(ctx context.Context, o environment.Options, config EndToEndConfig) (report *result.Report, err error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	p, err := environment.Open(ctx, &o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.Close()) }() //nolint:contextcheck // a stop has its own time
	total := int64(config.Rate * (config.Duration + config.Warm).Seconds())
	load := environment.Load{
		Webhooks: total, Providers: []string{raw.ProviderLOX24, raw.ProviderUAPAY}, Repeats: 0.05, PerSecond: config.Rate / environment.WebhooksPerScenario,
	}
	start := load.Start(&o)
	report = p.NewReport("end-to-end", start, map[string]string{"rate": fmt.Sprint(config.Rate), "duration": config.Duration.String()})
	selectedProfiles, err := o.SelectedProfiles()
	if err != nil {
		return nil, err
	}
	if err := endToEnds(ctx, p, report, config, load, start, selectedProfiles); err != nil {
		return nil, err
	}
	for _, v := range selectedProfiles[1:] {
		compareEndToEnd(report, v.Title(), selectedProfiles[0].Title())
	}
	report.Right = len(report.Faults) == 0
	return report, nil
}

// endToEnds runs the selectedProfiles in turn.
func endToEnds(ctx context.Context, p *environment.Environment, report *result.Report, config EndToEndConfig, load environment.Load, start time.Time, selectedProfiles []environment.Profile) error {
	limit := p.Options.Budget()
	for n := range p.Options.Runs {
		for i := range selectedProfiles {
			v := selectedProfiles[(n+i)%len(selectedProfiles)]
			// Each run uses new topics, because the expected counts are known per run.
			if len(report.Runs) > 0 {
				if err := errors.Join(p.Wipe(), p.RenewAll(ctx)); err != nil {
					return err
				}
			}
			p.Use(v)
			b := newWay(p, config, start, ours{p})
			run, faults, err := b.run(ctx, load.Plan(p.Options, start))
			if err != nil {
				return err
			}
			run.Name = v.Title()
			report.Runs = append(report.Runs, *run)
			report.Fault(faults...)
		}
		if !limit.Step() && n+1 < p.Options.Runs {
			report.Short(n+1, p.Options.Runs)
			return nil
		}
	}
	return nil
}

// compareEndToEnd adds the latency and CPU ratios of one profile to another.
func compareEndToEnd(r *result.Report, ours, theirs string) {
	for _, key := range []string{
		"due_to_readable_p50_ms", "due_to_readable_p99_ms", "ingest_cpu_us_per_webhook", "processor_cpu_us_per_webhook", "broker_cpu_us_per_webhook",
	} {
		r.Compare(ours, theirs, key, false)
	}
}

// way is a measurement under way.
type way struct {
	system
	environment *environment.Environment
	config      EndToEndConfig
	start       time.Time
	ingest      *environment.Subprocess
	processor   *environment.Subprocess
	readers     *readers
	address     string
	began       time.Time

	mu   sync.Mutex
	sent map[string]simulator.Count
	// answered are the times from when a webhook was due to its 200.
	answered *result.Latency
}

func newWay(p *environment.Environment, config EndToEndConfig, start time.Time, by system) *way {
	return &way{system: by, environment: p, config: config, start: start, sent: map[string]simulator.Count{}}
}

func (b *way) run(ctx context.Context, plan *simulator.Plan) (*result.Run, []string, error) {
	p := b.environment
	if err := b.launch(ctx); err != nil {
		return nil, nil, err
	}
	defer func() {
		for _, c := range []*environment.Subprocess{b.processor, b.ingest} {
			if c != nil && c.Alive() == nil {
				c.Kill()
			}
		}
	}()
	b.answered = result.NewLatency()
	b.readers = newReaders(b.journeys(), b.origin)
	stop, err := b.readers.start(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	defer stop()
	p.Options.Progress.Step(fmt.Sprintf("%.0f webhooks a second", b.config.Rate), int64(b.config.Rate*(b.config.Duration+b.config.Warm).Seconds()))
	before, err := b.look(ctx)
	if err != nil {
		return nil, nil, err
	}
	if err := b.send(ctx, plan); err != nil {
		return nil, nil, errors.Join(err, b.ingest.Alive(), b.processor.Alive())
	}
	after, err := b.look(ctx)
	if err != nil {
		return nil, nil, err
	}
	took := time.Since(b.began)
	if err := b.readers.untilQuiet(ctx); err != nil {
		return nil, nil, err
	}
	if err := b.readers.receipts(ctx, p, p.Names.Topic(schemas.RawLOX24), p.Names.Topic(schemas.RawUAPAY)); err != nil {
		return nil, nil, err
	}
	run := &result.Run{Name: environment.NameOurs, Checked: p.Options.Check}
	b.figures(&run.Figures, before, after, took)
	faults, err := b.finish(ctx, run, b.processor, b.sent)
	if err != nil {
		return nil, nil, err
	}
	faults = append(faults, b.readers.faults()...)
	return run, faults, errors.Join(b.ingest.Stop(), b.processor.Terminate())
}

// launch starts both roles and waits until they are ready.
func (b *way) launch(ctx context.Context) error {
	p := b.environment
	path, err := p.WriteConfig(b.config.Connections)
	if err != nil {
		return err
	}
	if b.ingest, err = p.Launch("ingest", path); err != nil {
		return err
	}
	if b.address, err = b.ingest.Says(ctx, environment.SaidIngest); err != nil {
		return err
	}
	b.processor, err = b.process(ctx, path)
	return err
}

// untilReady waits until a subprocess is ready.
func untilReady(ctx context.Context, c *environment.Subprocess) error {
	for until := time.Now().Add(environment.StartPatience); !c.Ready(ctx); {
		if err := c.Alive(); err != nil {
			return err
		}
		if time.Now().After(until) {
			return fmt.Errorf("%s is not ready after %v; the end of its log:\n%s", c.Role, environment.StartPatience, c.Tail())
		}
		if err := timespan.Wait(ctx, 10*time.Millisecond); err != nil {
			return err
		}
	}
	return c.Alive()
}

// pair is the resource usage of both roles and the broker, with the processor's
// counters.
type pair struct {
	ingest, processor, broker environment.Usage
	counters                  map[string]float64
}

func (b *way) look(ctx context.Context) (u pair, err error) {
	if u.counters, err = b.counters(ctx, b.processor); err != nil {
		return u, err
	}
	if u.ingest, err = b.ingest.Uses(); err != nil {
		return u, err
	}
	if u.processor, err = b.processor.Uses(); err != nil {
		return u, err
	}
	u.broker, err = b.environment.BrokerUsage()
	return u, err
}

// figures of the whole run, but for the latencies, which leave the warm-up out.
func (b *way) figures(f *result.Figures, before, after pair, took time.Duration) {
	var n int64
	for _, c := range b.sent {
		n += c.Webhooks
	}
	webhooks := float64(n)
	f.Add("webhooks", webhooks)
	f.Add("webhooks_per_second", webhooks/took.Seconds())
	b.readers.whole.Figures(f, "due_to_readable")
	b.readers.fromAnswer.Figures(f, "accepted_to_readable")
	b.answered.Figures(f, "due_to_accepted")
	b.readers.received.Figures(f, "received_to_readable")
	f.Add("facts_followed", float64(b.readers.whole.Histogram.TotalCount()))
	f.Add("ingest_cpu_us_per_webhook", (after.ingest.CPU-before.ingest.CPU).Seconds()/webhooks*1e6)
	f.Add("processor_cpu_us_per_webhook", (after.processor.CPU-before.processor.CPU).Seconds()/webhooks*1e6)
	if b.environment.Options.BrokerPID != 0 {
		f.Add("broker_cpu_us_per_webhook", (after.broker.CPU-before.broker.CPU).Seconds()/webhooks*1e6)
	}
	f.Add("processor_cores", (after.processor.CPU-before.processor.CPU).Seconds()/took.Seconds())
	if b.environment.Options.BrokerPID != 0 {
		f.Add("broker_cores", (after.broker.CPU-before.broker.CPU).Seconds()/took.Seconds())
	}
	f.Add("ingest_peak_rss_mb", environment.Mega(after.ingest.Peak))
	f.Add("processor_peak_rss_mb", environment.Mega(after.processor.Peak))
	if after.counters == nil {
		return
	}
	count := func(name string) float64 { return after.counters[name] - before.counters[name] }
	const rounds, transactions = "tributary_processor_transactions_total", "tributary_processor_transaction_seconds"
	f.Add("transactions_per_second", count(rounds)/took.Seconds())
	f.Add("transaction_ms_mean", count(transactions+"_sum")/count(transactions+"_count")*1e3)
}
