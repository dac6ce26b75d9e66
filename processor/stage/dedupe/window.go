// Package dedupe remembers, inside an entity's state, which of its facts have
// been applied.
//
//	event id ─► Window.Observe ─► new, a repeat of the record at (partition, offset), or stale
//
// Up to Inline ids are stored in the entity's own state entry, which is read and
// written anyway. Each further id has a state entry of its own, so that the cost of
// a record does not grow with its entity. An id is forgotten when the
// partition's watermark has passed its received_at by the policy's Keep, which is longer than
// the provider's last retry. An event that comes again after that is stale by the
// provider's time, so that it is never counted twice.
package dedupe

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/statecodec"
)

// Inline is how many ids an entity keeps in its own entry.
const Inline = 100

// DefaultSpan is a span with margin over the retries of the usual providers of webhooks,
// the longest of which go on for little more than a day.
const DefaultSpan = 72 * time.Hour

// Position is the position and receipt of a record.
type Position struct {
	Partition  int32
	Offset     int64
	ReceivedAt time.Time
}

// Window is the remembered ids of one entity. The zero value remembers nothing.
type Window struct {
	ids []remembered
	// spilledUntil is when the last id with an entry of its own is forgotten; zero: there
	// is none. With WithEntity it only shows that there are some.
	spilledUntil statecodec.Instant
}

// remembered is an id, its tag and its first occurrence.
type remembered struct {
	id        []byte
	partition int32
	offset    int64
	at        statecodec.Instant
}

// position returns the first occurrence of the id.
func (r *remembered) position() Position {
	return Position{Partition: r.partition, Offset: r.offset, ReceivedAt: r.at.Time()}
}

func remember(id []byte, s Position) remembered {
	return remembered{id: id, partition: s.Partition, offset: s.Offset, at: statecodec.InstantOf(s.ReceivedAt)}
}

// marker separates the entity's key from the id in the key of an id's entry.
const marker = "\x00~"

// entryVersion is the format of an id's own state entry; untaggedVersion that of
// one without a tag.
const (
	untaggedVersion = 1
	entryVersion    = 2
)

// IsEntry reports whether a state key belongs to a remembered id. The stage's OnTimer
// deletes such an entry and does nothing else. It asks the tables of package state first,
// because their keys can hold the same bytes.
func IsEntry(key []byte) bool { return bytes.Contains(key, []byte(marker)) }

// Policy says how long a stage remembers ids.
type Policy struct {
	// Span is the greatest age, by the provider's own time, of an event that is accepted
	// as new. An older event may be a repeat whose first occurrence was forgotten.
	Span time.Duration
	// Keep is how long an id is remembered, by received_at; zero: Kept(Span), WithEntity:
	// until the state of its entity is deleted.
	Keep time.Duration
}

// WithEntity is the Keep of ids that are remembered as long as their entity. State stays
// bounded only if the entity keeps its events anyway.
const WithEntity time.Duration = -1

// Margin is how far a provider's clock may be ahead of ours. Ids are remembered that much
// longer than the span, so that an event dated after its receipt is not forgotten before it
// is stale.
const Margin = time.Hour

// Kept returns how long ids are remembered for a span.
func Kept(span time.Duration) time.Duration { return span + Margin }

func (p Policy) keep() time.Duration {
	if p.Keep != 0 {
		return p.Keep
	}
	return Kept(p.Span)
}

// Event is one occurrence of an event of an entity, read from one record.
type Event struct {
	// ID identifies the event within its entity. Tag is a few bytes that are stored with a
	// new id; it may be empty. With tags, ids either contain no zero bytes or all have the
	// same length.
	ID  string
	Tag []byte
	// Here is the position of the record.
	Here Position
	// EventTime is the latest time in the event by the provider's clock; zero: it has none.
	EventTime time.Time
	// Forgotten is set for an event without a time that may have been seen and forgotten:
	// see Sequence.
	Forgotten bool
	// AcceptStale takes an event that is not remembered however old it is.
	AcceptStale bool
}

// Result is the result of Observe.
type Result struct {
	// Repeated is set if the event was seen before. First is then the position of its first
	// occurrence, and Tag the tag stored with it, valid until the transaction ends.
	Repeated bool
	First    Position
	Tag      []byte
}

// Observe looks an event up and remembers it if it is new. An event that is not
// remembered, and that is older than the policy's span or marked Forgotten, is a permanent
// error with CauseStale: it may have been counted before its id was forgotten. All stages
// use this rule. It depends on the event only, not on whether its entity is known. entity
// is the state key of the entity, which must not contain a zero byte; the id is copied.
func (s *Window) Observe(tx stage.Tx, entity []byte, e *Event, p Policy) (Result, error) {
	if p.Keep != WithEntity {
		s.forget(tx.Watermark(), p.keep())
	}
	known, err := s.find(tx, entity, e.ID)
	if err != nil || known.Repeated {
		return known, err
	}
	if !e.AcceptStale && e.stale(p.Span) {
		return Result{}, stage.Permanentf(stage.CauseStale,
			"the event is not remembered, and by the provider's own time or number older than the deduplication span of %.4g h", p.Span.Hours())
	}
	if len(s.ids) < Inline {
		s.ids = append(s.ids, remember(tagged(tx.Buffer(len(e.ID)+1+len(e.Tag)), e.ID, e.Tag), e.Here))
		return Result{}, nil
	}
	until, last := time.Time{}, e.Here.ReceivedAt
	if p.Keep != WithEntity {
		last = last.Add(p.keep())
		until = last
	}
	tx.Put(entryKey(tx, entity, e.ID), appendEntry(tx.Buffer(32+len(e.Tag)), e.Here, e.Tag), until)
	s.spilledUntil = statecodec.Later(s.spilledUntil, statecodec.InstantOf(last))
	return Result{}, nil
}

