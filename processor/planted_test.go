package processor_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// planted are personal data in writings that people and shops use.
func planted() []string {
	return []string{
		"+447700900123", "00447700900123", "+49/1511/2345678", "tel:+4915112345678", "(+380) 50 123-45-67", "380501234567", "+44\u00a07700\u00a0900123",
		"anna.planted@example.com", "Анна Планова", "4111111111111111", "4111-1111-1111-1111", "the code is 987654", `{"phone":"+447700900123"}`,
	}
}

// TestPlantedDataStaysRestricted plants personal data in every text field of every
// provider, and looks for it in the keys, headers and values of all topics that are not
// restricted.
func TestPlantedDataStaysRestricted(t *testing.T) {
	t.Parallel()
	for n, secret := range planted() {
		h := &history{}
		for _, field := range []string{"id", "notification_task_id"} {
			h.plantLOX24(n, object{field: secret}, nil)
		}
		for _, field := range []string{"id", "phone", "payload", "delivered_channel", "currency", "code"} {
			h.plantLOX24(n, nil, object{field: secret})
		}
		for _, field := range []string{"id", "channel", "external_id", "error"} {
			h.plantLOX24(n, nil, object{"channel": object{"id": "a", "channel": "sms", "status": 10, field: secret}})
			h.plantLOX24(n, nil, object{"history": []object{{"id": "a", "channel": "sms", "status": 10, field: secret}}})
		}
		for _, field := range []string{"channel", "sender_id"} {
			h.plantLOX24(n, nil, object{"routing_strategy": []object{{"channel": "sms", "timeout_sec": 60, field: secret}}})
		}
		for _, field := range []string{
			"paymentId", "invoiceId", "operationId", "externalId", "operationExternalId", "paymentNumber", "status", "paymentStatus", "operationStatus",
			"operationType", "type", "systemType", "paymentSystem", "paymentType", "cardFromId", "cardToId", "cardFromMasked", "cardFromHolderName",
			"receiptPath", "reason", "extraInfo", "currency", "key", "confirmation",
		} {
			h.plantUAPAY(n, field, secret)
		}
		for _, field := range []string{"reference", "requestId", "status", "sourceAddr", "destAddr", "error", "errorCode", "networkErrCode", "code"} {
			h.plantUnibell(n, field, secret)
		}
		for _, field := range []string{"currency", "language_code", "account_name", "account_email", "account_first_name", "type", "unheard"} {
			h.plantVoximplant(n, field, secret)
		}
		for _, field := range []string{"type", "timestamp", "order", "parcel", "weight", "unknown", raw.HeaderWebhookID} {
			h.plantStandard(n, field, secret)
		}
		p := newPipeline(t)
		digits := strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, secret)
		for i := range h.records {
			h.records[i].Headers = append(h.records[i].Headers, stage.Header{Key: "tracestate", Value: []byte("a=" + secret)})
			outputs, err := p.memory.Feed(h.records[i])
			if err != nil {
				t.Fatal(err)
			}
			for j := range outputs {
				o := &outputs[j]
				if strings.HasPrefix(o.Topic, "deadletter.") || strings.HasPrefix(o.Topic, "raw.") {
					continue
				}
				parts := []string{string(o.Key), string(o.Value)}
				for _, header := range o.Headers {
					parts = append(parts, header.Key+"="+string(header.Value))
				}
				all := strings.Join(parts, "\n")
				if strings.Contains(all, secret) || len(digits) > 6 && strings.Contains(all, digits) {
					t.Errorf("%q left in %s, key %q, planted by %s %s", secret, o.Topic, o.Key, h.records[i].Key, h.records[i].Value)
				}
			}
			if len(outputs) == 0 {
				t.Errorf("nothing came of %s", h.records[i].Value)
			}
		}
	}
}

func (h *history) plantLOX24(n int, envelope, data object) {
	id := uuid(1000*n + len(h.records))
	body := object{
		"id": id, "phone": "+4915112345678", "status": 10, "cost": 9, "currency": "EUR", "code": "1234", "payload": "order-1",
		"created_at": noon(0).Unix(), "history": []object{}, "routing_strategy": []object{},
	}
	maps.Copy(body, data)
	event := object{"id": id, "api_version": "2022-05-25", "name": "verify_code.success", "created_at": noon(0).Unix(), "data": body}
	maps.Copy(event, envelope)
	h.add(schemas.RawLOX24, fmt.Sprint("lox24:", body["id"]), raw.Envelope{Assurance: raw.AssuranceSharedSecret, ReceivedAt: noon(time.Second)}, event)
}

func (h *history) plantUAPAY(n int, field, secret string) {
	claims := object{
		"paymentId": uuid(1000*n + len(h.records)), "invoiceId": "i", "externalId": "order-1", "amount": 1000, "status": "FINISHED", "type": "PAY",
		"paymentStatus": "FINISHED", "iat": noon(0).Unix(),
	}
	claims[field] = secret
	h.add(schemas.RawUAPAY, fmt.Sprint("uapay:", claims["paymentId"]), raw.Envelope{Assurance: raw.AssuranceSignedBody, ReceivedAt: noon(time.Second)},
		object{"token": token(claims)})
}

func (h *history) plantUnibell(n int, field, secret string) {
	body := object{"reference": fmt.Sprint("ref-", 1000*n+len(h.records)), "requestId": fmt.Sprint("r-", len(h.records)), "status": "DELIVERED"}
	body[field] = secret
	h.add(schemas.RawUnibell, fmt.Sprint("unibell:shop-unibell:", body["reference"]),
		raw.Envelope{Assurance: raw.AssuranceSharedSecret, ReceivedAt: noon(time.Second)}, body)
}

func (h *history) plantVoximplant(n int, field, secret string) {
	body := object{
		"callback_id": 1 + len(h.records), "account_id": 77 + n, "hash": strings.Repeat("0", 32), "type": "account_is_frozen", "account_is_frozen": object{},
		"balance": 1, "currency": "USD",
	}
	body[field] = secret
	h.add(schemas.RawVoximplant, fmt.Sprint("voximplant:", 77+n), raw.Envelope{Assurance: raw.AssuranceSignedID, ReceivedAt: noon(time.Second)}, body)
}

func (h *history) plantStandard(n int, field, secret string) {
	id := fmt.Sprint("msg_", 1000*n+len(h.records))
	data := object{"order": "order-" + id, "parcel": "p"}
	body := object{"type": "order.packed", "timestamp": noon(0).Format(time.RFC3339), "data": data}
	switch field {
	case raw.HeaderWebhookID:
		id = secret
		delete(data, "order")
	case "type", "timestamp":
		body[field] = secret
	default:
		data[field] = secret
	}
	key := fmt.Sprint("standard:shop-standard:", data["order"])
	if data["order"] == nil {
		key = "standard:shop-standard:" + raw.StandardMessage + id
	}
	h.add(schemas.RawStandard, key, raw.Envelope{Assurance: raw.AssuranceSignedBody, ReceivedAt: noon(time.Second)}, body)
	last := &h.records[len(h.records)-1]
	last.Headers = append(last.Headers, stage.Header{Key: raw.HeaderWebhookID, Value: []byte(id)})
}
