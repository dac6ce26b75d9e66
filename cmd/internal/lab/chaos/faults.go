package chaos

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
)

// disturbProcessor injects a fault into a processor, and resumes or restarts it.
func (a *scenario) disturbProcessor(ctx context.Context, f fault) error {
	p := a.processor(f.victim)
	r := a.watcher.begin(ctx, f, instances()[f.victim])
	return a.mended(ctx, r, func() error {
		switch f.kind {
		case stopProcessor:
			err := p.signal(syscall.SIGSTOP)
			return errors.Join(err, timespan.Wait(ctx, asleep), p.signal(syscall.SIGCONT))
		case restartProcessor:
			if err := p.stop(ctx); err != nil {
				return err
			}
		case wipeState:
			p.kill()
			if err := os.RemoveAll(a.states[f.victim]); err != nil {
				return fmt.Errorf("wipe the state: %w", err)
			}
		case oldState:
			return a.restoreBackup(ctx, f, p)
		default:
			p.kill()
		}
		return a.startProcessor(ctx, f.victim)
	})
}

// restoreBackup kills a processor twice, and after the second time restores its state
// directory as of the first.
func (a *scenario) restoreBackup(ctx context.Context, f fault, p *process) error {
	p.kill()
	state, backup := a.states[f.victim], filepath.Join(a.dir, "backup")
	if err := errors.Join(os.RemoveAll(backup), copyFolder(state, backup)); err != nil {
		return err
	}
	if err := errors.Join(a.startProcessor(ctx, f.victim), a.ready(ctx, f.victim)); err != nil {
		return err
	}
	const more = 300
	from := a.watcher.now()
	base := from.total()
	if _, err := a.watcher.until(ctx, "the backup is old", func(p *positions) bool { return p.total() > base+more }); err != nil {
		return err
	}
	a.processor(f.victim).kill()
	if err := errors.Join(os.RemoveAll(state), copyFolder(backup, state)); err != nil {
		return err
	}
	return a.startProcessor(ctx, f.victim)
}

// copyFolder copies a folder; a missing one counts as empty.
func copyFolder(from, to string) error {
	if _, err := os.Stat(from); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return fmt.Errorf("copy %s: %w", from, err)
	}
	return nil
}

// disturbBroker kills or stops the only node.
func (a *scenario) disturbBroker(ctx context.Context, f fault) error {
	r := a.watcher.begin(ctx, f, "")
	return a.mended(ctx, r, func() error {
		if f.kind == stopBroker {
			err := a.kafka.signal(1, syscall.SIGSTOP)
			return errors.Join(err, timespan.Wait(ctx, asleep), a.kafka.signal(1, syscall.SIGCONT))
		}
		err := errors.Join(a.kafka.signal(1, syscall.SIGKILL), a.restartNode(ctx, 1))
		a.runLog.sayf("      the broker is back after %s", seconds(time.Since(r.at)))
		return err
	})
}

// restartNode restarts a node that was killed.
func (a *scenario) restartNode(ctx context.Context, node int) error {
	if _, err := a.kafka.run(ctx, "kill", node); err != nil { // waits until it is gone
		return err
	}
	_, err := a.kafka.run(ctx, "start", node)
	return err
}

// The processor's exit codes: the disk is full; another process has the same instance
// id.
const (
	diskFull = 74
	fenced   = 69
)

// fillDisk fills a processor's disk. The processor must end and report the reason;
// after the disk is freed it must go on.
func (a *scenario) fillDisk(ctx context.Context, f fault) error {
	p := a.processor(f.victim)
	p.wanted.Store(true)
	filled := time.Now()
	if err := a.disk.fill(p); err != nil {
		return err
	}
	bounded, cancel := context.WithTimeout(ctx, recovery)
	code, err := p.wait(bounded)
	cancel()
	if err != nil {
		return fmt.Errorf("%s did not end: %w; it said last:\n%s", f, err, p.log.tail(5))
	}
	r := a.watcher.begin(ctx, f, instances()[f.victim])
	if code != diskFull || !strings.Contains(p.log.String(), "disk of the state directory is full") {
		a.runLog.findf("%s: exit code %d, want %d and a word about it; it said last:\n%s", f, code, diskFull, p.log.tail(5))
	}
	a.runLog.sayf("      %s ended with exit code %d, %s after its disk was full", p.name, code, seconds(time.Since(filled)))
	return a.mended(ctx, r, func() error { return errors.Join(a.disk.free(), a.startProcessor(ctx, f.victim)) })
}

// twin starts a second process with a processor's instance id. One of the two must be
// fenced and report it; the other must go on.
func (a *scenario) twin(ctx context.Context, f fault) error {
	name := instances()[f.victim]
	old := a.processor(f.victim)
	r := a.watcher.begin(ctx, f, name)
	old.wanted.Store(true)
	state := filepath.Join(a.dir, fmt.Sprintf("state-%s-twin-%d", name, time.Now().UnixNano()))
	twin, err := a.supervise(ctx, name+"-twin", processorEnv(name, state), `msg=started`, "processor", "-c", a.file)
	if err != nil {
		return err
	}
	loser, survivor := old, twin
	select {
	case <-old.done:
	case <-twin.done:
		loser, survivor = twin, old
	case <-time.After(recovery):
		twin.kill()
		a.runLog.findf("%s: neither was fenced", f)
		return nil
	case <-ctx.Done():
		twin.kill()
		return context.Cause(ctx)
	}
	if loser.code != fenced || !strings.Contains(loser.log.String(), "another process has joined group") {
		a.runLog.findf("%s: %s ended with exit code %d, want %d and a word about it; it said last:\n%s", f, loser.name, loser.code, fenced, loser.log.tail(5))
	}
	a.runLog.sayf("      %s was fenced and ended with exit code %d", loser.name, loser.code)
	return a.mended(ctx, r, func() error {
		if survivor == twin {
			a.states[f.victim] = state
			a.replace(f.victim, twin)
		}
		if err := a.ready(ctx, f.victim); err != nil {
			survivor.kill()
			a.runLog.findf("%s: the other did not go on: %v", f, err)
			return a.startProcessor(ctx, f.victim)
		}
		survivor.wanted.Store(false)
		if survivor == twin {
			a.guardProcessor(ctx, f.victim, twin)
		}
		return nil
	})
}
