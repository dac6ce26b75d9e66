package verification

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unsafe"

	"github.com/tributary-hq/tributary/processor/business"
	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
	"github.com/tributary-hq/tributary/schemas/wire"
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
	// Outcomes sends journeys an update only when the outcome changes: for benchmarks.
	Outcomes bool
}

// journeyID is a correlation id in its namespace.
type journeyID struct{ namespace, id string }

func compareIDs(a, b journeyID) int {
	return cmp.Or(strings.Compare(a.namespace, b.namespace), strings.Compare(a.id, b.id))
}

// JourneyKey appends the key of a journey: the namespace, a colon and the correlation
// id. An id without a namespace has no colon before it, unless it contains a colon
// itself and its first part could be taken for a namespace. So no two ids have the same
// key.
func JourneyKey(dst []byte, namespace, id string) []byte {
	if namespace != "" || strings.Contains(id, ":") && !isPseudonym(id) {
		dst = append(append(dst, namespace...), ':')
	}
	return append(dst, id...)
}

// isPseudonym reports whether a correlation id is a pseudonym. No source has a
// namespace with the name of a pseudonym's prefix.
func isPseudonym(id string) bool {
	return strings.HasPrefix(id, source.PhonePrefix) || strings.HasPrefix(id, source.HMACPrefix)
}

// Usual sizes, in bytes, so that appending rarely reallocates.
const (
	snapshotSize = 1024
	inputSize    = 512
	entrySize    = 1024
)

// Settle emits the snapshot of a verification to which a fact was just applied, sends
// it to its journeys, and stores it. key is its state key and its id.
func (k *Keeper) Settle(tx engine.Tx, key []byte, e *Entity, change *avro.Change, trace []raw.Header) error {
	v := e.view(tx.Now(), e.wait(k.Least, k.Grace))
	if err := k.tell(tx, key, &v, change, trace); err != nil {
		return err
	}
	k.store(tx, key, &v)
	return nil
}

// Expire processes the timer of a verification: it expires without an outcome, or its
// retention ends.
func (k *Keeper) Expire(tx engine.Tx, key []byte) error {
	entry, err := tx.Get(key)
	if err != nil {
		return fmt.Errorf("read a verification: %w", err)
	}
	e, err := Parse(entry)
	if err != nil {
		return err
	}
	if !tx.Now().Before(k.end(e).Time()) {
		return End(tx, key)
	}
	v := e.view(tx.Now(), e.wait(k.Least, k.Grace))
	if v.outcome != e.shown {
		if err := k.tell(tx, key, &v, &avro.Change{Cause: avro.ChangeCauseDeadline}, nil); err != nil {
			return err
		}
	}
	k.store(tx, key, &v)
	return nil
}

// End emits a tombstone and deletes the state of a verification. Its journeys keep it
// as a member until they end.
func End(tx engine.Tx, key []byte) error {
	tx.Emit(engine.Output{Topic: schemas.EnrichedVerifications, Key: key})
	return Forget(tx, key)
}

// Forget deletes an entity's entry and all of its sub-entries.
func Forget(tx engine.Tx, key []byte) error {
	var keys [][]byte
	err := tx.Scan(append(bytes.Clone(key), 0), func(k, _ []byte) bool {
		keys = append(keys, bytes.Clone(k))
		return true
	})
	if err != nil {
		return fmt.Errorf("look for the entries of an entity: %w", err)
	}
	for _, k := range keys {
		tx.Delete(k)
	}
	tx.Delete(key)
	return nil
}

func (k *Keeper) end(e *Entity) statecodec.Instant { return e.lastReceived.Add(k.Retention) }

// store writes the entity. Its timer fires when the outcome becomes overdue or when the
// retention ends.
func (k *Keeper) store(tx engine.Tx, key []byte, v *view) {
	due := k.end(v.e)
	if v.outcome == avro.VerificationOutcomePending {
		due = statecodec.Earlier(due, v.deadline)
	}
	tx.Put(key, v.e.AppendTo(tx.Buffer(entrySize)), due.Time())
}

