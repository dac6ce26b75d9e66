package uapay_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/uapay"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// year is longer than any history here, so that no id is forgotten.
const year = 365 * 24 * time.Hour

func patient(tb testing.TB) *engine.Memory {
	tb.Helper()
	pseudonyms, err := privacy.New(privacy.Config{Keys: []privacy.Key{{ID: "k1", Secret: []byte("a-key-of-16-or-more")}}})
	if err != nil {
		tb.Fatal(err)
	}
	config := uapay.DefaultConfig()
	config.Span = year
	return memoryOf(tb, uapay.New(config, source.NewSet(nil), pseudonyms))
}

// TestAnyOrder: a history of callbacks, repeated and shuffled, with the clock
// moved in between as far as it had come, ends the same.
func TestAnyOrder(t *testing.T) {
	t.Parallel()
	words := []string{"NEW", "PENDING", "HOLDED", "REJECTED", "PAYED", "FINISHED", "REVERSED", "PAID", "ODD"}
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(rt, "facts")
		var deliveries []engine.Input
		for i := range n {
			at := noon(time.Duration(rapid.IntRange(0, 5).Draw(rt, "minute")) * time.Minute)
			claims := invoice(at, rapid.SampledFrom(words).Draw(rt, "status"), rapid.SampledFrom(words).Draw(rt, "payment status"), map[string]any{
				"amount": rapid.IntRange(1, 2).Draw(rt, "amount"), "reversalAmount": rapid.IntRange(0, 2).Draw(rt, "reversal"),
				"externalId": rapid.SampledFrom([]string{"a", "b", " "}).Draw(rt, "external"), "invoiceId": strconv.Itoa(i),
			})
			for range rapid.IntRange(1, 3).Draw(rt, "deliveries") {
				repeat := maps.Clone(claims)
				repeat["iat"] = at.Unix() + int64(rapid.IntRange(0, 300).Draw(rt, "later"))
				received := noon(time.Duration(rapid.IntRange(1, 20*24).Draw(rt, "hour")) * time.Hour)
				deliveries = append(deliveries, record(repeat, received, int64(len(deliveries))))
			}
		}
		// Between a hold's deadline at its earliest and long after any.
		end := noon(time.Duration(rapid.IntRange(20*24, 40*24).Draw(rt, "end")) * time.Hour)
		want := ends(t, deliveries, end)
		seed := rapid.Uint64().Draw(rt, "seed")
		rand.New(rand.NewPCG(seed, seed)).Shuffle(len(deliveries), func(i, j int) { deliveries[i], deliveries[j] = deliveries[j], deliveries[i] })
		got := ends(t, deliveries, end)
		ignore := cmpopts.IgnoreFields(avro.PaymentSnapshot{}, "Revision", "ChangedBy", "ProcessedAt")
		if diff := cmp.Diff(want.payment, got.payment, ignore); diff != "" {
			rt.Errorf("the last snapshot hangs on the order (-in order +shuffled):\n%s", diff)
		}
		for key, in := range want.journeys {
			if diff := cmp.Diff(in.Payment, got.journeys[key].Payment); diff != "" && in.Kind == avro.JourneyInputKindPayment {
				rt.Errorf("what the journey %s was told last hangs on the order:\n%s", key, diff)
			}
		}
		if got.decoded != n || got.repeats != len(deliveries)-n {
			rt.Errorf("%d decoded, %d repeats, want %d and %d", got.decoded, got.repeats, n, len(deliveries)-n)
		}
	})
}

func ends(t *testing.T, deliveries []engine.Input, end time.Time) *told {
	t.Helper()
	m := patient(t)
	w := run(t, m, deliveries...)
	out, err := m.AdvanceTo(0, end)
	if err != nil {
		t.Fatal(err)
	}
	w.take(t, out)
	return w
}

// TestManyFacts: a bucket paid out in more operations than are kept apart.
func TestManyFacts(t *testing.T) {
	t.Parallel()
	const n = 3 * uapay.MaxFacts
	var records []engine.Input
	for i := range n {
		at := noon(time.Duration(i) * time.Minute)
		records = append(records, record(map[string]any{
			"paymentId": paymentID, "operationId": fmt.Sprintf("op-%03d", i), "operationStatus": "FINISHED", "operationType": "SEND",
			"paymentStatus": "PAYED", "paymentAmount": 1000, "iat": at.Unix(), "operationExternalId": "order-17",
		}, at, int64(i)))
	}
	w := run(t, newMemory(t, nil), append(records, records[n-1])...)
	if w.payment.Facts != n || len(w.payment.Operations) != n || w.repeats != 1 || w.payment.Phase != avro.PaymentPhasePaid {
		t.Errorf("%d facts, %d operations, %d repeats, want %d, %d, 1", w.payment.Facts, len(w.payment.Operations), w.repeats, n, n)
	}
	if first := w.payment.Operations[0]; first.ID != "op-000" || first.Status.Value != "FINISHED" || !first.StatusAt.Value.Equal(noon(0)) {
		t.Errorf("the first operation = %+v, want what its callback said", first)
	}
}

// TestReversalEach: a source that reads reversalAmount as that of each return.
func TestReversalEach(t *testing.T) {
	t.Parallel()
	part := func(minute, amount int) engine.Input {
		at := noon(time.Duration(minute) * time.Minute)
		return record(invoice(at, "FINISHED", "FINISHED", map[string]any{"reversalAmount": amount}), at, int64(minute))
	}
	each := func(s *source.Source) { s.Reversal = source.ReversalEach }
	if w := run(t, newMemory(t, each), part(0, 300), part(1, 200), part(2, 300)); w.payment.ReversalAmountMinor != avro.Some(int64(500)) {
		t.Errorf("each: %v, want the sum of the distinct callbacks", w.payment.ReversalAmountMinor)
	}
	if w := run(t, newMemory(t, nil), part(0, 300), part(1, 200)); w.payment.ReversalAmountMinor != avro.Some(int64(300)) {
		t.Errorf("total: %v, want the largest", w.payment.ReversalAmountMinor)
	}
}

// TestSameSecond: iat has only seconds; then the higher phase is the newer.
func TestSameSecond(t *testing.T) {
	t.Parallel()
	held, done := record(invoice(noon(0), "PAID", "HOLDED", nil), noon(0), 1), record(invoice(noon(0), "FINISHED", "FINISHED", nil), noon(0), 2)
	for name, order := range map[string][]engine.Input{"in order": {held, done}, "the other way": {done, held}} {
		if w := run(t, newMemory(t, nil), order...); w.payment.PaymentStatus.Value != "FINISHED" || w.payment.Regression {
			t.Errorf("%s: paymentStatus %q, regression %v, want FINISHED and none", name, w.payment.PaymentStatus.Value, w.payment.Regression)
		}
	}
}
