package task_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
	"github.com/tributary-hq/tributary/processor/engine/internal/task"
	"github.com/tributary-hq/tributary/processor/stage"
)

// written is a state entry, read back from its changelog record.
type written struct {
	Payload  string
	Deadline time.Time
	Err      error
}

// putting is a stage that writes entries.
type putting struct {
	stage.Stage

	put func(tx stage.Tx)
}

// Apply implements stage.Stage.
func (s putting) Apply(tx stage.Tx, _ *stage.Input, _ stage.Event) error {
	s.put(tx)
	return nil
}

// empty is a partition without state.
type empty struct{ entry.Reader }

func (empty) Get([]byte, entry.Allocator) (entry.Stored, error) { return entry.Stored{}, nil }

// entriesOf returns the entries that a transaction writes.
func entriesOf(put func(tx stage.Tx)) map[string]written {
	of := task.New(task.Config{Stage: putting{put: put}, MaxState: 1 << 20})
	c := task.NewContext(of, &task.Start{State: empty{}})
	if _, err := of.Apply(c, &task.Record{}); err != nil {
		return map[string]written{"": {Err: err}}
	}
	// Encoded first: an entry's head must not overwrite another entry.
	encoded := map[string][]byte{}
	for _, e := range c.Writes() {
		encoded[e.Key] = c.Encode(e)
	}
	out := map[string]written{}
	for key, value := range encoded {
		payload, deadline, err := entry.Parse(value)
		out[key] = written{string(payload), entry.FromMillis(deadline), err}
	}
	return out
}

// TestEntriesInBuffers: an entry is what was put last, wherever its value lies: in a
// buffer alone, behind another value in one buffer, in a buffer too large or too small, in
// memory of the stage's own, or twice under two keys.
func TestEntriesInBuffers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := map[string]written{}
		var outputs [][]byte // others' values in the same memory
		var copies []string
		entries := entriesOf(func(tx stage.Tx) {
			var last []byte
			after := false
			for range rapid.IntRange(1, 30).Draw(t, "puts") {
				key := rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}).Draw(t, "key")
				text := rapid.StringN(0, 40, -1).Draw(t, "text")
				deadline := time.Time{}
				if rapid.Bool().Draw(t, "due") {
					deadline = time.UnixMilli(rapid.Int64Range(1, 1<<45).Draw(t, "at")).UTC()
				}
				var value []byte
				switch rapid.IntRange(0, 5).Draw(t, "where") {
				case 0:
					value = append(tx.Buffer(len(text)), text...)
				case 1: // it grows out of its buffer
					value = append(tx.Buffer(len(text)/2), text...)
				case 2: // behind something else
					before := append(tx.Buffer(10+len(text)), "0123456789"...)
					value = before[10:]
					value = append(value, text...)
					outputs, copies = append(outputs, before), append(copies, "0123456789")
				case 3: // with more room than it takes, which others get
					value = append(tx.Buffer(len(text)+rapid.IntRange(0, 100).Draw(t, "room")), text...)
					after = true
				case 4:
					value = []byte(text)
				case 5: // the value before, under another key or again
					value = last
				}
				tx.Put([]byte(key), value, deadline)
				want[key] = written{Payload: string(value), Deadline: deadline}
				last = value
				if after {
					after = false
					behind := append(tx.Buffer(10), "0123456789"...)
					outputs, copies = append(outputs, value, behind), append(copies, text, "0123456789")
				}
			}
		})
		if diff := cmp.Diff(want, entries); diff != "" {
			t.Fatalf("entries (-want +got):\n%s", diff)
		}
		for i := range outputs {
			if string(outputs[i]) != copies[i] {
				t.Fatalf("what lies beside a value became %q, was %q", outputs[i], copies[i])
			}
		}
	})
}
