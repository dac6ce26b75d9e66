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
