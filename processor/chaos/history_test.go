//go:build synctests

package chaos_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

type object = map[string]any

// rawRecord is a record as ingest writes it.
type rawRecord struct {
	topic, key string
	value      []byte
	headers    []stage.Header
	received   time.Time
}

// history is what the providers tell of some orders.
type history struct {
	dice    *rand.Rand
	began   time.Time
	records []rawRecord
}

// drawHistory draws the raw records of a seed: all of them distinct facts but for
// some repeats, in an order of their own.
func drawHistory(seed uint64, began time.Time) []rawRecord {
	h := &history{dice: rand.New(rand.NewPCG(seed, 3)), began: began}
	for n := range 2 + h.dice.IntN(6) {
		order := fmt.Sprint("order-", n)
		at := time.Duration(h.dice.IntN(180)) * time.Minute
		if h.dice.IntN(4) > 0 {
			h.verification(n+1, order, at)
		}
		if h.dice.IntN(4) > 0 {
			h.payment(1000+n, order, at+3*time.Minute)
		}
		if h.dice.IntN(3) == 0 {
			h.call(n, order, at)
		}
	}
	if h.dice.IntN(2) == 0 {
		h.account(4567)
	}
	if h.dice.IntN(2) == 0 {
		h.spending(4568)
	}
	if h.dice.IntN(2) == 0 {
		h.add(schemas.RawLOX24, "lox24:sha256:00", 0, raw.Envelope{Assurance: raw.AssuranceSharedSecret}, []byte(`{"name":`))
	}
	if h.dice.IntN(2) == 0 {
		// A provider whose ways are late: what is told first is not sent first.
		h.dice.Shuffle(len(h.records), func(i, j int) {
			if h.records[i].topic != schemas.RawUnibell && h.records[j].topic != schemas.RawUnibell {
				h.records[i], h.records[j] = h.records[j], h.records[i]
			}
		})
	}
	for range h.dice.IntN(6) {
		h.records = append(h.records, h.records[h.dice.IntN(len(h.records))])
	}
	return h.records
}

func (h *history) add(topic, key string, after time.Duration, e raw.Envelope, body any) {
	value, isBytes := body.([]byte)
	if !isBytes {
		var err error
		if value, err = json.Marshal(body); err != nil {
			value = []byte(err.Error()) // shows as a dead letter
		}
	}
	e.Provider, _, _ = strings.Cut(strings.TrimPrefix(topic, "raw."), ".")
	e.Source, e.SecretID, e.ContentType = "shop-"+e.Provider, "first", "application/json"
	e.RequestID = fmt.Sprint("request-", len(h.records))
	e.ReceivedAt = h.began.Add(after)
	if e.Kind == "" {
		e.Kind = raw.KindWebhook
	}
	h.records = append(h.records, rawRecord{topic: topic, key: key, value: value, headers: raw.Append[stage.Header](nil, &e), received: e.ReceivedAt})
}

// uuid makes ids that look like the providers'.
func uuid(n int) string { return fmt.Sprintf("%08x-0000-4000-8000-%012x", n, n) }

// verification is LOX24's: it succeeds by telegram, by SMS, fails, or never ends.
func (h *history) verification(n int, order string, start time.Duration) {
	var attempts []object
	events := 0
	event := func(name string, after time.Duration, status int, delivered any, channel object) {
		events++
		at := h.began.Add(start + after)
		data := object{
			"id": uuid(n), "user_id": 12345, "phone": "+4915112345678",
			"routing_strategy": []object{
				{"channel": "telegram", "timeout_sec": 30, "sender_id": "LOX24"}, {"channel": "sms", "timeout_sec": 60, "sender_id": "LOX24"},
			},
			"status": status, "delivered_channel": delivered, "cost": 9, "currency": "EUR", "code": "1234", "code_length": 4,
			"payload": order, "created_at": h.began.Add(start).Unix(), "updated_at": at.Unix(), "history": attempts, "is_code_deleted": false,
		}
		if channel != nil {
			data["channel"] = channel
		}
		h.add(schemas.RawLOX24, "lox24:"+uuid(n), start+after+time.Second, raw.Envelope{Assurance: raw.AssuranceSharedSecret}, object{
			"id": uuid(1000*n + events), "api_version": "2022-05-25", "name": "verify_code." + name, "created_at": at.Unix(),
			"attempt_total": 3, "attempt_number": 1, "data": data, "notification_task_id": uuid(999_000_000 + 1000*n + events),
		})
	}
	attempt := func(i int, channel string, after time.Duration, status int) object {
		entry := object{
			"id": uuid(500_000 + 10*n + i), "channel": channel, "status": status, "processed_at": h.began.Add(start + after).Unix(), "external_id": fmt.Sprint("x", i),
		}
		attempts = append(attempts, entry)
		full := object{"error": nil, "cost": 9}
		maps.Copy(full, entry)
		return full
	}
	const second = time.Second
	switch h.dice.IntN(4) {
	case 0:
		event("channel.success", 20*second, 5, nil, attempt(1, "telegram", 20*second, 10))
		event("success", 21*second, 10, "telegram", nil)
	case 1:
		event("channel.failed", 31*second, 5, nil, attempt(1, "telegram", 31*second, 20))
		event("channel.success", 40*second, 5, nil, attempt(2, "sms", 40*second, 10))
		event("success", 41*second, 10, "sms", nil)
	case 2:
		event("channel.failed", 31*second, 5, nil, attempt(1, "telegram", 31*second, 20))
		event("channel.failed", 50*second, 5, nil, attempt(2, "sms", 50*second, 100))
		event("failed", 51*second, 20, nil, nil)
	default:
		event("channel.sent", 2*second, 5, nil, attempt(1, "telegram", 2*second, 5))
	}
}

