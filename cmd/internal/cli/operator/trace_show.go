package operator

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/cli/terminal"
	"github.com/tributary-hq/tributary/cmd/internal/tool/trace"
)

// showTrace prints a trace as text.
func showTrace(g *cli.Globals, r *trace.Report, query *trace.Query, keys bool) {
	if !r.Found {
		g.Printf("Nothing was found of %s.\n", r.Query)
		showLooked(g, r)
		switch {
		case query.ID != "" && len(query.ID) < trace.MinSearch:
			g.Printf("So short an id was looked for as a key alone: give one of at least %d characters for a search.\n", trace.MinSearch)
		case query.ID == "":
			g.Printf("Is it the number as the provider has it, with its country code?\n")
		default:
			g.Printf("What is older than a topic's retention is gone; 'tributary topics list' says how long each is kept.\n")
		}
		if !keys {
			g.Printf("The configuration has no privacy.keys: an id that left as a pseudonym was not looked for.\n")
		}
		return
	}
	for _, as := range r.As {
		g.Printf("%s: %s\n", r.Query, as)
	}
	if r.First {
		g.Printf("The search ended with the first that has it; --all looks for others.\n")
	}
	for _, j := range r.Journeys {
		showJourney(g, j)
	}
	for _, e := range r.Entities {
		showEntity(g, e)
	}
	if r.Left > 0 {
		g.Printf("\n… and %d more entities (--limit)\n", r.Left)
	}
	g.Printf("\n")
	showLooked(g, r)
}

func showJourney(g *cli.Globals, j *trace.Journey) {
	g.Printf("\nJourney %s: %s", j.Key, spoken(cmp.Or(j.Outcome, "no snapshot")))
	if j.Missing != "" && j.Missing != "NONE" {
		g.Printf(", missing: %s", spoken(j.Missing))
	}
	g.Printf("\n")
	for _, why := range j.Why {
		g.Printf("  %s\n", why)
	}
	if len(j.Steps) > 0 {
		showSteps(g, j.Steps)
	}
}

func showEntity(g *cli.Globals, e *trace.Entity) {
	name := e.Kind
	g.Printf("\n%s%s %s: %s\n", strings.ToUpper(name[:1]), name[1:], e.Key, spoken(cmp.Or(e.State, "no snapshot")))
	sent := "unknown"
	if e.Source != "" {
		sent = fmt.Sprintf("by source %s (%s)", e.Source, cmp.Or(e.Assurance, "assurance unknown"))
	}
	g.Printf("  Sent %s, %d times: %d facts, %d repeats, %d dead letters, %d waiting.\n",
		sent, e.Deliveries, e.Facts, e.Duplicates, e.DeadLetters, e.Waiting)
	for _, why := range e.Why {
		g.Printf("  %s\n", why)
	}
	if len(e.Steps) > 0 {
		showSteps(g, e.Steps)
	}
	for i := range e.Insights {
		s := &e.Insights[i]
		g.Printf("  %s: %s\n", s.Event, s.Says)
	}
}

// mostSteps is how many steps of one case are shown; an entity under load has millions.
const mostSteps = 200

// showSteps prints the steps, of very many the first and the last.
func showSteps(g *cli.Globals, steps []trace.Step) {
	if len(steps) <= mostSteps {
		showAllSteps(g, steps)
		return
	}
	showAllSteps(g, steps[:mostSteps/2])
	g.Printf("  … %d steps between these are not shown; --json has them\n", len(steps)-mostSteps)
	showAllSteps(g, steps[len(steps)-mostSteps/2:])
}

// showAllSteps prints the steps as a table, or where the terminal has a width as a timeline in lines.
func showAllSteps(g *cli.Globals, steps []trace.Step) {
	if g.Width() == 0 {
		t := terminal.NewTable("written", "what", "where", "state", "event", "says")
		for i := range steps {
			s := &steps[i]
			t.Row(s.At.Format("2006-01-02 15:04:05.000"), whatOf(s), s.Position, spoken(s.State), eventOf(s), saysOf(s))
		}
		g.Printf("%s\n", t.Render(0))
		return
	}
	const indent = "                "
	day := ""
	for i := range steps {
		s := &steps[i]
		if today := s.At.Format(time.DateOnly); today != day {
			day = today
			g.Printf("  %s\n", day)
		}
		g.Printf("  %s  %s  %s\n", s.At.Format("15:04:05.000"), whatOf(s), s.Position)
		details := slices.DeleteFunc([]string{spoken(s.State), eventOf(s), saysOf(s)}, func(part string) bool { return part == "" || part == "-" })
		if len(details) > 0 {
			g.Printf("%s%s\n", indent, strings.Join(details, "; "))
		}
	}
}

func whatOf(s *trace.Step) string {
	if s.Revision > 0 {
		return fmt.Sprintf("%s, revision %d", s.Kind, s.Revision)
	}
	return s.Kind
}

// eventOf describes the event: its name at the provider, its id and the number of the
// delivery.
func eventOf(s *trace.Step) string {
	parts := []string{s.Event}
	if s.EventID != "" && s.EventID != s.Event {
		parts = append(parts, s.EventID)
	}
	if s.Attempt > 0 {
		parts = append(parts, fmt.Sprintf("delivery %d", s.Attempt))
	}
	return strings.TrimSpace(strings.Join(parts, " "))
}

func saysOf(s *trace.Step) string {
	var parts []string
	if s.Says != "" {
		parts = append(parts, s.Says)
	}
	if s.RequestID != "" && s.Kind == trace.StepReceived {
		parts = append(parts, "request "+s.RequestID)
	}
	if s.Of != nil {
		parts = append(parts, "of "+s.Of.String())
	}
	if !s.EventTime.IsZero() && s.Kind == trace.StepDecoded {
		parts = append(parts, "event time "+s.EventTime.UTC().Format("2006-01-02 15:04:05"))
	}
	return strings.Join(parts, "; ")
}

func showLooked(g *cli.Globals, r *trace.Report) {
	for i := range r.Looked {
		l := &r.Looked[i]
		bounds := ""
		if !l.From.IsZero() {
			bounds += " since " + l.From.UTC().Format(time.RFC3339)
		}
		if !l.To.IsZero() {
			bounds += " before " + l.To.UTC().Format(time.RFC3339)
		}
		g.Printf("  %s%s: %d records (%.1f MB) in %s, %d found, in %s\n",
			l.For, bounds, l.Records, float64(l.Bytes)/1e6, time.Duration(l.Took).Round(time.Millisecond), l.Found, strings.Join(l.Topics, ", "))
	}
	g.Printf("  %s in all\n", time.Duration(r.Took).Round(time.Millisecond))
}

// spoken writes a symbol as words.
func spoken(symbol string) string { return strings.ToLower(strings.ReplaceAll(symbol, "_", " ")) }
