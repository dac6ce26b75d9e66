package uapay_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/contract"
	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/payment"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stagetest"
	"github.com/tributary-hq/tributary/processor/uapay"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/dlq"
	"github.com/tributary-hq/tributary/schemas/raw"
	"github.com/tributary-hq/tributary/schemas/wire"
)

const paymentID = "61b9a5d5-d429-48fa-b01c-2f8dc75f2023"

func noon(after time.Duration) time.Time {
	return time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC).Add(after)
}

// invoice returns the seed's invoice callback with some claims replaced; nil takes
// one away.
func invoice(at time.Time, status, paymentStatus string, replaced map[string]any) map[string]any {
	claims := map[string]any{
		"paymentId": paymentID, "invoiceId": "1cfdea43-10f0-40c8-9fe8-55d38f48b9bc", "externalId": "order-17",
		"paymentNumber": 249503, "cardFromMasked": "4111111111", "cardToMasked": nil, "cardFromHolderName": "CARDHOLDER NAME",
		"amount": 100000, "reversalAmount": 0, "status": status, "type": "PAY", "systemType": "ECOM", "paymentStatus": paymentStatus,
		"receiptPath": "https://example.com/receipt.pdf", "extraInfo": `{"docId":"0994780402","order":17}`,
		"createDate": "2026-01-01T11:59:00.000Z", "iat": at.Unix(),
	}
	maps.Copy(claims, replaced)
	return claims
}

// body signs nothing: the stage reads what ingest has verified.
func body(claims map[string]any) []byte {
	payload, err := json.Marshal(claims)
	if err != nil {
		payload = []byte(err.Error()) // refused by whatever reads it
	}
	encode := base64.RawURLEncoding.EncodeToString
	return fmt.Appendf(nil, `{"token":"%s.%s.%s"}`, encode([]byte(`{"alg":"HS256","typ":"JWT"}`)), encode(payload), encode(make([]byte, 32)))
}

func record(claims map[string]any, received time.Time, offset int64) stage.Input {
	return rawRecord(body(claims), received, offset)
}

func rawRecord(value []byte, received time.Time, offset int64) stage.Input {
	e := raw.Envelope{
		Source: "shop", Provider: raw.ProviderUAPAY, Assurance: raw.AssuranceSignedBody, SecretID: "k1", RequestID: fmt.Sprint("r", offset),
		ReceivedAt: received, Kind: raw.KindWebhook, Items: 1, ContentType: "application/json",
	}
	return stage.Input{Topic: "raw.uapay.v1", Offset: offset, Key: []byte("uapay:" + paymentID), Value: value, Headers: raw.Append[stage.Header](nil, &e), Timestamp: received}
}

func newMemory(tb testing.TB, configure func(*source.Source)) *enginetest.Driver {
	tb.Helper()
	pseudonyms := stagetest.Pseudonyms(tb, "a-key-of-16-or-more")
	src := source.Source{ID: "shop", Provider: raw.ProviderUAPAY}
	if configure != nil {
		configure(&src)
	}
	return memoryOf(tb, uapay.New(payment.DefaultConfig(), source.NewSet([]source.Source{src}), pseudonyms))
}

