package consumer

import (
	"cmp"
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

// insightsView is how a report is shown.
type insightsView struct {
	// costs shows the table of costs; kinds are the tables of signals, none means all.
	costs bool
	kinds []avro.SignalKind
	// withdrawn shows the table of claims that hold no longer.
	withdrawn bool
	// width is that of the terminal; 0 is no limit.
	width int
}

// view returns the view of the flags, which filter has checked.
func (f *insightsFlags) view(width int) insightsView {
	costs, kinds, _ := f.shows()
	return insightsView{costs: costs, kinds: kinds, withdrawn: f.withdrawn, width: width}
}

// showInsights writes a report as tables.
func showInsights(r *insights.Report, v insightsView) string {
	var b strings.Builder
	section := func(title, none string, t *terminal.Table, rows int) {
		terminal.Printf(&b, "%s\n", title)
		if rows == 0 {
			b.WriteString(string(terminal.Wrap(none+"\n\n", v.width)))
			return
		}
		terminal.Printf(&b, "%s\n\n", t.Render(v.width))
	}
	if v.costs {
		section("COST OF THE CODES ORDERED "+daysOf(r), noCodes(r), costTable(r), len(r.Costs))
		if t := convertedOf(r); t != "" {
			b.WriteString(string(terminal.Wrap(t+"\n\n", v.width)))
		}
	}
	for _, s := range []struct {
		kind        avro.SignalKind
		title, none string
		table       func([]*avro.Signal) *terminal.Table
	}{
		{avro.SignalKindPumping, "PUMPING", "No numbers are being pumped, as far as can be told.", pumpingTable},
		{avro.SignalKindFallbackFrontier, "FALLBACK FRONTIER", "No other wait before the next channel would have cost less, as far as can be told.", claimTable},
		{avro.SignalKindAccountRunway, "RUNWAY OF THE ACCOUNTS", "No account is about to stop.", claimTable},
		{avro.SignalKindProviderScorecard, "PROVIDERS SINCE " + r.From.Format(time.DateOnly), "No provider reported anything.", claimTable},
	} {
		if list := r.Of(s.kind); len(v.kinds) == 0 || slices.Contains(v.kinds, s.kind) {
			section(s.title, s.none, s.table(list), len(list))
		}
	}
	if list := r.Withdrawn(); v.withdrawn {
		since := r.From.Format(time.DateOnly)
		section("WITHDRAWN SINCE "+since, "No claim was withdrawn since "+since+".", withdrawnTable(list), len(list))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func daysOf(r *insights.Report) string {
	if r.To.IsZero() {
		return "SINCE " + r.From.Format(time.DateOnly)
	}
	last := r.To.Add(-time.Second)
	from, to := r.From.Format(time.DateOnly), last.Format(time.DateOnly)
	if from == to {
		return "ON " + from
	}
	return "FROM " + from + " TO " + to
}

// noCodes explains a report without costs.
func noCodes(r *insights.Report) string {
	if r.Newest.IsZero() {
		return "No code was ordered, or the insights stage is off (processor.insights.enabled)."
	}
	newest := r.Newest.Format(time.DateOnly)
	return "No code was ordered then; the newest are of " + newest + ": --day " + newest + "."
}

// convertedOf is the sentence about the cost in one currency; empty without rates.
func convertedOf(r *insights.Report) string {
	if len(r.Totals) == 0 || r.Totals[0].Converted == nil {
		return ""
	}
	c := r.Totals[0].Converted
	line := insights.Cost{Currency: c.Currency, CostUnknown: r.Totals[0].CostUnknown}
	return fmt.Sprintf("In %s by the rates of %s: cost %s, per verified user %s, per paying user %s.",
		c.Currency, c.RateAsOf.Format(time.DateOnly), signal.Money(c.CostMinor, c.Currency), perUser(&line, c.PerVerifiedMinor), perUser(&line, c.PerPaidMinor))
}

func costTable(r *insights.Report) *terminal.Table {
	t := terminal.NewTable("country", "provider", "channel", "codes", "verified", "95 %", "paid", "cost", "unknown", "per verified", "per paid", "net")
	t.Optional("95 %", "net", "unknown", "cost", "per verified")
	for i := range r.Costs {
		c := &r.Costs[i]
		if i > 0 && sameRoute(c, &r.Costs[i-1]) { // the same codes, in another currency
			t.Row("", "", "", "", "", "", "", costOf(c), "", perUser(c, c.PerVerifiedMinor), perUser(c, c.PerPaidMinor), "")
			continue
		}
		t.Row(append([]any{named(c.Country), named(c.Provider), named(string(c.Channel))}, costCells(c)...)...)
	}
	if len(r.Costs) > 1 && len(r.Totals) > 0 {
		for i := range r.Totals {
			c := &r.Totals[i]
			if i > 0 {
				t.Row("", "", "", "", "", "", "", costOf(c), "", perUser(c, c.PerVerifiedMinor), perUser(c, c.PerPaidMinor), "")
				continue
			}
			t.Row(append([]any{"ALL", "", ""}, costCells(c)...)...)
		}
	}
	right := []table.ColumnConfig{}
	for n := 4; n <= 12; n++ {
		right = append(right, table.ColumnConfig{Number: n, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	t.Configure(right)
	return t
}

func sameRoute(a, b *insights.Cost) bool {
	return a.Country == b.Country && a.Provider == b.Provider && a.Channel == b.Channel
}

// costCells are the cells behind the route.
func costCells(c *insights.Cost) []any {
	share := "-"
	if c.ConversionLow.Set {
		share = fmt.Sprintf("%.0f to %.0f %%", 100*c.ConversionLow.Value, 100*c.ConversionHigh.Value)
	}
	var net []string
	for _, currency := range slices.Sorted(maps.Keys(c.Net)) {
		net = append(net, signal.Money(c.Net[currency], currency))
	}
	return []any{
		c.Codes, c.Verified, share, c.Paid, costOf(c), c.CostUnknown, perUser(c, c.PerVerifiedMinor), perUser(c, c.PerPaidMinor), named(strings.Join(net, ", ")),
	}
}

func costOf(c *insights.Cost) string {
	if !c.CostMinor.Set {
		return "-"
	}
	return signal.Money(c.CostMinor.Value, c.Currency)
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

// sentence is the width of a claim beside the figures.
const sentence = 36

// pumpingTable has a row for each raised PUMPING signal: its prefix, codes, payments and cost.
func pumpingTable(list []*avro.Signal) *terminal.Table {
	t := terminal.NewTable("severity", "numbers", "since", "as of", "certain", "codes", "paid", "cost", "claim", "rule")
	t.Optional("as of", "certain", "paid", "since")
	t.Sentences(sentence, "claim", "rule")
	for _, s := range list {
		codes, paid, cost := figuresOf(s)
		since := s.RaisedAt
		if s.EvidenceSince.Set {
			since = s.EvidenceSince.Value
		}
		t.Row(string(s.Severity), numbersOf(s), minuteOf(since), minuteOf(s.AsOf), certain(s), codes, paid, cost, s.Claim, named(s.SuggestedRule.Value))
	}
	return t
}

// figuresOf are the cells of a claim's codes, payments and cost.
func figuresOf(s *avro.Signal) (codes, paid, cost string) {
	codes, paid, cost = "-", "-", "-"
	if s.Codes.Set {
		codes = strconv.FormatInt(s.Codes.Value, 10)
	}
	if s.CodesPaid.Set {
		paid = strconv.FormatInt(s.CodesPaid.Value, 10)
	}
	if s.CostMinor.Set {
		cost = signal.Money(s.CostMinor.Value, s.Currency.Value)
	}
	if s.CostUnknown.Value > 0 && s.CostMinor.Set {
		cost = ">= " + cost
	}
	return codes, paid, cost
}

// numbersOf is the shortest range of numbers that a claim names.
func numbersOf(s *avro.Signal) string {
	return named(cmp.Or(s.Block.Value, s.Area.Value, s.Country.Value))
}

// claimTable lists claims of the other kinds.
func claimTable(list []*avro.Signal) *terminal.Table {
	t := terminal.NewTable("severity", "since", "as of", "certain", "claim", "rule")
	t.Optional("as of", "certain", "since")
	t.Sentences(sentence, "claim", "rule")
	for _, s := range list {
		t.Row(string(s.Severity), minuteOf(s.RaisedAt), minuteOf(s.AsOf), certain(s), s.Claim, named(s.SuggestedRule.Value))
	}
	return t
}

// withdrawnTable lists claims of all kinds that hold no longer, with their last figures.
func withdrawnTable(list []*avro.Signal) *terminal.Table {
	t := terminal.NewTable("kind", "severity", "numbers", "raised", "withdrawn", "codes", "cost", "claim")
	t.Optional("codes", "severity", "numbers", "raised")
	t.Sentences(sentence, "claim")
	for _, s := range list {
		codes, _, cost := figuresOf(s)
		t.Row(string(s.Kind), string(s.Severity), numbersOf(s), minuteOf(s.RaisedAt), minuteOf(s.WithdrawnAt.Value), codes, cost, s.Claim)
	}
	return t
}

func certain(s *avro.Signal) string { return fmt.Sprintf("%.0f %%", math.Floor(100*s.Confidence)) }

func minuteOf(at time.Time) string { return at.UTC().Format("01-02 15:04") }
