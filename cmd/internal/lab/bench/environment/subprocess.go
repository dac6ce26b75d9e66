package environment

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
)

// Subprocess is a role of tributary running as a separate process.
type Subprocess struct {
	Role string
	cmd  *exec.Cmd
	// log is the file that receives its error stream: reading a pipe would cost time in
	// both processes.
	log     string
	Started time.Time
	// done is closed when the process has ended; err is its result.
	done chan struct{}
	err  error
	ops  string
	http *http.Client
}

// Log messages of the roles: the ports are open, and records are being read.
const (
	saidOps = "metrics and health"
	// SaidIngest is logged by ingest when it listens.
	SaidIngest = "ingest is listening"
	// SaidRestored is logged when a partition has its state and reads records.
	SaidRestored = "state restored"
)

// StartPatience bounds the start of a subprocess; a machine may be busy.
const StartPatience = 2 * time.Minute

// Launch starts a role of tributary and returns at once.
func (p *Environment) Launch(role, configPath string) (*Subprocess, error) {
	return p.Start(role, p.program(), role, "-c", configPath)
}

// Start starts a program and returns at once. role names it in errors and its log.
func (p *Environment) Start(role, program string, args ...string) (*Subprocess, error) {
	p.subprocesses++
	folder := p.dir
	if p.Options.Logs != "" {
		folder = p.Options.Logs
		if err := os.MkdirAll(folder, 0o750); err != nil {
			return nil, fmt.Errorf("make the folder of the logs: %w", err)
		}
	}
	c := &Subprocess{
		Role: role, log: filepath.Join(folder, fmt.Sprintf("%s-%d.log", role, p.subprocesses)), done: make(chan struct{}),
		http: &http.Client{Timeout: 10 * time.Second},
	}
	file, err := os.Create(c.log)
	if err != nil {
		return nil, fmt.Errorf("make the log of %s: %w", role, err)
	}
	defer func() { _ = file.Close() }()
	c.cmd = exec.Command(program, args...) //nolint:gosec,noctx // our own program, ended by stop
	c.cmd.Env, c.cmd.Stderr, c.cmd.Stdout = p.environ(), file, file
	// Of a group of its own: an interrupt at the terminal is for the bench, which ends
	// everything in order.
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Started = time.Now()
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", role, err)
	}
	// Ended by the process.
	go func() {
		defer close(c.done)
		c.err = c.cmd.Wait()
	}()
	return c, nil
}

// Says waits until the log has a line of that message and returns the address that it
// names.
func (c *Subprocess) Says(ctx context.Context, message string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, StartPatience)
	defer cancel()
	for {
		if lines := c.Lines(message); len(lines) > 0 {
			text, _ := lines[0]["address"].(string)
			return text, nil
		}
		select {
		case <-c.done:
			return "", c.failed()
		default:
		}
		if err := timespan.Wait(ctx, 5*time.Millisecond); err != nil {
			return "", fmt.Errorf("%s did not say %q: %w:\n%s", c.Role, message, err, c.Tail())
		}
	}
}

// Lines returns the log's lines of a message.
func (c *Subprocess) Lines(message string) []map[string]any {
	text, err := os.ReadFile(c.log)
	if err != nil {
		return nil
	}
	var out []map[string]any
	for line := range bytes.Lines(text) {
		var entry map[string]any
		if bytes.Contains(line, []byte(message)) && json.Unmarshal(line, &entry) == nil && entry["msg"] == message {
			out = append(out, entry)
		}
	}
	return out
}

// Tail returns the end of the log.
func (c *Subprocess) Tail() string {
	const most = 20
	text, _ := os.ReadFile(c.log)
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-most):], "\n")
}

// failed says that it ended by itself.
func (c *Subprocess) failed() error {
	return fmt.Errorf("%s ended: %w:\n%s", c.Role, errors.Join(c.err, errors.New("see its log")), c.Tail())
}

// Alive returns an error if it has ended.
func (c *Subprocess) Alive() error {
	select {
	case <-c.done:
		return c.failed()
	default:
		return nil
	}
}

func (c *Subprocess) pid() int { return c.cmd.Process.Pid }

// Stop ends it as an operator would.
func (c *Subprocess) Stop() error {
	const patience = 45 * time.Second
	if c.Alive() != nil {
		return c.failed()
	}
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop %s: %w", c.Role, err)
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-c.done:
	case <-timer.C:
		c.Kill()
		return fmt.Errorf("%s did not end in %v; the end of its log:\n%s", c.Role, patience, c.Tail())
	}
	if c.err != nil {
		return c.failed()
	}
	return nil
}

// Terminate ends a program whose exit code after SIGTERM says nothing.
func (c *Subprocess) Terminate() error {
	err := c.Stop()
	if _, ok := errors.AsType[*exec.ExitError](err); ok {
		return nil
	}
	return err
}

// Kill ends it as a crash does; it may have ended.
func (c *Subprocess) Kill() {
	_ = c.cmd.Process.Kill()
	<-c.done
}

// Uses returns the resource usage so far. It returns an error if the process has ended,
// also when it ended between the two reads.
func (c *Subprocess) Uses() (Usage, error) {
	if err := c.Alive(); err != nil {
		return Usage{}, err
	}
	u, err := ReadUsage(c.pid())
	if err != nil && errors.Is(c.cmd.Process.Signal(syscall.Signal(0)), os.ErrProcessDone) {
		<-c.done
		return u, c.failed()
	}
	return u, err
}

// used is the CPU of its whole life, after its end.
func (c *Subprocess) used() time.Duration {
	return c.cmd.ProcessState.UserTime() + c.cmd.ProcessState.SystemTime()
}

// Metrics reads its metrics, summed over their labels.
func (c *Subprocess) Metrics(ctx context.Context) (map[string]float64, error) {
	body, _, err := c.get(ctx, "/metrics")
	if err != nil {
		return nil, err
	}
	out := map[string]float64{}
	for lines := bufio.NewScanner(bytes.NewReader(body)); lines.Scan(); {
		line := lines.Text()
		if strings.HasPrefix(line, "#") {
			continue
		}
		space := strings.LastIndexByte(line, ' ')
		value, err := strconv.ParseFloat(line[space+1:], 64)
		if err != nil {
			continue
		}
		name, _, _ := strings.Cut(line[:max(space, 0)], "{")
		out[name] += value
	}
	return out, nil
}

// Ready asks whether it is.
func (c *Subprocess) Ready(ctx context.Context) bool {
	_, status, err := c.get(ctx, "/readyz")
	return err == nil && status == http.StatusOK
}

// get asks the ops port.
func (c *Subprocess) get(ctx context.Context, path string) (body []byte, status int, err error) {
	if c.ops == "" {
		if c.ops, err = c.Says(ctx, saidOps); err != nil {
			return nil, 0, err
		}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+c.ops+path, http.NoBody)
	if err != nil {
		return nil, 0, err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, 0, fmt.Errorf("ask %s: %w", c.Role, err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err = io.ReadAll(response.Body)
	return body, response.StatusCode, err
}