func memoryOf(tb testing.TB, tested *uapay.Stage) *enginetest.Driver {
	tb.Helper()
	m, err := enginetest.NewDriver(enginetest.DriverConfig{
		Topics: contract.TestTopics, Namespace: contract.Namespace,
		Name: uapay.Name, Stage: tested, DeadLetter: schemas.DeadLetterUAPAY,
		Outputs:           []string{schemas.DecodedUAPAYPayment, schemas.EnrichedPayments, schemas.FactsMoney, schemas.Duplicates, schemas.InternalJourney},
		WatermarkInterval: 1000 * time.Hour,
	})
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// told is what a history ends in.
type told struct {
	payment          avro.PaymentSnapshot
	journeys         map[string]avro.JourneyInput
	decoded, repeats int
	dead             []string
	ended            bool
	outputs          []stage.Output
	removals         int
	lastDecoded      avro.UAPAYPayment
	paymentsTold     int
	movements        map[string]avro.Movement
}

func (w *told) take(tb testing.TB, outputs []stage.Output) {
	tb.Helper()
	w.outputs = append(w.outputs, outputs...)
	for _, out := range outputs {
		var err error
		switch {
		case out.Topic == schemas.DeadLetterUAPAY:
			for _, h := range out.Headers {
				if h.Key == dlq.HeaderCause || h.Key == dlq.HeaderDetail {
					w.dead = append(w.dead, string(h.Value))
				}
			}
		case out.Topic == schemas.EnrichedPayments && out.Value == nil:
			w.ended = true
		case out.Topic == schemas.EnrichedPayments:
			w.paymentsTold++
			err = w.payment.DecodeAvro(out.Value[wire.HeaderSize:])
		case out.Topic == schemas.FactsMoney && out.Value == nil:
			if _, there := w.movements[string(out.Key)]; !there {
				tb.Errorf("a tombstone for %s, which is not there", out.Key)
			}
			delete(w.movements, string(out.Key))
		case out.Topic == schemas.FactsMoney:
			err = w.movement(string(out.Key), out.Value[wire.HeaderSize:])
		case out.Topic == schemas.DecodedUAPAYPayment:
			w.decoded++
			err = w.lastDecoded.DecodeAvro(out.Value[wire.HeaderSize:])
		case out.Topic == schemas.Duplicates:
			w.repeats++
		case out.Topic == schemas.InternalJourney:
			var in avro.JourneyInput
			err = in.DecodeAvro(out.Value[wire.HeaderSize:])
			if in.Kind == avro.JourneyInputKindRemoval {
				w.removals++
			}
			if in.Kind != avro.JourneyInputKindClock {
				w.journeys[string(out.Key)] = in
			}
		}
		if err != nil {
			tb.Fatalf("decode %s: %v", out.Topic, err)
		}
	}
}

func run(tb testing.TB, m *enginetest.Driver, records ...stage.Input) *told {
	tb.Helper()
	w := &told{journeys: map[string]avro.JourneyInput{}, movements: map[string]avro.Movement{}}
	for _, r := range records {
		out, err := m.Feed(r)
		if err != nil {
			tb.Fatal(err)
		}
		w.take(tb, out)
	}
	return w
}

func TestStories(t *testing.T) {
	t.Parallel()
	phase := func(status, paymentStatus string, minute int, replaced map[string]any) stage.Input {
		at := noon(time.Duration(minute) * time.Minute)
		return record(invoice(at, status, paymentStatus, replaced), at.Add(time.Second), int64(minute))
	}
	type flags struct{ conflict, regression, changed, inconsistent bool }
	tests := map[string]struct {
		records []stage.Input
		phase   avro.PaymentPhase
		back    int64 // refunded or released
		flags   flags
	}{
		"held, then completed": {
			[]stage.Input{phase("PAID", "HOLDED", 0, nil), phase("FINISHED", "FINISHED", 5, nil)},
			avro.PaymentPhasePaid, 0,
			flags{},
		},
		"held": {[]stage.Input{phase("PAID", "HOLDED", 0, nil)}, avro.PaymentPhaseHeld, 0, flags{}},
		"partial, then full refund": {
			[]stage.Input{
				phase("FINISHED", "FINISHED", 0, nil), phase("FINISHED", "FINISHED", 5, map[string]any{"reversalAmount": 30000}),
				phase("REVERSED", "REVERSED", 9, map[string]any{"reversalAmount": 100000}),
			}, avro.PaymentPhaseRefunded, 100000, flags{},
		},
		"a status going backwards": {
			[]stage.Input{phase("FINISHED", "FINISHED", 0, nil), phase("NEW", "PENDING", 5, nil)},
			avro.PaymentPhasePaid, 0,
			flags{regression: true},
		},
		"the same, arriving the other way round": {
			[]stage.Input{phase("NEW", "PENDING", 5, nil), phase("FINISHED", "FINISHED", 0, nil)},
			avro.PaymentPhasePaid, 0,
			flags{regression: true},
		},
		"late news of an earlier step are no regression": {
			[]stage.Input{phase("FINISHED", "FINISHED", 5, nil), phase("NEW", "PENDING", 0, nil)},
			avro.PaymentPhasePaid, 0,
			flags{},
		},
		"paid and refused": {
			[]stage.Input{phase("NEW", "REJECTED", 0, nil), phase("FINISHED", "FINISHED", 5, nil)},
			avro.PaymentPhasePaid, 0,
			flags{conflict: true},
		},
		"an amount that changes": {
			[]stage.Input{phase("NEW", "PENDING", 0, nil), phase("FINISHED", "FINISHED", 5, map[string]any{"amount": 5})},
			avro.PaymentPhasePaid, 0,
			flags{changed: true},
		},
		"refused by its operation, then paid": {
			[]stage.Input{
				phase("", "MYSTERY", 0, map[string]any{"operationId": "op-1", "operationStatus": "REJECTED"}),
				phase("", "PAYED", 5, map[string]any{"operationId": "op-1", "operationStatus": "FINISHED"}),
			}, avro.PaymentPhasePaid, 0, flags{conflict: true},
		},
		"refused by an operation beside a status that is known": {
			[]stage.Input{
				phase("", "PENDING", 0, map[string]any{"operationId": "op-1", "operationStatus": "REJECTED"}), phase("", "PAYED", 5, nil),
			}, avro.PaymentPhasePaid, 0, flags{conflict: true},
		},
		"held, canceled and released": {
			[]stage.Input{phase("PAID", "HOLDED", 0, nil), phase("CANCELED", "REVERSED", 5, map[string]any{"reversalAmount": 100000})},
			avro.PaymentPhaseReleased, 100000,
			flags{},
		},
		"another currency": {
			[]stage.Input{phase("NEW", "PENDING", 0, map[string]any{"currency": "UAH"}), phase("NEW", "PENDING", 5, map[string]any{"currency": "EUR"})},
			avro.PaymentPhasePending, 0,
			flags{changed: true},
		},
		"more given back than paid": {
			[]stage.Input{phase("FINISHED", "FINISHED", 0, map[string]any{"reversalAmount": 100001})},
			avro.PaymentPhaseRefunded, 100001,
			flags{inconsistent: true},
		},
		"a negative amount": {
			[]stage.Input{phase("FINISHED", "FINISHED", 0, map[string]any{"amount": -1, "reversalAmount": nil})},
			avro.PaymentPhasePaid,
			0,
			flags{inconsistent: true},
		},
		"amount and paymentAmount are equal": {
			[]stage.Input{phase("FINISHED", "FINISHED", 0, map[string]any{"paymentAmount": 100000})}, avro.PaymentPhasePaid, 0, flags{},
		},
		"amount and paymentAmount differ": {
			[]stage.Input{phase("FINISHED", "FINISHED", 0, map[string]any{"paymentAmount": 5})},
			avro.PaymentPhasePaid, 0,
			flags{inconsistent: true},
		},
		"words in other case": {
			[]stage.Input{phase("new", "Pending", 0, nil), phase("paid", "holded", 5, nil)}, avro.PaymentPhaseHeld, 0, flags{},
		},
		"a later step without a time of its own": {
			[]stage.Input{phase("NEW", "OPEN", 0, map[string]any{"iat": nil}), phase("FINISHED", "FINISHED", 5, nil)},
			avro.PaymentPhasePaid, 0,
			flags{},
		},
		"a step that only its dates place is no regression of others": {
			[]stage.Input{phase("FINISHED", "FINISHED", 0, map[string]any{"iat": nil}), phase("NEW", "PENDING", 5, nil)},
			avro.PaymentPhasePaid, 0,
			flags{},
		},
		"unknown words raise nothing": {
			[]stage.Input{phase("NEW", "PENDING", 0, nil), phase("GLORIOUS", "SPLENDID", 5, nil)},
			avro.PaymentPhasePending, 0,
			flags{},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := run(t, newMemory(t, nil), test.records...)
			got := flags{w.payment.Conflict, w.payment.Regression, w.payment.AmountChanged, w.payment.AmountInconsistent}
			if back := w.payment.RefundedMinor + w.payment.ReleasedMinor; w.payment.Phase != test.phase || back != test.back || got != test.flags {
				t.Errorf("payment: phase %s, %d given back, %+v, want %s, %d, %+v", w.payment.Phase, back, got, test.phase, test.back, test.flags)
			}
			if w.decoded != len(test.records) || w.payment.Facts != int64(len(test.records)) || len(w.dead) > 0 {
				t.Errorf("%d decoded, %d facts, dead %v, want %d", w.decoded, w.payment.Facts, w.dead, len(test.records))
			}
			if j := w.journeys["order-17"]; j.Payment.Value.Phase != test.phase || j.MemberRevision.Value != w.payment.Revision {
				t.Errorf("the journey was told %+v, want the payment's phase and revision", j)
			}
		})
	}
}

