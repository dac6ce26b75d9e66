// Package money is the page of the funnel from a requested code to a payment, and its cost.
package money

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/tributary-hq/tributary/cmd/internal/console/feed"
	"github.com/tributary-hq/tributary/cmd/internal/console/page"
	"github.com/tributary-hq/tributary/cmd/internal/console/poll"
	"github.com/tributary-hq/tributary/cmd/internal/console/view"
	"github.com/tributary-hq/tributary/cmd/internal/tool/insights"
	"github.com/tributary-hq/tributary/schemas/avro"
)

type pages struct{ *page.Site }

// Pages returns the pages with their addresses.
func Pages(s *page.Site) []*page.Page {
	p := &pages{s}
	return []*page.Page{{Path: "/money", Title: "Money", Build: p.money, Live: []page.Watched{s.Feed.Money, s.Feed.MoneyLong, s.Feed.Signals}}}
}

const moneyText = "What the codes led to, and what they cost."

// moneyModel is the JSON twin of Money.
type moneyModel struct {
	*feed.Money

	// Command gives the same numbers.
	Command string        `json:"command"`
	Signals []avro.Signal `json:"signals"`
}

// money is the page of the funnel and its cost.
func (s *pages) money(ctx context.Context, q *page.Request) (*page.Content, error) {
	now := s.Feed.Now()
	p, err := periodOf(q.Query, now)
	if err != nil {
		return nil, err
	}
	query := feed.MoneyQuery{From: p.from, To: p.to, Country: q.Query.Get("country"), Channel: q.Query.Get("channel"), Source: q.Query.Get("source")}
	result, signals := s.Feed.Money.Get(ctx), s.Feed.Signals.Get(ctx)
	rows := result
	if p.long(now) {
		rows = s.Feed.MoneyLong.Get(ctx)
	}
	for _, r := range []poll.Result[*feed.MoneyRows]{result, rows} {
		switch {
		case !r.Has && r.Err == nil:
			return page.Waiting("Money", moneyText, "the codes "+p.words), nil
		case !r.Has:
			return page.Away("Money", moneyText, r.Err), nil
		}
	}
	m := moneyModel{Money: rows.Value.Report(&query), Command: command(&p, &query), Signals: []avro.Signal{}}
	if p.long(now) {
		newest := result.Value.Report(&query)
		m.NotPaid, m.NotPaidAll = newest.NotPaid, newest.NotPaidAll
	}
	if signals.Has {
		m.Signals = claims(signals.Value.Open, &query)
	}
	return showMoney(q, &m, &p, &rows, now), nil
}

// claims are the signals that `tributary insights` shows for the same codes.
func claims(signals []avro.Signal, q *feed.MoneyQuery) []avro.Signal {
	filter := insights.Filter{From: q.From, Country: q.Country, Channel: avro.Channel(q.Channel), Source: q.Source}
	all := func(yield func(*avro.Signal) bool) {
		for i := range signals {
			if !yield(&signals[i]) {
				return
			}
		}
	}
	out := []avro.Signal{}
	for _, s := range filter.Claims(all) {
		out = append(out, *s)
	}
	return out
}

func showMoney(q *page.Request, m *moneyModel, p *period, rows *poll.Result[*feed.MoneyRows], now time.Time) *page.Content {
	unpaid, claims := unpaidTable(m.Money), signalTable(m)
	countries, sources := shareTable(m, "countries", "By country", "Country", m.Countries), shareTable(m, "sources", "By source", "Source", m.Sources)
	c := &page.Content{Model: m, Tables: []*view.Table{
		countries, unpaid, claims, sources, shareTable(m, "steps", "By time", "From (UTC)", m.Steps), shareTable(m, "channels", "By channel", "Channel", m.Channels),
	}}
	c.Body = append(c.Body, page.Heading("Money", moneyText, rows.At), moneyVerdict(m, p), filterForm(p, m.Money, now))
	if rows.Err != nil {
		c.Body = append(c.Body, page.Stale(rows.Err, rows.At))
	}
	if m.Truncated {
		c.Body = append(c.Body, view.Banner(view.Warn, "There are more verifications than this page holds: the numbers are too small. Ask the topics: tributary export."))
	}
	if m.Late {
		c.Body = append(c.Body, view.Banner(view.Warn, "This page does not go back so far: ask the topics with the command below."))
	}
	path := q.Path()
	c.Body = append(c.Body, moneyTiles(m), stepCard(m), multiples(m, "channel-charts", "By the channel that was tried first", m.Channels, channelName), unpaid.Render(path), claims.Render(path),
		multiples(m, "country-charts", "By country", m.Countries, placeName), countries.Render(path), sources.Render(path),
		h.P(h.Class("quiet"), g.Text("From "+strings.Join(m.Topics, " and ")+". The days are those of UTC in which the codes were ordered. Amounts of different currencies are not added. In a terminal: "), view.Command(m.Command)))
	return c
}

