package lag

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
)

func (g *Group) sayf(v Verdict, bad bool, format string, args ...any) {
	g.Verdict, g.Bad, g.Reason = v, bad, fmt.Sprintf(format, args...)
}

func (g *Group) sayBeyondEnd(parts []*Partition) {
	p := slices.MaxFunc(parts, func(a, b *Partition) int { return cmp.Compare(a.Beyond, b.Beyond) })
	more := ""
	if len(parts) > 1 {
		more = fmt.Sprintf(", and so %d more", len(parts)-1)
	}
	g.sayf(VerdictBeyondEnd, true, "beyond the end: its offset %d of %s/%d is of records that the log does not have; for the group it ends at %d%s: the topic lost its end or was made anew; run tributary audit",
		p.Position, p.Topic, p.Partition, p.Position-p.Beyond, more)
}

// unread describes the records that wait for the group.
func (g *Group) unread() string {
	if g.Records+g.Held == 0 {
		return "nothing unread"
	}
	return fmt.Sprintf("%d unread, the oldest %s old", g.Records+g.Held, timespan.About(time.Duration(g.Age)))
}

// sayPaused: a group without members is not called paused, because a resume would not
// make it read.
func (g *Group) sayPaused() {
	for i := range g.Partitions {
		if p := &g.Partitions[i]; p.Records+p.Held > 0 {
			p.Verdict = VerdictPaused
		}
	}
	g.sayf(VerdictPaused, false, "%s; %s", g.Pause, g.unread())
}

func (g *Group) sayNoMembers() {
	what := g.unread()
	if g.State == "" {
		what = "the group does not exist yet; " + what
	}
	for i := range g.Partitions {
		if p := &g.Partitions[i]; p.Records+p.Held > 0 {
			p.Verdict = VerdictNoMembers
		}
	}
	// A group without members that is not ours is usually a job that has ended.
	g.sayf(VerdictNoMembers, g.Ours || g.Records > 0, "no members; %s", what)
}

func (g *Group) sayBlocked(parts []*Partition) {
	p := slices.MaxFunc(parts, func(a, b *Partition) int { return cmp.Compare(opened(a), opened(b)) })
	where := fmt.Sprintf("%s/%d", p.Topic, p.Partition)
	if len(parts) > 1 {
		where += fmt.Sprintf(" and %d more", len(parts)-1)
	}
	t := p.Transaction
	switch {
	case t == nil:
		g.sayf(VerdictBlocked, true, "blocked by an open transaction of an unknown producer, at %s", where)
	case t.ID == "":
		g.sayf(VerdictBlocked, true, "blocked by a hanging transaction of producer id %d, which no coordinator knows, open for %s at least, at %s: end it with kafka-transactions.sh abort",
			t.ProducerID, timespan.About(time.Duration(t.Open)), where)
	default:
		g.sayf(VerdictBlocked, true, "blocked by an open transaction of %s, open for %s, at %s", t.ID, timespan.About(time.Duration(t.Open)), where)
	}
}

// sayWatching names the open transaction that holds records back, if there is one: it may end by itself.
func (g *Group) sayWatching() {
	if p := g.Waiting(); p != nil {
		id := p.Transaction.ID
		if id == "" {
			id = fmt.Sprintf("producer id %d", p.Transaction.ProducerID)
		}
		g.sayf(VerdictWatching, false, "waits behind an open transaction of %s, open for %s, at %s/%d", id, timespan.About(time.Duration(p.Transaction.Open)), p.Topic, p.Partition)
		return
	}
	g.sayf(VerdictWatching, false, "watching what it does")
}

func opened(p *Partition) Span {
	if p == nil || p.Transaction == nil {
		return -1
	}
	return p.Transaction.Open
}

func (g *Group) sayStuck(parts []*Partition) {
	p := slices.MaxFunc(parts, func(a, b *Partition) int { return cmp.Compare(a.Age, b.Age) })
	text := fmt.Sprintf("stuck: %s/%d does not move from offset %d, its next record is %s old", p.Topic, p.Partition, max(p.Position, p.Start), timespan.About(time.Duration(p.Age)))
	if len(parts) > 1 {
		text += fmt.Sprintf(", and so %d more", len(parts)-1)
	}
	switch {
	case p.Owner != nil:
		text += fmt.Sprintf("; owner %s on %s", p.Owner.Name(), p.Owner.Host)
	case g.Members > 0:
		text += "; nobody owns it"
	}
	if g.State != "" && !strings.EqualFold(g.State, "stable") {
		text += "; the group is " + g.State
	}
	g.sayf(VerdictStuck, true, "%s", text)
}

func (g *Group) sayBehind(parts []*Partition) {
	var in, out float64
	for _, p := range parts {
		in, out = in+p.In, out+p.Out
	}
	if out <= in {
		g.sayf(VerdictFallingBehind, true, "falling behind: %s a second come, %s are read", Rate(in), Rate(out))
		return
	}
	g.sayf(VerdictCatchingUp, false, "behind but catching up%s", eta(time.Duration(*cmp.Or(g.CatchUp, new(Span))).Seconds()))
}

func eta(seconds float64) string {
	if seconds <= 0 {
		return ""
	}
	return ", about " + timespan.About(time.Duration(seconds*float64(time.Second))) + " to go"
}
