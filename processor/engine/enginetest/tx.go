// Package enginetest has what tests and benchmarks of stages share.
//
//	stage ─► Tx ─► one entry in memory, outputs counted
package enginetest

import (
	"time"

	"github.com/tributary-hq/tributary/processor/engine"
)

// Tx is an engine.Tx, and an engine.Counter, over one entry that costs next to nothing
// itself, so that a benchmark measures the stage. Whatever the key, it is that entry.
type Tx struct {
	// Clock is the partition's, Wall the wall clock.
	Clock, Wall time.Time
	// Entry is the state, nil for none.
	Entry []byte
	// Emitted is how many outputs there were.
	Emitted int

	buffer []byte
	used   int
}

var (
	_ engine.Tx      = (*Tx)(nil)
	_ engine.Counter = (*Tx)(nil)
)

// NewTx returns a Tx without an entry. Between two calls of NextRound, Buffer may give
// 64 KiB.
func NewTx(clock, wall time.Time) *Tx {
	return &Tx{Clock: clock, Wall: wall, buffer: make([]byte, 64<<10)}
}

// NextRound takes the memory of Buffer back.
func (t *Tx) NextRound() { t.used = 0 }

// Partition implements engine.Tx.
func (*Tx) Partition() int32 { return 0 }

// Now implements engine.Tx.
func (t *Tx) Now() time.Time { return t.Clock }

// WallClock implements engine.Tx.
func (t *Tx) WallClock() time.Time { return t.Wall }

// AdvanceClock implements engine.Tx; the clock stands.
func (*Tx) AdvanceClock(time.Time) {}

// Get implements engine.Tx.
func (t *Tx) Get([]byte) ([]byte, error) { return t.Entry, nil }

// Scan implements engine.Tx; it finds nothing.
func (*Tx) Scan([]byte, func(_, _ []byte) bool) error { return nil }

// Put implements engine.Tx.
func (t *Tx) Put(_, value []byte, _ time.Time) { t.Entry = append([]byte(nil), value...) }

// Delete implements engine.Tx.
func (t *Tx) Delete([]byte) { t.Entry = nil }

// Emit implements engine.Tx.
func (t *Tx) Emit(engine.Output) { t.Emitted++ }

// Buffer implements engine.Tx.
func (t *Tx) Buffer(n int) []byte {
	t.used += n
	return t.buffer[t.used-n : t.used-n : t.used]
}

// Count implements engine.Counter; it counts nothing.
func (*Tx) Count(string, string, int64) {}
