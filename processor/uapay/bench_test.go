package uapay_test

import (
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/payment"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stagetest"
	"github.com/tributary-hq/tributary/processor/uapay"
	"github.com/tributary-hq/tributary/schemas/raw"
)

func newStage(tb testing.TB) *uapay.Stage {
	tb.Helper()
	pseudonyms := stagetest.Pseudonyms(tb, "a-key-of-16-or-more")
	return uapay.New(payment.DefaultConfig(), source.NewSet([]source.Source{{ID: "shop", Provider: raw.ProviderUAPAY}}), pseudonyms)
}

func BenchmarkDecode(b *testing.B) {
	tested, in := newStage(b), record(invoice(noon(0), "FINISHED", "FINISHED", nil), noon(time.Second), 0)
	b.ReportAllocs()
	for b.Loop() {
		event, err := tested.Decode(&in)
		if err != nil {
			b.Fatal(err)
		}
		tested.Recycle(event)
	}
}

// BenchmarkApply is what a decoded callback costs: state read and written, snapshot and
// journey input encoded. Each round is a payment's first to third callback.
func BenchmarkApply(b *testing.B) {
	tested := newStage(b)
	var inputs []stage.Input
	var events []stage.Event
	for n, status := range []string{"NEW", "PENDING", "FINISHED"} {
		at := noon(time.Duration(n) * time.Minute)
		in := record(invoice(at, status, status, nil), at.Add(time.Second), int64(n))
		event, err := tested.Decode(&in)
		if err != nil {
			b.Fatal(err)
		}
		inputs, events = append(inputs, in), append(events, event)
	}
	tx := enginetest.NewTx(noon(time.Hour), noon(time.Hour))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if n%len(inputs) == 0 {
			tx.Entry = nil
		}
		tx.NextRound()
		if err := tested.Apply(tx, &inputs[n%len(inputs)], events[n%len(inputs)]); err != nil {
			b.Fatal(err)
		}
		n++
	}
	if tx.Emitted < 3*n {
		b.Fatalf("%d records emitted for %d", tx.Emitted, n)
	}
}
