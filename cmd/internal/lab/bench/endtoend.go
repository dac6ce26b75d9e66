package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
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
func EndToEnd(ctx context.Context, o Options, config EndToEndConfig) (report *Report, err error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	p, err := open(ctx, &o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.close()) }() //nolint:contextcheck // a stop has its own time
	total := int64(config.Rate * (config.Duration + config.Warm).Seconds())
	load := Load{
		Webhooks: total, Providers: []string{raw.ProviderLOX24, raw.ProviderUAPAY}, Repeats: 0.05, PerSecond: config.Rate / webhooksPerStory,
	}
	start := load.start(&o)
	report = p.report("end-to-end", start, map[string]string{"rate": fmt.Sprint(config.Rate), "duration": config.Duration.String()})
	selectedProfiles, err := o.selectedProfiles()
	if err != nil {
		return nil, err
	}
	if err := p.endToEnds(ctx, report, config, load, start, selectedProfiles); err != nil {
		return nil, err
	}
	for _, v := range selectedProfiles[1:] {
		report.compareEndToEnd(v.title(), selectedProfiles[0].title())
	}
	report.Right = len(report.Faults) == 0
	return report, nil
}

// endToEnds runs the selectedProfiles in turn.
func (p *environment) endToEnds(ctx context.Context, report *Report, config EndToEndConfig, load Load, start time.Time, selectedProfiles []profile) error {
	limit := p.o.budget()
	for n := range p.o.Runs {
		for i := range selectedProfiles {
			v := selectedProfiles[(n+i)%len(selectedProfiles)]
			// Each run uses new topics, because the expected counts are known per run.
			if len(report.Runs) > 0 {
				if err := errors.Join(p.wipe(), p.renewAll(ctx)); err != nil {
					return err
				}
			}
			p.use(v)
			b := &way{environment: p, config: config, start: start, sent: map[string]simulator.Count{}}
			run, faults, err := b.run(ctx, load.plan(p.o, start))
			if err != nil {
				return err
			}
			run.Name = v.title()
			report.Runs = append(report.Runs, *run)
			report.fault(faults...)
		}
		if !limit.step() && n+1 < p.o.Runs {
			report.short(n+1, p.o.Runs)
			return nil
		}
	}
	return nil
}

// compareEndToEnd adds the latency and CPU ratios of one profile to another.
func (r *Report) compareEndToEnd(ours, theirs string) {
	for _, key := range []string{
		"due_to_readable_p50_ms", "due_to_readable_p99_ms", "ingest_cpu_us_per_webhook", "processor_cpu_us_per_webhook", "broker_cpu_us_per_webhook",
	} {
		r.compare(ours, theirs, key, false)
	}
}

// way is a measurement under way.
type way struct {
	environment *environment
	config      EndToEndConfig
	start       time.Time
	ingest      *subprocess
	processor   *subprocess
	readers     *readers
	address     string
	began       time.Time

	mu   sync.Mutex
	sent map[string]simulator.Count
	// answered are the times from when a webhook was due to its 200.
	answered *latency
}