func channelName(name string) string { return cmp.Or(page.Words(name), "no attempt known") }
func placeName(name string) string   { return cmp.Or(name, "unknown") }

func moneyVerdict(m *moneyModel, p *period) g.Node {
	t := &m.Total
	if t.Requested == 0 {
		return view.Banner(view.Calm, "No code was ordered "+p.words+", of those selected.")
	}
	what := view.What{ID: "tip-verdict", Text: "Shares of the codes ordered in the period. A customer counts as not having paid when the deadline of the payment has passed.", Command: m.Command}
	text := fmt.Sprintf("Of %s ordered %s, %s verified and %s paid; the codes cost %s.", page.Count(int(t.Requested), "code", "codes"), p.words, share(t.Verified, t.Requested), share(t.Paid, t.Requested), amounts(t.Cost))
	if m.NotPaidAll > 0 {
		return view.Verdict(view.Calm, &what, text, h.P(h.A(h.Href("#unpaid"), g.Text(page.Count(int(m.NotPaidAll), "customer has", "customers have")+" verified and not paid in time."))))
	}
	return view.Verdict(view.Good, &what, text)
}

func moneyTiles(m *moneyModel) g.Node {
	t := &m.Total
	tile := func(name string, n int64, help string) view.Tile {
		return view.Tile{Name: name, Value: view.Group(n), Unit: share(n, t.Requested), Help: help + " Codes ordered in the period, from " + m.Topics[0] + ".", Command: m.Command}
	}
	first := tile("Requested", t.Requested, "Verifications ordered.")
	first.Unit = "codes"
	cost := view.Tile{Name: "Cost", Help: "Known cost of all codes. Codes whose cost is not known are not in it.", Command: m.Command}
	cost.Value, cost.Unit = largest(amounts(t.Cost))
	if t.CostUnknown > 0 {
		cost.Unit += " + " + page.Count(int(t.CostUnknown), "code", "codes") + " of unknown cost"
	}
	verified := view.Tile{Name: "Cost of a verified user", Help: "Known cost of all codes, divided by those verified; ≥ if there are codes of unknown cost.", Command: m.Command}
	verified.Value, verified.Unit = largest(each(t, t.Verified))
	paid := view.Tile{Name: "Cost of a paid user", Help: "Known cost of all codes, divided by those paid; ≥ if there are codes of unknown cost.", Command: m.Command}
	paid.Value, paid.Unit = largest(each(t, t.Paid))
	return view.Tiles(
		first, tile("Sent", t.Sent, "Those with an attempt."), tile("Delivered", t.Delivered, "Those with a delivered attempt."), tile("Verified", t.Verified, "Those that succeeded."),
		tile("Paid", t.Paid, "Journeys with a captured payment, refunded since or not."), cost, verified, paid,
	)
}

func stepCard(m *moneyModel) g.Node {
	values := make([][]float64, len(m.Steps))
	for i := range m.Steps {
		f := &m.Steps[i]
		values[i] = []float64{float64(f.Paid), float64(max(f.Verified-f.Paid, 0)), float64(max(f.Requested-max(f.Verified, f.Paid), 0))}
	}
	title := "By the hour in which the code was ordered"
	if m.Step == day {
		title = "By the day in which the code was ordered"
	}
	end := m.Query.To
	if end.After(m.At) {
		end = m.At
	}
	return view.Card("step-chart", title,
		h.P(h.Class("quiet small"), g.Text("Codes:"), h.Span(h.Class("key fact")), g.Text("paid"), h.Span(h.Class("key letter")), g.Text("verified, not paid"), h.Span(h.Class("key dup")), g.Text("neither")),
		view.Columns(values, []string{"fact", "letter", "dup"}, "codes by the time of their order: paid, verified and not paid, neither"),
		h.P(h.Class("axis quiet small"), view.Time(m.Query.From), view.Time(end)))
}

// multiples is a small funnel for each of the largest parts.
func multiples(m *moneyModel, id, title string, shares []feed.Share, name func(string) string) g.Node {
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
			h.P(h.Class("quiet small"), g.Text("a verified user "+each(&x.Funnel, x.Verified)+", a paid one "+each(&x.Funnel, x.Paid)))))
	}
	if len(cells) == 0 {
		return g.Group{}
	}
	what := view.What{ID: "tip-" + id, Text: "Shares of the codes ordered in the period, and their known cost per verified and per paid user.", Command: m.Command}
	return view.CardOf(id, title, &what, h.Div(h.Class("grid"), g.Group(cells)))
}
