package insights_test

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/contract"
	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/insights"
	"github.com/tributary-hq/tributary/processor/insights/funnel"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

func noon(after time.Duration) time.Time {
	return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Add(after)
}

// code is the state of an entity after a fact: the fact of the highest version counts.
type code struct {
	ID, Version                        int
	Minute                             int64
	Source                             string
	Channel                            avro.Channel
	Line, Block                        int
	Outcome                            avro.VerificationOutcome
	CostMinor, Gross, Refund, Attempts int64
	CostKnown, Paid                    bool
	Currency                           string
	Duration                           int64
}

func (c *code) contribution() (f funnel.Contribution) {
	f.Dimensions = funnel.Dimensions{
		Minute: c.Minute, Provider: "lox24", Source: c.Source, Channel: c.Channel,
		Country: "UA", Area: areaOf(c.Block), Block: blockOf(c.Block), Carrier: "Kyivstar",
	}
	if c.Block < 0 {
		f.Country, f.Area, f.Block = "", "", ""
	}
	f.Counts[funnel.Requested] = 1
	for range c.Attempts {
		f.Attempt(c.Channel, avro.AttemptStatusFailed, false)
	}
	f.Outcome(c.Outcome, 0, avro.Some(c.Duration))
	f.Cost(avro.Optional[int64]{Value: c.CostMinor, Set: c.CostKnown}, c.Currency)
	f.Phone = c.phone()
	if c.Paid {
		f.Counts[funnel.Paid] = 1
		f.Revenue = []funnel.Revenue{{Currency: c.Currency, Gross: c.Gross, RefundMinor: c.Refund}}
	}
	return f
}

func (c *code) phone() uint64 {
	if c.Block < 0 {
		return 0
	}
	h := fnv.New64a()
	fmt.Fprint(h, c.Block, "/", c.Line)
	return h.Sum64()>>16 | 7<<48
}

func areaOf(block int) string { return fmt.Sprintf("+3805%d", block/3) }

func blockOf(block int) string { return fmt.Sprintf("%s%03d", areaOf(block), block) }

// source is a stage of codes whose contributions it counts.
type source struct{}

func (source) Decode(in *stage.Input) (stage.Event, error) {
	c := &code{}
	return c, json.Unmarshal(in.Value, c)
}

func (source) Apply(tx stage.Tx, in *stage.Input, event stage.Event) error {
	is, ok := event.(*code)
	if !ok {
		return fmt.Errorf("an event of type %T", event)
	}
	var was code
	var before funnel.Contribution
	entry, err := tx.Get(in.Key)
	if err != nil {
		return err
	}
	if entry != nil {
		if err := json.Unmarshal(entry, &was); err != nil {
			return err
		}
		if was.Version >= is.Version {
			return nil
		}
		before = was.contribution()
	}
	after := is.contribution()
	funnel.Count(tx, &before, &after)
	tx.Put(in.Key, in.Value, time.Time{})
	return nil
}

func (source) OnTimer(stage.Tx, []byte) error { return nil }

const k = 4

// pipe is the source and the insights stage behind it.
type pipe struct {
	source, insights *enginetest.Driver
	offset           int64
	rows             map[string]*avro.FunnelRow
}

