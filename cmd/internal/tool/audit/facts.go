package audit

import (
	"bytes"
	"context"
	"errors"
	"hash/maphash"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/scan"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// kindOfFact returns the kind of entity whose snapshot counts the facts of a topic, named
// by its provider, or "" if none does. Unibell's facts are counted in the topic between
// its two stages: see calls.
func kindOfFact(topic string) string {
	p, _ := schemas.CountedBy(topic)
	return p.ID
}

// seed makes the hashes of one audit.
type seed struct{ maphash.Seed }

func (s seed) of(key []byte) uint64 { return maphash.Bytes(s.Seed, key) }

// entity holds the number of facts of one entity on both sides of the comparison.
type entity struct {
	// The number of facts in the topics, and the number that the snapshot has applied.
	expected, applied uint32
	flags             uint8
}

// The flags of an entity.
const (
	// snapped: a snapshot from before the cut was read.
	snapped = 1 << iota
	// beyond: a snapshot was read that a record past the cut has changed.
	beyond
	// ended: the last snapshot is a tombstone.
	ended
	// earlier: the entity may have begun before the span.
	earlier
	// touched: an input past the cut is for it.
	touched
	// held: its facts are held until their verification is known, and may be shown
	// as one of their own.
	held
	// restarted: it was forgotten after its retention and has begun anew, so that the
	// span may hold facts of both its lives.
	restarted
	// erasedOnce: it was erased on request; only facts after the erasure count.
	erasedOnce
)

// entities are those of one kind, by the hash of their key.
type entities struct {
	seed  seed
	known map[uint64]entity
}

func newEntities() *entities {
	return &entities{seed: seed{maphash.MakeSeed()}, known: map[uint64]entity{}}
}

// fact counts a fact.
func (e *entities) fact(key []byte) { e.change(key, func(x *entity) { x.expected++ }) }

func (e *entities) change(key []byte, how func(*entity)) {
	hash := e.seed.of(key)
	x := e.known[hash]
	how(&x)
	e.known[hash] = x
}

// readSnapshots reads the enriched topics except that of the journeys.
func (a *auditor) readSnapshots(ctx context.Context) error {
	topics := a.whole(schemas.EnrichedTopics()...)
	return a.each(ctx, "reading snapshots", topics, func(topic string, r *kgo.Record) error {
		kind := a.entities[kindOfKey(r.Key)]
		if kind == nil {
			a.unreadable(r)
			return nil
		}
		if r.Value == nil {
			a.deriveFrom(r.Key, nil)
			kind.change(r.Key, func(x *entity) {
				x.flags = x.flags&^snapped | ended
				x.applied = 0
			})
			return nil
		}
		snapshot, err := readSnapshot(topic, r.Value)
		if err != nil {
			a.unreadable(r)
			return nil //nolint:nilerr // a difference, and no failure
		}
		a.deriveFrom(r.Key, snapshot)
		s := snapshot.Head()
		kind.change(r.Key, func(x *entity) { a.applySnapshot(x, &s) })
		return nil
	})
}

// whole returns the stretches of compacted topics. They begin at the log start, because
// the last snapshot of an entity may be older than the span.
func (a *auditor) whole(names ...string) scan.Ranges {
	out := a.stretches(names...)
	for name, parts := range out {
		for p, s := range parts {
			parts[p] = scan.Range{From: a.cut.starts[name][p], To: s.To}
		}
	}
	return out
}

// kindOfKey returns the kind of the entity of a key: the provider with which it begins.
func kindOfKey(key []byte) string {
	provider, _, _ := bytes.Cut(key, []byte(":"))
	return string(provider)
}

var errNoSnapshot = errors.New("the schema has no snapshot of an entity")

func readSnapshot(topic string, value []byte) (avro.Snapshot, error) {
	_, body, err := wire.Parse(value)
	if err != nil {
		return nil, err
	}
	record, _ := avro.New(topic)
	s, ok := record.(avro.Snapshot)
	if !ok {
		return nil, errNoSnapshot
	}
	if err := s.DecodeAvro(body); err != nil {
		return nil, err
	}
	return s, nil
}

// applySnapshot takes a later snapshot of an entity, unless a record past the cut
// caused it. A snapshot caused by a timer names no record and counts the facts of the
// snapshot before it.
func (a *auditor) applySnapshot(x *entity, s *avro.Head) {
	if s.ChangedBy.Offset.Set && s.Provider != raw.ProviderUnibell && a.isBeyond(s.Provider, &s.ChangedBy) {
		x.flags |= beyond
		return
	}
	if !s.ChangedBy.Offset.Set && x.flags&beyond != 0 {
		return
	}
	x.applied = uint32(min(s.Facts, 1<<32-1)) //nolint:gosec // bounded
	if x.flags&ended != 0 && x.flags&erasedOnce == 0 {
		x.flags |= restarted
	}
	x.flags = x.flags&^ended | snapped
	if !a.cut.span.Whole && (!s.FirstEventAt.Set || s.FirstEventAt.Value.Before(a.cut.span.From.Add(a.cut.margin))) {
		x.flags |= earlier
	}
}

// isBeyond reports whether a change was caused by a record past the cut of its stage. A
// change of a Unibell call passed through another topic: see calls.
func (a *auditor) isBeyond(provider string, c *avro.Change) bool {
	p := a.raw[rawTopicOf(provider)]
	if p == nil || c.Topic.Value != p.topic {
		return false
	}
	at := p.parts[c.Partition.Value]
	return at != nil && c.Offset.Value >= at.cut
}

// comparison is the result of comparing one entity.
type comparison int

const (
	equal comparison = iota
	undecided
	different
)

// compare compares the facts in the topics with the facts applied.
func (x *entity) compare() comparison {
	switch {
	case x.flags&(touched|restarted) != 0:
		return undecided
	case x.flags&snapped == 0 && (x.expected == 0 || x.flags&held != 0):
		return equal
	case x.flags&snapped == 0 && x.flags&(beyond|ended) != 0:
		return undecided
	case x.flags&snapped == 0, x.flags&earlier == 0 && x.expected != x.applied, x.expected > x.applied:
		return different
	default:
		return equal
	}
}

// concludeFacts compares every entity, and finds the names of those that differ.
func (a *auditor) concludeFacts(ctx context.Context) error {
	wrong := map[string]map[uint64]bool{}
	for _, p := range schemas.Providers() {
		kind := p.ID
		if p.Counted == "" {
			continue // no snapshot counts its facts
		}
		all := a.entities[kind]
		f := Facts{Provider: kind}
		for hash, x := range all.known {
			if x.flags&held != 0 && x.flags&snapped == 0 {
				f.Held += int64(x.expected)
			} else {
				f.Facts += int64(x.expected)
			}
			if x.flags&snapped != 0 {
				f.Entities++
				f.Applied += int64(x.applied)
			}
			if x.flags&earlier != 0 {
				f.Earlier++
			}
			switch x.compare() {
			case equal:
			case undecided:
				f.InFlight++
			case different:
				f.Differences++
				if wrong[kind] == nil {
					wrong[kind] = map[uint64]bool{}
				}
				wrong[kind][hash] = true
			}
		}
		a.report.Facts = append(a.report.Facts, f)
	}
	if len(wrong) == 0 {
		return nil
	}
	return a.nameEntities(ctx, wrong)
}
