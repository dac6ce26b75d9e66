// Command join adds the customer's name to each order, whichever comes first. The two
// topics have different keys, so both are brought to one topic with the common key,
// which is the input of the join.
//
//	orders (keyed by order) ────────┐ route-orders
//	                                ├─► by-customer ─► join ─► named-orders
//	customers (keyed by customer) ──┘ route-customers
package main

import (
	"context"
	"log"
	"os"
	"os/signal"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine"
)

func specs() []engine.Spec {
	return []engine.Spec{
		{
			Name: "route-orders", Stage: route{key: customerOfOrder, kind: kindOrder}, Input: "orders",
			Changelog: "route-orders-changelog", Outputs: []string{"by-customer"}, DeadLetter: "dlq",
		}, {
			Name: "route-customers", Stage: route{key: customerOfKey, kind: kindCustomer}, Input: "customers",
			Changelog: "route-customers-changelog", Outputs: []string{"by-customer"}, DeadLetter: "dlq",
		}, {
			Name: "join", Stage: newJoin(), Input: "by-customer",
			Changelog: "join-changelog", Outputs: []string{"named-orders"}, DeadLetter: "dlq",
		},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := engine.Run(ctx, engine.DefaultConfig(), specs(), engine.Deps{Kafka: []kgo.Opt{kgo.SeedBrokers(os.Args[1:]...)}})
	if err != nil {
		log.Fatal(err)
	}
}
