package verification

import (
	"fmt"
	"slices"
	"time"

	"github.com/tributary-hq/tributary/processor/business"
	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// Keeper stores verifications and emits their snapshots.
type Keeper struct {
	// Least is the minimum time that an outcome is awaited.
	Least time.Duration
	// Grace is added to the sum of the strategy's timeouts.
	Grace time.Duration
	// Retention is how long after its last fact, by received_at, a verification is
	// kept.
	Retention time.Duration
	// Figures count verifications; nil counts none.
	Figures *business.Labels
}

// usualSize is the usual size of a snapshot and of a state entry, in bytes.
const usualSize = 1024

// Settle emits the snapshot of a verification to which a fact was just applied, sends
// it to its journeys, and stores it. key is its state key and its id.
func (k *Keeper) Settle(tx stage.Tx, key []byte, e *Entity, change *avro.Change, trace []stage.Header) error {
	v := e.view(tx.Watermark(), e.wait(k.Least, k.Grace))
	if err := k.tell(tx, key, &v, change, trace); err != nil {
		return err
	}
	k.store(tx, key, &v)
	return nil
}

// OnTimer processes the timer of a verification: it expires without an outcome, or its
// retention ends.
func (k *Keeper) OnTimer(tx stage.Tx, key []byte) error {
	entry, err := tx.Get(key)
	if err != nil {
		return fmt.Errorf("read a verification: %w", err)
	}
	e, err := Parse(entry)
	if err != nil {
		return err
	}
	if !tx.Watermark().Before(k.end(e).Time()) {
		return entity.End(tx, schemas.EnrichedVerifications, key)
	}
	v := e.view(tx.Watermark(), e.wait(k.Least, k.Grace))
	if v.outcome != e.shown {
		if err := k.tell(tx, key, &v, &avro.Change{Cause: avro.ChangeCauseDeadline}, nil); err != nil {
			return err
		}
	}
	k.store(tx, key, &v)
	return nil
}

func (k *Keeper) end(e *Entity) statecodec.Instant { return e.lastReceived.Add(k.Retention) }

// store writes the entity. Its timer fires when the outcome becomes overdue or when the
// retention ends.
func (k *Keeper) store(tx stage.Tx, key []byte, v *view) {
	due := k.end(v.e)
	if v.outcome == avro.VerificationOutcomePending {
		due = statecodec.Earlier(due, v.deadline)
	}
	tx.Put(key, v.e.AppendTo(tx.Buffer(usualSize)), due.Time())
}

// tell emits the snapshot and the records for the journeys.
func (k *Keeper) tell(tx stage.Tx, key []byte, v *view, change *avro.Change, trace []stage.Header) error {
	e := v.e
	journeys := e.appendJourneys(e.journeys.Next())
	e.revision = entity.NextRevision(tx, e.revision)
	e.shown = v.outcome
	is := e.figures(v.outcome)
	k.Figures.MoveVerification(tx, &e.was, &is)
	e.was = is
	snapshot := v.snapshot(statecodec.View(key), journeys)
	snapshot.Revision, snapshot.ChangedBy, snapshot.ProcessedAt = e.revision, *change, tx.WallClock()
	if err := entity.Emit(tx, schemas.EnrichedVerifications, key, snapshot, usualSize, trace); err != nil {
		return err
	}
	if !e.journeys.Replace(journeys) {
		return nil
	}
	return k.tellJourneys(tx, v, trace)
}

// tellJourneys sends the snapshot just made to the journeys.
func (k *Keeper) tellJourneys(tx stage.Tx, v *view, trace []stage.Header) error {
	e, input, snapshot := v.e, &v.e.journeys.Input, &v.e.snapshot
	*input = avro.JourneyInput{
		MemberID: avro.Some(snapshot.VerificationID), MemberRevision: avro.Some(e.revision), MemberFacts: avro.Some(e.facts),
		Assurance: e.assurance, FirstEventAt: snapshot.FirstEventAt, LastEventAt: snapshot.LastEventAt,
		ReceivedAt: avro.Some(e.lastReceived.Time()), ExpiresAt: avro.Some(k.end(e).Time()), ChangedBy: snapshot.ChangedBy,
	}
	v.member(&input.Verification.Value)
	return e.journeys.Emit(tx, avro.JourneyInputKindVerification, trace)
}

// appendJourneys appends the correlation ids that count, sorted, each once.
func (e *Entity) appendJourneys(ids []entity.JourneyID) []entity.JourneyID {
	if e.uncorrelated {
		return ids
	}
	for i := range e.slots {
		ids = append(ids, entity.JourneyID{Namespace: e.texts[textNamespace].value, ID: e.slots[i].id.value})
	}
	slices.SortFunc(ids, entity.JourneyID.Compare)
	return slices.Compact(ids)
}
