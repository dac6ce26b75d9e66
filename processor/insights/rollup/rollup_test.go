package rollup_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/block"
	"github.com/tributary-hq/tributary/processor/contract"
	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/insights/funnel"
	"github.com/tributary-hq/tributary/processor/insights/rollup"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stagetest"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

const day = 24 * time.Hour

func noon(after time.Duration) time.Time {
	return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Add(after)
}

// summing is a stage that adds the differences of each record's value.
type summing struct{ rollup.Config }

func (summing) Decode(*stage.Input) (stage.Event, error) { return nil, nil } //nolint:nilnil // it has no event

func (s summing) Apply(tx stage.Tx, in *stage.Input, _ stage.Event) error {
	tx.AdvanceWatermark(in.Timestamp)
	var differences []funnel.Difference
	if err := json.Unmarshal(in.Value, &differences); err != nil {
		return err
	}
	return s.Config.Apply(tx, func(yield func(*funnel.Difference) error) error {
		for i := range differences {
			if err := yield(&differences[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s summing) OnTimer(tx stage.Tx, key []byte) error {
	if block.IsEntry(key) {
		return s.Blocks.OnTimer(tx, key)
	}
	return s.Config.OnTimer(tx, key)
}

func newDriver(tb testing.TB, change func(*rollup.Config)) *enginetest.Driver {
	tb.Helper()
	c := rollup.Config{Retention: 2 * day, DayRetention: 4 * day, MaxBlocks: 3, Blocks: block.Rule{K: 2, Retention: 2 * day}}
	if change != nil {
		change(&c)
	}
	d, err := enginetest.NewDriver(enginetest.DriverConfig{
		Topics: contract.TestTopics, Namespace: contract.Namespace, Name: "rollup", Stage: summing{c},
		Outputs: []string{schemas.InsightsFunnel}, DeadLetter: schemas.DeadLetterInsights,
	})
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// code is one verified code of a phone.
func code(minute int64, number int) funnel.Difference {
	d := funnel.Difference{Dimensions: funnel.Dimensions{
		Minute: noon(0).Unix()/60 + minute, Provider: "lox24", Source: "shop", Channel: avro.ChannelSMS, Country: "UA",
		Area: "+38050", Block: fmt.Sprintf("+38050%03d", number/100),
	}}
	d.Counts[funnel.Requested], d.Counts[funnel.Verified] = 1, 1
	d.Costs = []funnel.Cost{{Currency: "EUR", Known: 1, Minor: 12}}
	d.VerifyTimes = []funnel.Tally[int32]{{Value: funnel.BucketOf(4000), N: 1}}
	d.Phones = []funnel.Tally[uint64]{{Value: uint64(number) + 1<<50, N: 1}}
	return d
}

func record(tb testing.TB, at time.Time, differences ...funnel.Difference) stage.Input {
	tb.Helper()
	value, err := json.Marshal(differences)
	if err != nil {
		tb.Fatal(err)
	}
	return stage.Input{Key: []byte("country/UA"), Value: value, Timestamp: at}
}

// rows applies outputs to rows by key.
func rows(tb testing.TB, into map[string]*avro.FunnelRow, outputs []stage.Output) {
	tb.Helper()
	for _, out := range outputs {
		if out.Value == nil {
			delete(into, string(out.Key))
			continue
		}
		row := &avro.FunnelRow{}
		if err := row.DecodeAvro(out.Value[wire.HeaderSize:]); err != nil {
			tb.Fatal(err)
		}
		into[string(out.Key)] = row
	}
}

func feed(tb testing.TB, d *enginetest.Driver, into map[string]*avro.FunnelRow, inputs ...stage.Input) {
	tb.Helper()
	for _, in := range inputs {
		out, err := d.Feed(in)
		if err != nil {
			tb.Fatal(err)
		}
		rows(tb, into, out)
	}
}

// TestCountryRows: the keys computed from a code are those of the rows that count it.
func TestCountryRows(t *testing.T) {
	t.Parallel()
	d, all := newDriver(t, nil), map[string]*avro.FunnelRow{}
	feed(t, d, all, record(t, noon(0), code(7, 100)))
	keys := rollup.CountryRows(noon(7*time.Minute+30*time.Second), "UA", "lox24", "shop", avro.ChannelSMS)
	for _, key := range keys {
		if row := all[key]; row == nil || row.Requested != 1 || row.Level != avro.FunnelLevelCountry {
			t.Errorf("%s is %+v, want a row with the code", key, row)
		}
	}
	if len(keys) != 3 {
		t.Errorf("keys %q, want one for each size of window", keys)
	}
}

// TestStateFormats: windows of every release so far are read, those of a later one refused.
func TestStateFormats(t *testing.T) {
	t.Parallel()
	history := []stage.Input{record(t, noon(0), code(0, 100), code(0, 101), code(20, 200))}
	for n := range 130 { // so many that a row has a sketch
		history = append(history, record(t, noon(time.Minute), code(5, 300+n%100+n/100)))
	}
	start := noon(0).Unix() / 60
	window := string([]byte{1, byte(start >> 56), byte(start >> 48), byte(start >> 40), byte(start >> 32), byte(start >> 24), byte(start >> 16), byte(start >> 8), byte(start)})
	c := stagetest.Formats{
		New:     func() *enginetest.Driver { return newDriver(t, nil) },
		History: history,
		Next:    []stage.Input{record(t, noon(2*time.Minute), code(1, 102), code(20, 201), code(5, 300), code(2, 900))},
		Main:    "\x02wUA\x00c\x00" + window, Others: []string{"\x02nUA\x00" + window},
	}
	c.Check(t)
}

// TestEnd: rows end with the retention of their windows, those of days later; differences of
// windows that have ended are counted and change nothing.
func TestEnd(t *testing.T) {
	t.Parallel()
	d, have := newDriver(t, nil), map[string]*avro.FunnelRow{}
	feed(t, d, have, record(t, noon(0), code(0, 100), code(0, 101)))
	if len(have) != 9 {
		t.Fatalf("%d rows, want those of three sizes and levels", len(have))
	}
	out, err := d.AdvanceTo(0, noon(3*day))
	if err != nil {
		t.Fatal(err)
	}
	rows(t, have, out)
	for id, row := range have {
		if row.Window != avro.FunnelWindowDay {
			t.Errorf("%s is still there", id)
		}
	}
	feed(t, d, have, record(t, noon(3*day), code(0, 102)))
	for id, row := range have {
		if row.Requested != 3 || row.Window != avro.FunnelWindowDay {
			t.Errorf("%s has %d codes, want 3 of the day", id, row.Requested)
		}
	}
	if out, err = d.AdvanceTo(0, noon(9*day)); err != nil {
		t.Fatal(err)
	}
	rows(t, have, out)
	if len(have) > 0 || d.Entries(0) > 0 {
		t.Errorf("%d rows and %d entries are left", len(have), d.Entries(0))
	}
}

// TestMaxBlocks: blocks beyond the limit are in the rest of their area, so that the sums stay
// equal.
func TestMaxBlocks(t *testing.T) {
	t.Parallel()
	d, have := newDriver(t, func(c *rollup.Config) { c.MaxBlocks = 1 }), map[string]*avro.FunnelRow{}
	feed(t, d, have, record(t, noon(0), code(0, 100), code(0, 101), code(0, 200), code(0, 201)))
	var blocks []string
	sum := map[avro.FunnelLevel]int64{}
	for _, row := range have {
		if row.Window != avro.FunnelWindowDay {
			continue
		}
		sum[row.Level] += row.Requested
		if row.Block.Set {
			blocks = append(blocks, row.Block.Value)
		}
	}
	slices.Sort(blocks)
	if !slices.Equal(blocks, []string{"+38050001"}) {
		t.Errorf("blocks %v, want the first", blocks)
	}
	for level, n := range sum {
		if n != 4 {
			t.Errorf("%s has %d codes, want 4", level, n)
		}
	}
}

// TestWithoutPhone: a difference without a phone, such as a payment, may be the first of a window
// of a block. It counts once in each window, before and after the next phone.
func TestWithoutPhone(t *testing.T) {
	t.Parallel()
	d, have := newDriver(t, nil), map[string]*avro.FunnelRow{}
	payment := code(20, 103)
	payment.Phones = nil
	hidden := code(20, 900)
	hidden.Phones = nil
	for n, next := range []stage.Input{
		record(t, noon(0), code(0, 100), code(0, 101), hidden), record(t, noon(0), payment), record(t, noon(0), code(20, 102), code(40, 901)),
		record(t, noon(0), code(40, 902)),
	} {
		feed(t, d, have, next)
		sum := map[string]int64{}
		for _, row := range have {
			sum[string(row.Window)+" "+string(row.Level)] += row.Requested
		}
		for group, codes := range sum {
			if want := [...]int64{3, 4, 6, 7}[n]; codes != want {
				t.Errorf("%s has %d codes after record %d, want %d", group, codes, n, want)
			}
		}
		if len(sum) != 9 {
			t.Errorf("sums of %d groups, want those of three sizes and levels", len(sum))
		}
	}
}