func TestRetriesAreOneFact(t *testing.T) {
	t.Parallel()
	claims := func(iat int) map[string]any {
		return invoice(noon(time.Duration(iat)*time.Minute), "FINISHED", "FINISHED", nil)
	}
	// Signed anew for each try, the first delivery arriving last.
	w := run(t, newMemory(t, nil), record(claims(5), noon(6*time.Minute), 1), record(claims(65), noon(66*time.Minute), 2), record(claims(0), noon(67*time.Minute), 3))
	if w.decoded != 1 || w.repeats != 2 || w.payment.Facts != 1 {
		t.Errorf("%d decoded, %d repeats, %d facts, want 1, 2, 1", w.decoded, w.repeats, w.payment.Facts)
	}
	if !w.payment.FirstEventAt.Value.Equal(noon(0)) {
		t.Errorf("first_event_at = %v, want the smallest iat", w.payment.FirstEventAt.Value)
	}
}

func TestHoldOverdue(t *testing.T) {
	t.Parallel()
	m := newMemory(t, nil)
	w := run(t, m, record(invoice(noon(0), "PAID", "HOLDED", nil), noon(0), 1))
	week := 7 * 24 * time.Hour
	out, err := m.AdvanceTo(0, noon(week))
	if err != nil {
		t.Fatal(err)
	}
	w.take(t, out)
	if !w.payment.HoldOverdue || w.payment.ChangedBy.Cause != avro.ChangeCauseDeadline {
		t.Errorf("after a week: %+v, want it overdue by a deadline", w.payment)
	}
	out, err = m.Feed(record(invoice(noon(week), "FINISHED", "FINISHED", nil), noon(week), 2))
	if err != nil {
		t.Fatal(err)
	}
	w.take(t, out)
	if w.payment.HoldOverdue {
		t.Error("completed after all: still overdue")
	}
	if out, err = m.AdvanceTo(0, noon(week+400*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	w.take(t, out)
	if !w.ended || m.Entries(0) > 1 {
		t.Errorf("after its retention: ended %v, %d entries, want a tombstone and the clock alone", w.ended, m.Entries(0))
	}
}

// TestHoldCountsFromItsDate: a hold is overdue a week after the amount was held, whenever
// the callback came.
func TestHoldCountsFromItsDate(t *testing.T) {
	t.Parallel()
	const week = 7 * 24 * time.Hour
	received := noon(70 * time.Hour)
	for name, test := range map[string]struct {
		replaced map[string]any
		want     time.Time
	}{
		"holdDate":        {map[string]any{"holdDate": noon(time.Hour).Format(time.RFC3339)}, noon(time.Hour + week)},
		"no holdDate":     {nil, noon(week)},
		"no time at all":  {map[string]any{"iat": nil, "createDate": nil}, received.Add(week)},
		"a date alone is": {map[string]any{"iat": nil}, noon(week - time.Minute)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMemory(t, nil)
			w := run(t, m, record(invoice(noon(0), "PAID", "HOLDED", test.replaced), received, 1))
			if got := w.payment.HoldDeadline; !got.Value.Equal(test.want) {
				t.Errorf("hold_deadline = %v, want %v", got, test.want)
			}
			for _, at := range []struct {
				now  time.Time
				want bool
			}{{test.want.Add(-time.Second), false}, {test.want, true}} {
				out, err := m.AdvanceTo(0, at.now)
				if err != nil {
					t.Fatal(err)
				}
				w.take(t, out)
				if w.payment.HoldOverdue != at.want {
					t.Errorf("at %v: overdue %v, want %v", at.now, w.payment.HoldOverdue, at.want)
				}
			}
		})
	}
}

func TestStaleToken(t *testing.T) {
	t.Parallel()
	old := record(invoice(noon(-90*24*time.Hour), "FINISHED", "FINISHED", nil), noon(0), 1)
	if w := run(t, newMemory(t, nil), old); len(w.dead) == 0 || w.dead[0] != string(stage.CauseStale) {
		t.Errorf("dead letters = %v, want stale", w.dead)
	}
	if w := run(t, newMemory(t, func(s *source.Source) { s.AcceptStale = true }), old); w.decoded != 1 {
		t.Errorf("a backfill: %d decoded, want 1", w.decoded)
	}
	if w := run(t, newMemory(t, nil), record(invoice(noon(0), "NEW", "PENDING", nil), noon(0), 1), old); w.decoded != 1 || len(w.dead) == 0 {
		t.Errorf("of a known payment: %d decoded, dead letters %v, want the old one stale: whether the payment is known says nothing of it", w.decoded, w.dead)
	}
}

// TestTokenComesAgain: a token is one fact however late it comes again, signed anew or
// not, and after its payment has ended, too.
func TestTokenComesAgain(t *testing.T) {
	t.Parallel()
	hour := func(n int) time.Time { return noon(time.Duration(n) * time.Hour) }
	for name, iat := range map[string]func(hours int) any{
		"the same token": func(int) any { return noon(0).Unix() },
		"signed anew":    func(hours int) any { return hour(hours).Unix() },
		"without iat":    func(int) any { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var records []stage.Input
			for i, at := range []int{0, 80, 170, 300 * 24} {
				claims := invoice(noon(0), "FINISHED", "FINISHED", map[string]any{"iat": iat(at)})
				records = append(records, record(claims, hour(at), int64(i)))
			}
			if w := run(t, newMemory(t, nil), records...); w.decoded != 1 || w.repeats != 3 || w.payment.Facts != 1 {
				t.Errorf("%d decoded, %d repeats, %d facts, want 1, 3, 1", w.decoded, w.repeats, w.payment.Facts)
			}
		})
	}
	// Later callbacks keep the payment beyond the retention of its first.
	anew := record(invoice(noon(0), "NEW", "PENDING", map[string]any{"iat": hour(600 * 24).Unix()}), hour(600*24), 3)
	if w := run(t, newMemory(t, nil), record(invoice(noon(0), "NEW", "PENDING", nil), noon(0), 1),
		record(invoice(hour(300*24), "FINISHED", "FINISHED", nil), hour(300*24), 2), anew); w.decoded != 2 || w.repeats != 1 || w.payment.Facts != 2 {
		t.Errorf("beyond the retention of the first: %d decoded, %d repeats, %d facts, want 2, 1, 2", w.decoded, w.repeats, w.payment.Facts)
	}
	m := newMemory(t, nil)
	w := run(t, m, record(invoice(noon(0), "FINISHED", "FINISHED", nil), noon(0), 1))
	end := 401 * 24
	out, err := m.AdvanceTo(0, hour(end))
	if err != nil {
		t.Fatal(err)
	}
	w.take(t, out)
	out, err = m.Feed(record(invoice(noon(0), "FINISHED", "FINISHED", nil), hour(end), 2))
	if err != nil {
		t.Fatal(err)
	}
	w.take(t, out)
	if !w.ended || w.decoded != 1 || len(w.dead) == 0 || w.dead[0] != string(stage.CauseStale) {
		t.Errorf("after the payment's end: ended %v, %d decoded, dead letters %v, want stale", w.ended, w.decoded, w.dead)
	}
}

