package lox24_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/engine"
)

func BenchmarkDecode(b *testing.B) {
	stage, in := newStage(b), record(seed(b, "channel_failed"), "shop")
	b.ReportAllocs()
	for b.Loop() {
		event, err := stage.Decode(&in)
		if err != nil {
			b.Fatal(err)
		}
		stage.Recycle(event)
	}
}

// BenchmarkApply is what a decoded record costs: state read and written, decoded
// record, snapshot and journey input encoded. Each round is a verification's first
// to fourth event.
func BenchmarkApply(b *testing.B) {
	const rounds = 4
	stage := newStage(b)
	var inputs []engine.Input
	var events []engine.Event
	for n := range rounds {
		in := record(body(`"event-1"`, fmt.Sprintf(`"f47ac10b-58cc-4372-a567-0e02b2c3d47%d"`, n)), "shop")
		event, err := stage.Decode(&in)
		if err != nil {
			b.Fatal(err)
		}
		inputs, events = append(inputs, in), append(events, event)
	}
	tx := &benchTx{buffer: make([]byte, 1<<16)}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if n%rounds == 0 {
			tx.entry = nil
		}
		tx.used = 0
		if err := stage.Apply(tx, &inputs[n%rounds], events[n%rounds]); err != nil {
			b.Fatal(err)
		}
		n++
	}
	if tx.emitted < 3*n {
		b.Fatalf("%d records emitted for %d", tx.emitted, n)
	}
}

// benchTx is a Tx over one entry that costs next to nothing itself.
type benchTx struct {
	entry, buffer []byte
	used, emitted int
}

func (*benchTx) Partition() int32                          { return 0 }
func (*benchTx) Now() time.Time                            { return received() }
func (*benchTx) WallClock() time.Time                      { return received() }
func (*benchTx) AdvanceClock(time.Time)                    {}
func (t *benchTx) Get([]byte) ([]byte, error)              { return t.entry, nil }
func (*benchTx) Scan([]byte, func(_, _ []byte) bool) error { return nil }
func (t *benchTx) Put(_, value []byte, _ time.Time)        { t.entry = append([]byte(nil), value...) }
func (t *benchTx) Delete([]byte)                           { t.entry = nil }
func (t *benchTx) Emit(engine.Output)                      { t.emitted++ }

func (t *benchTx) Buffer(n int) []byte {
	t.used += n
	return t.buffer[t.used-n : t.used-n : t.used]
}
