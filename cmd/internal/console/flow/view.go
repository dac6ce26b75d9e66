package flow

import (
	"fmt"
	"strings"
	"time"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/tributary-hq/tributary/cmd/internal/console/access"
	"github.com/tributary-hq/tributary/cmd/internal/console/feed"
	"github.com/tributary-hq/tributary/cmd/internal/console/page"
	"github.com/tributary-hq/tributary/cmd/internal/console/pausing"
	"github.com/tributary-hq/tributary/cmd/internal/console/view"
	"github.com/tributary-hq/tributary/cmd/internal/tool/lag"
	"github.com/tributary-hq/tributary/schemas"
)

func showFlow(q *page.Request, m *flowModel, at time.Time) *page.Content {
	c := &page.Content{Model: m}
	var more []g.Node
	if len(m.Says) > 1 {
		items := make([]g.Node, 0, len(m.Says))
		for _, text := range m.Says[1:] {
			items = append(items, h.Li(view.Text(text)))
		}
		more = append(more, h.Ul(items...))
	}
	c.Body = append(c.Body, page.Heading("Flow", flowText, at), view.Verdict(m.Verdict, &verdictWhat, m.Says[0], more...), m.tiles(), m.picture(q))
	if m.Alerts != nil && m.Alerts.Configured {
		alerts := alertTable(m.Alerts)
		c.Tables = append(c.Tables, alerts)
		c.Body = append(c.Body, alerts.Render(q.Path()))
	}
	if q.Query.Has("wall") {
		return c
	}
	refusals, topics := m.refusalTable(), topicTable(m.Topics)
	c.Tables = append(c.Tables, refusals, topics)
	c.Body = append(c.Body, m.hour(), refusals.Render(q.Path()), topics.Render(q.Path()))
	return c
}

// The explanations of the picture; each stands once and is about every node of its column.
//
//nolint:gochecknoglobals // constants
var (
	verdictWhat  = view.What{ID: "tip-verdict", Text: "The worst state first: groups judged by their progress, the ledger of the last hour, ingest and open alerts.", Command: "tributary lag"}
	providerWhat = view.What{ID: "tip-provider", Text: "Webhooks that ingest accepted in the last hour, by the ledger; the line has each minute.", Command: "tributary tail ledger.v1"}
	rawWhat      = view.What{ID: "tip-raw", Text: "Offsets written to the raw topic per second in the last half minute, and requests refused since ingest started.", Command: "tributary topics list"}
	stageWhat    = view.What{ID: "tip-stage", Text: "Age of the oldest record that the stage has not read, offsets not read, and offsets read per second. The verdict is by its progress in 15 seconds.", Command: "tributary lag"}
	outputWhat   = view.What{ID: "tip-output", Text: "Offsets written per second in the last half minute, and offsets kept, an upper bound of the records; the line is the last hour.", Command: "tributary topics list"}
)

// lateAfter is the age of an unread record from which on it concerns somebody.
const lateAfter = time.Minute

