package money

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/tributary-hq/tributary/cmd/internal/console/feed"
	"github.com/tributary-hq/tributary/cmd/internal/console/page"
	"github.com/tributary-hq/tributary/cmd/internal/console/view"
)

const day = 24 * time.Hour

// period is the time that the page is about, in days of UTC as `tributary insights` has them.
type period struct {
	// name is the value of ?range, words the period in a sentence.
	name, words string
	from, to    time.Time
	// arguments are those of the command for the same days.
	arguments string
}

// periods are the choices, without the custom one.
func periods(now time.Time) []period {
	today := now.UTC().Truncate(day)
	since := func(name, words string, days int) period {
		from := today.Add(-time.Duration(days) * day)
		return period{name, words, from, today.Add(day), "--since " + from.Format(time.DateOnly)}
	}
	return []period{
		since("today", "today", 0),
		{"yesterday", "yesterday", today.Add(-day), today, "--day " + today.Add(-day).Format(time.DateOnly)},
		since("2d", "since yesterday", 1), since("7d", "in the last 7 days", 7), since("30d", "in the last 30 days", 30),
	}
}

// standard is the period without a choice: it has the last 24 hours in it at any time.
const standard = "2d"

// periodOf reads the period of a request.
func periodOf(query url.Values, now time.Time) (period, error) {
	name := query.Get("range")
	if name == "" {
		name = standard
	}
	for _, p := range periods(now) {
		if p.name == name {
			return p, nil
		}
	}
	from, err := time.Parse(time.DateOnly, query.Get("from"))
	if err != nil || name != "custom" {
		return period{}, page.Refuse(http.StatusBadRequest, "there is no such period: choose one, or give the first and the last day as 2026-11-30")
	}
	last := from
	if query.Get("until") != "" {
		last, err = time.Parse(time.DateOnly, query.Get("until"))
	}
	if err != nil || last.Before(from) {
		return period{}, page.Refuse(http.StatusBadRequest, "the last day is no day such as 2026-11-30, or it is before the first")
	}
	words := "from " + from.Format(time.DateOnly) + " to " + last.Format(time.DateOnly)
	return period{"custom", words, from, last.Add(day), "--since " + from.Format(time.DateOnly) + " --until " + last.Format(time.DateOnly)}, nil
}

// long reports whether the period begins before the first hour that the poll holds.
func (p *period) long(now time.Time) bool {
	return p.from.Before(now.UTC().Truncate(day).Add(-feed.MoneyDays * day))
}

// command gives the same numbers in a terminal.
func command(p *period, q *feed.MoneyQuery) string {
	var out strings.Builder
	out.WriteString("tributary insights " + p.arguments)
	for _, flag := range [][2]string{{" --country ", q.Country}, {" --channel ", strings.ToLower(q.Channel)}, {" --source ", q.Source}} {
		if flag[1] != "" {
			out.WriteString(flag[0] + flag[1])
		}
	}
	return out.String()
}

// filterForm chooses the period and the part of the codes.
func filterForm(p *period, m *feed.Money, now time.Time) g.Node {
	links := []g.Node{h.Class("choices"), h.Aria("label", "Period")}
	for _, choice := range periods(now) {
		at := view.At("/money", "range", choice.name, "country", m.Query.Country, "channel", m.Query.Channel, "source", m.Query.Source)
		links = append(links, h.A(h.Href(at), g.If(choice.name == p.name, h.Aria("current", "true")), g.Text(strings.TrimPrefix(strings.TrimPrefix(choice.words, "in the "), "last "))))
	}
	selected := func(id, name, all string, choices []string, is string, show func(string) string) g.Node {
		options := []g.Node{h.Name(id), h.Option(h.Value(""), g.Text(all))}
		for _, c := range choices {
			options = append(options, h.Option(h.Value(c), g.If(c == is, h.Selected()), view.Text(show(c))))
		}
		return h.Label(g.Text(name), h.Select(options...))
	}
	same := func(s string) string { return s }
	return h.Section(
		h.Class("card"), h.ID("filter"), h.Aria("label", "Filter"), h.Nav(links...),
		h.Form(
			h.Class("row"), h.Method("get"), h.Action("/money"), page.Hidden("range", "custom"),
			h.Label(g.Text("From (UTC)"), h.Input(h.Type("date"), h.Name("from"), h.Required(), h.Value(p.from.Format(time.DateOnly)))),
			h.Label(g.Text("To, inclusive"), h.Input(h.Type("date"), h.Name("until"), h.Value(p.to.Add(-day).Format(time.DateOnly)))),
			selected("country", "Country", "all", m.Choices[0], m.Query.Country, same),
			selected("channel", "First channel", "all", m.Choices[1], m.Query.Channel, page.Words),
			selected("source", "Source", "all", m.Choices[2], m.Query.Source, same),
			h.Button(h.Class("primary"), h.Type("submit"), g.Text("Show")),
		),
	)
}
