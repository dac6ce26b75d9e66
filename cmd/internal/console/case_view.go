package console

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
	"github.com/tributary-hq/tributary/cmd/internal/console/view"
	"github.com/tributary-hq/tributary/cmd/internal/tool/trace"
	"github.com/tributary-hq/tributary/schemas/avro"
)

const caseText = "One customer's case from webhook to journey, found by any id."

// maxMoments is how many steps the timeline shows, the first and the last.
const maxMoments = 200

func casePath(id string) string { return view.At("/case", "id", id) }

func (s *Server) searchForms(p *access.Person) []g.Node {
	nodes := []g.Node{
		heading("Case", caseText, time.Time{}),
		view.Card("by-id", "By any id", h.Form(
			h.Class("row"), h.Method("get"), h.Action("/case"),
			h.Label(g.Text("Correlation id, verification, payment, event, request or invoice id"), h.Input(h.Type("text"), h.Name("id"), h.Required(), h.MaxLength("512"), h.AutoComplete("off"), g.Attr("spellcheck", "false"))),
			h.Button(h.Class("primary"), h.Type("submit"), g.Text("Find")),
		), view.Quiet("An id that is a key is read from one partition of each topic. Any other is searched for, the newest records first: gigabytes take seconds.")),
	}
	if p.May(access.Support) && s.config.Search.Pseudonyms != nil {
		return append(nodes, view.Card("by-phone", "By phone", h.Form(
			h.Class("row"), h.Method("post"), h.Action("/case/phone"), view.Token(p),
			h.Label(g.Text("Number, with + and the country's prefix"), h.Input(h.Type("tel"), h.Name("phone"), h.Required(), h.MaxLength("40"), h.AutoComplete("off"))),
			h.Label(g.Text("Country, of a national number"), h.Input(h.Type("text"), h.Name("country"), h.MaxLength("2"), h.Placeholder("DE"), h.AutoComplete("off"))),
			purpose(),
			h.Button(h.Class("primary"), h.Type("submit"), g.Text("Find")),
		), view.Quiet("The number is turned into its pseudonyms here. It stands in no address, log or record.")))
	}
	return append(nodes, view.Quiet("Support and operators can look for a phone here."))
}

// showCase shows a report.
func showCase(q *request, r *trace.Report, level mask.Level) (*content, error) {
	summaries := make([]g.Node, 0, len(r.Journeys))
	for _, j := range r.Journeys {
		summaries = append(summaries, journeyCard(j))
	}
	if err := masked(r, level); err != nil {
		return nil, err
	}
	steps := timeline(r)
	table := stepTable(steps)
	c := &content{title: "Case " + view.Clean(r.Query), model: caseModel{r, level < mask.Personal}, tables: []*view.Table{table}}
	c.body = append(c.body, heading("Case "+view.Clean(r.Query), caseText, time.Time{}))
	if !r.Found {
		c.body = append(c.body, view.Banner(view.Warn, "Nothing is there by this id.", h.P(g.Text("An id is a correlation id, a verification, payment or account id, or one inside a record. What retention has deleted cannot be found."))),
			lookedCard(r))
		c.status = 404
		return c, nil
	}
	c.body = append(c.body, verdictOf(r))
	c.body = append(c.body, summaries...)
	for _, e := range r.Entities {
		c.body = append(c.body, entityCard(e))
	}
	if r.Left > 0 {
		c.body = append(c.body, view.Quiet(count(r.Left, "further entity is", "further entities are")+" not shown."))
	}
	c.body = append(c.body, timelineCard(steps, pathOf(q), q.Method == http.MethodGet))
	if q.person.May(access.Support) && level < mask.Personal && r.Query != "" && r.Query != "a phone" {
		c.body = append(c.body, view.Card("unmask", "Personal fields", h.Form(
			h.Class("row"), h.Method("post"), h.Action("/case/unmask"), view.Token(q.person), hidden("id", r.Query), purpose(),
			h.Button(h.Type("submit"), g.Text("Show the personal fields")),
		)))
	}
	c.body = append(c.body, lookedCard(r))
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
	return view.Banner(level, capital(words(cmp.Or(j.Outcome, "no snapshot")))+".", why...)
}

