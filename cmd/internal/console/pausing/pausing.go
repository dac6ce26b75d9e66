// Package pausing are the pages by which operators pause and resume a stage: its state, dry run, act.
package pausing

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/tributary-hq/tributary/cmd/internal/console/access"
	"github.com/tributary-hq/tributary/cmd/internal/console/act"
	"github.com/tributary-hq/tributary/cmd/internal/console/page"
	"github.com/tributary-hq/tributary/cmd/internal/console/view"
	"github.com/tributary-hq/tributary/cmd/internal/tool/pauses"
	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/schemas/avro"
)

type pages struct{ *page.Site }

// Pages returns the pages with their addresses.
func Pages(s *page.Site) []*page.Page {
	p := &pages{s}
	return []*page.Page{
		{Path: "/pause", Title: "Pause a stage", Build: p.state, Slow: true},
		{Path: "/pause/plan", Title: "Dry run", Build: p.plan, Act: true},
		{Path: "/pause/run", Title: "Pause a stage", Build: p.run, Act: true},
	}
}

// Path is the page about the pause of a stage.
func Path(stage string) string { return view.At("/pause", "stage", stage) }

const pauseText = "A paused stage reads no record and fires no timer. It keeps its partitions and its state, also over a restart; records wait in its topic."

// request makes the request of a form. Only operators may ask.
func request(q *page.Request, value func(string) string) (*pauses.Request, error) {
	if !q.Person.May(access.Operator) {
		return nil, page.Refuse(http.StatusForbidden, "only operators may pause or resume a stage")
	}
	stage := value("stage")
	if !slices.Contains(processor.StageNames(), stage) {
		return nil, page.Refuse(http.StatusNotFound, "there is no such stage: it is one of "+strings.Join(processor.StageNames(), ", "))
	}
	r := &pauses.Request{Stages: []string{stage}, Resume: value("resume") != "", By: q.Person.Name + " (console)", Why: strings.TrimSpace(value("purpose"))}
	if text := value("for"); text != "" {
		var err error
		if r.For, err = timespan.Parse(text); err != nil {
			return nil, page.Refuse(http.StatusBadRequest, "the time of the pause: "+err.Error())
		}
	}
	if err := r.Validate(); err != nil {
		return nil, page.Refuse(http.StatusBadRequest, err.Error())
	}
	return r, nil
}

// config returns the configuration of the tool.
func (s *pages) config() pauses.Config {
	return pauses.Config{Kafka: s.Kafka, Names: s.Names, SchemaIDs: s.SchemaIDs, Version: s.Version, Now: s.Feed.Now}
}

// command is the command that does the same.
func command(r *pauses.Request) string {
	if r.Resume {
		return "tributary resume " + r.Stages[0]
	}
	text := "tributary pause " + r.Stages[0] + " --why TEXT"
	if r.For > 0 {
		text += " --for " + timespan.Format(r.For)
	}
	return text
}

// state shows whether a stage is paused, and begins a dry run.
func (s *pages) state(ctx context.Context, q *page.Request) (*page.Content, error) {
	r, err := request(q, q.Query.Get)
	if err != nil {
		return nil, err
	}
	plan, err := pauses.NewPlan(ctx, s.config(), r)
	if err != nil {
		return nil, err
	}
	x := &plan.Stages[0]
	r.Resume = x.Pause != nil
	return &page.Content{
		Title: "Stage " + x.Stage, Model: plan,
		Body: []g.Node{page.Heading("Stage "+x.Stage, pauseText, time.Time{}), verdict(x, command(r)), form(q.Person, r)},
	}, nil
}

func verdict(x *pauses.Stage, command string) g.Node {
	what := view.What{ID: "tip-pause", Text: "Whether an operator has paused the stage, as internal.pauses.v1 says, and the records that it has not read.", Command: command}
	text := "Stage " + x.Stage + " runs."
	if x.Pause != nil {
		text = "Stage " + x.Stage + " is " + view.Clean(x.Pause.String()) + "."
	}
	pairs := []g.Node{h.Class("pairs"), what.On(), h.Dt(g.Text("Unread now")), h.Dd(g.Text(unread(x)))}
	if x.Members >= 0 {
		pairs = append(pairs, h.Dt(g.Text("Members")), h.Dd(view.Text(view.Group(int64(x.Members)))))
	}
	if len(x.Behind) > 0 {
		pairs = append(pairs, h.Dt(g.Text("Wait with it")), h.Dd(view.Text(strings.Join(x.Behind, ", ")+": no timer fires there before this stage has read on")))
	}
	return g.Group{view.Verdict(view.Calm, &what, text), h.Dl(pairs...)}
}

func unread(x *pauses.Stage) string {
	if x.Unread == 0 {
		return "nothing"
	}
	return fmt.Sprintf("%s, the oldest %s old", page.Count(int(x.Unread), "record", "records"), view.Span(time.Duration(x.Age)))
}

