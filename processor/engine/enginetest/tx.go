// Package enginetest has a Tx for tests and benchmarks of stages.
//
//	stage ─► Tx ─► one entry in memory, outputs counted
package enginetest

import (
	"time"

	"github.com/tributary-hq/tributary/processor/engine"
)

// Tx implements engine.Tx and engine.Counter over a single entry, which is returned for
// every key. It costs next to nothing, so that a benchmark measures the stage.
type Tx struct {
	// Clock is the partition's watermark, Wall the wall clock.
	Clock, Wall time.Time
	// Entry is the state, nil for none.
	Entry []byte
	// Emitted counts the outputs.
	Emitted int

	buffer []byte
	used   int
}

var (
	_ engine.Tx      = (*Tx)(nil)
	_ engine.Counter = (*Tx)(nil)
)

// NewTx returns a Tx without an entry. Buffer can return 64 KiB in total between two
// calls of NextRound.
func NewTx(clock, wall time.Time) *Tx {
	return &Tx{Clock: clock, Wall: wall, buffer: make([]byte, 64<<10)}
}

// NextRound frees the memory that Buffer returned.
func (t *Tx) NextRound() { t.used = 0 }

// Partition implements engine.Tx.
func (*Tx) Partition() int32 { return 0 }

// Now implements engine.Tx.
func (t *Tx) Now() time.Time { return t.Clock }

// WallClock implements engine.Tx.
func (t *Tx) WallClock() time.Time { return t.Wall }

// AdvanceClock implements engine.Tx. It does nothing.
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

// Count implements engine.Counter. It does nothing.
func (*Tx) Count(string, string, int64) {}
