package state_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stage/state"
)

// total is what an account spent in a category.
type total struct {
	Cents int64 `json:"cents"`
}

type accountCategory = state.Pair[string, string]

// totals is a table with keys of two parts.
var totals = state.Of("total", state.PairKey(state.StringKey(), state.StringKey()), state.JSON[total]())

// spending is a stage: each record adds 100 cents to the account (key) and category
// (value), and emits the totals of the account in the order of their categories.
type spending struct{}

// Decode implements stage.Stage.
func (spending) Decode(in *stage.Input) (stage.Event, error) { return string(in.Value), nil }

// Apply implements stage.Stage.
func (spending) Apply(tx stage.Tx, in *stage.Input, event stage.Event) error {
	category, _ := event.(string)
	key := accountCategory{First: string(in.Key), Second: category}
	sum, _, err := totals.Get(tx, key)
	if err != nil {
		return err
	}
	sum.Cents += 100
	if err := totals.Put(tx, key, sum, time.Time{}); err != nil {
		return err
	}
	var list []byte
	err = totals.Scan(tx, state.StringKey().Append(nil, key.First), func(k accountCategory, sum total) bool {
		list = fmt.Appendf(list, " %s=%d", k.Second, sum.Cents)
		return true
	})
	tx.Emit(stage.Output{Topic: "totals", Key: in.Key, Value: list})
	return err
}

// OnTimer implements stage.Stage.
func (spending) OnTimer(stage.Tx, []byte) error { return errors.New("no entry has a timer") }

func ExampleOf() {
	driver, err := enginetest.NewDriver(enginetest.DriverConfig{
		Name: "spending", Stage: spending{}, Outputs: []string{"totals"}, DeadLetter: "spending-dlq",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	outputs, err := driver.Feed(
		stage.Input{Key: []byte("alice"), Value: []byte("travel")},
		stage.Input{Key: []byte("alicia"), Value: []byte("books")},
		stage.Input{Key: []byte("alice"), Value: []byte("books")},
		stage.Input{Key: []byte("alice"), Value: []byte("travel")},
	)
	for _, out := range outputs {
		fmt.Printf("%s:%s\n", out.Key, out.Value)
	}
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// alice: travel=100
	// alicia: books=100
	// alice: books=100 travel=100
	// alice: books=100 travel=200
}
