package store

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"github.com/cockroachdb/pebble/v2"
)

// health records errors of Pebble's background work, which no call of ours
// returns: Pebble retries forever while writes wait.
type health struct {
	dir string
	// down is closed when the store cannot go on.
	down chan struct{}
	mu   sync.Mutex
	err  error
	fail func(error)
}

// brokenMark is a file in the store's directory that prevents the next start from
// opening it.
const brokenMark = "BROKEN"

// mark creates the brokenMark file, so that the next start restores from the
// changelogs.
func (h *health) mark(cause error) error {
	err := os.WriteFile(filepath.Join(h.dir, brokenMark), nil, 0o600)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil // the directory itself is gone: the next start finds nothing to open
	}
	return errors.Join(fmt.Errorf("%w, a restart restores it from the changelogs: %w", ErrStoreBroken, cause), err)
}

// report handles an error of Pebble's background work.
func (h *health) report(err error) {
	switch {
	case isDiskFull(err):
		err = diskError(err)
	case pebble.IsCorruptionError(err), errors.Is(err, fs.ErrNotExist):
		// A missing file or directory does not come back, and a stop would wait for it.
		err = h.mark(err)
	case !errors.Is(err, ErrStoreBroken):
		return // Pebble tries again
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.err != nil {
		return
	}
	h.err = err
	close(h.down)
	if h.fail != nil {
		// The callback may stop the engine, which waits for Pebble; so Pebble must not
		// wait for the callback.
		go h.fail(err)
	}
}

// OnBroken sets the callback for an error after which the store cannot go on. It is
// called at most once.
func (s *Store) OnBroken(fail func(error)) {
	s.health.mu.Lock()
	defer s.health.mu.Unlock()
	s.health.fail = fail
}

// Broken returns the error after which the store cannot go on, or nil.
func (s *Store) Broken() error {
	s.health.mu.Lock()
	defer s.health.mu.Unlock()
	return s.health.err
}

// failed classifies an error of a read or write. A corruption marks the store, so that
// the next start restores from the changelogs.
func (s *Store) failed(err error) error {
	if err == nil || !pebble.IsCorruptionError(err) || errors.Is(err, ErrStoreBroken) {
		return diskError(err)
	}
	return s.health.mark(err)
}

func isDiskFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// isLocked reports whether a process, maybe this one, has the store open.
func isLocked(err error) bool {
	return errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EACCES) || strings.Contains(err.Error(), "lock held by current process")
}

// diskError wraps an error of a full disk in ErrDiskFull.
func diskError(err error) error {
	if err != nil && isDiskFull(err) && !errors.Is(err, ErrDiskFull) {
		return fmt.Errorf("%w: %w", ErrDiskFull, err)
	}
	return err
}

// pebbleLogger logs Pebble's messages at debug level and keeps its fatal errors from
// ending the process.
type pebbleLogger struct {
	logger *slog.Logger
	health *health
}

// Infof implements pebble.Logger.
func (l pebbleLogger) Infof(format string, args ...any) {
	l.logger.Debug("state store", slog.String("message", fmt.Sprintf(format, args...)))
}

// Errorf implements pebble.Logger.
func (l pebbleLogger) Errorf(format string, args ...any) {
	l.logger.Error("state store", slog.String("message", fmt.Sprintf(format, args...)))
}

// Fatalf implements pebble.Logger. Pebble calls it when it cannot continue. An exit or
// a panic would hide the cause, so the engine's owner is notified instead.
func (l pebbleLogger) Fatalf(format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	l.logger.Error("state store cannot go on", slog.String("message", message))
	for _, arg := range args {
		if err, ok := arg.(error); ok && isDiskFull(err) {
			l.health.report(err)
			return
		}
	}
	l.health.report(fmt.Errorf("%w: %s", ErrStoreBroken, message))
}
