package lag

import (
	"context"
	"time"
)

// point is one observation of a partition: the log's start, last stable offset and high
// watermark, and the group's position, -1 if it has no committed offset.
type point struct {
	at                           time.Time
	position, start, stable, end int64
	// reach is the highest valid position: the end of the log, or the end of the leader
	// epoch that was committed with the offset.
	reach int64
}

// beyond is the number of offsets by which the position exceeds reach.
func (p *point) beyond() int64 { return max(p.position-p.reach, 0) }

// from is the offset where the group reads on: the log start, if retention has deleted
// the records at its position.
func (p *point) from() int64 { return max(p.position, p.start) }

// limit is the end of the log as the group sees it. A group past the last stable offset
// reads uncommitted records, up to the high watermark.
func (p *point) limit() int64 {
	if p.position > p.stable {
		return p.end
	}
	return p.stable
}

// track is the history of a group in one partition.
type track struct {
	// points are the observations of the window, the oldest first.
	points []point
	// begins is set if the group starts at the log start when it has no committed
	// offset.
	begins bool
	// next is the oldest unread record. looked is the offset up to which the log was
	// searched: between the position and looked, next is the only record.
	next        found
	looked      int64
	held        found // the first record behind the stable end
	transaction *Transaction
	err         string
}

func (t *track) last() *point { return &t.points[len(t.points)-1] }

// known reports whether the group's position is known.
func (t *track) known() bool { return t.begins || t.last().position >= 0 }

// unread reports whether there are offsets to read.
func (t *track) unread() bool { return t.known() && t.last().from() < t.last().limit() }

// isHeld reports whether the group has yet to read offsets after the last stable
// offset.
func (t *track) isHeld() bool {
	p := t.last()
	return t.known() && p.end > p.stable && p.position <= p.stable
}

// remember adds an observation to the tracks and drops those that have left the window.
func (w *Watcher) remember(l *look) {
	tracks := map[string]map[place]*track{}
	for name, positions := range l.positions {
		tracks[name] = map[place]*track{}
		_, own := w.config.Own[name]
		for at, position := range positions {
			t := w.tracks[name][at]
			if t == nil {
				t = &track{begins: own}
			}
			p, err := pointOf(l, name, at, position)
			t.err = err
			if err == "" {
				t.add(p, w.config.Window)
			}
			if len(t.points) > 0 || err != "" {
				tracks[name][at] = t
			}
		}
	}
	w.tracks = tracks
}

// pointOf collects the offsets of a partition; the text is the reason why it cannot.
func pointOf(l *look, group string, at place, position int64) (point, string) {
	p := point{at: l.at, position: position}
	start, ok1 := l.start.Lookup(at.topic, at.partition)
	stable, ok2 := l.stable.Lookup(at.topic, at.partition)
	end, ok3 := l.end.Lookup(at.topic, at.partition)
	if !ok1 || !ok2 || !ok3 {
		return p, "the partition is not there"
	}
	for _, err := range []error{start.Err, stable.Err, end.Err} {
		if err != nil {
			return p, "its offsets cannot be read: " + err.Error()
		}
	}
	p.start, p.stable, p.end = start.Offset, stable.Offset, max(end.Offset, stable.Offset)
	p.reach = l.reach(group, at, p.end)
	return p, ""
}

func (t *track) add(p point, window time.Duration) {
	if len(t.points) > 0 && p.end < t.last().end {
		// A lower end: the topic was recreated.
		*t = track{begins: t.begins}
	}
	t.points = append(t.points, p)
	// Keep at least one point that is a window old, as the base of comparison.
	for len(t.points) > 2 && p.at.Sub(t.points[1].at) >= window {
		t.points = t.points[1:]
	}
}

// readNext looks up the next unread record of each track that does not know it. If a
// group has read everything up to the last stable offset, it looks up the first record
// after that instead.
func (w *Watcher) readNext(ctx context.Context, l *look) {
	wanted := map[search][]*track{}
	for _, tracks := range w.tracks {
		for at, t := range tracks {
			if t.err != "" {
				continue
			}
			if s, ok := t.search(at); ok {
				wanted[s] = append(wanted[s], t)
			}
		}
	}
	w.look(ctx, l, wanted, func(t *track, s search, f found) {
		t.next, t.looked = f, s.to
		if f.record {
			t.looked = f.offset
		}
	})
	clear(wanted)
	for _, tracks := range w.tracks {
		for at, t := range tracks {
			p := t.lastOr()
			if t.err != "" || !t.isHeld() || t.next.record || t.held.record && t.held.offset >= p.stable {
				continue
			}
			s := search{at: at, from: p.stable, to: p.end}
			wanted[s] = append(wanted[s], t)
		}
	}
	w.look(ctx, l, wanted, func(t *track, _ search, f found) { t.held = f })
}

func (t *track) lastOr() *point {
	if len(t.points) == 0 {
		return &point{}
	}
	return t.last()
}

// search returns where to look for the next unread record; ok is false if it is known.
func (t *track) search(at place) (s search, ok bool) {
	p := t.last()
	if !t.isHeld() || t.held.offset < p.stable {
		t.held = found{}
	}
	if !t.unread() {
		t.next, t.looked = found{}, p.limit()
		return s, false
	}
	if t.next.record && t.next.offset >= p.from() {
		return s, false
	}
	t.next = found{}
	s = search{at: at, from: max(p.from(), t.looked), to: p.limit(), committed: p.position <= p.stable}
	if p.from() < t.points[max(len(t.points)-2, 0)].from() {
		s.from = p.from() // the group was set back
	}
	return s, s.from < s.to
}

// look runs searches, each once for all tracks that need it.
func (w *Watcher) look(ctx context.Context, l *look, wanted map[search][]*track, take func(*track, search, found)) {
	searches := make([]search, 0, len(wanted))
	for s := range wanted {
		searches = append(searches, s)
	}
	for s, f := range find(ctx, w.client, l.topics, searches) {
		for _, t := range wanted[s] {
			if f.err != nil {
				t.err = f.err.Error()
				continue
			}
			take(t, s, f)
		}
	}
}

// readTransactions finds the open transactions of partitions whose last stable offset
// has not moved since the previous observation.
func (w *Watcher) readTransactions(ctx context.Context, l *look) error {
	var held []place
	waiting := map[place][]*track{}
	for _, tracks := range w.tracks {
		for at, t := range tracks {
			t.transaction = nil
			if t.err != "" || !t.isHeld() || len(t.points) < 2 || t.points[len(t.points)-2].stable != t.last().stable {
				continue
			}
			if waiting[at] == nil {
				held = append(held, at)
			}
			waiting[at] = append(waiting[at], t)
		}
	}
	if len(held) == 0 {
		return nil
	}
	found, err := transactions(ctx, w.admin, held, l.at, w.config.BrokerNow())
	for at, tx := range found {
		for _, t := range waiting[at] {
			t.transaction = tx
		}
	}
	return err
}
