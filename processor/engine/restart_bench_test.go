package engine_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine"
)

// The settings of a child: a process of its own, to be killed.
const (
	childOf     = "TRIBUTARY_TEST_CHILD_BROKERS"
	childPrefix = "TRIBUTARY_TEST_CHILD_PREFIX"
	childDir    = "TRIBUTARY_TEST_CHILD_DIR"
)

// child runs the stage until it is killed. It says "ready" when it is.
func child() {
	failed := make(chan error, 8)
	config := engine.DefaultConfig()
	config.InstanceID, config.StateDir = "child", os.Getenv(childDir)
	deps := engine.Deps{
		Kafka: []kgo.Opt{kgo.SeedBrokers(strings.Split(os.Getenv(childOf), ",")...)}, Version: "test",
		Logger: slog.New(slog.NewTextHandler(os.Stderr, nil)), Fail: func(err error) { failed <- err },
	}
	deps.Prefix = os.Getenv(childPrefix)
	e, err := engine.New(config, []engine.Spec{{
		Name: "sums", Stage: sums{}, Input: input, Changelog: changelog, Outputs: []string{output}, DeadLetter: deadLetters,
		WallClock: true, Workers: 2,
	}}, deps)
	if err == nil {
		err = e.Start(context.Background())
	}
	if err != nil {
		_, _ = fmt.Fprintln(os.Stdout, err)
		return
	}
	for ready := 0; ready < 4 && len(failed) == 0; time.Sleep(time.Millisecond) {
		ready = 0
		for _, s := range e.Health() {
			ready += s.Ready
		}
	}
	_, _ = fmt.Fprintln(os.Stdout, "ready")
	_, _ = fmt.Fprintln(os.Stderr, <-failed)
}

// spawn starts a child and waits until it is ready.
func (g *ground) spawn(b *testing.B, dir string) *exec.Cmd {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childOf+"="+os.Getenv("TRIBUTARY_KAFKA_BROKERS"), childPrefix+"="+g.names.Prefix, childDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() || lines.Text() != "ready" {
		b.Fatalf("the child said %q", lines.Text())
	}
	return cmd
}

// memory returns the highest resident memory of a process, in MB.
func memory(b *testing.B, pid int) float64 {
	b.Helper()
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kb, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	if err != nil {
		b.Fatal(err)
	}
	return kb / 1024
}

// BenchmarkRestart measures a restart after a kill -9, by the size of the state: a
// whole restore first, then work, then the kill and how long it takes until a
// record sent meanwhile comes out.
//
//	TRIBUTARY_KAFKA_BROKERS=127.0.0.1:19092 TRIBUTARY_RESTORE_ENTITIES=5000000 \
//	  go test ./processor/engine -run '^$' -bench '^BenchmarkRestart$' -benchtime 1x -timeout 30m -v
func BenchmarkRestart(b *testing.B) {
	if os.Getenv("TRIBUTARY_KAFKA_BROKERS") == "" {
		b.Skip("a process of its own needs a broker of its own: TRIBUTARY_KAFKA_BROKERS")
	}
	entities := setting(b, "TRIBUTARY_RESTORE_ENTITIES", 100_000)
	for range b.N {
		g := newGround(b, 4)
		g.fill(b, 4, entities, 500)
		l, dir := g.load(b), b.TempDir()
		began := time.Now()
		first := g.spawn(b, dir)
		b.ReportMetric(time.Since(began).Seconds(), "s-whole")
		for range 20 {
			l.send(1000)
			l.check()
		}
		b.ReportMetric(memory(b, first.Process.Pid), "MB-whole")
		if err := first.Process.Kill(); err != nil {
			b.Fatal(err)
		}
		_ = first.Wait() // it was killed
		began = time.Now()
		l.send(200)
		second := g.spawn(b, dir)
		b.ReportMetric(time.Since(began).Seconds(), "s-ready")
		l.check()
		b.ReportMetric(time.Since(began).Seconds(), "s-first-record")
		b.ReportMetric(memory(b, second.Process.Pid), "MB-restarted")
		if err := second.Process.Kill(); err != nil {
			b.Fatal(err)
		}
		_ = second.Wait() // it was killed
	}
}
