package chaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Run runs the scenarios and returns an error if anything was lost, repeated or did not
// recover. The log lists the findings.
func Run(ctx context.Context, o Options) error {
	if err := o.Validate(); err != nil {
		return err
	}
	d := newRunLog(o.Out)
	ctx, cancel := context.WithTimeoutCause(ctx, o.Limit, fmt.Errorf("the run took longer than %v", o.Limit))
	defer cancel()
	var errs []error
	for _, name := range o.Scenarios {
		if err := playScenario(ctx, &o, d, name); err != nil {
			d.findf("scenario %s: %v", name, err)
		}
		if ctx.Err() != nil {
			errs = append(errs, context.Cause(ctx))
			break
		}
	}
	d.table()
	if d.coordinators > 0 {
		d.sayf("%d coordinators were killed, %d of them with transactions decided and not yet completed (%d)", d.coordinators, d.struck, d.prepared)
	}
	for _, f := range d.findings {
		errs = append(errs, errors.New(f))
	}
	return errors.Join(errs...)
}

func playScenario(ctx context.Context, o *Options, d *runLog, name string) error {
	if name == ScenarioAdmin {
		return playAdmin(ctx, o, d)
	}
	return play(ctx, o, d, name)
}

// scenario is the state of a running scenario.
type scenario struct {
	*stack

	name    string
	watcher *watcher
	checker *checker
	ledger  string
}

// play runs a scenario, from an empty Kafka to its result.
func play(ctx context.Context, o *Options, d *runLog, name string) (err error) {
	ctx, broken := context.WithCancelCause(ctx)
	defer broken(nil)
	schedule := slices.DeleteFunc(plan(name, o.Seed, o.Few), func(s injection) bool { return !strings.Contains(s.String(), o.Only) })
	d.sayf("scenario %s, seed %d: %d injections", name, o.Seed, len(schedule))
	s, err := newStack(ctx, o, d, name, broken)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }() //nolint:contextcheck // the end has its own time
	d.sayf("ingest, %v and a schema registry run; the state of %s lies on %s", instances(), instances()[len(instances())-1], s.disk)
	a := &scenario{stack: s, name: name, ledger: filepath.Join(s.dir, "ledger.jsonl")}
	if a.watcher, err = newWatcher(ctx, s.brokers); err != nil {
		return err
	}
	defer a.watcher.close()
	stop, err := a.traffic(ctx)
	if err != nil {
		return err
	}
	defer stop()
	for i := range schedule {
		if err := a.injection(ctx, i+1, &schedule[i]); err != nil {
			return err
		}
	}
	return a.finish(ctx, stop)
}

// traffic starts the simulator and the checker. stop ends the checker, after it has
// delivered its pending webhooks.
func (a *scenario) traffic(ctx context.Context) (stop func(), err error) {
	a.simulator, err = a.start("simulator", nil, "simulate", "--url", "http://"+a.address(portIngest), "--unibell", a.address(portUnibell),
		"--seed", strconv.FormatUint(a.o.Seed, 10), "--rate", strconv.FormatFloat(a.o.Rate, 'f', -1, 64), "--count", "0", "--duration", "1h",
		"--spacing", "250ms", "--patience", recovery.String(), "--ledger", a.ledger)
	if err != nil {
		return nil, err
	}
	a.guard(a.simulator)
	a.checker = newChecker(a.address(portIngest), a.o.Rate/5)
	sending, end := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() {
		a.checker.run(sending, ctx, rand.New(rand.NewPCG(a.o.Seed, 7))) //nolint:gosec // chance that can be repeated is the point
	})
	return sync.OnceFunc(func() {
		end()
		running.Wait()
	}), nil
}

// injection waits until an injection is due, injects its faults, and waits for the recovery.
func (a *scenario) injection(ctx context.Context, number int, s *injection) error {
	from := a.watcher.now()
	base := from.total()
	p, err := a.watcher.until(ctx, fmt.Sprintf("%d more records are processed", s.after), func(p *positions) bool { return p.total() >= base+s.after })
	if err != nil {
		return err
	}
	for _, f := range s.faults {
		a.runLog.sayf("#%-3d %s  (%d records after the last, %d in all)", number, f, p.total()-base, p.total())
	}
	ended := make(chan error, len(s.faults))
	for _, f := range s.faults {
		go func() { ended <- a.do(ctx, f) }()
	}
	var errs []error
	for range s.faults {
		errs = append(errs, <-ended)
	}
	for i := range a.processors {
		if err := errors.Join(errs...); err != nil {
			return err
		}
		errs = append(errs, a.ready(ctx, i))
	}
	return errors.Join(errs...)
}

// do injects one fault and records the time of recovery.
func (a *scenario) do(ctx context.Context, f fault) error {
	switch f.kind {
	case killIngest:
		return a.killIngest(ctx, f)
	case killBroker, stopBroker:
		return a.disturbBroker(ctx, f)
	case killNode, killCoordinator, killOwnerToo:
		return a.loseNode(ctx, f)
	case fillDisk:
		return a.fillDisk(ctx, f)
	case twinProcessor:
		return a.twin(ctx, f)
	default:
		return a.disturbProcessor(ctx, f)
	}
}

// mended runs the repair of a fault, and waits for it and for the recovery
// concurrently.
func (a *scenario) mended(ctx context.Context, r *recovering, mend func() error) error {
	done := make(chan error, 1)
	go func() { done <- mend() }()
	first, all, err := r.over(ctx, a.watcher)
	if err := errors.Join(<-done, err); err != nil {
		return fmt.Errorf("%s: %w", r.fault, err)
	}
	a.runLog.recovered(r.fault.kind, first, all)
	a.runLog.sayf("      over: %s; next output after %s, all of before after %s", r.fault, seconds(first), seconds(all))
	return nil
}

// killIngest kills and restarts ingest, and waits until it answers again.
func (a *scenario) killIngest(ctx context.Context, f fault) error {
	a.ingest.kill()
	at := time.Now()
	if err := a.startIngest(ctx); err != nil {
		return fmt.Errorf("%s: %w", f, err)
	}
	if err := a.checker.next(ctx, at); err != nil {
		return fmt.Errorf("%s: %w", f, err)
	}
	took := time.Since(at)
	a.runLog.recovered(f.kind, took, -1)
	a.runLog.sayf("      over: %s; next 200 after %s", f, seconds(took))
	return nil
}
