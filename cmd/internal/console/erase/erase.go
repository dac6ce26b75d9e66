// Package erase is the page on which an operator forgets an entity or a person, as tributary forget does.
//
//	id or phone ─► dry run: entities and topics, retention of the rest ─► purpose ─► record ─► erasures ─► outcome
package erase

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/tributary-hq/tributary/cmd/internal/console/access"
	"github.com/tributary-hq/tributary/cmd/internal/console/act"
	"github.com/tributary-hq/tributary/cmd/internal/console/cases"
	"github.com/tributary-hq/tributary/cmd/internal/console/page"
	"github.com/tributary-hq/tributary/cmd/internal/console/view"
	"github.com/tributary-hq/tributary/cmd/internal/tool/forget"
	"github.com/tributary-hq/tributary/cmd/internal/tool/trace"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// Pages are the pages of erasures. Make them with New.
type Pages struct {
	*page.Site

	search cases.Search
	runs   *page.Job[forget.Result]
}

// New returns the pages.
func New(site *page.Site, search cases.Search) *Pages {
	return &Pages{Site: site, search: search, runs: page.NewJob[forget.Result]()}
}

// Wait waits for the end of an erasure.
func (s *Pages) Wait() { s.runs.Wait() }

// List returns the pages with their addresses.
func (s *Pages) List() []*page.Page {
	return []*page.Page{
		{Path: "/forget", Title: "Forget", Build: s.ask, Live: []page.Watched{s.runs}},
		{Path: "/forget/plan", Title: "Dry run", Build: s.plan, Act: true},
		{Path: "/forget/run", Title: "Forget", Build: s.run, Act: true},
	}
}

const text = "Erases an entity or a person on request: state, snapshots and journeys. The dry run says what stays, and until when."

// operators lets only them on.
func operators(q *page.Request) error {
	if !q.Person.May(access.Operator) {
		return page.Refuse(http.StatusForbidden, "only operators may forget")
	}
	return nil
}

// ask is the page that begins an erasure, and that shows the last one.
func (s *Pages) ask(_ context.Context, q *page.Request) (*page.Content, error) {
	if err := operators(q); err != nil {
		return nil, err
	}
	state := s.runs.Now()
	c := &page.Content{Model: &state}
	c.Body = append(c.Body, page.Heading("Forget", text, time.Time{}), runState(&state))
	journeys := h.Label(h.Input(h.Type("checkbox"), h.Name("journeys"), h.Value("yes")), g.Text(" and all other members of its journeys"))
	c.Body = append(c.Body, view.Card("by-id", "By id", h.Form(
		h.Class("row"), h.Method("post"), h.Action("/forget/plan"), view.Token(q.Person),
		h.Label(g.Text("Verification, payment, account or correlation id"), h.Input(h.Type("text"), h.Name("id"), h.Value(q.Query.Get("id")), h.Required(), h.MaxLength("512"), h.AutoComplete("off"))),
		journeys, h.Button(h.Class("primary"), h.Type("submit"), g.Text("Dry run")),
	)))
	if s.search.Pseudonyms != nil {
		c.Body = append(c.Body, view.Card("by-phone", "By phone", h.Form(
			h.Class("row"), h.Method("post"), h.Action("/forget/plan"), view.Token(q.Person),
			h.Label(g.Text("Number, with + and the country's prefix"), h.Input(h.Type("tel"), h.Name("phone"), h.Required(), h.MaxLength("40"), h.AutoComplete("off"))),
			h.Label(g.Text("Country, of a national number"), h.Input(h.Type("text"), h.Name("country"), h.MaxLength("2"), h.Placeholder("DE"), h.AutoComplete("off"))),
			journeys, page.Purpose(), h.Button(h.Class("primary"), h.Type("submit"), g.Text("Dry run")),
		), view.Quiet("The number is turned into its pseudonyms here. It stands in no address, log or record.")))
	}
	c.Body = append(c.Body, h.P(h.Class("quiet small"), g.Text("In a terminal: "), view.Command("tributary forget ID"), g.Text(" or "), view.Command("tributary forget --phone-stdin")))
	return c, nil
}

// request makes the erasure that a form describes, with the defaults of the command.
func (s *Pages) request(q *page.Request) (forget.Config, error) {
	const wait = time.Minute
	config := forget.Config{Journeys: q.PostFormValue("journeys") == "yes", By: q.Person.Name + " (console)", Wait: wait, Trace: s.search.Trace}
	config.Trace.Kafka, config.Trace.Names, config.Trace.Now, config.Trace.Patience = s.Kafka, s.Names, s.Feed.Now, page.ProgramWait/2
	id, phone := strings.TrimSpace(q.PostFormValue("id")), strings.TrimSpace(q.PostFormValue("phone"))
	switch hmacs := q.PostForm["pseudonym"]; {
	case len(hmacs) > 0:
		config.Query = trace.Query{Pseudonyms: hmacs}
	case strings.HasPrefix(id, "+"):
		return config, page.Refuse(http.StatusBadRequest, "that is a phone number: use the field for phones")
	case id != "":
		config.Query = trace.Query{ID: id}
	case phone != "" && s.search.Pseudonyms != nil:
		pseudonyms, err := s.search.Pseudonyms(phone, strings.TrimSpace(q.PostFormValue("country")))
		if err != nil {
			return config, page.Refuse(http.StatusBadRequest, "that is no international number: write it with + and the country's prefix, or name the country")
		}
		config.Query = trace.Query{Pseudonyms: pseudonyms}
	default:
		return config, page.Refuse(http.StatusBadRequest, "name an id or a phone")
	}
	return config, nil
}

