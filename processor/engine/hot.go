package engine

import (
	"slices"
	"strings"
)

// hot is what of a partition's state is in memory: entries that committed rounds
// have changed and the store does not have yet, and those that it was given last.
//
//	committed round ─► changed ─► (the oldest, when they are many) store ─► kept ─► forgotten
//	                      │
//	                      └ the store's position is before the first change that it does not have
//
// The store is given what changed first, so that an entity that changes again and again
// within the window is written once. What the store has then is of different moments:
// all that changed before its position, and some of what changed after. A crash loses
// the rest; the changelog behind the position brings every entry that changed there
// to what it was last, whichever of its values the store has. Nothing gets in here
// that is not committed.
type hot struct {
	entries map[string]*held
	// changed are those that the store does not have, in the order of their first
	// change; kept are those it has, in the order in which it got them, and some that
	// have changed since.
	changed, kept queue
	// changedBytes and keptBytes are what they take.
	changedBytes, keptBytes int64
	// earliest is no later than any deadline of a changed one, 0 if there is none.
	earliest int64
	// moved says that the position is not the stored one any more.
	moved bool
	// sorted and tail have the keys of all changed ones, and of some that are written
	// since, the latter in no order: for scans, which are few.
	sorted, tail []string
	// spare are entries to be used again.
	spare []*held
}

// held is an entry in memory. Its payload does not change while a round runs.
type held struct {
	key      string
	payload  []byte
	deadline int64
	// stored is the deadline that the store has for the entry, 0 for none.
	stored int64
	// offset and atEnd are of the position before the first change that the store does
	// not have.
	offset, atEnd int64
	// writes is how often the store got it, while it was in memory.
	writes        uint32
	gone, changed bool
}

// heldBytes is what an entry takes beside key and payload.
const heldBytes = 192

func (e *held) bytes() int64 { return int64(len(e.key)+cap(e.payload)) + heldBytes }

// queue is entries in the order in which they came.
type queue struct {
	list []queued
	head int
}

// queued is an entry as of a write: it has another place in the queue since, if it was
// written again.
type queued struct {
	entry  *held
	writes uint32
}

func (q *queue) push(e *held) { q.list = append(q.list, queued{e, e.writes}) }

// waiting returns what is in the queue, oldest first.
func (q *queue) waiting() []queued { return q.list[q.head:] }

// drop takes the oldest away.
func (q *queue) drop(n int) {
	clear(q.list[q.head : q.head+n])
	q.head += n
	if q.head > len(q.list)/2 {
		rest := copy(q.list, q.list[q.head:])
		clear(q.list[rest:])
		q.list, q.head = q.list[:rest], 0
	}
}

// find returns an entry in memory, nil if there is none: the store then knows.
func (h *hot) find(key []byte) *held { return h.entries[string(key)] }

// differs says whether the store has another entry than there is.
func (h *hot) differs(key []byte) bool {
	return h.entries[string(key)].ahead()
}

// absorb takes over what a committed round wrote; before is the position that the
// state corresponded to until then.
func (h *hot) absorb(o *overlay, before position) {
	if h.entries == nil {
		h.entries = map[string]*held{}
	}
	for _, c := range o.dirty() {
		e := h.entries[c.key]
		if e == nil {
			e = h.add(c)
		}
		if !e.changed {
			h.change(e, before)
		}
		h.changedBytes -= int64(cap(e.payload))
		e.set(c.payload)
		h.changedBytes += int64(cap(e.payload))
		e.gone, e.deadline = c.payload == nil, c.deadline
		if c.deadline != 0 && (h.earliest == 0 || c.deadline < h.earliest) {
			h.earliest = c.deadline
		}
	}
	h.moved = true
}

// add makes an entry for a key that has none, as the store has it.
func (h *hot) add(c *cell) *held {
	var e *held
	if n := len(h.spare); n > 0 {
		e = h.spare[n-1]
		h.spare = h.spare[:n-1]
		*e = held{payload: e.payload[:0], writes: e.writes + 1}
	} else {
		e = &held{}
	}
	e.key = strings.Clone(c.key) // the round's memory is used again
	e.deadline = c.before
	h.entries[e.key] = e
	h.keptBytes += e.bytes()
	return e
}

// change notes that an entry is about to differ from what the store has.
func (h *hot) change(e *held, before position) {
	e.changed, e.stored, e.offset, e.atEnd = true, e.deadline, before.offset, before.atEnd
	h.keptBytes -= e.bytes()
	h.changedBytes += e.bytes()
	h.changed.push(e)
	h.tail = append(h.tail, e.key)
}

