package journey_test

import (
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/journey"
	"github.com/tributary-hq/tributary/processor/stage"
)

// BenchmarkApply is what an input costs: read, the state read and written, the snapshot
// encoded. Each round is a journey of a verification and a payment, each told twice.
func BenchmarkApply(b *testing.B) {
	tested := journey.New(config())
	var inputs []stage.Input
	for _, line := range []string{
		"0s verification lox24:v1 rev=1 channel=sms cost=9", "10s verification lox24:v1 rev=2 outcome=SUCCESS channel=sms cost=9",
		"1m payment uapay:p1 rev=1 phase=PENDING amount=5", "2m payment uapay:p1 rev=2 phase=PAID amount=5 paid=1m",
	} {
		inputs = append(inputs, record(b, parse(b, line)))
	}
	tx := enginetest.NewTx(noon(0), noon(time.Hour))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if n%len(inputs) == 0 {
			tx.Entry = nil
		}
		tx.NextRound()
		in := &inputs[n%len(inputs)]
		event, err := tested.Decode(in)
		if err == nil {
			err = tested.Apply(tx, in, event)
		}
		if err != nil {
			b.Fatal(err)
		}
		tested.Recycle(event)
		n++
	}
	if tx.Emitted < n {
		b.Fatalf("%d records emitted for %d", tx.Emitted, n)
	}
}
