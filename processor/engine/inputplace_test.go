package engine_test

import (
	"errors"
	"testing"

	"github.com/tributary-hq/tributary/processor/engine"
)

// TestPlaces: where the input of a partition goes on, by what the group, the state and the
// log say.
func TestPlaces(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		place engine.Place
		at    int64
		cause string
		lost  int64
		err   error
	}{
		"as it was left":                 {place: engine.Place{Committed: 40, Ours: true, State: 40, End: 60, EpochEnd: 60}, at: 40},
		"a new stage":                    {place: engine.Place{Committed: -1, State: -1, End: 60, EpochEnd: 60}, at: 0},
		"a new stage, retention":         {place: engine.Place{Committed: -1, State: -1, Start: 7, End: 60, EpochEnd: 60}, at: 7},
		"group gone":                     {place: engine.Place{Committed: -1, State: 40, End: 60, EpochEnd: 60}, at: 40, cause: "offsets_gone"},
		"group gone, retention":          {place: engine.Place{Committed: -1, State: 40, Start: 50, End: 60, EpochEnd: 60}, at: 50, cause: "retention", lost: 10},
		"set back":                       {place: engine.Place{Committed: 3, State: 40, End: 60, EpochEnd: 60}, at: 40, cause: "offsets_set_back"},
		"set forward":                    {place: engine.Place{Committed: 55, State: 40, End: 60, EpochEnd: 60}, at: 55, cause: "offsets_set_forward", lost: 15},
		"set beyond the end":             {place: engine.Place{Committed: 99, State: 40, End: 60, EpochEnd: 60}, at: 60, cause: "truncated", lost: 39},
		"set forward amid a reset":       {place: engine.Place{Committed: 55, State: 40, Until: 55, End: 60, EpochEnd: 60}, err: engine.ErrUnfinishedReset},
		"changelog lost its end":         {place: engine.Place{Committed: 55, Ours: true, State: 40, End: 60, EpochEnd: 60}, err: engine.ErrStateLost},
		"changelog lost its first entry": {place: engine.Place{Committed: 55, Ours: true, State: -1, End: 60, EpochEnd: 60}, err: engine.ErrStateLost},
		"retention":                      {place: engine.Place{Committed: 40, Ours: true, State: 40, Start: 45, End: 60, EpochEnd: 60}, at: 45, cause: "retention", lost: 5},
		"log is shorter":                 {place: engine.Place{Committed: 40, Ours: true, State: 40, End: 18, EpochEnd: 18}, at: 18, cause: "truncated", lost: 22},
		"log was shorter, and has grown": {place: engine.Place{Committed: 40, Ours: true, State: 40, End: 60, EpochEnd: 18}, at: 18, cause: "truncated", lost: 22},
		"truncated and group gone":       {place: engine.Place{Committed: -1, State: 40, End: 60, EpochEnd: 18}, at: 18, cause: "truncated", lost: 22},
		"topic made anew":                {place: engine.Place{Committed: -1, State: 40, Remade: true, End: 5, EpochEnd: 5}, at: 0, cause: "recreated"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at, cause, lost, err := test.place.GoOn()
			if !errors.Is(err, test.err) || at != test.at || cause != test.cause || lost != test.lost {
				t.Errorf("GoOn() = %d, %q, %d lost, %v, want %d, %q, %d, %v", at, cause, lost, err, test.at, test.cause, test.lost, test.err)
			}
		})
	}
}