func TestP2PSeed(t *testing.T) {
	t.Parallel()
	var claims map[string]any
	seed := `{"paymentSystem":"p2p","paymentId":"` + paymentID + `","operationId":"47106586-63ef-45ef-8560-038f646fc709","operationType":"SEND",
		"operationStatus":"FINISHED","paymentType":"BUCKET","paymentNumber":"17639513","paymentAmount":1000,"paymentPendingAmount":1000,
		"paymentCommission":200,"paymentStatus":"PAYED","postbackTime":1618311873588,"cardFromMasked":"4111111111",
		"cardFromId":"f68484b7-9f85-4c94-8b91-c364cd5b6d0b","cardToMasked":null,"cardToId":null,"key":"cvv-secret","confirmation":{"type":"3DS"},
		"operationExternalId":"985293a9-4b8b-411d-9e61-d82e8e8bb239","iat":1614370565}`
	if err := json.Unmarshal([]byte(seed), &claims); err != nil {
		t.Fatal(err)
	}
	w := run(t, newMemory(t, nil), record(claims, time.UnixMilli(1618311874000), 1))
	if w.payment.Phase != avro.PaymentPhasePaid || w.payment.Kind != avro.PaymentKindP2P || len(w.payment.Operations) != 1 {
		t.Errorf("payment = %+v, dead %v, want a paid P2P payment with one operation", w.payment, w.dead)
	}
	if _, told := w.journeys["985293a9-4b8b-411d-9e61-d82e8e8bb239"]; !told {
		t.Error("the journey of operationExternalId was not told")
	}
	for _, out := range w.outputs {
		if strings.Contains(string(out.Value), "cvv-secret") || strings.Contains(string(out.Value), "4111111111") {
			t.Errorf("%s holds a secret or a card number", out.Topic)
		}
	}
}

