// Package money is the page of the funnel from a requested code to a payment, and its cost.
package money

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/tributary-hq/tributary/cmd/internal/console/feed"
	"github.com/tributary-hq/tributary/cmd/internal/console/page"
	"github.com/tributary-hq/tributary/cmd/internal/console/view"
	"github.com/tributary-hq/tributary/schemas/avro"
)

type pages struct{ *page.Site }

// Pages returns the pages with their addresses.
func Pages(s *page.Site) []*page.Page {
	p := &pages{s}
	return []*page.Page{{Path: "/money", Title: "Money", Build: p.money, Live: []page.Watched{s.Feed.Money, s.Feed.Signals}}}
}

const moneyText = "What the codes of the last day led to, and what they cost."

// moneyModel is the JSON twin of Money.
type moneyModel struct {
	*feed.Money

	Signals []avro.Signal `json:"signals"`
}

// money is the page of the funnel and its cost.
func (s *pages) money(ctx context.Context, q *page.Request) (*page.Content, error) {
	result, signals := s.Feed.Money.Get(ctx), s.Feed.Signals.Get(ctx)
	switch {
	case !result.Has && result.Err == nil:
		return page.Waiting("Money", moneyText, "the last day of verifications and journeys"), nil
	case !result.Has:
		return page.Away("Money", moneyText, result.Err), nil
	}
	m := moneyModel{Money: result.Value, Signals: []avro.Signal{}}
	if signals.Has {
		m.Signals = signals.Value.Open
	}
	countries, unpaid, claims := shareTable("countries", "By country", "Country", m.Countries), unpaidTable(m.Money), signalTable(m.Signals)
	sources, hours := shareTable("sources", "By source", "Source", m.Sources), shareTable("hours", "By hour", "Hour (UTC)", m.Hours)
	c := &page.Content{Model: m, Tables: []*view.Table{countries, unpaid, claims, sources, hours, shareTable("channels", "By channel", "Channel", m.Channels)}}
	c.Body = append(c.Body, page.Heading("Money", moneyText, m.At), moneyVerdict(m.Money))
	if result.Err != nil {
		c.Body = append(c.Body, page.Stale(result.Err, result.At))
	}
	if m.Truncated {
		c.Body = append(c.Body, view.Banner(view.Warn, "There are more verifications than this page holds: the numbers are too small. Ask the topics: tributary export."))
	}
	path := q.Path()
	c.Body = append(c.Body, moneyTiles(m.Money), hourCard(m.Hours),
		multiples("channel-charts", "By the channel that was tried first", m.Channels, channelName), claims.Render(path), multiples("country-charts", "By country", m.Countries, placeName),
		unpaid.Render(path), countries.Render(path), sources.Render(path),
		view.Quiet("From "+strings.Join(m.From, " and ")+", codes ordered since "+m.Since.Format("2006-01-02 15:04")+" UTC. Amounts of different currencies are not added."))
	return c, nil
}

func channelName(name string) string { return cmp.Or(page.Words(name), "no attempt known") }
func placeName(name string) string   { return cmp.Or(name, "unknown") }

func moneyVerdict(m *feed.Money) g.Node {
	t := &m.Total
	if t.Requested == 0 {
		return view.Banner(view.Calm, "No code was ordered in the last day.")
	}
	text := fmt.Sprintf("Of %s, %s verified and %s paid.", page.Count(int(t.Requested), "code", "codes"), share(t.Verified, t.Requested), share(t.Paid, t.Requested))
	if m.NotPaidAll > 0 {
		return view.Banner(view.Calm, text, h.P(h.A(h.Href("#unpaid"), g.Text(page.Count(int(m.NotPaidAll), "customer has", "customers have")+" verified and not paid in time."))))
	}
	return view.Banner(view.Good, text)
}

func share(part, whole int64) string {
	if whole == 0 {
		return "0 %"
	}
	return fmt.Sprintf("%.0f %%", 100*float64(part)/float64(whole))
}

// amounts writes sums by currency.
func amounts(by map[string]int64) string {
	var parts []string
	for _, currency := range slices.Sorted(maps.Keys(by)) {
		parts = append(parts, view.Money(by[currency], cmp.Or(currency, "of no currency")))
	}
	return cmp.Or(strings.Join(parts, ", "), "–")
}

