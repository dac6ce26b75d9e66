package state_test

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/stage"
)

// memory is the part of a Tx that a table uses.
type memory struct {
	stage.Tx

	entries map[string]*entry
	buffer  [1 << 16]byte
	used    int
}

type entry struct {
	value []byte
	timer time.Time
}

func newMemory() *memory { return &memory{entries: map[string]*entry{}} }

func (m *memory) Get(key []byte) ([]byte, error) {
	if e := m.entries[string(key)]; e != nil {
		return e.value, nil
	}
	return nil, nil
}

// Put allocates nothing for a key that exists.
func (m *memory) Put(key, value []byte, timer time.Time) {
	e := m.entries[string(key)]
	if e == nil {
		e = &entry{}
		m.entries[string(key)] = e
	}
	e.value, e.timer = append(e.value[:0], value...), timer
}

func (m *memory) Delete(key []byte) { delete(m.entries, string(key)) }

func (m *memory) Scan(prefix []byte, yield func(key, value []byte) bool) error {
	for _, k := range slices.Sorted(maps.Keys(m.entries)) {
		if strings.HasPrefix(k, string(prefix)) && !yield([]byte(k), m.entries[k].value) {
			break
		}
	}
	return nil
}

func (m *memory) Buffer(n int) []byte {
	if m.used+n > len(m.buffer) {
		m.used = 0
	}
	m.used += n
	return m.buffer[m.used-n : m.used-n : m.used]
}