// journeyCard is the journey in numbers.
func journeyCard(j *trace.Journey) g.Node {
	pairs := []g.Node{h.Class("pairs"), h.Dt(g.Text("Key")), h.Dd(h.A(h.Href(casePath(j.Key)), view.Code(j.Key)))}
	add := func(name string, node g.Node) { pairs = append(pairs, h.Dt(g.Text(name)), h.Dd(node)) }
	if v, ok := j.Snapshot.(*avro.JourneySnapshot); ok {
		verified := "not verified"
		if v.Verified {
			verified = "by " + words(string(v.DeliveredChannel.Value))
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
		add("Assurance", view.Text(words(string(v.Assurance))))
	}
	if j.Missing != "" && j.Missing != string(avro.JourneyMissingNone) {
		add("Missing", view.Badge(view.Warn, words(j.Missing)))
	}
	return view.Card("journey", "Journey", h.Dl(pairs...))
}

func entityCard(e *trace.Entity) g.Node {
	title := e.Kind + " at " + cmp.Or(e.Provider, "an unknown provider")
	pairs := []g.Node{
		h.Class("pairs"), h.Dt(g.Text("Key")), h.Dd(h.A(h.Href(casePath(e.Key)), view.Code(e.Key))),
		h.Dt(g.Text("State")), h.Dd(view.Text(words(cmp.Or(e.State, "no snapshot")))),
		h.Dt(g.Text("Sent")), h.Dd(view.Text(fmt.Sprintf("%s by source %s: %s, %s, %s", count(e.Deliveries, "time", "times"), cmp.Or(e.Source, "unknown"),
			count(e.Facts, "fact", "facts"), count(e.Duplicates, "repeat", "repeats"), count(e.DeadLetters, "dead letter", "dead letters")))),
		h.Dt(g.Text("Assurance")), h.Dd(view.Text(cmp.Or(e.Assurance, "unknown"))),
	}
	if e.Waiting > 0 {
		pairs = append(pairs, h.Dt(g.Text("Waiting")), h.Dd(view.Badge(view.Warn, count(e.Waiting, "webhook is", "webhooks are")+" not processed yet")))
	}
	nodes := []g.Node{h.Dl(pairs...)}
	for _, why := range e.Why {
		nodes = append(nodes, h.P(view.Text(why)))
	}
	if e.Snapshot != nil {
		if text, err := json.MarshalIndent(e.Snapshot, "", "  "); err == nil {
			nodes = append(nodes, h.Details(h.ID("snapshot-"+plainID(e.Key)), h.Summary(g.Text("The last snapshot")), view.Block(string(text))))
		}
	}
	return view.Card("entity-"+plainID(e.Key), strings.ToUpper(title[:1])+view.Clean(title[1:]), nodes...)
}

// plainID makes an id of an element from a key.
func plainID(key string) string {
	const most = 80
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, key[:min(len(key), most)])
}

func timelineCard(steps []moment, path string, copies bool) g.Node {
	items := make([]g.Node, 0, min(len(steps), maxMoments)+2)
	items = append(items, h.Class("timeline"))
	for i := range steps {
		if len(steps) > maxMoments && i == maxMoments/2 {
			items = append(items, h.Li(h.Class("calm"), g.Textf("%s between these are not shown; the JSON has them.", count(len(steps)-maxMoments, "step", "steps"))))
		}
		if len(steps) > maxMoments && i >= maxMoments/2 && i < len(steps)-maxMoments/2 {
			continue
		}
		items = append(items, momentItem(&steps[i]))
	}
	title := view.Heading("Timeline, " + count(len(steps), "step", "steps"))
	links := g.Node(g.Group{})
	if copies {
		links = h.Span(h.Class("copy"), h.A(h.Href(view.At(path, "format", "csv", "table", "steps")), h.Data("copy", ""), g.Text("CSV")), h.A(h.Href(view.At(path, "format", "json")), h.Data("copy", ""), g.Text("JSON")))
	}
	return h.Section(h.Class("card"), h.ID("timeline"), h.Div(h.Class("caption"), title, links), h.Ol(items...))
}

func momentItem(m *moment) g.Node {
	level := map[string]string{trace.StepDeadLetter: "bad", trace.StepUnreadable: "bad", trace.StepDuplicate: "calm", trace.StepEnded: "warn", trace.StepErasure: "warn"}[m.Kind]
	what := g.Group{h.B(view.Text(m.name()))}
	if m.Revision > 0 {
		what = append(what, h.Span(h.Class("quiet"), g.Textf("revision %d", m.Revision)))
	}
	if m.State != "" {
		what = append(what, h.Span(view.Text(words(m.State))))
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
		h.Div(h.Class("what"), view.Time(m.At), what),
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
		items = append(items, h.Li(view.Text(fmt.Sprintf("%s: %s, %.1f MB in %s, %d found, in %s", l.For, count(int(l.Records), "record", "records"), float64(l.Bytes)/1e6,
			view.Span(time.Duration(l.Took)), l.Found, strings.Join(l.Topics, ", ")))))
	}
	return h.Details(h.Class("card"), h.ID("looked"), h.Summary(g.Textf("What was searched: %s in all", view.Span(time.Duration(r.Took)))), h.Ul(items...),
		h.P(g.Text("In a terminal: "), view.Command("tributary trace "+r.Query)))
}
