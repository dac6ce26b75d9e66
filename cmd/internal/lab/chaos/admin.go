package chaos

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/audit"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// scene is a pipeline with topics of its own, for one action.
type scene struct {
	*scenario

	action    *action
	names     schemas.Names
	rng       *rand.Rand
	processor *process
	// sent are the webhooks that were answered 200.
	sent []*testimony
}

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
		if err := a.playDeed(ctx, &action, rng); err != nil {
			d.findf("%s: %v", action.name, err)
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		d.sayf("      over: %s; %s in all", action.name, seconds(time.Since(began)))
	}
	return a.searchLogs()
}

// sendings is how many webhooks are sent before a action, and again after it.
const sendings = 60

// playDeed sends webhooks, does the action, sends all of them again with as many new
// ones, and checks that each is a fact once and that the audit finds the expected
// differences.
func (a *scenario) playDeed(ctx context.Context, action *action, rng *rand.Rand) error {
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

// begin creates the topics, and starts ingest and a processor.
func (s *scene) begin(ctx context.Context) error {
	sources, err := s.call(ctx, "simulate", "sources", "--unibell", "http://"+s.address(portUnibell))
	if err != nil {
		return err
	}
	s.file = filepath.Join(s.dir, s.names.Prefix+"yaml")
	text := fmt.Sprintf(`kafka: {brokers: [%s], prefix: %q}
registry: {urls: ["http://%s"]}
topics: {partitions: 3, replication_factor: 1, min_insync_replicas: 1}
ingest: {listen: "%s", answer_deadline: 3s, access_log: false}
ops: {listen: "127.0.0.1:0"}
privacy: {keys: [{id: k, value: the-key-of-a-run-for-phone-numbers}]}
processor: {engine: {session_timeout: %s, transaction_timeout: %s, fence_after: 1s, watermark_interval: 1s}}
`, s.brokers, s.names.Prefix, s.address(portRegistry), s.address(portIngest), sessionTimeout, transactionTimeout)
	if err := os.WriteFile(s.file, []byte(text+sources), 0o600); err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	for _, args := range [][]string{{"topics", "apply"}, {"schemas", "register"}} {
		if _, err := s.call(ctx, append(args, "-c", s.file)...); err != nil {
			return err
		}
	}
	if err := s.startIngest(ctx); err != nil {
		return err
	}
	return s.start()
}

// start starts the processor, which may refuse to run.
func (s *scene) start() (err error) {
	env := processorEnv(s.action.name, filepath.Join(s.dir, "state-"+s.names.Prefix))
	s.processor, err = s.stack.start("processor", env, "processor", "-c", s.file)
	return err
}

// stop stops the processor gracefully.
func (s *scene) stop(ctx context.Context) error { return s.processor.stop(ctx) }

// end kills the processes of the scene.
func (s *scene) end() {
	for _, p := range []*process{s.ingest, s.processor} {
		if p != nil && !p.ended() {
			p.kill()
		}
	}
}

// fresh makes new webhooks.
func (s *scene) fresh(n int) []*testimony {
	out := make([]*testimony, n)
	for i := range out {
		out[i] = &testimony{id: uuid(s.rng), statuses: map[int]int{}}
		out[i].body = event(out[i].id, uuid(s.rng), len(s.sent)+i)
	}
	return out
}

// send sends webhooks until each is answered 200. An answer that ends a sender's
// retries is an error.
func (s *scene) send(ctx context.Context, webhooks []*testimony) error {
	ctx, cancel := context.WithTimeoutCause(ctx, recovery, errors.New("webhooks were not taken in time"))
	defer cancel()
	w := newChecker(s.address(portIngest), 1)
	queue := make(chan *testimony)
	client := w.client()
	defer client.CloseIdleConnections()
	var group sync.WaitGroup
	for range witnesses {
		group.Go(func() {
			for t := range queue {
				w.deliver(ctx, client, t)
			}
		})
	}
	for _, t := range webhooks {
		queue <- t
	}
	close(queue)
	group.Wait()
	for _, t := range webhooks {
		for status := range t.statuses {
			if status >= 400 && status < 500 {
				return fmt.Errorf("a webhook was answered %d", status)
			}
		}
		if !slices.Contains(s.sent, t) {
			s.sent = append(s.sent, t)
		}
	}
	return context.Cause(ctx)
}

// refused waits until the processor ends with exitState and the expected message, and
// then repairs the cluster as the message says.
func (s *scene) refused(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, recovery, errors.New("it was not refused in time"))
	defer cancel()
	s.processor.wanted.Store(true)
	code, err := s.processor.wait(ctx)
	if err != nil {
		return err
	}
	if code != exitState || !strings.Contains(s.processor.log.String(), s.action.refused) {
		return fmt.Errorf("exit code %d, and not %d with %q; it said last:\n%s", code, exitState, s.action.refused, s.processor.log.tail(3))
	}
	if s.action.repair == nil {
		return nil
	}
	if err := s.action.repair(ctx, s); err != nil {
		return fmt.Errorf("repair it: %w", err)
	}
	return s.start()
}

