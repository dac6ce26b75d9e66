// Package readers is the page of the consumer groups.
package readers

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/tributary-hq/tributary/cmd/internal/console/feed"
	"github.com/tributary-hq/tributary/cmd/internal/console/page"
	"github.com/tributary-hq/tributary/cmd/internal/console/view"
	"github.com/tributary-hq/tributary/cmd/internal/tool/lag"
)

type pages struct{ *page.Site }

// Pages returns the pages with their addresses.
func Pages(s *page.Site) []*page.Page {
	p := &pages{s}
	return []*page.Page{{Path: "/readers", Title: "Readers", Build: p.readers, Live: []page.Watched{s.Feed.Readers}}}
}

const readersText = "Every consumer group of the cluster, by how long its oldest unread record waits."

// readers is the page of the consumer groups.
func (s *pages) readers(ctx context.Context, q *page.Request) (*page.Content, error) {
	result := s.Feed.Readers.Get(ctx)
	switch {
	case !result.Has && result.Err == nil:
		return page.Waiting("Readers", readersText, "the groups and their offsets"), nil
	case !result.Has:
		return page.Away("Readers", readersText, result.Err), nil
	}
	r := result.Value
	groups := groupTable(r)
	c := &page.Content{Model: r, Tables: []*view.Table{groups}}
	c.Body = append(c.Body, page.Heading("Readers", readersText, r.At), readersVerdict(r.Report))
	if result.Err != nil {
		c.Body = append(c.Body, page.Stale(result.Err, result.At))
	}
	c.Body = append(c.Body, groups.Render(q.Path()))
	if open := transactionTable(r.Report); len(open.Rows) > 0 {
		c.Tables = append(c.Tables, open)
		c.Body = append(c.Body, open.Render(q.Path()))
	}
	behind := partitionTable(r.Report)
	c.Tables = append(c.Tables, behind)
	c.Body = append(c.Body, behind.Render(q.Path()))
	for _, w := range r.Warnings {
		c.Body = append(c.Body, view.Quiet("Warning: "+view.Clean(w)))
	}
	return c, nil
}

// verdictWhat explains the verdict.
//
//nolint:gochecknoglobals // a constant
var verdictWhat = view.What{ID: "tip-verdict", Text: "Groups are judged by their progress in 15 seconds, not by a threshold. Behind is the age of the oldest unread record.", Command: "tributary lag --group '*'"}

// latest is the group that needs the longest to catch up; nil if none is catching up.
func latest(r *lag.Report) (late *lag.Group) {
	for i := range r.Groups {
		x := &r.Groups[i]
		if x.Verdict == lag.VerdictCatchingUp && x.CatchUp != nil && (late == nil || *x.CatchUp > *late.CatchUp) {
			late = x
		}
	}
	return late
}

// named lists the groups that are chosen.
func named(r *lag.Report, chosen func(*lag.Group) bool) string {
	var names []string
	for i := range r.Groups {
		if chosen(&r.Groups[i]) {
			names = append(names, view.Clean(r.Groups[i].Group))
		}
	}
	return strings.Join(names, ", ")
}

func readersVerdict(r *lag.Report) g.Node {
	watching := 0
	for i := range r.Groups {
		if r.Groups[i].Verdict == lag.VerdictWatching {
			watching++
		}
	}
	switch {
	case r.Bad > 0:
		return view.Verdict(view.Bad, &verdictWhat, page.Count(r.Bad, "group needs", "groups need")+" action: "+named(r, func(x *lag.Group) bool { return x.Bad })+".")
	case watching > 0:
		return view.Verdict(view.Calm, &verdictWhat, fmt.Sprintf("Watching %s, to tell slow from stuck.", page.Count(watching, "group", "groups")))
	}
	if late := latest(r); late != nil {
		return view.Verdict(view.Warn, &verdictWhat, fmt.Sprintf("%s is %s behind and will have caught up in %s.", view.Clean(late.Group), view.Span(time.Duration(late.Age)), view.Span(time.Duration(*late.CatchUp))))
	}
	paused := func(x *lag.Group) bool { return x.Verdict == lag.VerdictPaused }
	if slices.ContainsFunc(r.Groups, func(x lag.Group) bool { return paused(&x) }) {
		return view.Verdict(view.Calm, &verdictWhat, "Paused by operators: "+named(r, paused)+".")
	}
	return view.Verdict(view.Good, &verdictWhat, "Every group has read what there is, or is catching up.")
}

