package console_test

import (
	"bytes"
	"encoding/base64"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/scan"
	"github.com/tributary-hq/tributary/cmd/internal/tool/trace/tracetest"
	"github.com/tributary-hq/tributary/schemas"
)

var (
	records = flag.Int("records", 20_000, "BenchmarkCase: how many raw records; the other topics have one and a half times as many")
	brokers = flag.String("brokers", "", "BenchmarkCase: host:port of a Kafka, whose topics are kept for the next run; empty is an embedded broker")
)

// BenchmarkCase asks for the page of a case by phone and by every id. The case is the oldest: a search goes
// through all others first. Among a million raw records and what the stages made of them it fails if the
// page takes 3 s, or 12 s by an id that only raw records may have, for which all of them are read, too:
//
//	go test ./cmd/internal/console -run '^$' -bench Case -benchtime 3x -args -records 1000000 -brokers 127.0.0.1:9092
func BenchmarkCase(b *testing.B) {
	s := tracetest.Start(b, strings.FieldsFunc(*brokers, func(r rune) bool { return r == ',' })...)
	fillCases(b, s)
	r := start(b, s)
	for _, c := range []struct {
		name, path string
		form       url.Values
		has        string
	}{
		{"correlation id", "/case?format=json&id=" + oldOrder, nil, oldOrder},
		{"entity key", "/case?format=json&id=" + url.QueryEscape(tracetest.VerificationKey(1)), nil, oldOrder},
		{"id without its provider", "/case?format=json&id=" + strings.TrimPrefix(tracetest.VerificationKey(1), "lox24:"), nil, oldOrder},
		{"event id", "/case?format=json&id=" + tracetest.EventID(1, 1), nil, oldOrder},
		{"request id", "/case?format=json&id=request-00000001", nil, oldOrder},
		{"invoice number, in signed raw bodies only", "/case?format=json&id=" + oldInvoice, nil, oldOrder},
		{"an id that is in no raw record either", "/case?format=json&id=nowhere-0815", nil, `"found": false`},
		{"phone", "/case/phone?format=json", url.Values{"phone": {tracetest.Phone}, "purpose": {"a measurement"}}, oldOrder},
	} {
		most := 3 * time.Second
		if strings.Contains(c.name, "raw") {
			most = 12 * time.Second
		}
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				began := time.Now()
				status, body, _ := r.ask(b, support, c.path, c.form)
				if status != http.StatusOK && status != http.StatusNotFound || !strings.Contains(body, c.has) {
					b.Fatalf("%d: %.2000s", status, body)
				}
				if took := time.Since(began); took > most {
					b.Errorf("took %v", took)
				}
			}
		})
	}
}

const (
	oldOrder   = "order-0000000"
	oldInvoice = "00001771-0000-4000-8000-000000001771"
)