func driver(tb testing.TB, name string, s stage.Stage, outputs ...string) *enginetest.Driver {
	tb.Helper()
	d, err := enginetest.NewDriver(enginetest.DriverConfig{
		Topics: contract.TestTopics, Namespace: contract.Namespace, Name: name, Stage: s, Outputs: outputs, DeadLetter: schemas.DeadLetterInsights,
	})
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

func newPipe(tb testing.TB, change func(*insights.Config)) *pipe {
	tb.Helper()
	config := insights.DefaultConfig()
	config.BlockK = k
	if change != nil {
		change(&config)
	}
	return &pipe{
		source:   driver(tb, "source", funnel.Collect(source{}), schemas.InternalInsights),
		insights: driver(tb, insights.Name, insights.New(config), schemas.InsightsFunnel, schemas.Signals), rows: map[string]*avro.FunnelRow{},
	}
}

// feed applies codes in one transaction.
func (p *pipe) feed(tb testing.TB, codes ...code) {
	tb.Helper()
	var inputs []stage.Input
	for _, c := range codes {
		value, err := json.Marshal(c)
		if err != nil {
			tb.Fatal(err)
		}
		inputs = append(inputs, stage.Input{Key: fmt.Append(nil, c.ID), Value: value})
	}
	outputs, err := p.source.Feed(inputs...)
	if err != nil {
		tb.Fatal(err)
	}
	for _, out := range outputs {
		p.give(tb, stage.Input{Topic: out.Topic, Key: slices.Clone(out.Key), Value: slices.Clone(out.Value)})
	}
}

// clock moves the journey's watermark.
func (p *pipe) clock(tb testing.TB, to time.Time) {
	tb.Helper()
	in := avro.InsightsInput{
		Kind: avro.InsightsInputKindClock, UpstreamStage: avro.Some("journey"), UpstreamPartition: avro.Some(int32(0)), Clock: avro.Some(to),
	}
	value, err := in.AppendAvro(wire.AppendPlaceholder(nil))
	if err != nil {
		tb.Fatal(err)
	}
	wire.Put(value, 1)
	p.give(tb, stage.Input{Topic: schemas.InternalInsights, Key: []byte("journey"), Value: value})
}

func (p *pipe) give(tb testing.TB, in stage.Input) {
	tb.Helper()
	in.Offset = p.offset
	p.offset++
	outputs, err := p.insights.Feed(in)
	if err != nil {
		tb.Fatal(err)
	}
	for _, out := range outputs {
		key := string(out.Key)
		if out.Topic == schemas.Signals {
			continue
		}
		if out.Topic != schemas.InsightsFunnel {
			tb.Fatalf("a record of %s", out.Topic)
		}
		if out.Value == nil {
			if p.rows[key] == nil {
				tb.Fatalf("a tombstone of %s, which has no row", key)
			}
			delete(p.rows, key)
			continue
		}
		row := &avro.FunnelRow{}
		if err := row.DecodeAvro(out.Value[wire.HeaderSize:]); err != nil || row.FunnelID != key {
			tb.Fatalf("row %s of key %s: %v", row.FunnelID, key, err)
		}
		if was := p.rows[key]; was != nil && was.Revision >= row.Revision {
			tb.Fatalf("%s has revision %d after %d", key, row.Revision, was.Revision)
		}
		p.rows[key] = row
	}
}

func draw(r *rapid.T, n int, corrected bool) []code {
	var all []code
	for id := range n {
		block, line := rapid.IntRange(-1, 8).Draw(r, "block"), rapid.IntRange(0, 7).Draw(r, "line")
		for version := range rapid.IntRange(1, 3).Draw(r, "versions") {
			if corrected {
				block, line = rapid.IntRange(-1, 8).Draw(r, "block"), rapid.IntRange(0, 7).Draw(r, "line")
			}
			all = append(all, code{
				ID: id, Version: version + 1, Minute: funnel.MinuteOf(0) + noon(0).Unix()/60 + int64(rapid.IntRange(0, 2000).Draw(r, "minute")),
				Source: rapid.SampledFrom([]string{"a", "b"}).Draw(r, "source"), Channel: rapid.SampledFrom([]avro.Channel{"", avro.ChannelSMS, avro.ChannelTelegram}).Draw(r, "channel"),
				Block: block, Line: line,
				Outcome:   rapid.SampledFrom([]avro.VerificationOutcome{avro.VerificationOutcomePending, avro.VerificationOutcomeSuccess, avro.VerificationOutcomeExpired, avro.VerificationOutcomeError, avro.VerificationOutcomeUnknown}).Draw(r, "outcome"),
				CostMinor: rapid.Int64Range(0, 99).Draw(r, "cost"), CostKnown: rapid.Bool().Draw(r, "known"), Paid: rapid.Bool().Draw(r, "paid"),
				Gross: rapid.Int64Range(0, 999).Draw(r, "gross"), Refund: rapid.Int64Range(0, 9).Draw(r, "refund"), Attempts: rapid.Int64Range(0, 3).Draw(r, "attempts"),
				Currency: rapid.SampledFrom([]string{"", "EUR", "UAH"}).Draw(r, "currency"), Duration: rapid.Int64Range(0, 900_000).Draw(r, "duration"),
			})
		}
	}
	return all
}

// play applies codes in some grouping, then lets the last rows be emitted.
func (p *pipe) play(tb testing.TB, r *rapid.T, codes []code) {
	tb.Helper()
	at := noon(0)
	for len(codes) > 0 {
		n := rapid.IntRange(1, len(codes)).Draw(r, "transaction")
		p.feed(tb, codes[:n]...)
		codes = codes[n:]
		at = at.Add(time.Duration(rapid.IntRange(0, 20).Draw(r, "seconds")) * time.Second)
		p.clock(tb, at)
	}
	p.clock(tb, at.Add(time.Minute))
}

// TestAnyOrder: the rows are a function of the set of facts: order, repetition and grouping
// of the transactions do not matter. Which places have rows of their own depends on the order
// only if a code's number was corrected.
func TestAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		corrected := rapid.Bool().Draw(r, "numbers are corrected")
		codes := draw(r, rapid.IntRange(1, 40).Draw(r, "codes"), corrected)
		once := newPipe(t, nil)
		once.feed(t, codes...)
		once.clock(t, noon(0))
		once.clock(t, noon(time.Hour))
		other := newPipe(t, nil)
		repeats := rapid.SliceOfN(rapid.SampledFrom(codes), 0, 10).Draw(r, "repeats")
		other.play(t, r, rapid.Permutation(slices.Concat(codes, repeats)).Draw(r, "order"))
		once.check(r, codes)
		other.check(r, codes)
		ignore := cmpopts.IgnoreFields(avro.FunnelRow{}, "Revision", "ProcessedAt")
		a, b := once.rows, other.rows
		if corrected {
			a, b = countries(a), countries(b)
		}
		if diff := cmp.Diff(a, b, ignore); diff != "" {
			r.Errorf("rows (-once +any order):\n%s", diff)
		}
	})
}

