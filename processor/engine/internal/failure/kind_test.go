package failure_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/tributary-hq/tributary/processor/engine/internal/failure"
	"github.com/tributary-hq/tributary/processor/engine/internal/store"
	"github.com/tributary-hq/tributary/processor/stage"
)

// TestKind: a span has one word for an error, whatever its text.
func TestKind(t *testing.T) {
	t.Parallel()
	got := map[string]string{}
	for name, err := range map[string]error{
		"kafka": fmt.Errorf("x: %w", kerr.ProducerFenced), "disk": fmt.Errorf("x: %w", store.ErrDiskFull), "taken": failure.Fatal(fmt.Errorf("x: %w: %w", failure.ErrInstanceTaken, kerr.FencedInstanceID)),
		"newer": stage.ErrNewerState, "broken": store.ErrStoreBroken, "timeout": context.DeadlineExceeded, "stopped": context.Canceled,
		"fatal": failure.Fatal(fmt.Errorf("%w: x", failure.ErrRejoin)), "rejoin": fmt.Errorf("%w: x", failure.ErrRejoin), "other": errors.New("x"),
	} {
		got[name] = failure.Kind(err)
	}
	want := map[string]string{
		"kafka": "producer_fenced", "disk": "disk_full", "taken": "instance_taken", "newer": "newer_state", "broken": "store_broken",
		"timeout": "timeout", "stopped": "stopped", "fatal": "fatal", "rejoin": "rejoin", "other": "_OTHER",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
