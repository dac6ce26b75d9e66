package lox24

import (
	"slices"
	"strings"

	"github.com/tributary-hq/tributary/processor/block"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/processor/tolerance"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// sms reads the data of an SMS event. [D] doc.lox24.eu/api/webhooks
func (s *Stage) sms(r *reader, w *webhook) {
	m := &w.ownText
	*m = avro.LOX24SMS{Event: smsEvent(w.name)}
	w.text = m
	var met keys
	for inside := r.data(); inside; {
		key, more := r.NextKey()
		if !more {
			break
		}
		switch string(key) {
		case "id":
			met.once(r, 0, "data.id")
			m.ProviderID = r.text("data.id")
		case "key_id":
			met.last(r, 1, "data.key_id")
			m.APIKeyID = r.int64("data.key_id")
		case "dlr_code":
			met.once(r, 2, "data.dlr_code")
			if m.DLRRaw = r.int32("data.dlr_code"); m.DLRRaw.Set {
				m.DLR = avro.Some(dlr(m.DLRRaw.Value))
				if m.DLR.Value == avro.LOX24DLRUnknown {
					r.faults.UnknownCode(tolerance.KindStatus, m.DLRRaw.Value)
				}
			}
		case "status_code":
			met.once(r, 3, "data.status_code")
			if m.StatusRaw = r.int32("data.status_code"); m.StatusRaw.Set {
				m.Status = avro.Some(smsStatus(m.StatusRaw.Value))
				if m.Status.Value == avro.LOX24SMSStatusUnknown {
					r.faults.UnknownCode(tolerance.KindStatus, m.StatusRaw.Value)
				}
			}
		case "callback_data":
			met.last(r, 4, "data.callback_data")
			m.CallbackData = exposed(r, w, "callback_data", "data.callback_data")
		case "to":
			met.once(r, 5, "data.to")
			m.To, _ = s.phone(r, w, "data.to")
		case "from":
			met.once(r, 6, "data.from")
			m.From, w.fact.Block.Number = s.phone(r, w, "data.from")
		case "text":
			met.last(r, 7, "data.text")
			m.Text = exposed(r, w, "text", "data.text")
		case "received_at":
			met.last(r, 8, "data.received_at")
			m.SMSReceivedAt = r.time("data.received_at")
		case "msg_uuid":
			met.last(r, 9, "data.msg_uuid")
			m.ReplyTo = r.optionalID("data.msg_uuid")
		default:
			r.Skip()
		}
	}
}

// exposed reads free text and keeps it only where the source allows the field.
func exposed(r *reader, w *webhook, field, name string) avro.Optional[string] {
	if text := r.optional(name); w.source.Exposes(field) {
		return text
	}
	return avro.Optional[string]{}
}

func (s *Stage) phone(r *reader, w *webhook, name string) (avro.Optional[avro.Phone], block.Number) {
	text := r.text(name)
	if text == "" {
		return avro.Optional[avro.Phone]{}, block.Number{}
	}
	phone, number := s.config.Privacy.NumberOf(w.source, strings.Clone(text), w.receivedAt)
	return avro.Some(phone), number
}

func (w *webhook) finishSMS() {
	m := w.text
	m.Origin, m.EventID, m.ReceivedAt, m.APIVersion = w.from, w.eventID, w.receivedAt, w.version
	m.EventRaw, m.EventCreatedAt = w.name, w.createdAt.Value
	m.AttemptTotal, m.AttemptNumber, m.NotificationTaskID = w.attemptTotal, w.attemptNumber, w.taskID
	m.MessageID = statecodec.View(w.key)
	if m.To.Set && m.From.Set && slices.Equal(m.To.Value.Pseudonyms, m.From.Value.Pseudonyms) {
		w.fact.Block.Number = block.Number{} // the company's own number
	}
	w.fact.Phone = m.From
}

// dlr normalises a delivery report. [D] doc.lox24.eu/info/sms-delivery-report-codes-dlr
func dlr(code int32) avro.LOX24DLR {
	switch code {
	case 0:
		return avro.LOX24DLRNone
	case 1:
		return avro.LOX24DLRDelivered
	case 2:
		return avro.LOX24DLRQueued
	case 4:
		return avro.LOX24DLRSubmitted
	case 8:
		return avro.LOX24DLRExpired
	case 16:
		return avro.LOX24DLRRejected
	default:
		return avro.LOX24DLRUnknown
	}
}

// smsStatus normalises a status code. [D] doc.lox24.eu/info/sms-status-codes
func smsStatus(code int32) avro.LOX24SMSStatus {
	switch code {
	case 0:
		return avro.LOX24SMSStatusNew
	case 100:
		return avro.LOX24SMSStatusSent
	case 208:
		return avro.LOX24SMSStatusBlocked
	case 400:
		return avro.LOX24SMSStatusMaintenance
	case 410:
		return avro.LOX24SMSStatusCanceledByUser
	case 2000:
		return avro.LOX24SMSStatusGatewayError
	case 3000:
		return avro.LOX24SMSStatusNoFunds
	case 5000:
		return avro.LOX24SMSStatusNoOperator
	case 6000:
		return avro.LOX24SMSStatusCanceledByAPI
	default:
		return avro.LOX24SMSStatusUnknown
	}
}
