package uapay

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tributary-hq/tributary/processor/business"
	"github.com/tributary-hq/tributary/processor/dedupe"
	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/processor/verification"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// Name is the stage's name.
const Name = schemas.FamilyUAPAY

// Stage is the stage. Make it with New.
type Stage struct {
	config     Config
	sources    *source.Set
	pseudonyms *privacy.Pseudonymiser
	// callbacks holds callbacks for reuse after their transaction; readings holds memory for
	// one Decode, payments for one Apply.
	callbacks, readings, payments sync.Pool
}

var (
	_ engine.Stage         = (*Stage)(nil)
	_ engine.ClockReporter = (*Stage)(nil)
	_ engine.Recycler      = (*Stage)(nil)
)

// New returns the stage; the settings must be valid.
func New(config Config, sources *source.Set, pseudonyms *privacy.Pseudonymiser) *Stage {
	return &Stage{config: config, sources: sources, pseudonyms: pseudonyms}
}

// Apply adds a callback to its payment, or emits a duplicate if it is a repeat.
func (s *Stage) Apply(tx engine.Tx, in *engine.Input, event engine.Event) error {
	cb, ok := event.(*callback)
	if !ok {
		return fmt.Errorf("uapay: an event of type %T", event)
	}
	tx.AdvanceClock(cb.received)
	entry, err := tx.Get(cb.key)
	if err != nil {
		return err
	}
	p, ok := s.payments.Get().(*Payment)
	if !ok {
		p = &Payment{}
	}
	defer s.payments.Put(p)
	if err := p.read(entry); err != nil {
		return err
	}
	// A token may be signed anew, so its age does not show that it is a repeat. The payment
	// keeps its facts anyway, and their ids with them.
	known, err := p.seen.Observe(tx, cb.key, &dedupe.Event{
		ID: cb.fact.ID[:], HappenedAt: cb.newest, AcceptStale: cb.source.AcceptStale,
		Here: dedupe.Sighting{Partition: in.Partition, Offset: in.Offset, ReceivedAt: cb.received},
	}, dedupe.Window{Span: s.config.Span, Keep: dedupe.WithEntity})
	if err != nil {
		return err
	}
	p.lastReceived = statecodec.Later(p.lastReceived, statecodec.InstantOf(cb.received))
	change := avro.Change{
		Cause: avro.ChangeCauseRecord, Topic: avro.Some(in.Topic), Partition: avro.Some(in.Partition), Offset: avro.Some(in.Offset),
		EventID: avro.Some(cb.eventID()),
	}
	facts := entries{tx: tx, payment: cb.key}
	switch {
	case !known.Repeated:
		if cb.unwritable != nil {
			return cb.unwritable
		}
		cb.notes.Count(tx)
		tx.Emit(engine.Output{Topic: schemas.DecodedUAPAYPayment, Key: cb.key, Value: cb.record, Headers: cb.trace})
		if err := p.add(&facts, &cb.fact); err != nil {
			return err
		}
	default:
		if err := s.duplicate(tx, in, cb, known.First); err != nil {
			return err
		}
		if changed, err := p.repeat(&facts, &cb.fact); err != nil || !changed {
			s.store(tx, cb.key, p, p.sum())
			return err
		}
	}
	return s.settle(tx, cb.key, p, &change, cb.trace)
}

// Expire flags a payment held for too long, or ends it.
func (s *Stage) Expire(tx engine.Tx, key []byte) error {
	if dedupe.IsEntry(key) {
		tx.Delete(key)
		return nil
	}
	entry, err := tx.Get(key)
	if err != nil {
		return err
	}
	p, err := parsePayment(entry)
	if err != nil {
		return err
	}
	if !tx.Now().Before(s.end(p).Time()) {
		tx.Emit(engine.Output{Topic: schemas.EnrichedPayments, Key: key})
		return verification.Forget(tx, key)
	}
	all := p.sum()
	if s.overdue(all, tx.Now()) != p.overdue {
		return s.settle(tx, key, p, &avro.Change{Cause: avro.ChangeCauseDeadline}, nil)
	}
	s.store(tx, key, p, all)
	return nil
}

// ReportClock sends the partition's clock to the journey stage.
func (s *Stage) ReportClock(tx engine.Tx, partition int32, clock time.Time) error {
	return verification.ReportClock(tx, Name, partition, s.config.JourneyPartitions, clock)
}

func (*Stage) duplicate(tx engine.Tx, in *engine.Input, cb *callback, first dedupe.Sighting) error {
	origin := avro.Origin{
		Provider: cb.provider, Source: cb.sourceID, Topic: in.Topic, Partition: in.Partition, Offset: in.Offset, ReceivedAt: cb.received,
	}
	repeat := verification.Repeat(&origin, first, avro.KnownByClaimsHash, cb.eventID())
	return verification.EmitRepeat(tx, cb.key, &repeat, cb.trace)
}

