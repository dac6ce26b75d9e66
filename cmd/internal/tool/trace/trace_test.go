package trace_test

import (
	"slices"
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

func config(s *tracetest.Stack) trace.Config {
	return trace.Config{Kafka: s.Kafka, Names: s.Names, Sources: s.Sources}
}

func run(t *testing.T, s *tracetest.Stack, query trace.Query) *trace.Report {
	t.Helper()
	r, err := trace.Run(t.Context(), config(s), query)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func journeyIs(key string, want func(*avro.JourneySnapshot) bool) func(*kgo.Record) bool {
	return func(r *kgo.Record) bool {
		var j avro.JourneySnapshot
		_, body, err := wire.Parse(r.Value)
		return string(r.Key) == key && err == nil && j.DecodeAvro(body) == nil && want(&j)
	}
}

// requestOf returns the request id of a raw record.
func requestOf(r *kgo.Record) string {
	for _, h := range r.Headers {
		if h.Key == raw.HeaderRequestID {
			return string(h.Value)
		}
	}
	return ""
}

// insights writes rows of the funnel and claims: those of the first verification, and others.
func insights(t *testing.T, s *tracetest.Stack) {
	t.Helper()
	client, err := kgo.NewClient(s.Kafka...)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	write := func(topic, key string, record avro.Record) {
		value, err := record.AppendAvro(wire.Append(nil, 1))
		if err == nil {
			err = client.ProduceSync(t.Context(), &kgo.Record{Topic: s.Names.Topic(topic), Key: []byte(key), Value: value}).FirstErr()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	v, ok := run(t, s, trace.Query{ID: tracetest.VerificationKey(1)}).Entities[0].Snapshot.(*avro.VerificationSnapshot)
	if !ok {
		t.Fatal("no verification")
	}
	at := v.CreatedAt
	for i, country := range []string{"DE", "UA"} {
		key := at.UTC().Format("DAY/2006-01-02T00:00Z/COUNTRY/") + country + "//lox24/shop-lox24/SMS"
		for revision := range int64(2) { // of which the second is the newest
			write(schemas.InsightsFunnel, key, &avro.FunnelRow{
				FunnelID: key, WindowStart: at, WindowEnd: at, Requested: 1 + revision, Verified: int64(1 - i), Revision: 1 + revision, ProcessedAt: at,
			})
		}
		id := "PUMPING/" + country + "/1"
		write(schemas.Signals, id, &avro.Signal{
			SignalID: id, Kind: avro.SignalKindPumping, State: avro.SignalStateRaised, Claim: "the range is pumped", Country: avro.Some(country),
			EvidenceSince: avro.Some(at.Add(-time.Hour)), AsOf: at.Add(time.Minute), RaisedAt: at, UpdatedAt: at, Revision: 1, ProcessedAt: at,
		})
	}
}

// insightsOf returns the insights of an entity, the claims first.
func insightsOf(e *trace.Entity) []string {
	var out []string
	for i := range e.Insights {
		name := e.Insights[i].Event
		if strings.HasPrefix(name, "DAY/") {
			name = "row of its country"
		}
		out = append(out, name+": "+e.Insights[i].Says)
	}
	slices.Sort(out)
	return out
}

// TestOneCaseByAnyID: every id of a case finds the same timeline.
func TestOneCaseByAnyID(t *testing.T) {
	t.Parallel()
	s := tracetest.Start(t)
	s.WithoutInsights = true
	s.Run(t)
	s.Verification(t, 1, "order-100", 1, "channel.success", 5)
	again := s.Verification(t, 1, "order-100", 1, "channel.success", 5)
	last := s.Verification(t, 1, "order-100", 2, "success", 10)
	s.Payment(t, 1, "order-100", "CANCELED", "REJECTED")
	// One of a name that begins alike, so that it must not be taken for it.
	s.Verification(t, 2, "order-1001", 1, "success", 10)
	poison := s.Webhook(t, raw.ProviderLOX24, "lox24:poison-1", []byte(`{"id":"letter-4711","data":{"id":"poison-1"}}`))
	s.Await(t, schemas.EnrichedJourneys, journeyIs("order-100", func(j *avro.JourneySnapshot) bool {
		return j.Refused && j.Verified
	}))
	s.Await(t, schemas.Duplicates, func(*kgo.Record) bool { return true })
	s.Await(t, schemas.DeadLetterLOX24, func(*kgo.Record) bool { return true })
	s.Await(t, schemas.EnrichedVerifications, func(r *kgo.Record) bool { return string(r.Key) == tracetest.VerificationKey(2) })

	insights(t, s)

	for name, id := range map[string]string{
		"correlation id":           "order-100",
		"key":                      tracetest.VerificationKey(1),
		"provider's id":            strings.TrimPrefix(tracetest.VerificationKey(1), "lox24:"),
		"payment":                  strings.TrimPrefix(tracetest.PaymentKey(1), "uapay:"),
		"invoice id":               strings.Replace(tracetest.PaymentKey(1001), "uapay:", "", 1),
		"event id":                 tracetest.EventID(1, 2),
		"request id":               requestOf(last),
		"request id of a repeat":   requestOf(again),
		"notification task's id":   strings.Replace(tracetest.EventID(701, 2), "lox24:", "", 1),
		"id with space around it?": "order-100",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := run(t, s, trace.Query{ID: id})
			if !r.Found || len(r.Journeys) != 1 || r.Journeys[0].Key != "order-100" || len(r.Entities) != 2 {
				t.Fatalf("found %v, %d journeys, %d entities, as %v; want order-100 with two members", r.Found, len(r.Journeys), len(r.Entities), r.As)
			}
			v := r.Entities[0]
			if v.Kind != "verification" {
				v = r.Entities[1]
			}
			if v.Deliveries != 3 || v.Facts != 2 || v.Duplicates != 1 || v.Waiting != 0 || v.State != "SUCCESS" || v.Source != "shop-lox24" {
				t.Errorf("verification = %+v, want two facts and a repeat", v)
			}
			kinds := map[string]int{}
			for i := range v.Steps {
				kinds[v.Steps[i].Kind]++
				if v.Steps[i].Kind == trace.StepReceived && v.Steps[i].RequestID == "" {
					t.Errorf("step %+v has no request id", v.Steps[i])
				}
			}
			if kinds[trace.StepReceived] != 3 || kinds[trace.StepDecoded] != 2 || kinds[trace.StepDuplicate] != 1 || kinds[trace.StepSnapshot] != 2 {
				t.Errorf("steps by kind: %v", kinds)
			}
			if got, want := insightsOf(v), []string{
				"PUMPING/DE/1: the range is pumped", "row of its country: one of 2 codes, 1 of them verified and 0 paid; it counts as success",
			}; !slices.Equal(got, want) {
				t.Errorf("insights: %q, want %q", got, want)
			}
			if why := strings.Join(r.Journeys[0].Why, " "); !strings.Contains(why, "refused, 500.00 UAH") {
				t.Errorf("why: %q, want that the payment was refused", why)
			}
		})
	}
	t.Run("phone", func(t *testing.T) {
		t.Parallel()
		hmac := s.Privacy.Phone(tracetest.Phone, time.Now()).Pseudonyms[0].HMAC
		r := run(t, s, trace.Query{Pseudonyms: []string{hmac}})
		if len(r.Journeys) != 2 || strings.Contains(r.Query, "49") {
			t.Errorf("%d journeys of %q, want both of the number, which is not said", len(r.Journeys), r.Query)
		}
	})
	t.Run("dead letter", func(t *testing.T) {
		t.Parallel()
		for _, id := range []string{"letter-4711", requestOf(poison)} {
			r := run(t, s, trace.Query{ID: id})
			if len(r.Entities) != 1 || r.Entities[0].DeadLetters != 1 || len(r.Entities[0].Why) == 0 {
				t.Errorf("%s: %+v, want a dead letter and why", id, r.Entities)
			}
		}
	})
	t.Run("nothing", func(t *testing.T) {
		t.Parallel()
		r := run(t, s, trace.Query{ID: "order-10"})
		if r.Found || len(r.Looked) != 3 {
			t.Errorf("found %v %v, looked %d times; want nothing, looked for as key, in outcomes and in raw", r.Found, r.As, len(r.Looked))
		}
		if r := run(t, s, trace.Query{ID: "o-1"}); r.Found || len(r.Looked) != 1 {
			t.Errorf("a short id: found %v, looked %d times; want as a key alone", r.Found, len(r.Looked))
		}
	})
}

// TestBeforeItIsProcessed: what is received is found in the raw topics, in bodies
// however compressed, in signed tokens, and said to wait. What was aborted is not.
func TestBeforeItIsProcessed(t *testing.T) {
	t.Parallel()
	s := tracetest.Start(t)
	for name, codec := range map[string]kgo.CompressionCodec{
		"plain": kgo.NoCompression(), "gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(), "lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression(),
	} {
		client, err := kgo.NewClient(append(s.Kafka, kgo.ProducerBatchCompression(codec))...)
		if err != nil {
			t.Fatal(err)
		}
		like := s.Webhook(t, raw.ProviderLOX24, "lox24:like", []byte(`{}`))
		for i := range 50 {
			body := `{"id":"other-` + strings.Repeat("x", i) + `"}`
			if i == 25 {
				body = `{"id":"event-` + name + `"}`
			}
			client.Produce(t.Context(), &kgo.Record{Topic: like.Topic, Key: []byte("lox24:of-" + name), Value: []byte(body), Headers: like.Headers}, nil)
		}
		if err := client.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		client.Close()
		r := run(t, s, trace.Query{ID: "event-" + name})
		if len(r.Entities) != 1 || r.Entities[0].Key != "lox24:of-"+name || r.Entities[0].Waiting != 50 || r.Entities[0].Facts != 0 {
			t.Errorf("%s: %+v, want one entity whose 50 records wait", name, r.Entities)
		}
	}
	for n := range 4 { // ids of other lengths begin at other places of base64
		order := "order-in-a-token-" + strings.Repeat("z", n)
		s.Payment(t, 20+n, order, "FINISHED", "FINISHED")
		r := run(t, s, trace.Query{ID: order})
		if len(r.Entities) == 0 || r.Entities[0].Key != tracetest.PaymentKey(20+n) && n == 3 {
			t.Errorf("%s: %+v, want the payment", order, r.Entities)
		}
	}
	aborted, err := kgo.NewClient(append(s.Kafka, kgo.TransactionalID("aborted"))...)
	if err != nil {
		t.Fatal(err)
	}
	defer aborted.Close()
	if err := aborted.BeginTransaction(); err != nil {
		t.Fatal(err)
	}
	record := &kgo.Record{Topic: s.Names.Topic(schemas.RawLOX24), Key: []byte("lox24:never"), Value: []byte(`{"id":"event-aborted"}`)}
	if err := aborted.ProduceSync(t.Context(), record).FirstErr(); err != nil {
		t.Fatal(err)
	}
	if err := aborted.EndTransaction(t.Context(), kgo.TryAbort); err != nil {
		t.Fatal(err)
	}
	s.Webhook(t, raw.ProviderLOX24, "lox24:behind", []byte(`{"id":"event-behind"}`))
	if r := run(t, s, trace.Query{ID: "event-aborted"}); r.Found {
		t.Errorf("what was aborted is found: %+v", r.Entities)
	}
	if r := run(t, s, trace.Query{ID: "event-behind"}); !r.Found {
		t.Error("what lies behind an abort is not found")
	}
}

// TestBounds: what was written before or after is not searched.
func TestBounds(t *testing.T) {
	t.Parallel()
	s := tracetest.Start(t)
	s.Webhook(t, raw.ProviderLOX24, "lox24:x", []byte(`{"id":"event-bounded"}`))
	for name, c := range map[string]struct {
		from, to time.Time
		found    bool
	}{
		"none":   {time.Time{}, time.Time{}, true},
		"within": {time.Now().Add(-time.Hour), time.Now().Add(time.Hour), true},
		"later":  {time.Now().Add(time.Hour), time.Time{}, false},
		"before": {time.Time{}, time.Now().Add(-time.Hour), false},
	} {
		o := config(s)
		o.From, o.To = c.from, c.to
		r, err := trace.Run(t.Context(), o, trace.Query{ID: "event-bounded"})
		if err != nil || r.Found != c.found {
			t.Errorf("%s: found %v, %v; want %v", name, r.Found, err, c.found)
		}
	}
}

// TestWrongPlace: another prefix has none of our topics, and that is said.
func TestWrongPlace(t *testing.T) {
	t.Parallel()
	s := tracetest.Start(t)
	o := config(s)
	o.Names.Prefix = "other."
	if _, err := trace.Run(t.Context(), o, trace.Query{ID: "order-1"}); err == nil || !strings.Contains(err.Error(), `prefix "other."`) {
		t.Errorf("error %v, want one that names the prefix", err)
	}
	if _, err := trace.Run(t.Context(), o, trace.Query{}); err == nil {
		t.Error("looking for nothing is no error")
	}
}
