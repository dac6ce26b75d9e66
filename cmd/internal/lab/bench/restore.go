package bench

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/environment"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/result"
	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// Restore measures how long a processor takes to become ready: with its state, after a
// kill, and from the changelogs alone. Entities is the approximate size of the state.
func Restore(ctx context.Context, o environment.Options, entities int64) (report *result.Report, err error) {
	if entities < 1 {
		return nil, fmt.Errorf("--entities: %d is less than 1", entities)
	}
	p, err := environment.Open(ctx, &o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.Close()) }() //nolint:contextcheck // a stop has its own time
	if err := p.UseOnly(); err != nil {
		return nil, err
	}
	b := &restoring{environment: p, sent: map[string]simulator.Count{}}
	if err := b.prepare(ctx, entities); err != nil {
		return nil, err
	}
	report = p.NewReport("restore", b.start, map[string]string{"entities": strconv.FormatInt(entities, 10)})
	for range o.Runs {
		for _, how := range []struct {
			name       string
			kill, wipe bool
		}{{"its state, after a stop", false, false}, {"its state, after a kill", true, false}, {"the changelogs alone", false, true}} {
			run, err := b.begin(ctx, how.name, how.wipe, how.kill)
			if err != nil {
				return nil, err
			}
			report.Runs = append(report.Runs, *run)
		}
	}
	// The measurement needs only the first record, the check needs all of them.
	if err := p.Finish(ctx, b.last, environment.Accepted(b.sent)); err != nil {
		return nil, err
	}
	faults, err := p.Check(ctx, o.Check, b.sent)
	if err != nil {
		return nil, err
	}
	report.Fault(faults...)
	report.Right = len(report.Faults) == 0
	return report, b.last.Stop()
}

// restoring is the state of a measurement.
type restoring struct {
	environment *environment.Environment
	start       time.Time
	sent        map[string]simulator.Count
	last        *environment.Subprocess
	path        string
	// marks are webhooks that show when a processor is at work: of seeds of their own.
	marks uint64
}

// prepare fills the topics and lets a processor build the state.
func (b *restoring) prepare(ctx context.Context, entities int64) (err error) {
	p := b.environment
	// A scenario produces a verification, usually a payment, and a journey.
	const perScenario = 2.5
	load := environment.Load{
		Webhooks: int64(float64(entities) / perScenario * environment.WebhooksPerScenario), Providers: []string{raw.ProviderLOX24, raw.ProviderUAPAY}, PerSecond: 500,
	}
	b.start = load.Start(p.Options)
	if b.sent, err = p.Fill(ctx, load.Plan(p.Options, b.start), b.start, load.Webhooks); err != nil {
		return err
	}
	if b.path, err = p.WriteConfig(0); err != nil {
		return err
	}
	if b.last, err = p.Launch("processor", b.path); err != nil {
		return err
	}
	_, err = p.Drain(ctx, b.last, environment.Accepted(b.sent))
	return err
}

// begin stops or kills the processor, sends a few webhooks, and restarts it.
func (b *restoring) begin(ctx context.Context, name string, wipe, kill bool) (*result.Run, error) {
	p := b.environment
	p.Options.Progress.Step("starting with "+name, 0)
	if kill {
		b.last.Kill()
	} else if err := b.last.Stop(); err != nil {
		return nil, err
	}
	if wipe {
		if err := p.Wipe(); err != nil {
			return nil, err
		}
	}
	if err := b.mark(ctx); err != nil {
		return nil, err
	}
	journeys, stop, err := newJourneys(ctx, p)
	if err != nil {
		return nil, err
	}
	defer stop()
	c, err := p.Launch("processor", b.path)
	if err != nil {
		return nil, err
	}
	b.last = c
	first, err := journeys(ctx)
	if err != nil {
		return nil, errors.Join(err, c.Alive())
	}
	if err := untilReady(ctx, c); err != nil {
		return nil, err
	}
	whole := time.Now()
	used, err := c.Uses()
	if err != nil {
		return nil, err
	}
	// The lines of a restore come a moment before readiness is asked for.
	f := result.Figures{}
	b.replayed(&f, c)
	f.Add("start_to_first_record_seconds", first.Sub(c.Started).Seconds())
	f.Add("start_to_ready_seconds", whole.Sub(c.Started).Seconds())
	f.Add("cpu_seconds", used.CPU.Seconds())
	f.Add("peak_rss_mb", environment.Mega(used.Peak))
	return &result.Run{Name: name, Figures: f, Checked: p.Options.Check}, nil
}

