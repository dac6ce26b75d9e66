package insights_test

import (
	"slices"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/tool/insights"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

func day(n int) time.Time { return time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC) }

// add adds a record of a row, changed.
func add(t *testing.T, rows *insights.Rows, id string, revision int64, change func(*avro.FunnelRow)) {
	t.Helper()
	row := avro.FunnelRow{
		FunnelID: id, Window: avro.FunnelWindowDay, WindowStart: day(29), WindowEnd: day(30), Level: avro.FunnelLevelCountry, Provider: "lox24",
		Country: avro.Some("UA"), Channel: avro.Some(avro.ChannelSMS), Requested: 10, Verified: 5, Paid: 2, CostUnknown: 1,
		Costs: []avro.FunnelCost{{Currency: avro.Some("EUR"), Known: 9, CostMinor: 90}}, Revision: revision, ProcessedAt: day(30),
	}
	change(&row)
	value, err := row.AppendAvro(wire.AppendPlaceholder(nil))
	if err == nil {
		err = rows.Add(schemas.InsightsFunnel, []byte(id), value)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestCosts: the costs of a route are the sum of the newest rows of the days and countries of
// the filter, a line for each currency.
func TestCosts(t *testing.T) {
	t.Parallel()
	rows := insights.NewRows()
	add(t, rows, "newest", 2, func(*avro.FunnelRow) {})
	add(t, rows, "newest", 1, func(r *avro.FunnelRow) { r.Requested = 1000 })
	add(t, rows, "another source", 1, func(r *avro.FunnelRow) { r.Source, r.Costs, r.CostUnknown = "shop", nil, 10 })
	add(t, rows, "unibell", 1, func(r *avro.FunnelRow) { r.Provider, r.Costs, r.CostUnknown = "unibell", nil, 10 })
	add(t, rows, "dollars", 1, func(r *avro.FunnelRow) {
		r.Costs = []avro.FunnelCost{{Currency: avro.Some("USD"), Known: 10, CostMinor: 40}}
	})
	add(t, rows, "hour", 1, func(r *avro.FunnelRow) { r.Window = avro.FunnelWindowHour })
	add(t, rows, "area", 1, func(r *avro.FunnelRow) { r.Level = avro.FunnelLevelArea })
	add(t, rows, "other day", 1, func(r *avro.FunnelRow) { r.WindowStart, r.WindowEnd = day(28), day(29) })
	add(t, rows, "other country", 1, func(r *avro.FunnelRow) { r.Country.Value = "DE" })
	add(t, rows, "other channel", 1, func(r *avro.FunnelRow) { r.Channel.Value = avro.ChannelCall })
	add(t, rows, "ended", 1, func(*avro.FunnelRow) {})
	if err := rows.Add(schemas.InsightsFunnel, []byte("ended"), nil); err != nil {
		t.Fatal(err)
	}
	report := insights.NewReport(rows, &insights.Filter{From: day(29), To: day(30), Country: "UA", Channel: avro.ChannelSMS, Provider: "lox24"})
	if len(report.Costs) != 2 {
		t.Fatalf("%d lines, want one for each currency: %+v", len(report.Costs), report.Costs)
	}
	for i, want := range []struct {
		currency         string
		cost             int64
		perVerified, per float64
	}{{"EUR", 90, 6, 15}, {"USD", 40, 40.0 / 15, 40.0 / 6}} {
		c := report.Costs[i]
		if c.Currency != want.currency || c.CostMinor.Value != want.cost || c.PerVerifiedMinor.Value != want.perVerified || c.PerPaidMinor.Value != want.per {
			t.Errorf("line %+v, want %+v", c, want)
		}
		if c.Codes != 30 || c.Verified != 15 || c.Paid != 6 || c.CostUnknown != 12 {
			t.Errorf("line %+v, want 30 codes, 15 verified, 6 paid, 12 without a known cost", c)
		}
	}
}

// TestClaims: without a wish only claims that hold are selected; withdrawn ones are those of the
// days of the filter, and come last.
func TestClaims(t *testing.T) {
	t.Parallel()
	rows := insights.NewRows()
	for _, s := range []*avro.Signal{
		{SignalID: "info", Severity: avro.SignalSeverityInfo, State: avro.SignalStateRaised},
		{SignalID: "critical", Severity: avro.SignalSeverityCritical, State: avro.SignalStateUpdated},
		{SignalID: "over at six", Severity: avro.SignalSeverityCritical, State: avro.SignalStateWithdrawn, WithdrawnAt: avro.Some(day(29).Add(6 * time.Hour))},
		{SignalID: "over at seven", State: avro.SignalStateWithdrawn, WithdrawnAt: avro.Some(day(29).Add(7 * time.Hour))},
		{SignalID: "over before", State: avro.SignalStateWithdrawn, WithdrawnAt: avro.Some(day(28))},
		{SignalID: "over elsewhere", State: avro.SignalStateWithdrawn, Country: avro.Some("DE"), WithdrawnAt: avro.Some(day(29))},
	} {
		rows.Signals[s.SignalID] = s
	}
	for withdrawn, want := range map[bool][]string{false: {"critical", "info"}, true: {"critical", "info", "over at seven", "over at six"}} {
		var got []string
		report := insights.NewReport(rows, &insights.Filter{From: day(29), To: day(30), Country: "UA", Withdrawn: withdrawn})
		for _, s := range report.Signals {
			got = append(got, s.SignalID)
		}
		if !slices.Equal(got, want) || len(report.Withdrawn()) != len(want)-2 {
			t.Errorf("withdrawn %v: %q and %d withdrawn, want %q", withdrawn, got, len(report.Withdrawn()), want)
		}
	}
}

// TestNobodyPaid: without users there is no cost per user, and without a cost neither.
func TestNobodyPaid(t *testing.T) {
	t.Parallel()
	rows := insights.NewRows()
	add(t, rows, "a", 1, func(r *avro.FunnelRow) { r.Paid, r.Verified = 0, 0 })
	add(t, rows, "b", 1, func(r *avro.FunnelRow) { r.Country.Value, r.Costs, r.CostUnknown = "DE", nil, 10 })
	for _, c := range insights.NewReport(rows, &insights.Filter{From: day(29), To: day(30)}).Costs {
		if c.PerPaidMinor.Set || c.PerVerifiedMinor.Set || c.CostMinor.Set != (c.Country == "UA") {
			t.Errorf("line %+v, want no cost per user", c)
		}
	}
}

// TestNoEnd: without a last day a code counts that was ordered on the next day of another clock.
func TestNoEnd(t *testing.T) {
	t.Parallel()
	rows := insights.NewRows()
	for d, name := range map[int]string{28: "before", 29: "first", 30: "next"} {
		add(t, rows, name, 1, func(r *avro.FunnelRow) { r.WindowStart, r.WindowEnd = day(d), day(d+1) })
	}
	for to, want := range map[time.Time]int64{day(30): 10, {}: 20} {
		if got := insights.NewReport(rows, &insights.Filter{From: day(29), To: to}).Costs[0].Codes; got != want {
			t.Errorf("to %v: %d codes, want %d", to, got, want)
		}
	}
}