func (m *flowModel) tiles() g.Node {
	var perSecond float64
	var behind lag.Span
	var unread, refused int64
	var stage string
	var rates []float64
	for i := range m.Providers {
		p := &m.Providers[i]
		perSecond += p.Raw.PerSecond
		refused += p.Refused
		for k, v := range p.Raw.Hour {
			if k == len(rates) {
				rates = append(rates, 0)
			}
			rates[k] += v
		}
	}
	late := false
	for i := range m.Stages {
		st := &m.Stages[i]
		unread += st.Unread
		if st.Behind > behind {
			behind, stage = st.Behind, st.Stage
		}
		late = late || time.Duration(st.Behind) > lateAfter && st.Verdict != lag.VerdictPaused
	}
	refusals := view.Tile{Name: "Refused", Value: view.Group(refused), Help: "Requests answered with another code than 2xx since ingest started.", Command: "curl OPS/metrics | grep tributary_ingest_requests_total", Link: "/flow#refusals"}
	if m.Processes == nil {
		refusals.Value, refusals.Unit = "–", "not known"
		refusals.Help += " Name the ops ports in console.ops to know them."
	}
	oldest := view.Tile{Name: "Oldest unread", Value: view.Span(time.Duration(behind)), Unit: stage, Help: "Age of the oldest record that a stage has not read.", Command: "tributary lag", Link: "/readers"}
	if late {
		oldest.Level = view.Warn
	}
	letters := view.Tile{Name: "Dead letters, last hour", Value: view.Group(m.Hour.DeadLetters), Help: "Raw records that can never be handled, by the ledger.", Command: "tributary deadletter stats --from 1h", Link: "/letters"}
	if m.Hour.DeadLetters > 0 {
		letters.Level = view.Warn
	}
	return view.Tiles(
		view.Tile{
			Name: "Webhooks", Value: view.Rate(perSecond), Unit: "a second", Chart: view.Spark(rates, "webhooks in the last hour"),
			Help: "Records written to the raw topics per second, in the last half minute; the line is the last hour.", Command: "tributary topics list",
		},
		oldest,
		view.Tile{Name: "Unread", Value: view.Group(unread), Unit: "records", Help: "Offsets that the stages have not read, an upper bound of the records.", Command: "tributary lag", Link: "/readers"},
		view.Tile{Name: "Accepted, last hour", Value: view.Group(m.Hour.Accepted), Help: "Raw records that ingest accepted, by the ledger.", Command: "tributary tail ledger.v1", Link: "/account"},
		view.Tile{Name: "Duplicates, last hour", Value: view.Group(m.Hour.Duplicates), Unit: percent(m.Hour.Duplicates, m.Hour.Accepted), Help: "Raw records that repeated a fact, by the ledger.", Command: "tributary tail ledger.v1", Link: "/account"},
		letters, refusals,
	)
}

func percent(part, whole int64) string {
	if whole == 0 {
		return ""
	}
	return fmt.Sprintf("%.0f %%", 100*float64(part)/float64(whole))
}

// picture is the pipeline from left to right.
func (m *flowModel) picture(q *page.Request) g.Node {
	var providers, raw, stages, outputs []g.Node
	moving, stuck := false, false
	for i := range m.Providers {
		p := &m.Providers[i]
		moving = moving || p.Raw.PerSecond > 0
		last := "nothing in the last hour"
		if p.Accepted > 0 {
			last = view.Group(p.Accepted) + " in the last hour"
		}
		accepted := make([]float64, len(p.Minutes))
		for k := range p.Minutes {
			accepted[k] = float64(p.Minutes[k].Accepted + p.Minutes[k].Replayed)
		}
		to := edge{providerNode(p.Provider), []string{p.Raw.Name}, p.Raw.PerSecond > 0}
		providers = append(providers, node(&to, "", &providerWhat, p.Title, "", last, view.Spark(accepted, p.Title+", webhooks a minute in the last hour")))
		sub := view.Rate(p.Raw.PerSecond) + "/s"
		if p.Refused > 0 {
			sub += " · " + view.Group(p.Refused) + " refused"
		}
		to = edge{p.Raw.Name, readersOf(p.Raw.Name), p.Raw.PerSecond > 0}
		raw = append(raw, node(&to, "", &rawWhat, p.Raw.Name, "", sub, nil))
	}
	for i := range m.Stages {
		st := &m.Stages[i]
		if m.KafkaAway != "" {
			// The last verdict is from before Kafka went away: the stage's state is unknown.
			st = &flowStage{Stage: st.Stage, Verdict: lag.VerdictUnknown}
		}
		level, sub := view.Calm, "not seen"
		if st.Group != nil {
			level = page.LevelOf(st.Verdict, st.Group.Bad)
			if st.waits() {
				level = view.Warn
			}
			sub = view.Span(time.Duration(st.Behind)) + " behind"
			if st.Unread > 0 {
				sub += " · " + view.Group(st.Unread) + " unread"
			}
			sub += " · " + view.Rate(st.Group.Out) + "/s"
		}
		stuck = stuck || level == view.Bad
		to := stageEdge(st)
		stages = append(stages, node(&to, mark(st, level), &stageWhat, st.Stage, "/readers", sub, g.Group{reason(st), pauseLink(q, st)}, view.Badge(level, string(st.Verdict))))
	}
	for _, group := range outputGroups(m.Topics) {
		to := edge{name: group.name, moving: group.perSecond > 0}
		outputs = append(outputs, node(&to, "", &outputWhat, group.name, outputPath(group.name), view.Rate(group.perSecond)+"/s · "+view.Group(group.kept)+" kept", view.Spark(group.hour, group.name+", in the last hour")))
	}
	return h.Section(
		h.ID("picture"), h.Aria("label", "The pipeline"), h.Class("flow"),
		column("Providers", providers), arrow(moving, false), column("Ingest", raw), arrow(moving, false),
		column("Stages of the processor", stages), arrow(moving, stuck), column("Topics", outputs),
		g.El("svg", h.Class("edges"), h.Aria("hidden", "true")),
		providerWhat.Tip(), rawWhat.Tip(), stageWhat.Tip(), outputWhat.Tip(),
	)
}

