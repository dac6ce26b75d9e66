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
	"sync"

	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/schemas"
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

// group returns the name of the stage's consumer group, and its input.
func (s *scene) group() (group, input string) {
	topics, _ := processor.TopicsOf("lox24")
	return s.names.Group("lox24"), s.names.Topic(topics.Input)
}
