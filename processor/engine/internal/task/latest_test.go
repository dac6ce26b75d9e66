package task_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/engine/internal/task"
	"github.com/tributary-hq/tributary/processor/stage"
)

// emitting is a stage that emits outputs.
type emitting struct {
	stage.Stage

	outputs []stage.Output
}

// Apply implements stage.Stage.
func (s emitting) Apply(tx stage.Tx, _ *stage.Input, _ stage.Event) error {
	for _, out := range s.outputs {
		tx.Emit(out)
	}
	return nil
}

// TestLatestOnly: a transaction emits the last revision of each entity, and every output
// that is no snapshot, in their order.
func TestLatestOnly(t *testing.T) {
	t.Parallel()
	topics := map[string]task.Topic{}
	for _, name := range []string{"facts", "snapshots", "members"} {
		topics[name] = task.Topic{Settings: task.Settings{MaxBytes: 1000, Snapshots: name != "facts"}, Partitions: 3}
	}
	rapid.Check(t, func(t *rapid.T) {
		outputs := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) stage.Output {
			out := stage.Output{Topic: rapid.SampledFrom([]string{"facts", "snapshots", "members"}).Draw(t, "topic"), Key: []byte(rapid.SampledFrom([]string{"a", "b"}).Draw(t, "key"))}
			if out.Topic == "members" {
				out.Entity = []byte(rapid.SampledFrom([]string{"m", "n"}).Draw(t, "entity"))
			}
			out.ToPartition = rapid.IntRange(0, 5).Draw(t, "to a partition") == 0
			return out
		}), 0, 30).Draw(t, "outputs")
		for i := range outputs {
			if i%7 != 3 { // the others are tombstones
				outputs[i].Value = fmt.Append(nil, i)
			}
		}
		of := task.New(task.Config{Stage: emitting{outputs: outputs}, Topics: topics, LatestOnly: true})
		c := task.NewContext(of, &task.Start{State: empty{}})
		if _, err := of.Apply(c, &task.Record{}); err != nil {
			t.Fatal(err)
		}
		if _, err := of.Finish(c, task.Ending{}); err != nil {
			t.Fatal(err)
		}
		var want, got []string
		for i, out := range outputs {
			if out.Topic == "facts" || out.ToPartition || !followed(outputs, i) {
				want = append(want, describe(&out))
			}
		}
		for i := range c.Outputs() {
			got = append(got, describe(&c.Outputs()[i]))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("outputs (-want +got):\n%s", diff)
		}
	})
}

// followed reports whether a later output is a revision of the same entity.
func followed(outputs []stage.Output, i int) bool {
	for _, later := range outputs[i+1:] {
		if later.Topic == outputs[i].Topic && !later.ToPartition && bytes.Equal(later.Key, outputs[i].Key) && bytes.Equal(later.Entity, outputs[i].Entity) {
			return true
		}
	}
	return false
}

func describe(out *stage.Output) string {
	return fmt.Sprintf("%s %s %s %s", out.Topic, out.Key, out.Entity, out.Value)
}
