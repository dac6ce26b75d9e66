package processor_test

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// noon is where the histories begin.
func noon(after time.Duration) time.Time {
	return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Add(after)
}

// history is a list of raw records that are all distinct facts.
type history struct {
	records []stage.Input
	// shop begins the ids of the sources; empty means shop.
	shop string
}

type object = map[string]any

// uuid makes ids that look like the providers'.
func uuid(n int) string { return fmt.Sprintf("%08x-0000-4000-8000-%012x", n, n) }

func (h *history) add(topic, key string, e raw.Envelope, body any) {
	value, isBytes := body.([]byte)
	if !isBytes {
		var err error
		if value, err = json.Marshal(body); err != nil {
			value = []byte(err.Error())
		}
	}
	e.Provider, _, _ = strings.Cut(strings.TrimPrefix(topic, "raw."), ".")
	e.Source, e.SecretID, e.ContentType = cmp.Or(h.shop, "shop")+"-"+e.Provider, "first", "application/json"
	if e.RequestID == "" {
		e.RequestID = fmt.Sprint("request-", len(h.records))
	}
	if e.Kind == "" {
		e.Kind = raw.KindWebhook
	}
	h.records = append(h.records, stage.Input{
		Topic: topic, Key: []byte(key), Value: value, Headers: raw.Append[stage.Header](nil, &e), Timestamp: e.ReceivedAt,
	})
}

// verification is LOX24's: what its webhooks say at some time.
type verification struct {
	h        *history
	n        int
	order    string
	start    time.Duration
	attempts []object
	events   int
	// first is the first channel of the routing strategy; the second is SMS.
	first string
}

func (v *verification) event(name string, after time.Duration, status int, delivered any, channel object) {
	v.events++
	at := noon(v.start + after)
	data := object{
		"id": uuid(v.n), "user_id": 12345, "phone": "+4915112345678",
		"routing_strategy": []object{
			{"channel": v.first, "timeout_sec": 30, "sender_id": "LOX24"}, {"channel": "sms", "timeout_sec": 60, "sender_id": "LOX24"},
		},
		"status": status, "delivered_channel": delivered, "cost": 9, "currency": "EUR", "code": "1234", "code_length": 4,
		"payload": v.order, "created_at": noon(v.start).Unix(), "updated_at": at.Unix(), "history": v.attempts, "is_code_deleted": false,
	}
	if channel != nil {
		data["channel"] = channel
	}
	v.h.add(schemas.RawLOX24, "lox24:"+uuid(v.n), raw.Envelope{Assurance: raw.AssuranceSharedSecret, ReceivedAt: at.Add(time.Second)}, object{
		"id": uuid(1000*v.n + v.events), "api_version": "2022-05-25", "name": "verify_code." + name, "created_at": at.Unix(),
		"attempt_total": 3, "attempt_number": 1, "data": data, "notification_task_id": uuid(999_000_000 + 1000*v.n + v.events),
	})
}

func (v *verification) attempt(n int, channel string, after time.Duration, status int) object {
	entry := object{
		"id": uuid(500_000 + 10*v.n + n), "channel": channel, "status": status, "processed_at": noon(v.start + after).Unix(), "external_id": fmt.Sprint("x", n),
	}
	v.attempts = append(v.attempts, entry)
	full := object{"error": nil, "cost": 9}
	maps.Copy(full, entry)
	return full
}

// addVerification adds one of LOX24's ways: it succeeds by telegram, falls back
// to SMS, fails on all channels, never ends, or falls back from a voice call to SMS.
func (h *history) addVerification(n int, order string, start time.Duration, way int) {
	v := &verification{h: h, n: n, order: order, start: start, first: "telegram"}
	const second = time.Second
	switch way {
	case 0:
		v.event("channel.success", 20*second, 5, nil, v.attempt(1, "telegram", 20*second, 10))
		v.event("success", 21*second, 10, "telegram", nil)
	case 1:
		v.event("channel.failed", 31*second, 5, nil, v.attempt(1, "telegram", 31*second, 20))
		v.event("channel.success", 40*second, 5, nil, v.attempt(2, "sms", 40*second, 10))
		v.event("success", 41*second, 10, "sms", nil)
	case 2:
		v.event("channel.failed", 31*second, 5, nil, v.attempt(1, "telegram", 31*second, 20))
		v.event("channel.failed", 50*second, 5, nil, v.attempt(2, "sms", 50*second, 100))
		v.event("failed", 51*second, 20, nil, nil)
	case 4:
		v.first = "voice"
		v.event("channel.failed", 31*second, 5, nil, v.attempt(1, "voice", 31*second, 20))
		v.event("channel.success", 40*second, 5, nil, v.attempt(2, "sms", 40*second, 10))
		v.event("success", 41*second, 10, "sms", nil)
	default:
		v.event("channel.sent", 2*second, 5, nil, v.attempt(1, "telegram", 2*second, 5))
	}
}

