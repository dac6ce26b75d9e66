package engine

import (
	"bytes"
	"slices"

	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
)

// under returns the dirty entries whose keys begin with prefix, sorted by key.
func (h *hot) under(prefix []byte) []*held {
	const short = 256
	if len(h.tail) > short {
		h.sorted = append(h.sorted, h.tail...)
		slices.SortFunc(h.sorted, func(a, b uint32) int {
			return bytes.Compare(h.keyOf(h.entries.at(a)), h.keyOf(h.entries.at(b)))
		})
		h.tail = h.tail[:0]
	}
	var out []*held
	from, _ := slices.BinarySearchFunc(h.sorted, prefix, func(id uint32, key []byte) int {
		return bytes.Compare(h.keyOf(h.entries.at(id)), key)
	})
	for _, id := range h.sorted[from:] {
		e := h.entries.at(id)
		if !bytes.HasPrefix(h.keyOf(e), prefix) {
			break
		}
		out = append(out, e)
	}
	for _, id := range h.tail {
		if e := h.entries.at(id); bytes.HasPrefix(h.keyOf(e), prefix) {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b *held) int { return bytes.Compare(h.keyOf(a), h.keyOf(b)) })
	return out
}

// due returns the dirty entries whose deadline is at most until, earliest first.
func (h *hot) due(until int64) []entry.Timer {
	if h.earliest == 0 || until < h.earliest {
		return nil
	}
	var out []entry.Timer
	h.earliest = 0
	for _, q := range h.changed.waiting() {
		e := h.entries.at(q.id)
		if e.deadline == 0 {
			continue
		}
		if h.earliest == 0 || e.deadline < h.earliest {
			h.earliest = e.deadline
		}
		if e.deadline <= until {
			out = append(out, entry.Timer{Key: bytes.Clone(h.keyOf(e)), Deadline: e.deadline})
		}
	}
	slices.SortFunc(out, entry.CompareTimers)
	return out
}
