package verification_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/verification"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// BenchmarkEntity is a record's work on the state: read it, merge the last fact
// of a usual verification, write it.
func BenchmarkEntity(b *testing.B) {
	e, err := verification.Parse(nil)
	if err != nil {
		b.Fatal(err)
	}
	var f verification.Fact
	for n := range 4 {
		f = fact(n)
		e.Apply(&f)
	}
	entry := e.AppendTo(nil)
	buffer := make([]byte, 0, 2*len(entry))
	b.ReportMetric(float64(len(entry)), "entry-bytes")
	b.ReportAllocs()
	for b.Loop() {
		e, err := verification.Parse(entry)
		if err != nil {
			b.Fatal(err)
		}
		e.Apply(&f)
		buffer = e.AppendTo(buffer[:0])
	}
}

func fact(n int) verification.Fact {
	at := noon(time.Duration(n) * 10 * time.Second)
	return verification.Fact{
		At: at, EventID: fmt.Sprintf("f47ac10b-58cc-4372-a567-0e02b2c3d47%d", n), ReceivedAt: at, Provider: "lox24", Source: "shop",
		Assurance: avro.AssuranceSharedSecret, ProviderID: "a1b2c3d4-e5f6-7890-abcd-ef1234567890", Currency: "EUR", CostMinor: avro.Some[int64](5),
		Phone: avro.Some(avro.Phone{Country: avro.Some("DE"), Pseudonyms: []avro.Pseudonym{
			{KeyID: "k1", HMAC: "8206a4534d702bab24f6287084963f5a9e569d7d59d3ea4c53ceec6a43f5b758"},
		}}),
		Status: verification.Status{Text: "5", Name: avro.AttemptStatusInProgress, At: at}, CreatedAt: noon(0), Awaited: avro.Some(true),
		Plan: []verification.Step{{Channel: "telegram", TimeoutSec: 30}, {Channel: "sms", TimeoutSec: 60}},
		Attempts: []verification.Attempt{
			{ID: "a1b2c3d4-d5e6-7890-abcd-ef1234567890", Channel: "telegram", Code: avro.Some[int32](20), Name: avro.AttemptStatusFailed, ProcessedAt: at},
			{ID: "b1b2c3d4-d5e6-7890-abcd-ef1234567890", Channel: "sms", Code: avro.Some[int32](5), Name: avro.AttemptStatusInProgress, ProcessedAt: at},
		},
		Correlation: []verification.Correlation{{Slot: "payload", ID: "order-17"}},
	}
}
