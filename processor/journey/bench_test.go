package journey_test

import (
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/journey"
)

// BenchmarkApply is what an input costs: read, the state read and written, the snapshot
// encoded. Each round is a journey of a verification and a payment, each told twice.
func BenchmarkApply(b *testing.B) {
	stage := journey.New(config())
	var inputs []engine.Input
	t := &testing.T{}
	for _, line := range []string{
		"0s verification lox24:v1 rev=1 channel=sms cost=9", "10s verification lox24:v1 rev=2 outcome=SUCCESS channel=sms cost=9",
		"1m payment uapay:p1 rev=1 phase=PENDING amount=5", "2m payment uapay:p1 rev=2 phase=PAID amount=5 paid=1m",
	} {
		inputs = append(inputs, record(t, parse(t, line)))
	}
	tx := &benchTx{buffer: make([]byte, 1<<16)}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if n%len(inputs) == 0 {
			tx.entry = nil
		}
		tx.used = 0
		in := &inputs[n%len(inputs)]
		event, err := stage.Decode(in)
		if err == nil {
			err = stage.Apply(tx, in, event)
		}
		if err != nil {
			b.Fatal(err)
		}
		stage.Recycle(event)
		n++
	}
	if tx.emitted < n {
		b.Fatalf("%d records emitted for %d", tx.emitted, n)
	}
}

// benchTx is a Tx over one entry that costs next to nothing itself.
type benchTx struct {
	entry, buffer []byte
	used, emitted int
}

func (*benchTx) Partition() int32                          { return 0 }
func (*benchTx) Now() time.Time                            { return noon(0) }
func (*benchTx) WallClock() time.Time                      { return noon(time.Hour) }
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
