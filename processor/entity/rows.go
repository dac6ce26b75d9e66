package entity

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/cespare/xxhash/v2"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/statecodec"
)

// Rows are the rows of a fact topic that an entity has emitted and not withdrawn. They let
// it emit only rows that changed. The zero value has none.
//
//	Begin ─► Changed for each row there is now ─► Withdraw: tombstones of all others
type Rows struct {
	rows   []row
	buffer []byte
}

// row is an emitted row.
type row struct {
	// name is the part of the key behind the entity's key and a slash.
	name string
	// hash is that of the row's content.
	hash uint64
	// current is set if the row still exists.
	current bool
}

// Reset removes all rows and keeps the memory.
func (r *Rows) Reset() { r.rows = r.rows[:0] }

// Begin begins a new set of rows.
func (r *Rows) Begin() {
	for i := range r.rows {
		r.rows[i].current = false
	}
}

// Changed adds a row to the set and reports whether it has to be emitted, because it is new
// or its content changed. The record must have no revision, cause and processing time yet.
func (r *Rows) Changed(name string, record Record) (bool, error) {
	content, err := record.AppendAvro(r.buffer[:0])
	if err != nil {
		return false, fmt.Errorf("encode row %s: %w", name, err)
	}
	r.buffer = content
	hash := xxhash.Sum64(content)
	i := slices.IndexFunc(r.rows, func(have row) bool { return have.name == name })
	if i < 0 {
		r.rows = append(r.rows, row{name: name, hash: hash, current: true})
		return true, nil
	}
	have := &r.rows[i]
	changed := have.hash != hash
	have.hash, have.current = hash, true
	return changed, nil
}

// Withdraw emits the tombstones of the rows that the set no longer has.
func (r *Rows) Withdraw(tx stage.Tx, topic string, entity []byte) {
	kept := r.rows[:0]
	for _, have := range r.rows {
		if have.current {
			kept = append(kept, have)
			continue
		}
		tx.Emit(stage.Output{Topic: topic, Key: RowKey(tx, entity, have.name)})
	}
	r.rows = kept
}

// End withdraws all rows.
func (r *Rows) End(tx stage.Tx, topic string, entity []byte) {
	r.Begin()
	r.Withdraw(tx, topic, entity)
}

// Erase withdraws all rows and some further ones, because rows may outlive the state.
func (r *Rows) Erase(tx stage.Tx, topic string, entity []byte, further []string) {
	for _, name := range further {
		if !slices.ContainsFunc(r.rows, func(have row) bool { return have.name == name }) {
			r.rows = append(r.rows, row{name: name})
		}
	}
	r.End(tx, topic, entity)
}

// RowKey returns the key of a row.
func RowKey(tx stage.Tx, entity []byte, name string) []byte {
	key := append(tx.Buffer(len(entity)+1+len(name)), entity...)
	return append(append(key, '/'), name...)
}

// AppendTo appends the rows to a state entry. Where the entry holds the name anyway, indexOf
// returns its index, else -1, and the entry has short texts; a nil indexOf is for an entry
// without either.
func (r *Rows) AppendTo(dst []byte, indexOf func(name string) int) []byte {
	dst = statecodec.AppendUint(dst, uint64(len(r.rows)))
	for i := range r.rows {
		have := &r.rows[i]
		if indexOf == nil {
			dst = statecodec.AppendString(dst, have.name)
		} else {
			at := indexOf(have.name)
			if dst = statecodec.AppendUint(dst, uint64(at+1)); at < 0 { //nolint:gosec // from -1
				dst = statecodec.AppendText(dst, have.name)
			}
		}
		dst = binary.BigEndian.AppendUint64(dst, have.hash)
	}
	return dst
}

// ReadFrom reads rows that AppendTo wrote with the inverse function.
func (r *Rows) ReadFrom(from *statecodec.Reader, nameOf func(i int) string) {
	n := from.Len()
	r.rows = slices.Grow(r.rows[:0], n+1)[:n]
	for i := range r.rows {
		have := row{}
		at := uint64(0)
		if nameOf != nil {
			at = from.Uint()
		}
		if at > 0 {
			have.name = nameOf(int(at - 1)) //nolint:gosec // nameOf checks it
		} else {
			have.name = from.Text()
		}
		var hash [8]byte
		from.Fixed(hash[:])
		have.hash = binary.BigEndian.Uint64(hash[:])
		r.rows[i] = have
	}
}
