package engine

import (
	"bytes"
	"slices"
	"strings"
)

// stored is where a partition's committed state is read from: the store, or a map
// in memory. The slices it gives are valid during the call (scan, due) or until
// its next get.
type stored interface {
	get(key []byte) (payload []byte, deadline int64, found bool, err error)
	scan(prefix []byte, yield func(key, payload []byte) bool) error
	// due yields the keys whose deadline is at most until, earliest first.
	due(until int64, yield func(key []byte, deadline int64) bool) error
}

// cell is an entry as the round sees it.
type cell struct {
	payload  []byte // nil: there is no entry
	deadline int64  // unix ms, 0 for none
	// before is the deadline of the committed entry, whose index entry must go.
	before int64
	dirty  bool
}

// overlay is a round's own view of a partition's state: what it read, once, and
// what it wrote. Nothing of it outlives the round.
type overlay struct {
	below stored
	cells map[string]*cell
	arena *arena
	undo  []undo
}

// undo is a cell as it was before the current record changed it.
type undo struct {
	key  string
	cell cell
}

func newOverlay(below stored, a *arena) *overlay {
	return &overlay{below: below, cells: make(map[string]*cell), arena: a}
}

// load returns the cell of a key, reading the committed entry the first time.
func (o *overlay) load(key []byte) (*cell, error) {
	if c, ok := o.cells[string(key)]; ok {
		return c, nil
	}
	payload, deadline, found, err := o.below.get(key)
	if err != nil {
		return nil, err
	}
	c := &cell{deadline: deadline, before: deadline}
	if found {
		c.payload = o.arena.copy(payload)
	}
	o.cells[string(key)] = c
	return c, nil
}

func (o *overlay) get(key []byte) ([]byte, error) {
	c, err := o.load(key)
	if err != nil {
		return nil, err
	}
	return c.payload, nil
}

// set writes an entry, or deletes it where payload is nil.
func (o *overlay) set(key, payload []byte, deadline int64) error {
	c, err := o.load(key)
	if err != nil {
		return err
	}
	o.undo = append(o.undo, undo{key: string(key), cell: *c})
	c.payload, c.deadline, c.dirty = payload, deadline, true
	return nil
}

// savepoint forgets how to undo what came before.
func (o *overlay) savepoint() { o.undo = o.undo[:0] }

// rollback undoes everything since the savepoint.
func (o *overlay) rollback() {
	for _, u := range slices.Backward(o.undo) {
		*o.cells[u.key] = u.cell
	}
	o.undo = o.undo[:0]
}

// scan merges the committed entries under a prefix with the round's own.
func (o *overlay) scan(prefix []byte, yield func(key, value []byte) bool) error {
	var own []string
	for k, c := range o.cells {
		if c.dirty && strings.HasPrefix(k, string(prefix)) {
			own = append(own, k)
		}
	}
	slices.Sort(own)
	stopped := false
	emit := func(k string) {
		if c := o.cells[k]; c.payload != nil && !stopped {
			stopped = !yield([]byte(k), c.payload)
		}
	}
	err := o.below.scan(prefix, func(key, payload []byte) bool {
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

// dueEntry is a deadline that has come.
type dueEntry struct {
	key      []byte
	deadline int64
}

// due returns at most limit deadlines up to until, earliest first, as the round
// sees them now.
func (o *overlay) due(until int64, limit int) ([]dueEntry, error) {
	var out []dueEntry
	for k, c := range o.cells {
		if c.dirty && c.payload != nil && c.deadline != 0 && c.deadline <= until {
			out = append(out, dueEntry{key: []byte(k), deadline: c.deadline})
		}
	}
	n := 0
	err := o.below.due(until, func(key []byte, deadline int64) bool {
		if c, ok := o.cells[string(key)]; !ok || !c.dirty {
			out = append(out, dueEntry{key: bytes.Clone(key), deadline: deadline})
			n++
		}
		return n < limit
	})
	slices.SortFunc(out, func(a, b dueEntry) int {
		if a.deadline != b.deadline {
			return int(min(max(a.deadline-b.deadline, -1), 1))
		}
		return bytes.Compare(a.key, b.key)
	})
	return out[:min(len(out), limit)], err
}

// dirtyKeys returns the keys the round wrote, sorted, so that a changelog is the
// same for the same round.
func (o *overlay) dirtyKeys() []string {
	keys := make([]string, 0, len(o.cells))
	for k, c := range o.cells {
		if c.dirty {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return keys
}
