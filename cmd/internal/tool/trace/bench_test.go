package trace_test

import (
	"flag"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/trace"
	"github.com/tributary-hq/tributary/cmd/internal/tool/trace/tracetest"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
	"github.com/tributary-hq/tributary/schemas/wire"
)

var (
	records = flag.Int("records", 200_000, "BenchmarkTrace: how many records, half of them raw and half decoded")
	brokers = flag.String("brokers", "", "BenchmarkTrace: host:port of a Kafka without our topics; empty is an embedded broker")
)

// BenchmarkTrace looks for ids whose records are the oldest of all.
func BenchmarkTrace(b *testing.B) {
	s := tracetest.Start(b, strings.FieldsFunc(*brokers, func(r rune) bool { return r == ',' })...)
	s.Run(b)
	s.Verification(b, 1, "order-100", 1, "success", 10)
	s.Await(b, schemas.EnrichedJourneys, func(*kgo.Record) bool { return true })
	s.Stop(b)
	fill(b, s, *records/2)
	for name, query := range map[string]trace.Query{
		"key": {ID: tracetest.VerificationKey(1)}, "correlation id": {ID: "order-100"}, "event id": {ID: tracetest.EventID(1, 1)}, "absent": {ID: "event-absent"},
		"phone": {Pseudonyms: []string{s.Privacy.Phone(tracetest.Phone, time.Now()).Pseudonyms[0].HMAC}},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if r, err := trace.Run(b.Context(), config(s), query); err != nil || r.Found != (name != "absent") {
					b.Fatal(r, err)
				}
			}
		})
	}
}

// fill writes n raw records of other verifications, and their facts.
func fill(b *testing.B, s *tracetest.Stack, n int) {
	b.Helper()
	client, err := kgo.NewClient(append(s.Kafka, kgo.MaxBufferedRecords(50_000))...)
	if err != nil {
		b.Fatal(err)
	}
	defer client.Close()
	like := s.Webhook(b, raw.ProviderLOX24, "lox24:like", []byte(`{}`))
	now := time.Now()
	for i := range n {
		id := fmt.Sprintf("%08x-1111-4000-8000-%012x", i, i)
		body := fmt.Appendf(nil, `{"id":%q,"api_version":"2022-05-25","name":"verify_code.success","data":{"id":%q,"payload":"order-%d","status":10,"channel":"sms","history":[{"channel":"sms","status":10,"processed_at":1790000000}]}}`, id, id, i)
		client.Produce(b.Context(), &kgo.Record{Topic: like.Topic, Key: []byte("lox24:" + id), Value: body, Headers: like.Headers}, nil)
		fact := &avro.LOX24VerifyCode{EventID: id, ReceivedAt: now, EventRaw: "verify_code.success", EventCreatedAt: now, CreatedAt: now}
		fact.Origin.Topic, fact.Origin.Source, fact.Origin.Offset, fact.Origin.RequestID = like.Topic, "shop-lox24", int64(i), fmt.Sprintf("other-%08d", i)
		value, err := fact.AppendAvro(wire.Append(nil, 1))
		if err != nil {
			b.Fatal(err)
		}
		client.Produce(b.Context(), &kgo.Record{Topic: s.Names.Topic(schemas.DecodedLOX24VerifyCode), Key: []byte("lox24:" + id), Value: value}, nil)
	}
	if err := client.Flush(b.Context()); err != nil {
		b.Fatal(err)
	}
}
