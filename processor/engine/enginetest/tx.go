package enginetest

import (
	"time"

	"github.com/tributary-hq/tributary/processor/stage"
)

// Tx implements stage.Tx over a single entry, which is returned for
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

var _ stage.Tx = (*Tx)(nil)

// NewTx returns a Tx without an entry. Buffer can return 64 KiB in total between two
// calls of NextRound.
func NewTx(clock, wall time.Time) *Tx {
	return &Tx{Clock: clock, Wall: wall, buffer: make([]byte, 64<<10)}
}

// NextRound frees the memory that Buffer returned.
func (t *Tx) NextRound() { t.used = 0 }

// Partition implements stage.Tx.
func (*Tx) Partition() int32 { return 0 }

// Watermark implements stage.Tx.
func (t *Tx) Watermark() time.Time { return t.Clock }

// WallClock implements stage.Tx.
func (t *Tx) WallClock() time.Time { return t.Wall }

// AdvanceWatermark implements stage.Tx. It does nothing.
func (*Tx) AdvanceWatermark(time.Time) {}

// Get implements stage.Tx.
func (t *Tx) Get([]byte) ([]byte, error) { return t.Entry, nil }

// Scan implements stage.Tx; it finds nothing.
func (*Tx) Scan([]byte, func(_, _ []byte) bool) error { return nil }

// FirstRevision implements stage.Tx.
func (*Tx) FirstRevision() int64 { return 0 }

// Put implements stage.Tx.
func (t *Tx) Put(_, value []byte, _ time.Time) { t.Entry = append([]byte(nil), value...) }

// Delete implements stage.Tx.
func (t *Tx) Delete([]byte) { t.Entry = nil }

// Emit implements stage.Tx.
func (t *Tx) Emit(stage.Output) { t.Emitted++ }

// Buffer implements stage.Tx.
func (t *Tx) Buffer(n int) []byte {
	t.used += n
	return t.buffer[t.used-n : t.used-n : t.used]
}

// Count implements stage.Tx. It does nothing.
func (*Tx) Count(string, string, int64) {}
