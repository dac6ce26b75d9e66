package lox24_test

import (
	"fmt"
	"testing"

	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/stage"
)

func BenchmarkDecode(b *testing.B) {
	tested, in := newStage(b), record(seed(b, "channel_failed"), "shop")
	b.ReportAllocs()
	for b.Loop() {
		event, err := tested.Decode(&in)
		if err != nil {
			b.Fatal(err)
		}
		tested.Recycle(event)
	}
}

// BenchmarkApply is what a decoded record costs: state read and written, decoded
// record, snapshot and journey input encoded. Each round is a verification's first
// to fourth event.
func BenchmarkApply(b *testing.B) {
	const rounds = 4
	tested := newStage(b)
	var inputs []stage.Input
	var events []stage.Event
	for n := range rounds {
		in := record(body(`"event-1"`, fmt.Sprintf(`"f47ac10b-58cc-4372-a567-0e02b2c3d47%d"`, n)), "shop")
		event, err := tested.Decode(&in)
		if err != nil {
			b.Fatal(err)
		}
		inputs, events = append(inputs, in), append(events, event)
	}
	tx := enginetest.NewTx(received(), received())
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if n%rounds == 0 {
			tx.Entry = nil
		}
		tx.NextRound()
		if err := tested.Apply(tx, &inputs[n%rounds], events[n%rounds]); err != nil {
			b.Fatal(err)
		}
		n++
	}
	if tx.Emitted < 3*n {
		b.Fatalf("%d records emitted for %d", tx.Emitted, n)
	}
}