// each is the cost of one of n, by currency.
func each(by map[string]int64, n int64) string {
	if n == 0 {
		return "–"
	}
	out := map[string]int64{}
	for currency, minor := range by {
		if one := (minor + n/2) / n; one > 0 || len(by) == 1 {
			out[currency] = one
		}
	}
	return amounts(out)
}

func moneyTiles(m *feed.Money) g.Node {
	t := &m.Total
	from := ", of codes ordered in the last day; from " + m.From[0] + ": tributary tail " + m.From[0] + "."
	tile := func(name string, n int64, help string) view.Tile {
		return view.Tile{Name: name, Value: view.Group(n), Unit: share(n, t.Requested), Help: help + from}
	}
	first := tile("Requested", t.Requested, "Verifications ordered")
	first.Unit = "codes"
	return view.Tiles(
		first, tile("Sent", t.Sent, "Those with an attempt"), tile("Delivered", t.Delivered, "Those with a delivered attempt"), tile("Verified", t.Verified, "Those that succeeded"),
		tile("Paid", t.Paid, "Journeys with a captured payment"),
		view.Tile{Name: "Cost of a verified user", Value: each(t.Cost, t.Verified), Help: "Known cost of all codes, divided by those verified" + from},
		view.Tile{Name: "Cost of a paid user", Value: each(t.Cost, t.Paid), Help: "Known cost of all codes, divided by those paid" + from},
	)
}

func hourCard(hours []feed.Share) g.Node {
	values := make([][]float64, len(hours))
	for i := range hours {
		f := &hours[i]
		values[i] = []float64{float64(f.Paid), float64(max(f.Verified-f.Paid, 0)), float64(max(f.Requested-max(f.Verified, f.Paid), 0))}
	}
	return view.Card("hour-chart", "By the hour in which the code was ordered",
		h.P(h.Class("quiet small"), g.Text("Codes:"), h.Span(h.Class("key fact")), g.Text("paid"), h.Span(h.Class("key letter")), g.Text("verified, not paid"), h.Span(h.Class("key dup")), g.Text("neither")),
		view.Columns(values, []string{"fact", "letter", "dup"}, "codes by hour: paid, verified and not paid, neither"))
}

// multiples is a small funnel for each of the largest parts.
func multiples(id, title string, shares []feed.Share, name func(string) string) g.Node {
	const most = 12
	var cells []g.Node
	for i := range shares[:min(len(shares), most)] {
		x := &shares[i]
		if x.Requested == 0 {
			continue
		}
		lines := []g.Node{h.Class("funnel")}
		for _, step := range []struct {
			name string
			n    int64
		}{{"sent", x.Sent}, {"delivered", x.Delivered}, {"verified", x.Verified}, {"paid", x.Paid}} {
			label := fmt.Sprintf("%s of %s, %s", step.name, name(x.Name), share(step.n, x.Requested))
			lines = append(lines, h.Dt(g.Text(step.name)), h.Dd(h.Class("n"), g.Text(share(step.n, x.Requested))), h.Dd(view.Bar(float64(step.n)/float64(x.Requested), "", label)))
		}
		cells = append(cells, h.Div(h.H3(view.Text(name(x.Name)), h.Span(h.Class("quiet"), g.Text(" "+page.Count(int(x.Requested), "code", "codes")))), h.Dl(lines...),
			h.P(h.Class("quiet small"), g.Text("a verified user "+each(x.Cost, x.Verified)+", a paid one "+each(x.Cost, x.Paid)))))
	}
	if len(cells) == 0 {
		return g.Group{}
	}
	return view.Card(id, title, h.Div(h.Class("grid"), g.Group(cells)))
}

