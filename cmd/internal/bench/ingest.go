package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/simulator"
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
	// Idle connections are opened at last, to see what they cost; 0 measures none. They
	// are kept for IdleFor.
	Idle    int
	IdleFor time.Duration
}

// DefaultIngestConfig is a look at both ends: few and many connections.
func DefaultIngestConfig() IngestConfig {
	return IngestConfig{
		Providers: simulator.Providers(), Connections: []int{64, 256}, Duration: 15 * time.Second, Warm: 3 * time.Second, IdleFor: 20 * time.Second,
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
		if !slices.Contains(simulator.Providers(), p) {
			errs = append(errs, fmt.Errorf("--providers: %q is none of %s", p, strings.Join(simulator.Providers(), ", ")))
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

// Ingest measures ingest, a process of its own, over kept connections, as fast as it
// answers: what a webhook costs it, and how long the sender waits.
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
	b := &ingestBench{place: p, child: c, config: config, address: address, start: start, sent: map[string]*volley{}}
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
	place   *place
	child   *child
	config  IngestConfig
	address string
	start   time.Time
	sent    map[string]*volley // by provider
	report  *Report
}

func (b *ingestBench) runs(ctx context.Context) error {
	for _, provider := range b.config.Providers {
		v := b.volley(provider)
		if len(v.shots) == 0 {
			continue
		}
		b.sent[provider] = v
		b.place.o.Progress.Step("warming up "+provider, 0)
		if _, err := v.fire(ctx, b.address, b.config.Connections[0], b.config.Warm); err != nil {
			return b.explain(err)
		}
	}
	for range b.place.o.Runs {
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
	return errors.Join(err, b.child.alive())
}

// volley makes the requests of a provider, ready to be sent.
func (b *ingestBench) volley(provider string) *volley {
	const distinct = 1000
	plan := simulator.NewPlan(simulator.Options{
		Seed: b.place.o.Seed, Start: b.start, Accounts: accounts(), Providers: []string{provider}, Webhooks: 2 * distinct, Spacing: time.Millisecond,
	})
	v := &volley{provider: provider}
	for len(v.shots) < distinct {
		s, more := plan.Next()
		if !more {
			break
		}
		if s.Relayed() {
			continue // what it costs is mostly the provider's time
		}
		body := s.Body(b.start, 0)
		shot := shot{bytes: request(s.Path(), s.Header(), body), items: int64(s.Items())}
		if provider != raw.ProviderVoximplant {
			shot.digest = simulator.Digest(body)
		}
		v.shots = append(v.shots, shot)
	}
	v.acked = make([]int64, len(v.shots))
	return v
}

// run measures one count of connections.
func (b *ingestBench) run(ctx context.Context, v *volley, connections int) error {
	p := b.place
	p.o.Progress.Step(fmt.Sprintf("%s, %d connections", v.provider, connections), 0)
	before, err := b.look(ctx)
	if err != nil {
		return err
	}
	fired, err := v.fire(ctx, b.address, connections, b.config.Duration)
	if err != nil {
		return err
	}
	after, err := b.look(ctx)
	if err != nil {
		return err
	}
	n := float64(fired.answers)
	f := Figures{}
	f.Add("requests", n)
	f.Add("requests_per_second", n/fired.took.Seconds())
	f.Add("cpu_us_per_webhook", (after.us.cpu-before.us.cpu).Seconds()/n*1e6)
	if p.o.BrokerPID != 0 {
		f.Add("broker_cpu_us_per_webhook", (after.broker.cpu-before.broker.cpu).Seconds()/n*1e6)
	}
	f.Add("load_cpu_us_per_webhook", fired.cpu.Seconds()/n*1e6)
	fired.latency.figures(&f, "answer")
	f.Add("allocations_per_webhook", (after.mallocs-before.mallocs)/n)
	f.Add("allocated_bytes_per_webhook", (after.allocated-before.allocated)/n)
	f.Add("rss_mb", mega(after.us.rss))
	f.Add("peak_rss_mb", mega(after.us.peak))
	f.Add("bytes_per_request", float64(len(v.shots[0].bytes)))
	b.report.Runs = append(b.report.Runs, Run{Name: fmt.Sprintf("%s c=%d", v.provider, connections), Figures: f, Checked: checkedBytes})
	if fired.refused > 0 {
		b.report.fault(fmt.Sprintf("%s with %d connections: %d answers were not 200, such as %d", v.provider, connections, fired.refused, fired.status))
	}
	return nil
}

// state is what is known of ingest at a moment.
type state struct {
	us, broker         usage
	mallocs, allocated float64
}

func (b *ingestBench) look(ctx context.Context) (s state, err error) {
	m, err := b.child.metrics(ctx)
	if err != nil {
		return s, err
	}
	s.mallocs, s.allocated = m["go_memstats_mallocs_total"], m["go_memstats_alloc_bytes_total"]
	if s.us, err = b.child.uses(); err != nil {
		return s, err
	}
	s.broker, err = b.place.brokerUsage()
	return s, err
}
