package cases

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/tributary-hq/tributary/cmd/internal/console/access"
	"github.com/tributary-hq/tributary/cmd/internal/console/mask"
	"github.com/tributary-hq/tributary/cmd/internal/console/page"
	"github.com/tributary-hq/tributary/cmd/internal/console/view"
	"github.com/tributary-hq/tributary/cmd/internal/tool/trace"
	"github.com/tributary-hq/tributary/schemas/avro"
)

const caseText = "One customer's case from webhook to journey, found by any id."

// maxMoments is how many steps the timeline shows, the first and the last.
const maxMoments = 200

func (s *Pages) searchForms(p *access.Person) []g.Node {
	nodes := []g.Node{
		page.Heading("Case", caseText, time.Time{}),
		view.Card("by-id", "By any id", h.Form(
			h.Class("row"), h.Method("get"), h.Action("/case"),
			h.Label(g.Text("Correlation id, verification, payment, event, request or invoice id"), h.Input(h.Type("text"), h.Name("id"), h.Required(), h.MaxLength("512"), h.AutoComplete("off"), g.Attr("spellcheck", "false"))),
			h.Button(h.Class("primary"), h.Type("submit"), g.Text("Find")),
		), view.Quiet("An id that is a key is read from one partition of each topic. Any other is searched for, the newest records first: gigabytes take seconds.")),
	}
	if p.May(access.Support) && s.search.Pseudonyms != nil {
		return append(nodes, view.Card("by-phone", "By phone", h.Form(
			h.Class("row"), h.Method("post"), h.Action("/case/phone"), view.Token(p),
			h.Label(g.Text("Number, with + and the country's prefix"), h.Input(h.Type("tel"), h.Name("phone"), h.Required(), h.MaxLength("40"), h.AutoComplete("off"))),
			h.Label(g.Text("Country, of a national number"), h.Input(h.Type("text"), h.Name("country"), h.MaxLength("2"), h.Placeholder("DE"), h.AutoComplete("off"))),
			page.Purpose(),
			h.Button(h.Class("primary"), h.Type("submit"), g.Text("Find")),
		), view.Quiet("The number is turned into its pseudonyms here. It stands in no address, log or record.")))
	}
	return append(nodes, view.Quiet("Support and operators can look for a phone here."))
}

// showCase shows a report.
func showCase(q *page.Request, r *trace.Report, level mask.Level) (*page.Content, error) {
	summaries := make([]g.Node, 0, len(r.Journeys))
	for _, j := range r.Journeys {
		summaries = append(summaries, journeyCard(j))
	}
	if err := masked(r, level); err != nil {
		return nil, err
	}
	steps := timeline(r)
	table := stepTable(steps)
	c := &page.Content{Title: "Case " + view.Clean(r.Query), Model: caseModel{r, level < mask.Personal}, Tables: []*view.Table{table}}
	c.Body = append(c.Body, page.Heading("Case "+view.Clean(r.Query), caseText, time.Time{}))
	if !r.Found {
		c.Body = append(c.Body, view.Banner(view.Warn, "Nothing is there by this id.", h.P(g.Text("An id is a correlation id, a verification, payment or account id, or one inside a record. What retention has deleted cannot be found."))),
			lookedCard(r))
		c.Status = 404
		return c, nil
	}
	c.Body = append(c.Body, verdictOf(r))
	c.Body = append(c.Body, summaries...)
	for _, e := range r.Entities {
		c.Body = append(c.Body, entityCard(e))
	}
	if r.Left > 0 {
		c.Body = append(c.Body, view.Quiet(page.Count(r.Left, "further entity is", "further entities are")+" not shown."))
	}
	c.Body = append(c.Body, timelineCard(steps, q.Path(), q.Method == http.MethodGet))
	if q.Person.May(access.Support) && level < mask.Personal && r.Query != "" && r.Query != "a phone" {
		c.Body = append(c.Body, view.Card("unmask", "Personal fields", h.Form(
			h.Class("row"), h.Method("post"), h.Action("/case/unmask"), view.Token(q.Person), page.Hidden("id", r.Query), page.Purpose(),
			h.Button(h.Type("submit"), g.Text("Show the personal fields")),
		)))
	}
	if q.Person.May(access.Operator) && r.Query != "" && r.Query != "a phone" {
		c.Body = append(c.Body, h.P(h.A(h.Href(view.At("/forget", "id", r.Query)), g.Text("Forget this case")), h.Span(h.Class("quiet"), g.Text(" begins with a dry run"))))
	}
	c.Body = append(c.Body, lookedCard(r))
	return c, nil
}