func TestCorrelationIDs(t *testing.T) {
	t.Parallel()
	inJSON := func(s *source.Source) {
		s.Namespace = "shop"
		s.Correlation = []source.Correlation{{Field: "extraInfo", Pointer: "/order"}}
	}
	w := run(t, newMemory(t, inJSON), record(invoice(noon(0), "NEW", "PENDING", nil), noon(0), 1))
	if j, ok := w.journeys["shop:17"]; !ok || j.CorrelationID != "17" || j.Namespace.Value != "shop" || w.payment.JourneyID != avro.Some("shop:17") {
		t.Errorf("inside JSON: journeys %v, want 17 in shop", w.journeys)
	}
	corrected := map[string]any{"externalId": "order-18"}
	w = run(t, newMemory(t, nil), record(invoice(noon(0), "NEW", "PENDING", nil), noon(0), 1), record(invoice(noon(time.Minute), "NEW", "PENDING", corrected), noon(time.Minute), 2))
	if w.payment.JourneyID != avro.Some("order-18") {
		t.Errorf("corrected: journey_id %v, want order-18", w.payment.JourneyID)
	}
	if w.removals != 1 || w.journeys["order-17"].Kind != avro.JourneyInputKindRemoval || w.journeys["order-18"].Kind != avro.JourneyInputKindPayment {
		t.Errorf("corrected: %v, want a removal from order-17", w.journeys)
	}
	w = run(t, newMemory(t, nil), record(invoice(noon(0), "NEW", "PENDING", map[string]any{"externalId": "  "}), noon(0), 1))
	if len(w.journeys) != 0 || w.paymentsTold != 1 || w.payment.JourneyID.Set || w.payment.CustomerID.Set {
		t.Errorf("blank: journeys %v, want none, and the payment all the same", w.journeys)
	}
	w = run(t, newMemory(t, nil), record(invoice(noon(0), "NEW", "PENDING", map[string]any{"externalId": "+380501234567"}), noon(0), 1))
	for key := range w.journeys {
		if !strings.HasPrefix(key, "phone:k1:") {
			t.Errorf("a phone number became the journey %q", key)
		}
		if w.payment.JourneyID.Value != key || "phone:"+w.payment.CustomerID.Value != key || w.journeys[key].Payment.Value.CustomerID != w.payment.CustomerID {
			t.Errorf("journey %s, customer %v of the journey %s, want equal ones", w.payment.JourneyID.Value, w.payment.CustomerID, key)
		}
	}
	if w.lastDecoded.ExternalID.Set || len(w.payment.ExternalIDs) > 0 {
		t.Error("a phone number left as an external id")
	}
}

