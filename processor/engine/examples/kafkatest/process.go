package kafkatest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync/atomic"
	"testing"
)

// variable tells the test binary to be the program.
const variable = "EXAMPLE_PROGRAM"

// Main runs the tests, or the program in a process that Start made. TestMain calls it.
func Main(m *testing.M, program func()) int {
	if os.Getenv(variable) != "" {
		program()
		return 0
	}
	return m.Run()
}

// Process is a running program.
type Process struct {
	cluster *Cluster
	command *exec.Cmd
	// ending is set by Kill and Stop; ended is closed when the process has ended with err.
	ending atomic.Bool
	ended  chan struct{}
	err    error
}

// Start runs the program with its state in a directory.
func (c *Cluster) Start(state string) *Process {
	c.t.Helper()
	self, err := os.Executable()
	c.must(err)
	// Not the test's context: Stop or Kill ends the process.
	command := exec.CommandContext(context.WithoutCancel(c.ctx), self, c.brokers...)
	command.Dir, command.Stderr, command.Env = state, c.t.Output(), append(os.Environ(), variable+"=1")
	c.must(command.Start())
	p := &Process{cluster: c, command: command, ended: make(chan struct{})}
	c.t.Cleanup(func() {
		p.ending.Store(true)
		_ = command.Process.Kill()
		<-p.ended
	})
	go func() { // Ended by the cleanup, which waits.
		defer close(p.ended)
		if p.err = command.Wait(); !p.ending.Load() {
			c.fail(fmt.Errorf("the program has ended by itself: %w", cmp.Or(p.err, errors.New("without an error"))))
		}
	}()
	return p
}

// Kill ends the program as a crash does.
func (p *Process) Kill() {
	p.cluster.t.Helper()
	p.ending.Store(true)
	p.cluster.must(p.command.Process.Kill())
	<-p.ended
	if p.err == nil {
		p.cluster.t.Fatal("the program had ended before it was killed")
	}
}

// Stop ends the program as an operator does; it must succeed.
func (p *Process) Stop() {
	p.cluster.t.Helper()
	p.ending.Store(true)
	p.cluster.must(p.command.Process.Signal(os.Interrupt))
	<-p.ended
	p.cluster.must(p.err)
}
