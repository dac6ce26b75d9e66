package lox24

import (
	"strconv"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/money"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/processor/verification"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// finishCode sets the fields that depend on the whole event, and derives the fact from
// it.
func (w *webhook) finishCode() {
	c := w.code
	c.Origin, c.EventID, c.ReceivedAt, c.APIVersion = w.from, w.eventID, w.receivedAt, w.version
	c.EventRaw, c.EventCreatedAt = w.name, w.createdAt.Value
	c.AttemptTotal, c.AttemptNumber, c.NotificationTaskID = w.attemptTotal, w.attemptNumber, w.taskID
	c.VerificationID = statecodec.View(w.key)
	c.Status = w.reader.status(c.StatusRaw)
	f := &w.fact
	f.At, f.EventID, f.ReceivedAt = c.EventCreatedAt, c.EventID, c.ReceivedAt
	f.Provider, f.Source, f.Namespace, f.Assurance = raw.ProviderLOX24, c.Origin.Source, w.source.Namespace, c.Origin.Assurance
	f.ProviderID, f.Phone, f.Outcome = c.ProviderID, c.Phone, outcome(c)
	f.Status = verification.Status{Text: statusText(c.StatusRaw), Name: c.Status, At: c.EventCreatedAt}
	f.DeliveredChannel, f.CostMinor, f.Currency = c.DeliveredChannelRaw.Value, c.CostMinor, money.Currency(c.Currency.Value)
	f.CreatedAt, f.Awaited = c.CreatedAt, avro.Some(true)
	for i := range c.RoutingStrategy {
		f.Plan = append(f.Plan, verification.Step{Channel: c.RoutingStrategy[i].ChannelRaw, TimeoutSec: c.RoutingStrategy[i].TimeoutSec.Value})
	}
	f.Attempts = appendAttempts(f.Attempts, c)
}

// appendAttempts appends the attempts of the history, then the event's own, which has
// more fields. Entries without an id cannot be identified and are left out.
func appendAttempts(list []verification.Attempt, c *avro.LOX24VerifyCode) []verification.Attempt {
	for i := range c.History {
		h := &c.History[i]
		if entity.ValidID(h.ID) {
			list = append(list, verification.Attempt{
				ID: h.ID, Channel: h.ChannelRaw, Code: avro.Some(h.StatusRaw), Name: h.Status,
				ProcessedAt: h.StatusAt.Value, ExternalID: h.ExternalID.Value,
			})
		}
	}
	if a := &c.Attempt.Value; c.Attempt.Set && entity.ValidID(a.ID) {
		list = append(list, verification.Attempt{
			ID: a.ID, Channel: a.ChannelRaw, Code: avro.Some(a.StatusRaw), Name: a.Status, ProcessedAt: a.StatusAt.Value,
			ExternalID: a.ExternalID.Value, Error: a.Error.Value, CostMinor: a.CostMinor,
		})
	}
	return list
}

// outcome returns how the verification ended according to the event: by the event's
// name, else by the status of the whole verification.
func outcome(c *avro.LOX24VerifyCode) avro.VerificationOutcome {
	switch {
	case c.Event == avro.LOX24VerifyCodeEventSuccess:
		return avro.VerificationOutcomeSuccess
	case c.Event == avro.LOX24VerifyCodeEventFailed && c.Status != avro.AttemptStatusError:
		return avro.VerificationOutcomeFailed
	case c.Status == avro.AttemptStatusSuccess:
		return avro.VerificationOutcomeSuccess
	case c.Status == avro.AttemptStatusFailed:
		return avro.VerificationOutcomeFailed
	case c.Status == avro.AttemptStatusError:
		return avro.VerificationOutcomeError
	default:
		return ""
	}
}

// statusText returns the status as sent, without an allocation for documented ones.
func statusText(status int32) string {
	switch status {
	case 0:
		return "0"
	case 5:
		return "5"
	case 10:
		return "10"
	case 20:
		return "20"
	case 100:
		return "100"
	default:
		return strconv.Itoa(int(status))
	}
}
