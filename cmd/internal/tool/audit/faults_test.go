package audit_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/lab/embedded"
	"github.com/tributary-hq/tributary/cmd/internal/tool/audit"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/dlq"
	"github.com/tributary-hq/tributary/schemas/raw"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// bench is a broker without a processor: what a cluster's faults leave behind is written
// by hand.
type bench struct {
	t      *testing.T
	client *kgo.Client
	admin  *kadm.Client
	config audit.Config
	// at is the timestamp of what is written.
	at time.Time
}

// newBench has three raw records of the requests r0 to r2, which became the facts of the
// events e0 to e2, and a group that stands behind them.
func newBench(t *testing.T) *bench {
	t.Helper()
	stack, err := embedded.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stack.Close() })
	b := &bench{t: t, at: time.Now().Add(-time.Hour)}
	b.config = audit.Config{Kafka: []kgo.Opt{kgo.SeedBrokers(stack.Brokers()...), kgo.RecordPartitioner(kgo.ManualPartitioner())}}
	if b.client, err = kgo.NewClient(b.config.Kafka...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.client.Close)
	b.admin = kadm.NewClient(b.client)
	for _, topic := range schemas.Table() {
		if _, err := b.admin.CreateTopic(t.Context(), 1, 1, nil, topic.Name); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// sound writes three records and what became of them.
func (b *bench) sound() {
	for i := range 3 {
		b.raw(fmt.Sprintf("r%d", i))
		b.fact(int64(i), fmt.Sprintf("r%d", i), fmt.Sprintf("e%d", i))
	}
	b.commit(schemas.RawLOX24, 3)
}

func (b *bench) write(topic, key string, value []byte, headers ...kgo.RecordHeader) {
	b.t.Helper()
	record := &kgo.Record{Topic: topic, Key: []byte(key), Value: value, Headers: headers, Timestamp: b.at}
	if err := b.client.ProduceSync(b.t.Context(), record).FirstErr(); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) avro(topic, key string, record interface {
	AppendAvro(dst []byte) ([]byte, error)
},
) {
	b.t.Helper()
	value, err := record.AppendAvro(wire.AppendPlaceholder(nil))
	if err != nil {
		b.t.Fatal(err)
	}
	b.write(topic, key, value)
}

// received is when the record of a request was.
func received(request string) time.Time {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range request {
		at = at.Add(time.Duration(c) * time.Millisecond)
	}
	return at
}

func headersOf(request string) []kgo.RecordHeader {
	e := &raw.Envelope{Source: "s", Provider: raw.ProviderLOX24, Assurance: raw.AssuranceSharedSecret, RequestID: request, ReceivedAt: received(request)}
	var out []kgo.RecordHeader
	for _, h := range raw.Append[raw.Header](nil, e) {
		out = append(out, kgo.RecordHeader(h))
	}
	return out
}

func (b *bench) raw(request string) {
	b.write(schemas.RawLOX24, "k", []byte("{}"), headersOf(request)...)
}

func (b *bench) fact(offset int64, request, event string) {
	b.avro(schemas.DecodedLOX24SMS, "k", &avro.LOX24SMS{
		Origin: avro.Origin{
			Source: "s", Provider: raw.ProviderLOX24, RequestID: request, Topic: schemas.RawLOX24, Offset: offset,
		},
		EventID: event, ReceivedAt: received(request), EventCreatedAt: received(request),
	})
}

func (b *bench) duplicate(offset int64, request string, first int64) {
	b.duplicateOf(offset, request, first, fmt.Sprintf("r%d", first))
}

// duplicateOf writes a duplicate of a first record that another request brought.
func (b *bench) duplicateOf(offset int64, request string, first int64, firstRequest string) {
	place := func(offset int64) avro.RecordPosition {
		return avro.RecordPosition{Topic: schemas.RawLOX24, Offset: offset}
	}
	b.avro(schemas.Duplicates, "k", &avro.Duplicate{
		EntityID: "k", Provider: raw.ProviderLOX24, Source: "s", EventID: "e", ReceivedAt: received(request), Record: place(offset),
		FirstReceivedAt: received(firstRequest), First: place(first), ProcessedAt: received(request),
	})
}

func (b *bench) deadLetter(offset int64, request string) {
	b.write(schemas.DeadLetterLOX24, "k", []byte("{}"), append(headersOf(request),
		kgo.RecordHeader{Key: dlq.HeaderTopic, Value: []byte(schemas.RawLOX24)}, kgo.RecordHeader{Key: dlq.HeaderPartition, Value: []byte("0")},
		kgo.RecordHeader{Key: dlq.HeaderOffset, Value: fmt.Append(nil, offset)})...)
}

// ledger writes an entry: accepted records, all decoded, and skipped offsets.
func (b *bench) ledger(sequence, from, to, accepted, skipped int64, minute time.Time) {
	b.avro(schemas.Ledger, "lox24/0", &avro.LedgerEntry{
		Provider: raw.ProviderLOX24, Topic: schemas.RawLOX24, Sequence: sequence, Minute: minute, FromOffset: from, ToOffset: to, SkippedOffsets: skipped,
		Sources: []avro.LedgerSource{{Source: "s", Accepted: accepted, Decoded: accepted}}, ProcessedAt: minute,
		Accepted: accepted, Decoded: accepted, TotalAccepted: accepted, TotalDecoded: accepted,
	})
}

func (b *bench) signal(key, id string, revision int64) {
	b.avro(schemas.Signals, key, &avro.Signal{SignalID: id, AsOf: b.at, RaisedAt: b.at, UpdatedAt: b.at, ProcessedAt: b.at, Revision: revision})
}

func (b *bench) commit(topic string, offset int64) {
	b.t.Helper()
	group := map[string]string{schemas.RawLOX24: "lox24", schemas.InternalJourney: "journey", schemas.InternalInsights: "insights"}[topic]
	var o kadm.Offsets
	o.AddOffset(topic, 0, offset, -1)
	if err := b.admin.CommitAllOffsets(b.t.Context(), schemas.Names{}.Group(group), o); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) deleteGroup(group string) {
	b.t.Helper()
	if _, err := b.admin.DeleteGroup(b.t.Context(), schemas.Names{}.Group(group)); err != nil {
		b.t.Fatal(err)
	}
}

// removeBefore is what retention does.
func (b *bench) removeBefore(topic string, offset int64) {
	b.t.Helper()
	var o kadm.Offsets
	o.AddOffset(topic, 0, offset, -1)
	if responses, err := b.admin.DeleteRecords(b.t.Context(), o); err != nil || responses.Error() != nil {
		b.t.Fatal(err, responses.Error())
	}
}

// aborted writes a record that its transaction takes back: a record and a marker.
func (b *bench) aborted() {
	b.t.Helper()
	client, err := kgo.NewClient(append(slices.Clone(b.config.Kafka), kgo.TransactionalID("replay"))...)
	if err != nil {
		b.t.Fatal(err)
	}
	defer client.Close()
	if err := client.BeginTransaction(); err != nil {
		b.t.Fatal(err)
	}
	record := &kgo.Record{Topic: schemas.RawLOX24, Key: []byte("k"), Value: []byte("{}"), Headers: headersOf("taken-back"), Timestamp: b.at}
	if err := client.ProduceSync(b.t.Context(), record).FirstErr(); err != nil {
		b.t.Fatal(err)
	}
	if err := client.EndTransaction(b.t.Context(), kgo.TryAbort); err != nil {
		b.t.Fatal(err)
	}
}

// TestEveryLossIsReported: what a cluster's faults and its administrators do to records
// is found, and named to the record where it is of one.
func TestEveryLossIsReported(t *testing.T) {
	t.Parallel()
	minute := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		fault func(*bench)
		want  []string
	}{
		"nothing": {func(*bench) {}, nil},
		"the topic lost its end, other records stand there": {func(b *bench) {
			b.fact(3, "lost3", "e3")
			b.fact(4, "lost4", "e4")
			b.raw("r3")
			b.raw("r4")
			b.commit(schemas.RawLOX24, 5)
		}, []string{"other_record @3", "other_record @4", "no_outcome @3", "no_outcome @4"}},
		"so it did, and they were handled": {func(b *bench) {
			b.fact(3, "lost3", "e3")
			b.duplicate(4, "lost4", 0)
			b.deadLetter(5, "lost5")
			for i := int64(3); i < 6; i++ {
				b.raw(fmt.Sprintf("r%d", i))
				b.fact(i, fmt.Sprintf("r%d", i), fmt.Sprintf("f%d", i))
			}
			b.commit(schemas.RawLOX24, 6)
		}, []string{"other_record @3", "other_record @4", "other_record @5"}},
		"the topic lost its end": {func(b *bench) {
			b.fact(3, "lost3", "e3")
			b.commit(schemas.RawLOX24, 4)
		}, []string{"beyond_end @3 to 4", "no_raw @3"}},
		"the group was deleted":        {func(b *bench) { b.deleteGroup("lox24") }, []string{"set_back @-1 to 3"}},
		"the group was set back":       {func(b *bench) { b.commit(schemas.RawLOX24, 1) }, []string{"set_back @1 to 3"}},
		"a record became a fact twice": {func(b *bench) { b.fact(1, "r1", "e1") }, []string{"repeated @1"}},
		"a record repeats itself":      {func(b *bench) { b.duplicate(1, "r1", 1) }, []string{"own_duplicate @1", "two_outcomes @1"}},
		"the same, without its place":  {func(b *bench) { b.duplicateOf(1, "r1", -1, "r1") }, []string{"own_duplicate @1", "two_outcomes @1"}},
		"a repeat has the place of the first, which the topic lost": {func(b *bench) {
			b.fact(3, "lost3", "e3")
			b.raw("r3")
			b.duplicateOf(3, "r3", -1, "lost3")
			b.commit(schemas.RawLOX24, 4)
		}, []string{"other_record @3"}},
		"the state was lost, a repeat is new": {func(b *bench) {
			b.raw("again1")
			b.fact(3, "again1", "e1")
			b.commit(schemas.RawLOX24, 4)
		}, []string{"fact_twice @1"}},
		"the group was set forward": {func(b *bench) {
			b.raw("r3")
			b.raw("r4")
			b.commit(schemas.RawLOX24, 5)
			b.ledger(1, 0, 3, 3, 0, minute)
			b.ledger(2, 3, 3, 0, 0, minute.Add(time.Minute))
			b.ledger(3, 3, 5, 0, 2, minute.Add(2*time.Minute))
		}, []string{"no_outcome @3", "no_outcome @4", "ledger @3 to 5", "skipped @3 to 5: 2 from 12:00:00 to 12:03:00"}},
		"a payment and its movements add up": {func(b *bench) { b.payment(1000, 300, "paid", "back/300") }, nil},
		"a movement is missing":              {func(b *bench) { b.payment(1000, 300, "paid") }, []string{"rows facts.money.v1 @-1"}},
		"a movement stands for a later revision": {func(b *bench) {
			b.payment(1000, 0, "paid")
			b.movement("back/300", 2, 300)
		}, nil},
		"a signal goes on": {func(b *bench) {
			b.signal("PUMPING/UA", "PUMPING/UA", 1)
			b.signal("PUMPING/UA", "PUMPING/UA", 2)
			b.write(schemas.Signals, "PUMPING/UA", nil)
			b.signal("PUMPING/UA", "PUMPING/UA", 1)
		}, nil},
		"a signal goes back": {func(b *bench) {
			b.signal("PUMPING/UA", "PUMPING/UA", 2)
			b.signal("PUMPING/UA", "PUMPING/UA", 2)
		}, []string{"revision signals.v1 @1"}},
		"a signal has another key": {func(b *bench) { b.signal("PUMPING/UA", "PUMPING/PL", 1) }, []string{"unreadable signals.v1 @0"}},
		"a minute of the ledger comes twice": {func(b *bench) {
			b.ledger(1, 0, 1, 1, 0, minute)
			b.ledger(2, 1, 1, 0, 0, minute)
		}, []string{"ledger @1 to 1"}},
		"retention was quicker, the ledger knows": {func(b *bench) {
			b.removeBefore(schemas.RawLOX24, 3)
			b.removeBefore(schemas.DecodedLOX24SMS, 3)
			b.ledger(1, 0, 1, 1, 0, minute)
			b.ledger(2, 1, 3, 0, 2, minute.Add(9*time.Minute))
		}, []string{"skipped @1 to 3: 2 from 12:00:00 to 12:10:00"}},
		"retention was quicker, nobody knows yet": {func(b *bench) {
			b.removeBefore(schemas.RawLOX24, 3)
			b.removeBefore(schemas.DecodedLOX24SMS, 3)
			b.commit(schemas.RawLOX24, 1)
		}, []string{"skipped @1 to 3: 2"}},
		"a replay was broken off": {func(b *bench) {
			b.aborted()
			b.raw("r5")
			b.fact(5, "r5", "e5")
			b.commit(schemas.RawLOX24, 6)
			b.ledger(1, 0, 6, 4, 2, minute)
		}, nil},
		"a group of an internal topic was deleted": {func(b *bench) {
			b.avro(schemas.InternalJourney, "k", &avro.JourneyInput{Kind: avro.JourneyInputKindClock})
			b.write(schemas.EnrichedJourneys, "k", nil)
		}, []string{"set_back internal.journey.v1 @-1 to -1"}},
		"the group of insights was deleted": {func(b *bench) {
			b.avro(schemas.InternalInsights, "k", &avro.InsightsInput{Kind: avro.InsightsInputKindClock})
			b.write(schemas.InsightsFunnel, "k", nil)
		}, []string{"set_back internal.insights.v1 @-1 to -1"}},
		"insights has not committed yet, and calls have ended": {func(b *bench) {
			b.avro(schemas.InternalInsights, "k", &avro.InsightsInput{Kind: avro.InsightsInputKindClock})
			b.write(schemas.EnrichedVerifications, "unibell:call", nil)
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.sound()
			test.fault(b)
			report := b.run()
			if got := b.lines(report); !slices.Equal(got, sortedLines(test.want)) {
				t.Errorf("differences\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(sortedLines(test.want), "\n"))
			}
			if report.AddsUp != (len(test.want) == 0) {
				t.Errorf("AddsUp = %v", report.AddsUp)
			}
		})
	}
}

// TestRepeatsFromBeforeTheSpan: a stage whose group was deleted reads records again that
// are older than what is compared. Their second facts are found, and those of a stage
// that was only away are none.
func TestRepeatsFromBeforeTheSpan(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	now := time.Now()
	b.config.From = now.Add(-24 * time.Hour)
	b.at = now.Add(-48 * time.Hour)
	b.sound()
	b.raw("r3") // handled a day later
	b.at = now.Add(-time.Hour)
	b.fact(3, "r3", "e3")
	b.commit(schemas.RawLOX24, 4)
	if got := b.lines(b.run()); len(got) > 0 {
		t.Errorf("a late fact: %v", got)
	}
	b.fact(0, "r0", "e0")
	b.duplicate(1, "r1", 0)
	b.fact(3, "r3", "e3")
	b.fact(2, "of-a-topic-of-before", "e7")
	if got, want := b.lines(b.run()), []string{"repeated @0", "repeated @3", "two_outcomes @1"}; !slices.Equal(got, want) {
		t.Errorf("differences %v, want %v", got, want)
	}
}

// TestSkippedIsAskedFor: skipped offsets are reported whatever retention has left, but not
// where another span was asked for.
func TestSkippedIsAskedFor(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.sound()
	b.removeBefore(schemas.RawLOX24, 2)
	b.removeBefore(schemas.DecodedLOX24SMS, 2)
	minute := time.Now().Add(-100 * time.Hour).UTC().Truncate(time.Minute)
	b.ledger(1, 0, 1, 1, 0, minute)
	b.ledger(2, 1, 2, 0, 1, minute.Add(time.Minute))
	if report := b.run(); report.AddsUp {
		t.Error("the account adds up")
	}
	b.config.From = time.Now().Add(-50 * time.Hour)
	if report := b.run(); !report.AddsUp {
		t.Errorf("since then: %v", b.lines(report))
	}
}

func (b *bench) run() *audit.Report {
	b.t.Helper()
	report, err := audit.Run(b.t.Context(), b.config)
	if err != nil {
		b.t.Fatal(err)
	}
	return report
}

// lines writes the differences; those of raw.lox24.v1/0 by their offset alone.
func (*bench) lines(report *audit.Report) []string {
	var out []string
	for _, d := range report.Listed {
		line := d.Kind
		if d.Topic != schemas.RawLOX24 {
			line += " " + d.Topic
		}
		line += fmt.Sprintf(" @%d", d.Offset)
		if d.To != 0 {
			line += fmt.Sprintf(" to %d", d.To)
		}
		if d.Skipped > 0 {
			line += fmt.Sprintf(": %d", d.Skipped)
		}
		if !d.Since.IsZero() {
			line += fmt.Sprintf(" from %s to %s", d.Since.Format(time.TimeOnly), d.Until.Format(time.TimeOnly))
		}
		out = append(out, line)
	}
	return sortedLines(out)
}

func sortedLines(lines []string) []string { return slices.Sorted(slices.Values(lines)) }
