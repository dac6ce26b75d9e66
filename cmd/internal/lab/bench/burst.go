package bench

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/environment"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/loadgen"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/result"
	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// BurstConfig configures how far a burst exceeds the capacity.
type BurstConfig struct {
	// Capacity is the rate limit of all sources together, in webhooks per second. With
	// 0 no limit is configured; the capacity is then measured first.
	Capacity float64
	// Times is how many times the capacity is sent.
	Times float64
	// Duration is the length of the burst, Calm that of the ordinary load before and
	// after.
	Duration, Calm time.Duration
	// Connections is the number of connections that send.
	Connections int
}

// DefaultBurstConfig is ten times the capacity, for a minute.
func DefaultBurstConfig() BurstConfig {
	return BurstConfig{Capacity: 500, Times: 10, Duration: time.Minute, Calm: 5 * time.Second, Connections: 256}
}

// Validate reports all faults at once.
func (c *BurstConfig) Validate() error {
	var errs []error
	if c.Capacity < 0 {
		errs = append(errs, fmt.Errorf("--capacity: %v is less than zero", c.Capacity))
	}
	if !(c.Times > 1) {
		errs = append(errs, fmt.Errorf("--times: %v is not more than 1", c.Times))
	}
	if c.Duration <= 0 || c.Calm <= 0 {
		errs = append(errs, errors.New("--duration, --calm: not more than nothing"))
	}
	if c.Connections < 1 {
		errs = append(errs, fmt.Errorf("--connections: %d is less than 1", c.Connections))
	}
	return errors.Join(errs...)
}

// Burst sends ingest a multiple of its capacity. The expected result is 429, 503 and
// lag that drains; every webhook answered 200 must be in its topic.
func Burst(ctx context.Context, o environment.Options, config BurstConfig) (report *result.Report, err error) {
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
	// The load's events are so old that all deadlines have passed: none fires during
	// the measurement, and none is pending at the check.
	start := o.Start
	if start.IsZero() {
		start = o.Now().Add(-environment.LoadAge - time.Hour).UTC().Truncate(time.Second)
	}
	report = p.NewReport("burst", start, map[string]string{
		"capacity": fmt.Sprint(config.Capacity), "times": fmt.Sprint(config.Times), "duration": config.Duration.String(),
		"connections": strconv.Itoa(config.Connections),
	})
	b := &burst{environment: p, config: config, start: start, sent: map[string]simulator.Count{}, report: report}
	defer b.end()
	if err := b.measure(ctx); err != nil {
		return nil, errors.Join(err, b.alive())
	}
	report.Right = len(report.Faults) == 0
	return report, errors.Join(b.ingest.Stop(), b.processor.Stop())
}

// burst is the state of a measurement.
type burst struct {
	environment       *environment.Environment
	config            BurstConfig
	start             time.Time
	report            *result.Report
	ingest, processor *environment.Subprocess
	address           string
	// webhooks are rendered in advance so that sending them is cheap; they are sent
	// repeatedly, as by a provider that repeats itself.
	webhooks []*prepared
	next     int

	tally
	sent map[string]simulator.Count // guarded by tally's mu
}

func (b *burst) end() {
	for _, c := range []*environment.Subprocess{b.ingest, b.processor} {
		if c != nil && c.Alive() == nil {
			c.Kill()
		}
	}
}

func (b *burst) alive() error {
	var errs []error
	for _, c := range []*environment.Subprocess{b.ingest, b.processor} {
		if c != nil {
			errs = append(errs, c.Alive())
		}
	}
	return errors.Join(errs...)
}

func (b *burst) launch(ctx context.Context) error {
	p := b.environment
	providers := []string{raw.ProviderLOX24, raw.ProviderUAPAY}
	p.SourceRate = b.config.Capacity / float64(len(providers))
	path, err := p.WriteConfig(b.config.Connections)
	if err != nil {
		return err
	}
	if b.processor, err = p.Launch("processor", path); err != nil {
		return err
	}
	if b.ingest, err = p.Launch("ingest", path); err != nil {
		return err
	}
	if b.address, err = b.ingest.Says(ctx, environment.SaidIngest); err != nil {
		return err
	}
	b.load(providers)
	return untilReady(ctx, b.processor)
}

