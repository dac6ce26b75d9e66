package ledger_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/contract"
	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/ledger"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/dlq"
	"github.com/tributary-hq/tributary/schemas/raw"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// stub is a stage whose records say how they end.
type stub struct{}

func (stub) Decode(in *stage.Input) (stage.Event, error) {
	if string(in.Value) == "undecodable" {
		return nil, stage.Permanentf(stage.CauseUndecodable, "not readable")
	}
	received, err := strconv.ParseInt(header(in.Headers, raw.HeaderReceivedAt), 10, 64)
	if err != nil {
		return nil, nil //nolint:nilerr // without times
	}
	at := time.UnixMilli(received)
	return &late{stage.Times{Event: at.Add(-lateness), Ingested: at}}, nil
}

func (stub) Apply(tx stage.Tx, in *stage.Input, _ stage.Event) error {
	if received, err := strconv.ParseInt(header(in.Headers, raw.HeaderReceivedAt), 10, 64); err == nil {
		tx.AdvanceWatermark(time.UnixMilli(received))
	}
	emit := func(topic string) {
		tx.Emit(stage.Output{Topic: topic, Key: in.Key, Value: wire.AppendPlaceholder(nil)})
	}
	switch string(in.Value) {
	case "decoded":
		emit(schemas.DecodedLOX24SMS)
		emit(schemas.EnrichedVerifications)
	case "duplicate":
		emit(schemas.Duplicates)
	case "stale":
		return stage.Permanentf(stage.CauseStale, "too old")
	case "twice":
		emit(schemas.DecodedLOX24SMS)
		emit(schemas.Duplicates)
	case "odd":
		emit(schemas.DecodedLOX24SMS)
		odd(tx)
	case "missed":
		emit(schemas.DecodedLOX24SMS)
		tx.Count(ledger.CounterMissed, header(in.Headers, raw.HeaderSource), 2)
	}
	return nil
}

func (stub) OnTimer(stage.Tx, []byte) error { return nil }

func header(headers []stage.Header, key string) string {
	for _, h := range headers {
		if h.Key == key {
			return string(h.Value)
		}
	}
	return ""
}

func noon(d time.Duration) time.Time { return time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC).Add(d) }

func newStage() stage.Stage { return ledger.Keep("lox24", "x.raw.lox24.v1", stub{}, true) }

func newMemory(tb testing.TB) *enginetest.Driver {
	tb.Helper()
	return newMemoryAt(tb, func() time.Time { return noon(100 * time.Hour) })
}

