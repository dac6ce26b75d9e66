package chaos

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
)

func (s *stack) startRoles(ctx context.Context) error {
	s.processors = make([]*process, len(instances()))
	s.states = make([]string, len(instances()))
	for i, name := range instances() {
		s.states[i] = filepath.Join(s.dir, "state-"+name)
	}
	s.states[len(s.states)-1] = filepath.Join(s.disk.dir, "state")
	if err := s.startIngest(ctx); err != nil {
		return err
	}
	for i := range s.processors {
		if err := s.startProcessor(ctx, i); err != nil {
			return err
		}
	}
	for i := range s.processors {
		if err := s.ready(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

// call runs a command of the program and returns its output.
func (s *stack) call(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, s.o.Program, args...) //nolint:gosec // our own program
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return string(out), fmt.Errorf("tributary %s: %w\n%s%s", strings.Join(args, " "), err, out, stderr.String())
	}
	return string(out), nil
}

// start starts a role, which must not end by itself.
func (s *stack) start(name string, env []string, args ...string) (*process, error) {
	program, call := s.o.Program, args
	if name == instances()[len(instances())-1] {
		program, call = s.disk.wrap(program, args)
	}
	s.mu.Lock()
	s.lives[name]++
	file := fmt.Sprintf("%s-%d.log", name, s.lives[name])
	s.mu.Unlock()
	return launch(name, filepath.Join(s.dir, "logs", file), env, program, call...)
}

// guard cancels the scenario when a process ends unexpectedly.
func (s *stack) guard(p *process) {
	go func() {
		<-p.done
		if !p.wanted.Load() {
			s.broken(fmt.Errorf("%s ended by itself with exit code %d; it said last:\n%s", p.name, p.code, p.log.tail(8)))
		}
	}()
}

// guardProcessor restarts a processor as its supervisor would. If the coordinator of a
// group dies while it admits a restarted member, its successor may know only the
// member's former id and reject the new one as fenced: another process with the same
// instance id. The processor then ends with a message, and is restarted.
func (s *stack) guardProcessor(ctx context.Context, i int, p *process) {
	go func() {
		<-p.done
		switch {
		case p.wanted.Load():
		case p.code == fenced && ctx.Err() == nil:
			s.runLog.sayf("      %s ended by itself with exit code %d, taken for another process, and is started again", p.name, p.code)
			if err := s.startProcessor(ctx, i); err != nil {
				s.broken(err)
			}
		default:
			s.broken(fmt.Errorf("%s ended by itself with exit code %d; it said last:\n%s", p.name, p.code, p.log.tail(8)))
		}
	}()
}

// supervise starts a role until it logs that it runs. While Kafka is away a start may
// fail; a real supervisor would also start it again.
func (s *stack) supervise(ctx context.Context, name string, env []string, running string, args ...string) (*process, error) {
	for n := 1; ; n++ {
		p, err := s.start(name, env, args...)
		if err != nil {
			return nil, err
		}
		_, err = p.says(ctx, running)
		if err == nil {
			if n > 1 {
				s.runLog.sayf("      %s runs after %d starts", name, n)
			}
			return p, nil
		}
		p.kill()
		if !errors.Is(err, errEnded) || ctx.Err() != nil {
			return nil, err
		}
		if n == 1 {
			s.runLog.sayf("      %s ended in its start with exit code %d and is started again: %s", name, p.code, p.log.tail(1))
		}
		if err := timespan.Wait(ctx, time.Second); err != nil {
			return nil, err
		}
	}
}

func (s *stack) startIngest(ctx context.Context) error {
	p, err := s.supervise(ctx, "ingest", nil, `ingest is listening" address=(\S+)`, "ingest", "-c", s.file)
	if err != nil {
		return err
	}
	s.guard(p)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ingest = p
	return nil
}

func processorEnv(instance, state string) []string {
	return []string{"TRIBUTARY_PROCESSOR__ENGINE__INSTANCE_ID=" + instance, "TRIBUTARY_PROCESSOR__ENGINE__STATE_DIR=" + state}
}

// startProcessor starts or restarts a processor.
func (s *stack) startProcessor(ctx context.Context, i int) error {
	name := instances()[i]
	p, err := s.supervise(ctx, name, processorEnv(name, s.states[i]), `msg=started`, "processor", "-c", s.file)
	if err != nil {
		return err
	}
	s.guardProcessor(ctx, i, p)
	s.replace(i, p)
	return nil
}

func (s *stack) processor(i int) *process {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.processors[i]
}

func (s *stack) replace(i int, p *process) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.processors[i] = p
}

// ready waits until a processor's ops port reports it ready.
func (s *stack) ready(ctx context.Context, i int) error {
	p := s.processor(i)
	address, err := p.says(ctx, `metrics and health" address=(\S+)`)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, recovery)
	defer cancel()
	client := http.Client{Timeout: 2 * time.Second}
	answer := "nothing"
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/readyz", http.NoBody)
		if err != nil {
			return fmt.Errorf("ask %s whether it is ready: %w", p.name, err)
		}
		if next := s.processor(i); next != p {
			return s.ready(ctx, i) // it was started again
		}
		if resp, err := client.Do(req); err == nil {
			text, _ := io.ReadAll(io.LimitReader(resp.Body, 8192)) // what there is of it helps
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
			answer = string(text)
		}
		if p.ended() && s.processor(i) == p && (p.wanted.Load() || p.code != fenced) {
			return fmt.Errorf("%s, exit code %d, before it was ready; it said last:\n%s", p.name, p.code, p.log.tail(8))
		}
		if err := timespan.Wait(ctx, 50*time.Millisecond); err != nil {
			return fmt.Errorf("%s was not ready in time: %w; its answer was %s; it said last:\n%s", p.name, err, answer, p.log.tail(8))
		}
	}
}