// verdictOf says how the case stands.
func verdictOf(r *trace.Report) g.Node {
	if len(r.Journeys) == 0 {
		return view.Banner(view.Calm, "This belongs to no journey: no correlation id joins it with others.")
	}
	j := r.Journeys[0]
	level := view.Warn
	if j.Complete {
		level = view.Good
	}
	why := make([]g.Node, 0, len(j.Why))
	for _, text := range j.Why {
		why = append(why, h.P(view.Text(text)))
	}
	return view.Banner(level, page.Capital(page.Words(cmp.Or(j.Outcome, "no snapshot")))+".", why...)
}

// journeyCard is the journey in numbers.
func journeyCard(j *trace.Journey) g.Node {
	pairs := []g.Node{h.Class("pairs"), h.Dt(g.Text("Key")), h.Dd(h.A(h.Href(page.CasePath(j.Key)), view.Code(j.Key)))}
	add := func(name string, node g.Node) { pairs = append(pairs, h.Dt(g.Text(name)), h.Dd(node)) }
	if v, ok := j.Snapshot.(*avro.JourneySnapshot); ok {
		verified := "not verified"
		if v.Verified {
			verified = "by " + page.Words(string(v.DeliveredChannel.Value))
		}
		add("Verified", g.Group{view.Time(v.VerifiedAt.Value), g.Text(" "), view.Text(verified)})
		if v.CostMinor.Value > 0 {
			add("Cost", view.Text(view.Money(v.CostMinor.Value, v.CostCurrency.Value)))
		}
		paid := g.Group{view.Time(v.PaidAt.Value)}
		if v.GrossMinor.Value > 0 {
			paid = append(paid, view.Text(" "+view.Money(v.GrossMinor.Value, v.Currency.Value)))
		}
		if v.RefundedMinor.Value > 0 {
			paid = append(paid, view.Text(", "+view.Money(v.RefundedMinor.Value, v.Currency.Value)+" went back"))
		}
		add("Paid", paid)
		if v.Country.Set {
			add("Country", view.Text(v.Country.Value))
		}
		if v.Deadline.Set {
			add("Deadline", view.Time(v.Deadline.Value))
		}
		add("Assurance", view.Text(page.Words(string(v.Assurance))))
	}
	if j.Missing != "" && j.Missing != string(avro.JourneyMissingNone) {
		add("Missing", view.Badge(view.Warn, page.Words(j.Missing)))
	}
	what := view.What{ID: "tip-journey", Text: "The newest snapshot of the journey, from enriched.journeys.v1. Amounts are in the currency of the payment.", Command: "tributary trace " + j.Key}
	return view.CardOf("journey-"+page.PlainID(j.Key), "Journey", &what, h.Dl(pairs...))
}

func entityCard(e *trace.Entity) g.Node {
	title := e.Kind + " at " + cmp.Or(e.Provider, "an unknown provider")
	pairs := []g.Node{
		h.Class("pairs"), h.Dt(g.Text("Key")), h.Dd(h.A(h.Href(page.CasePath(e.Key)), view.Code(e.Key))),
		h.Dt(g.Text("State")), h.Dd(view.Text(page.Words(cmp.Or(e.State, "no snapshot")))),
		h.Dt(g.Text("Sent")), h.Dd(view.Text(fmt.Sprintf("%s by source %s: %s, %s, %s", page.Count(e.Deliveries, "time", "times"), cmp.Or(e.Source, "unknown"),
			page.Count(e.Facts, "fact", "facts"), page.Count(e.Duplicates, "repeat", "repeats"), page.Count(e.DeadLetters, "dead letter", "dead letters")))),
		h.Dt(g.Text("Assurance")), h.Dd(view.Text(cmp.Or(e.Assurance, "unknown"))),
	}
	if e.Waiting > 0 {
		pairs = append(pairs, h.Dt(g.Text("Waiting")), h.Dd(view.Badge(view.Warn, page.Count(e.Waiting, "webhook is", "webhooks are")+" not processed yet")))
	}
	nodes := []g.Node{h.Dl(pairs...)}
	for _, why := range e.Why {
		nodes = append(nodes, h.P(view.Text(why)))
	}
	for i := range e.Insights {
		nodes = append(nodes, h.P(h.Class("quiet small"), view.Code(e.Insights[i].Event), view.Text(": "+e.Insights[i].Says)))
	}
	if e.Snapshot != nil {
		if text, err := json.MarshalIndent(e.Snapshot, "", "  "); err == nil {
			nodes = append(nodes, h.Details(h.ID("snapshot-"+page.PlainID(e.Key)), h.Summary(g.Text("The last snapshot")), view.Block(string(text))))
		}
	}
	what := view.What{ID: "tip-entity-" + page.PlainID(e.Key), Text: "How often a provider sent a webhook about it, and what each became: a fact, a repeat or a dead letter.", Command: "tributary trace " + e.Key}
	return view.CardOf("entity-"+page.PlainID(e.Key), strings.ToUpper(title[:1])+view.Clean(title[1:]), &what, nodes...)
}

