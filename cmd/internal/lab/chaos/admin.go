package chaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/schemas"
)

// playAdmin runs all actions, each in a scene of its own, on one node of Kafka.
func playAdmin(ctx context.Context, o *Options, d *runLog) (err error) {
	ctx, broken := context.WithCancelCause(ctx)
	defer broken(nil)
	d.sayf("scenario %s, seed %d", ScenarioAdmin, o.Seed)
	s := &stack{o: o, runLog: d, dir: filepath.Join(o.Dir, ScenarioAdmin), broken: broken, lives: map[string]int{}}
	defer func() { err = errors.Join(err, s.close()) }() //nolint:contextcheck // the end has its own time
	if err := os.MkdirAll(filepath.Join(s.dir, "logs"), 0o750); err != nil {
		return fmt.Errorf("make the run's folder: %w", err)
	}
	if s.kafka, err = newBroker(o, filepath.Join(s.dir, "kafka"), 1); err != nil {
		return err
	}
	if s.brokers, err = s.kafka.run(ctx, "start", 0); err != nil {
		return err
	}
	a := &scenario{stack: s, name: ScenarioAdmin}
	if a.watcher, err = newWatcher(ctx, s.brokers); err != nil {
		return err
	}
	defer a.watcher.close()
	if s.registry, err = s.start("registry", nil, "registry", "--listen", s.address(portRegistry)); err != nil {
		return err
	}
	if _, err := s.registry.says(ctx, "schema registry in memory"); err != nil {
		return err
	}
	s.guard(s.registry)
	for i, action := range actions() {
		if !strings.Contains(action.name, o.Only) {
			continue
		}
		began := time.Now()
		rng := rand.New(rand.NewPCG(o.Seed, uint64(i))) //nolint:gosec // chance that can be repeated is the point
		if err := a.playAction(ctx, &action, rng); err != nil {
			d.findf("%s: %v", action.name, err)
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		d.sayf("      over: %s; %s in all", action.name, seconds(time.Since(began)))
	}
	return a.searchLogs()
}

// sendings is how many webhooks are sent before an action, and again after it.
const sendings = 60

// playAction sends webhooks, does the action, sends all of them again with as many new
// ones, and checks that each is a fact once and that the audit finds the expected
// differences.
func (a *scenario) playAction(ctx context.Context, action *action, rng *rand.Rand) error {
	a.runLog.sayf("%s: %s", action.name, action.expected())
	s := &scene{scenario: a, action: action, rng: rng, names: schemas.Names{Prefix: "admin-" + strings.ReplaceAll(action.name, " ", "-") + "."}}
	defer s.end()
	if err := s.begin(ctx); err != nil {
		return err
	}
	if err := s.send(ctx, s.fresh(sendings)); err != nil {
		return err
	}
	if err := s.caughtUp(ctx); err != nil {
		return err
	}
	if err := action.do(ctx, s); err != nil {
		return fmt.Errorf("do it: %w", err)
	}
	if action.refused != "" {
		if err := s.refused(ctx); err != nil {
			return err
		}
	}
	if action.repair == nil && action.refused != "" {
		return s.judge(ctx)
	}
	// The earlier webhooks are repeated, as by a provider that got no answer.
	if err := s.send(ctx, slices.Concat(s.sent, s.fresh(sendings))); err != nil {
		return err
	}
	if err := s.caughtUp(ctx); err != nil {
		return err
	}
	return s.judge(ctx)
}