// plan is the dry run. A plan for a phone shows whose it is: it is recorded as a search.
func (s *Pages) plan(ctx context.Context, q *page.Request) (*page.Content, error) {
	if err := operators(q); err != nil {
		return nil, err
	}
	config, err := s.request(q)
	if err != nil {
		return nil, err
	}
	if len(config.Query.Pseudonyms) > 0 {
		if _, err := s.Record(ctx, q.Person, &act.Act{Action: avro.OperationActionFindPhone, Purpose: q.PostFormValue("purpose"), Records: -1}); err != nil {
			return nil, err
		}
	}
	plan, report, err := forget.NewPlan(ctx, config)
	if err != nil {
		return nil, err
	}
	targets, stays := targetTable(plan), stayTable(plan)
	c := &page.Content{Title: "Dry run", Model: plan, Tables: []*view.Table{targets, stays}}
	c.Body = append(c.Body, page.Heading("Dry run", "What would be forgotten. Nothing was done.", time.Time{}))
	if len(plan.Targets) == 0 {
		c.Body = append(c.Body, view.Banner(view.Warn, "Nothing is known that could be forgotten."))
		c.Status = http.StatusNotFound
		return c, nil
	}
	c.Body = append(c.Body, view.Banner(view.Calm, page.Count(len(plan.Targets), "entity would be", "entities would be")+" forgotten, of "+page.Count(len(report.Journeys), "journey", "journeys")+"."),
		targets.Render(""), stays.Render(""), remarks(plan))
	form := []g.Node{h.Class("row"), h.Method("post"), h.Action("/forget/run"), view.Token(q.Person), page.Hidden("id", config.Query.ID)}
	for _, p := range config.Query.Pseudonyms {
		form = append(form, page.Hidden("pseudonym", p))
	}
	if config.Journeys {
		form = append(form, page.Hidden("journeys", "yes"))
	}
	form = append(form, page.Purpose(), h.Button(h.Class("danger"), h.Type("submit"), g.Textf("Forget %s", page.Count(len(plan.Targets), "entity", "entities"))))
	c.Body = append(c.Body, view.Card("run", "Forget", h.P(g.Text("This cannot be undone.")), h.Form(form...)))
	return c, nil
}

// run forgets, after that is recorded. The plan is made anew: it is that of this moment.
func (s *Pages) run(ctx context.Context, q *page.Request) (*page.Content, error) {
	if err := operators(q); err != nil {
		return nil, err
	}
	if state := s.runs.Now(); state.Running() {
		return nil, page.Refuse(http.StatusConflict, "an erasure is under way: wait for its end")
	}
	config, err := s.request(q)
	if err != nil {
		return nil, err
	}
	plan, _, err := forget.NewPlan(ctx, config)
	if err != nil {
		return nil, err
	}
	if len(plan.Targets) == 0 {
		return nil, page.Refuse(http.StatusNotFound, "nothing is known that could be forgotten")
	}
	target := config.Query.ID
	if target == "" {
		target = "phone " + strings.Join(config.Query.Pseudonyms, " ")
	}
	receipt, err := s.Record(ctx, q.Person, &act.Act{Action: avro.OperationActionForget, Purpose: q.PostFormValue("purpose"), Target: target, Records: int64(len(plan.Targets))})
	if err != nil {
		return nil, err
	}
	started := s.runs.Start(s.Base, q.Person.Name, s.Feed.Now, func(ctx context.Context) (*forget.Result, error) { //nolint:contextcheck // it outlives the request
		s.runs.Step("forgetting", int64(len(plan.Targets)))
		config.Progress = func(left int) { s.runs.At(int64(len(plan.Targets) - left)) }
		result, err := forget.Apply(ctx, config, plan)
		done, words := int64(0), ""
		if result != nil {
			done, words = int64(len(result.Forgotten)), fmt.Sprintf("%d erasures sent, %d entities forgotten, %d not yet", len(result.Sent), len(result.Forgotten), len(result.Waiting))
		}
		s.End(ctx, receipt, done, words, err)
		return result, err
	})
	if !started {
		s.End(ctx, receipt, 0, "", page.Refuse(http.StatusConflict, "another erasure was under way"))
		return nil, page.Refuse(http.StatusConflict, "an erasure is under way: wait for its end")
	}
	return &page.Content{Redirect: "/forget"}, nil
}
