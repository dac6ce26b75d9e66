package payment

import (
	"bytes"
	"slices"
	"sync"
	"time"

	"github.com/tributary-hq/tributary/processor/business"
	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/erasure"
	"github.com/tributary-hq/tributary/processor/ledger"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stage/dedupe"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/processor/tolerance"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// Stage is the stage of a payment provider without its decoder. Make it with New.
type Stage struct {
	provider Provider
	config   Config
	sources  *source.Set
	// entities holds memory for one Apply.
	entities sync.Pool
}

// Provider holds the properties of a payment provider.
type Provider struct {
	// Name is the provider, and the name of its stage.
	Name string
	// KnownBy is the rule by which callbacks are recognised as repeats.
	KnownBy avro.KnownBy
	// Currency is that of a callback that names none.
	Currency string
}

// New returns the stage; the settings must be valid.
func New(provider Provider, config Config, sources *source.Set) *Stage {
	return &Stage{provider: provider, config: config, sources: sources}
}

// Event is a decoded callback. It holds only the data that Apply needs, because thousands of
// events wait for Apply at the same time.
type Event struct {
	// Key is the payment's: the provider, a colon and the provider's id or its pseudonym.
	Key    []byte
	Source *source.Source
	// Provider and SourceID are those in the record's headers.
	Provider, SourceID string
	ReceivedAt         time.Time
	// EventTime is the latest time at which the provider made or signed the callback; zero:
	// it has none.
	EventTime time.Time
	// EventID identifies the callback in records.
	EventID string
	// Trace is the record's trace context.
	Trace []stage.Header
	Fact  Fact
	// Faults are the claims that were left empty.
	Faults tolerance.Faults
	// Decoded is the record for the decoded topic.
	Decoded entity.Encoded
}

// Times implements stage.Timed.
func (e *Event) Times() stage.Times {
	return stage.Times{Origin: e.Provider, Event: e.EventTime, Ingested: e.ReceivedAt}
}

// Apply adds a callback to its payment, or emits a duplicate if it is a repeat.
func (s *Stage) Apply(tx stage.Tx, in *stage.Input, e *Event) error {
	tx.AdvanceWatermark(e.ReceivedAt)
	entry, err := tx.Get(e.Key)
	if err != nil {
		return err
	}
	p, ok := s.entities.Get().(*Entity)
	if !ok {
		p = &Entity{}
	}
	defer s.entities.Put(p)
	if err := p.read(entry); err != nil {
		return err
	}
	origin := avro.Origin{Provider: e.Provider, Source: e.SourceID, Topic: in.Topic, Partition: in.Partition, Offset: in.Offset}
	// A callback may be signed anew, so its age does not show that it is a repeat. The
	// payment keeps its facts anyway, and their ids with them.
	known, err := entity.Observe(tx, &p.window, &entity.Occurrence{
		Key: e.Key, State: e.Key, Origin: origin, ReceivedAt: e.ReceivedAt, ID: statecodec.View(e.Fact.ID[:]), EventID: e.EventID, By: s.provider.KnownBy,
		EventTime: e.EventTime, AcceptStale: e.Source.AcceptStale, Trace: e.Trace,
	}, dedupe.Policy{Span: s.config.Span, Keep: dedupe.WithEntity})
	if err != nil {
		return err
	}
	p.lastReceived = statecodec.Later(p.lastReceived, statecodec.InstantOf(e.ReceivedAt))
	change := entity.ChangeBy(&origin, e.EventID)
	facts := entries{tx: tx, payment: e.Key}
	if !known.Repeated {
		if err := e.Decoded.Emit(tx, e.Key, e.Trace); err != nil {
			return err
		}
		e.Faults.Count(tx)
		if err := p.add(&facts, &e.Fact); err != nil {
			return err
		}
	} else if changed, err := p.repeat(&facts, &e.Fact); err != nil || !changed {
		s.store(tx, e.Key, p, s.aggregate(p))
		return err
	}
	return s.save(tx, e.Key, p, &change, e.Trace)
}

// OnTimer flags a payment held for too long, or ends it.
func (s *Stage) OnTimer(tx stage.Tx, key []byte) error {
	if dedupe.IsEntry(key) {
		tx.Delete(key)
		return nil
	}
	entry, err := tx.Get(key)
	if err != nil {
		return err
	}
	p, err := parse(entry)
	if err != nil {
		return err
	}
	if !tx.Watermark().Before(s.end(p).Time()) {
		p.rows.End(tx, schemas.FactsMoney, key)
		return entity.End(tx, schemas.EnrichedPayments, key)
	}
	all := s.aggregate(p)
	if s.overdue(all, tx.Watermark()) != p.overdue {
		return s.save(tx, key, p, &avro.Change{Cause: avro.ChangeCauseDeadline}, nil)
	}
	s.store(tx, key, p, all)
	return nil
}

// ReportWatermark sends the partition's watermark to the journey stage.
func (s *Stage) ReportWatermark(tx stage.Tx, partition int32, watermark time.Time) error {
	return entity.ReportWatermark(tx, s.provider.Name, partition, s.config.JourneyPartitions, watermark)
}

// save emits the snapshot of a changed payment, sends it to its journeys, and stores it.
func (s *Stage) save(tx stage.Tx, key []byte, p *Entity, change *avro.Change, trace []stage.Header) error {
	all := s.aggregate(p)
	p.overdue = s.overdue(all, tx.Watermark())
	p.revision = entity.NextRevision(tx, p.revision)
	journeys := all.appendJourneys(p.journeys.Next())
	snapshot := s.snapshot(statecodec.View(key), entity.JourneyKey(tx, journeys), p, all, journeys)
	snapshot.ChangedBy, snapshot.ProcessedAt = *change, tx.WallClock()
	p.score(tx, snapshot)
	is := business.PaymentOf(snapshot)
	s.config.Metrics.MovePayment(tx, &p.shown, &is)
	p.shown = is
	if err := entity.Emit(tx, schemas.EnrichedPayments, key, snapshot, usualSize, trace); err != nil {
		return err
	}
	if err := s.emitMovements(tx, key, p, all, trace); err != nil {
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

// score counts a payment for the scorecard of the provider when its flags change.
func (p *Entity) score(tx stage.Tx, s *avro.PaymentSnapshot) {
	if s.Regression && !p.regressed {
		tx.Count(ledger.CounterRegressions, s.Source, 1)
	}
	p.regressed = s.Regression
	switch {
	case s.Conflict && !p.conflicting:
		tx.Count(ledger.CounterConflicts, s.Source, 1)
	case !s.Conflict && p.conflicting:
		tx.Count(ledger.CounterConflicts, s.Source, -1)
	}
	p.conflicting = s.Conflict
}

// usualSize is the usual size of a snapshot and of a state entry, in bytes.
const usualSize = 1024

// tellJourneys sends the snapshot just made to the journeys.
func (s *Stage) tellJourneys(tx stage.Tx, p *Entity, all *aggregate, trace []stage.Header) error {
	input, snapshot := &p.journeys.Input, &p.snapshot
	*input = avro.JourneyInput{
		MemberID: avro.Some(snapshot.PaymentID), MemberRevision: avro.Some(p.revision), MemberFacts: avro.Some(p.count),
		Assurance: all.assurance, FirstEventAt: snapshot.FirstEventAt, LastEventAt: snapshot.LastEventAt,
		ReceivedAt: avro.Some(p.lastReceived.Time()), ExpiresAt: avro.Some(s.end(p).Time()), ChangedBy: snapshot.ChangedBy,
	}
	journeyMember(all, snapshot, &input.Payment.Value)
	return p.journeys.Emit(tx, avro.JourneyInputKindPayment, trace)
}

// Erase deletes a payment: its state, its snapshot, its movements, and its membership of journeys.
func (s *Stage) Erase(tx stage.Tx, r *erasure.Request) error {
	entry, err := tx.Get(r.Key)
	if err != nil {
		return err
	}
	p, err := parse(entry)
	if err != nil {
		return err
	}
	p.rows.Erase(tx, schemas.FactsMoney, bytes.Clone(r.Key), r.Rows)
	return entity.Erase(tx, r, schemas.EnrichedPayments, p.journeys.Keys(s.aggregate(p).appendJourneys(nil)))
}

// aggregate folds the facts of a payment. The result is valid until the next call for it.
func (s *Stage) aggregate(p *Entity) *aggregate {
	all := p.aggregate()
	s.updateBalance(all)
	return all
}

func (s *Stage) end(p *Entity) statecodec.Instant { return p.lastReceived.Add(s.config.Retention) }

// holdDeadline returns when a hold becomes overdue, or 0 for a payment that is not held. It
// counts from the provider's time of the hold, or from the first receipt if no callback has
// such a time.
func (s *Stage) holdDeadline(all *aggregate) statecodec.Instant {
	if all.balance.phase != PhaseHeld {
		return 0
	}
	return all.heldAt().Add(s.config.Hold)
}

func (s *Stage) overdue(all *aggregate, now time.Time) bool {
	at := s.holdDeadline(all)
	return at != 0 && !statecodec.InstantOf(now).Before(at)
}

// store writes the payment; all is the aggregate of its facts.
func (s *Stage) store(tx stage.Tx, key []byte, p *Entity, all *aggregate) {
	due := s.end(p)
	if at := s.holdDeadline(all); !p.overdue && at != 0 {
		due = statecodec.Earlier(due, at)
	}
	tx.Put(key, p.appendTo(tx.Buffer(usualSize)), due.Time())
}

// appendJourneys appends the distinct current correlation ids, sorted.
func (s *aggregate) appendJourneys(ids []entity.JourneyID) []entity.JourneyID {
	for i := range s.slots {
		ids = append(ids, entity.JourneyID{Namespace: s.texts[TextNamespace], ID: s.slots[i].ID})
	}
	slices.SortFunc(ids, entity.JourneyID.Compare)
	return slices.Compact(ids)
}
