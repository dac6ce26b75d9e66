package verification

import (
	"cmp"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// view is the entity at a time, with the derived values of snapshots and journey
// members.
type view struct {
	e        *Entity
	outcome  avro.VerificationOutcome
	at       statecodec.Instant // when a real outcome was reached
	received statecodec.Instant // when the first fact that tells it was received
	deadline statecodec.Instant // none where no outcome is awaited
	fallback int32
	channel  string
}

// view derives the outcome and the times of the entity at now. wait is how long an
// outcome is awaited, from the first fact.
func (e *Entity) view(now time.Time, wait time.Duration) view {
	v := view{e: e, outcome: avro.VerificationOutcomeUnknown}
	v.channel, v.fallback = e.delivered()
	if e.awaited.value {
		v.outcome = avro.VerificationOutcomePending
		v.deadline = e.firstReceived.Add(wait)
	}
	if outcome, told, ok := e.reached(); ok {
		v.outcome, v.at, v.received = outcome, told.first, told.received
	} else if e.awaited.value && !statecodec.InstantOf(now).Before(v.deadline) {
		v.outcome = avro.VerificationOutcomeExpired
	}
	return v
}

// wait returns how long an outcome is awaited, from the first fact.
func (e *Entity) wait(least, grace time.Duration) time.Duration {
	var seconds int64
	for _, step := range e.plan.value {
		seconds += int64(max(step.TimeoutSec, 0))
	}
	const month = 31 * 24 * 3600
	return max(least, time.Duration(min(seconds, month))*time.Second+grace)
}

// late returns how long after the deadline a real outcome was first received;
// zero: in time, or never.
func (v *view) late() time.Duration {
	received := v.e.received()
	if v.deadline == 0 || received == 0 {
		return 0
	}
	return max(0, received.Sub(v.deadline))
}

// duration returns the time from the order to the outcome, in milliseconds.
func (v *view) duration() avro.Optional[int64] {
	if v.at == 0 || v.e.created.by == 0 {
		return avro.Optional[int64]{}
	}
	return avro.Some(max(0, v.at.Sub(v.e.created.value).Milliseconds()))
}

// snapshot returns the snapshot without revision, processing time and cause of the
// change. It is made in the entity's memory and valid until the next one is made.
func (v *view) snapshot(id string, journeys []entity.JourneyID) *avro.VerificationSnapshot {
	e, s := v.e, &v.e.snapshot
	*s = avro.VerificationSnapshot{
		VerificationID: id, ProviderID: e.texts[textProviderID].value, Provider: e.texts[textProvider].value,
		Source: e.texts[textSource].value, Namespace: entity.Text(e.texts[textNamespace].value),
		CorrelationIDs: s.CorrelationIDs[:0], Outcome: v.outcome, ProviderStatus: entity.Text(e.status.text),
		DeliveredChannel: entity.Text(v.channel), DeliveredChannelKind: kindOf(v.channel),
		PlannedChannels: s.PlannedChannels[:0], Attempts: e.appendAttempts(s.Attempts[:0]), Fallbacks: v.fallback,
		CostMinor: optional(&e.cost), Currency: entity.Text(e.texts[textCurrency].value), Phone: optional(&e.phone),
		CreatedAt: createdOf(e), OutcomeAt: entity.TimeOf(v.at), DurationMs: v.duration(), Deadline: entity.TimeOf(v.deadline),
		Facts: e.facts, FirstEventAt: entity.TimeOf(e.firstAt), LastEventAt: entity.TimeOf(e.lastAt), Assurance: e.assurance,
	}
	for i := range journeys {
		s.CorrelationIDs = append(s.CorrelationIDs, journeys[i].ID)
	}
	for i := range e.plan.value {
		s.PlannedChannels = append(s.PlannedChannels, e.plan.value[i].Channel)
	}
	if late := v.late(); late > 0 {
		s.Late, s.LatenessMs = true, avro.Some(late.Milliseconds())
	}
	return s
}

// member fills in the verification's part of a record for a journey.
func (v *view) member(to *avro.VerificationMember) {
	e := v.e
	*to = avro.VerificationMember{
		Provider: e.texts[textProvider].value, Source: e.texts[textSource].value, Outcome: v.outcome,
		Channel: entity.Text(v.channel), ChannelKind: kindOf(v.channel), Fallbacks: v.fallback, DurationMs: v.duration(),
		CostMinor: optional(&e.cost), Currency: entity.Text(e.texts[textCurrency].value),
		CreatedAt: createdOf(e), OutcomeAt: entity.TimeOf(v.at), OutcomeReceivedAt: entity.TimeOf(v.received),
	}
}

// createdOf returns when the verification was ordered.
func createdOf(e *Entity) avro.Optional[time.Time] {
	return avro.Optional[time.Time]{Value: e.created.value.Time(), Set: e.created.by != 0}
}

// appendAttempts appends the attempts in the order of the routing strategy, those of
// channels not in it last.
func (e *Entity) appendAttempts(list []avro.VerificationAttempt) []avro.VerificationAttempt {
	attempts := e.joined()
	for i := range attempts {
		a := &attempts[i]
		list = append(list, avro.VerificationAttempt{
			ID: a.id, Position: e.position(a.channel.value), Channel: a.channel.value, ChannelKind: KindOf(a.channel.value),
			Status: a.code, StatusName: a.name, ProcessedAt: entity.TimeOf(a.processedAt),
			ExternalID: entity.Text(a.external.value), Error: entity.Text(a.err.value), CostMinor: optional(&a.cost),
		})
	}
	// Insertion sort: there are two or three, nearly always in order.
	for i := 1; i < len(list); i++ {
		for j := i; j > 0 && compareShown(&list[j], &list[j-1]) < 0; j-- {
			list[j], list[j-1] = list[j-1], list[j]
		}
	}
	return list
}

// compareShown orders attempts by the place in the strategy, then by time and id.
func compareShown(a, b *avro.VerificationAttempt) int {
	if a.Position != b.Position {
		return cmp.Compare(uint32(a.Position), uint32(b.Position)) //nolint:gosec // -1 goes last
	}
	return cmp.Or(a.ProcessedAt.Value.Compare(b.ProcessedAt.Value), strings.Compare(a.ID, b.ID))
}

func (e *Entity) position(channel string) int32 {
	for i := range e.plan.value {
		if e.plan.value[i].Channel == channel {
			return int32(i)
		}
	}
	return -1
}

func kindOf(channel string) avro.Optional[avro.Channel] {
	if channel == "" {
		return avro.Optional[avro.Channel]{}
	}
	return avro.Some(KindOf(channel))
}

func optional[T any](m *marked[T]) avro.Optional[T] {
	return avro.Optional[T]{Value: m.value, Set: m.by != 0}
}
