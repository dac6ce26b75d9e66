package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/lab/model"
	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/schemas"
)

// The times of a demo.
const (
	// window is the period of the demo's time in which all scenarios begin.
	window = 30 * time.Minute
	// speed is how much faster than the wall clock its time runs.
	speed = 1500
	// after is how long after the longest hold the last deadline is.
	after = 5 * time.Minute
	// settleTimeout bounds the wait for the topics to be complete.
	settleTimeout = 20 * time.Second
	// slowerFrom is the scale from which the demo's time runs slower, so that there is
	// time to send.
	slowerFrom = 10
	// marketSpeed is about how much faster than the wall clock the time of the market
	// profile runs: it follows the webhooks, which are sent as fast as they are answered.
	marketSpeed = 40_000
	// marketConcurrency is small, so that little of the providers' time passes while a
	// request is under way.
	marketConcurrency = 8
	// marketHold is how long a payment may be held in the market.
	marketHold = 24 * time.Hour
	// marketDelays is the share of webhooks that come up to an hour late.
	marketDelays = 0.02
	// marketDay is how many scenarios begin on a day of the market.
	marketDay   = 200
	concurrency = 32
)

// Run runs a demo. It returns an error if the pipeline cannot run; differences are in
// the result.
func Run(ctx context.Context, o Options) (_ *Result, err error) {
	began := time.Now()
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Progress == nil {
		o.Progress = silent{}
	}
	o.Scale = max(1, o.Scale)
	pace, held := speed/max(1, float64(o.Scale)/slowerFrom), hold
	if simulator.OfDays(o.Profile) {
		pace, held = marketSpeed, marketHold
	}
	o.Progress.Step("starting broker, registry, ingest and processor", 0)
	s, err := start(ctx, newClock(began), pace, held, &o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.stop()) }() //nolint:contextcheck // a stop has its own time
	topics := model.NewTopics(schemas.Names{}, model.New(s.settings(), simulator.Digest), o.Record)
	reading, stopReading := context.WithCancel(ctx)
	read := make(chan error, 1)
	go func() { read <- s.read(reading, topics) }()
	defer func() {
		stopReading()
		err = errors.Join(err, <-read)
	}()
	d := &demo{o: o, stack: s, topics: topics, pace: pace, ledger: simulator.NewLedger(nil, true)}
	from := s.clock.Now()
	if err := d.play(ctx); err != nil {
		return nil, err
	}
	result, err := d.awaitOutcomes(ctx)
	if err != nil {
		return nil, err
	}
	s.clock.run(1)
	result.Seed, result.Took, result.DemoTime = o.Seed, time.Since(began), s.clock.Now().Sub(from)
	if o.Stay != nil {
		return result, d.stay(ctx, result)
	}
	return result, nil
}

// read reads the topics until ctx ends.
func (s *stack) read(ctx context.Context, topics *model.Topics) error {
	client, err := kgo.NewClient(append(topics.Options(), s.client...)...)
	if err != nil {
		return err
	}
	defer client.Close()
	for ctx.Err() == nil {
		if _, err := topics.Poll(ctx, client); err != nil {
			s.fail(err)
			return err
		}
	}
	return nil
}

// demo is a demo under way.
type demo struct {
	o      Options
	stack  *stack
	topics *model.Topics
	ledger *simulator.Ledger
	pace   float64
}

// stay keeps everything running until Options.Stay returns.
func (d *demo) stay(ctx context.Context, result *Result) (err error) {
	s := d.stack
	if d.o.Traffic {
		ended := d.goOn(ctx)
		defer func() { err = errors.Join(err, ended()) }()
	}
	place := Place{
		URL: s.url(), RegistryURL: s.embedded.RegistryURL(), Brokers: s.embedded.Brokers(), Accounts: s.accounts, Now: s.clock.Now(),
		Clock: s.clock.Now, Metrics: s, State: s.state, Sources: s.sources, Privacy: s.privacy,
	}
	if len(d.o.Brokers) == 0 {
		faults, err := s.inject(ctx)
		if err != nil {
			return err
		}
		defer faults.stop()
		place.Faults = faults.url()
	}
	return d.o.Stay(ctx, place, result)
}

