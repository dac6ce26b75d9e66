package flow

import (
	"strings"
	"time"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/tributary-hq/tributary/cmd/internal/console/feed"
	"github.com/tributary-hq/tributary/cmd/internal/console/page"
	"github.com/tributary-hq/tributary/cmd/internal/console/view"
	"github.com/tributary-hq/tributary/schemas"
)

// hour is the account of each provider by minute.
func (m *flowModel) hour() g.Node {
	var charts []g.Node
	for i := range m.Providers {
		if p := &m.Providers[i]; p.Accepted+p.Replayed > 0 {
			charts = append(charts, h.Div(h.H3(view.Text(p.Title)), page.MinuteChart(&p.ProviderLedger)))
		}
	}
	if len(charts) == 0 {
		return view.Card("hour", "The last hour by minute", h.P(h.Class("empty"), g.Text("The ledger has no record of the last hour. Send a webhook: tributary simulate, or the commands that demo --stay prints.")))
	}
	return view.CardOf("hour", "The last hour by minute", &page.MinuteWhat, page.Legend(), h.Div(h.Class("grid"), g.Group(charts)))
}

func (m *flowModel) refusalTable() *view.Table {
	t := &view.Table{
		ID: "refusals", Caption: "Refused requests, by reason", Command: "curl OPS/metrics | grep tributary_ingest_requests_total", Empty: "No request was refused since ingest started.",
		Columns: []view.Column{
			{Name: "Source", Help: "The configured account; empty for a path that names none."},
			{Name: "Answer", Help: "The status code."},
			{Name: "Reason"},
			{Name: "Requests", Right: true, Help: "Since ingest started: tributary_ingest_requests_total."},
			{Name: "A minute", Right: true, Help: "Since the look before."},
		},
	}
	if m.Processes == nil {
		t.Empty = "Not known here: name ingest's ops port in console.ops."
	}
	for i := range m.Refusals {
		r := &m.Refusals[i]
		t.Rows = append(t.Rows, []view.Cell{view.T(r.Source), view.T(r.Code), view.T(r.Reason), view.N(r.Count), page.Rate(r.PerMinute)})
	}
	return t
}

func alertTable(all *feed.Alerts) *view.Table {
	alerts := all.Open
	t := &view.Table{ID: "alerts", Caption: "Open alerts", Columns: []view.Column{{Name: "Alert"}, {Name: "Severity"}, {Name: "Since"}, {Name: "What", Help: "The alert's summary, from Alertmanager."}, {Name: "Runbook"}}, Command: "curl ALERTMANAGER/api/v2/alerts", Empty: "No alert is open."}
	if all.Silenced > 0 {
		t.Caption += ", without " + page.Count(all.Silenced, "silenced one", "silenced ones")
	}
	for i := range alerts {
		a := &alerts[i]
		t.Rows = append(t.Rows, []view.Cell{
			view.T(a.Name), view.T(a.Severity), view.C(a.Since.UTC().Format(time.RFC3339), view.Time(a.Since)), view.T(a.Summary), view.C(a.Runbook, view.Outside(a.Runbook, "section")),
		})
	}
	return t
}

func topicTable(topics []feed.Topic) *view.Table {
	t := &view.Table{
		ID: "topics", Caption: "Topics", Command: "tributary topics list", Empty: "The cluster has no topic of ours: tributary topics apply makes them.",
		Columns: []view.Column{
			{Name: "Topic", Help: "Its name on the cluster."},
			{Name: "Access", Help: "open topics are for analysts, restricted ones hold codes and phones.", Wide: true},
			{Name: "Partitions", Right: true, Wide: true, Help: "Partitions of the topic."},
			{Name: "Offsets kept", Right: true, Help: "From the log's start to its end: an upper bound of the records."},
			{Name: "Offsets/s", Right: true, Help: "Written in the last half minute, transaction markers included."},
			{Name: "Last hour", Help: "Offsets written, in steps of two minutes."},
		},
	}
	for i := range topics {
		x := &topics[i]
		if strings.HasPrefix(x.Name, "internal.") && x.Name != schemas.InternalJourney {
			continue
		}
		if x.Missing {
			t.Rows = append(t.Rows, []view.Cell{view.T(x.Cluster), view.T(string(x.Access)), view.T(""), view.C("missing", view.Badge(view.Bad, "missing")), view.T(""), view.T("")})
			continue
		}
		t.Rows = append(t.Rows, []view.Cell{
			view.T(x.Cluster), view.T(string(x.Access)), view.N(int64(x.Partitions)), view.N(x.Kept), page.Rate(x.PerSecond), view.C("", view.Spark(x.Hour, x.Name+", in the last hour")),
		})
	}
	return t
}
