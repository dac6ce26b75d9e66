package audit

import (
	"context"
	"hash/maphash"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// The kinds of entities: by the provider that tells of them.
func entityKinds() []string {
	return []string{raw.ProviderLOX24, raw.ProviderUAPAY, raw.ProviderVoximplant, raw.ProviderUnibell}
}

// kindOfFact says whose snapshot a decoded fact is a part of; empty if of none. The
// facts of Unibell are counted where they are told to the stage that applies them.
func kindOfFact(topic string) string {
	switch topic {
	case schemas.DecodedLOX24VerifyCode:
		return raw.ProviderLOX24
	case schemas.DecodedUAPAYPayment:
		return raw.ProviderUAPAY
	case schemas.DecodedVoximplantAccountCallback:
		return raw.ProviderVoximplant
	default:
		return ""
	}
}

// seed makes the hashes of one audit.
type seed struct{ maphash.Seed }

func (s seed) of(key []byte) uint64 { return maphash.Bytes(s.Seed, key) }

// entity is what both sides say of one entity.
type entity struct {
	// told is how many facts the topics hold, applied how many its snapshot says.
	told, applied uint32
	flags         uint8
}

// The flags of an entity.
const (
	// snapped: a snapshot from before the cut was read.
	snapped = 1 << iota
	// beyond: a snapshot was read that a record behind the cut has changed.
	beyond
	// ended: the last snapshot is a tombstone.
	ended
	// earlier: the entity may have begun before the span.
	earlier
	// touched: an input behind the cut is for it.
	touched
	// held: its facts are held until their verification is known, and may be shown
	// as one of their own.
	held
	// restarted: it was forgotten after its retention and has begun anew, so that the
	// span may hold facts of both its lives.
	restarted
	// erasedOnce: it was forgotten on request, and only facts since then are told.
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
func (e *entities) fact(key []byte) { e.change(key, func(x *entity) { x.told++ }) }

func (e *entities) change(key []byte, how func(*entity)) {
	hash := e.seed.of(key)
	x := e.known[hash]
	how(&x)
	e.known[hash] = x
}

// snapshot is what is compared of one.
type snapshot struct {
	provider string
	facts    int64
	change   avro.Change
	first    avro.Optional[time.Time]
}

// readSnapshots reads the enriched topics but the journeys.
func (a *auditor) readSnapshots(ctx context.Context) error {
	topics := a.whole(schemas.EnrichedVerifications, schemas.EnrichedPayments, schemas.EnrichedAccounts)
	return a.each(ctx, "reading snapshots", topics, func(topic string, r *kgo.Record) error {
		if r.Value == nil {
			a.entities[kindOfKey(topic, r.Key)].change(r.Key, func(x *entity) {
				x.flags = x.flags&^snapped | ended
				x.applied = 0
			})
			return nil
		}
		s, err := readSnapshot(topic, r.Value)
		if err != nil {
			a.unreadable(r)
			return nil //nolint:nilerr // a difference, and no failure
		}
		if kind := a.entities[s.provider]; kind != nil {
			kind.change(r.Key, func(x *entity) { a.applySnapshot(x, &s) })
		}
		return nil
	})
}

// whole are stretches of compacted topics: what an entity is stands wherever its
// last snapshot does.
func (a *auditor) whole(names ...string) map[string]map[int32]stretch {
	out := a.stretches(names...)
	for name, parts := range out {
		for p, s := range parts {
			parts[p] = stretch{from: a.cut.starts[name][p], to: s.to}
		}
	}
	return out
}

// kindOfKey tells by a key's provider whose entity it is.
func kindOfKey(topic string, key []byte) string {
	switch {
	case topic == schemas.EnrichedPayments:
		return raw.ProviderUAPAY
	case topic == schemas.EnrichedAccounts:
		return raw.ProviderVoximplant
	case len(key) > len(raw.ProviderUnibell) && string(key[:len(raw.ProviderUnibell)]) == raw.ProviderUnibell:
		return raw.ProviderUnibell
	default:
		return raw.ProviderLOX24
	}
}

func readSnapshot(topic string, value []byte) (snapshot, error) {
	_, body, err := wire.Parse(value)
	if err != nil {
		return snapshot{}, err
	}
	switch topic {
	case schemas.EnrichedVerifications:
		var s avro.VerificationSnapshot
		err := s.DecodeAvro(body)
		return snapshot{s.Provider, s.Facts, s.ChangedBy, s.FirstEventAt}, err
	case schemas.EnrichedPayments:
		var s avro.PaymentSnapshot
		err := s.DecodeAvro(body)
		return snapshot{s.Provider, s.Facts, s.ChangedBy, s.FirstEventAt}, err
	default:
		var s avro.AccountSnapshot
		err := s.DecodeAvro(body)
		return snapshot{s.Provider, s.Facts, s.ChangedBy, s.FirstEventAt}, err
	}
}

// applySnapshot takes a later snapshot of an entity, unless a record behind the cut
// has made it. One of a deadline has the facts of the one before it.
func (a *auditor) applySnapshot(x *entity, s *snapshot) {
	if s.change.Offset.Set && s.provider != raw.ProviderUnibell && a.isBeyond(s.provider, &s.change) {
		x.flags |= beyond
		return
	}
	if !s.change.Offset.Set && x.flags&beyond != 0 {
		return
	}
	x.applied = uint32(min(s.facts, 1<<32-1)) //nolint:gosec // bounded
	if x.flags&ended != 0 && x.flags&erasedOnce == 0 {
		x.flags |= restarted
	}
	x.flags = x.flags&^ended | snapped
	if !a.cut.span.Whole && (!s.first.Set || s.first.Value.Before(a.cut.span.From.Add(a.cut.margin))) {
		x.flags |= earlier
	}
}

// isBeyond says whether a change is by a record behind the cut of its stage. What
// changed a Unibell call went through another topic: see calls.
func (a *auditor) isBeyond(provider string, c *avro.Change) bool {
	p := a.raw["raw."+provider+".v1"]
	if p == nil || c.Topic.Value != p.topic {
		return false
	}
	at := p.parts[c.Partition.Value]
	return at != nil && c.Offset.Value >= at.cut
}

// verdict is what comes of comparing one entity.
type verdict int

const (
	equal verdict = iota
	undecided
	different
)

// compare holds the facts told against the facts applied.
func (x *entity) compare() verdict {
	switch {
	case x.flags&(touched|restarted) != 0:
		return undecided
	case x.flags&snapped == 0 && (x.told == 0 || x.flags&held != 0):
		return equal
	case x.flags&snapped == 0 && x.flags&(beyond|ended) != 0:
		return undecided
	case x.flags&snapped == 0, x.flags&earlier == 0 && x.told != x.applied, x.told > x.applied:
		return different
	default:
		return equal
	}
}

// concludeFacts compares every entity, and finds the names of those that differ.
func (a *auditor) concludeFacts(ctx context.Context) error {
	wrong := map[string]map[uint64]bool{}
	for _, kind := range entityKinds() {
		all := a.entities[kind]
		f := Facts{Provider: kind}
		for hash, x := range all.known {
			if x.flags&held != 0 && x.flags&snapped == 0 {
				f.Held += int64(x.told)
			} else {
				f.Facts += int64(x.told)
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
