// Package letters are the pages of dead letters: issues, examples, dry run and replay.
package letters

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/tributary-hq/tributary/cmd/internal/console/access"
	"github.com/tributary-hq/tributary/cmd/internal/console/act"
	"github.com/tributary-hq/tributary/cmd/internal/console/feed"
	"github.com/tributary-hq/tributary/cmd/internal/console/page"
	"github.com/tributary-hq/tributary/cmd/internal/console/view"
	"github.com/tributary-hq/tributary/cmd/internal/tool/deadletter"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// Pages are the pages of dead letters. Make them with New.
type Pages struct {
	*page.Site

	replays *page.Job[deadletter.Plan]
}

// New returns the pages.
func New(site *page.Site) *Pages {
	return &Pages{Site: site, replays: page.NewJob[deadletter.Plan]()}
}

// Wait waits for the end of a replay.
func (s *Pages) Wait() { s.replays.Wait() }

// List returns the pages with their addresses.
func (s *Pages) List() []*page.Page {
	return []*page.Page{
		{Path: "/letters", Title: "Dead letters", Build: s.letters, Live: []page.Watched{s.Feed.Letters, s.replays}},
		{Path: "/letters/issue", Title: "Dead letters", Build: s.issue, Live: []page.Watched{s.Feed.Letters, s.replays}},
		{Path: "/letters/letter", Title: "Dead letter", Build: s.letter, Slow: true},
		{Path: "/letters/show", Title: "Dead letter", Build: s.showLetter, Act: true},
		{Path: "/letters/plan", Title: "Dry run", Build: s.planReplay, Act: true},
		{Path: "/letters/replay", Title: "Replay", Build: s.runReplay, Act: true},
	}
}

const lettersText = "Records that can never be handled, grouped by their cause. They are kept unchanged and can be replayed after the repair."

// letters is the page of all issues.
func (s *Pages) letters(ctx context.Context, q *page.Request) (*page.Content, error) {
	result := s.Feed.Letters.Get(ctx)
	switch {
	case !result.Has && result.Err == nil:
		return page.Waiting("Dead letters", lettersText, "the dead letters"), nil
	case !result.Has:
		return page.Away("Dead letters", lettersText, result.Err), nil
	}
	m := result.Value
	table := issueTable(q.Person, m.Issues)
	c := &page.Content{Model: m, Tables: []*view.Table{table}}
	c.Body = append(c.Body, page.Heading("Dead letters", lettersText, m.At))
	if result.Err != nil {
		c.Body = append(c.Body, page.Stale(result.Err, result.At))
	}
	what := view.What{ID: "tip-waiting", Text: "Dead letters that were not replayed yet, and their different causes. Each is kept unchanged.", Command: "tributary deadletter list --waiting"}
	switch {
	case m.Waiting > 0:
		c.Body = append(c.Body, view.Verdict(view.Warn, &what, page.Count(int(m.Waiting), "dead letter waits", "dead letters wait")+", of "+page.Count(waitingIssues(m), "cause", "causes")+"."))
	default:
		c.Body = append(c.Body, view.Banner(view.Good, "No dead letter waits."))
	}
	if state := s.replays.Now(); !state.Began.IsZero() {
		c.Body = append(c.Body, replayState(&state))
	}
	c.Body = append(c.Body, table.Render(q.Path()))
	return c, nil
}

func waitingIssues(m *feed.Letters) (n int) {
	for i := range m.Issues {
		if m.Issues[i].Waiting() > 0 {
			n++
		}
	}
	return n
}

func issuePath(i *feed.Issue) string {
	return view.At("/letters/issue", "provider", i.Provider, "stage", i.Stage, "cause", i.Cause)
}

func issueTable(p *access.Person, issues []feed.Issue) *view.Table {
	t := &view.Table{
		ID: "issues", Caption: "Issues", Command: "tributary deadletter stats", Empty: "There is no dead letter: every accepted record became a fact or a duplicate.",
		Columns: []view.Column{
			{Name: "Cause", Help: "Why the stage could not handle them; open it for an example."},
			{Name: "Of", Help: "The provider, or the internal stage."},
			{Name: "Waiting", Right: true, Help: "Not replayed yet."},
			{Name: "In all", Right: true, Help: "Those replayed, too."},
			{Name: "First seen", Wide: true},
			{Name: "Last seen"},
			{Name: "Detail of the newest", Wide: true, Help: "What the stage said about it."},
			{Name: "Version", Wide: true, Help: "The release that could not handle them."},
		},
	}
	operator := p.May(access.Operator)
	if operator {
		t.Columns = append(t.Columns, view.Column{Name: "Replay", Help: "A dry run shows what a replay would do; nothing is sent."})
	}
	for i := range issues {
		x := &issues[i]
		detail := ""
		if len(x.Newest) > 0 {
			detail = x.Newest[0].Detail
		}
		t.Rows = append(t.Rows, []view.Cell{
			view.C(x.Cause, h.A(h.Href(issuePath(x)), view.Text(page.Words(x.Cause)))), view.T(x.Provider), view.N(x.Waiting()), view.N(x.Count),
			page.Stamp(x.First), page.Stamp(x.Last), view.T(detail), view.T(strings.Join(x.Versions, ", ")),
		})
		if operator {
			t.Rows[i] = append(t.Rows[i], dryRunCell(p, x))
		}
	}
	return t
}

