package restore //nolint:testpackage // a Restorer's exported methods need a broker

import (
	"errors"
	"testing"

	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
)

// TestPlaces: where the input of a partition goes on, by what the group, the state and the
// log say.
func TestPlaces(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		place input
		at    int64
		cause string
		lost  int64
		err   error
	}{
		"as it was left":                 {place: input{Committed: 40, Ours: true, State: 40, End: 60, EpochEnd: 60}, at: 40},
		"a new stage":                    {place: input{Committed: -1, State: -1, End: 60, EpochEnd: 60}, at: 0},
		"a new stage, retention":         {place: input{Committed: -1, State: -1, Start: 7, End: 60, EpochEnd: 60}, at: 7},
		"group gone":                     {place: input{Committed: -1, State: 40, End: 60, EpochEnd: 60}, at: 40, cause: "offsets_gone"},
		"group gone, retention":          {place: input{Committed: -1, State: 40, Start: 50, End: 60, EpochEnd: 60}, at: 50, cause: "retention", lost: 10},
		"set back":                       {place: input{Committed: 3, State: 40, End: 60, EpochEnd: 60}, at: 40, cause: "offsets_set_back"},
		"set forward":                    {place: input{Committed: 55, State: 40, End: 60, EpochEnd: 60}, at: 55, cause: "offsets_set_forward", lost: 15},
		"set beyond the end":             {place: input{Committed: 99, State: 40, End: 60, EpochEnd: 60}, at: 60, cause: "truncated", lost: 39},
		"set forward amid a reset":       {place: input{Committed: 55, State: 40, Until: 55, End: 60, EpochEnd: 60}, err: ErrUnfinishedReset},
		"changelog lost its end":         {place: input{Committed: 55, Ours: true, State: 40, End: 60, EpochEnd: 60}, err: ErrStateLost},
		"changelog lost its first entry": {place: input{Committed: 55, Ours: true, State: -1, End: 60, EpochEnd: 60}, err: ErrStateLost},
		"retention":                      {place: input{Committed: 40, Ours: true, State: 40, Start: 45, End: 60, EpochEnd: 60}, at: 45, cause: "retention", lost: 5},
		"log is shorter":                 {place: input{Committed: 40, Ours: true, State: 40, End: 18, EpochEnd: 18}, at: 18, cause: "truncated", lost: 22},
		"log was shorter, and has grown": {place: input{Committed: 40, Ours: true, State: 40, End: 60, EpochEnd: 18}, at: 18, cause: "truncated", lost: 22},
		"truncated and group gone":       {place: input{Committed: -1, State: 40, End: 60, EpochEnd: 18}, at: 18, cause: "truncated", lost: 22},
		"topic made anew":                {place: input{Committed: -1, State: 40, Remade: true, End: 5, EpochEnd: 5}, at: 0, cause: "recreated"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at, cause, lost, err := test.place.resumeAt()
			if !errors.Is(err, test.err) || at != test.at || cause != test.cause || lost != test.lost {
				t.Errorf("resumeAt() = %d, %q, %d lost, %v, want %d, %q, %d, %v", at, cause, lost, err, test.at, test.cause, test.lost, test.err)
			}
		})
	}
}

// input is what a restore found of a partition and its input.
type input struct {
	Committed, Start, End, EpochEnd int64
	Ours                            bool
	// State is the state's position, -1 if it knows none; Remade says that it is one of
	// another topic.
	State  int64
	Remade bool
	// Until is where a reset is to end.
	Until int64
}

// resumeAt returns where the input is resumed, and the move if there is one.
func (p input) resumeAt() (at int64, cause string, lost int64, err error) {
	r := &Result{Committed: p.Committed, epoch: 1, ours: p.Ours, Start: p.Start, inputEnd: p.End, Header: "\x01test"}
	r.topicID[0] = 1
	r.RebuildUntil = p.Until
	if p.State >= 0 {
		r.Progress = entry.Progress{Known: true, Input: entry.InputPosition{Offset: p.State, Epoch: 1, TopicID: r.topicID}}
	}
	if p.Remade {
		r.Progress.Input.TopicID[0] = 2
	}
	w := New(Config{Stage: "test", Changelog: "changelog", Hint: func(error) string { return "" }})
	if err := w.placeInput(r); err != nil {
		return 0, "", 0, err
	}
	r.limitTo(min(p.End, p.EpochEnd))
	if r.Move != nil {
		return r.Input.Offset, string(r.Move.Cause), r.Move.Lost(), nil
	}
	return r.Input.Offset, "", 0, nil
}
