package entity

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// JourneyID is a correlation id in its namespace.
type JourneyID struct{ Namespace, ID string }

// Compare orders journeys by namespace and id.
func (id JourneyID) Compare(other JourneyID) int {
	return cmp.Or(strings.Compare(id.Namespace, other.Namespace), strings.Compare(id.ID, other.ID))
}

// AppendKey appends the key of a journey: the namespace, a colon and the correlation id. An
// id without a namespace has no colon before it, unless it contains a colon itself and its
// first part could be taken for a namespace. So no two ids have the same key.
func (id JourneyID) AppendKey(dst []byte) []byte {
	if id.Namespace != "" || strings.Contains(id.ID, ":") && !isPseudonym(id.ID) {
		dst = append(append(dst, id.Namespace...), ':')
	}
	return append(dst, id.ID...)
}

// JourneyKey returns the key of the first journey, empty if there is none. It is valid until
// the transaction ends.
func JourneyKey(tx stage.Tx, journeys []JourneyID) string {
	if len(journeys) == 0 {
		return ""
	}
	first := &journeys[0]
	return statecodec.View(first.AppendKey(tx.Buffer(len(first.Namespace) + 1 + len(first.ID))))
}

// isPseudonym reports whether a correlation id is a pseudonym. No source has a namespace
// with the name of a pseudonym's prefix.
func isPseudonym(id string) bool {
	return strings.HasPrefix(id, source.PhonePrefix) || strings.HasPrefix(id, source.HMACPrefix)
}

// Journeys are the journeys that an entity's last snapshot names it a member of.
// The zero value is a member of none.
type Journeys struct {
	// Input is the record for the journeys, reused from one entity to the next.
	Input avro.JourneyInput

	current []JourneyID
	// left are the journeys that the last Replace removed. The two lists swap their memory
	// with every change.
	left []JourneyID
}

// Reset removes all journeys and keeps the memory.
func (j *Journeys) Reset() { j.current, j.left = j.current[:0], j.left[:0] }

// Next returns an empty list for Replace.
func (j *Journeys) Next() []JourneyID { return j.left[:0] }

// Replace sets the journeys to a list made from Next. It reports whether Emit has anything
// to emit.
func (j *Journeys) Replace(next []JourneyID) bool {
	left := slices.DeleteFunc(j.current, func(was JourneyID) bool { return slices.Contains(next, was) })
	j.current, j.left = next, left
	return len(left)+len(next) > 0
}

// Emit sends Input to every journey: a removal to those that the last Replace removed, a
// record of the kind to the current ones.
func (j *Journeys) Emit(tx stage.Tx, kind avro.JourneyInputKind, trace []stage.Header) error {
	in := &j.Input
	in.Kind, in.Verification.Set, in.Payment.Set, in.Milestone.Set = avro.JourneyInputKindRemoval, false, false, false
	for _, id := range j.left {
		if err := j.emit(tx, id, trace); err != nil {
			return err
		}
	}
	in.Kind, in.Milestone.Set = kind, kind == avro.JourneyInputKindMilestone
	in.Verification.Set, in.Payment.Set = kind == avro.JourneyInputKindVerification, kind == avro.JourneyInputKindPayment
	for _, id := range j.current {
		if err := j.emit(tx, id, trace); err != nil {
			return err
		}
	}
	return nil
}

func (j *Journeys) emit(tx stage.Tx, id JourneyID, trace []stage.Header) error {
	const size = 512
	j.Input.CorrelationID, j.Input.Namespace = id.ID, Text(id.Namespace)
	key := id.AppendKey(tx.Buffer(len(id.Namespace) + 1 + len(id.ID)))
	member := append(tx.Buffer(len(j.Input.MemberID.Value)), j.Input.MemberID.Value...)
	value, err := j.Input.AppendAvro(wire.AppendPlaceholder(tx.Buffer(size)))
	if err != nil {
		return Unwritable(schemas.InternalJourney, err)
	}
	tx.Emit(stage.Output{Topic: schemas.InternalJourney, Key: key, Entity: member, Value: value, Headers: trace})
	return nil
}

// Keys returns the keys of the journeys and of some further ones.
func (j *Journeys) Keys(further []JourneyID) []string {
	keys := make([]string, 0, len(j.current)+len(further))
	for _, id := range slices.Concat(further, j.current) {
		keys = append(keys, string(id.AppendKey(nil)))
	}
	return keys
}

// AppendTo appends the journeys to a state entry.
func (j *Journeys) AppendTo(dst []byte) []byte {
	dst = statecodec.AppendUint(dst, uint64(len(j.current)))
	for _, id := range j.current {
		dst = statecodec.AppendString(statecodec.AppendString(dst, id.Namespace), id.ID)
	}
	return dst
}

// AppendShortTo is AppendTo for an entry with short texts.
func (j *Journeys) AppendShortTo(dst []byte) []byte {
	dst = statecodec.AppendUint(dst, uint64(len(j.current)))
	for _, id := range j.current {
		dst = statecodec.AppendText(statecodec.AppendText(dst, id.Namespace), id.ID)
	}
	return dst
}

// ReadFrom reads journeys written by AppendTo, or by AppendShortTo if the reader's texts are
// short.
func (j *Journeys) ReadFrom(r *statecodec.Reader) {
	n := r.Len()
	j.current = slices.Grow(j.current[:0], n+1)[:n]
	for i := range j.current {
		j.current[i] = JourneyID{Namespace: r.Text(), ID: r.Text()}
	}
}

// ReportWatermark sends the watermark of a stage's input partition to the journey stage.
func ReportWatermark(tx stage.Tx, stageName string, partition, journeyPartitions int32, watermark time.Time) error {
	return EmitWatermark(tx, schemas.InternalJourney, stageName, journeyPartitions, &avro.JourneyInput{
		Kind: avro.JourneyInputKindClock, UpstreamStage: avro.Some(stageName), UpstreamPartition: avro.Some(partition), Clock: avro.Some(watermark),
	})
}