func timelineCard(steps []moment, path string, copies bool) g.Node {
	items := make([]g.Node, 0, min(len(steps), maxMoments)+2)
	items = append(items, h.Class("timeline"))
	for i := range steps {
		if len(steps) > maxMoments && i == maxMoments/2 {
			items = append(items, h.Li(h.Class("calm"), g.Textf("%s between these are not shown; the JSON has them.", page.Count(len(steps)-maxMoments, "step", "steps"))))
		}
		if len(steps) > maxMoments && i >= maxMoments/2 && i < len(steps)-maxMoments/2 {
			continue
		}
		items = append(items, momentItem(&steps[i]))
	}
	what := view.What{ID: "tip-timeline", Text: "Every record about it, in the order of writing: webhooks, facts, snapshots with their revision, and the place of each in Kafka.", Command: "tributary trace ID"}
	title := h.H2(what.Show(g.Text("Timeline, " + page.Count(len(steps), "step", "steps"))))
	links := g.Node(g.Group{})
	if copies {
		links = h.Span(h.Class("copy"), h.A(h.Href(view.At(path, "format", "csv", "table", "steps")), h.Data("copy", ""), g.Text("CSV")), h.A(h.Href(view.At(path, "format", "json")), h.Data("copy", ""), g.Text("JSON")))
	}
	return h.Section(h.Class("card"), h.ID("timeline"), what.On(), h.Div(h.Class("caption"), title, links), h.Ol(items...), what.Tip())
}

func momentItem(m *moment) g.Node {
	level := map[string]string{trace.StepDeadLetter: "bad", trace.StepUnreadable: "bad", trace.StepDuplicate: "calm", trace.StepEnded: "warn", trace.StepErasure: "warn"}[m.Kind]
	what := g.Group{h.B(view.Text(m.name()))}
	if m.Revision > 0 {
		what = append(what, h.Span(h.Class("quiet"), g.Textf("revision %d", m.Revision)))
	}
	if m.State != "" {
		what = append(what, h.Span(view.Text(page.Words(m.State))))
	}
	if m.Waiting {
		what = append(what, view.Badge(view.Warn, "not processed yet"))
	}
	var details []string
	for _, text := range []string{m.Event, m.Says, sourceOf(m.Step)} {
		if text != "" {
			details = append(details, view.Clean(text))
		}
	}
	if m.Attempt > 0 {
		details = append(details, fmt.Sprintf("delivery %d", m.Attempt))
	}
	return h.Li(
		g.If(level != "", h.Class(level)),
		h.Div(h.Class("step"), view.Time(m.At), what),
		h.Div(h.Class("quiet small"), g.Text(strings.Join(details, " · ")), g.Text(" "), view.Code(m.String())),
	)
}

// sourceOf says who sent a webhook and how it was proven.
func sourceOf(s *trace.Step) string {
	if s.Kind != trace.StepReceived || s.Source == "" {
		return ""
	}
	return "source " + s.Source + ", " + cmp.Or(s.Assurance, "unproven") + ", request " + s.RequestID
}

func stepTable(steps []moment) *view.Table {
	t := &view.Table{ID: "steps", Caption: "Steps", Columns: []view.Column{{Name: "written"}, {Name: "of"}, {Name: "what"}, {Name: "where"}, {Name: "state"}, {Name: "event"}, {Name: "event_id"}, {Name: "says"}}}
	for i := range steps {
		m := &steps[i]
		t.Rows = append(t.Rows, []view.Cell{
			view.T(m.At.UTC().Format(time.RFC3339Nano)), view.T(m.of), view.T(m.Kind), view.T(m.String()), view.T(m.State), view.T(m.Event), view.T(m.EventID), view.T(m.Says),
		})
	}
	return t
}

// lookedCard lists the searches with their topics, sizes and durations.
func lookedCard(r *trace.Report) g.Node {
	var items []g.Node
	for i := range r.Looked {
		l := &r.Looked[i]
		items = append(items, h.Li(view.Text(fmt.Sprintf("%s: %s, %.1f MB in %s, %d found, in %s", l.For, page.Count(int(l.Records), "record", "records"), float64(l.Bytes)/1e6,
			view.Span(time.Duration(l.Took)), l.Found, strings.Join(l.Topics, ", ")))))
	}
	what := view.What{ID: "tip-looked", Text: "What the search read: records and bytes of each topic, found records, and the time that it took.", Command: "tributary trace " + r.Query}
	return h.Details(h.Class("card"), h.ID("looked"), what.On(), h.Summary(g.Textf("What was searched: %s in all", view.Span(time.Duration(r.Took)))), h.Ul(items...),
		h.P(what.Explain(g.Text("What these numbers are"))))
}
