package audit

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// journey holds the members and facts of a journey: as the inputs have them and as its
// snapshot counts them.
type journey struct {
	facts, applied   int64
	members, counted int32
	// until is when its last member ends, unix seconds.
	until int64
	flags uint8
}

// member is the latest input of a journey's member, by revision.
type member struct {
	revision int64
	facts    int32
	gone     bool
}

// journeys are by the hash of their key, members by that of journey and member.
type journeys struct {
	seed    seed
	known   map[uint64]journey
	members map[uint64]member
	inputs  int64
	scratch []byte
}

func newJourneys() *journeys {
	return &journeys{seed: newEntities().seed, known: map[uint64]journey{}, members: map[uint64]member{}}
}

// readJourneyInputs reads the inputs of the journey stage.
func (a *auditor) readJourneyInputs(ctx context.Context) error {
	return a.each(ctx, "reading the journeys' inputs", a.stretches(schemas.InternalJourney), func(_ string, r *kgo.Record) error {
		in, err := readInput(r)
		if err != nil {
			a.unreadable(r)
			return nil //nolint:nilerr // a difference, and no failure
		}
		if in.Kind == avro.JourneyInputKindClock {
			return nil
		}
		j := a.journeys
		hash := j.seed.of(r.Key)
		x := j.known[hash]
		switch {
		case r.Offset >= a.cut.applied[schemas.InternalJourney][r.Partition]:
			x.flags |= touched
		case !a.deadLetters[schemas.InternalJourney][r.Partition].Has(r.Offset):
			j.inputs++
			j.take(&x, r.Key, in)
		}
		j.known[hash] = x
		return nil
	})
}

func readInput(r *kgo.Record) (*avro.JourneyInput, error) {
	_, body, err := wire.Parse(r.Value)
	if err != nil {
		return nil, err
	}
	in := &avro.JourneyInput{}
	err = in.DecodeAvro(body)
	return in, err
}

// take merges an input: for each member the highest revision wins.
func (j *journeys) take(x *journey, key []byte, in *avro.JourneyInput) {
	j.scratch = append(append(append(j.scratch[:0], key...), 0), in.MemberID.Value...)
	hash := j.seed.of(j.scratch)
	m, known := j.members[hash]
	if in.Kind == avro.JourneyInputKindErasure {
		if known && !m.gone {
			x.members--
			x.facts -= int64(m.facts)
		}
		delete(j.members, hash)
		return
	}
	removal := in.Kind == avro.JourneyInputKindRemoval
	revision := in.MemberRevision.Value
	if known && (revision < m.revision || revision == m.revision && !removal) {
		return
	}
	if known && !m.gone {
		x.members--
		x.facts -= int64(m.facts)
	}
	m = member{revision: revision, facts: int32(in.MemberFacts.Value), gone: removal} //nolint:gosec // facts of one entity
	if !removal {
		x.members++
		x.facts += int64(m.facts)
	}
	if in.ExpiresAt.Set {
		x.until = max(x.until, in.ExpiresAt.Value.Unix())
	}
	j.members[hash] = m
}

// readJourneys reads the journeys' snapshots.
func (a *auditor) readJourneys(ctx context.Context) error {
	return a.each(ctx, "reading journeys", a.whole(schemas.EnrichedJourneys), func(_ string, r *kgo.Record) error {
		var s avro.JourneySnapshot
		if r.Value != nil {
			_, body, err := wire.Parse(r.Value)
			if err == nil {
				err = s.DecodeAvro(body)
			}
			if err != nil {
				a.unreadable(r)
				return nil //nolint:nilerr // a difference, and no failure
			}
		}
		hash := a.journeys.seed.of(r.Key)
		x := a.journeys.known[hash]
		x.applied, x.counted = s.Facts, s.Verifications+s.Payments+s.MilestoneMembers
		if r.Value == nil {
			x.flags = x.flags&^snapped | ended
		} else {
			x.flags = x.flags&^ended | snapped
		}
		a.journeys.known[hash] = x
		return nil
	})
}

// compare compares the inputs of a journey with its snapshot. Unless the whole log is
// compared, inputs of some members may be older than the span, so that the snapshot may
// count more.
func (x *journey) compare(whole bool, now time.Time) comparison {
	switch {
	case x.flags&touched != 0:
		return undecided
	case x.flags&snapped == 0 && x.members == 0:
		return equal
	case x.flags&ended != 0 && now.Unix() >= x.until:
		return equal // its time is over
	case x.flags&snapped == 0:
		return different
	case x.members == x.counted && x.facts == x.applied:
		return equal
	case !whole && x.members < x.counted && x.facts <= x.applied:
		return equal
	default:
		return different
	}
}

// concludeJourneys compares every journey, and finds the inputs of those that differ.
func (a *auditor) concludeJourneys(ctx context.Context) error {
	j := a.journeys
	r := &a.report.Journeys
	r.Inputs = j.inputs
	wrong := map[uint64]bool{}
	for hash, x := range j.known {
		if x.flags&snapped != 0 {
			r.Journeys++
		}
		r.Members += int64(x.members)
		switch x.compare(a.cut.span.Whole, a.config.Now()) {
		case equal:
		case undecided:
			r.InFlight++
		case different:
			r.Differences++
			wrong[hash] = true
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	found := map[uint64]*Difference{}
	err := a.each(ctx, "looking for the journeys that differ", a.stretches(schemas.InternalJourney), func(_ string, rec *kgo.Record) error {
		hash := j.seed.of(rec.Key)
		if !wrong[hash] {
			return nil
		}
		in, err := readInput(rec)
		if err != nil || in.Kind == avro.JourneyInputKindClock {
			return nil //nolint:nilerr // reported before
		}
		d := found[hash]
		if d == nil {
			x := j.known[hash]
			d = x.difference(rec.Topic, rec.Partition, rec.Offset)
			d.Key = string(rec.Key)
			found[hash] = d
		}
		if len(d.Records) < maxRecords && in.ChangedBy.Offset.Set {
			d.Records = append(d.Records, Record{Topic: in.ChangedBy.Topic.Value, Partition: in.ChangedBy.Partition.Value, Offset: in.ChangedBy.Offset.Value})
		}
		return nil
	})
	for hash := range wrong {
		if found[hash] == nil {
			x := j.known[hash]
			found[hash] = x.difference(a.config.Names.Topic(schemas.EnrichedJourneys), -1, -1)
		}
		a.report.differ(found[hash])
	}
	return err
}

func (x *journey) difference(topic string, partition int32, offset int64) *Difference {
	return &Difference{
		Kind: KindJourney, Topic: topic, Partition: partition, Offset: offset, Missing: x.missing(), Expected: x.facts, Applied: x.applied,
	}
}

// missing describes the side that lacks something.
func (x *journey) missing() string {
	if x.flags&snapped == 0 {
		return "the journey's snapshot"
	}
	if x.members > x.counted || x.facts > x.applied {
		return "a member or its newest state, in the snapshot"
	}
	return "an input with it"
}
