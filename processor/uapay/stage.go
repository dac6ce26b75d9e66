package uapay

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/tributary-hq/tributary/processor/business"
	"github.com/tributary-hq/tributary/processor/dedupe"
	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
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
	origin := avro.Origin{
		Provider: cb.provider, Source: cb.sourceID, Topic: in.Topic, Partition: in.Partition, Offset: in.Offset, ReceivedAt: cb.received,
	}
	known, err := entity.Observe(tx, &p.seen, &entity.Occurrence{
		Key: cb.key, State: cb.key, Origin: origin, ID: statecodec.View(cb.fact.ID[:]), EventID: cb.eventID(), By: avro.KnownByClaimsHash,
		EventTime: cb.newest, AcceptStale: cb.source.AcceptStale, Trace: cb.trace,
	}, dedupe.Window{Span: s.config.Span, Keep: dedupe.WithEntity})
	if err != nil {
		return err
	}
	p.lastReceived = statecodec.Later(p.lastReceived, statecodec.InstantOf(cb.received))
	change := entity.ChangeBy(&origin, cb.eventID())
	facts := entries{tx: tx, payment: cb.key}
	if !known.Repeated {
		if err := cb.decoded.Emit(tx, cb.key, cb.trace); err != nil {
			return err
		}
		cb.notes.Count(tx)
		if err := p.add(&facts, &cb.fact); err != nil {
			return err
		}
	} else if changed, err := p.repeat(&facts, &cb.fact); err != nil || !changed {
		s.store(tx, cb.key, p, p.sum())
		return err
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
		return entity.End(tx, schemas.EnrichedPayments, key)
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
	return entity.ReportWatermark(tx, Name, partition, s.config.JourneyPartitions, clock)
}

// settle emits the snapshot of a changed payment, sends it to its journeys, and stores it.
func (s *Stage) settle(tx engine.Tx, key []byte, p *Payment, change *avro.Change, trace []raw.Header) error {
	all := p.sum()
	p.overdue = s.overdue(all, tx.Now())
	p.revision = entity.NextRevision(tx, p.revision)
	journeys := all.appendJourneys(p.journeys.Next())
	snapshot := s.snapshot(statecodec.View(key), p, all, journeys)
	snapshot.ChangedBy, snapshot.ProcessedAt = *change, tx.WallClock()
	is := business.PaymentOf(snapshot)
	s.config.Figures.MovePayment(tx, &p.shown, &is)
	p.shown = is
	if err := entity.Emit(tx, schemas.EnrichedPayments, key, snapshot, usualSize, trace); err != nil {
		return err
	}
	if p.journeys.Replace(journeys) {
		if err := s.tellJourneys(tx, p, all, trace); err != nil {
			return err
		}
	}
	s.store(tx, key, p, all)
	return nil
}

// usualSize is the usual size of a snapshot and of a state entry, in bytes.
const usualSize = 1024

// tellJourneys sends the snapshot just made to the journeys.
func (s *Stage) tellJourneys(tx engine.Tx, p *Payment, all *sum, trace []raw.Header) error {
	input, snapshot := &p.journeys.Input, &p.snapshot
	*input = avro.JourneyInput{
		MemberID: avro.Some(snapshot.PaymentID), MemberRevision: avro.Some(p.revision), MemberFacts: avro.Some(p.count),
		Assurance: all.assurance, FirstEventAt: snapshot.FirstEventAt, LastEventAt: snapshot.LastEventAt,
		ReceivedAt: avro.Some(p.lastReceived.Time()), ExpiresAt: avro.Some(s.end(p).Time()), ChangedBy: snapshot.ChangedBy,
	}
	journeyMember(all, snapshot, &input.Payment.Value)
	return p.journeys.Emit(tx, avro.JourneyInputKindPayment, trace)
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
	tx.Put(key, p.appendTo(tx.Buffer(usualSize)), due.Time())
}

// appendJourneys appends the distinct current correlation ids, sorted.
func (s *sum) appendJourneys(ids []entity.JourneyID) []entity.JourneyID {
	for i := range s.slots {
		ids = append(ids, entity.JourneyID{Namespace: s.texts[textNamespace], ID: s.slots[i].id})
	}
	slices.SortFunc(ids, entity.JourneyID.Compare)
	return slices.Compact(ids)
}
