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

	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/payment"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stagetest"
	"github.com/tributary-hq/tributary/processor/uapay"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// year is longer than any history here, so that no id is forgotten.
const year = 365 * 24 * time.Hour

func patient(tb testing.TB, reversal string) *enginetest.Driver {
	tb.Helper()
	pseudonyms := stagetest.Pseudonyms(tb, "a-key-of-16-or-more")
	config := payment.DefaultConfig()
	config.Span = year
	sources := source.NewSet([]source.Source{{ID: "shop", Provider: raw.ProviderUAPAY, Reversal: reversal}})
	return memoryOf(tb, uapay.New(config, sources, pseudonyms))
}

// drawn draws a callback about an invoice or an operation; number tells it from all others.
func drawn(rt *rapid.T, number int, at time.Time) map[string]any {
	words := []string{"NEW", "pending", "HOLDED", "REJECTED", "Payed", "FINISHED", "REVERSED", "PAID", "ODD"}
	word := func(label string) string { return rapid.SampledFrom(words).Draw(rt, label) }
	claims := invoice(at, word("status"), word("payment status"), map[string]any{
		"amount": rapid.IntRange(-1, 2).Draw(rt, "amount"), "reversalAmount": rapid.IntRange(-1, 4).Draw(rt, "reversal"),
		"externalId": rapid.SampledFrom([]string{"a", "b", " ", "+380501234567", "380671234567"}).Draw(rt, "external"), "invoiceId": strconv.Itoa(number),
	})
	if rapid.Bool().Draw(rt, "p2p") {
		delete(claims, "externalId")
		claims["operationId"] = rapid.SampledFrom([]string{"op-1", "op-2"}).Draw(rt, "operation")
		claims["operationExternalId"] = rapid.SampledFrom([]string{"a", "b", "c", ""}).Draw(rt, "operation external")
		claims["operationStatus"], claims["paymentAmount"] = word("operation status"), rapid.IntRange(0, 2).Draw(rt, "payment amount")
	}
	date := func(label string) any {
		if rapid.Bool().Draw(rt, label+" set") {
			return nil
		}
		return noon(time.Duration(rapid.IntRange(0, 9).Draw(rt, label)) * time.Minute).Format(time.RFC3339)
	}
	claims["createDate"], claims["payDate"], claims["holdDate"] = date("created"), date("paid"), date("held")
	claims["currency"] = rapid.SampledFrom([]any{nil, nil, "EUR", "uah"}).Draw(rt, "currency")
	return claims
}

// TestAnyOrder: a history of callbacks, repeated and shuffled, with the clock
// moved in between as far as it had come, ends the same. Some deliveries have no iat.
func TestAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(rt, "facts")
		var deliveries []stage.Input
		for i := range n {
			at := noon(time.Duration(rapid.IntRange(0, 5).Draw(rt, "minute")) * time.Minute)
			claims := drawn(rt, i, at)
			for range rapid.IntRange(1, 3).Draw(rt, "deliveries") {
				repeat := maps.Clone(claims)
				repeat["iat"] = at.Unix() + int64(rapid.IntRange(0, 300).Draw(rt, "later"))
				if rapid.IntRange(0, 3).Draw(rt, "no iat") == 0 {
					delete(repeat, "iat")
				}
				received := noon(time.Duration(rapid.IntRange(1, 20*24).Draw(rt, "hour")) * time.Hour)
				deliveries = append(deliveries, record(repeat, received, int64(len(deliveries))))
			}
		}
		// Between a hold's deadline at its earliest and long after any.
		end := noon(time.Duration(rapid.IntRange(20*24, 40*24).Draw(rt, "end")) * time.Hour)
		seed := rapid.Uint64().Draw(rt, "seed")
		sameInAnyOrder(t, rt, rapid.SampledFrom([]string{source.ReversalTotal, source.ReversalEach}).Draw(rt, "reversals"), deliveries, n, seed, end)
	})
}

// failing is what of a test is needed.
type failing interface {
	Errorf(format string, args ...any)
}

