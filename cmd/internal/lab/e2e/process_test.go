package e2e_test

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// program builds the program once.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "tributary-e2e-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "tributary")
	out, err := exec.Command("go", "build", "-o", path, "github.com/tributary-hq/tributary/cmd/tributary").CombinedOutput()
	if err != nil {
		return "", &exec.Error{Name: string(out), Err: err}
	}
	return path, nil
})

// process is a running role. Its log is kept, to be searched for what must not be
// there.
type process struct {
	t    *testing.T
	cmd  *exec.Cmd
	mu   sync.Mutex
	log  bytes.Buffer
	said chan struct{} // closed and made anew at every line
	done chan struct{}
}

func start(t *testing.T, env []string, args ...string) *process {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, cmd: exec.Command(path, args...), said: make(chan struct{}), done: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), env...)
	pipe, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.done)
		for lines := bufio.NewScanner(pipe); lines.Scan(); {
			p.mu.Lock()
			p.log.Write(append(lines.Bytes(), '\n'))
			close(p.said)
			p.said = make(chan struct{})
			p.mu.Unlock()
		}
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.done
		_ = p.cmd.Wait()
		if t.Failed() {
			t.Logf("%v:\n%s", args, p.text())
		}
	})
	return p
}

func (p *process) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

// says waits until the log has a line that matches, and returns its first group.
func (p *process) says(pattern string) string {
	p.t.Helper()
	re := regexp.MustCompile(pattern)
	timeout := time.After(time.Minute)
	for {
		p.mu.Lock()
		found, said := re.FindStringSubmatch(p.log.String()), p.said
		p.mu.Unlock()
		if found != nil {
			return found[len(found)-1]
		}
		select {
		case <-said:
		case <-p.done:
			p.t.Fatalf("%v ended before it said %q:\n%s", p.cmd.Args[1:], pattern, p.text())
		case <-timeout:
			p.t.Fatalf("%v did not say %q in time:\n%s", p.cmd.Args[1:], pattern, p.text())
		}
	}
}

func (p *process) kill() {
	_ = p.cmd.Process.Signal(syscall.SIGKILL)
	<-p.done
}

// stop ends the process as an operator would and wants exit code 0.
func (p *process) stop() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	<-p.done
	if err := p.cmd.Wait(); err != nil {
		p.t.Errorf("%v: %v\n%s", p.cmd.Args[1:], err, p.text())
	}
}

// call runs a command to its end.
func call(t *testing.T, env []string, args ...string) string {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, args...)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("tributary %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// answer runs a command to its end and returns what it printed to the output alone.
func answer(t *testing.T, env []string, args ...string) string {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, args...)
	cmd.Env = append(os.Environ(), env...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("tributary %s: %v\n%s%s", strings.Join(args, " "), err, out, said.String())
	}
	return string(out)
}
