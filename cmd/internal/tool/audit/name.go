package audit

import (
	"context"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// named is an entity that differs, with the records behind it.
type named struct {
	kind, key string
	entity    entity
	// records are the raw records of its facts, up to maxRecords.
	records []Record
	// last is the raw record that caused the last snapshot.
	last *Record
}

// maxRecords is how many raw records are listed of an entity.
const maxRecords = 20

// nameEntities reads the topics a second time, to find the keys of the entities that
// differ and the raw records of their facts.
func (a *auditor) nameEntities(ctx context.Context, wrong map[string]map[uint64]bool) error {
	found := map[string]map[uint64]*named{}
	find := func(kind string, key []byte) *named {
		if a.entities[kind] == nil {
			return nil
		}
		hash := a.entities[kind].seed.of(key)
		if !wrong[kind][hash] {
			return nil
		}
		if found[kind] == nil {
			found[kind] = map[uint64]*named{}
		}
		n := found[kind][hash]
		if n == nil {
			n = &named{kind: kind, key: string(key), entity: a.entities[kind].known[hash]}
			found[kind][hash] = n
		}
		return n
	}
	topics := a.stretches(schemas.CountedTopics()...)
	err := a.each(ctx, "looking for the facts that differ", topics, func(topic string, r *kgo.Record) error {
		if n := find(kindOfFact(topic), r.Key); n != nil && len(n.records) < maxRecords {
			if o, ok := a.originOf(topic, r); ok {
				n.records = append(n.records, Record{Topic: o.topic, Partition: o.partition, Offset: o.offset})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	snapshots := a.whole(schemas.EnrichedTopics()...)
	err = a.each(ctx, "looking for the snapshots that differ", snapshots, func(topic string, r *kgo.Record) error {
		n := find(kindOfKey(r.Key), r.Key)
		if n == nil || r.Value == nil {
			return nil
		}
		snapshot, err := readSnapshot(topic, r.Value)
		if err != nil {
			return nil //nolint:nilerr // counted when the snapshots were read
		}
		if s := snapshot.Head(); s.ChangedBy.Offset.Set && !a.isBeyond(s.Provider, &s.ChangedBy) {
			n.last = &Record{Topic: s.ChangedBy.Topic.Value, Partition: s.ChangedBy.Partition.Value, Offset: s.ChangedBy.Offset.Value}
		}
		return nil
	})
	for _, kind := range schemas.ProviderIDs() {
		for _, n := range found[kind] {
			a.report.differ(n.difference())
		}
	}
	return err
}

// originOf returns the raw record of a fact; ok is false if it is outside the span or
// past the cut, and so does not count.
func (a *auditor) originOf(topic string, r *kgo.Record) (o origin, ok bool) {
	_, body, err := wire.Parse(r.Value)
	if err != nil {
		return o, false
	}
	if topic == schemas.InternalUnibell {
		var in avro.UnibellInput
		if err := in.DecodeAvro(body); err != nil || in.Kind != avro.UnibellInputKindFact {
			return o, false
		}
		call := &in.Call.Value
		return origin{topic: call.Origin.Topic, partition: call.Origin.Partition, offset: call.Origin.Offset, received: call.ReceivedAt}, true
	}
	f, err := avro.DecodeFact(body)
	o = origin{topic: f.Origin.Topic, partition: f.Origin.Partition, offset: f.Origin.Offset, received: f.ReceivedAt}
	return o, err == nil && a.isApplied(providerOf(topic), o)
}

func (n *named) difference() *Difference {
	d := &Difference{
		Kind: KindFacts, Key: n.key, Partition: -1, Offset: -1, Expected: int64(n.entity.expected), Applied: int64(n.entity.applied), Records: n.records, Last: n.last,
	}
	if n.entity.flags&snapped == 0 {
		d.Kind, d.Missing = KindNoSnapshot, "its snapshot"
	}
	if len(n.records) > 0 {
		d.Topic, d.Partition, d.Offset = n.records[0].Topic, n.records[0].Partition, n.records[0].Offset
	} else if n.last != nil {
		d.Topic, d.Partition, d.Offset = n.last.Topic, n.last.Partition, n.last.Offset
	}
	return d
}
