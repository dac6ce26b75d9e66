package main

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stage/state"
)

// namedOrder is a record of named-orders.
type namedOrder struct {
	order

	Name string `json:"name"`
}

// customerOrder is the key of an order that waits for its customer.
type customerOrder = state.Pair[string, string]

// join is the stage that joins orders with their customers.
type join struct {
	names   *state.Table[string, string]
	waiting *state.Table[customerOrder, order]
}

func newJoin() join {
	return join{
		names:   state.Of("name", state.StringKey(), state.String()),
		waiting: state.Of("waiting", state.PairKey(state.StringKey(), state.StringKey()), state.JSON[order]()),
	}
}

// Decode implements stage.Stage. The event is an order or a customer.
func (join) Decode(in *stage.Input) (stage.Event, error) {
	for _, h := range in.Headers {
		switch {
		case h.Key == "kind" && string(h.Value) == kindOrder:
			return decode[order](in)
		case h.Key == "kind" && string(h.Value) == kindCustomer:
			return decode[customer](in)
		}
	}
	return nil, stage.Permanentf(stage.CauseUnknownType, "no kind")
}

func decode[T any](in *stage.Input) (stage.Event, error) {
	var v T
	if json.Unmarshal(in.Value, &v) != nil {
		return nil, stage.Permanentf(stage.CauseUndecodable, "not JSON of the kind")
	}
	return v, nil
}

// Apply implements stage.Stage.
func (j join) Apply(tx stage.Tx, in *stage.Input, event stage.Event) error {
	id := string(in.Key)
	if c, ok := event.(customer); ok {
		return j.applyCustomer(tx, id, c)
	}
	o := event.(order)
	name, found, err := j.names.Get(tx, id)
	switch {
	case err != nil:
		return err
	case found:
		return emit(tx, o, name)
	default:
		return j.waiting.Put(tx, customerOrder{First: id, Second: o.ID}, o, time.Time{})
	}
}

func (j join) applyCustomer(tx stage.Tx, id string, c customer) error {
	// Deleting is not allowed during a Scan.
	var orders []order
	err := j.waiting.Scan(tx, state.StringKey().Append(nil, id), func(_ customerOrder, o order) bool {
		orders = append(orders, o)
		return true
	})
	if err != nil {
		return err
	}
	for _, o := range orders {
		j.waiting.Delete(tx, customerOrder{First: id, Second: o.ID})
		if err := emit(tx, o, c.Name); err != nil {
			return err
		}
	}
	return j.names.Put(tx, id, c.Name, time.Time{})
}

// OnTimer implements stage.Stage.
func (join) OnTimer(stage.Tx, []byte) error { return errors.New("no entry has a timer") }

func emit(tx stage.Tx, o order, name string) error {
	value, err := json.Marshal(namedOrder{order: o, Name: name})
	tx.Emit(stage.Output{Topic: "named-orders", Key: []byte(o.ID), Value: value})
	return err
}