// addPayment adds the callbacks of one of UAPAY's payments.
func (h *history) addPayment(n int, order string, start time.Duration, statuses ...string) {
	for i, pair := range statuses {
		status, paymentStatus, _ := strings.Cut(pair, "/")
		at := noon(start + time.Duration(i)*10*time.Second)
		claims := object{
			"paymentId": uuid(n), "invoiceId": uuid(100_000 + n), "externalId": order, "paymentNumber": 249000 + n, "cardFromMasked": "4111111111",
			"cardToMasked": nil, "cardFromHolderName": "CARDHOLDER NAME", "amount": 100_000 + n, "reversalAmount": 0, "status": status, "type": "PAY",
			"systemType": "ECOM", "paymentStatus": paymentStatus, "extraInfo": "{}", "createDate": noon(start).Format("2006-01-02T15:04:05.000Z"),
			"iat": at.Unix(),
		}
		if paymentStatus == "FINISHED" || paymentStatus == "REVERSED" {
			claims["payDate"] = noon(start + time.Minute).Format("2006-01-02T15:04:05.000Z")
		}
		if paymentStatus == "REVERSED" {
			claims["reversalAmount"] = 40_000
		}
		h.add(schemas.RawUAPAY, "uapay:"+uuid(n), raw.Envelope{Assurance: raw.AssuranceSignedBody, ReceivedAt: at.Add(time.Second)},
			object{"token": token(claims)})
	}
}

// token makes a JWT whose signature nobody looks at behind ingest.
func token(claims object) string {
	part := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			return err.Error()
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	return part(object{"alg": "HS256", "typ": "JWT"}) + "." + part(claims) + "." + part("signature")
}

// addCall adds a Unibell call: the request, its answer, and a status known by
// reference or only by the request id, or none.
func (h *history) addCall(n int, order string, start time.Duration, status string, byReference bool) {
	const source = "shop-unibell"
	key, request := "unibell:"+source+":"+order, fmt.Sprintf("%032x", n)
	h.add(schemas.RawUnibell, key, raw.Envelope{
		Assurance: raw.AssuranceSharedSecret, ReceivedAt: noon(start), Kind: raw.KindRelayRequest, RequestID: "call-" + request,
	}, object{"reference": order, "sourceAddr": "380441234567", "destAddr": "380501234567", "code": "4321"})
	h.add(schemas.RawUnibell, key, raw.Envelope{
		Assurance: raw.AssuranceSharedSecret, ReceivedAt: noon(start + time.Second), Kind: raw.KindRelayAnswer, Status: 200, RequestID: "call-" + request,
	}, object{"status": "ok", "requestId": request})
	if status == "" {
		return
	}
	e := raw.Envelope{Assurance: raw.AssuranceSharedSecret, ReceivedAt: noon(start + 30*time.Second)}
	if byReference {
		h.add(schemas.RawUnibell, key, e, object{"reference": order, "requestId": request, "status": status})
		return
	}
	h.add(schemas.RawUnibell, "unibell:"+source+":request:"+request, e, object{"requestId": request, "status": status})
}

// addAccount adds callbacks of a Voximplant account.
func (h *history) addAccount(n int, start time.Duration) {
	for i, payload := range []object{
		{"type": "min_balance", "min_balance": object{"is_min_credit": false, "is_repeated": false}},
		{"type": "account_is_frozen", "account_is_frozen": object{}},
		{"type": "account_is_unfrozen", "account_is_unfrozen": object{}},
	} {
		body := object{
			"callback_id": 1200 + i, "account_id": n, "hash": strings.Repeat("0", 32), "account_name": "acme", "account_email": "a@example.com",
			"language_code": "en", "account_first_name": "Ann", "account_last_name": "Lee", "balance": 9 - i, "currency": "USD",
		}
		maps.Copy(body, payload)
		h.add(schemas.RawVoximplant, fmt.Sprint("voximplant:", n),
			raw.Envelope{Assurance: raw.AssuranceSignedID, ReceivedAt: noon(start + time.Duration(i)*time.Minute)}, body)
	}
}

