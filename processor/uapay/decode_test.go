package uapay_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/payment"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/uapay"
	"github.com/tributary-hq/tributary/schemas/avro"
)

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