func newMemoryAt(tb testing.TB, wall func() time.Time) *enginetest.Driver {
	tb.Helper()
	m, err := enginetest.NewDriver(enginetest.DriverConfig{
		Topics: contract.TestTopics, Namespace: contract.Namespace,
		Name: "lox24", Stage: newStage(), DeadLetter: schemas.DeadLetterLOX24,
		Outputs: []string{schemas.DecodedLOX24SMS, schemas.EnrichedVerifications, schemas.Duplicates, schemas.Ledger, schemas.InternalInsights},
		Now:     wall,
	})
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// record is a raw record that ends as its body says.
func record(offset int64, at time.Duration, source, body string, more ...stage.Header) stage.Input {
	headers := raw.Append[stage.Header](nil, &raw.Envelope{Source: source, Provider: "lox24", ReceivedAt: noon(at)})
	return stage.Input{
		Topic: "x.raw.lox24.v1", Offset: offset, Key: []byte("k"), Value: []byte(body), Timestamp: noon(at),
		Headers: append(headers, more...),
	}
}

// entries returns the ledger's entries among outputs.
func entries(tb testing.TB, outputs []stage.Output) []avro.LedgerEntry {
	tb.Helper()
	var out []avro.LedgerEntry
	for i := range outputs {
		if outputs[i].Topic != schemas.Ledger {
			continue
		}
		_, body, err := wire.Parse(outputs[i].Value)
		if err != nil {
			tb.Fatal(err)
		}
		var e avro.LedgerEntry
		if err := e.DecodeAvro(body); err != nil {
			tb.Fatal(err)
		}
		if string(outputs[i].Key) != "lox24/0" || e.Provider != "lox24" || e.Partition != 0 || e.Topic != "x.raw.lox24.v1" {
			tb.Errorf("key %q, %s/%d of %s", outputs[i].Key, e.Topic, e.Partition, e.Provider)
		}
		out = append(out, e)
	}
	return out
}

func feed(tb testing.TB, m *enginetest.Driver, records ...stage.Input) []avro.LedgerEntry {
	tb.Helper()
	outputs, err := m.Feed(records...)
	if err != nil {
		tb.Fatal(err)
	}
	return entries(tb, outputs)
}

func advance(tb testing.TB, m *enginetest.Driver, to time.Duration) []avro.LedgerEntry {
	tb.Helper()
	outputs, err := m.AdvanceTo(0, noon(to))
	if err != nil {
		tb.Fatal(err)
	}
	return entries(tb, outputs)
}

// TestReplaysLeaveMarkers: the marker of a replay's transaction is no lost record,
// wherever between other records it stands, and it excuses one offset, once.
func TestReplaysLeaveMarkers(t *testing.T) {
	t.Parallel()
	replay := stage.Header{Key: dlq.HeaderTopic, Value: []byte("x.raw.lox24.v1")}
	for name, c := range map[string]struct {
		records []stage.Input
		skipped int64
	}{
		"right behind": {skipped: 0, records: []stage.Input{record(1, 0, "a", "decoded", replay), record(3, 0, "a", "decoded")}},
		"two of one transaction": {skipped: 0, records: []stage.Input{
			record(1, 0, "a", "decoded", replay), record(2, 0, "a", "decoded", replay), record(4, 0, "a", "decoded"),
		}},
		"another between": {skipped: 0, records: []stage.Input{
			record(1, 0, "a", "decoded", replay), record(2, 0, "a", "decoded"), record(4, 0, "a", "decoded"),
		}},
		"two transactions": {skipped: 0, records: []stage.Input{
			record(1, 0, "a", "decoded", replay), record(3, 0, "a", "decoded", replay), record(5, 0, "a", "decoded"),
		}},
		"one excuses one":    {skipped: 2, records: []stage.Input{record(1, 0, "a", "decoded", replay), record(5, 0, "a", "decoded")}},
		"once":               {skipped: 1, records: []stage.Input{record(1, 0, "a", "decoded", replay), record(3, 0, "a", "decoded"), record(5, 0, "a", "decoded")}},
		"without any replay": {skipped: 1, records: []stage.Input{record(1, 0, "a", "decoded"), record(3, 0, "a", "decoded")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMemory(t)
			// Rounds of one record each: what is met stands in the state between them.
			for _, r := range c.records {
				feed(t, m, r)
			}
			got := advance(t, m, time.Minute)
			if len(got) != 1 || got[0].SkippedOffsets != c.skipped {
				t.Errorf("%+v, want %d skipped", got, c.skipped)
			}
		})
	}
}

// TestMinute: every way to end, by source, in one entry, which is there when its
// minute is over and never again.
func TestMinute(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	replay := stage.Header{Key: dlq.HeaderTopic, Value: []byte("x.raw.lox24.v1")}
	got := feed(t, m,
		record(5, 0, "shop", "decoded"), record(6, time.Second, "shop", "duplicate"), record(7, 59*time.Second, "shop", "stale"),
		record(8, 2*time.Second, "app", "undecodable"), record(11, 3*time.Second, "app", "nothing"), record(12, 3*time.Second, "app", "twice"),
		record(13, 3*time.Second, "app", "missed"), record(14, 3*time.Second, "app", "decoded", replay))
	got = append(got, advance(t, m, 59*time.Second)...)
	if len(got) > 0 {
		t.Fatalf("an entry before its minute is over: %+v", got)
	}
	got = advance(t, m, time.Minute)
	app := avro.LedgerSource{Source: "app", Accepted: 4, Replayed: 1, Decoded: 2, DeadLetters: 1, Unaccounted: 2, MissedAttempts: 2}
	shop := avro.LedgerSource{Source: "shop", Accepted: 3, Decoded: 1, Duplicates: 1, DeadLetters: 1}
	want := []avro.LedgerEntry{{
		Provider: "lox24", Topic: "x.raw.lox24.v1", Sequence: 1, Minute: noon(0), FromOffset: 5, ToOffset: 15, SkippedOffsets: 2,
		Sources:  []avro.LedgerSource{app, shop},
		Accepted: 7, Replayed: 1, Decoded: 3, Duplicates: 1, DeadLetters: 2, Unaccounted: 2, MissedAttempts: 2,
		TotalAccepted: 7, TotalReplayed: 1, TotalDecoded: 3, TotalDuplicates: 1, TotalDeadLetters: 2, TotalUnaccounted: 2, TotalMissedAttempts: 2,
		ProcessedAt: noon(100 * time.Hour),
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
	counted := map[string]int64{}
	for _, c := range m.Counts() {
		counted[c.Name+" "+c.Label] += c.N
	}
	if counted["decoded app"] != 2 || counted["decoded shop"] != 1 || counted["skipped_offsets "] != 2 || counted["missed_attempts app"] != 2 {
		t.Errorf("counted for the metrics: %v", counted)
	}
}

// TestLate: a record received before the open minute counts in it; minutes only go up.
func TestLate(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	feed(t, m, record(0, 0, "shop", "decoded"))
	if got := advance(t, m, 3*time.Hour); len(got) != 180 {
		t.Fatalf("%d entries, want one for each of 180 minutes", len(got))
	}
	if got := feed(t, m, record(1, time.Second, "shop", "decoded")); len(got) != 0 {
		t.Fatalf("%d entries, want none", len(got))
	}
	got := advance(t, m, 3*time.Hour+time.Minute)
	if len(got) != 1 || !got[0].Minute.Equal(noon(3*time.Hour)) || got[0].FromOffset != 1 || got[0].ToOffset != 2 || got[0].TotalAccepted != 2 {
		t.Errorf("entries = %+v", got)
	}
}

// TestHostileHeaders: what no ingest wrote is accounted for all the same.
func TestHostileHeaders(t *testing.T) {
	t.Parallel()
	wall := noon(100 * time.Hour)
	m := newMemoryAt(t, func() time.Time { return wall })
	h := func(key, value string) stage.Header { return stage.Header{Key: key, Value: []byte(value)} }
	var got []avro.LedgerEntry
	for i, headers := range [][]stage.Header{
		nil,
		{h(raw.HeaderSource, "\xff"), h(raw.HeaderReceivedAt, "-5")},
		{h(raw.HeaderSource, "shop"), h(raw.HeaderReceivedAt, "99999999999999999")},
		{h(raw.HeaderSource, "shop"), h(raw.HeaderReceivedAt, "now")},
	} {
		got = append(got, feed(t, m, stage.Input{Topic: "x.raw.lox24.v1", Offset: int64(i), Value: []byte("undecodable"), Headers: headers})...)
	}
	for i := range 1000 {
		got = append(got, feed(t, m, record(int64(4+i), 0, fmt.Sprint("source-", i), "decoded"))...)
	}
	wall = noon(300 * time.Hour)
	got = append(got, advance(t, m, 200*time.Hour)...)
	total := totalOf(got)
	if total.Accepted != 1004 || total.DeadLetters != 4 || total.Decoded != 1000 {
		t.Errorf("total = %+v", total)
	}
	for i := range got {
		if len(got[i].Sources) > 300 {
			t.Errorf("%d sources in an entry", len(got[i].Sources))
		}
	}
}

// TestTiles: whatever comes in whatever order, the entries tile the offsets and the
// minutes, and add up to what came.
func TestTiles(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		m := newMemory(t)
		var got []avro.LedgerEntry
		want, next := map[string]int64{}, int64(rapid.IntRange(0, 9).Draw(r, "first"))
		begin := next
		for range rapid.IntRange(1, 40).Draw(r, "records") {
			body := rapid.SampledFrom([]string{"decoded", "duplicate", "stale", "undecodable", "missed"}).Draw(r, "body")
			at := time.Duration(rapid.IntRange(0, 600).Draw(r, "at")) * time.Second
			want[body]++
			got = append(got, feed(t, m, record(next, at, rapid.SampledFrom([]string{"a", "b"}).Draw(r, "source"), body))...)
			next++
			if rapid.IntRange(0, 3).Draw(r, "advance") == 0 {
				got = append(got, advance(t, m, time.Duration(rapid.IntRange(0, 700).Draw(r, "to"))*time.Second)...)
			}
		}
		got = append(got, advance(t, m, time.Hour)...)
		var sum avro.LedgerSource
		last := time.Time{}
		for i := range got {
			e := &got[i]
			if e.Sequence != int64(i+1) || e.FromOffset != begin || i > 0 && e.Minute.Sub(last) != time.Minute || e.SkippedOffsets != 0 {
				r.Fatalf("entry %d: sequence %d, from %d (want %d), minute %s after %s", i, e.Sequence, e.FromOffset, begin, e.Minute, last)
			}
			begin, last = e.ToOffset, e.Minute
			before := sum
			for _, c := range e.Sources {
				if c.Accepted+c.Replayed != c.Decoded+c.Duplicates+c.DeadLetters+c.Unaccounted {
					r.Fatalf("entry %d does not add up: %+v", i, c)
				}
				sum.Accepted += c.Accepted
				sum.Decoded += c.Decoded
				sum.Duplicates += c.Duplicates
				sum.DeadLetters += c.DeadLetters
				sum.MissedAttempts += c.MissedAttempts
			}
			if e.Accepted != sum.Accepted-before.Accepted || e.Decoded != sum.Decoded-before.Decoded || e.MissedAttempts != sum.MissedAttempts-before.MissedAttempts {
				r.Fatalf("the counts of entry %d are not those of its sources: %+v", i, e)
			}
		}
		all := int64(0)
		for _, body := range slices.Sorted(maps.Keys(want)) {
			all += want[body]
		}
		expected := avro.LedgerSource{
			Accepted: all, Decoded: want["decoded"] + want["missed"], Duplicates: want["duplicate"],
			DeadLetters: want["stale"] + want["undecodable"], MissedAttempts: 2 * want["missed"],
		}
		if begin != next || sum != expected || totalOf(got) != expected {
			r.Errorf("entries end at %d of %d with %+v, total %+v, want %+v", begin, next, sum, totalOf(got), expected)
		}
	})
}

// totalOf returns the running totals of the last entry.
func totalOf(list []avro.LedgerEntry) avro.LedgerSource {
	e := &list[len(list)-1]
	return avro.LedgerSource{
		Accepted: e.TotalAccepted, Replayed: e.TotalReplayed, Decoded: e.TotalDecoded, Duplicates: e.TotalDuplicates, DeadLetters: e.TotalDeadLetters,
		Unaccounted: e.TotalUnaccounted, MissedAttempts: e.TotalMissedAttempts, MissedAttemptsWithdrawn: e.TotalMissedAttemptsWithdrawn,
	}
}
