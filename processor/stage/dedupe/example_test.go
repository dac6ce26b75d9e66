package dedupe_test

import (
	"fmt"
	"time"

	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stage/dedupe"
	"github.com/tributary-hq/tributary/processor/stage/state"
)

// windows are the remembered ids of each order.
var windows = state.Of("window", state.StringKey(), dedupe.Codec())

// once is a stage that passes each event of an order once. The value is the event's id.
type once struct{}

// Decode implements stage.Stage.
func (once) Decode(in *stage.Input) (stage.Event, error) { return string(in.Value), nil }

// Apply implements stage.Stage.
func (once) Apply(tx stage.Tx, in *stage.Input, event stage.Event) error {
	tx.AdvanceWatermark(in.Timestamp)
	id, _ := event.(string)
	window, _, err := windows.Get(tx, string(in.Key))
	if err != nil {
		return err
	}
	here := dedupe.Position{Partition: in.Partition, Offset: in.Offset, ReceivedAt: in.Timestamp}
	seen, err := window.Observe(tx, in.Key, &dedupe.Event{ID: id, Here: here}, dedupe.Policy{Span: dedupe.DefaultSpan})
	if err != nil || seen.Repeated {
		return err
	}
	tx.Emit(stage.Output{Topic: "events", Key: in.Key, Value: in.Value})
	// The entry of a quiet order is deleted when no id is remembered any more.
	return windows.Put(tx, string(in.Key), window, in.Timestamp.Add(dedupe.Kept(dedupe.DefaultSpan)))
}

// OnTimer implements stage.Stage.
func (once) OnTimer(tx stage.Tx, key []byte) error {
	tx.Delete(key) // an order's window, or an id that has an entry of its own
	return nil
}

func Example() {
	driver, err := enginetest.NewDriver(enginetest.DriverConfig{Name: "once", Stage: once{}, Outputs: []string{"events"}, DeadLetter: "events-dlq"})
	if err != nil {
		fmt.Println(err)
		return
	}
	day := func(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }
	outputs, err := driver.Feed(
		stage.Input{Key: []byte("order-1"), Value: []byte("paid"), Offset: 0, Timestamp: day(1)},
		stage.Input{Key: []byte("order-2"), Value: []byte("paid"), Offset: 1, Timestamp: day(1)},
		stage.Input{Key: []byte("order-1"), Value: []byte("paid"), Offset: 2, Timestamp: day(2)},
		stage.Input{Key: []byte("order-1"), Value: []byte("shipped"), Offset: 3, Timestamp: day(3)},
	)
	for _, out := range outputs {
		fmt.Printf("%s %s\n", out.Key, out.Value)
	}
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// order-1 paid
	// order-2 paid
	// order-1 shipped
}
