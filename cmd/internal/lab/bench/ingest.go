package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/environment"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/loadgen"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/result"
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
func Ingest(ctx context.Context, o environment.Options, config IngestConfig) (report *result.Report, err error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	p, err := environment.Open(ctx, &o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.Close()) }() //nolint:contextcheck // a stop has its own time
	if err := p.UseOnly(); err != nil {
		return nil, err
	}
	path, err := p.WriteConfig(slices.Max(config.Connections) + config.Idle + 16)
	if err != nil {
		return nil, err
	}
	c, err := p.Launch("ingest", path)
	if err != nil {
		return nil, err
	}
	defer func() {
		if c.Alive() == nil {
			c.Kill()
		}
	}()
	address, err := c.Says(ctx, environment.SaidIngest)
	if err != nil {
		return nil, err
	}
	start := o.Start
	if start.IsZero() {
		start = o.Now().UTC().Truncate(time.Second)
	}
	b := &ingestBench{environment: p, subprocess: c, config: config, address: address, start: start, sent: map[string]*loadgen.Generator{}, metrics: true}
	b.report = p.NewReport("ingest", start, map[string]string{"duration": config.Duration.String()})
	if err := b.runs(ctx); err != nil {
		return nil, err
	}
	if err := c.Stop(); err != nil {
		return nil, err
	}
	if o.Check != environment.CheckNone {
		if err := b.check(ctx); err != nil {
			return nil, err
		}
	}
	b.report.Right = len(b.report.Faults) == 0
	return b.report, nil
}

// ingestBench is one under way.
type ingestBench struct {
	environment *environment.Environment
	subprocess  *environment.Subprocess
	config      IngestConfig
	address     string
	start       time.Time
	sent        map[string]*loadgen.Generator // by provider
	report      *result.Report
	// metrics is set if the process has an ops port.
	metrics bool
}

func (b *ingestBench) runs(ctx context.Context) error {
	for _, provider := range b.config.Providers {
		v := b.loadGenerator(provider)
		if len(v.Requests) == 0 {
			continue
		}
		b.sent[provider] = v
		b.environment.Options.Progress.Step("warming up "+provider, 0)
		if _, err := v.Fire(ctx, b.address, b.config.Connections[0], b.config.Warm); err != nil {
			return b.explain(err)
		}
	}
	for range b.environment.Options.Runs {
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
	return errors.Join(err, b.subprocess.Alive())
}

// loadGenerator makes the requests of a provider, ready to be sent.
func (b *ingestBench) loadGenerator(provider string) *loadgen.Generator {
	const distinct = 1000
	plan := simulator.NewPlan(simulator.Options{
		Seed: b.environment.Options.Seed, Start: b.start, Accounts: environment.Accounts(), Providers: []string{provider}, Webhooks: 2 * distinct, Spacing: time.Millisecond,
	})
	v := &loadgen.Generator{Provider: provider}
	for len(v.Requests) < distinct {
		s, more := plan.Next()
		if !more {
			break
		}
		if s.Relayed() {
			continue // what it costs is mostly the provider's time
		}
		body := s.Body(b.start, 0)
		request := loadgen.Request{Bytes: loadgen.EncodeRequest(s.Path(), s.Header(body, time.Now()), body), Items: int64(s.Items())}
		if provider != raw.ProviderVoximplant {
			request.Digest = simulator.Digest(body)
		}
		v.Requests = append(v.Requests, request)
	}
	v.Acked = make([]int64, len(v.Requests))
	return v
}

// run measures one count of connections and adds the run to the report.
func (b *ingestBench) run(ctx context.Context, v *loadgen.Generator, connections int) error {
	run, err := b.measure(ctx, v, connections)
	if err != nil {
		return err
	}
	b.report.Runs = append(b.report.Runs, *run)
	return nil
}

// measure measures one count of connections.
func (b *ingestBench) measure(ctx context.Context, v *loadgen.Generator, connections int) (*result.Run, error) {
	p := b.environment
	p.Options.Progress.Step(fmt.Sprintf("%s, %d connections", v.Provider, connections), 0)
	before, err := b.look(ctx)
	if err != nil {
		return nil, err
	}
	loadResult, err := v.Fire(ctx, b.address, connections, b.config.Duration)
	if err != nil {
		return nil, err
	}
	after, err := b.look(ctx)
	if err != nil {
		return nil, err
	}
	n := float64(loadResult.Answers)
	f := result.Figures{}
	f.Add("requests", n)
	f.Add("requests_per_second", n/loadResult.Took.Seconds())
	f.Add("cpu_us_per_webhook", (after.us.CPU-before.us.CPU).Seconds()/n*1e6)
	if p.Options.BrokerPID != 0 {
		f.Add("broker_cpu_us_per_webhook", (after.broker.CPU-before.broker.CPU).Seconds()/n*1e6)
	}
	f.Add("load_cpu_us_per_webhook", loadResult.CPU.Seconds()/n*1e6)
	loadResult.Latency.Figures(&f, "answer")
	if b.metrics {
		f.Add("allocations_per_webhook", (after.mallocs-before.mallocs)/n)
		f.Add("allocated_bytes_per_webhook", (after.allocated-before.allocated)/n)
	}
	f.Add("rss_mb", environment.Mega(after.us.RSS))
	f.Add("peak_rss_mb", environment.Mega(after.us.Peak))
	f.Add("bytes_per_request", float64(len(v.Requests[0].Bytes)))
	if loadResult.Refused > 0 {
		b.report.Fault(fmt.Sprintf("%s with %d connections: %d answers were not 200, such as %d", v.Provider, connections, loadResult.Refused, loadResult.Status))
	}
	return &result.Run{Name: fmt.Sprintf("%s c=%d", v.Provider, connections), Figures: f, Checked: checkedBytes}, nil
}

// state is one sample of ingest's usage and metrics.
type state struct {
	us, broker         environment.Usage
	mallocs, allocated float64
}

func (b *ingestBench) look(ctx context.Context) (s state, err error) {
	if b.metrics {
		m, err := b.subprocess.Metrics(ctx)
		if err != nil {
			return s, err
		}
		s.mallocs, s.allocated = m["go_memstats_mallocs_total"], m["go_memstats_alloc_bytes_total"]
	}
	if s.us, err = b.subprocess.Uses(); err != nil {
		return s, err
	}
	s.broker, err = b.environment.BrokerUsage()
	return s, err
}