func groupTable(r *feed.Readers) *view.Table {
	t := &view.Table{
		ID: "groups", Caption: "Groups", Empty: "The cluster has no consumer group yet. Start a processor: tributary processor.", Command: "tributary lag --group '*'",
		Columns: []view.Column{
			{Name: "Group", Help: "The consumer group; (ours) is a stage of this configuration."},
			{Name: "Verdict", Help: "Judged by the progress in 15 seconds, not by a threshold: tributary lag --group '*'."},
			{Name: "Behind", Right: true, Help: "Age of the oldest unread record, at once 0 when all is read: tributary lag."},
			{Name: "Trend", Help: "How far it was behind in the last hour, as long as somebody looked at the console; the word compares with 90 seconds ago."},
			{Name: "Unread", Right: true, Help: "Unread offsets up to the last stable offset; an upper bound of the records."},
			{Name: "Held", Right: true, Wide: true, Help: "Offsets behind an open transaction: nobody can read them yet."},
			{Name: "Written/s", Right: true, Wide: true, Help: "Offsets written per second to what it reads."},
			{Name: "Read/s", Right: true, Wide: true, Help: "Offsets that it reads per second."},
			{Name: "Caught up in", Right: true, Help: "Time to read the rest at these rates; never if more is written than read."},
			{Name: "Members", Right: true, Wide: true, Help: "Members of the group now."},
			{Name: "Owner", Wide: true, Help: "The member with the oldest unread record, else the first."},
		},
	}
	for i := range r.Groups {
		x := &r.Groups[i]
		name := g.Group{view.Text(x.Group)}
		if x.Ours {
			name = append(name, h.Span(h.Class("quiet"), g.Text(" (ours)")))
		}
		verdict := g.Group{view.Badge(page.LevelOf(x.Verdict, x.Bad), string(x.Verdict))}
		if x.Reason != "" && x.Reason != string(x.Verdict) {
			verdict = append(verdict, h.Div(h.Class("quiet small"), view.Text(x.Reason)))
		}
		t.Rows = append(t.Rows, []view.Cell{
			view.C(x.Group, name), view.C(string(x.Verdict)+": "+x.Reason, verdict), page.Age(x.Age), trendCell(r.Trends[x.Group], r.At), view.N(x.Records), view.N(x.Held),
			page.Rate(x.In), page.Rate(x.Out), catchUp(&x.Figures), members(x.Members), view.T(ownerOf(x)),
		})
	}
	return t
}

func catchUp(f *lag.Figures) view.Cell {
	if f.CatchUp == nil {
		return view.C("never", g.Text("never"))
	}
	return page.Age(*f.CatchUp)
}

func members(n int) view.Cell {
	if n < 0 {
		return view.C("", view.None())
	}
	return view.N(int64(n))
}

// ownerOf is the member that has the partition with the oldest unread record.
func ownerOf(x *lag.Group) string {
	name, oldest := "", lag.Span(-1)
	for i := range x.Partitions {
		if p := &x.Partitions[i]; p.Owner != nil && p.Age > oldest {
			name, oldest = p.Owner.Name(), p.Age
		}
	}
	return name
}

func transactionTable(r *lag.Report) *view.Table {
	t := &view.Table{
		ID: "transactions", Caption: "Open transactions that hold records back", Command: "tributary lag --group '*' --all",
		Columns: []view.Column{
			{Name: "Partition", Help: "Where records cannot be read yet."},
			{Name: "Transaction", Help: "Its transactional id; a hanging one has none that a coordinator knows."},
			{Name: "Open for", Right: true, Help: "Since it began, or since its last record."},
			{Name: "Ends by itself after", Right: true, Help: "The producer's transaction timeout; a hanging transaction never ends by itself."},
			{Name: "First offset", Right: true, Help: "The first offset that nobody can read: the last stable offset."},
		},
	}
	seen := map[string]bool{}
	for i := range r.Groups {
		for j := range r.Groups[i].Partitions {
			p := &r.Groups[i].Partitions[j]
			place := fmt.Sprintf("%s/%d", p.Topic, p.Partition)
			if p.Transaction == nil || seen[place] {
				continue
			}
			seen[place] = true
			id := p.Transaction.ID
			if id == "" {
				id = fmt.Sprintf("hanging, of producer id %d", p.Transaction.ProducerID)
			}
			t.Rows = append(t.Rows, []view.Cell{view.T(place), view.T(id), page.Age(p.Transaction.Open), page.Age(p.Transaction.Timeout), view.N(p.Transaction.First)})
		}
	}
	return t
}

func partitionTable(r *lag.Report) *view.Table {
	t := &view.Table{
		ID: "partitions", Caption: "Partitions with unread records", Empty: "No partition has an unread record.", Command: "tributary lag --group '*' --all",
		Columns: []view.Column{
			{Name: "Group"},
			{Name: "Partition"},
			{Name: "Verdict", Help: "The state of this partition."},
			{Name: "Behind", Right: true, Help: "Age of its oldest unread record."},
			{Name: "Unread", Right: true, Help: "Unread offsets."},
			{Name: "Position", Right: true, Wide: true, Help: "The group's committed offset."},
			{Name: "End", Right: true, Wide: true, Help: "The log's end."},
			{Name: "Owner", Wide: true, Help: "The member that it is assigned to."},
		},
	}
	for i := range r.Groups {
		x := &r.Groups[i]
		for j := range x.Partitions {
			p := &x.Partitions[j]
			if p.Records+p.Held+p.Beyond+p.Lost == 0 && p.Err == "" {
				continue
			}
			t.Rows = append(t.Rows, []view.Cell{
				view.T(x.Group), view.T(fmt.Sprintf("%s/%d", p.Topic, p.Partition)),
				view.C(strings.TrimSpace(string(p.Verdict)+" "+p.Err), g.Group{view.Badge(page.LevelOf(p.Verdict, x.Bad && p.Verdict == x.Verdict), string(p.Verdict)), g.Text(" "), view.Text(p.Err)}),
				page.Age(p.Age), view.N(p.Records + p.Held), view.N(p.Position), view.N(p.End), view.T(p.Owner.Name()),
			})
		}
	}
	return t
}
