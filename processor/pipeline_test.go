package processor_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/processortest"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// TestPipelineInAnyOrder is the promise of the whole: random histories, in any
// order, with any repetition and any timing of deadlines, end in the same last
// snapshots, and each raw record ends in exactly one of decoded, duplicates and
// dead letters.
func TestPipelineInAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		records := draw(r)
		if len(records) == 0 {
			return
		}
		once := newPipeline(t)
		once.feed(t, records...)
		once.end(t)

		repeats := rapid.SliceOfN(rapid.SampledFrom(records), 0, 8).Draw(r, "repeats")
		for i := range repeats {
			repeats[i] = again(t, &repeats[i], time.Duration(rapid.IntRange(0, 30).Draw(r, "again"))*time.Minute)
		}
		shuffled := rapid.Permutation(slices.Concat(records, repeats)).Draw(r, "order")
		disordered := newPipeline(t)
		for i := range shuffled {
			disordered.memory.Held = rapid.IntRange(0, 2).Draw(r, "held") == 0
			disordered.feed(t, shuffled[i])
			if rapid.IntRange(0, 4).Draw(r, "advance") == 0 {
				disordered.advance(t, noon(time.Duration(rapid.IntRange(0, 600).Draw(r, "to"))*time.Minute))
			}
		}
		disordered.end(t)

		if diff := cmp.Diff(once.last, disordered.last); diff != "" {
			r.Errorf("last snapshots (-once +any order):\n%s", diff)
		}
		// A dead letter is no fact: its repeat is another dead letter.
		buried := 0
		for i := range repeats {
			if strings.Contains(string(repeats[i].Key), ":sha256:") {
				buried++
			}
		}
		want := account{decoded: once.account.decoded, duplicates: len(repeats) - buried, buried: once.account.buried + buried}
		if disordered.account != want || once.account.duplicates != 0 {
			r.Errorf("account of %d records = %+v, want %+v", len(shuffled), disordered.account, want)
		}
		if sum := disordered.account.decoded + disordered.account.duplicates + disordered.account.buried; sum != len(shuffled) {
			r.Errorf("%d records ended in %d", len(shuffled), sum)
		}
	})
}

// TestStoriesEndToEnd: what the example's orders come to, from raw records.
func TestStoriesEndToEnd(t *testing.T) {
	t.Parallel()
	p := newPipeline(t)
	records := exampleHistory(t)
	p.feed(t, records...)
	p.end(t)
	type outcome struct {
		Outcome, Missing, Channel any
		Switches, Paid            any
	}
	got := map[string]outcome{}
	for name, fields := range p.last {
		if order, ok := strings.CutPrefix(name, schemas.EnrichedJourneys+" "); ok {
			got[order] = outcome{
				fields["outcome"], fields["missing"], fields["delivered_channel"], fields["channel_switches"], fields["gross_minor"],
			}
		}
	}
	want := map[string]outcome{
		"order-1": {"COMPLETE", "NONE", "SMS", 1.0, 101_001.0},
		"order-2": {"VERIFIED_NOT_PAID", "PAYMENT", "TELEGRAM", 0.0, 0.0},
		"order-3": {"VERIFICATION_EXPIRED", "NONE", nil, 0.0, 0.0},
		"order-4": {"PAID_NOT_VERIFIED", "VERIFICATION", nil, 0.0, 101_003.0},
		// A status known only by its request id finds its call.
		"order-5": {"VERIFIED_NOT_PAID", "PAYMENT", "CALL", 0.0, 0.0},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("journeys (-want +got):\n%s", diff)
	}
	if p.account != (account{decoded: len(records)}) {
		t.Errorf("account = %+v of %d records", p.account, len(records))
	}
	if rows := rowsOf(p); len(rows) != 9 {
		t.Errorf("rows of the funnel by window and level: %v", rows)
	}
}

// account is where the raw records ended.
type account struct{ decoded, duplicates, buried int }

// pipeline is a consumer of everything that Memory emits.
type pipeline struct {
	memory  *processortest.Memory
	account account
	// last is the last snapshot by topic and key, without what tells of the arrival.
	last map[string]map[string]any
}

