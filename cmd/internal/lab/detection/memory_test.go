package detection_test

import (
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/stage"
)

// memory is a stage.Tx over entries in memory: as much of it as a detector uses.
type memory struct {
	stage.Tx

	entries   map[string][]byte
	keys      []string
	watermark time.Time
}

func newMemory() *memory { return &memory{entries: map[string][]byte{}} }

func (m *memory) Watermark() time.Time { return m.watermark }

func (m *memory) Get(key []byte) ([]byte, error) { return m.entries[string(key)], nil }

func (m *memory) Put(key, value []byte, _ time.Time) {
	if i, found := slices.BinarySearch(m.keys, string(key)); !found {
		m.keys = slices.Insert(m.keys, i, string(key))
	}
	m.entries[string(key)] = slices.Clone(value)
}

func (m *memory) Delete(key []byte) {
	if i, found := slices.BinarySearch(m.keys, string(key)); found {
		m.keys = slices.Delete(m.keys, i, i+1)
	}
	delete(m.entries, string(key))
}

func (m *memory) Scan(prefix []byte, yield func(key, value []byte) bool) error {
	i, _ := slices.BinarySearch(m.keys, string(prefix))
	for ; i < len(m.keys) && strings.HasPrefix(m.keys[i], string(prefix)); i++ {
		if !yield([]byte(m.keys[i]), m.entries[m.keys[i]]) {
			break
		}
	}
	return nil
}

func (*memory) Buffer(n int) []byte { return make([]byte, 0, n) }

// size returns the bytes of all entries.
func (m *memory) size() (n int) {
	for k, v := range m.entries {
		n += len(k) + len(v)
	}
	return n
}