// dryRunCell has the button of a dry run, if there is something to replay.
func dryRunCell(p *access.Person, x *feed.Issue) view.Cell {
	if x.Waiting() == 0 {
		return view.C("", view.None())
	}
	return view.C("", dryRun(p, x, h.Button(h.Type("submit"), g.Text("Dry run"))))
}

// issueOf finds the issue that a request names.
func (s *Pages) issueOf(ctx context.Context, values url.Values) (*feed.Issue, error) {
	result := s.Feed.Letters.Get(ctx)
	if !result.Has {
		if result.Err != nil {
			return nil, result.Err
		}
		return nil, nil //nolint:nilnil // not known yet
	}
	for i := range result.Value.Issues {
		x := &result.Value.Issues[i]
		if x.Provider == values.Get("provider") && x.Stage == values.Get("stage") && x.Cause == values.Get("cause") {
			return x, nil
		}
	}
	return nil, page.Refuse(http.StatusNotFound, "there is no such dead letter any more: retention may have deleted it")
}

// issue is the page of one cause.
func (s *Pages) issue(ctx context.Context, q *page.Request) (*page.Content, error) {
	x, err := s.issueOf(ctx, q.Query)
	if err != nil {
		return nil, err
	}
	if x == nil {
		return page.Waiting("Dead letters", lettersText, "the dead letters"), nil
	}
	table := letterTable(x.Newest)
	c := &page.Content{Title: page.Words(x.Cause), Model: x, Tables: []*view.Table{table}}
	what := view.What{ID: "tip-waiting", Text: "Dead letters of this cause, and those of them that were not replayed yet.", Command: fmt.Sprintf("tributary deadletter stats --provider %s --cause %s --stage %s", x.Provider, x.Cause, x.Stage)}
	level, text := view.Warn, page.Count(int(x.Waiting()), "waits", "wait")+" to be replayed, "+page.Count(int(x.Count), "dead letter", "dead letters")+" in all."
	if x.Waiting() == 0 {
		level, text = view.Good, "All "+view.Group(x.Count)+" were replayed."
	}
	c.Body = append(c.Body, page.Heading(page.Words(x.Cause), "Dead letters of "+view.Clean(x.Provider)+", stage "+view.Clean(x.Stage)+".", time.Time{}), view.Verdict(level, &what, text))
	if state := s.replays.Now(); !state.Began.IsZero() {
		c.Body = append(c.Body, replayState(&state))
	}
	if len(x.Newest) > 0 {
		c.Body = append(c.Body, example(q.Person, x.Newest[0]))
	}
	c.Body = append(c.Body, replayCard(q.Person, x), table.Render(q.Path()))
	return c, nil
}

func letterTable(letters []*deadletter.Letter) *view.Table {
	t := &view.Table{
		ID: "newest", Caption: "The newest", Command: "tributary deadletter list", Empty: "None is left.",
		Columns: []view.Column{{Name: "Written"}, {Name: "Dead letter", Help: "Its place, as tributary deadletter show takes it."}, {Name: "Key", Help: "The record's key: open its case."}, {Name: "Detail", Wide: true, Help: "What the stage said about it."}, {Name: "Round", Right: true, Wide: true, Help: "How often it had been replayed before."}, {Name: "Replayed"}},
	}
	for _, l := range letters {
		replayed := view.T("no")
		if l.Replayed != nil {
			replayed = view.C(l.Replayed.By, g.Group{view.Time(l.Replayed.At), g.Text(" by "), view.Text(l.Replayed.By)})
		}
		t.Rows = append(t.Rows, []view.Cell{
			page.Stamp(l.DeadLettered), view.C(refOf(l), h.A(h.Href(view.At("/letters/letter", "ref", refOf(l))), view.Code(refOf(l)))),
			view.C(l.Key, h.A(h.Href(view.At("/case", "id", l.Key)), view.Code(l.Key))), view.T(l.Detail), view.N(int64(l.Round)), replayed,
		})
	}
	return t
}