func newPipeline(t *testing.T) *pipeline {
	t.Helper()
	memory, err := processortest.NewMemory(processor.DefaultConfig(), deps(t), 2)
	if err != nil {
		t.Fatal(err)
	}
	return &pipeline{memory: memory, last: map[string]map[string]any{}}
}

func deps(t *testing.T) processor.Deps {
	t.Helper()
	return depsOf(t)
}

func depsOf(tb testing.TB) processor.Deps {
	tb.Helper()
	pseudonymiser, err := privacy.New(privacy.Config{Keys: []privacy.Key{{ID: "k1", Secret: []byte("0123456789abcdef0123456789abcdef")}}, BlockK: 1})
	if err != nil {
		tb.Fatal(err)
	}
	return processor.Deps{Privacy: pseudonymiser, Sources: []source.Source{
		{ID: "shop-lox24", Provider: "lox24"},
		{ID: "shop-uapay", Provider: "uapay"},
		{ID: "shop-voximplant", Provider: "voximplant"},
		{
			ID: "shop-standard", Provider: "standard", Correlation: []source.Correlation{{Field: "body", Pointer: "/data/order"}},
			PayloadFields: []string{"/data/parcel", "/data/weight"},
		},
		{ID: "shop-unibell", Provider: "unibell", StatusCallback: true},
	}}
}

func (p *pipeline) feed(t *testing.T, records ...stage.Input) {
	t.Helper()
	for i := range records {
		outputs, err := p.memory.Feed(records[i])
		if err != nil {
			t.Fatal(err)
		}
		p.consume(t, outputs)
	}
}

func (p *pipeline) advance(t *testing.T, to time.Time) {
	t.Helper()
	outputs, err := p.memory.AdvanceTo(to)
	if err != nil {
		t.Fatal(err)
	}
	p.consume(t, outputs)
}

// end lets everything that was held through and moves the clocks past every
// deadline but the retentions.
func (p *pipeline) end(t *testing.T) {
	t.Helper()
	outputs, err := p.memory.Release()
	if err != nil {
		t.Fatal(err)
	}
	p.consume(t, outputs)
	// Twice: a deadline upstream makes members whose own deadline comes later.
	p.advance(t, noon(20*24*time.Hour))
	p.advance(t, noon(21*24*time.Hour))
}

func (p *pipeline) consume(t *testing.T, outputs []stage.Output) {
	t.Helper()
	for i := range outputs {
		o := &outputs[i]
		switch {
		case strings.HasPrefix(o.Topic, "decoded."):
			p.account.decoded++
		case o.Topic == schemas.Duplicates:
			p.account.duplicates++
		case strings.HasPrefix(o.Topic, "deadletter."):
			p.account.buried++
			if o.Topic == schemas.DeadLetterJourney || o.Topic == schemas.DeadLetterUnibellCall {
				t.Fatalf("an internal record was buried: %s", o.Headers)
			}
		case strings.HasPrefix(o.Topic, "enriched."), strings.HasPrefix(o.Topic, "facts."), o.Topic == schemas.InsightsFunnel:
			p.keep(t, o)
		}
	}
}

func (p *pipeline) keep(t *testing.T, o *stage.Output) {
	t.Helper()
	name := o.Topic + " " + string(o.Key)
	if o.Value == nil {
		delete(p.last, name)
		return
	}
	snapshot, _ := avro.New(o.Topic)
	_, body, err := wire.Parse(o.Value)
	if err == nil {
		err = snapshot.DecodeAvro(body)
	}
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(snapshot)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(text, &fields); err != nil {
		t.Fatal(err)
	}
	arrival := func(key string, _ any) bool { return slices.Contains(ofTheArrival(), key) }
	maps.DeleteFunc(fields, arrival)
	if phone, ok := fields["phone"].(map[string]any); ok {
		maps.DeleteFunc(phone, arrival)
	}
	p.last[name] = fields
}

// ofTheArrival are the fields of snapshots that tell of the arrival itself: a
// deadline counts from when the first of its repeats was received.
func ofTheArrival() []string {
	return []string{"revision", "changed_by", "processed_at", "deadline", "hold_deadline", "late", "lateness_ms", "block", "block_as_of"}
}
