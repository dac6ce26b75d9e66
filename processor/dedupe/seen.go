// Package dedupe remembers, inside an entity's state, which of its facts have
// been applied.
//
//	event id ─► Seen.Note ─► new, or a repeat of the record at (partition, offset)
//
// Up to Inline ids stand in the entity's own state entry, which is read and
// written anyway. What is beyond that becomes a state entry of its own, so that
// a record's cost does not grow with its entity. An id is forgotten when the
// partition's clock is past its received_at by the span, which is longer than
// the provider's last retry.
package dedupe

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/statecodec"
)

// Inline is how many ids an entity keeps in its own entry.
const Inline = 100

// DefaultSpan is how long an id is remembered: the longest documented retry span
// (UAPAY: 27 h 5 min) with margin.
const DefaultSpan = 72 * time.Hour

// Sighting is where and when an id was first seen.
type Sighting struct {
	Partition  int32
	Offset     int64
	ReceivedAt time.Time
}

// Seen is the remembered ids of one entity. The zero value remembers nothing.
type Seen struct {
	ids []remembered
	// spilledUntil is when the last entry outside is forgotten; zero: there is none.
	spilledUntil statecodec.Instant
}

// remembered is an id and its sighting.
type remembered struct {
	id        []byte
	partition int32
	offset    int64
	at        statecodec.Instant
}

// sighting is where and when the id was first seen.
func (r *remembered) sighting() Sighting {
	return Sighting{Partition: r.partition, Offset: r.offset, ReceivedAt: r.at.Time()}
}

func remember(id []byte, s Sighting) remembered {
	return remembered{id: id, partition: s.Partition, offset: s.Offset, at: statecodec.InstantOf(s.ReceivedAt)}
}

// marker stands between the entity's key and the id in the key of an entry.
const marker = "\x00~"

// entryVersion is the format of an id's own state entry; untaggedVersion that of
// one without a tag.
const (
	untaggedVersion = 1
	entryVersion    = 2
)

// IsEntry says whether a state key is that of a remembered id. The stage's
// Expire deletes such an entry and does nothing else.
func IsEntry(key []byte) bool { return bytes.Contains(key, []byte(marker)) }

// Note looks an id up and remembers it if it is new. first is the record that
// brought it before. entity is the state key of the entity, which must not hold
// a zero byte; id is copied.
func (s *Seen) Note(tx engine.Tx, entity, id []byte, here Sighting, span time.Duration) (first Sighting, repeated bool, err error) {
	first, _, repeated, err = s.NoteTagged(tx, entity, id, nil, here, span)
	return first, repeated, err
}

// NoteTagged is Note with a few bytes that are remembered with a new id; firstTag
// are those of the record that brought a known one, valid until the round ends.
// With tags, ids are either free of zero bytes or all of one length.
func (s *Seen) NoteTagged(tx engine.Tx, entity, id, tag []byte, here Sighting, span time.Duration) (first Sighting, firstTag []byte, repeated bool, err error) {
	s.forget(tx.Now(), span)
	for i := range s.ids {
		if firstTag, same := tagOf(s.ids[i].id, id); same {
			return s.ids[i].sighting(), firstTag, true, nil
		}
	}
	if s.spilledUntil != 0 {
		entry, err := tx.Get(entryKey(tx, entity, id))
		if err != nil {
			return first, nil, false, fmt.Errorf("look up a remembered id: %w", err)
		}
		if entry != nil {
			first, firstTag, err = parseEntry(entry)
			return first, firstTag, err == nil, err
		}
	}
	if len(s.ids) < Inline {
		s.ids = append(s.ids, remember(tagged(tx.Buffer(len(id)+1+len(tag)), id, tag), here))
		return first, nil, false, nil
	}
	until := here.ReceivedAt.Add(span)
	tx.Put(entryKey(tx, entity, id), appendEntry(tx.Buffer(32+len(tag)), here, tag), until)
	s.spilledUntil = statecodec.Later(s.spilledUntil, statecodec.InstantOf(until))
	return first, nil, false, nil
}

// tagged appends an id as it is remembered: a zero byte and the tag behind it, if there
// is one.
func tagged(b, id, tag []byte) []byte {
	b = append(b, id...)
	if len(tag) > 0 {
		b = append(append(b, 0), tag...)
	}
	return b
}

