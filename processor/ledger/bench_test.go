package ledger_test

import (
	"iter"
	"testing"

	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/ledger"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// BenchmarkAccount is what the account of a round of 1,000 records costs; the figure
// per record is a thousandth.
func BenchmarkAccount(b *testing.B) {
	accountant, ok := ledger.Keep("lox24", "x.raw.lox24.v1", stub{}, false).(stage.Auditor)
	if !ok {
		b.Fatal("the stage keeps no account")
	}
	const n = 1000
	envelope := raw.Envelope{
		Source: "shop", Provider: "lox24", Assurance: raw.AssuranceSharedSecret, SecretID: "first", RequestID: "0123456789abcdef", ReceivedAt: noon(0),
		Kind: raw.KindWebhook, ContentType: "application/json",
	}
	headers := raw.Append[stage.Header](nil, &envelope)
	records := make([]stage.Input, n)
	outputs := []stage.Output{{Topic: schemas.DecodedLOX24VerifyCode}, {Topic: schemas.EnrichedVerifications}, {Topic: schemas.InternalJourney}}
	tx := enginetest.NewTx(noon(0), noon(0))
	offset := int64(0)
	handled := iter.Seq[stage.Outcome](func(yield func(stage.Outcome) bool) {
		for i := range records {
			records[i] = stage.Input{Topic: "raw.lox24.v1", Offset: offset, Headers: headers}
			offset++
			if !yield(stage.Outcome{In: &records[i], Outputs: outputs}) {
				return
			}
		}
	})
	b.ReportAllocs()
	for b.Loop() {
		tx.NextRound()
		if err := accountant.Audit(tx, handled, nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/record")
}