func column(label string, nodes []g.Node) g.Node {
	return h.Div(h.Class("column"), h.Div(h.Class("label"), g.Text(label)), h.Ul(h.Aria("label", label), g.Group(nodes)))
}

// alarm colours a node only where it concerns.
func alarm(level view.Level) view.Level {
	if level == view.Bad || level == view.Warn {
		return level
	}
	return ""
}

// mark is the alarm of a stage; a paused stage has a calm one.
func mark(st *flowStage, level view.Level) view.Level {
	if st.Verdict == lag.VerdictPaused {
		return view.Calm
	}
	return alarm(level)
}

// reason says in the picture why a stage does not move.
func reason(st *flowStage) g.Node {
	if st.Group == nil || !st.Group.Bad && !st.waits() && st.Verdict != lag.VerdictPaused {
		return g.Group{}
	}
	return h.Span(h.Class("why"), view.Text(st.Group.Reason))
}

// pauseLink leads an operator to the page that pauses or resumes a stage; a wall has no link.
func pauseLink(q *page.Request, st *flowStage) g.Node {
	if !q.Person.May(access.Operator) || q.Query.Has("wall") {
		return g.Group{}
	}
	text := "Pause"
	if st.Group != nil && st.Group.Pause != nil {
		text = "Resume"
	}
	return h.A(h.Class("act"), h.Href(pausing.Path(st.Stage)), h.Aria("label", text+" stage "+st.Stage), g.Text(text+" …"))
}

// outputPath is the page about topics of the picture.
func outputPath(name string) string {
	switch name {
	case "deadletter.*":
		return "/letters"
	case "decoded.*":
		return "/contract"
	case schemas.Ledger:
		return "/account"
	}
	return view.At("/contract/topic", "name", name)
}

func node(e *edge, level view.Level, what *view.What, name, path, sub string, more g.Node, badge ...g.Node) g.Node {
	title := h.B(view.Dotted(name))
	if path != "" {
		title = h.A(h.Href(path), title)
	}
	if more == nil {
		more = g.Group{}
	}
	return h.Li(
		h.Class(strings.TrimSpace("node "+string(level))), what.On(), e.attributes(),
		h.Span(h.Class("name"), title, g.Group(badge)), h.Span(h.Class("sub"), what.Show(view.Text(sub))), more, e.text(),
	)
}

// arrow leads from a column to the next; a stuck one ends at a bar.
func arrow(moving, stuck bool) g.Node {
	class, head := "arrow", "M21 11l6 5-6 5"
	switch {
	case stuck:
		class, head = "arrow stuck", "M27 6v20"
	case moving:
		class += " moving"
	}
	return g.El("svg", h.Class(class), g.Attr("viewBox", "0 0 32 32"), h.Aria("hidden", "true"), g.Attr("preserveAspectRatio", "xMidYMid meet"),
		g.El("line", g.Attr("x1", "2"), g.Attr("x2", "26"), g.Attr("y1", "16"), g.Attr("y2", "16")), g.El("path", g.Attr("d", head)))
}

// outputGroup sums topics of one kind.
type outputGroup struct {
	name      string
	kept      int64
	perSecond float64
	hour      []float64
}

// outputGroups are the outputs as analysts know them: each enriched and fact topic, and the sums of
// the decoded and dead-letter topics.
func outputGroups(topics []feed.Topic) []outputGroup {
	var out []outputGroup
	at := map[string]int{}
	for i := range topics {
		t := &topics[i]
		name := outputName(t.Name)
		if name == "" {
			continue
		}
		k, ok := at[name]
		if !ok {
			k = len(out)
			at[name] = k
			out = append(out, outputGroup{name: name, hour: make([]float64, len(t.Hour))})
		}
		out[k].kept += t.Kept
		out[k].perSecond += t.PerSecond
		for j := range t.Hour {
			if j < len(out[k].hour) {
				out[k].hour[j] += t.Hour[j]
			}
		}
	}
	return out
}
