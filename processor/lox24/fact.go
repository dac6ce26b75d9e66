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
	c.Origin, c.EventID, c.APIVersion, c.EventName, c.EventCreatedAt = w.from, w.eventID, w.version, w.name, w.createdAt.Value
	c.AttemptTotal, c.AttemptNumber, c.NotificationTaskID = w.attemptTotal, w.attemptNumber, w.taskID
	c.VerificationID = statecodec.View(w.key)
	c.StatusName = w.reader.status(c.Status)
	f := &w.fact
	f.At, f.EventID, f.ReceivedAt = c.EventCreatedAt, c.EventID, c.Origin.ReceivedAt
	f.Provider, f.Source, f.Namespace, f.Assurance = raw.ProviderLOX24, c.Origin.Source, w.source.Namespace, c.Origin.Assurance
	f.ProviderID, f.Phone, f.Outcome = c.ProviderID, c.Phone, outcome(c)
	f.Status = verification.Status{Text: statusText(c.Status), Name: c.StatusName, At: c.EventCreatedAt}
	f.DeliveredChannel, f.CostMinor, f.Currency = c.DeliveredChannel.Value, c.CostMinor, money.Currency(c.Currency.Value)
	f.CreatedAt, f.Awaited = c.CreatedAt, avro.Some(true)
	for i := range c.RoutingStrategy {
		f.Plan = append(f.Plan, verification.Step{Channel: c.RoutingStrategy[i].Channel, TimeoutSec: c.RoutingStrategy[i].TimeoutSec.Value})
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
				ID: h.ID, Channel: h.Channel, Code: avro.Some(h.Status), Name: h.StatusName,
				ProcessedAt: h.ProcessedAt.Value, ExternalID: h.ExternalID.Value,
			})
		}
	}
	if a := &c.Channel.Value; c.Channel.Set && entity.ValidID(a.ID) {
		list = append(list, verification.Attempt{
			ID: a.ID, Channel: a.Channel, Code: avro.Some(a.Status), Name: a.StatusName, ProcessedAt: a.ProcessedAt.Value,
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
	case c.Event == avro.LOX24VerifyCodeEventFailed && c.StatusName != avro.AttemptStatusError:
		return avro.VerificationOutcomeFailed
	case c.StatusName == avro.AttemptStatusSuccess:
		return avro.VerificationOutcomeSuccess
	case c.StatusName == avro.AttemptStatusFailed:
		return avro.VerificationOutcomeFailed
	case c.StatusName == avro.AttemptStatusError:
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
