package engine

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
)

// ordered is a change with the first part of its sort key: the first bytes of the key,
// or the deadline.
type ordered struct {
	first uint64
	id    uint32
	// goes is true for a deadline to delete: the store has it, the entry does not.
	goes bool
}

// byKey returns changes sorted by key.
func (h *hot) byKey(changes []queued) []ordered {
	out := make([]ordered, 0, len(changes))
	for _, c := range changes {
		var first [8]byte
		copy(first[:], h.keyOf(h.entries.at(c.id)))
		out = append(out, ordered{first: binary.BigEndian.Uint64(first[:]), id: c.id})
	}
	h.order(out)
	return out
}

// deadlines returns the changes of the timer index, sorted.
func (h *hot) deadlines(changes []queued) []ordered {
	out := make([]ordered, 0, len(changes))
	for _, c := range changes {
		e := h.entries.at(c.id)
		due := e.deadline
		if e.gone {
			due = 0
		}
		if due == e.stored {
			continue
		}
		if e.stored != 0 {
			out = append(out, ordered{first: uint64(e.stored), id: c.id, goes: true}) //nolint:gosec // unix ms
		}
		if due != 0 {
			out = append(out, ordered{first: uint64(due), id: c.id})
		}
	}
	h.order(out)
	return out
}

func (h *hot) order(changes []ordered) {
	slices.SortFunc(changes, func(a, b ordered) int {
		if a.first != b.first {
			return cmp.Compare(a.first, b.first)
		}
		return bytes.Compare(h.keyOf(h.entries.at(a.id)), h.keyOf(h.entries.at(b.id)))
	})
}

// batchBytes returns an upper estimate of the batch size of the n oldest changes.
func (h *hot) batchBytes(n int) (size int) {
	const around = 40 // upper bound: stage, partition, kind, deadline, lengths
	for _, c := range h.changed.waiting()[:n] {
		e := h.entries.at(c.id)
		size += around + e.size()
		if e.stored == e.deadline && !e.gone {
			continue
		}
		if e.stored != 0 {
			size += around + int(e.keyLen)
		}
		if e.deadline != 0 {
			size += around + int(e.keyLen)
		}
	}
	return size
}
