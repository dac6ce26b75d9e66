package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// IngestConfig says how ingest is measured.
type IngestConfig struct {
	// Providers whose webhooks are sent, each in runs of its own.
	Providers []string
	// Connections are kept open by the load, a request under way on each; a run for
	// each count.
	Connections []int
	// Duration is that of a run, Warm is sent before it.
	Duration, Warm time.Duration
	// Idle is how many idle connections are opened at the end to measure their memory
	// (0: none). They are kept for IdleFor.
	Idle    int
	IdleFor time.Duration
}

// DefaultIngestConfig is a look at both ends: few and many connections.
func DefaultIngestConfig() IngestConfig {
	return IngestConfig{
		Providers: schemas.ProviderIDs(), Connections: []int{64, 256}, Duration: 15 * time.Second, Warm: 3 * time.Second, IdleFor: 20 * time.Second,
	}
}

// Validate reports every fault at once.
func (c *IngestConfig) Validate() error {
	var errs []error
	for _, n := range c.Connections {
		if n < 1 {
			errs = append(errs, fmt.Errorf("--connections: %d is less than 1", n))
		}
	}
	for _, p := range c.Providers {
		if !slices.Contains(schemas.ProviderIDs(), p) {
			errs = append(errs, fmt.Errorf("--providers: %q is none of %s", p, strings.Join(schemas.ProviderIDs(), ", ")))
		}
	}
	if c.Duration <= 0 || c.Warm < 0 || c.IdleFor < 0 || c.Idle < 0 {
		errs = append(errs, errors.New("--duration, --warm, --idle, --idle-for: less than nothing"))
	}
	if len(c.Connections) == 0 || len(c.Providers) == 0 {
		errs = append(errs, errors.New("--connections, --providers: name at least one"))
	}
	return errors.Join(errs...)
}

// Ingest measures a separate ingest process over keep-alive connections in a closed
// loop: CPU per webhook and the latency seen by the sender.
func Ingest(ctx context.Context, o Options, config IngestConfig) (report *Report, err error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	p, err := open(ctx, &o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.close()) }() //nolint:contextcheck // a stop has its own time
	if err := p.useOnly(); err != nil {
		return nil, err
	}
	path, err := p.writeConfig(slices.Max(config.Connections) + config.Idle + 16)
	if err != nil {
		return nil, err
	}
	c, err := p.launch("ingest", path)
	if err != nil {
		return nil, err
	}
	defer func() {
		if c.alive() == nil {
			c.kill()
		}
	}()
	address, err := c.says(ctx, saidIngest)
	if err != nil {
		return nil, err
	}
	start := o.Start
	if start.IsZero() {
		start = o.Now().UTC().Truncate(time.Second)
	}
	b := &ingestBench{environment: p, subprocess: c, config: config, address: address, start: start, sent: map[string]*loadGenerator{}}
	b.report = p.report("ingest", start, map[string]string{"duration": config.Duration.String()})
	if err := b.runs(ctx); err != nil {
		return nil, err
	}
	if err := c.stop(); err != nil {
		return nil, err
	}
	if o.Check != CheckNone {
		if err := b.check(ctx); err != nil {
			return nil, err
		}
	}
	b.report.Right = len(b.report.Faults) == 0
	return b.report, nil
}

// ingestBench is one under way.
type ingestBench struct {
	environment *environment
	subprocess  *subprocess
	config      IngestConfig
	address     string
	start       time.Time
	sent        map[string]*loadGenerator // by provider
	report      *Report
}

func (b *ingestBench) runs(ctx context.Context) error {
	for _, provider := range b.config.Providers {
		v := b.loadGenerator(provider)
		if len(v.requests) == 0 {
			continue
		}
		b.sent[provider] = v
		b.environment.o.Progress.Step("warming up "+provider, 0)
		if _, err := v.fire(ctx, b.address, b.config.Connections[0], b.config.Warm); err != nil {
			return b.explain(err)
		}
	}
	for range b.environment.o.Runs {
		for _, provider := range b.config.Providers {
			for _, connections := range b.config.Connections {
				if v := b.sent[provider]; v != nil {
					if err := b.run(ctx, v, connections); err != nil {
						return b.explain(err)
					}
				}
			}
		}
	}
	if b.config.Idle > 0 {
		return b.explain(b.idle(ctx))
	}
	return nil
}

