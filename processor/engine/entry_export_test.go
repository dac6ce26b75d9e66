package engine

import (
	"iter"
	"time"

	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
	"github.com/tributary-hq/tributary/processor/stage"
)

// Entries are the state entries that a round writes for what is put in it, by key: as
// they go to the changelog, read back.
func Entries(put func(tx stage.Tx)) iter.Seq2[string, Entry] {
	a := &arena{}
	s := &scope{overlay: newOverlay(nil, a), arena: a, maxState: 1 << 20}
	s.reset(0, nothingStored{}, 0, time.Time{})
	from := s.begin()
	put(s)
	err := s.finish(from, nil)
	return func(yield func(string, Entry) bool) {
		if err != nil {
			yield("", Entry{Err: err})
			return
		}
		written := map[string][]byte{}
		for _, c := range s.overlay.dirty() {
			written[c.key] = s.entry(c)
		}
		for key, value := range written {
			payload, deadline, err := entry.Parse(value)
			if !yield(key, Entry{string(payload), entry.FromMillis(deadline), err}) {
				return
			}
		}
	}
}

// Entry is a state entry.
type Entry struct {
	Payload  string
	Deadline time.Time
	Err      error
}

// nothingStored is a partition without state.
type nothingStored struct{ entry.Reader }

func (nothingStored) Get([]byte, entry.Allocator) (entry.Stored, error) { return entry.Stored{}, nil }
