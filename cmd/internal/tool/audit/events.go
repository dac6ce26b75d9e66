package audit

import (
	"context"
	"hash/maphash"
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// events are the facts seen, by a hash of topic, entity and event id. An event has one
// fact, whatever raw record it came from. Events seen twice are listed at the end.
type events struct {
	met, again map[uint64]struct{}
}

func newEvents() *events { return &events{met: map[uint64]struct{}{}, again: map[uint64]struct{}{}} }

func (a *auditor) eventHash(topic string, key []byte, eventID string) uint64 {
	var h maphash.Hash
	h.SetSeed(a.seed)
	_, _ = h.WriteString(topic)
	_ = h.WriteByte(0)
	_, _ = h.Write(key)
	_ = h.WriteByte(0)
	_, _ = h.WriteString(eventID)
	return h.Sum64()
}

// add counts a fact.
func (e *events) add(hash uint64) {
	if _, ok := e.met[hash]; ok {
		e.again[hash] = struct{}{}
		return
	}
	e.met[hash] = struct{}{}
}

// concludeEvents lists every fact after the first of its event, with the raw records of
// all of them.
func (a *auditor) concludeEvents(ctx context.Context) error {
	if len(a.events.again) == 0 {
		return nil
	}
	found := map[uint64]*Difference{}
	var order []*Difference
	topics := a.stretches(schemas.DecodedTopics()...)
	err := a.each(ctx, "looking for facts that are there twice", topics, func(topic string, r *kgo.Record) error {
		_, body, err := wire.Parse(r.Value)
		if err != nil {
			return nil //nolint:nilerr // listed as unreadable before
		}
		o, event, err := a.factOf(r, body)
		hash := a.eventHash(topic, r.Key, event)
		if _, again := a.events.again[hash]; err != nil || !again || !a.counts(topic, r.Key, &o) {
			return nil //nolint:nilerr // listed as unreadable before
		}
		d := found[hash]
		if d == nil {
			d = &Difference{Kind: KindFactTwice, Topic: o.topic, Partition: o.partition, Offset: o.offset, There: r.Topic, Key: string(r.Key), Event: event}
			found[hash] = d
			order = append(order, d)
		}
		if len(d.Records) < maxRecords {
			d.Records = append(d.Records, Record{Topic: o.topic, Partition: o.partition, Offset: o.offset})
		}
		return nil
	})
	for _, d := range order {
		// Two facts of the same raw record are already listed as a repeated outcome of
		// that record.
		if slices.ContainsFunc(d.Records, func(r Record) bool { return r != d.Records[0] }) {
			a.report.differ(d)
		}
	}
	return err
}

// counts reports whether a fact is within the span, before the cut, and after the last
// erasure of its entity.
func (a *auditor) counts(topic string, key []byte, o *origin) bool {
	name := providerOf(topic)
	if !a.isApplied(name, *o) {
		return false
	}
	erased, ok := a.erased[name+"/"+string(key)]
	return !ok || o.offset >= erased
}