func shareTable(id, caption, name string, shares []feed.Share) *view.Table {
	t := &view.Table{
		ID: id, Caption: caption, Empty: "No code was ordered in the last day.", Command: "tributary export out && duckdb -init out/duckdb.sql",
		Columns: []view.Column{
			{Name: name},
			{Name: "Requested", Right: true, Help: "Verifications ordered."},
			{Name: "Sent", Right: true, Wide: true, Help: "Those with an attempt."},
			{Name: "Delivered", Right: true, Wide: true, Help: "Those with a delivered attempt."},
			{Name: "Verified", Right: true, Help: "Those that succeeded."},
			{Name: "Paid", Right: true, Help: "Journeys with a captured payment, refunded since or not."},
			{Name: "Cost", Right: true, Help: "Of the codes with a known cost."},
			{Name: "Revenue", Right: true, Wide: true, Help: "Captured less refunded."},
			{Name: "A verified user", Right: true, Help: "Cost divided by verified."},
			{Name: "A paid user", Right: true, Wide: true, Help: "Cost divided by paid."},
		},
	}
	for i := range shares {
		x := &shares[i]
		t.Rows = append(t.Rows, []view.Cell{
			view.T(cmp.Or(x.Name, "unknown")), view.N(x.Requested), view.N(x.Sent), view.N(x.Delivered), view.N(x.Verified), view.N(x.Paid),
			view.T(amounts(x.Cost)), view.T(amounts(x.Revenue)), view.T(each(x.Cost, x.Verified)), view.T(each(x.Cost, x.Paid)),
		})
	}
	return t
}

func unpaidTable(m *feed.Money) *view.Table {
	caption := "Verified and not paid"
	if int64(len(m.NotPaid)) < m.NotPaidAll {
		caption += fmt.Sprintf(", the newest %d of %s", len(m.NotPaid), view.Group(m.NotPaidAll))
	}
	t := &view.Table{
		ID: "unpaid", Caption: caption, Command: "tributary tail enriched.journeys.v1 --field outcome=VERIFIED_NOT_PAID", Empty: "Everybody who verified in the last day has paid, or still has time.",
		Columns: []view.Column{{Name: "Journey", Help: "Open its case."}, {Name: "Verified"}, {Name: "By", Wide: true}, {Name: "Country"}, {Name: "Due", Help: "When the payment counted as missing."}, {Name: "Cost", Right: true}},
	}
	for i := range m.NotPaid {
		x := &m.NotPaid[i]
		cost := view.C("", view.None())
		if x.CostMinor > 0 {
			cost = view.T(view.Money(x.CostMinor, x.Currency))
		}
		t.Rows = append(t.Rows, []view.Cell{
			view.C(x.Journey, h.A(h.Href(page.CasePath(x.Journey)), view.Code(x.Journey))), page.Stamp(x.VerifiedAt), view.T(page.Words(x.Channel)), view.T(x.Country), page.Stamp(x.Deadline), cost,
		})
	}
	return t
}

func signalTable(signals []avro.Signal) *view.Table {
	t := &view.Table{
		ID: "signals", Caption: "Signals", Command: "tributary tail signals.v1", Empty: "No detector claims anything now.",
		Columns: []view.Column{{Name: "Severity"}, {Name: "Claim", Help: "What the detector says, with its evidence."}, {Name: "Since"}, {Name: "What to do", Wide: true}},
	}
	level := map[avro.SignalSeverity]view.Level{avro.SignalSeverityCritical: view.Bad, avro.SignalSeverityWarning: view.Warn}
	for i := range signals {
		x := &signals[i]
		evidence := []g.Node{h.Class("pairs")}
		for k := range x.Evidence {
			e := &x.Evidence[k]
			evidence = append(evidence, h.Dt(view.Text(page.Words(e.Name))), h.Dd(view.Text(figure(e))))
		}
		claim := g.Group{view.Paragraph(x.Claim), h.Details(h.ID("evidence-"+page.PlainID(x.SignalID)), h.Summary(g.Text("Evidence")), h.Dl(evidence...))}
		t.Rows = append(t.Rows, []view.Cell{
			view.C(string(x.Severity), view.Badge(cmp.Or(level[x.Severity], view.Calm), page.Words(string(x.Severity)))), view.C(x.Claim, claim), page.Stamp(x.RaisedAt), view.T(x.SuggestedRule.Value),
		})
	}
	return t
}

// figure writes a figure of the evidence with its unit and interval.
func figure(e *avro.SignalEvidence) string {
	if !e.Value.Set {
		return "not known"
	}
	unit := e.Unit
	if unit == "1" {
		unit = ""
	}
	if unit == "unix_s" {
		return time.Unix(int64(e.Value.Value), 0).UTC().Format("2006-01-02 15:04 UTC")
	}
	text := strings.TrimSpace(fmt.Sprintf("%.4g %s", e.Value.Value, unit))
	if e.Low.Set && e.High.Set {
		text += fmt.Sprintf(" (%.4g to %.4g)", e.Low.Value, e.High.Value)
	}
	return text
}
