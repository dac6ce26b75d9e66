package consumer

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/tributary-hq/tributary/cmd/internal/cli/terminal"
	"github.com/tributary-hq/tributary/cmd/internal/tool/insights"
	"github.com/tributary-hq/tributary/processor/insights/signal"
	"github.com/tributary-hq/tributary/processor/money"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// showInsights writes a report as tables that fit a width; 0 is no limit.
func showInsights(r *insights.Report, width int) string {
	var b strings.Builder
	section := func(title, none string, t *terminal.Table, rows int) {
		terminal.Printf(&b, "%s\n", title)
		if rows == 0 {
			b.WriteString(string(terminal.Wrap(none+"\n\n", width)))
			return
		}
		terminal.Printf(&b, "%s\n\n", t.Render(width))
	}
	section("COST OF THE CODES ORDERED "+daysOf(r), "No code was ordered, or the insights stage is off (processor.insights.enabled).", costTable(r), len(r.Costs))
	section("SIGNALS", "No claim of pumping and none about a provider holds.", signalTable(r.Signals, true), len(r.Signals))
	section("FALLBACK FRONTIER", "No other wait before the next channel would have cost less, as far as can be told.", signalTable(r.Frontier, false), len(r.Frontier))
	section("RUNWAY OF THE ACCOUNTS", "No account is about to stop.", signalTable(r.Runway, false), len(r.Runway))
	return strings.TrimSuffix(b.String(), "\n")
}

func daysOf(r *insights.Report) string {
	last := r.To.Add(-time.Second)
	from, to := r.From.Format(time.DateOnly), last.Format(time.DateOnly)
	if from == to {
		return "ON " + from
	}
	return "FROM " + from + " TO " + to
}

func costTable(r *insights.Report) *terminal.Table {
	t := terminal.NewTable("country", "channel", "codes", "verified", "95 %", "paid", "cost", "unknown", "per verified", "per paid", "net")
	t.Optional("95 %", "net", "unknown", "cost")
	for i := range r.Costs {
		c := &r.Costs[i]
		share := "-"
		if c.Codes > 0 {
			share = fmt.Sprintf("%.0f to %.0f %%", 100*c.VerifiedLow, 100*c.VerifiedHigh)
		}
		cost := "-"
		if c.CostMinor.Set {
			cost = signal.Money(c.CostMinor.Value, c.Currency)
		}
		var net []string
		for _, currency := range slices.Sorted(maps.Keys(c.Net)) {
			net = append(net, signal.Money(c.Net[currency], currency))
		}
		t.Row(named(c.Country), named(string(c.Channel)), c.Codes, c.Verified, share, c.Paid, cost, c.CostUnknown,
			perUser(c, c.PerVerifiedMinor), perUser(c, c.PerPaidMinor), named(strings.Join(net, ", ")))
	}
	right := []table.ColumnConfig{}
	for n := 3; n <= 11; n++ {
		right = append(right, table.ColumnConfig{Number: n, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	t.Configure(right)
	return t
}

func named(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// perUser writes a cost per user with two digits more than amounts have: a code costs a few
// cents. It is a lower bound if codes of the same row have unknown costs.
func perUser(c *insights.Cost, minor avro.Optional[float64]) string {
	if !minor.Set {
		return "-"
	}
	digits := money.Digits(c.Currency)
	out := strings.TrimSuffix(strconv.FormatFloat(minor.Value/math.Pow10(digits), 'f', digits+2, 64)+" "+c.Currency, " ")
	if c.CostUnknown > 0 {
		return ">= " + out
	}
	return out
}

// signalTable lists claims; those of several kinds with their kind.
func signalTable(list []*avro.Signal, kinds bool) *terminal.Table {
	columns := []any{"severity"}
	if kinds {
		columns = append(columns, "kind")
	}
	t := terminal.NewTable(append(columns, "since", "as of", "certain", "codes", "cost", "claim", "rule")...)
	t.Optional("as of", "certain", "codes", "cost", "since", "kind")
	t.Wrap("claim", "rule")
	for _, s := range list {
		cells := []any{string(s.Severity)}
		if kinds {
			cells = append(cells, string(s.Kind))
		}
		codes, cost := "-", "-"
		if s.Codes.Set {
			codes = strconv.FormatInt(s.Codes.Value, 10)
		}
		if s.CostMinor.Set {
			cost = signal.Money(s.CostMinor.Value, s.Currency.Value)
		}
		t.Row(append(cells, minuteOf(s.RaisedAt), minuteOf(s.AsOf), fmt.Sprintf("%.0f %%", math.Floor(100*s.Confidence)), codes, cost, s.Claim, named(s.SuggestedRule.Value))...)
	}
	return t
}

func minuteOf(at time.Time) string { return at.UTC().Format("01-02 15:04") }
