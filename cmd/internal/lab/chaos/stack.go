package chaos

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
)

// stack holds all processes of a scenario.
type stack struct {
	o      *Options
	runLog *runLog
	dir    string
	kafka  *broker
	disk   *disk
	// file is the path of the configuration.
	file    string
	brokers string
	// broken cancels the scenario with a cause.
	broken context.CancelCauseFunc

	mu         sync.Mutex
	processors []*process
	ingest     *process
	registry   *process
	simulator  *process
	lives      map[string]int
	// states are the processors' state directories.
	states []string
}

// newStack starts Kafka, the registry, ingest and the processors.
func newStack(ctx context.Context, o *Options, d *runLog, scenario string, broken context.CancelCauseFunc) (s *stack, err error) {
	s = &stack{o: o, runLog: d, dir: filepath.Join(o.Dir, scenario), broken: broken, lives: map[string]int{}}
	defer func() { //nolint:contextcheck // the end has its own time
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if err = os.MkdirAll(filepath.Join(s.dir, "logs"), 0o750); err != nil {
		return s, fmt.Errorf("make the run's folder: %w", err)
	}
	n := 1
	if scenario == ScenarioCluster {
		n = nodes
	}
	if s.kafka, err = newBroker(o, filepath.Join(s.dir, "kafka"), n); err != nil {
		return s, err
	}
	if s.brokers, err = s.kafka.run(ctx, "start", 0); err != nil {
		return s, err
	}
	d.sayf("Kafka runs on %s", s.brokers)
	if s.disk, err = newDisk(ctx, filepath.Join(s.dir, "disk")); err != nil {
		return s, err
	}
	if err = s.prepare(ctx, n); err == nil {
		err = s.startRoles(ctx)
	}
	return s, err
}

// partitions are as many as the workers of a stage, with few of them idle.
const partitions = 4

// prepare writes the configuration, and creates topics and schemas.
func (s *stack) prepare(ctx context.Context, replicas int) (err error) {
	if s.registry, err = s.start("registry", nil, "registry", "--listen", s.address(portRegistry)); err != nil {
		return err
	}
	if _, err := s.registry.says(ctx, "schema registry in memory"); err != nil {
		return err
	}
	s.guard(s.registry)
	sources, err := s.call(ctx, "simulate", "sources", "--unibell", "http://"+s.address(portUnibell))
	if err != nil {
		return err
	}
	s.file = filepath.Join(s.dir, "tributary.yaml")
	text := fmt.Sprintf(`kafka: {brokers: [%s], prefix: "chaos."}
registry: {urls: ["http://%s"]}
topics: {partitions: %d, replication_factor: %d, min_insync_replicas: %d}
ingest: {listen: "%s", answer_deadline: 3s, access_log: false}
ops: {listen: "127.0.0.1:0"}
privacy: {keys: [{id: k, value: the-key-of-a-run-for-phone-numbers}]}
processor:
  # Two workers where partitions shall move within a process, one where they need not.
  workers: {lox24: 2, uapay: 1, voximplant: 1, unibell: 1, unibell-call: 1, journey: 2}
  # Short, so that they fall due and are withdrawn among the faults.
  deadlines: {verification_grace: 1s, verification_min: 20s, call: 15s, missed_attempt: 10s, journey_payment: 15s, journey_verification: 15s}
  # Short, so that faults fall between two emissions and the last rows are there when they are compared.
  insights: {emit_interval: 2s}
  engine:
    session_timeout: %s
    transaction_timeout: %s
    fence_after: 1s
    watermark_interval: 1s
    watermark_idle_timeout: 3s
    # Small, so that the store writes its tables often.
    store: {memtable_bytes: 1048576, cache_bytes: 16777216}
`, s.brokers, s.address(portRegistry), partitions, replicas, max(1, replicas-1), s.address(portIngest), sessionTimeout, transactionTimeout)
	if err := os.WriteFile(s.file, []byte(text+sources), 0o600); err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	for _, args := range [][]string{{"topics", "apply"}, {"schemas", "register"}} {
		if _, err := s.call(ctx, append(args, "-c", s.file)...); err != nil {
			return err
		}
	}
	return nil
}

func (s *stack) address(port int) string { return "127.0.0.1:" + strconv.Itoa(s.o.Port+port) }

// close ends all processes, whatever their state.
func (s *stack) close() error {
	s.mu.Lock()
	all := append([]*process{s.simulator, s.ingest, s.registry}, s.processors...)
	s.mu.Unlock()
	for _, p := range all {
		if p != nil {
			_ = p.cmd.Process.Signal(syscall.SIGCONT)
			p.kill()
		}
	}
	var errs []error
	if s.disk != nil {
		errs = append(errs, s.disk.close())
	}
	if s.kafka != nil {
		_, err := s.kafka.run(context.Background(), "kill", 0)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
