package lag

import (
	"context"
	"time"
)

// point is where a group and a log stood at a time. start, stable and end are those
// of the log; position is -1 if nothing is committed.
type point struct {
	at                           time.Time
	position, start, stable, end int64
	// reach is the highest position that can be: where the log ends, or the part of it
	// that the committed offset is of.
	reach int64
}

// beyond is how far the position lies beyond what the log has of its records.
func (p *point) beyond() int64 { return max(p.position-p.reach, 0) }

// from is where the group will read on: behind what retention has deleted.
func (p *point) from() int64 { return max(p.position, p.start) }

// limit is the end for the group. One that has passed the stable end reads
// uncommitted records.
func (p *point) limit() int64 {
	if p.position > p.stable {
		return p.end
	}
	return p.stable
}

// track is what is remembered of a group in a partition.
type track struct {
	// points are those of the window, the oldest first.
	points []point
	// begins says that without a position the group begins at the start.
	begins bool
	// next is the oldest unread record, as far as looked is known: nothing is there
	// between the position and looked but next.
	next        found
	looked      int64
	held        found // the first record behind the stable end
	transaction *Transaction
	err         string
}

func (t *track) last() *point { return &t.points[len(t.points)-1] }

// known says whether it is known where the group stands.
func (t *track) known() bool { return t.begins || t.last().position >= 0 }

// unread says whether there are offsets to read.
func (t *track) unread() bool { return t.known() && t.last().from() < t.last().limit() }

// isHeld says whether the group has something behind the stable end before it.
func (t *track) isHeld() bool {
	p := t.last()
	return t.known() && p.end > p.stable && p.position <= p.stable
}

// remember adds a look to the tracks and forgets what has left the window.
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

// pointOf gathers the offsets of a partition. A topic that does not exist is no
// error but nothing to read.
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
		// The topic was made anew.
		*t = track{begins: t.begins}
	}
	t.points = append(t.points, p)
	// The oldest that is kept is the last that is at least a window old.
	for len(t.points) > 2 && p.at.Sub(t.points[1].at) >= window {
		t.points = t.points[1:]
	}
}

// readNext looks up the next unread records where they are not known, and the first
// of those that are held back where there is nothing else.
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

// search says where to look for the next unread record; ok is false if it is known.
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

// look runs searches, one for all who wait for the same.
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

// readTransactions finds out what holds records back where the stable end has not
// moved since the look before.
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
	found, err := transactions(ctx, w.admin, held, l.at)
	for at, tx := range found {
		for _, t := range waiting[at] {
			t.transaction = tx
		}
	}
	return err
}