// payment is UAPAY's, in one of its ways.
func (h *history) payment(n int, order string, start time.Duration) {
	ways := [][]string{
		{"NEW/OPEN", "PAID/PENDING", "FINISHED/FINISHED"},
		{"PAID/HOLDED", "FINISHED/FINISHED"},
		{"PAID/HOLDED"},
		{"NEW/OPEN", "CANCELED/REJECTED"},
		{"NEW/OPEN"},
		{"PAID/FINISHED", "REVERSED/REVERSED"},
	}
	for i, pair := range ways[h.dice.IntN(len(ways))] {
		status, paymentStatus, _ := strings.Cut(pair, "/")
		after := start + time.Duration(i)*10*time.Second
		claims := object{
			"paymentId": uuid(n), "invoiceId": uuid(100_000 + n), "externalId": order, "paymentNumber": 249000 + n, "cardFromMasked": "4111111111",
			"cardToMasked": nil, "cardFromHolderName": "CARDHOLDER NAME", "amount": 100_000 + n, "reversalAmount": 0, "status": status, "type": "PAY",
			"systemType": "ECOM", "paymentStatus": paymentStatus, "extraInfo": "{}",
			"createDate": h.began.Add(start).UTC().Format("2006-01-02T15:04:05.000Z"), "iat": h.began.Add(after).Unix(),
		}
		if paymentStatus == "FINISHED" || paymentStatus == "REVERSED" {
			claims["payDate"] = h.began.Add(start + time.Minute).UTC().Format("2006-01-02T15:04:05.000Z")
		}
		if paymentStatus == "REVERSED" {
			claims["reversalAmount"] = 40_000
		}
		h.add(schemas.RawUAPAY, "uapay:"+uuid(n), after+time.Second, raw.Envelope{Assurance: raw.AssuranceSignedBody}, object{"token": token(claims)})
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

// call is Unibell's: the request, its answer, and maybe a status, by the reference
// or by the request's id alone.
func (h *history) call(n int, order string, start time.Duration) {
	const source = "shop-unibell"
	key, request := "unibell:"+source+":"+order, fmt.Sprintf("%032x", n)
	shared := raw.Envelope{Assurance: raw.AssuranceSharedSecret}
	asked, answered := shared, shared
	asked.Kind, answered.Kind, answered.Status = raw.KindRelayRequest, raw.KindRelayAnswer, 200
	h.add(schemas.RawUnibell, key, start, asked, object{"reference": order, "sourceAddr": "380441234567", "destAddr": "380501234567", "code": "4321"})
	h.add(schemas.RawUnibell, key, start+time.Second, answered, object{"status": "ok", "requestId": request})
	switch h.dice.IntN(3) {
	case 0:
		h.add(schemas.RawUnibell, key, start+30*time.Second, shared, object{"reference": order, "requestId": request, "status": "DELIVERED"})
	case 1:
		h.add(schemas.RawUnibell, "unibell:"+source+":request:"+request, start+30*time.Second, shared, object{"requestId": request, "status": "DELIVERED"})
	}
}

// account is Voximplant's: it is below its minimum, frozen for a minute, and works again.
func (h *history) account(n int) {
	for i, payload := range []object{
		{"type": "min_balance", "min_balance": object{"is_min_credit": false, "is_repeated": false}},
		{"type": "account_is_frozen", "account_is_frozen": object{}},
		{"type": "account_is_unfrozen", "account_is_unfrozen": object{}},
	} {
		h.callback(n, i, time.Duration(i)*time.Minute, float64(9-i), payload)
	}
}

// spending is an account whose balance ends before the run begins.
func (h *history) spending(n int) {
	balance := 60.0
	for i := range 10 {
		balance -= 3 + float64(h.dice.IntN(3))
		h.callback(n, i, time.Duration(10*i)*time.Minute, balance, object{"type": "transcription_complete", "transcription_complete": object{"transcription_cost": 0.01}})
	}
}

// callback is one of Voximplant's about an account.
func (h *history) callback(account, number int, after time.Duration, balance float64, payload object) {
	body := object{
		"callback_id": 1200 + number, "account_id": account, "hash": strings.Repeat("0", 32), "account_name": "acme", "account_email": "a@example.com",
		"language_code": "en", "account_first_name": "Ann", "account_last_name": "Lee", "balance": balance, "currency": "USD",
	}
	maps.Copy(body, payload)
	h.add(schemas.RawVoximplant, fmt.Sprint("voximplant:", account), after, raw.Envelope{Assurance: raw.AssuranceSignedID}, body)
}
