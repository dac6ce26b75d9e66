package letters

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
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

// replayCommand is the command that shows the plan; with --execute it replays.
func replayCommand(provider, cause, stage string) string {
	return fmt.Sprintf("tributary deadletter replay --provider %s --cause %s --stage %s", provider, cause, stage)
}

// dryRun is the form of a dry run, with its button.
func dryRun(p *access.Person, x *feed.Issue, button ...g.Node) g.Node {
	return h.Form(h.Class("row"), h.Method("post"), h.Action("/letters/plan"), view.Token(p),
		page.Hidden("provider", x.Provider), page.Hidden("stage", x.Stage), page.Hidden("cause", x.Cause), g.Group(button))
}

// replayCard offers a dry run to operators, and the command to the others.
func replayCard(p *access.Person, x *feed.Issue) g.Node {
	command := replayCommand(x.Provider, x.Cause, x.Stage)
	if x.Waiting() == 0 {
		return g.Group{}
	}
	nodes := []g.Node{h.P(g.Text("Replay after the repair: a release that knows the type, a source that accepts stale events. Each record goes to the partition it came from, once."))}
	if p.May(access.Operator) {
		nodes = append(nodes, dryRun(
			p, x, h.Button(h.Class("primary"), h.Type("submit"), g.Text("Dry run")), h.Span(h.Class("quiet"), g.Text("shows what a replay would do; nothing is sent")),
		))
	} else {
		nodes = append(nodes, view.Quiet("Operators can replay here."))
	}
	nodes = append(nodes, h.P(h.Class("quiet small"), g.Text("In a terminal: "), view.Command(command)))
	return view.Card("replay", "Replay", nodes...)
}

// replayOf makes the replay that a form describes, with the defaults of the command.
func (s *Pages) replayOf(q *page.Request) deadletter.Replay {
	waits := false
	return deadletter.Replay{
		By: q.Person.Name + " (console)", Now: s.Feed.Now, Rate: 100, Rounds: 3,
		Filter: deadletter.Filter{
			Providers: []string{q.PostFormValue("provider")}, Causes: []string{q.PostFormValue("cause")}, Stages: []string{q.PostFormValue("stage")}, Replayed: &waits,
		},
	}
}

func (s *Pages) replayer(r deadletter.Replay) *deadletter.Replayer {
	return deadletter.NewReplayer(deadletter.NewReader(s.Kafka, s.Names), r)
}

// planReplay shows the plan of a replay: the dead letters that it would send.
func (s *Pages) planReplay(ctx context.Context, q *page.Request) (*page.Content, error) {
	if !q.Person.May(access.Operator) {
		return nil, page.Refuse(http.StatusForbidden, "only operators may replay")
	}
	plan, err := s.replayer(s.replayOf(q)).Plan(ctx)
	if err != nil {
		return nil, err
	}
	c := &page.Content{Title: "Dry run", Model: plan}
	what := view.What{ID: "tip-plan", Text: "The dead letters that the filter selects, and those of them that a replay would send: each once, to the partition that it came from.", Command: replayCommand(q.PostFormValue("provider"), q.PostFormValue("cause"), q.PostFormValue("stage"))}
	text := fmt.Sprintf("%s meant, %s would be replayed. Nothing was sent.", page.Count(int(plan.Selected), "dead letter is", "dead letters are"), view.Group(plan.Send))
	c.Body = append(c.Body, page.Heading("Dry run", "What a replay would do.", time.Time{}), view.Verdict(view.Calm, &what, text))
	pairs := []g.Node{h.Class("pairs")}
	for _, line := range []struct {
		name   string
		counts map[string]int64
	}{{"To", plan.To}, {"Causes", plan.Causes}, {"Rejected by version", plan.Versions}, {"Left alone", plan.Left}} {
		if len(line.counts) > 0 {
			pairs = append(pairs, h.Dt(g.Text(line.name)), h.Dd(view.Text(counted(line.counts))))
		}
	}
	pairs = append(pairs, h.Dt(g.Text("Size")), h.Dd(g.Textf("%s bytes, about %s at 100 a second", view.Group(plan.Bytes), view.Span(time.Duration(plan.Send)*10*time.Millisecond))))
	nodes := []g.Node{h.Dl(pairs...)}
	if n := plan.Versions[s.Version]; n > 0 {
		nodes = append(nodes, h.P(g.Textf("%s rejected by this very version: unless its configuration has changed, rejected again.", page.Count(int(n), "was", "were"))))
	}
	if plan.Send > 0 {
		nodes = append(nodes, h.Form(
			h.Class("row"), h.Method("post"), h.Action("/letters/replay"), view.Token(q.Person),
			page.Hidden("provider", q.PostFormValue("provider")), page.Hidden("stage", q.PostFormValue("stage")), page.Hidden("cause", q.PostFormValue("cause")),
			page.Purpose(), h.Button(h.Class("danger"), h.Type("submit"), g.Textf("Replay %s", view.Group(plan.Send))),
		))
	}
	c.Body = append(c.Body, h.Div(what.On(), view.Card("plan", "The plan", nodes...)))
	// The reason stands beside the button that replays.
	x, err := s.issueOf(ctx, q.PostForm)
	if err == nil && x != nil && len(x.Newest) > 0 {
		c.Body = append(c.Body, example(q.Person, x.Newest[0]))
	}
	return c, nil
}