// draw makes a history of up to four orders, spread over three hours.
func draw(r *rapid.T) []stage.Input {
	h := &history{}
	minute := func() time.Duration { return time.Duration(rapid.IntRange(0, 180).Draw(r, "minute")) * time.Minute }
	for n := range rapid.IntRange(1, 4).Draw(r, "orders") {
		order := fmt.Sprint("order-", n)
		for v := range rapid.IntRange(0, 2).Draw(r, "verifications") {
			h.addVerification(10*n+v+1, order, minute(), rapid.IntRange(0, 3).Draw(r, "way"))
		}
		for p := range rapid.IntRange(0, 2).Draw(r, "payments") {
			h.addPayment(1000+10*n+p, order, minute(), rapid.SampledFrom([][]string{
				{"NEW/OPEN", "PAID/PENDING", "FINISHED/FINISHED"},
				{"PAID/HOLDED", "FINISHED/FINISHED"},
				{"PAID/HOLDED"},
				{"NEW/OPEN", "CANCELED/REJECTED"},
				{"CANCELED/REJECTED", "FINISHED/FINISHED"},
				{"NEW/OPEN"},
				{"PAID/FINISHED", "REVERSED/REVERSED"},
				{"PAID/SOMETHING_NEW"},
			}).Draw(r, "statuses")...)
		}
		if rapid.Bool().Draw(r, "call") {
			h.addCall(n, order, minute(), rapid.SampledFrom([]string{"", "DELIVERED", "UNDELIVERABLE"}).Draw(r, "status"), rapid.Bool().Draw(r, "by reference"))
		}
	}
	if rapid.Bool().Draw(r, "account") {
		h.addAccount(4567, minute())
	}
	if rapid.Bool().Draw(r, "junk") {
		h.add(schemas.RawLOX24, "lox24:sha256:00", raw.Envelope{Assurance: raw.AssuranceSharedSecret, ReceivedAt: noon(0)}, []byte(`{"name":`))
		h.add(schemas.RawUAPAY, "uapay:sha256:00", raw.Envelope{Assurance: raw.AssuranceSignedBody, ReceivedAt: noon(0)}, object{"token": "a.b.c"})
	}
	return h.records
}

// the histories of the examples need no generator.
func exampleHistory(t *testing.T) []stage.Input {
	t.Helper()
	h := &history{}
	h.addVerification(1, "order-1", 0, 1)
	h.addPayment(1001, "order-1", 3*time.Minute, "NEW/OPEN", "PAID/PENDING", "FINISHED/FINISHED")
	h.addVerification(2, "order-2", time.Minute, 0)
	h.addVerification(3, "order-3", time.Minute, 3)
	h.addPayment(1003, "order-4", 2*time.Minute, "PAID/HOLDED", "FINISHED/FINISHED")
	h.addCall(5, "order-5", time.Minute, "DELIVERED", false)
	h.addAccount(4567, time.Minute)
	return h.records
}

// again is a provider's retry of a record: received later, another request, what
// may differ in a repeat differs.
func again(t *testing.T, in *stage.Input, after time.Duration) stage.Input {
	t.Helper()
	e, err := raw.Parse(in.Headers)
	if err != nil {
		t.Fatal(err)
	}
	// Of the providers that tell no time, the reception is the event's time: there
	// the first to be received is the first to be read.
	if in.Topic == schemas.RawLOX24 || in.Topic == schemas.RawUAPAY {
		e.ReceivedAt = e.ReceivedAt.Add(after)
	}
	// A relayed call that is placed again is another call: only the same record repeats it.
	if e.Kind != raw.KindRelayRequest && e.Kind != raw.KindRelayAnswer {
		e.RequestID += "-again"
	}
	retry := *in
	retry.Headers, retry.Timestamp = raw.Append[stage.Header](nil, &e), e.ReceivedAt
	switch in.Topic {
	case schemas.RawLOX24:
		retry.Value = []byte(strings.Replace(string(in.Value), `"attempt_number":1`, `"attempt_number":2`, 1))
	case schemas.RawUAPAY:
		var body struct{ Token string }
		if err := json.Unmarshal(in.Value, &body); err != nil {
			t.Fatal(err)
		}
		parts := strings.Split(body.Token, ".")
		payload, err := base64.RawURLEncoding.DecodeString(parts[1])
		var claims object
		if err != nil || json.Unmarshal(payload, &claims) != nil {
			return retry
		}
		claims["iat"] = e.ReceivedAt.Unix()
		retry.Value, err = json.Marshal(object{"token": token(claims)})
		if err != nil {
			t.Fatal(err)
		}
	}
	return retry
}