// tagOf says whether an id is the one remembered, and with which tag.
func tagOf(stored, id []byte) (tag []byte, same bool) {
	switch {
	case !bytes.HasPrefix(stored, id):
		return nil, false
	case len(stored) == len(id):
		return nil, true
	default:
		return stored[len(id)+1:], stored[len(id)] == 0
	}
}

// Reset forgets everything and keeps the memory.
func (s *Seen) Reset() {
	clear(s.ids)
	*s = Seen{ids: s.ids[:0]}
}

// Len returns how many ids stand in the entity's own entry.
func (s *Seen) Len() int { return len(s.ids) }

// forget drops what was received more than the span ago. Order is kept.
func (s *Seen) forget(now time.Time, span time.Duration) {
	if s.spilledUntil.Before(statecodec.InstantOf(now)) {
		s.spilledUntil = 0
	}
	before := statecodec.InstantOf(now.Add(-span))
	stale := func(r *remembered) bool { return r.at.Before(before) }
	for i := range s.ids {
		if stale(&s.ids[i]) {
			s.ids = slices.DeleteFunc(s.ids, func(r remembered) bool { return stale(&r) })
			return
		}
	}
}

// AppendTo appends the remembered ids to an entity's state entry.
func (s *Seen) AppendTo(dst []byte) []byte { return s.appendTo(dst, statecodec.AppendBytes) }

// AppendShortTo is AppendTo for an entry with short texts.
func (s *Seen) AppendShortTo(dst []byte) []byte { return s.appendTo(dst, statecodec.AppendTextBytes) }

func (s *Seen) appendTo(dst []byte, appendID func(dst, id []byte) []byte) []byte {
	dst = statecodec.AppendInstant(dst, s.spilledUntil)
	dst = statecodec.AppendUint(dst, uint64(len(s.ids)))
	for i := range s.ids {
		r := &s.ids[i]
		dst = statecodec.AppendInt(appendID(dst, r.id), int64(r.partition))
		dst = statecodec.AppendInstant(statecodec.AppendInt(dst, r.offset), r.at)
	}
	return dst
}

// ReadFrom reads what AppendTo wrote, or AppendShortTo if the reader's texts are short.
// The ids refer to the entry's bytes, or to the reader's room.
func (s *Seen) ReadFrom(r *statecodec.Reader) {
	s.spilledUntil = r.Instant()
	n := r.Len()
	s.ids = slices.Grow(s.ids[:0], n+1)[:n]
	for i := range s.ids {
		s.ids[i] = remembered{id: r.TextBytes(), partition: int32(r.Int()), offset: r.Int(), at: r.Instant()} //nolint:gosec // written from an int32
	}
}

func appendSighting(dst []byte, s Sighting) []byte {
	dst = statecodec.AppendInt(dst, int64(s.Partition))
	dst = statecodec.AppendInt(dst, s.Offset)
	return statecodec.AppendTime(dst, s.ReceivedAt)
}

func readSighting(r *statecodec.Reader) Sighting {
	return Sighting{Partition: int32(r.Int()), Offset: r.Int(), ReceivedAt: r.Time()} //nolint:gosec // written from an int32
}

// appendEntry writes the entry of an id; without a tag it is of version 1.
func appendEntry(dst []byte, s Sighting, tag []byte) []byte {
	if len(tag) == 0 {
		return appendSighting(append(dst, untaggedVersion), s)
	}
	return statecodec.AppendBytes(appendSighting(append(dst, entryVersion), s), tag)
}

func parseEntry(entry []byte) (s Sighting, tag []byte, err error) {
	r, version := statecodec.NewReader(entry, entryVersion)
	s = readSighting(r)
	if version > untaggedVersion {
		tag = r.Bytes()
	}
	if err := r.Done(); err != nil {
		return Sighting{}, nil, fmt.Errorf("a remembered id: %w", err)
	}
	return s, tag, nil
}

func entryKey(tx engine.Tx, entity, id []byte) []byte {
	key := tx.Buffer(len(entity) + len(marker) + len(id))
	key = append(key, entity...)
	key = append(key, marker...)
	return append(key, id...)
}
