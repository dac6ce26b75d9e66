package task

import (
	"bytes"
	"slices"
	"strings"

	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
)

// Entry is a state entry in the write buffer: it was read, and may have been written.
type Entry struct {
	Key      string
	Payload  []byte // nil: there is no entry
	Deadline int64  // unix ms, 0 for none
	// Before is the deadline of the committed entry; a write must delete its timer
	// index entry.
	Before int64
	// Ref is the committed entry's number in the write-back cache: see entry.Stored.
	Ref   uint32
	dirty bool
	// listed marks the writes that Writes has already collected.
	listed bool
	// roomy is true if the payload is preceded by entry.Room writable bytes.
	roomy bool
}

// WriteBuffer is the write buffer of a transaction: entries that were read, once, and
// pending writes. Nothing in it outlives the transaction except its empty memory.
type WriteBuffer struct {
	below entry.Reader
	// entries are indexed by key; the keys are in the arena.
	entries map[string]*Entry
	// last is the most recently loaded entry.
	last  *Entry
	arena *Arena
	undo  []undo
	// written are the pending writes in order. Rolled back entries are no longer dirty.
	written []*Entry
	// slabs are the blocks that entries are allocated from; used counts the entries in use
	// in the current block, slab.
	slabs [][]Entry
	slab  int
	used  int
}

// slabEntries is the number of entries of a block.
const slabEntries = 128

// undo is the value of a entry before the current record changed it.
type undo struct {
	at    *Entry
	value Entry
}

// NewWriteBuffer returns an empty write buffer over the committed entries of a partition,
// with its memory in an arena.
func NewWriteBuffer(below entry.Reader, a *Arena) *WriteBuffer {
	return &WriteBuffer{below: below, entries: make(map[string]*Entry), arena: a}
}

// load returns the entry of a key. The first call reads the committed entry.
func (b *WriteBuffer) load(key []byte) (*Entry, error) {
	// A Put usually follows a Get of the same key.
	if b.last != nil && b.last.Key == string(key) {
		return b.last, nil
	}
	if e, ok := b.entries[string(key)]; ok {
		b.last = e
		return e, nil
	}
	stored, err := b.below.Get(key, b.arena)
	if err != nil {
		return nil, err
	}
	e := b.allocate()
	e.Key, e.Payload, e.Deadline, e.Before, e.Ref = b.arena.text(key), stored.Payload, stored.Deadline, stored.Deadline, stored.Ref
	b.entries[e.Key], b.last = e, e
	return e, nil
}

// allocate returns an empty entry.
func (b *WriteBuffer) allocate() *Entry {
	if b.used == slabEntries || len(b.slabs) == 0 {
		if len(b.slabs) > 0 {
			b.slab++
		}
		b.used = 0
		if b.slab == len(b.slabs) {
			b.slabs = append(b.slabs, make([]Entry, slabEntries))
		}
	}
	b.used++
	return &b.slabs[b.slab][b.used-1]
}

// reset empties the buffer for another transaction.
func (b *WriteBuffer) reset(below entry.Reader) {
	for i := range min(b.slab+1, len(b.slabs)) {
		clear(b.slabs[i])
	}
	// Memory of an unusually large transaction is released.
	const keep = 64
	if len(b.slabs) > keep {
		clear(b.slabs[keep:])
		b.slabs = b.slabs[:keep]
		b.entries = make(map[string]*Entry)
	}
	clear(b.entries)
	clear(b.undo)
	clear(b.written)
	b.last = nil
	b.below, b.undo, b.written, b.slab, b.used = below, b.undo[:0], b.written[:0], 0, 0
}

// Get returns the payload of an entry, nil if there is none.
func (b *WriteBuffer) Get(key []byte) ([]byte, error) {
	e, err := b.load(key)
	if err != nil {
		return nil, err
	}
	return e.Payload, nil
}

// Set writes an entry, or deletes it if payload is nil.
func (b *WriteBuffer) Set(key, payload []byte, deadline int64) error {
	return b.put(key, payload, deadline, false)
}

// put is Set with a flag for a payload that is preceded by entry.Room bytes.
func (b *WriteBuffer) put(key, payload []byte, deadline int64, roomy bool) error {
	e, err := b.load(key)
	if err != nil {
		return err
	}
	b.undo = append(b.undo, undo{at: e, value: *e})
	if !e.dirty {
		b.written = append(b.written, e)
	}
	e.Payload, e.Deadline, e.dirty, e.roomy = payload, deadline, true, roomy
	return nil
}

// savepoint clears the undo log, so that a rollback keeps earlier writes.
func (b *WriteBuffer) savepoint() { b.undo = b.undo[:0] }

// rollback undoes all writes since the savepoint.
func (b *WriteBuffer) rollback() {
	for _, u := range slices.Backward(b.undo) {
		*u.at = u.value
	}
	b.undo = b.undo[:0]
}

// Scan merges the committed entries under a prefix with the pending writes, in key
// order.
func (b *WriteBuffer) Scan(prefix []byte, yield func(key, value []byte) bool) error {
	var own []string
	for _, e := range b.written {
		if e.dirty && strings.HasPrefix(e.Key, string(prefix)) {
			own = append(own, e.Key)
		}
	}
	slices.Sort(own)
	own = slices.Compact(own)
	stopped := false
	emit := func(k string) {
		if e := b.entries[k]; e.Payload != nil && !stopped {
			stopped = !yield([]byte(k), e.Payload)
		}
	}
	err := b.below.Scan(prefix, func(key, payload []byte) bool {
		for len(own) > 0 && own[0] < string(key) {
			emit(own[0])
			own = own[1:]
		}
		if len(own) > 0 && own[0] == string(key) {
			emit(own[0])
			own = own[1:]
		} else if !stopped {
			stopped = !yield(key, payload)
		}
		return !stopped
	})
	for _, k := range own {
		emit(k)
	}
	return err
}

// Due returns at most limit timers with a deadline of at most until, earliest first. It
// considers pending writes. more is true if other due timers may be left.
func (b *WriteBuffer) Due(until int64, limit int) (out []entry.Timer, more bool, err error) {
	for _, e := range b.Writes() {
		if e.Payload != nil && e.Deadline != 0 && e.Deadline <= until {
			out = append(out, entry.Timer{Key: []byte(e.Key), Deadline: e.Deadline})
		}
	}
	n := 0
	more, err = b.below.Due(until, func(key []byte, deadline int64) bool {
		if e, ok := b.entries[string(key)]; !ok || !e.dirty {
			out = append(out, entry.Timer{Key: bytes.Clone(key), Deadline: deadline})
			n++
		}
		return n < limit
	})
	slices.SortFunc(out, entry.CompareTimers)
	return out[:min(len(out), limit)], more, err
}

// KeyBytes returns the key without a copy. It must not be written.
func (e *Entry) KeyBytes() []byte { return bytesOfText(e.Key) }

// Writes returns the pending writes, each key once, in the order of their first write.
func (b *WriteBuffer) Writes() []*Entry {
	kept := b.written[:0]
	for _, e := range b.written {
		if e.dirty && !e.listed {
			e.listed = true
			kept = append(kept, e)
		}
	}
	clear(b.written[len(kept):])
	b.written = kept
	for _, e := range kept {
		e.listed = false
	}
	return kept
}
