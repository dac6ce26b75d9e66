package erase

import (
	"fmt"
	"strings"
	"time"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/tributary-hq/tributary/cmd/internal/console/page"
	"github.com/tributary-hq/tributary/cmd/internal/console/view"
	"github.com/tributary-hq/tributary/cmd/internal/tool/forget"
)

func runState(state *page.JobState[forget.Result]) g.Node {
	switch {
	case state.Running():
		return view.Banner(view.Calm, fmt.Sprintf("Forgetting: %s of %s.", view.Group(state.Done), page.Count(int(state.Total), "entity", "entities")), h.P(g.Text("Begun by "), view.Text(state.By), g.Text(" at "), view.Time(state.Began)))
	case state.Err != "":
		return view.Banner(view.Bad, "The erasure failed: "+state.Err, h.P(g.Text("What was sent is carried out; asking again does no harm.")))
	case state.Result != nil && len(state.Result.Waiting) > 0:
		return view.Banner(view.Warn, page.Count(len(state.Result.Waiting), "entity is", "entities are")+" not forgotten yet.",
			h.P(g.Text("The erasures stand in the raw topics, and are carried out when the stages come to them: see Readers.")))
	case state.Result != nil:
		return view.Banner(view.Good, page.Count(len(state.Result.Forgotten), "entity is", "entities are")+" forgotten.", h.P(g.Text("By "), view.Text(state.By), g.Text(", ended "), view.Time(state.Ended)))
	}
	return g.Group{}
}

func targetTable(plan *forget.Plan) *view.Table {
	t := &view.Table{
		ID: "targets", Caption: "To be forgotten", Empty: "Nothing.",
		Columns: []view.Column{{Name: "Key"}, {Name: "Kind"}, {Name: "State"}, {Name: "Leaves journeys", Wide: true}},
	}
	for i := range plan.Targets {
		x := &plan.Targets[i]
		t.Rows = append(t.Rows, []view.Cell{view.C(x.Key, h.A(h.Href(page.CasePath(x.Key)), view.Code(x.Key))), view.T(x.Kind), view.T(page.Words(x.State)), view.T(strings.Join(x.Journeys, ", "))})
	}
	return t
}

func stayTable(plan *forget.Plan) *view.Table {
	t := &view.Table{
		ID: "stays", Caption: "What stays in the topics, and until when", Empty: "Nothing stays.",
		Columns: []view.Column{{Name: "Topic"}, {Name: "Records", Right: true}, {Name: "Until"}},
	}
	for i := range plan.Stays {
		x := &plan.Stays[i]
		until := view.T("its retention, which is for ever")
		switch {
		case x.Compacted && x.Latest.IsZero():
			until = view.T("the topic is compacted next")
		case x.Compacted:
			until = view.C(x.Latest.UTC().Format(time.RFC3339), g.Group{g.Text("the topic is compacted next, by "), view.Time(x.Latest)})
		case !x.Until.IsZero():
			until = page.Stamp(x.Until)
		}
		records := view.T("not counted")
		if x.Records >= 0 {
			records = view.N(int64(x.Records))
		}
		t.Rows = append(t.Rows, []view.Cell{view.T(x.Topic), records, until})
	}
	return t
}

// remarks are the parts of a plan that are seldom there.
func remarks(plan *forget.Plan) g.Node {
	var items []g.Node
	add := func(text string, names []string) {
		if len(names) > 0 {
			items = append(items, h.Li(view.Text(text+": "+strings.Join(names, ", "))))
		}
	}
	add("Members of the same journeys, which stay", plan.Others)
	add("Accounts whose records have the number, which stay", plan.Mentions)
	add("Not searched, for a number stands there in clear and in any writing", plan.NotSearched)
	add("Records without an entity, which stay", plan.Unkeyed)
	add("Journeys with more members than their snapshot lists", plan.Short)
	add("Stages that nobody runs now: they forget when they run", plan.Idle)
	for i := range plan.Paused {
		add("Paused, forgets when it is resumed", []string{plan.Paused[i].Stage + ", " + plan.Paused[i].String()})
	}
	if len(items) == 0 {
		return g.Group{}
	}
	return view.Card("remarks", "To know", h.Ul(items...))
}
