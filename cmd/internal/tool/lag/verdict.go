package lag

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"
)

// judge returns the verdict on a partition, comparing the first and the last point of
// the window. full is set if the window is long enough for a bad verdict.
func (t *track) judge(full bool) Verdict {
	if t.err != "" || !t.known() {
		return VerdictUnknown
	}
	base, last := &t.points[0], t.last()
	if last.beyond() > 0 {
		return VerdictBeyondEnd
	}
	target := base.stable
	if last.position > last.stable {
		target = base.end
	}
	caught := !t.next.record || len(t.points) > 1 && last.from() >= target
	switch {
	case t.next.record && !caught && !full:
		return VerdictWatching
	case t.next.record && !caught && last.from() <= base.from():
		return VerdictStuck
	case t.next.record && !caught && last.limit()-last.from() >= base.limit()-base.from():
		return VerdictFallingBehind
	case t.next.record && !caught:
		return VerdictCatchingUp
	case !t.next.record && t.isHeld() && base.end > base.stable && base.stable == last.stable:
		if !full {
			return VerdictWatching
		}
		return VerdictBlocked
	case !t.next.record && t.isHeld() && t.transaction != nil:
		return VerdictWatching
	}
	return VerdictOK
}

// figures returns the lag and rates of a partition.
func (t *track) figures(now time.Time) Figures {
	var f Figures
	if len(t.points) == 0 || !t.known() {
		return f
	}
	base, last := &t.points[0], t.last()
	f.Lost = max(last.start-last.position, 0)
	if last.position < 0 {
		f.Lost = 0
	}
	f.Beyond = last.beyond()
	if last.position <= last.stable {
		f.Held = last.end - last.stable
	}
	switch {
	case t.next.record:
		f.Records = last.limit() - last.from()
		f.Age = age(now, t.next.at)
	case t.held.record && f.Held > 0:
		f.Age = age(now, t.held.at)
	}
	if span := last.at.Sub(base.at).Seconds(); span > 0 {
		f.In = float64(last.end-base.end) / span
		if base.position >= 0 || t.begins {
			f.Out = math.Max(float64(last.from()-base.from()), 0) / span
		}
	}
	f.CatchUp = catchUp(f.Records, f.In, f.Out)
	return f
}

func age(now, at time.Time) Span { return Span(max(now.Sub(at), 0)) }

// catchUp is the time that reading the rest takes, nil if it never ends.
func catchUp(records int64, in, out float64) *Span {
	if records == 0 {
		return new(Span(0))
	}
	seconds := float64(records) / (out - in)
	if out <= in || seconds > math.MaxInt32 {
		return nil
	}
	return new(Span(seconds * float64(time.Second)))
}

// report judges every group by its tracks.
func (w *Watcher) report(l *look) *Report {
	r := &Report{At: l.at.UTC(), Window: Span(min(l.at.Sub(w.began), w.config.Window)), Warnings: l.warnings, Groups: []Group{}}
	for _, name := range slices.Sorted(maps.Keys(l.groups)) {
		m := l.groups[name]
		_, own := w.config.Own[name]
		g := Group{Group: name, Ours: own, Type: m.kind, State: m.state, Members: m.count, Partitions: []Partition{}}
		if restore, ok := l.restores[name]; ok && restore.Partitions > 0 {
			g.Restore = &restore
		}
		if p, ok := l.paused[name]; ok {
			g.Pause = &p
		}
		for at, t := range w.tracks[name] {
			g.Partitions = append(g.Partitions, t.partition(at, m.owners[at], l.at, w.config.Window))
		}
		slices.SortFunc(g.Partitions, func(a, b Partition) int {
			return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Partition, b.Partition))
		})
		g.sum()
		g.judge(m.err, l.at.Sub(w.began) >= w.config.Window)
		if g.Bad {
			r.Bad++
		}
		r.Groups = append(r.Groups, g)
	}
	return r
}