// prepared is a webhook ready to be sent.
type prepared struct {
	bytes    []byte
	provider string
	order    string
	digest   uint64
	accepted int64 // guarded by tally's mu
}

// load makes the webhooks.
func (b *burst) load(providers []string) {
	const distinct = 50_000
	b.environment.Options.Progress.Step("making the webhooks", distinct)
	plan := simulator.NewPlan(simulator.Options{
		Seed: b.environment.Options.Seed, Start: b.start, Accounts: environment.Accounts(), Providers: providers, Webhooks: distinct, Spacing: time.Second / 500,
	})
	for {
		s, more := plan.Next()
		if !more {
			return
		}
		body := s.Body(b.start, 0)
		b.webhooks = append(b.webhooks, &prepared{
			bytes: loadgen.EncodeRequest(s.Path(), s.Header(body, time.Now()), body), provider: s.Provider(), order: s.Order, digest: simulator.Digest(body),
		})
	}
}

// measure runs the phases calm, burst and calm; then the lag must drain.
func (b *burst) measure(ctx context.Context) error {
	if err := b.launch(ctx); err != nil {
		return err
	}
	capacity := b.config.Capacity
	// The calm phases use half the capacity, because a rate limit also bounds short
	// bursts. Without a rate limit the load is closed-loop, and its throughput is the
	// capacity.
	calm := capacity / 2
	before, err := b.phase(ctx, "calm", calm, b.config.Calm)
	if err != nil {
		return err
	}
	if capacity == 0 {
		capacity, _ = before.Figures.Get("accepted_per_second")
		calm = capacity / 4
	}
	if _, err := b.phase(ctx, "burst", capacity*b.config.Times, b.config.Duration); err != nil {
		return err
	}
	over := time.Now()
	total, err := b.total(ctx)
	if err != nil {
		return err
	}
	b.environment.Options.Progress.Step("waiting for the lag to go", 0)
	if err := b.environment.Finish(ctx, b.processor, total); err != nil {
		return err
	}
	gone := time.Since(over)
	last := len(b.report.Runs) - 1
	b.report.Runs[last].Figures.Add("lag_gone_after_seconds", gone.Seconds())
	if _, err := b.phase(ctx, "calm again", calm, b.config.Calm); err != nil {
		return err
	}
	return b.judge(ctx)
}

// total is the number of records in the raw topics: those answered 200, and perhaps
// records whose sender got no answer.
func (b *burst) total(ctx context.Context) (int64, error) {
	ends, err := b.environment.RawEnds(ctx)
	if err != nil {
		return 0, err
	}
	var total int64
	for _, partitions := range ends {
		for _, end := range partitions {
			total += end
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if sure := environment.Accepted(b.sent); total < sure || total > sure+b.unsure {
		b.report.Fault(fmt.Sprintf("%d webhooks were answered 200 and %d without a word whether they are stored; %d are in the raw topics", sure, b.unsure, total))
	}
	return total, nil
}

// judge compares the topics with the answers of ingest.
func (b *burst) judge(ctx context.Context) error {
	total, err := b.total(ctx)
	if err != nil {
		return err
	}
	if err := b.environment.Finish(ctx, b.processor, total); err != nil {
		return err
	}
	if b.environment.Options.Check == environment.CheckNone {
		return nil
	}
	var faults []string
	if total == environment.Accepted(b.sent) {
		faults, err = b.environment.Check(ctx, b.environment.Options.Check, b.sent)
	} else {
		faults, err = b.environment.CheckRows(ctx, total)
	}
	b.report.Fault(faults...)
	return err
}