// settle emits the snapshot of a changed payment, sends it to its journeys, and stores it.
func (s *Stage) settle(tx engine.Tx, key []byte, p *Payment, change *avro.Change, trace []raw.Header) error {
	all := p.sum()
	p.overdue = s.overdue(all, tx.Now())
	if p.revision == 0 {
		p.revision = engine.FirstRevision(tx)
	}
	p.revision++
	journeys := all.appendJourneys(p.now[:0])
	snapshot := s.snapshot(view(key), p, all, journeys)
	snapshot.ChangedBy, snapshot.ProcessedAt = *change, tx.WallClock()
	is := business.PaymentOf(snapshot)
	s.config.Figures.MovePayment(tx, &p.shown, &is)
	p.shown = is
	value, err := snapshot.AppendAvro(wire.AppendPlaceholder(tx.Buffer(1024)))
	if err != nil {
		return verification.Unwritable(schemas.EnrichedPayments, err)
	}
	tx.Emit(engine.Output{Topic: schemas.EnrichedPayments, Key: key, Value: value, Headers: trace})
	if err := s.tell(tx, p, all, snapshot, journeys, trace); err != nil {
		return err
	}
	s.store(tx, key, p, all)
	return nil
}

// tell sends the payment to its journeys, and a removal to those that it has left.
func (s *Stage) tell(tx engine.Tx, p *Payment, all *sum, snapshot *avro.PaymentSnapshot, journeys []journeyID, trace []raw.Header) error {
	left := slices.DeleteFunc(p.told, func(was journeyID) bool { return slices.Contains(journeys, was) })
	// The two slices are swapped so that both are reused.
	p.told, p.now = journeys, left
	if len(left)+len(journeys) == 0 {
		return nil
	}
	input := &p.input
	*input = avro.JourneyInput{
		Kind: avro.JourneyInputKindRemoval, MemberID: avro.Some(snapshot.PaymentID), MemberRevision: avro.Some(p.revision),
		MemberFacts: avro.Some(p.count), Assurance: all.assurance, FirstEventAt: snapshot.FirstEventAt, LastEventAt: snapshot.LastEventAt,
		ReceivedAt: avro.Some(p.lastReceived.Time()), ExpiresAt: avro.Some(s.end(p).Time()), ChangedBy: snapshot.ChangedBy,
	}
	for _, id := range left {
		if err := emitInput(tx, input, id, trace); err != nil {
			return err
		}
	}
	input.Kind, input.Payment.Set = avro.JourneyInputKindPayment, true
	journeyMember(all, snapshot, &input.Payment.Value)
	for _, id := range journeys {
		if err := emitInput(tx, input, id, trace); err != nil {
			return err
		}
	}
	return nil
}

func emitInput(tx engine.Tx, input *avro.JourneyInput, id journeyID, trace []raw.Header) error {
	input.CorrelationID, input.Namespace = id.id, some(id.namespace)
	key := verification.JourneyKey(tx.Buffer(len(id.namespace)+1+len(id.id)), id.namespace, id.id)
	value, err := input.AppendAvro(wire.AppendPlaceholder(tx.Buffer(512)))
	if err != nil {
		return verification.Unwritable(schemas.InternalJourney, err)
	}
	tx.Emit(engine.Output{Topic: schemas.InternalJourney, Key: key, Value: value, Headers: trace})
	return nil
}

func (s *Stage) end(p *Payment) statecodec.Instant { return p.lastReceived.Add(s.config.Retention) }

// holdDeadline returns when a hold becomes overdue, or 0 for a payment that is not held. It
// counts from the provider's time of the hold, or from the first receipt if no callback has
// such a time.
func (s *Stage) holdDeadline(all *sum) statecodec.Instant {
	if all.top() != rank(avro.PaymentPhaseHeld) {
		return 0
	}
	return cmp.Or(all.heldAt(), all.reached(avro.PaymentPhaseHeld).receivedAt).Add(s.config.Hold)
}

func (s *Stage) overdue(all *sum, now time.Time) bool {
	at := s.holdDeadline(all)
	return at != 0 && !statecodec.InstantOf(now).Before(at)
}

// store writes the payment; all is the sum of its facts.
func (s *Stage) store(tx engine.Tx, key []byte, p *Payment, all *sum) {
	due := s.end(p)
	if at := s.holdDeadline(all); !p.overdue && at != 0 {
		due = statecodec.Earlier(due, at)
	}
	tx.Put(key, p.appendTo(tx.Buffer(1024)), due.Time())
}

// appendJourneys appends the distinct current correlation ids, sorted.
func (s *sum) appendJourneys(ids []journeyID) []journeyID {
	for i := range s.slots {
		ids = append(ids, journeyID{namespace: s.texts[textNamespace], id: s.slots[i].id})
	}
	slices.SortFunc(ids, func(a, b journeyID) int { return strings.Compare(a.id, b.id) })
	return slices.Compact(ids)
}