// caughtUp waits until the stage has read its whole input.
func (s *scene) caughtUp(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, recovery)
	defer cancel()
	topic := s.names.Topic(schemas.RawLOX24)
	for {
		ends, err := s.watcher.admin.ListEndOffsets(ctx, topic)
		if err == nil {
			err = ends.Error()
		}
		committed, err2 := s.watcher.admin.FetchOffsets(kadm.RequireStable(ctx), s.names.Group("lox24"))
		if errors.Join(err, err2) == nil {
			behind := false
			ends.Each(func(e kadm.ListedOffset) {
				at, ok := committed.Lookup(topic, e.Partition)
				behind = behind || e.Offset > 0 && (!ok || at.At != e.Offset)
			})
			if !behind {
				return nil
			}
		}
		if s.processor.ended() {
			return fmt.Errorf("the processor has ended, exit code %d; it said last:\n%s", s.processor.code, s.processor.log.tail(5))
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return fmt.Errorf("wait until all is read: %w; the processor said last:\n%s", errors.Join(err, err2), s.processor.log.tail(5))
		}
	}
}

// judge counts the facts of each webhook, and checks that the audit finds the
// differences that the action leaves.
func (s *scene) judge(ctx context.Context) error {
	for until := time.Now().Add(recovery / 3); ; {
		none, twice, err := s.count(ctx)
		switch {
		case err != nil:
			return fmt.Errorf("count the facts: %w", err)
		case none+twice == 0:
			return s.audit(ctx)
		case twice > 0 || time.Now().After(until):
			s.runLog.findf("%s: of %d webhooks answered 200, %d are no fact and %d are one more than once", s.action.name, len(s.sent), none, twice)
			return s.audit(ctx)
		}
		// The transaction markers of the last facts may still be missing.
		if err := pause(ctx, time.Second); err != nil {
			return err
		}
	}
}

// count returns how many webhooks have no fact, and how many have several.
func (s *scene) count(ctx context.Context) (none, twice int, err error) {
	facts := map[string]int{}
	err = s.read(ctx, s.names.Topic(schemas.DecodedLOX24VerifyCode), time.Time{}, func(r *kgo.Record) error {
		var v avro.LOX24VerifyCode
		_, body, err := wire.Parse(r.Value)
		if err == nil {
			err = v.DecodeAvro(body)
		}
		facts[v.EventID]++
		return err
	})
	for _, t := range s.sent {
		switch n := facts[t.id]; {
		case n == 0:
			none++
		case n > 1:
			twice++
		}
	}
	return none, twice, err
}

func (s *scene) audit(ctx context.Context) error {
	kinds := map[string]int{}
	for until := time.Now().Add(recovery / 3); ; {
		var report audit.Report
		out, err := s.call(ctx, "audit", "--json", "-c", s.file)
		if broken := json.Unmarshal([]byte(out), &report); broken != nil {
			return fmt.Errorf("audit: %w", errors.Join(err, broken))
		}
		clear(kinds)
		for _, d := range report.Listed {
			kinds[d.Kind]++
		}
		if s.action.leaves(kinds) {
			s.runLog.sayf("      %d webhooks, each a fact once; audit: %s", len(s.sent), describeKinds(kinds))
			return nil
		}
		if time.Now().After(until) {
			s.runLog.findf("%s: the audit finds %s, and should find %s", s.action.name, describeKinds(kinds), cmp.Or(strings.Join(s.action.audit, ", "), "nothing"))
			return nil
		}
		if err := pause(ctx, time.Second); err != nil {
			return err
		}
	}
}

// group returns the name of the stage's consumer group, and its input.
func (s *scene) group() (group, input string) {
	topics, _ := processor.TopicsOf("lox24")
	return s.names.Group("lox24"), s.names.Topic(topics.Input)
}
