package journey

import (
	"slices"

	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// apply applies a record about a member and reports whether the journey changed.
func (b *aggregate) apply(in *avro.JourneyInput) (changed bool, err error) {
	old, index, err := b.find(in.MemberID.Value)
	if err != nil {
		return false, err
	}
	if in.Kind == avro.JourneyInputKindRemoval {
		return b.removeMember(in, old, index)
	}
	i := b.tombstoneOf(in.MemberID.Value)
	switch {
	case i >= 0 && in.MemberRevision.Value <= b.tombstones[i].revision:
		return false, nil
	case i >= 0:
		b.tombstones = slices.Delete(b.tombstones, i, i+1)
	case old != nil && in.MemberRevision.Value <= old.revision:
		return false, nil
	}
	b.name(in)
	m := memberOf(in, &b.room)
	if old == nil {
		b.insert(&m)
		return true, nil
	}
	return true, b.replace(old, index, &m)
}

// removeMember removes a member and remembers its revision.
func (b *aggregate) removeMember(in *avro.JourneyInput, old *member, index int) (changed bool, err error) {
	d := tombstone{id: in.MemberID.Value, revision: in.MemberRevision.Value, endsAt: b.tombstoneEnd(in)}
	if old != nil {
		if !in.MemberRevision.Set {
			d.revision = old.revision
		}
		if d.revision < old.revision {
			return false, nil
		}
		d.endsAt = statecodec.Later(d.endsAt, old.endsAt(b.retention))
		if err := b.remove(old, index); err != nil {
			return false, err
		}
	}
	i := b.tombstoneOf(d.id)
	if i >= 0 {
		if b.tombstones[i].revision >= d.revision {
			return false, nil
		}
		b.tombstones = slices.Delete(b.tombstones, i, i+1)
	}
	b.name(in)
	b.tombstones = append(b.tombstones, d)
	if len(b.tombstones) > maxTombstones {
		b.tombstones = slices.Delete(b.tombstones, 0, 1)
	}
	return true, nil
}

func (b *aggregate) tombstoneEnd(in *avro.JourneyInput) statecodec.Instant {
	return statecodec.InstantOf(in.ExpiresAt.Or(in.ReceivedAt.Or(b.tx.Watermark()).Add(b.retention)))
}

func (b *aggregate) tombstoneOf(id string) int {
	return slices.IndexFunc(b.tombstones, func(d tombstone) bool { return d.id == id })
}

// name stores the correlation id. All records of a key have the same one.
func (b *aggregate) name(in *avro.JourneyInput) {
	if b.correlationID == "" {
		b.correlationID, b.namespace = in.CorrelationID, in.Namespace
	}
}