func countries(rows map[string]*avro.FunnelRow) map[string]*avro.FunnelRow {
	out := map[string]*avro.FunnelRow{}
	for id, row := range rows {
		if row.Level == avro.FunnelLevelCountry {
			out[id] = row
		}
	}
	return out
}

// total holds the sums that must be equal for all levels and window sizes.
type total struct {
	Requested, Sent, Verified, Expired, Failed, Untracked, Paid, CostUnknown, Attempts int64
	Costs, Gross                                                                       map[string]int64
}

func (t *total) add(row *avro.FunnelRow) {
	t.Requested += row.Requested
	t.Sent += row.Sent
	t.Verified += row.Verified
	t.Expired += row.Expired
	t.Failed += row.Failed
	t.Untracked += row.Untracked
	t.Paid += row.Paid
	t.CostUnknown += row.CostUnknown
	for _, c := range row.Channels {
		t.Attempts += c.Attempts
	}
	for _, c := range row.Costs {
		t.Costs[c.Currency.Value] += c.CostMinor
	}
	for _, m := range row.Revenue {
		t.Gross[m.Currency] += m.GrossMinor
	}
}

// check compares the rows with the newest codes, counted here.
func (p *pipe) check(r *rapid.T, codes []code) {
	newest, seen := map[int]code{}, map[string]map[uint64]bool{}
	for _, c := range codes {
		if c.Version > newest[c.ID].Version {
			newest[c.ID] = c
		}
		for _, place := range []string{areaOf(c.Block), blockOf(c.Block)} {
			if seen[place] == nil {
				seen[place] = map[uint64]bool{}
			}
			seen[place][c.phone()] = true
		}
	}
	want := total{Costs: map[string]int64{}, Gross: map[string]int64{}}
	phones := map[uint64]bool{}
	for _, c := range newest {
		f := c.contribution()
		row := avro.FunnelRow{
			Requested: 1, Sent: f.Counts[funnel.Sent], Verified: f.Counts[funnel.Verified], Expired: f.Counts[funnel.Expired], Failed: f.Counts[funnel.Failed],
			Untracked: f.Counts[funnel.Untracked], Paid: f.Counts[funnel.Paid], CostUnknown: f.Counts[funnel.CostUnknown],
			Channels: []avro.FunnelChannel{{Attempts: c.Attempts}},
		}
		if c.CostKnown && c.CostMinor != 0 {
			row.Costs = []avro.FunnelCost{{Currency: avro.Some(c.Currency), CostMinor: c.CostMinor}}
		}
		if c.Paid && c.Gross != 0 {
			row.Revenue = []avro.FunnelRevenue{{Currency: c.Currency, GrossMinor: c.Gross}}
		}
		want.add(&row)
		if phone := c.phone(); phone != 0 {
			phones[phone] = true
		}
	}
	sums := cmp.Comparer(func(a, b map[string]int64) bool { return maps.Equal(compact(a), compact(b)) })
	for _, window := range []avro.FunnelWindow{avro.FunnelWindowQuarterHour, avro.FunnelWindowHour, avro.FunnelWindowDay} {
		for _, level := range []avro.FunnelLevel{avro.FunnelLevelCountry, avro.FunnelLevelArea, avro.FunnelLevelBlock} {
			got := total{Costs: map[string]int64{}, Gross: map[string]int64{}}
			for _, row := range p.rows {
				if row.Window == window && row.Level == level {
					got.add(row)
				}
			}
			if diff := cmp.Diff(want, got, sums); diff != "" {
				r.Errorf("%s %s (-codes +rows):\n%s", window, level, diff)
			}
		}
	}
	for id, row := range p.rows {
		for _, place := range []string{row.Area.Value, row.Block.Value} {
			if place != "" && len(seen[place]) < k {
				r.Errorf("%s is of %s, of which %d numbers were seen", id, place, len(seen[place]))
			}
		}
		if row.Numbers.Value > int64(len(phones)) {
			r.Errorf("%s has %d numbers of %d", id, row.Numbers.Value, len(phones))
		}
	}
}

func compact(m map[string]int64) map[string]int64 {
	out := map[string]int64{}
	for key, n := range m {
		if n != 0 {
			out[key] = n
		}
	}
	return out
}