// replayed sums the restore results that the processor logged.
func (*restoring) replayed(f *result.Figures, c *environment.Subprocess) {
	var bytes, records float64
	var from, to time.Time
	for _, line := range c.Lines(environment.SaidRestored) {
		n, _ := line["bytes"].(float64)
		r, _ := line["records"].(float64)
		bytes, records = bytes+n, records+r
		text, _ := line["time"].(string)
		at, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			continue
		}
		nanoseconds, _ := line["took"].(float64)
		began := at.Add(-time.Duration(nanoseconds))
		if from.IsZero() || began.Before(from) {
			from = began
		}
		if at.After(to) {
			to = at
		}
	}
	const mb = 1e6
	f.Add("replayed_records", records)
	f.Add("replayed_mb", bytes/mb)
	seconds := to.Sub(from).Seconds()
	f.Add("restore_seconds", seconds)
	if bytes > 0 {
		f.Add("mb_per_second", bytes/mb/seconds)
		f.Add("records_per_second", records/seconds)
	}
}

// mark brings webhooks that the processor has still to take, one to each partition or
// so, of orders of their own.
func (b *restoring) mark(ctx context.Context) error {
	p := b.environment
	b.marks++
	o := *p.Options
	o.Seed = p.Options.Seed + b.marks*7919 // orders carry the seed in their name
	const webhooks = 40
	load := environment.Load{Webhooks: webhooks, Providers: []string{raw.ProviderLOX24, raw.ProviderUAPAY}, PerSecond: 500}
	start := load.Start(&o)
	counts, err := p.Fill(ctx, load.Plan(&o, start), start, webhooks)
	for provider, c := range counts {
		sum := b.sent[provider]
		sum.Add(c)
		b.sent[provider] = sum
	}
	return err
}

// newJourneys reads the journeys from their end on; the function it returns waits for
// the first.
func newJourneys(ctx context.Context, p *environment.Environment) (first func(context.Context) (time.Time, error), stop func(), err error) {
	name := p.Names.Topic(schemas.EnrichedJourneys)
	listed, err := p.Admin.ListEndOffsets(ctx, name)
	if err == nil {
		err = listed.Error()
	}
	if err != nil {
		return nil, nil, fmt.Errorf("look at the end of the journeys: %w", err)
	}
	from := map[int32]kgo.Offset{}
	for partition, o := range listed[name] {
		from[partition] = kgo.NewOffset().At(o.Offset)
	}
	client, err := kgo.NewClient(append([]kgo.Opt{
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{name: from}), kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.FetchMaxWait(50 * time.Millisecond),
	}, p.Kafka...)...)
	if err != nil {
		return nil, nil, fmt.Errorf("make a Kafka client: %w", err)
	}
	first = func(ctx context.Context) (time.Time, error) {
		const patience = 30 * time.Minute // a restore may be long
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		for {
			fetches := client.PollFetches(ctx)
			now := time.Now()
			found := false
			fetches.EachRecord(func(r *kgo.Record) { found = found || strings.HasPrefix(string(r.Key), "order-") })
			if found {
				return now, nil
			}
			if ctx.Err() != nil {
				return now, fmt.Errorf("wait for the first journey: %w", ctx.Err())
			}
		}
	}
	return first, client.Close, nil
}