// explain says of an error if it is that ingest has ended.
func (b *ingestBench) explain(err error) error {
	if err == nil {
		return nil
	}
	return errors.Join(err, b.subprocess.alive())
}

// loadGenerator makes the requests of a provider, ready to be sent.
func (b *ingestBench) loadGenerator(provider string) *loadGenerator {
	const distinct = 1000
	plan := simulator.NewPlan(simulator.Options{
		Seed: b.environment.o.Seed, Start: b.start, Accounts: accounts(), Providers: []string{provider}, Webhooks: 2 * distinct, Spacing: time.Millisecond,
	})
	v := &loadGenerator{provider: provider}
	for len(v.requests) < distinct {
		s, more := plan.Next()
		if !more {
			break
		}
		if s.Relayed() {
			continue // what it costs is mostly the provider's time
		}
		body := s.Body(b.start, 0)
		request := request{bytes: encodeRequest(s.Path(), s.Header(body, time.Now()), body), items: int64(s.Items())}
		if provider != raw.ProviderVoximplant {
			request.digest = simulator.Digest(body)
		}
		v.requests = append(v.requests, request)
	}
	v.acked = make([]int64, len(v.requests))
	return v
}

// run measures one count of connections.
func (b *ingestBench) run(ctx context.Context, v *loadGenerator, connections int) error {
	p := b.environment
	p.o.Progress.Step(fmt.Sprintf("%s, %d connections", v.provider, connections), 0)
	before, err := b.look(ctx)
	if err != nil {
		return err
	}
	loadResult, err := v.fire(ctx, b.address, connections, b.config.Duration)
	if err != nil {
		return err
	}
	after, err := b.look(ctx)
	if err != nil {
		return err
	}
	n := float64(loadResult.answers)
	f := Figures{}
	f.Add("requests", n)
	f.Add("requests_per_second", n/loadResult.took.Seconds())
	f.Add("cpu_us_per_webhook", (after.us.cpu-before.us.cpu).Seconds()/n*1e6)
	if p.o.BrokerPID != 0 {
		f.Add("broker_cpu_us_per_webhook", (after.broker.cpu-before.broker.cpu).Seconds()/n*1e6)
	}
	f.Add("load_cpu_us_per_webhook", loadResult.cpu.Seconds()/n*1e6)
	loadResult.latency.figures(&f, "answer")
	f.Add("allocations_per_webhook", (after.mallocs-before.mallocs)/n)
	f.Add("allocated_bytes_per_webhook", (after.allocated-before.allocated)/n)
	f.Add("rss_mb", mega(after.us.rss))
	f.Add("peak_rss_mb", mega(after.us.peak))
	f.Add("bytes_per_request", float64(len(v.requests[0].bytes)))
	b.report.Runs = append(b.report.Runs, Run{Name: fmt.Sprintf("%s c=%d", v.provider, connections), Figures: f, Checked: checkedBytes})
	if loadResult.refused > 0 {
		b.report.fault(fmt.Sprintf("%s with %d connections: %d answers were not 200, such as %d", v.provider, connections, loadResult.refused, loadResult.status))
	}
	return nil
}

// state is one sample of ingest's usage and metrics.
type state struct {
	us, broker         usage
	mallocs, allocated float64
}

func (b *ingestBench) look(ctx context.Context) (s state, err error) {
	m, err := b.subprocess.metrics(ctx)
	if err != nil {
		return s, err
	}
	s.mallocs, s.allocated = m["go_memstats_mallocs_total"], m["go_memstats_alloc_bytes_total"]
	if s.us, err = b.subprocess.uses(); err != nil {
		return s, err
	}
	s.broker, err = b.environment.brokerUsage()
	return s, err
}