// fillCases writes the case, lets the stages handle it, and writes its records again and again with
// other ids and another phone, unless an earlier run did.
func fillCases(tb testing.TB, s *tracetest.Stack) {
	tb.Helper()
	client, err := kgo.NewClient(append(s.Kafka, kgo.MaxBufferedRecords(100_000), kgo.ProducerBatchCompression(kgo.Lz4Compression()), kgo.ProducerLinger(20*time.Millisecond))...)
	if err != nil {
		tb.Fatal(err)
	}
	defer client.Close()
	topics := append(append(append(schemas.RawTopics(), schemas.OutcomeTopics()...), schemas.EnrichedTopics()...), schemas.EnrichedJourneys)
	for i := range topics {
		topics[i] = s.Names.Topic(topics[i])
	}
	ranges := func() (scan.Ranges, int64) {
		offsets, err := scan.List(tb.Context(), kadm.NewClient(client), topics...)
		if err != nil {
			tb.Fatal(err)
		}
		all, err := offsets.Ranges(tb.Context(), time.Time{}, time.Time{}, topics...)
		if err != nil {
			tb.Fatal(err)
		}
		var n int64
		for _, parts := range all {
			for _, p := range parts {
				n += p.To - p.From
			}
		}
		return all, n
	}
	if _, n := ranges(); n > int64(*records) {
		tb.Logf("%d records are there from an earlier run", n)
		return
	}
	s.Run(tb)
	s.Verification(tb, 1, oldOrder, 1, "channel.sent", 5)
	s.Verification(tb, 1, oldOrder, 1, "channel.sent", 5) // a repeat
	s.Verification(tb, 1, oldOrder, 2, "success", 10)
	s.Payment(tb, 1, oldOrder, "FINISHED", "FINISHED")
	s.Await(tb, schemas.EnrichedJourneys, func(r *kgo.Record) bool { return bytes.Contains(r.Value, []byte("COMPLETE")) })
	s.Stop(tb)
	templates, n := map[string][]*kgo.Record{}, 0
	all, _ := ranges()
	err = scan.Each(tb.Context(), scan.Config{Kafka: s.Kafka}, "reading the case", all, func(r *kgo.Record) error {
		kept := templates[r.Topic]
		if strings.Contains(r.Topic, "enriched.") && len(kept) > 0 {
			kept = nil // the last revision
		}
		templates[r.Topic] = append(kept, r)
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	perCase := len(templates[s.Names.Topic(schemas.RawLOX24)]) + len(templates[s.Names.Topic(schemas.RawUAPAY)])
	began := time.Now()
	for i := 1; i <= *records/perCase; i++ {
		ids := other(s, i)
		for topic, records := range templates {
			for _, r := range records {
				copied := &kgo.Record{Topic: topic, Key: []byte(ids.Replace(string(r.Key))), Value: replaceIn(ids, r)}
				for _, h := range r.Headers {
					copied.Headers = append(copied.Headers, kgo.RecordHeader{Key: h.Key, Value: []byte(ids.Replace(string(h.Value)))})
				}
				client.Produce(tb.Context(), copied, func(_ *kgo.Record, err error) {
					if err != nil {
						tb.Error(err)
					}
				})
				n++
			}
		}
	}
	if err := client.Flush(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	tb.Logf("%d records written in %v, %d of a case", n, time.Since(began).Round(time.Second), n/(*records/perCase))
}

// replaceIn replaces the ids in a value, of a signed one in its claims. Nobody checks the signature again.
func replaceIn(ids *strings.Replacer, r *kgo.Record) []byte {
	parts := strings.SplitN(string(r.Value), ".", 3)
	if strings.HasSuffix(r.Topic, schemas.RawUAPAY) && len(parts) == 3 {
		if claims, err := base64.RawURLEncoding.DecodeString(parts[1]); err == nil {
			parts[1] = base64.RawURLEncoding.EncodeToString([]byte(ids.Replace(string(claims))))
			return []byte(strings.Join(parts, "."))
		}
	}
	return []byte(ids.Replace(string(r.Value)))
}

// other replaces the ids of the case by those of another, of the same length, so that Avro stays valid.
func other(s *tracetest.Stack, i int) *strings.Replacer {
	pairs := []string{oldOrder, fmt.Sprintf("order-%07d", i), tracetest.Phone[1:], fmt.Sprintf("49160%08d", i)}
	for _, id := range []string{strings.TrimPrefix(tracetest.VerificationKey(1), "lox24:"), strings.TrimPrefix(tracetest.PaymentKey(1), "uapay:"), tracetest.EventID(1, 1), tracetest.EventID(1, 2), oldInvoice} {
		pairs = append(pairs, id, id[:9]+fmt.Sprintf("%04x", 1+i>>16)+id[13:14]+fmt.Sprintf("%04x", i&0xffff)+id[18:])
	}
	for n := 1; n <= 4; n++ {
		pairs = append(pairs, fmt.Sprintf("request-%08d", n), fmt.Sprintf("repeat%d-%08d", n, i))
	}
	for _, p := range s.Privacy.Phone(tracetest.Phone, time.Now()).Pseudonyms {
		pairs = append(pairs, p.HMAC, fmt.Sprintf("%08x%s", i, p.HMAC[8:]))
	}
	return strings.NewReplacer(pairs...)
}