// stale reports whether an event that is not remembered may have been seen and forgotten.
func (e *Event) stale(span time.Duration) bool {
	return e.Forgotten || !e.EventTime.IsZero() && e.Here.ReceivedAt.Sub(e.EventTime) > span
}

// find looks an id up.
func (s *Window) find(tx stage.Tx, entity []byte, id string) (Result, error) {
	for i := range s.ids {
		if tag, same := tagOf(s.ids[i].id, id); same {
			return Result{Repeated: true, First: s.ids[i].position(), Tag: tag}, nil
		}
	}
	if s.spilledUntil == 0 {
		return Result{}, nil
	}
	entry, err := tx.Get(entryKey(tx, entity, id))
	if err != nil {
		return Result{}, fmt.Errorf("look up a remembered id: %w", err)
	}
	if entry == nil {
		return Result{}, nil
	}
	first, tag, err := parseEntry(entry)
	return Result{Repeated: err == nil, First: first, Tag: tag}, err
}

// tagged appends an id and, if there is a tag, a zero byte and the tag.
func tagged(b []byte, id string, tag []byte) []byte {
	b = append(b, id...)
	if len(tag) > 0 {
		b = append(append(b, 0), tag...)
	}
	return b
}

// tagOf reports whether a stored id is this id, and returns its tag.
func tagOf(stored []byte, id string) (tag []byte, same bool) {
	switch {
	case len(stored) < len(id) || string(stored[:len(id)]) != id:
		return nil, false
	case len(stored) == len(id):
		return nil, true
	default:
		return stored[len(id)+1:], stored[len(id)] == 0
	}
}

// Reset removes all ids and keeps the allocated memory.
func (s *Window) Reset() {
	clear(s.ids)
	*s = Window{ids: s.ids[:0]}
}

// Len returns the number of ids in the entity's own entry.
func (s *Window) Len() int { return len(s.ids) }

// forget removes the ids that were received longer ago than keep. The order stays.
func (s *Window) forget(now time.Time, keep time.Duration) {
	if s.spilledUntil.Before(statecodec.InstantOf(now)) {
		s.spilledUntil = 0
	}
	before := statecodec.InstantOf(now.Add(-keep))
	stale := func(r *remembered) bool { return r.at.Before(before) }
	for i := range s.ids {
		if stale(&s.ids[i]) {
			s.ids = slices.DeleteFunc(s.ids, func(r remembered) bool { return stale(&r) })
			return
		}
	}
}

// AppendTo appends the remembered ids to an entity's state entry.
func (s *Window) AppendTo(dst []byte) []byte { return s.appendTo(dst, statecodec.AppendBytes) }

// AppendShortTo is AppendTo for an entry with short texts.
func (s *Window) AppendShortTo(dst []byte) []byte { return s.appendTo(dst, statecodec.AppendTextBytes) }

func (s *Window) appendTo(dst []byte, appendID func(dst, id []byte) []byte) []byte {
	dst = statecodec.AppendInstant(dst, s.spilledUntil)
	dst = statecodec.AppendUint(dst, uint64(len(s.ids)))
	for i := range s.ids {
		r := &s.ids[i]
		dst = statecodec.AppendInt(appendID(dst, r.id), int64(r.partition))
		dst = statecodec.AppendInstant(statecodec.AppendInt(dst, r.offset), r.at)
	}
	return dst
}

// ReadFrom reads ids written by AppendTo, or by AppendShortTo if the reader's texts are short.
// The ids refer to the entry's bytes or to the reader's memory.
func (s *Window) ReadFrom(r *statecodec.Reader) {
	s.spilledUntil = r.Instant()
	n := r.Len()
	s.ids = slices.Grow(s.ids[:0], n+1)[:n]
	for i := range s.ids {
		s.ids[i] = remembered{id: r.TextBytes(), partition: int32(r.Int()), offset: r.Int(), at: r.Instant()} //nolint:gosec // written from an int32
	}
}

func appendPosition(dst []byte, s Position) []byte {
	dst = statecodec.AppendInt(dst, int64(s.Partition))
	dst = statecodec.AppendInt(dst, s.Offset)
	return statecodec.AppendTime(dst, s.ReceivedAt)
}

func readPosition(r *statecodec.Reader) Position {
	return Position{Partition: int32(r.Int()), Offset: r.Int(), ReceivedAt: r.Time()} //nolint:gosec // written from an int32
}

// appendEntry writes the entry of an id; without a tag it is of version 1.
func appendEntry(dst []byte, s Position, tag []byte) []byte {
	if len(tag) == 0 {
		return appendPosition(append(dst, untaggedVersion), s)
	}
	return statecodec.AppendBytes(appendPosition(append(dst, entryVersion), s), tag)
}

func parseEntry(entry []byte) (s Position, tag []byte, err error) {
	r, version := statecodec.NewReader(entry, entryVersion)
	s = readPosition(r)
	if version > untaggedVersion {
		tag = r.Bytes()
	}
	if err := r.Done(); err != nil {
		return Position{}, nil, fmt.Errorf("a remembered id: %w", err)
	}
	return s, tag, nil
}

func entryKey(tx stage.Tx, entity []byte, id string) []byte {
	key := tx.Buffer(len(entity) + len(marker) + len(id))
	key = append(key, entity...)
	key = append(key, marker...)
	return append(key, id...)
}
