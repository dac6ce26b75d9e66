package chaos

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
)

// journal stores a process's output in a file, and wakes those who wait for a line.
type journal struct {
	mu   sync.Mutex
	file *os.File
	text bytes.Buffer
	said chan struct{} // closed and made anew at every write
}

// Write implements io.Writer.
func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.text.Write(b)
	close(j.said)
	j.said = make(chan struct{})
	return j.file.Write(b)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// tail returns the last lines.
func (j *journal) tail(n int) string {
	lines := strings.Split(strings.TrimRight(j.String(), "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// process is one run of a role, from start to exit.
type process struct {
	name string
	cmd  *exec.Cmd
	log  *journal
	// wanted is set if the test itself ends the process.
	wanted atomic.Bool
	done   chan struct{}
	code   int // after done
}

// launch starts a program. The caller watches done for its end.
func launch(name, logFile string, env []string, path string, args ...string) (*process, error) {
	file, err := os.OpenFile(logFile, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600) //nolint:gosec // a file of the run
	if err != nil {
		return nil, fmt.Errorf("make the log of %s: %w", name, err)
	}
	p := &process{name: name, cmd: exec.Command(path, args...), log: &journal{file: file, said: make(chan struct{})}, done: make(chan struct{})} //nolint:gosec,noctx // our own program, ended by end
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	// A process group of its own: an interrupt at the terminal must reach only the run,
	// which ends everything in order.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := p.cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", name, err), file.Close())
	}
	go func() {
		defer close(p.done)
		_ = p.cmd.Wait() // the code says it
		p.code = p.cmd.ProcessState.ExitCode()
		_ = file.Close()
	}()
	return p, nil
}

func (p *process) signal(s syscall.Signal) error {
	if err := p.cmd.Process.Signal(s); err != nil {
		return fmt.Errorf("send %v to %s: %w", s, p.name, err)
	}
	return nil
}

// kill ends it with SIGKILL, like a crash.
func (p *process) kill() {
	p.wanted.Store(true)
	_ = p.cmd.Process.Signal(syscall.SIGKILL) // it may have ended before
	<-p.done
}

// stop ends it with SIGTERM.
func (p *process) stop(ctx context.Context) error {
	p.wanted.Store(true)
	if err := p.signal(syscall.SIGTERM); err != nil {
		return err
	}
	code, err := p.wait(ctx)
	if err == nil && code != 0 {
		err = fmt.Errorf("%s: exit code %d after SIGTERM; it said last:\n%s", p.name, code, p.log.tail(5))
	}
	return err
}

// wait returns the exit code.
func (p *process) wait(ctx context.Context) (int, error) {
	select {
	case <-p.done:
		return p.code, nil
	case <-ctx.Done():
		return 0, fmt.Errorf("wait for the end of %s: %w", p.name, context.Cause(ctx))
	}
}

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// errEnded is returned when a process ends before it logs the expected line.
var errEnded = errors.New("it ended")

// says waits until the log matches a pattern and returns the last group of the match.
func (p *process) says(ctx context.Context, pattern string) (string, error) {
	re := regexp.MustCompile(pattern)
	ctx, cancel := context.WithTimeout(ctx, recovery)
	defer cancel()
	for {
		ended := p.ended()
		p.log.mu.Lock()
		found, said := re.FindStringSubmatch(p.log.text.String()), p.log.said
		p.log.mu.Unlock()
		switch {
		case found != nil:
			return found[len(found)-1], nil
		case ended:
			return "", fmt.Errorf("%s, exit code %d, before it said %q: %w; it said last:\n%s", p.name, p.code, pattern, errEnded, p.log.tail(5))
		}
		select {
		case <-said:
		case <-p.done:
		case <-ctx.Done():
			return "", fmt.Errorf("%s did not say %q: %w; it said last:\n%s", p.name, pattern, context.Cause(ctx), p.log.tail(5))
		}
	}
}