// set copies a payload, into the memory of the last one where that is enough: an entry
// grows with its facts.
func (e *held) set(payload []byte) {
	if len(payload) > cap(e.payload) {
		const slack = 8
		e.payload = make([]byte, 0, len(payload)+len(payload)/slack)
	}
	if e.payload == nil {
		e.payload = []byte{} // nil would be no entry
	}
	e.payload = append(e.payload[:0], payload...)
}

// write adds the oldest changes to a batch for the store, until what is left of them
// takes no more than keep. It returns how many those are; written says that the store
// has them.
func (h *hot) write(w *writer, p *storePartition, keep int64) (n int, err error) {
	left := h.changedBytes
	for _, q := range h.changed.waiting() {
		if left <= keep {
			break
		}
		e := q.entry
		payload := e.payload
		if e.gone {
			payload = nil
		}
		p.wanted = append(p.wanted[:0], e.key...)
		if err := w.entry(p, p.wanted, payload, e.deadline, e.stored); err != nil {
			return 0, err
		}
		left -= e.bytes()
		n++
	}
	return n, nil
}

// position is what the store corresponds to once it has the n oldest changes; now is
// what the state in memory corresponds to.
func (h *hot) position(n int, now position) position {
	now.reach = now.offset
	if rest := h.changed.waiting()[n:]; len(rest) > 0 {
		now.offset, now.atEnd = rest[0].entry.offset, rest[0].entry.atEnd
	}
	return now
}

// written says that the store has the n oldest changes.
func (h *hot) written(n int) {
	for _, q := range h.changed.waiting()[:n] {
		e := q.entry
		e.changed = false
		e.writes++
		h.changedBytes -= e.bytes()
		h.keptBytes += e.bytes()
		h.kept.push(e)
	}
	h.changed.drop(n)
	left := h.changed.waiting()
	if len(left) == 0 {
		h.earliest, h.moved = 0, false
	}
	// Keys of what is written go when they are as many as those of what is not.
	if len(h.sorted)+len(h.tail) >= 2*len(left) {
		clear(h.sorted)
		clear(h.tail)
		h.sorted, h.tail = h.sorted[:0], h.tail[:0]
		for _, q := range left {
			h.tail = append(h.tail, q.entry.key)
		}
	}
}

// forget drops entries that the store has, those it got first, until they take no more
// than keep.
func (h *hot) forget(keep int64) {
	const spares = 1024
	n := 0
	for _, q := range h.kept.waiting() {
		if h.keptBytes <= keep {
			break
		}
		n++
		e := q.entry
		if e.changed || e.writes != q.writes {
			continue
		}
		h.keptBytes -= e.bytes()
		delete(h.entries, e.key)
		if len(h.spare) < spares {
			h.spare = append(h.spare, e)
		}
	}
	h.kept.drop(n)
}

// under returns the keys of the changed entries that begin with prefix, sorted.
func (h *hot) under(prefix []byte) []string {
	const short = 256
	if len(h.tail) > short {
		h.sorted = slices.DeleteFunc(append(h.sorted, h.tail...), func(key string) bool { return !h.entries[key].ahead() })
		slices.Sort(h.sorted)
		h.sorted = slices.Compact(h.sorted)
		h.tail = h.tail[:0]
	}
	begins := string(prefix)
	var out []string
	add := func(key string) {
		if h.entries[key].ahead() {
			out = append(out, key)
		}
	}
	from, _ := slices.BinarySearch(h.sorted, begins)
	for _, key := range h.sorted[from:] {
		if !strings.HasPrefix(key, begins) {
			break
		}
		add(key)
	}
	for _, key := range h.tail {
		if strings.HasPrefix(key, begins) {
			add(key)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// ahead says whether there is such an entry, and the store has another.
func (e *held) ahead() bool { return e != nil && e.changed }

// due returns the changed entries that are due, earliest first.
func (h *hot) due(until int64) []dueEntry {
	if h.earliest == 0 || until < h.earliest {
		return nil
	}
	var out []dueEntry
	h.earliest = 0
	for _, q := range h.changed.waiting() {
		e := q.entry
		if e.deadline == 0 {
			continue
		}
		if h.earliest == 0 || e.deadline < h.earliest {
			h.earliest = e.deadline
		}
		if e.deadline <= until {
			out = append(out, dueEntry{key: []byte(e.key), deadline: e.deadline})
		}
	}
	slices.SortFunc(out, compareDue)
	return out
}
