package main

import (
	"encoding/json"
	"errors"

	"github.com/tributary-hq/tributary/processor/stage"
)

// The kinds of records in by-customer, in the header "kind".
const (
	kindOrder    = "order"
	kindCustomer = "customer"
)

// order is a record of orders.
type order struct {
	ID       string `json:"id"`
	Customer string `json:"customer"`
	Cents    int64  `json:"cents"`
}

// customer is a record of customers.
type customer struct {
	Name string `json:"name"`
}

// route is a stage without state: it gives each record the key of its customer.
type route struct {
	key  func(in *stage.Input) (string, error)
	kind string
}

// Decode implements stage.Stage. The event is the customer's id.
func (r route) Decode(in *stage.Input) (stage.Event, error) { return r.key(in) }

// Apply implements stage.Stage.
func (r route) Apply(tx stage.Tx, in *stage.Input, event stage.Event) error {
	tx.Emit(stage.Output{
		Topic: "by-customer", Key: []byte(event.(string)), Value: in.Value, Timestamp: in.Timestamp,
		Headers: []stage.Header{{Key: "kind", Value: []byte(r.kind)}},
	})
	return nil
}

// OnTimer implements stage.Stage.
func (route) OnTimer(stage.Tx, []byte) error { return errors.New("no entry has a timer") }

func customerOfKey(in *stage.Input) (string, error) {
	if len(in.Key) == 0 {
		return "", stage.Permanentf(stage.CauseUndecodable, "no key")
	}
	return string(in.Key), nil
}

func customerOfOrder(in *stage.Input) (string, error) {
	var o order
	if json.Unmarshal(in.Value, &o) != nil || o.ID == "" || o.Customer == "" {
		return "", stage.Permanentf(stage.CauseUndecodable, "not an order with id and customer")
	}
	return o.Customer, nil
}