func (b *way) run(ctx context.Context, plan *simulator.Plan) (*Run, []string, error) {
	p := b.environment
	if err := b.launch(ctx); err != nil {
		return nil, nil, err
	}
	defer func() {
		for _, c := range []*subprocess{b.processor, b.ingest} {
			if c != nil && c.alive() == nil {
				c.kill()
			}
		}
	}()
	b.answered = newLatency()
	b.readers = newReaders()
	stop, err := b.readers.start(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	defer stop()
	p.o.Progress.Step(fmt.Sprintf("%.0f webhooks a second", b.config.Rate), int64(b.config.Rate*(b.config.Duration+b.config.Warm).Seconds()))
	before, err := b.look(ctx)
	if err != nil {
		return nil, nil, err
	}
	if err := b.send(ctx, plan); err != nil {
		return nil, nil, errors.Join(err, b.ingest.alive(), b.processor.alive())
	}
	after, err := b.look(ctx)
	if err != nil {
		return nil, nil, err
	}
	took := time.Since(b.began)
	if err := b.readers.untilQuiet(ctx); err != nil {
		return nil, nil, err
	}
	run := &Run{Name: nameOurs, Checked: p.o.Check}
	b.figures(&run.Figures, before, after, took)
	if err := p.markers(ctx, &run.Figures, b.processor); err != nil {
		return nil, nil, err
	}
	faults, err := p.check(ctx, p.o.Check, b.sent)
	if err != nil {
		return nil, nil, err
	}
	faults = append(faults, b.readers.faults()...)
	return run, faults, errors.Join(b.ingest.stop(), b.processor.stop())
}

// launch starts both roles and waits until they are ready.
func (b *way) launch(ctx context.Context) error {
	p := b.environment
	path, err := p.writeConfig(b.config.Connections)
	if err != nil {
		return err
	}
	if b.processor, err = p.launch("processor", path); err != nil {
		return err
	}
	if b.ingest, err = p.launch("ingest", path); err != nil {
		return err
	}
	if b.address, err = b.ingest.says(ctx, saidIngest); err != nil {
		return err
	}
	return untilReady(ctx, b.processor)
}

// untilReady waits until a subprocess is ready.
func untilReady(ctx context.Context, c *subprocess) error {
	for until := time.Now().Add(startPatience); !c.ready(ctx); {
		if err := c.alive(); err != nil {
			return err
		}
		if time.Now().After(until) {
			return fmt.Errorf("%s is not ready after %v; the end of its log:\n%s", c.role, startPatience, c.tail())
		}
		if err := wait(ctx, 10*time.Millisecond); err != nil {
			return err
		}
	}
	return c.alive()
}

// pair is the resource usage of both roles and the broker, with the processor's
// counters.
type pair struct {
	ingest, processor, broker usage
	counters                  map[string]float64
}

func (b *way) look(ctx context.Context) (u pair, err error) {
	if u.counters, err = b.processor.metrics(ctx); err != nil {
		return u, err
	}
	if u.ingest, err = b.ingest.uses(); err != nil {
		return u, err
	}
	if u.processor, err = b.processor.uses(); err != nil {
		return u, err
	}
	u.broker, err = b.environment.brokerUsage()
	return u, err
}

// figures of the whole run, but for the latencies, which leave the warm-up out.
func (b *way) figures(f *Figures, before, after pair, took time.Duration) {
	var n int64
	for _, c := range b.sent {
		n += c.Webhooks
	}
	webhooks := float64(n)
	f.Add("webhooks", webhooks)
	f.Add("webhooks_per_second", webhooks/took.Seconds())
	b.readers.whole.figures(f, "due_to_readable")
	b.readers.fromAnswer.figures(f, "accepted_to_readable")
	b.answered.figures(f, "due_to_accepted")
	f.Add("facts_followed", float64(b.readers.whole.histogram.TotalCount()))
	f.Add("ingest_cpu_us_per_webhook", (after.ingest.cpu-before.ingest.cpu).Seconds()/webhooks*1e6)
	f.Add("processor_cpu_us_per_webhook", (after.processor.cpu-before.processor.cpu).Seconds()/webhooks*1e6)
	if b.environment.o.BrokerPID != 0 {
		f.Add("broker_cpu_us_per_webhook", (after.broker.cpu-before.broker.cpu).Seconds()/webhooks*1e6)
	}
	count := func(name string) float64 { return after.counters[name] - before.counters[name] }
	const rounds, transactions = "tributary_processor_rounds_total", "tributary_processor_transaction_seconds"
	f.Add("transactions_per_second", count(rounds)/took.Seconds())
	f.Add("transaction_ms_mean", count(transactions+"_sum")/count(transactions+"_count")*1e3)
	f.Add("processor_cores", (after.processor.cpu-before.processor.cpu).Seconds()/took.Seconds())
	if b.environment.o.BrokerPID != 0 {
		f.Add("broker_cores", (after.broker.cpu-before.broker.cpu).Seconds()/took.Seconds())
	}
	f.Add("ingest_peak_rss_mb", mega(after.ingest.peak))
	f.Add("processor_peak_rss_mb", mega(after.processor.peak))
}
