package journey

import (
	"encoding/binary"
	"slices"

	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// journey is the state entry of one correlation id.
type journey struct {
	correlationID string
	namespace     avro.Optional[string]
	// revision is that of the last snapshot.
	revision int64
	// evaluatedAt is the time of the last evaluation. With it the last snapshot can be recomputed and
	// compared with the next.
	evaluatedAt statecodec.Instant
	// listed are the first members in order, at most Listed. Further members exist only if
	// listed is full.
	listed []member
	// others is the number of members with entries of their own, rest their totals.
	others int64
	rest   totals
	// counted is the outcome as counted in the business metrics.
	counted avro.JourneyOutcome
	// tombstones are the removed members, so that a record with a lower revision cannot add them
	// again.
	tombstones []tombstone
	// room is reusable memory for verifications and payments of members.
	room room
}

// tombstone is a removed member.
type tombstone struct {
	id       string
	revision int64
	// endsAt is the time after which no records of the member are expected.
	endsAt statecodec.Instant
}

// maxTombstones bounds the tombstones. They guard against revisions of a member that
// arrive out of order, which the upstream stages never emit.
const maxTombstones = 50

// The first byte of the state keys.
const (
	mainKey   = 'j'
	memberKey = 'm'
)

// appendMainKey makes the key of the journey's entry: 'j' | journey.
func appendMainKey(dst, journey []byte) []byte { return append(append(dst, mainKey), journey...) }

// appendMemberPrefix makes the key prefix of its members' entries: 'm' | length | journey.
// The length separates journeys of which one key is a prefix of the other.
func appendMemberPrefix(dst, journey []byte) []byte {
	dst = binary.AppendUvarint(append(dst, memberKey), uint64(len(journey)))
	return append(dst, journey...)
}

func appendMemberKey(dst, journey []byte, id string) []byte {
	return append(appendMemberPrefix(dst, journey), id...)
}

// entryVersion is the format of the journey's entry.
const entryVersion = 1

func (j *journey) appendTo(dst []byte) []byte {
	dst = append(dst, entryVersion)
	dst = statecodec.AppendString(dst, j.correlationID)
	dst = appendText(dst, j.namespace)
	dst = statecodec.AppendInt(dst, j.revision)
	dst = statecodec.AppendInstant(dst, j.evaluatedAt)
	dst = statecodec.AppendUint(dst, codeOfOutcome(j.counted))
	dst = statecodec.AppendUint(dst, uint64(len(j.listed)))
	for i := range j.listed {
		dst = j.listed[i].appendTo(dst)
	}
	dst = statecodec.AppendInt(dst, j.others)
	if j.others > 0 {
		dst = j.rest.appendTo(dst)
	}
	dst = statecodec.AppendUint(dst, uint64(len(j.tombstones)))
	for i := range j.tombstones {
		dst = statecodec.AppendString(dst, j.tombstones[i].id)
		dst = statecodec.AppendInt(dst, j.tombstones[i].revision)
		dst = statecodec.AppendInstant(dst, j.tombstones[i].endsAt)
	}
	return dst
}

// parseJourney reads an entry; a nil entry is a journey without members.
func parseJourney(entry []byte) (*journey, error) {
	j := &journey{}
	err := j.read(entry)
	return j, err
}

// read is parseJourney into a reused journey. Its strings refer to the entry.
func (j *journey) read(entry []byte) error {
	j.room.reset()
	j.correlationID, j.namespace, j.revision, j.evaluatedAt, j.counted = "", avro.Optional[string]{}, 0, 0, ""
	j.listed, j.others, j.rest, j.tombstones = j.listed[:0], 0, totals{}, j.tombstones[:0]
	if entry == nil {
		return nil
	}
	r, _ := statecodec.NewReader(entry, entryVersion)
	j.correlationID, j.namespace, j.revision, j.evaluatedAt = r.Text(), readText[string](r), r.Int(), r.Instant()
	j.counted = outcomeOfCode(r.Uint())
	n := r.Len()
	j.listed = slices.Grow(j.listed, n+1)[:n]
	for i := range j.listed {
		readMember(r, &j.listed[i], &j.room)
	}
	if j.others = r.Int(); j.others > 0 {
		j.rest = readTotals(r)
	}
	for range r.Len() {
		j.tombstones = append(j.tombstones, tombstone{id: r.Text(), revision: r.Int(), endsAt: r.Instant()})
	}
	return r.Done()
}

func (t *totals) appendTo(dst []byte) []byte {
	for _, n := range t.all() {
		dst = statecodec.AppendInt(dst, *n)
	}
	for _, list := range [][]sums{t.money, t.cost} {
		dst = statecodec.AppendUint(dst, uint64(len(list)))
		for i := range list {
			dst = statecodec.AppendInt(statecodec.AppendString(dst, list[i].currency), list[i].members)
			for _, a := range list[i].all() {
				dst = a.appendTo(dst)
			}
		}
	}
	return t.minmax.appendTo(dst)
}

func readTotals(r *statecodec.Reader) totals {
	var t totals
	for _, n := range t.all() {
		*n = r.Int()
	}
	for _, list := range []*[]sums{&t.money, &t.cost} {
		*list = make([]sums, r.Len())
		for i := range *list {
			(*list)[i].currency, (*list)[i].members = r.String(), r.Int()
			for _, a := range (*list)[i].all() {
				*a = readAmount(r)
			}
		}
	}
	t.minmax = readMinmax(r)
	return t
}

// all returns the counts in the order of the state entry; new ones are appended.
func (c *counts) all() []*int64 {
	return []*int64{
		&c.facts, &c.failedAttempts, &c.switches, &c.verifications, &c.payments,
		&c.unknown, &c.pending, &c.expired, &c.succeeded, &c.failed,
		&c.waiting, &c.held, &c.refused, &c.paid, &c.refundedWhole, &c.everPaid, &c.refunded,
		&c.conflicts, &c.regressions, &c.amountChanges, &c.holdsLate,
		&c.assuranceUnknown, &c.sharedSecret, &c.signedID, &c.signedBody, &c.inconsistencies,
		&c.released, &c.milestones, &c.releasedWhole,
	}
}

func (j *journey) members() int64 { return int64(len(j.listed)) + j.others }

func (j *journey) facts() int64 {
	facts := j.rest.facts
	for i := range j.listed {
		facts += j.listed[i].facts
	}
	return facts
}

// forget removes the tombstones of which no records are expected any more.
func (j *journey) forget() {
	j.tombstones = slices.DeleteFunc(j.tombstones, func(d tombstone) bool { return !j.evaluatedAt.Before(d.endsAt) })
}
