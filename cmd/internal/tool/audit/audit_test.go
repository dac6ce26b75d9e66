package audit_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/lab/demo"
	"github.com/tributary-hq/tributary/cmd/internal/tool/audit"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/dlq"
	"github.com/tributary-hq/tributary/schemas/raw"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// TestTampering: the account of a whole run adds up, and of each record that is
// then removed or added the audit says which it is.
func TestTampering(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	_, err := demo.Run(ctx, demo.Options{Seed: seed, Scale: 1, Stay: func(ctx context.Context, place demo.Place, _ *demo.Result) error {
		options := []kgo.Opt{kgo.SeedBrokers(place.Brokers...), kgo.RecordPartitioner(kgo.ManualPartitioner())}
		client, err := kgo.NewClient(options...)
		if err != nil {
			return err
		}
		defer client.Close()
		r := &rig{
			t: t, client: client, admin: kadm.NewClient(client), known: map[string]bool{},
			// The demo's time has run ahead of the wall clock.
			config: audit.Config{Kafka: options, Now: func() time.Time { return place.Now }},
		}
		r.sound(ctx)
		r.replay(ctx)
		r.tamper(ctx)
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
}

// sound wants the whole account to add up, and to be of something.
func (r *rig) sound(ctx context.Context) {
	r.t.Helper()
	report := r.audit(ctx)
	if !report.AddsUp || !report.Span.Whole {
		r.t.Fatalf("differences before anything was changed: %v, span %+v", lines(report), report.Span)
	}
	total := report.Total()
	if want := len(schemas.ProviderIDs()); len(total) != want {
		r.t.Fatalf("%d providers, want %d", len(total), want)
	}
	for _, a := range total {
		if a.Accepted == 0 || a.Decoded == 0 || a.Accepted+a.Replayed != a.Decoded+a.Duplicates+a.DeadLetters {
			r.t.Errorf("account = %+v", a)
		}
	}
	for _, f := range report.Facts {
		if f.Facts == 0 || f.Facts != f.Applied || f.InFlight > 0 {
			r.t.Errorf("facts = %+v", f)
		}
	}
	if report.Journeys.Journeys == 0 || report.Journeys.InFlight > 0 {
		r.t.Errorf("journeys = %+v: nothing was compared", report.Journeys)
	}
	if report.Funnel.Windows == 0 {
		r.t.Errorf("funnel = %+v: nothing was compared", report.Funnel)
	}
	// Every minute is over, for the demo's deadlines were waited for.
	accepted := int64(0)
	for _, a := range total {
		accepted += a.Accepted
	}
	if report.Ledger.Records != accepted {
		r.t.Errorf("the ledger accounts for %d records of %d, in %d entries", report.Ledger.Records, accepted, report.Ledger.Entries)
	}
	// A span in the middle of the run closes too.
	config := r.config
	config.From, config.To = report.Span.From, r.config.Now().Add(-time.Hour)
	if narrow, err := audit.Run(ctx, config); err != nil || !narrow.AddsUp {
		r.t.Errorf("a narrower span: %v, %v", err, lines(narrow))
	}
}

// replay sends a record that can never be handled, and what became of it once more:
// it was accepted once, and both are accounted for.
func (r *rig) replay(ctx context.Context) {
	r.t.Helper()
	before := r.audit(ctx).Total()[0]
	headers := raw.Append[raw.Header](nil, &raw.Envelope{Source: "lox24", Provider: raw.ProviderLOX24, Assurance: raw.AssuranceSharedSecret, ReceivedAt: r.config.Now()})
	poison := &kgo.Record{Topic: schemas.RawLOX24, Key: []byte("lox24:poison")}
	for _, h := range headers {
		poison.Headers = append(poison.Headers, kgo.RecordHeader(h))
	}
	for n := range int64(3) {
		r.write(ctx, poison, []byte("no json"))
		letters := r.await(ctx, schemas.DeadLetterLOX24, poison.Key, int(n)+1)
		poison.Headers = letters[n].Headers
		report := r.audit(ctx)
		got := report.Total()[0]
		want := before
		want.Accepted, want.Replayed, want.Raw, want.DeadLetters = before.Accepted+1, n, before.Raw+n+1, before.DeadLetters+n+1
		want.DeadLettersReplayed = n
		if got != want || !report.AddsUp {
			r.t.Fatalf("after %d replays: account = %+v, want %+v, differences %v", n, got, want, lines(report))
		}
	}
}

// await reads until there are so many records of a key.
func (r *rig) await(ctx context.Context, topic string, key []byte, n int) []*kgo.Record {
	r.t.Helper()
	for {
		if found := r.all(ctx, topic, key); len(found) >= n {
			return found
		}
		if ctx.Err() != nil {
			r.t.Fatalf("%s has not got %d records of %s", topic, n, key)
		}
	}
}

func (r *rig) audit(ctx context.Context) *audit.Report {
	r.t.Helper()
	report, err := audit.Run(ctx, r.config)
	if err != nil {
		r.t.Fatal(err)
	}
	return report
}

// found wants exactly these new differences, each "kind topic/partition@offset".
func (r *rig) found(ctx context.Context, after string, want ...string) {
	r.t.Helper()
	var got []string
	for _, line := range lines(r.audit(ctx)) {
		// The ledger notices too, by the minute.
		if !r.known[line] && !strings.HasPrefix(line, audit.KindLedger+" ") {
			got = append(got, line)
		}
		r.known[line] = true
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		r.t.Errorf("after %s: differences\n%s\nwant\n%s", after, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func lines(report *audit.Report) []string {
	var out []string
	for _, d := range report.Listed {
		out = append(out, fmt.Sprintf("%s %s/%d@%d", d.Kind, d.Topic, d.Partition, d.Offset))
	}
	return out
}

func (r *rig) tamper(ctx context.Context) {
	r.t.Helper()
	// A payment's fact once more: it ended twice, and its snapshot knows one less.
	fact := r.read(ctx, schemas.DecodedUAPAYPayment, func(*kgo.Record) bool { return true })
	from := originOf(r.t, fact)
	r.write(ctx, fact, fact.Value)
	first := r.firstOf(ctx, schemas.DecodedUAPAYPayment, fact.Key)
	r.found(ctx, "adding a fact", "repeated "+place(&from), "facts "+place(&first))

	// A duplicate of a record that was no duplicate.
	repeat := r.read(ctx, schemas.Duplicates, func(*kgo.Record) bool { return true })
	var d avro.Duplicate
	if err := d.DecodeAvro(body(r.t, repeat)); err != nil {
		r.t.Fatal(err)
	}
	first = avro.Origin{Topic: d.First.Topic, Partition: d.First.Partition, Offset: d.First.Offset}
	decoded := r.read(ctx, schemas.DecodedLOX24VerifyCode, func(rec *kgo.Record) bool {
		// The first occurrence would be a duplicate of itself, which is another difference.
		from := originOf(r.t, rec)
		return place(&from) != place(&first)
	})
	taken, err := avro.DecodeFact(body(r.t, decoded))
	if err != nil {
		r.t.Fatal(err)
	}
	other := taken.Origin
	d.ReceivedAt = taken.ReceivedAt
	d.Provider, d.Record = other.Provider, avro.RecordPosition{Topic: other.Topic, Partition: other.Partition, Offset: other.Offset}
	value, err := d.AppendAvro(slices.Clone(repeat.Value[:wire.HeaderSize]))
	if err != nil {
		r.t.Fatal(err)
	}
	r.write(ctx, repeat, value)
	r.found(ctx, "adding a duplicate", "two_outcomes "+place(&other))

	// A dead letter of a raw record that never was.
	lost := kgo.Record{Topic: schemas.DeadLetterLOX24, Headers: []kgo.RecordHeader{
		{Key: dlq.HeaderTopic, Value: []byte("raw.lox24.v1")}, {Key: dlq.HeaderPartition, Value: []byte("99")}, {Key: dlq.HeaderOffset, Value: []byte("5")},
	}}
	r.write(ctx, &lost, []byte("{}"))
	r.found(ctx, "adding a dead letter of no partition", "no_raw raw.lox24.v1/99@5")

	// A journey that says it has a fact more than its inputs.
	r.tamperJourney(ctx)
	r.removals(ctx)
}

func (r *rig) tamperJourney(ctx context.Context) {
	r.t.Helper()
	input := r.read(ctx, schemas.InternalJourney, func(rec *kgo.Record) bool {
		var in avro.JourneyInput
		return in.DecodeAvro(body(r.t, rec)) == nil && in.Kind == avro.JourneyInputKindPayment && len(r.all(ctx, schemas.EnrichedJourneys, rec.Key)) > 0
	})
	all := r.all(ctx, schemas.EnrichedJourneys, input.Key)
	last := all[len(all)-1]
	var s avro.JourneySnapshot
	if err := s.DecodeAvro(body(r.t, last)); err != nil {
		r.t.Fatal(err)
	}
	s.Facts++
	value, err := s.AppendAvro(slices.Clone(last.Value[:wire.HeaderSize]))
	if err != nil {
		r.t.Fatal(err)
	}
	r.write(ctx, last, value)
	inputs := r.all(ctx, schemas.InternalJourney, input.Key)
	r.found(ctx, "a journey with a fact too many", fmt.Sprintf("journey %s/%d@%d", inputs[0].Topic, inputs[0].Partition, inputs[0].Offset))
}

// removals take the first record of a partition away, which is all that Kafka lets
// anybody take.
func (r *rig) removals(ctx context.Context) {
	r.t.Helper()
	gone := r.removeFirst(ctx, schemas.Duplicates)
	var d avro.Duplicate
	if err := d.DecodeAvro(body(r.t, gone)); err != nil {
		r.t.Fatal(err)
	}
	repeat := avro.Origin{Topic: d.Record.Topic, Partition: d.Record.Partition, Offset: d.Record.Offset}
	r.found(ctx, "removing a duplicate", "no_outcome "+place(&repeat))

	gone = r.removeFirst(ctx, schemas.DecodedVoximplantAccountCallback)
	fact := originOf(r.t, gone)
	next := fact // what changed the snapshot last, where no fact is left
	if left := r.all(ctx, schemas.DecodedVoximplantAccountCallback, gone.Key); len(left) > 0 {
		next = originOf(r.t, left[0])
	}
	r.found(ctx, "removing a fact", "no_outcome "+place(&fact), "facts "+place(&next))

	taken := r.removeFirst(ctx, schemas.RawUAPAY)
	r.found(ctx, "removing a raw record", fmt.Sprintf("no_raw %s/%d@%d", taken.Topic, taken.Partition, taken.Offset))
	if report := r.audit(ctx); report.Ledger.Differences == 0 {
		r.t.Error("the ledger says that nothing is missing")
	}
}
