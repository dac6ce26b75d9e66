package console

import (
	"context"
	"time"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/tributary-hq/tributary/cmd/internal/console/view"
)

// pages returns all pages.
func (s *Server) pages() []*page {
	f := s.feed
	return []*page{
		{path: "/flow", title: "Flow", build: s.flow, live: []watched{f.Readers, f.Topics, f.Ledger, f.Processes, f.Alerts}},
		{path: "/case", title: "Case", build: s.findCase, slow: true},
		{path: "/case/phone", title: "Case", build: s.byPhone, act: true},
		{path: "/case/unmask", title: "Case", build: s.unmask, act: true},
		{path: "/letters", title: "Dead letters", build: s.letters, live: []watched{f.Letters, s.replays}},
		{path: "/letters/issue", title: "Dead letters", build: s.issue, live: []watched{f.Letters, s.replays}},
		{path: "/letters/letter", title: "Dead letter", build: s.letter, slow: true},
		{path: "/letters/show", title: "Dead letter", build: s.showLetter, act: true},
		{path: "/letters/plan", title: "Dry run", build: s.planReplay, act: true},
		{path: "/letters/replay", title: "Replay", build: s.runReplay, act: true},
		{path: "/money", title: "Money", build: s.money, live: []watched{f.Money, f.Signals}},
		{path: "/account", title: "Account", build: s.account, live: []watched{f.Ledger, f.Readers, s.audits}},
		{path: "/account/audit", title: "Audit", build: s.runAudit, act: true},
		{path: "/contract", title: "Contract", build: s.contracts, live: []watched{f.Topics}},
		{path: "/contract/topic", title: "Topic", build: s.contractTopicPage, slow: true},
		{path: "/readers", title: "Readers", build: s.readers, live: []watched{f.Readers}},
		{path: "/help", title: "Help", build: help},
	}
}

// help explains the keys and where the numbers come from.
func help(context.Context, *request) (*content, error) {
	pairs := []g.Node{h.Class("pairs")}
	for _, l := range view.Links() {
		pairs = append(pairs, h.Dt(h.Code(g.Text("g "+l.Key))), h.Dd(h.A(h.Href(l.Path), g.Text(l.Name))))
	}
	for _, k := range [][2]string{{"/", "find a case by any id"}, {"w", "wall mode of Flow, for a large screen"}, {"?", "this page"}, {"Esc", "leave a field"}} {
		pairs = append(pairs, h.Dt(h.Code(g.Text(k[0]))), h.Dd(g.Text(k[1])))
	}
	return &content{
		model: map[string]any{"keys": view.Links()},
		body: []g.Node{
			heading("Help", "Keys, formats and what the console reads.", time.Time{}),
			view.Card("keys", "Keys", h.Dl(pairs...)),
			view.Card("formats", "The same for programs", h.P(g.Text("Every page has a twin: "), view.Command("?format=json"), g.Text(". Every table can be had as CSV: "), view.Command("?format=csv&table=NAME"),
				g.Text(". With a token: "), view.Command("curl -H 'Authorization: Bearer TOKEN' URL/flow?format=json"))),
			view.Card("reading", "What it reads", h.P(g.Text("Each number is made by the same tool as the command that its tooltip names. Kafka is read by one reader for all viewers, at most for a fifth of the time, and not at all when nobody looks. The console joins no consumer group."))),
		},
	}, nil
}