// form begins the dry run of a pause or a resume.
func form(p *access.Person, r *pauses.Request) g.Node {
	nodes := []g.Node{h.Class("row"), h.Method("post"), h.Action("/pause/plan"), view.Token(p), page.Hidden("stage", r.Stages[0])}
	if r.Resume {
		nodes = append(nodes, page.Hidden("resume", "yes"))
	} else {
		nodes = append(nodes, h.Label(g.Text("For"), h.Select(
			h.Name("for"), h.Option(h.Value(""), g.Text("until it is resumed")), h.Option(h.Value("15m"), g.Text("15 minutes")), h.Option(h.Value("1h"), g.Text("an hour")),
			h.Option(h.Value("4h"), g.Text("4 hours")), h.Option(h.Value("1d"), g.Text("a day")),
		)))
	}
	nodes = append(nodes, h.Button(h.Class("primary"), h.Type("submit"), g.Text("Dry run")), h.Span(h.Class("quiet"), g.Text("shows what would happen; nothing is changed")))
	title := "Pause"
	if r.Resume {
		title = "Resume"
	}
	return view.Card("pause", title, h.Form(nodes...), h.P(h.Class("quiet small"), g.Text("In a terminal: "), view.Command(command(r))))
}

// asked returns the request of a posted form and its plan.
func (s *pages) asked(ctx context.Context, q *page.Request) (*pauses.Request, *pauses.Plan, error) {
	r, err := request(q, q.PostFormValue)
	if err != nil {
		return nil, nil, err
	}
	plan, err := pauses.NewPlan(ctx, s.config(), r)
	return r, plan, err
}

// plan is the dry run: the unread records of the stage and the effect of the request.
func (s *pages) plan(ctx context.Context, q *page.Request) (*page.Content, error) {
	r, plan, err := s.asked(ctx, q)
	if err != nil {
		return nil, err
	}
	c := &page.Content{Title: "Dry run", Model: map[string]any{"plan": plan, "changes": plan.Changes(r)}}
	c.Body = append(c.Body, page.Heading("Dry run", "What would happen to stage "+r.Stages[0]+". Nothing was changed.", time.Time{}), verdict(&plan.Stages[0], command(r)+" --dry-run"))
	if len(plan.Changes(r)) == 0 {
		c.Body = append(c.Body, view.Banner(view.Good, "The stage runs: there is nothing to resume."))
		return c, nil
	}
	c.Body = append(c.Body, view.Card("plan", "The plan", h.P(g.Text(effect(r))), confirm(q.Person, r)))
	return c, nil
}

// effect describes the effect of a request on the stage's processors.
func effect(r *pauses.Request) string {
	switch {
	case r.Resume:
		return "The stage goes on where it stood, and catches up."
	case r.For > 0:
		return "Each processor commits the records that it has in hand and then reads nothing more, for " + timespan.Format(r.For) + "."
	}
	return "Each processor commits the records that it has in hand and then reads nothing more, until somebody resumes the stage."
}

// confirm asks why, and does it.
func confirm(p *access.Person, r *pauses.Request) g.Node {
	nodes := []g.Node{h.Class("row"), h.Method("post"), h.Action("/pause/run"), view.Token(p), page.Hidden("stage", r.Stages[0]), page.Purpose()}
	if r.Resume {
		nodes = append(nodes, page.Hidden("resume", "yes"), h.Button(h.Class("primary"), h.Type("submit"), g.Text("Resume "+r.Stages[0])))
		return h.Form(nodes...)
	}
	if r.For > 0 {
		nodes = append(nodes, page.Hidden("for", timespan.Format(r.For)))
	}
	return h.Form(append(nodes, h.Button(h.Class("danger"), h.Type("submit"), g.Text("Pause "+r.Stages[0])))...)
}

// run pauses or resumes a stage, after that is recorded.
func (s *pages) run(ctx context.Context, q *page.Request) (*page.Content, error) {
	r, plan, err := s.asked(ctx, q)
	if err != nil {
		return nil, err
	}
	if len(plan.Changes(r)) == 0 {
		return nil, page.Refuse(http.StatusConflict, "the stage runs: there is nothing to resume")
	}
	a := act.Act{Action: avro.OperationActionPauseStage, Purpose: r.Why, Target: r.Stages[0], Records: -1}
	result := "paused until it is resumed"
	if r.For > 0 {
		result = "paused for " + timespan.Format(r.For)
	}
	if r.Resume {
		a.Action, result = avro.OperationActionResumeStage, "resumed"
	}
	receipt, err := s.Record(ctx, q.Person, &a)
	if err != nil {
		return nil, err
	}
	err = pauses.Apply(ctx, s.config(), plan, r)
	s.End(ctx, receipt, -1, result, err)
	if err != nil {
		return nil, err
	}
	return &page.Content{Redirect: "/flow"}, nil
}
