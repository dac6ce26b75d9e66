package console

import (
	"context"
	"slices"
	"time"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/tributary-hq/tributary/cmd/internal/console/cases"
	"github.com/tributary-hq/tributary/cmd/internal/console/contracts"
	"github.com/tributary-hq/tributary/cmd/internal/console/flow"
	"github.com/tributary-hq/tributary/cmd/internal/console/money"
	"github.com/tributary-hq/tributary/cmd/internal/console/page"
	"github.com/tributary-hq/tributary/cmd/internal/console/pausing"
	"github.com/tributary-hq/tributary/cmd/internal/console/readers"
	"github.com/tributary-hq/tributary/cmd/internal/console/view"
)

// pages returns all pages.
func (s *Server) pages() []*page.Page {
	return slices.Concat(
		flow.Pages(s.site), pausing.Pages(s.site), cases.New(s.site, s.config.Search).List(), s.letters.List(), s.erase.List(), money.Pages(s.site), s.account.List(),
		contracts.Pages(s.site), readers.Pages(s.site), []*page.Page{{Path: "/help", Title: "Help", Build: help}},
	)
}

// help explains the keys and where the numbers come from.
func help(context.Context, *page.Request) (*page.Content, error) {
	pairs := []g.Node{h.Class("pairs")}
	for _, l := range view.Links() {
		pairs = append(pairs, h.Dt(h.Code(g.Text("g "+l.Key))), h.Dd(h.A(h.Href(l.Path), g.Text(l.Name))))
	}
	for _, k := range [][2]string{{"/", "find a case by any id"}, {"w", "wall mode of Flow, for a large screen"}, {"?", "this page"}, {"Esc", "leave a field"}} {
		pairs = append(pairs, h.Dt(h.Code(g.Text(k[0]))), h.Dd(g.Text(k[1])))
	}
	return &page.Content{
		Model: map[string]any{"keys": view.Links()},
		Body: []g.Node{
			page.Heading("Help", "Keys, formats and what the console reads.", time.Time{}),
			view.Card("keys", "Keys", h.Dl(pairs...)),
			view.Card("formats", "The same for programs", h.P(g.Text("Every page has a twin: "), view.Command("?format=json"), g.Text(". Every table can be had as CSV: "), view.Command("?format=csv&table=NAME"),
				g.Text(". With a token: "), view.Command("curl -H 'Authorization: Bearer TOKEN' URL/flow?format=json"))),
			view.Card("reading", "What it reads", h.P(g.Text("Each number is made by the same tool as the command that its tooltip names. Kafka is read by one reader for all viewers, at most for a fifth of the time, and not at all when nobody looks. The console joins no consumer group."))),
		},
	}, nil
}
