package stage_test

import (
	"fmt"
	"time"

	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/stage"
)

// reminder is a stage that reports a cart that nobody touched for an hour.
type reminder struct{}

// Decode implements stage.Stage.
func (reminder) Decode(in *stage.Input) (stage.Event, error) {
	if len(in.Value) == 0 {
		return nil, stage.Permanentf(stage.CauseUndecodable, "value: empty")
	}
	return nil, nil
}

// Apply implements stage.Stage.
func (reminder) Apply(tx stage.Tx, in *stage.Input, _ stage.Event) error {
	tx.AdvanceWatermark(in.Timestamp)
	tx.Put(in.Key, in.Value, in.Timestamp.Add(time.Hour)) // replaces the timer of the cart
	return nil
}

// OnTimer implements stage.Stage.
func (reminder) OnTimer(tx stage.Tx, key []byte) error {
	last, err := tx.Get(key)
	if err != nil {
		return err
	}
	tx.Delete(key)
	tx.Emit(stage.Output{Topic: "reminders", Key: key, Value: last})
	return nil
}

func run(inputs ...stage.Input) {
	driver, err := enginetest.NewDriver(enginetest.DriverConfig{
		Name: "reminder", Stage: reminder{}, Outputs: []string{"reminders"}, DeadLetter: "carts-dlq",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	outputs, err := driver.Feed(inputs...)
	for _, out := range outputs {
		fmt.Printf("%s: %s=%s\n", out.Topic, out.Key, out.Value)
		for _, h := range out.Headers[:min(2, len(out.Headers))] {
			fmt.Printf("  %s: %s\n", h.Key, h.Value)
		}
	}
	if err != nil {
		fmt.Println(err)
	}
}

// A timer is part of a state entry. It fires when the partition's watermark has passed
// it, whichever record advanced that.
func ExampleStage() {
	at := func(minutes int) time.Time {
		return time.Date(2026, 1, 1, 9, minutes, 0, 0, time.UTC)
	}
	run(
		stage.Input{Key: []byte("alice"), Value: []byte("tea"), Timestamp: at(0)},
		stage.Input{Key: []byte("bob"), Value: []byte("milk"), Timestamp: at(10)},
		stage.Input{Key: []byte("alice"), Value: []byte("cups"), Timestamp: at(40)},
		stage.Input{Key: []byte("carol"), Value: []byte("bread"), Timestamp: at(75)},
	)
	// Output:
	// reminders: bob=milk
}

// A permanent error sends the record to the dead-letter topic, unchanged, in the same
// transaction.
func ExamplePermanentf() {
	run(stage.Input{Key: []byte("alice")})
	// Output:
	// carts-dlq: alice=
	//   engine-dlq-cause: undecodable
	//   engine-dlq-detail: value: empty
}