func TestUndecodable(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		value []byte
		cause stage.Cause
	}{
		"not JSON":          {[]byte("{"), stage.CauseUndecodable},
		"no token":          {[]byte("{}"), stage.CauseUndecodable},
		"two tokens":        {[]byte(`{"token":"a.b.c","token":"a.b.c"}`), stage.CauseUndecodable},
		"two parts":         {[]byte(`{"token":"a.b"}`), stage.CauseUndecodable},
		"token as array":    {[]byte(`{"token":["a.b.c"]}`), stage.CauseSchemaMismatch},
		"not base64url":     {[]byte(`{"token":"a.+.c"}`), stage.CauseUndecodable},
		"claims no object":  {[]byte(`{"token":"a.` + base64.RawURLEncoding.EncodeToString([]byte(`[]`)) + `.c"}`), stage.CauseSchemaMismatch},
		"no paymentId":      {body(map[string]any{"amount": 1}), stage.CauseSchemaMismatch},
		"paymentId cut":     {body(map[string]any{"paymentId": "pay-\ufffd"}), stage.CauseSchemaMismatch},
		"paymentId escapes": {body(map[string]any{"paymentId": "pay-\u009b31m"}), stage.CauseSchemaMismatch},
		"operationId cut":   {body(map[string]any{"paymentId": "p", "operationId": "op-\ufffd"}), stage.CauseSchemaMismatch},
		"another paymentId": {body(map[string]any{"paymentId": "other"}), stage.CauseUndecodable},
		"amount no number":  {body(invoice(noon(0), "NEW", "NEW", map[string]any{"amount": "ten"})), stage.CauseSchemaMismatch},
		"half a kopeck":     {body(invoice(noon(0), "NEW", "NEW", map[string]any{"amount": 0.5})), stage.CauseSchemaMismatch},
		"amount too large":  {body(invoice(noon(0), "NEW", "NEW", map[string]any{"amount": json.Number("9223372036854775808")})), stage.CauseSchemaMismatch},
		"status no text":    {body(invoice(noon(0), "NEW", "NEW", map[string]any{"status": []int{1}})), stage.CauseSchemaMismatch},
		"iat before all":    {body(invoice(noon(0), "NEW", "NEW", map[string]any{"iat": -1})), stage.CauseSchemaMismatch},
		"iat in year 30000": {body(invoice(noon(0), "NEW", "NEW", map[string]any{"iat": int64(1) << 60})), stage.CauseSchemaMismatch},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := run(t, newMemory(t, nil), rawRecord(test.value, noon(0), 1))
			if len(w.dead) == 0 || w.dead[0] != string(test.cause) || w.decoded > 0 {
				t.Errorf("dead letters = %v, want %s", w.dead, test.cause)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(body(invoice(noon(0), "PAID", "HOLDED", nil)))
	f.Add([]byte(`{"token":"a.e30.c"}`))
	tested := uapay.New(payment.DefaultConfig(), source.NewSet(nil), nil)
	f.Fuzz(func(t *testing.T, value []byte) {
		in := rawRecord(value, noon(0), 0)
		in.Key = []byte("uapay:") // the key is refused last; nothing may panic before
		if _, err := tested.Decode(&in); err == nil {
			t.Error("a record with the wrong key was taken")
		}
	})
}