// play sends the scenarios.
func (d *demo) play(ctx context.Context) error {
	scenarios := d.o.Scale * len(simulator.Scenarios())
	options := simulator.Options{
		Seed: d.o.Seed, Start: d.stack.clock.Now(), Accounts: d.stack.accounts, Scenarios: scenarios, InTurn: true,
		Spacing: window / time.Duration(scenarios), Repeats: 0.3, Disorder: 0.1, Forgeries: 0.05,
	}
	target := simulator.Target{URL: d.stack.url(), Concurrency: concurrency, Speed: d.pace, Now: d.stack.clock.Now}
	clockSpeed := d.pace
	if simulator.OfDays(d.o.Profile) {
		options.Profile, options.InTurn, options.Delays = d.o.Profile, false, marketDelays
		options.Scenarios, options.Spacing = marketDay*d.o.Scale, 24*time.Hour/marketDay
		target.Speed, target.Concurrency, clockSpeed = 0, marketConcurrency, 1
		target.Due = func(due time.Duration) { d.stack.clock.reach(options.Start.Add(due)) }
	}
	total := int64(0)
	for plan := simulator.NewPlan(options); ; total++ {
		if _, more := plan.Next(); !more {
			break
		}
	}
	d.o.Progress.Step("four providers send webhooks", total)
	d.stack.clock.run(clockSpeed)
	ended := make(chan error, 1)
	go func() {
		ended <- simulator.Run(ctx, simulator.NewPlan(options), target, d.ledger)
	}()
	for {
		select {
		case err := <-ended:
			d.o.Progress.At(total)
			return errors.Join(err, ctx.Err())
		default:
		}
		if err := d.stack.wait(ctx, 50*time.Millisecond); err != nil {
			return err
		}
		d.o.Progress.At(d.ledger.Total().Webhooks)
	}
}

// The traffic of a demo that stays: an hour of its time in a few seconds, so that there is something to
// look at, then scenarios in the time of the wall clock.
const (
	staySpacing = 20 * time.Second
	stayHour    = time.Hour
	stayPace    = 300
)

// goOn sends webhooks until the returned function is called.
func (d *demo) goOn(ctx context.Context) (end func() error) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() {
		d.stack.clock.run(stayPace)
		err := d.scenarios(ctx, 1, stayPace, stayHour/stayPace)
		d.stack.clock.run(1)
		ended <- errors.Join(err, d.scenarios(ctx, 2, 1, 0))
	}()
	return func() error {
		cancel()
		return <-ended
	}
}

// scenarios sends webhooks for a while, 0 for ever, at a speed against the wall clock.
func (d *demo) scenarios(ctx context.Context, seed uint64, speed float64, while time.Duration) error {
	options := simulator.Options{
		Seed: d.o.Seed + seed, Start: d.stack.clock.Now(), Accounts: d.stack.accounts, Spacing: staySpacing, Repeats: 0.3, Disorder: 0.1, Forgeries: 0.05,
	}
	target := simulator.Target{URL: d.stack.url(), Concurrency: marketConcurrency, Speed: speed, Now: d.stack.clock.Now, Duration: while}
	return simulator.Run(ctx, simulator.NewPlan(options), target, simulator.NewLedger(nil, true))
}

// awaitOutcomes waits until every raw record has an outcome and every deadline has passed, and
// returns the counts.
func (d *demo) awaitOutcomes(ctx context.Context) (*Result, error) {
	d.stack.clock.run(d.pace)
	last, after := d.stack.clock.Now(), d.stack.config.Deadlines.Hold+after
	d.o.Progress.Step("deadlines pass", int64(after/time.Minute))
	lag := time.Duration(float64(4*clockLag) * d.pace)
	for began := time.Now(); ; {
		now := d.stack.clock.Now()
		d.o.Progress.At(min(int64(now.Sub(last)/time.Minute), int64(after/time.Minute)))
		late := time.Since(began) > settleTimeout
		if now.Sub(last) > after && d.topics.AddsUp() || late {
			topics := d.topics.Result(now.Add(-lag), now)
			if late || topics.Different() == 0 && topics.Undecided() == 0 && d.complete(&topics) {
				return d.result(topics), nil
			}
		}
		if err := d.stack.wait(ctx, 100*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

// complete says whether all that was accepted is there.
func (d *demo) complete(t *model.Result) bool {
	for p, c := range d.ledger.Counts() {
		if t.Accounts[p].Raw < c.Accepted || !t.Accounts[p].AddsUp() {
			return false
		}
	}
	return true
}

func (d *demo) result(topics model.Result) *Result {
	r := &Result{Sent: d.ledger.Counts(), Refused: d.ledger.Refused(), Latency: d.ledger.Latency(), Topics: topics}
	r.Faults = Faults(r.Sent, &topics)
	r.AddsUp = len(r.Faults) == 0
	told := map[string]bool{}
	scenarios := simulator.Scenarios()
	if simulator.OfDays(d.o.Profile) {
		return r
	}
	for n := range d.o.Scale * len(scenarios) {
		id := fmt.Sprintf("order-%d-%d", d.o.Seed%100_000, n+1)
		scenario, journey := scenarios[n%len(scenarios)], topics.Journeys[id]
		if journey == nil || told[scenario] {
			continue
		}
		told[scenario] = true
		r.Rows = append(r.Rows, Row{Scenario: scenario, CorrelationID: id, Journey: journey})
	}
	return r
}
