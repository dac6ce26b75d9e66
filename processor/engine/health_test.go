package engine_test

import (
	"errors"
	"testing"

	"github.com/tributary-hq/tributary/processor/engine"
)

// TestErrorGoesWithThePartitions: a worker whose round failed is not ready until one is
// committed. If the group gives its partitions to others before that, it will commit none:
// it is ready then, for there is nothing that it fails with.
func TestErrorGoesWithThePartitions(t *testing.T) {
	t.Parallel()
	failed := errors.New("a record was not written")
	tests := map[string]struct {
		assigned []int32
		ok       bool
	}{
		"it has nothing any more":        {[]int32{}, true},
		"it has its partition":           {[]int32{3}, false},
		"the group has not answered yet": {nil, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if s := engine.StatusAfter(failed, test.assigned); s.OK() != test.ok || (s.Err == "") != test.ok {
				t.Errorf("%+v is ready: %t, want %t", s, s.OK(), test.ok)
			}
		})
	}
}

// TestErrorOfASessionGoesWithIt: what ended a session, as a broker that was away while it
// restored, is over when the next one has restored, also if no record comes that would show
// it. A record that could not be applied comes again, and is not over.
func TestErrorOfASessionGoesWithIt(t *testing.T) {
	t.Parallel()
	failed := errors.New("connection refused")
	for name, notApplied := range map[string]bool{"a broker was away": false, "a record could not be applied": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if s := engine.StatusAfterSession(failed, notApplied, []int32{3}); s.OK() == notApplied {
				t.Errorf("%+v is ready: %t", s, s.OK())
			}
		})
	}
}
