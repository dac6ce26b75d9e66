package bench

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
)

// subprocess is a role of tributary running as a separate process.
type subprocess struct {
	role string
	cmd  *exec.Cmd
	// log is the file that receives its error stream: reading a pipe would cost time in
	// both processes.
	log     string
	started time.Time
	// done is closed when the process has ended; err is its result.
	done chan struct{}
	err  error
	ops  string
	http *http.Client
}

// Log messages of the roles: the ports are open, and records are being read.
const (
	saidOps    = "metrics and health"
	saidIngest = "ingest is listening"
	// A partition's state is there, and its records are read from now on.
	saidRestored = "state restored"
)

// startPatience bounds the start of a subprocess; a machine may be busy.
const startPatience = 2 * time.Minute

// launch starts a role and returns at once.
func (p *environment) launch(role, configPath string) (*subprocess, error) {
	p.subprocesses++
	folder := p.dir
	if p.o.Logs != "" {
		folder = p.o.Logs
		if err := os.MkdirAll(folder, 0o750); err != nil {
			return nil, fmt.Errorf("make the folder of the logs: %w", err)
		}
	}
	c := &subprocess{
		role: role, log: filepath.Join(folder, fmt.Sprintf("%s-%d.log", role, p.subprocesses)), done: make(chan struct{}),
		http: &http.Client{Timeout: 10 * time.Second},
	}
	file, err := os.Create(c.log)
	if err != nil {
		return nil, fmt.Errorf("make the log of %s: %w", role, err)
	}
	defer func() { _ = file.Close() }()
	c.cmd = exec.Command(p.program(), role, "-c", configPath) //nolint:gosec,noctx // our own program, ended by stop
	c.cmd.Env, c.cmd.Stderr, c.cmd.Stdout = p.environ(), file, file
	// Of a group of its own: an interrupt at the terminal is for the bench, which ends
	// everything in order.
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.started = time.Now()
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

// says waits until the log has a line of that message and returns the address that it
// names.
func (c *subprocess) says(ctx context.Context, message string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	for {
		if lines := c.lines(message); len(lines) > 0 {
			text, _ := lines[0]["address"].(string)
			return text, nil
		}
		select {
		case <-c.done:
			return "", c.failed()
		default:
		}
		if err := wait(ctx, 5*time.Millisecond); err != nil {
			return "", fmt.Errorf("%s did not say %q: %w:\n%s", c.role, message, err, c.tail())
		}
	}
}

// lines returns the log's lines of a message.
func (c *subprocess) lines(message string) []map[string]any {
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

// tail returns the end of the log.
func (c *subprocess) tail() string {
	const most = 20
	text, _ := os.ReadFile(c.log)
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-most):], "\n")
}

// failed says that it ended by itself.
func (c *subprocess) failed() error {
	return fmt.Errorf("%s ended: %w:\n%s", c.role, errors.Join(c.err, errors.New("see its log")), c.tail())
}

// alive returns an error if it has ended.
func (c *subprocess) alive() error {
	select {
	case <-c.done:
		return c.failed()
	default:
		return nil
	}
}

func (c *subprocess) pid() int { return c.cmd.Process.Pid }

// stop ends it as an operator would.
func (c *subprocess) stop() error {
	const patience = 45 * time.Second
	if c.alive() != nil {
		return c.failed()
	}
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop %s: %w", c.role, err)
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-c.done:
	case <-timer.C:
		c.kill()
		return fmt.Errorf("%s did not end in %v; the end of its log:\n%s", c.role, patience, c.tail())
	}
	if c.err != nil {
		return c.failed()
	}
	return nil
}

// kill ends it as a crash does; it may have ended.
func (c *subprocess) kill() {
	_ = c.cmd.Process.Kill()
	<-c.done
}

// uses returns the resource usage so far. It returns an error if the process has ended,
// also when it ended between the two reads.
func (c *subprocess) uses() (usage, error) {
	if err := c.alive(); err != nil {
		return usage{}, err
	}
	u, err := readUsage(c.pid())
	if err != nil && errors.Is(c.cmd.Process.Signal(syscall.Signal(0)), os.ErrProcessDone) {
		<-c.done
		return u, c.failed()
	}
	return u, err
}

// used is the CPU of its whole life, after its end.
func (c *subprocess) used() time.Duration {
	return c.cmd.ProcessState.UserTime() + c.cmd.ProcessState.SystemTime()
}

// metrics reads its metrics, summed over their labels.
func (c *subprocess) metrics(ctx context.Context) (map[string]float64, error) {
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

// ready asks whether it is.
func (c *subprocess) ready(ctx context.Context) bool {
	_, status, err := c.get(ctx, "/readyz")
	return err == nil && status == http.StatusOK
}

// get asks the ops port.
func (c *subprocess) get(ctx context.Context, path string) (body []byte, status int, err error) {
	if c.ops == "" {
		if c.ops, err = c.says(ctx, saidOps); err != nil {
			return nil, 0, err
		}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+c.ops+path, http.NoBody)
	if err != nil {
		return nil, 0, err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, 0, fmt.Errorf("ask %s: %w", c.role, err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err = io.ReadAll(response.Body)
	return body, response.StatusCode, err
}
