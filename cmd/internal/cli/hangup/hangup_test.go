package hangup_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/cli/hangup"
)

// TestHook: every SIGHUP refreshes, and a refusal is an error of the log.
//
//nolint:paralleltest // a signal is the whole process's
func TestHook(t *testing.T) {
	called := make(chan struct{})
	var log bytes.Buffer
	hook := hangup.Hook(func(context.Context) error {
		called <- struct{}{}
		return errors.New("the file is empty")
	}, slog.New(slog.NewTextHandler(&log, nil)))
	if err := hook.OnStart(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := syscall.Kill(syscall.Getpid(), syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		select {
		case <-called:
		case <-time.After(10 * time.Second):
			t.Fatal("the signal did not refresh")
		}
	}
	if err := hook.OnStop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if text := log.String(); strings.Count(text, "level=ERROR") != 2 || !strings.Contains(text, "the file is empty") {
		t.Errorf("log %q, want two errors with the reason", text)
	}
}
