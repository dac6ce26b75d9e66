package verification

import (
	"cmp"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// projection is the entity at a time, with the derived values of snapshots and journey
// members.
type projection struct {
	e        *Entity
	outcome  avro.VerificationOutcome
	at       statecodec.Instant // when a real outcome was reached
	received statecodec.Instant // when the first fact that reports it was received
	deadline statecodec.Instant // none where no outcome is awaited
	channel  string
	way      route // set by snapshot
}

// project derives the outcome and the times of the entity at now. wait is how long an
// outcome is awaited, from the first fact.
func (e *Entity) project(now time.Time, wait time.Duration) projection {
	p := projection{e: e, outcome: avro.VerificationOutcomeUnknown}
	p.channel = e.delivered()
	if e.awaited.value {
		p.outcome = avro.VerificationOutcomePending
		p.deadline = e.firstReceived.Add(wait)
	}
	if outcome, reported, ok := e.reached(); ok {
		p.outcome, p.at, p.received = outcome, reported.first, reported.received
	} else if e.awaited.value && !statecodec.InstantOf(now).Before(p.deadline) {
		p.outcome = avro.VerificationOutcomeExpired
	}
	return p
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
func (p *projection) late() time.Duration {
	received := p.e.received()
	if p.deadline == 0 || received == 0 {
		return 0
	}
	return max(0, received.Sub(p.deadline))
}

// duration returns the time from the order to the outcome, in milliseconds.
func (p *projection) duration() avro.Optional[int64] {
	if p.at == 0 || p.e.created.by == 0 {
		return avro.Optional[int64]{}
	}
	return avro.Some(max(0, p.at.Sub(p.e.created.value).Milliseconds()))
}

// snapshot returns the snapshot without revision, processing time and cause of the
// change. It is made in the entity's memory and valid until the next one is made.
func (p *projection) snapshot(id, journey string, journeys []entity.JourneyID) *avro.VerificationSnapshot {
	e, s := p.e, &p.e.snapshot
	e.customer = e.appendCustomer(e.customer[:0])
	*s = avro.VerificationSnapshot{
		VerificationID: id, JourneyID: entity.Text(journey), CustomerID: entity.Text(statecodec.View(e.customer)), Country: e.phone.value.Country,
		ProviderID: e.texts[textProviderID].value, Provider: e.texts[textProvider].value,
		Source: e.texts[textSource].value, Namespace: entity.Text(e.texts[textNamespace].value),
		CorrelationIDs: s.CorrelationIDs[:0], Outcome: p.outcome, StatusRaw: entity.Text(e.status.text),
		DeliveredChannel: kindOf(p.channel), DeliveredChannelRaw: entity.Text(p.channel),
		PlannedChannels: s.PlannedChannels[:0], PlannedChannelsRaw: s.PlannedChannelsRaw[:0], Attempts: e.appendAttempts(s.Attempts[:0]),
		CostMinor: optional(&e.cost), Currency: entity.Text(e.texts[textCurrency].value), Phone: e.shown(),
		CreatedAt: e.createdAt().Time(), OutcomeAt: entity.TimeOf(p.at), DurationMs: p.duration(), Deadline: entity.TimeOf(p.deadline),
		Facts: e.facts, FirstEventAt: entity.TimeOf(e.firstAt), LastEventAt: entity.TimeOf(e.lastAt), Assurance: e.assurance,
	}
	p.way = e.routeOf(s.Attempts, p.channel)
	way := &p.way
	s.FirstChannel, s.FirstChannelRaw = kindOf(way.first), entity.Text(way.first)
	s.LastChannel, s.LastChannelRaw = kindOf(way.last), entity.Text(way.last)
	s.FailedAttempts, s.ChannelSwitches = way.failed, way.switches
	for i := range journeys {
		s.CorrelationIDs = append(s.CorrelationIDs, journeys[i].ID)
	}
	for i := range e.plan.value {
		s.PlannedChannels = append(s.PlannedChannels, KindOf(e.plan.value[i].Channel))
		s.PlannedChannelsRaw = append(s.PlannedChannelsRaw, e.plan.value[i].Channel)
	}
	if late := p.late(); late > 0 {
		s.Late, s.LatenessMs = true, avro.Some(late.Milliseconds())
	}
	return s
}

// shown returns the phone with its block.
func (e *Entity) shown() avro.Optional[avro.Phone] {
	if e.phone.by == 0 {
		return avro.Optional[avro.Phone]{}
	}
	return avro.Some(entity.WithBlock(e.phone.value.Phone, &e.phone.value.decision))
}

// member fills in the verification's part of a record for a journey, from the snapshot just
// made.
func (p *projection) member(to *avro.VerificationMember) {
	s, decision := &p.e.snapshot, &p.e.phone.value.decision
	*to = avro.VerificationMember{
		Provider: s.Provider, Source: s.Source, CustomerID: s.CustomerID, Country: s.Country, Outcome: s.Outcome,
		FullBlock: entity.Text(decision.Full), Area: entity.Text(decision.AreaCode()),
		DeliveredChannel: s.DeliveredChannel, DeliveredChannelRaw: s.DeliveredChannelRaw, FirstChannel: s.FirstChannel, LastChannel: s.LastChannel,
		FailedAttempts: s.FailedAttempts, ChannelSwitches: s.ChannelSwitches, DurationMs: s.DurationMs,
		CostMinor: s.CostMinor, Currency: s.Currency,
		CreatedAt: s.CreatedAt, OutcomeAt: s.OutcomeAt, OutcomeReceivedAt: entity.TimeOf(p.received),
	}
}

// createdAt returns when the verification was ordered, else the time of its first fact.
func (e *Entity) createdAt() statecodec.Instant {
	if e.created.by != 0 {
		return e.created.value
	}
	return cmp.Or(e.firstAt, e.firstReceived)
}

// appendAttempts appends the attempts in the order of the routing strategy, those of
// channels not in it last.
func (e *Entity) appendAttempts(list []avro.VerificationAttempt) []avro.VerificationAttempt {
	attempts := e.joined()
	for i := range attempts {
		a := &attempts[i]
		list = append(list, avro.VerificationAttempt{
			ID: a.id, Position: e.position(a.channel.value), ChannelRaw: a.channel.value, Channel: KindOf(a.channel.value),
			StatusRaw: a.code, Status: a.name, StatusAt: entity.TimeOf(a.processedAt),
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

// compareShown orders attempts by the index in the strategy, then by time and id.
func compareShown(a, b *avro.VerificationAttempt) int {
	if a.Position != b.Position {
		return cmp.Compare(uint32(a.Position), uint32(b.Position)) //nolint:gosec // -1 goes last
	}
	return cmp.Or(a.StatusAt.Value.Compare(b.StatusAt.Value), strings.Compare(a.ID, b.ID))
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

func optional[T any](m *register[T]) avro.Optional[T] {
	return avro.Optional[T]{Value: m.value, Set: m.by != 0}
}