// counted writes counts by name in a line.
func counted(m map[string]int64) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, fmt.Sprintf("%s %s", k, view.Group(m[k])))
	}
	return strings.Join(parts, ", ")
}

// runReplay replays, after that is recorded. The work goes on when the page is left.
func (s *Pages) runReplay(ctx context.Context, q *page.Request) (*page.Content, error) {
	if !q.Person.May(access.Operator) {
		return nil, page.Refuse(http.StatusForbidden, "only operators may replay")
	}
	running := s.replays.Now()
	if running.Running() {
		return nil, page.Refuse(http.StatusConflict, "a replay is under way: wait for its end")
	}
	r := s.replayOf(q)
	plan, err := s.replayer(r).Plan(ctx)
	if err != nil {
		return nil, err
	}
	records := plan.Send
	target := fmt.Sprintf("provider=%s stage=%s cause=%s", q.PostFormValue("provider"), q.PostFormValue("stage"), q.PostFormValue("cause"))
	receipt, err := s.Record(ctx, q.Person, &act.Act{Action: avro.OperationActionReplayDeadLetters, Purpose: q.PostFormValue("purpose"), Target: target, Records: records})
	if err != nil {
		return nil, err
	}
	r.Sent = s.replays.At
	started := s.replays.Start(s.Base, q.Person.Name, s.Feed.Now, func(ctx context.Context) (*deadletter.Plan, error) { //nolint:contextcheck // it outlives the request
		s.replays.Step("replaying dead letters", records)
		done, err := s.replayer(r).Run(ctx)
		var sent int64
		if done != nil {
			sent = done.Sent
		}
		s.End(ctx, receipt, sent, "", err)
		return done, err
	})
	if !started {
		return nil, page.Refuse(http.StatusConflict, "a replay is under way: wait for its end")
	}
	return &page.Content{Redirect: "/letters"}, nil
}

// replayWhat explains the state of a replay.
//
//nolint:gochecknoglobals // a constant
var replayWhat = view.What{ID: "tip-replay", Text: "Dead letters sent by the last replay from this console, of those that its dry run had selected.", Command: "tributary deadletter list --replayed"}

func replayState(state *page.JobState[deadletter.Plan]) g.Node {
	switch {
	case state.Running():
		return view.Verdict(view.Calm, &replayWhat, fmt.Sprintf("Replaying: %s of %s.", view.Group(state.Done), view.Group(state.Total)), h.P(g.Text("Begun by "), view.Text(state.By), g.Text(" at "), view.Time(state.Began)))
	case state.Err != "":
		return view.Banner(view.Bad, "The replay failed: "+state.Err, h.P(g.Text("What it had committed stays; the dry run shows what is left.")))
	case state.Result != nil:
		return view.Verdict(view.Good, &replayWhat, page.Count(int(state.Result.Sent), "dead letter was", "dead letters were")+" replayed.",
			h.P(g.Text("By "), view.Text(state.By), g.Text(", ended "), view.Time(state.Ended), g.Text(". A record that is rejected again is a new dead letter.")))
	}
	return g.Group{}
}
