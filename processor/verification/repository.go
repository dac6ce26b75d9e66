package verification

import (
	"slices"
	"time"

	"github.com/tributary-hq/tributary/processor/block"
	"github.com/tributary-hq/tributary/processor/business"
	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/insights/funnel"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// Repository stores verifications and emits their snapshots.
type Repository struct {
	// MinWait is the minimum time that an outcome is awaited.
	MinWait time.Duration
	// Grace is added to the sum of the strategy's timeouts.
	Grace time.Duration
	// Retention is how long after its last fact, by received_at, a verification is
	// kept.
	Retention time.Duration
	// Blocks decides on the blocks of numbers. The zero value gives none.
	Blocks block.Rule
	// Metrics count verifications; nil counts none.
	Metrics *business.Labels
	// Insights has verifications counted in the funnel.
	Insights bool
}

// Apply merges a fact into a verification that Save saves.
func (r *Repository) Apply(e *Entity, f *Fact) {
	r.begin(e)
	e.Apply(f)
}

// begin keeps the contribution that the funnel has of the verification.
func (r *Repository) begin(e *Entity) {
	if r.Insights {
		e.added = e.contributed()
	}
}

// count counts the change of the verification's contribution by a new snapshot.
func (r *Repository) count(tx stage.Tx, p *projection) {
	if !r.Insights {
		return
	}
	is := p.e.contribution(p.outcome, p.e.snapshot.Attempts, &p.way, p.channel)
	funnel.Count(tx, &p.e.added, &is)
	p.e.added = is
}

// withdraw removes a verification's contribution from the funnel.
func (r *Repository) withdraw(tx stage.Tx, e *Entity) {
	if r.Insights {
		was := e.contributed()
		funnel.Count(tx, &was, &funnel.Contribution{})
	}
}

// DecideBlock decides on the block of a fact's number: as before if the verification has the same
// number, else by the rule.
func (r *Repository) DecideBlock(tx stage.Tx, e *Entity, f *Fact) (err error) {
	f.Block, err = r.Blocks.DecideOnce(tx, &e.phone.value.decision, &f.Block.Number, f.ReceivedAt)
	return err
}

// usualSize is the usual size of a snapshot and of a state entry, in bytes.
const usualSize = 1024

// Save emits the snapshot of a verification to which a fact was just applied, sends
// it to its journeys, and stores it. key is its state key and its id.
func (r *Repository) Save(tx stage.Tx, key []byte, e *Entity, change *avro.Change, trace []stage.Header) error {
	p := e.project(tx.Watermark(), e.wait(r.MinWait, r.Grace))
	if err := r.emit(tx, key, &p, change, trace); err != nil {
		return err
	}
	r.put(tx, key, &p)
	return nil
}

// OnTimer processes the timer of a verification: it expires without an outcome, or its
// retention ends.
func (r *Repository) OnTimer(tx stage.Tx, key []byte) error {
	e, err := load(tx, key)
	if err != nil {
		return err
	}
	if !tx.Watermark().Before(r.end(e).Time()) {
		return e.end(tx, key)
	}
	p := e.project(tx.Watermark(), e.wait(r.MinWait, r.Grace))
	if p.outcome != e.emitted {
		r.begin(e)
		if err := r.emit(tx, key, &p, &avro.Change{Cause: avro.ChangeCauseDeadline}, nil); err != nil {
			return err
		}
	}
	r.put(tx, key, &p)
	return nil
}

func (r *Repository) end(e *Entity) statecodec.Instant { return e.lastReceived.Add(r.Retention) }

// put writes the entity. Its timer fires when the outcome becomes overdue or when the
// retention ends.
func (r *Repository) put(tx stage.Tx, key []byte, p *projection) {
	due := r.end(p.e)
	if p.outcome == avro.VerificationOutcomePending {
		due = statecodec.Earlier(due, p.deadline)
	}
	tx.Put(key, p.e.AppendTo(tx.Buffer(usualSize)), due.Time())
}

// emit emits the snapshot and the records for the journeys.
func (r *Repository) emit(tx stage.Tx, key []byte, p *projection, change *avro.Change, trace []stage.Header) error {
	e := p.e
	journeys := e.appendJourneys(e.journeys.Next())
	e.revision = entity.NextRevision(tx, e.revision)
	e.emitted = p.outcome
	snapshot := p.snapshot(statecodec.View(key), entity.JourneyKey(tx, journeys), journeys)
	snapshot.Revision, snapshot.ChangedBy, snapshot.ProcessedAt = e.revision, *change, tx.WallClock()
	e.switches = snapshot.ChannelSwitches
	is := e.metrics(p.outcome)
	r.Metrics.MoveVerification(tx, &e.counted, &is)
	e.counted = is
	r.count(tx, p)
	if err := entity.Emit(tx, schemas.EnrichedVerifications, key, snapshot, usualSize, trace); err != nil {
		return err
	}
	if err := e.emitAttempts(tx, key, trace); err != nil {
		return err
	}
	if !e.journeys.Replace(journeys) {
		return nil
	}
	return r.emitJourneys(tx, p, trace)
}

// emitJourneys sends the snapshot just made to the journeys.
func (r *Repository) emitJourneys(tx stage.Tx, p *projection, trace []stage.Header) error {
	e, input, snapshot := p.e, &p.e.journeys.Input, &p.e.snapshot
	*input = avro.JourneyInput{
		MemberID: avro.Some(snapshot.VerificationID), MemberRevision: avro.Some(e.revision), MemberFacts: avro.Some(e.facts),
		Assurance: e.assurance, FirstEventAt: snapshot.FirstEventAt, LastEventAt: snapshot.LastEventAt,
		ReceivedAt: avro.Some(e.lastReceived.Time()), ExpiresAt: avro.Some(r.end(e).Time()), ChangedBy: snapshot.ChangedBy,
	}
	p.member(&input.Verification.Value)
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