// sameInAnyOrder compares what deliveries of n callbacks end in with what they do shuffled.
func sameInAnyOrder(t *testing.T, to failing, reversal string, deliveries []stage.Input, n int, seed uint64, end time.Time) {
	t.Helper()
	want := ends(t, reversal, deliveries, end)
	rand.New(rand.NewPCG(seed, seed)).Shuffle(len(deliveries), func(i, j int) { deliveries[i], deliveries[j] = deliveries[j], deliveries[i] })
	got := ends(t, reversal, deliveries, end)
	ignore := cmpopts.IgnoreFields(avro.PaymentSnapshot{}, "Revision", "ChangedBy", "ProcessedAt")
	if diff := cmp.Diff(want.payment, got.payment, ignore); diff != "" {
		to.Errorf("the last snapshot hangs on the order (-in order +shuffled):\n%s", diff)
	}
	rows := cmpopts.IgnoreFields(avro.Movement{}, "Revision", "ChangedBy", "ProcessedAt")
	if diff := cmp.Diff(want.movements, got.movements, rows); diff != "" {
		to.Errorf("the movements depend on the order (-in order +shuffled):\n%s", diff)
	}
	if diff := cmp.Diff(balanceOf(&got.payment), addedUp(got.movements)); diff != "" {
		to.Errorf("the movements do not add up to the snapshot (-snapshot +movements):\n%s", diff)
	}
	for key, in := range want.journeys {
		if diff := cmp.Diff(in.Payment, got.journeys[key].Payment); diff != "" && in.Kind == avro.JourneyInputKindPayment {
			to.Errorf("what the journey %s was told last hangs on the order:\n%s", key, diff)
		}
	}
	if got.decoded != n || got.repeats != len(deliveries)-n {
		to.Errorf("%d decoded, %d repeats, want %d and %d", got.decoded, got.repeats, n, len(deliveries)-n)
	}
}

// TestManyFactsInAnyOrder: the guarantee has no exception for a payment of more callbacks
// than stand in its entry, with repeats signed anew.
func TestManyFactsInAnyOrder(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 1))
			const n = payment.MaxFacts + 40
			words := []string{"NEW", "PENDING", "HOLDED", "FINISHED"}
			var deliveries []stage.Input
			for i := range n {
				at := noon(time.Duration(random.IntN(2*n)) * time.Minute)
				claims := map[string]any{
					"paymentId": paymentID, "operationId": fmt.Sprint("op-", random.IntN(30)), "operationStatus": words[random.IntN(len(words))],
					"paymentStatus": words[random.IntN(len(words))], "paymentAmount": random.IntN(3), "paymentNumber": i, "reversalAmount": random.IntN(40),
					"operationExternalId": fmt.Sprint([]string{"order-", "+38050123456"}[random.IntN(2)], random.IntN(9)), "createDate": at.Format(time.RFC3339),
				}
				for range 1 + random.IntN(3) {
					repeat := maps.Clone(claims)
					if random.IntN(10) > 0 {
						repeat["iat"] = at.Unix() + int64(random.IntN(7200))
					}
					deliveries = append(deliveries, record(repeat, noon(time.Duration(1+random.IntN(200))*time.Hour), int64(len(deliveries))))
				}
			}
			sameInAnyOrder(t, t, source.ReversalTotal, deliveries, n, seed, noon(20*24*time.Hour))
		})
	}
}

func ends(t *testing.T, reversal string, deliveries []stage.Input, end time.Time) *told {
	t.Helper()
	m := patient(t, reversal)
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
	const n = 3 * payment.MaxFacts
	var records []stage.Input
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
	if first := w.payment.Operations[0]; first.ID != "op-000" || first.StatusRaw.Value != "FINISHED" || !first.StatusAt.Value.Equal(noon(0)) {
		t.Errorf("the first operation = %+v, want what its callback said", first)
	}
}

// TestReversalEach: a source that reads reversalAmount as that of each return.
func TestReversalEach(t *testing.T) {
	t.Parallel()
	part := func(minute, amount int) stage.Input {
		at := noon(time.Duration(minute) * time.Minute)
		return record(invoice(at, "FINISHED", "FINISHED", map[string]any{"reversalAmount": amount}), at, int64(minute))
	}
	each := func(s *source.Source) { s.Reversal = source.ReversalEach }
	if w := run(t, newMemory(t, each), part(0, 300), part(1, 200), part(2, 300)); w.payment.RefundedMinor != 500 {
		t.Errorf("each: %v, want the sum of the distinct callbacks", w.payment.RefundedMinor)
	}
	if w := run(t, newMemory(t, nil), part(0, 300), part(1, 200)); w.payment.RefundedMinor != 300 {
		t.Errorf("total: %v, want the largest", w.payment.RefundedMinor)
	}
}

// TestSameSecond: iat has only seconds; then the higher phase is the newer.
func TestSameSecond(t *testing.T) {
	t.Parallel()
	held, done := record(invoice(noon(0), "PAID", "HOLDED", nil), noon(0), 1), record(invoice(noon(0), "FINISHED", "FINISHED", nil), noon(0), 2)
	for name, order := range map[string][]stage.Input{"in order": {held, done}, "the other way": {done, held}} {
		if w := run(t, newMemory(t, nil), order...); w.payment.PaymentStatusRaw.Value != "FINISHED" || w.payment.Regression {
			t.Errorf("%s: paymentStatus %q, regression %v, want FINISHED and none", name, w.payment.PaymentStatusRaw.Value, w.payment.Regression)
		}
	}
}