// tell emits the snapshot and the records for the journeys.
func (k *Keeper) tell(tx engine.Tx, key []byte, v *view, change *avro.Change, trace []raw.Header) error {
	e := v.e
	journeys := e.appendJourneys(e.now[:0])
	if e.revision == 0 {
		e.revision = engine.FirstRevision(tx)
	}
	e.revision++
	quiet := k.Outcomes && e.shown == v.outcome
	e.shown = v.outcome
	is := e.figures(v.outcome)
	k.Figures.MoveVerification(tx, &e.was, &is)
	e.was = is
	snapshot := v.snapshot(textOf(key), journeys)
	snapshot.Revision, snapshot.ChangedBy, snapshot.ProcessedAt = e.revision, *change, tx.WallClock()
	value, err := snapshot.AppendAvro(wire.AppendPlaceholder(tx.Buffer(snapshotSize)))
	if err != nil {
		return Unwritable(schemas.EnrichedVerifications, err)
	}
	tx.Emit(engine.Output{Topic: schemas.EnrichedVerifications, Key: key, Value: value, Headers: trace})
	left := slices.DeleteFunc(e.told, func(was journeyID) bool { return slices.Contains(journeys, was) })
	// The two lists swap their memory, so that neither allocates.
	e.told, e.now = journeys, left
	if len(left)+len(journeys) == 0 || quiet {
		return nil
	}
	return k.tellJourneys(tx, v, left, trace)
}

// textOf returns bytes as a string without a copy; it is valid as long as they do not
// change.
func textOf(b []byte) string {
	return unsafe.String(unsafe.SliceData(b), len(b)) //nolint:gosec // as the comment says
}

// tellJourneys sends a removal to the journeys that the verification has left, and the
// snapshot just made to its current ones.
func (k *Keeper) tellJourneys(tx engine.Tx, v *view, left []journeyID, trace []raw.Header) error {
	e, input, snapshot := v.e, &v.e.input, &v.e.snapshot
	*input = avro.JourneyInput{
		Kind: avro.JourneyInputKindRemoval, MemberID: avro.Some(snapshot.VerificationID),
		MemberRevision: avro.Some(e.revision), MemberFacts: avro.Some(e.facts), Assurance: e.assurance,
		FirstEventAt: snapshot.FirstEventAt, LastEventAt: snapshot.LastEventAt, ReceivedAt: avro.Some(e.lastReceived.Time()),
		ExpiresAt: avro.Some(k.end(e).Time()), ChangedBy: snapshot.ChangedBy,
	}
	for _, id := range left {
		if err := emitInput(tx, input, id, trace); err != nil {
			return err
		}
	}
	input.Kind, input.Verification.Set = avro.JourneyInputKindVerification, true
	v.member(&input.Verification.Value)
	for _, id := range e.told {
		if err := emitInput(tx, input, id, trace); err != nil {
			return err
		}
	}
	return nil
}

func emitInput(tx engine.Tx, input *avro.JourneyInput, id journeyID, trace []raw.Header) error {
	input.CorrelationID, input.Namespace = id.id, some(id.namespace)
	key := JourneyKey(tx.Buffer(len(id.namespace)+1+len(id.id)), id.namespace, id.id)
	value, err := input.AppendAvro(wire.AppendPlaceholder(tx.Buffer(inputSize)))
	if err != nil {
		return Unwritable(schemas.InternalJourney, err)
	}
	tx.Emit(engine.Output{Topic: schemas.InternalJourney, Key: key, Value: value, Headers: trace})
	return nil
}

// appendJourneys appends the correlation ids that count, sorted, each once.
func (e *Entity) appendJourneys(ids []journeyID) []journeyID {
	if e.uncorrelated {
		return ids
	}
	for i := range e.slots {
		ids = append(ids, journeyID{namespace: e.texts[textNamespace].value, id: e.slots[i].id.value})
	}
	slices.SortFunc(ids, compareIDs)
	return slices.Compact(ids)
}

// ReportClock sends the watermark of a stage's input partition to the journey stage:
// one record to each of its partitions.
func ReportClock(tx engine.Tx, stage string, partition, journeyPartitions int32, clock time.Time) error {
	input := avro.JourneyInput{
		Kind: avro.JourneyInputKindClock, UpstreamStage: avro.Some(stage), UpstreamPartition: avro.Some(partition), Clock: avro.Some(clock),
	}
	for p := range journeyPartitions {
		value, err := input.AppendAvro(wire.AppendPlaceholder(tx.Buffer(64)))
		if err != nil {
			return Unwritable(schemas.InternalJourney, err)
		}
		tx.Emit(engine.Output{
			Topic: schemas.InternalJourney, Key: append(tx.Buffer(len(stage)), stage...), Value: value, ToPartition: true, Partition: p,
		})
	}
	return nil
}
