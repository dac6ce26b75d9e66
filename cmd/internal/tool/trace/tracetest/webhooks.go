package tracetest

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// Webhook writes a raw record as ingest would, and returns its position.
func (s *Stack) Webhook(tb TB, provider, key string, body []byte) *kgo.Record {
	tb.Helper()
	return s.WebhookOf(tb, &source.Source{ID: "shop-" + provider, Provider: provider}, key, body)
}

// WebhookOf does the same for another source, by whose settings it is stamped where
// it has a revision.
func (s *Stack) WebhookOf(tb TB, of *source.Source, key string, body []byte) *kgo.Record {
	tb.Helper()
	s.sent++
	provider, stamp := of.Provider, ""
	if of.Revision > 0 {
		stamp = of.Stamp()
	}
	envelope := raw.Envelope{
		Source: of.ID, Provider: provider, Settings: stamp, Assurance: raw.AssuranceSharedSecret, SecretID: "first", ContentType: "application/json",
		RequestID: fmt.Sprintf("request-%08d", s.sent), ReceivedAt: time.Now(), Kind: raw.KindWebhook, Items: 1,
	}
	r := &kgo.Record{Topic: s.Names.Topic("raw." + provider + ".v1"), Key: []byte(key), Value: body}
	for _, h := range raw.Append[raw.Header](nil, &envelope) {
		r.Headers = append(r.Headers, kgo.RecordHeader(h))
	}
	if err := s.client.ProduceSync(tb.Context(), r).FirstErr(); err != nil {
		tb.Fatal(err)
	}
	return r
}

// EventID returns the id of the nth event of the verification of a number.
func EventID(verification, n int) string { return id(1000*verification + n) }

// id returns an id in the format of the providers' ids (a UUID).
func id(n int) string { return fmt.Sprintf("%08x-0000-4000-8000-%012x", n, n) }

// VerificationKey and PaymentKey are those of the entities of a number.
func VerificationKey(n int) string { return "lox24:" + id(n) }

// PaymentKey is the key of a payment.
func PaymentKey(n int) string { return "uapay:" + id(5000+n) }

// Verification sends an event of a LOX24 verification: its nth, by name, such as
// "success", with the status of the verification.
func (s *Stack) Verification(tb TB, number int, order string, nth int, name string, status int) *kgo.Record {
	tb.Helper()
	of := &source.Source{ID: "shop-lox24", Provider: raw.ProviderLOX24}
	return s.VerificationOf(tb, of, id(number), number, order, nth, name, status)
}

// VerificationOf does the same for another source, or with another id of the verification.
func (s *Stack) VerificationOf(tb TB, of *source.Source, verification string, number int, order string, nth int, name string, status int) *kgo.Record {
	tb.Helper()
	now := time.Now().Unix()
	data := map[string]any{
		"id": verification, "user_id": 1, "phone": Phone, "routing_strategy": []any{map[string]any{"channel": "sms", "timeout_sec": 60, "sender_id": "x"}},
		"status": status, "delivered_channel": nil, "cost": 5, "currency": "EUR", "code": "1234", "code_length": 4, "payload": order,
		"created_at": now, "updated_at": now, "history": []any{}, "is_code_deleted": false,
	}
	if rest, ok := strings.CutPrefix(name, "channel."); ok {
		data["channel"] = map[string]any{
			"id": id(9000 + number), "channel": "sms", "status": map[string]int{"sent": 5, "failed": 20, "success": 10}[rest],
			"processed_at": now, "external_id": nil, "error": nil, "cost": 5,
		}
	}
	return s.WebhookOf(tb, of, raw.ProviderLOX24+":"+verification, marshal(tb, map[string]any{
		"id": EventID(number, nth), "api_version": "2022-05-25", "name": "verify_code." + name, "created_at": now, "attempt_total": 3, "attempt_number": 1,
		"notification_task_id": id(700_000 + 1000*number + nth), "data": data,
	}))
}

// Payment sends a callback of a UAPAY invoice.
func (s *Stack) Payment(tb TB, number int, order, status, paymentStatus string) *kgo.Record {
	tb.Helper()
	return s.PaymentOf(tb, id(5000+number), number, order, status, paymentStatus)
}

// PaymentOf does the same with another id of the payment.
func (s *Stack) PaymentOf(tb TB, payment string, number int, order, status, paymentStatus string) *kgo.Record {
	tb.Helper()
	now := time.Now()
	claims := marshal(tb, map[string]any{
		"paymentId": payment, "id": id(6000 + number), "externalId": order, "number": number, "amount": 50000, "status": status, "paymentStatus": paymentStatus,
		"type": "PAY", "systemType": "ECOM", "createDate": now.UTC().Format(time.RFC3339), "iat": now.Unix(),
	})
	body := simulator.Envelope(simulator.Sign(claims, "secret", jwt.SigningMethodHS256))
	return s.Webhook(tb, raw.ProviderUAPAY, raw.ProviderUAPAY+":"+payment, body)
}

func marshal(tb TB, v any) []byte {
	tb.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return text
}
