package ledger_test

import (
	"iter"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/ledger"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// BenchmarkAccount is what the account of a round of 1,000 records costs; the figure
// per record is a thousandth.
func BenchmarkAccount(b *testing.B) {
	accountant, ok := ledger.Keep("lox24", stub{}).(engine.Accountant)
	if !ok {
		b.Fatal("the stage keeps no account")
	}
	const n = 1000
	envelope := raw.Envelope{
		Source: "shop", Provider: "lox24", Assurance: raw.AssuranceSharedSecret, SecretID: "first", RequestID: "0123456789abcdef", ReceivedAt: noon(0),
		Kind: raw.KindWebhook, ContentType: "application/json",
	}
	headers := envelope.Append(nil)
	records := make([]engine.Input, n)
	outputs := []engine.Output{{Topic: schemas.DecodedLOX24VerifyCode}, {Topic: schemas.EnrichedVerifications}, {Topic: schemas.InternalJourney}}
	tx := &benchTx{buffer: make([]byte, 1<<12)}
	offset := int64(0)
	handled := iter.Seq[engine.Handled](func(yield func(engine.Handled) bool) {
		for i := range records {
			records[i] = engine.Input{Topic: "raw.lox24.v1", Offset: offset, Headers: headers}
			offset++
			if !yield(engine.Handled{In: &records[i], Outputs: outputs}) {
				return
			}
		}
	})
	b.ReportAllocs()
	for b.Loop() {
		if err := accountant.Account(tx, handled, nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/record")
}

// benchTx is a Tx over one entry that costs next to nothing itself.
type benchTx struct{ entry, buffer []byte }

func (*benchTx) Partition() int32                          { return 0 }
func (*benchTx) Now() time.Time                            { return noon(0) }
func (*benchTx) WallClock() time.Time                      { return noon(0) }
func (*benchTx) AdvanceClock(time.Time)                    {}
func (t *benchTx) Get([]byte) ([]byte, error)              { return t.entry, nil }
func (*benchTx) Scan([]byte, func(_, _ []byte) bool) error { return nil }
func (t *benchTx) Put(_, value []byte, _ time.Time)        { t.entry = append(t.entry[:0], value...) }
func (t *benchTx) Delete([]byte)                           { t.entry = nil }
func (*benchTx) Emit(engine.Output)                        {}
func (t *benchTx) Buffer(int) []byte                       { return t.buffer[:0] }
func (*benchTx) Count(string, string, int64)               {}
