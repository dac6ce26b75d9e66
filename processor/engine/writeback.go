package engine

import (
	"errors"
	"log/slog"
	"slices"
	"strings"
)

// hot is what of a partition's state is in memory: entries that committed rounds
// have changed and the store does not have yet, and those that it was given last.
//
//	committed round ─► fresh ─► (when they are many) store, with the position ─► kept ─► forgotten
//
// What is fresh and the position belong together: both reach the store in one batch,
// or neither. A crash loses what is fresh, as it loses what the store's own memory
// held; it is in the changelog behind the stored position. Nothing gets in here that
// is not committed.
type hot struct {
	fresh map[string]*held
	// kept are as the store has them: hot entities are found in either.
	kept map[string]*held
	// bytes is what the fresh ones take.
	bytes int64
	// earliest is no later than any deadline of a fresh one, 0 if there is none.
	earliest int64
	// moved says that the position is not the stored one any more.
	moved bool
	// sorted and tail are the keys of the fresh ones, the latter in no order: for
	// scans, which are few.
	sorted, tail []string
	// spare are entries to be used again.
	spare []*held
}

// held is an entry in memory. Its payload does not change while a round runs.
type held struct {
	payload  []byte
	gone     bool
	deadline int64
	// stored is the deadline that the store has for the entry, 0 for none.
	stored int64
}

// heldBytes is what an entry takes beside key and payload.
const heldBytes = 160

// find returns an entry in memory, nil if there is none: the store then knows.
func (h *hot) find(key []byte) *held {
	if e := h.fresh[string(key)]; e != nil {
		return e
	}
	return h.kept[string(key)]
}

// absorb takes over what a committed round wrote.
func (h *hot) absorb(o *overlay) {
	if h.fresh == nil {
		h.fresh = map[string]*held{}
	}
	for _, c := range o.dirty() {
		e := h.fresh[c.key]
		if e == nil {
			e = h.freshen(c)
		}
		h.bytes -= int64(cap(e.payload))
		e.set(c.payload)
		h.bytes += int64(cap(e.payload))
		e.gone, e.deadline = c.payload == nil, c.deadline
		if c.deadline != 0 && (h.earliest == 0 || c.deadline < h.earliest) {
			h.earliest = c.deadline
		}
	}
}

// freshen makes a fresh entry for a key that has none.
func (h *hot) freshen(c *cell) *held {
	key := strings.Clone(c.key) // the round's memory is used again
	e := h.kept[c.key]
	switch n := len(h.spare); {
	case e != nil:
		delete(h.kept, c.key)
		e.stored = e.deadline
	case n > 0:
		e = h.spare[n-1]
		h.spare = h.spare[:n-1]
		*e = held{payload: e.payload[:0], stored: c.before}
	default:
		e = &held{stored: c.before}
	}
	h.fresh[key] = e
	h.tail = append(h.tail, key)
	h.bytes += int64(len(key)+cap(e.payload)) + heldBytes
	return e
}

// set copies a payload, into the memory of the last one where that is enough: an entry
// grows with its facts.
func (e *held) set(payload []byte) {
	if len(payload) > cap(e.payload) {
		const slack = 8
		e.payload = make([]byte, 0, len(payload)+len(payload)/slack)
	}
	e.payload = append(e.payload[:0], payload...)
}

// write adds what is fresh to a batch for the store.
func (h *hot) write(w *writer, p *storePartition) error {
	for key, e := range h.fresh {
		payload := e.payload
		if e.gone {
			payload = nil
		}
		p.wanted = append(p.wanted[:0], key...)
		if err := w.entry(p, p.wanted, payload, e.deadline, e.stored); err != nil {
			return err
		}
	}
	return nil
}

// written says that the store has what was fresh.
func (h *hot) written() {
	const spares = 1024
	for _, e := range h.kept {
		if len(h.spare) == spares {
			break
		}
		h.spare = append(h.spare, e)
	}
	clear(h.kept)
	h.fresh, h.kept = h.kept, h.fresh
	if h.fresh == nil {
		h.fresh = map[string]*held{}
	}
	clear(h.sorted)
	clear(h.tail)
	h.sorted, h.tail = h.sorted[:0], h.tail[:0]
	h.bytes, h.earliest, h.moved = 0, 0, false
}

// under returns the keys of the fresh entries that begin with prefix, sorted.
func (h *hot) under(prefix []byte) []string {
	const short = 256
	if len(h.tail) > short {
		h.sorted = append(h.sorted, h.tail...)
		slices.Sort(h.sorted)
		h.tail = h.tail[:0]
	}
	begins := string(prefix)
	var out []string
	from, _ := slices.BinarySearch(h.sorted, begins)
	for _, key := range h.sorted[from:] {
		if !strings.HasPrefix(key, begins) {
			break
		}
		out = append(out, key)
	}
	for _, key := range h.tail {
		if strings.HasPrefix(key, begins) {
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return out
}

// due returns the fresh entries that are due, earliest first.
func (h *hot) due(until int64) []dueEntry {
	if h.earliest == 0 || until < h.earliest {
		return nil
	}
	var out []dueEntry
	h.earliest = 0
	for key, e := range h.fresh {
		if e.deadline == 0 {
			continue
		}
		if h.earliest == 0 || e.deadline < h.earliest {
			h.earliest = e.deadline
		}
		if e.deadline <= until {
			out = append(out, dueEntry{key: []byte(key), deadline: e.deadline})
		}
	}
	slices.SortFunc(out, compareDue)
	return out
}

// writeBack brings what the rounds changed to the store, with the positions that it
// corresponds to.
func (w *worker) writeBack() error {
	batch := w.store.writer()
	if n := w.hotBytes(); n > 1<<20 {
		// A batch that grows is copied, and takes twice the memory.
		batch = w.store.largeWriter(int(n))
	}
	var errs []error
	var done []*hot
	for _, part := range w.parts {
		if h := &part.state.hot; h.moved {
			errs = append(errs, h.write(batch, part.state), batch.position(part.state, part.pos))
			done = append(done, h)
		}
	}
	if len(done) == 0 {
		return batch.drop()
	}
	if err := errors.Join(errs...); err != nil {
		return errors.Join(err, batch.drop())
	}
	if err := batch.commit(); err != nil {
		return err
	}
	for _, h := range done {
		h.written()
	}
	return nil
}

// writeBackLate writes back before partitions are given away, or the session ends.
// Failing costs the next owner a longer replay.
func (w *worker) writeBackLate() {
	if err := w.writeBack(); err != nil {
		w.logger.Warn("cannot write the state before a partition goes, its next owner replays more", slog.String("error", err.Error()))
	}
}

// hotBytes is what of the worker's state the store does not have yet.
func (w *worker) hotBytes() (n int64) {
	for _, part := range w.parts {
		n += part.state.hot.bytes
	}
	return n
}
