package status_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/processor/engine/internal/failure"
	"github.com/tributary-hq/tributary/processor/engine/internal/restore"
	"github.com/tributary-hq/tributary/processor/engine/internal/status"
)

var errFailed = errors.New("a record was not written")

// TestErrorGoesWithThePartitions: a worker whose transaction failed is not ready until one is
// committed. If the group gives its partitions to others before that, it will commit none:
// it is ready then, because it has nothing to fail with.
func TestErrorGoesWithThePartitions(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		owns status.Partitions
		ok   bool
	}{
		"it has nothing any more":        {status.Partitions{Unassigned: true, Session: true}, true},
		"it has its partition":           {status.Partitions{Owned: map[int32]bool{0: true}, Session: true}, false},
		"the group has not answered yet": {status.Partitions{Session: true}, false},
		"it has no session":              {status.Partitions{Unassigned: true}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := status.New("stage", 0)
			w.Joined()
			w.Failed(errFailed)
			w.Owns(test.owns)
			if s := w.Status(); s.OK() != test.ok || (s.Err == "") != test.ok {
				t.Errorf("%+v is ready: %t, want %t", s, s.OK(), test.ok)
			}
			w.Committed()
			if s := w.Status(); !s.OK() {
				t.Errorf("%+v is not ready after a commit", s)
			}
		})
	}
}

// TestErrorOfASessionGoesWithIt: an error that ended a session, such as a broker that was
// away during its restore, is over when the next session has restored, also if no record
// comes that would show it. A record that could not be applied comes again: it is not over.
func TestErrorOfASessionGoesWithIt(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err error
		ok  bool
	}{
		"a broker was away":                       {errFailed, true},
		"a record could not be applied":           {fmt.Errorf("%w: %w", failure.ErrNotApplied, errFailed), false},
		"the session ended by an error in a poll": {fmt.Errorf("%w: %w", failure.ErrRejoin, errFailed), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := status.New("stage", 0)
			w.Delayed(test.err)
			w.Owns(status.Partitions{Owned: map[int32]bool{0: false}, Session: true})
			if s := w.Status(); s.OK() || s.Err == "" {
				t.Errorf("%+v has no error while it restores", s)
			}
			w.Owns(status.Partitions{Owned: map[int32]bool{0: true}, Session: true})
			if s := w.Status(); s.OK() != test.ok {
				t.Errorf("%+v is ready: %t, want %t", s, s.OK(), test.ok)
			}
		})
	}
}

// TestPartitions: every partition owned has its state and the progress of its own restore.
// The sum has no partition that was revoked while its restore ran: the worker that has it
// now counts it.
func TestPartitions(t *testing.T) {
	t.Parallel()
	w := status.New("stage", 0)
	w.Owns(status.Partitions{Owned: map[int32]bool{4: false, 5: false, 0: true, 2: false}, Session: true})
	w.Restoring([]restore.PartitionProgress{
		{Partition: 4, Read: 300, Left: 700, Records: 200, Bytes: 6000, Took: 3 * time.Second, SecondsLeft: 7},
		{Partition: 5, Read: 300, Left: 2000, Records: 200, Bytes: 6000, Took: 3 * time.Second, SecondsLeft: 20},
	})
	check := func(want []status.Partition, sum restore.Progress) {
		t.Helper()
		s := w.Status()
		if diff := cmp.Diff(want, s.Partitions); diff != "" {
			t.Errorf("the partitions (-want, +got):\n%s", diff)
		}
		if diff := cmp.Diff(sum, s.Restored); diff != "" {
			t.Errorf("the sum (-want, +got):\n%s", diff)
		}
		if s.Ready != 1 || s.Restoring != len(want)-1 {
			t.Errorf("%d are ready and %d restoring, want 1 and %d", s.Ready, s.Restoring, len(want)-1)
		}
	}
	four := status.Partition{Partition: 4, State: status.Restoring, Read: 300, Left: 700, SecondsLeft: 7}
	check([]status.Partition{
		{Partition: 0, State: status.Running},
		{Partition: 2, State: status.Restoring},
		four,
		{Partition: 5, State: status.Restoring, Read: 300, Left: 2000, SecondsLeft: 20},
	}, restore.Progress{Partitions: 2, Records: 400, Bytes: 12000, Offsets: 2700, BytesPerSecond: 4000, SecondsLeft: 13.5})
	w.Owns(status.Partitions{Owned: map[int32]bool{4: false, 0: true}, Session: true})
	check([]status.Partition{{Partition: 0, State: status.Running}, four},
		restore.Progress{Partitions: 1, Records: 200, Bytes: 6000, Offsets: 700, BytesPerSecond: 2000, SecondsLeft: 7})
}