func refOf(l *deadletter.Letter) string {
	return fmt.Sprintf("%s/%d/%d", l.Kind, l.Partition, l.Offset)
}

// example shows one letter with its body masked.
func example(p *access.Person, l *deadletter.Letter) g.Node {
	cause := view.What{ID: "tip-cause", Text: "Why the stage could not handle it, in the stage's words.", Command: "tributary deadletter show " + refOf(l)}
	pairs := []g.Node{
		h.Class("pairs"),
		h.Dt(g.Text("Dead letter")), h.Dd(view.Code(refOf(l)), g.Text(", written "), view.Time(l.DeadLettered)),
		h.Dt(g.Text("Cause")), h.Dd(cause.Explain(view.Text(page.Words(l.Cause) + ": " + l.Detail))),
		h.Dt(g.Text("Key")), h.Dd(h.A(h.Href(view.At("/case", "id", l.Key)), view.Code(l.Key))),
	}
	if !l.Received.IsZero() {
		pairs = append(pairs, h.Dt(g.Text("Received")), h.Dd(view.Time(l.Received), g.Text(" from source "), view.Code(l.Source)))
	}
	if len(l.Events) > 0 {
		pairs = append(pairs, h.Dt(g.Text("Ids")), h.Dd(view.Text(strings.Join(l.Events, ", "))))
	}
	card := []g.Node{h.Dl(pairs...), h.H3(g.Text("Body, with secrets and personal data masked")), view.Block(l.Body(false))}
	if p.May(access.Support) {
		card = append(card, h.Form(
			h.Class("row"), h.Method("post"), h.Action("/letters/show"), view.Token(p), page.Hidden("ref", refOf(l)), page.Purpose(),
			h.Button(h.Type("submit"), g.Text("Show the body unmasked")),
		))
	}
	return view.Card("example", "The newest, as an example", card...)
}

// letter is the page of one dead letter.
func (s *Pages) letter(ctx context.Context, q *page.Request) (*page.Content, error) {
	l, err := s.findLetter(ctx, q.Query.Get("ref"))
	if err != nil {
		return nil, err
	}
	return &page.Content{
		Title: refOf(l), Model: map[string]any{"letter": l, "body": l.Body(false), "masked": true},
		Body: []g.Node{page.Heading("Dead letter "+refOf(l), "One record that could not be handled.", time.Time{}), example(q.Person, l)},
	}, nil
}

func (s *Pages) findLetter(ctx context.Context, text string) (*deadletter.Letter, error) {
	ref, err := deadletter.ParseRef(text, s.Names)
	if err != nil {
		return nil, page.Refuse(http.StatusBadRequest, view.Clean(err.Error()))
	}
	reader := deadletter.NewReader(s.Kafka, s.Names)
	if err := reader.Open(ctx); err != nil {
		return nil, err
	}
	var found *deadletter.Letter
	err = reader.Each(ctx, &deadletter.Filter{Refs: []deadletter.Ref{ref}}, func(l *deadletter.Letter) error {
		found = l
		return nil
	})
	if err == nil && found == nil {
		err = page.Refuse(http.StatusNotFound, "there is no such dead letter; retention may have deleted it")
	}
	return found, err
}

// showLetter shows a body unmasked, after that is recorded.
func (s *Pages) showLetter(ctx context.Context, q *page.Request) (*page.Content, error) {
	if !q.Person.May(access.Support) {
		return nil, page.Refuse(http.StatusForbidden, "only support and operators may see a body unmasked")
	}
	l, err := s.findLetter(ctx, q.PostFormValue("ref"))
	if err != nil {
		return nil, err
	}
	a := act.Act{Action: avro.OperationActionShowDeadLetter, Purpose: q.PostFormValue("purpose"), Target: refOf(l), Records: 1}
	if _, err := s.Record(ctx, q.Person, &a); err != nil {
		return nil, err
	}
	return &page.Content{
		Title: refOf(l), Model: map[string]any{"letter": l, "body": l.Body(true), "masked": false},
		Body: []g.Node{
			page.Heading("Dead letter "+refOf(l), "Its body as it was received. That you have seen it is recorded in operations.v1.", time.Time{}),
			view.Card("body", "Body, unmasked", view.Block(l.Body(true))),
		},
	}, nil
}