func (t *track) partition(at place, owner *Owner, now time.Time, window time.Duration) Partition {
	last := t.lastOr()
	p := Partition{
		Topic: at.topic, Partition: at.partition, Position: last.position, Start: last.start, Stable: last.stable, End: last.end,
		Figures: t.figures(now), Next: -1, Owner: owner, Transaction: t.transaction, Err: t.err, Verdict: t.judge(t.span() >= window),
	}
	if t.next.record {
		p.Next = t.next.offset
	} else if t.held.record && p.Held > 0 {
		p.Next = t.held.offset
	}
	return p
}

// span is the time between the first and the last point.
func (t *track) span() time.Duration {
	if len(t.points) == 0 {
		return 0
	}
	return t.last().at.Sub(t.points[0].at)
}

// sum adds up the partitions.
func (g *Group) sum() {
	var left int64
	var in, out float64
	for i := range g.Partitions {
		p := &g.Partitions[i]
		g.Records += p.Records
		g.Held += p.Held
		g.Lost += p.Lost
		g.Beyond += p.Beyond
		g.In += p.In
		g.Out += p.Out
		g.Age = max(g.Age, p.Age)
		if p.Verdict != VerdictOK {
			left, in, out = left+p.Records, in+p.In, out+p.Out
		}
	}
	g.CatchUp = catchUp(left, in, out)
}

// judge derives the group's verdict from those of its partitions.
func (g *Group) judge(err error, full bool) {
	with := map[Verdict][]*Partition{}
	for i := range g.Partitions {
		with[g.Partitions[i].Verdict] = append(with[g.Partitions[i].Verdict], &g.Partitions[i])
	}
	moving := g.Out > 0
	var broken *Partition
	for _, p := range with[VerdictUnknown] {
		if p.Err != "" {
			broken = p
		}
	}
	switch {
	case err != nil:
		g.sayf(VerdictUnknown, true, "the broker does not tell: %v", err)
	case broken != nil:
		g.sayf(VerdictUnknown, true, "%s/%d: %s", broken.Topic, broken.Partition, broken.Err)
	case len(with[VerdictBeyondEnd]) > 0:
		g.sayBeyondEnd(with[VerdictBeyondEnd])
	case g.Restore != nil:
		g.sayf(VerdictRestoring, false, "restoring state: %d partitions, %d offsets left%s", g.Restore.Partitions, g.Restore.Offsets, eta(g.Restore.SecondsLeft))
	case g.Pause != nil && g.Members != 0:
		g.sayPaused()
	case g.Members == 0 && !moving && (full || g.Ours || g.Records == 0):
		// A job that assigns partitions itself commits offsets for a group without
		// members. Its positions move.
		g.sayNoMembers()
	case len(with[VerdictBlocked]) > 0 && len(with[VerdictStuck]) == 0:
		g.sayBlocked(with[VerdictBlocked])
	case len(with[VerdictStuck]) > 0:
		g.sayStuck(with[VerdictStuck])
	case len(with[VerdictWatching]) > 0:
		g.sayWatching()
	case len(with[VerdictFallingBehind])+len(with[VerdictCatchingUp]) > 0:
		g.sayBehind(slices.Concat(with[VerdictFallingBehind], with[VerdictCatchingUp]))
	case len(with[VerdictOK]) == 0:
		g.sayf(VerdictUnknown, false, "has committed nothing yet")
	default:
		g.sayf(VerdictOK, false, "ok")
	}
	if g.Lost > 0 {
		g.Bad = true
		g.Reason += fmt.Sprintf("; retention has deleted %d offsets that it had not read", g.Lost)
	}
}

// Waiting returns the partition that waits behind the transaction that is open for the longest time, nil
// if no transaction holds unread records back.
func (g *Group) Waiting() (longest *Partition) {
	for i := range g.Partitions {
		if p := &g.Partitions[i]; p.Transaction != nil && p.Held > 0 && opened(p) > opened(longest) {
			longest = p
		}
	}
	return longest
}
