package engine

import (
	"bytes"
	"slices"
	"strings"

	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
)

// cell is an entry in the write buffer: read, and possibly changed.
type cell struct {
	key      string
	payload  []byte // nil: there is no entry
	deadline int64  // unix ms, 0 for none
	// before is the deadline of the committed entry; a write must delete its timer
	// index entry.
	before int64
	// ref is the committed entry's number in the write-back cache: see entry.Stored.
	ref   uint32
	dirty bool
	// listed marks the cells that dirty has already collected.
	listed bool
	// roomy is true if the payload is preceded by entryRoom writable bytes.
	roomy bool
}

// overlay is the write buffer of a transaction: entries that were read, once, and
// pending writes. Nothing in it outlives the transaction except its empty memory.
type overlay struct {
	below entry.Reader
	// cells are indexed by key; the keys are in the arena.
	cells map[string]*cell
	// last is the most recently loaded cell.
	last  *cell
	arena *arena
	undo  []undo
	// written are the pending writes in order. Rolled back cells are no longer dirty.
	written []*cell
	// slabs are the blocks that cells are allocated from; used counts the cells in use
	// in the current block, slab.
	slabs [][]cell
	slab  int
	used  int
}

// slabCells is the number of cells of a block.
const slabCells = 128

// undo is the value of a cell before the current record changed it.
type undo struct {
	at   *cell
	cell cell
}

func newOverlay(below entry.Reader, a *arena) *overlay {
	return &overlay{below: below, cells: make(map[string]*cell), arena: a}
}

// load returns the cell of a key. The first call reads the committed entry.
func (o *overlay) load(key []byte) (*cell, error) {
	// A Put usually follows a Get of the same key.
	if o.last != nil && o.last.key == string(key) {
		return o.last, nil
	}
	if c, ok := o.cells[string(key)]; ok {
		o.last = c
		return c, nil
	}
	e, err := o.below.Get(key, o.arena)
	if err != nil {
		return nil, err
	}
	c := o.cell()
	c.key, c.payload, c.deadline, c.before, c.ref = o.arena.text(key), e.Payload, e.Deadline, e.Deadline, e.Ref
	o.cells[c.key], o.last = c, c
	return c, nil
}

// cell allocates an empty cell.
func (o *overlay) cell() *cell {
	if o.used == slabCells || len(o.slabs) == 0 {
		if len(o.slabs) > 0 {
			o.slab++
		}
		o.used = 0
		if o.slab == len(o.slabs) {
			o.slabs = append(o.slabs, make([]cell, slabCells))
		}
	}
	o.used++
	return &o.slabs[o.slab][o.used-1]
}

// reset empties the buffer for another transaction.
func (o *overlay) reset(below entry.Reader) {
	for i := range min(o.slab+1, len(o.slabs)) {
		clear(o.slabs[i])
	}
	// Memory of an unusually large transaction is released.
	const keep = 64
	if len(o.slabs) > keep {
		clear(o.slabs[keep:])
		o.slabs = o.slabs[:keep]
		o.cells = make(map[string]*cell)
	}
	clear(o.cells)
	clear(o.undo)
	clear(o.written)
	o.last = nil
	o.below, o.undo, o.written, o.slab, o.used = below, o.undo[:0], o.written[:0], 0, 0
}

func (o *overlay) get(key []byte) ([]byte, error) {
	c, err := o.load(key)
	if err != nil {
		return nil, err
	}
	return c.payload, nil
}

// set writes an entry, or deletes it if payload is nil.
func (o *overlay) set(key, payload []byte, deadline int64) error {
	return o.put(key, payload, deadline, false)
}

// put is set with a flag for a payload that is preceded by entryRoom bytes.
func (o *overlay) put(key, payload []byte, deadline int64, roomy bool) error {
	c, err := o.load(key)
	if err != nil {
		return err
	}
	o.undo = append(o.undo, undo{at: c, cell: *c})
	if !c.dirty {
		o.written = append(o.written, c)
	}
	c.payload, c.deadline, c.dirty, c.roomy = payload, deadline, true, roomy
	return nil
}

// savepoint clears the undo log, so that a rollback keeps earlier writes.
func (o *overlay) savepoint() { o.undo = o.undo[:0] }

// rollback undoes all writes since the savepoint.
func (o *overlay) rollback() {
	for _, u := range slices.Backward(o.undo) {
		*u.at = u.cell
	}
	o.undo = o.undo[:0]
}

// scan merges the committed entries under a prefix with the pending writes, in key
// order.
func (o *overlay) scan(prefix []byte, yield func(key, value []byte) bool) error {
	var own []string
	for _, c := range o.written {
		if c.dirty && strings.HasPrefix(c.key, string(prefix)) {
			own = append(own, c.key)
		}
	}
	slices.Sort(own)
	own = slices.Compact(own)
	stopped := false
	emit := func(k string) {
		if c := o.cells[k]; c.payload != nil && !stopped {
			stopped = !yield([]byte(k), c.payload)
		}
	}
	err := o.below.Scan(prefix, func(key, payload []byte) bool {
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

// due returns at most limit timers with a deadline of at most until, earliest first. It
// considers pending writes. more is true if other due timers may be left.
func (o *overlay) due(until int64, limit int) (out []entry.Timer, more bool, err error) {
	for _, c := range o.dirty() {
		if c.payload != nil && c.deadline != 0 && c.deadline <= until {
			out = append(out, entry.Timer{Key: []byte(c.key), Deadline: c.deadline})
		}
	}
	n := 0
	more, err = o.below.Due(until, func(key []byte, deadline int64) bool {
		if c, ok := o.cells[string(key)]; !ok || !c.dirty {
			out = append(out, entry.Timer{Key: bytes.Clone(key), Deadline: deadline})
			n++
		}
		return n < limit
	})
	slices.SortFunc(out, entry.CompareTimers)
	return out[:min(len(out), limit)], more, err
}

// dirty returns the pending writes, each cell once, in the order of their first write.
func (o *overlay) dirty() []*cell {
	kept := o.written[:0]
	for _, c := range o.written {
		if c.dirty && !c.listed {
			c.listed = true
			kept = append(kept, c)
		}
	}
	clear(o.written[len(kept):])
	o.written = kept
	for _, c := range kept {
		c.listed = false
	}
	return kept
}
