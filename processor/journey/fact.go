package journey

import (
	"slices"

	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// tell applies a record about a member and reports whether the journey changed.
func (b *book) tell(in *avro.JourneyInput) (changed bool, err error) {
	old, place, err := b.find(in.MemberID.Value)
	if err != nil {
		return false, err
	}
	if in.Kind == avro.JourneyInputKindRemoval {
		return b.depart(in, old, place)
	}
	i := b.goneIndex(in.MemberID.Value)
	switch {
	case i >= 0 && in.MemberRevision.Value <= b.gone[i].revision:
		return false, nil
	case i >= 0:
		b.gone = slices.Delete(b.gone, i, i+1)
	case old != nil && in.MemberRevision.Value <= old.revision:
		return false, nil
	}
	b.name(in)
	m := memberOf(in, &b.room)
	if old == nil {
		b.insert(&m)
		return true, nil
	}
	return true, b.replace(old, place, &m)
}

// depart removes a member and remembers its revision.
func (b *book) depart(in *avro.JourneyInput, old *member, place int) (changed bool, err error) {
	d := departure{id: in.MemberID.Value, revision: in.MemberRevision.Value, endsAt: b.departureEnd(in)}
	if old != nil {
		if !in.MemberRevision.Set {
			d.revision = old.revision
		}
		if d.revision < old.revision {
			return false, nil
		}
		d.endsAt = statecodec.Later(d.endsAt, old.endsAt(b.retention))
		if err := b.remove(old, place); err != nil {
			return false, err
		}
	}
	i := b.goneIndex(d.id)
	if i >= 0 {
		if b.gone[i].revision >= d.revision {
			return false, nil
		}
		b.gone = slices.Delete(b.gone, i, i+1)
	}
	b.name(in)
	b.gone = append(b.gone, d)
	if len(b.gone) > maxGone {
		b.gone = slices.Delete(b.gone, 0, 1)
	}
	return true, nil
}

func (b *book) departureEnd(in *avro.JourneyInput) statecodec.Instant {
	return statecodec.InstantOf(in.ExpiresAt.Or(in.ReceivedAt.Or(b.tx.Watermark()).Add(b.retention)))
}

func (b *book) goneIndex(id string) int {
	return slices.IndexFunc(b.gone, func(d departure) bool { return d.id == id })
}

// name stores the correlation id. All records of a key have the same one.
func (b *book) name(in *avro.JourneyInput) {
	if b.correlationID == "" {
		b.correlationID, b.namespace = in.CorrelationID, in.Namespace
	}
}
