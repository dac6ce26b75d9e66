package lox24

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"
	"time"

	"github.com/tributary-hq/tributary/processor/ledger"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stage/dedupe"
	"github.com/tributary-hq/tributary/processor/statecodec"
)

// LOX24 retries a delivery only if it got no 200 for the attempt before. So an attempt
// that was never seen although a later one was did not get a 200 from us: it was refused,
// it was lost, or it never arrived. It is counted as missed after a delay, because
// attempts may overtake each other, and the count is withdrawn if it arrives after all.
//
// The count is a function of the set of attempts seen, independent of their order, and
// of the watermark:
//
// 	missed(k) ⇔ k was not seen, a later one was, and the first of those Missed ago
//
// The tag stored with the id of a new event holds the attempt of its first occurrence.
// The id is stored anyway, so an event whose first attempt succeeds costs nothing more.
// Only an event with a retry gets a state entry.

// attemptsPrefix begins the state keys of events with retries.
const attemptsPrefix = "attempts "

// attemptsVersion is the format of their entries.
const attemptsVersion = 1

// maxAttempt is the highest attempt number that is tracked. LOX24 makes 4 attempts. [D]
const maxAttempt = 31

// deliveries are the attempts seen of one event, by notification task: LOX24 sends an
// event to each of up to five configured notifications. [D]
// doc.lox24.eu/info/notifications
type deliveries struct {
	// last is the latest received_at.
	last  time.Time
	tasks []task
}

// task is one notification task's deliveries.
type task struct {
	// hash identifies source and task.
	hash   uint32
	source string
	seen   []delivery
	// counted has a bit for each attempt that is counted as missed.
	counted uint32
}

// delivery is an attempt and its earliest received_at.
type delivery struct {
	number int
	at     time.Time
}

// taskHash identifies a task within an event: FNV-1a of source and task, with a zero
// byte between them.
func taskHash(source, task string) uint32 {
	const basis, prime = 2166136261, 16777619
	h := uint32(basis)
	for i := range len(source) {
		h = (h ^ uint32(source[i])) * prime
	}
	h *= prime
	for i := range len(task) {
		h = (h ^ uint32(task[i])) * prime
	}
	return h
}

// attempt returns the number of the delivery attempt, or 0 if the event has none or it
// is out of range.
func (e *event) attempt() int {
	if n := e.number.Value; e.number.Set && n >= 1 && n <= maxAttempt {
		return int(n)
	}
	return 0
}

// tag returns the tag that is stored with the id of a new event: notification task and
// attempt.
func (e *event) tag(dst []byte) []byte {
	n := e.attempt()
	if n == 0 {
		return nil
	}
	return append(binary.BigEndian.AppendUint32(dst, e.task), byte(n)) //nolint:gosec // at most maxAttempt
}

// tagSize is the length of a tag.
const tagSize = 5

// track adds a delivery to the entry of its event. For a repeat, first and tag are those
// of the event's first occurrence.
func (s *Stage) track(tx stage.Tx, e *event, first dedupe.Position, tag []byte, repeated bool) error {
	n := e.attempt()
	if n == 0 || n == 1 && !repeated {
		return nil
	}
	hash := e.task
	key := append(append(tx.Buffer(len(attemptsPrefix)+len(e.id)), attemptsPrefix...), e.id...)
	entry, err := tx.Get(key)
	if err != nil {
		return fmt.Errorf("read an event's attempts: %w", err)
	}
	a, err := parseAttempts(entry)
	if err != nil {
		return err
	}
	if entry == nil && repeated && !a.begin(first, tag, hash, n) {
		return nil
	}
	if !a.see(hash, e.sourceID, delivery{number: n, at: e.receivedAt}) {
		return nil
	}
	s.saveAttempts(tx, key, &a)
	return nil
}

// begin fills the entry of an event of which only the first occurrence is stored. It
// returns false if the new delivery adds no information to that.
func (a *deliveries) begin(first dedupe.Position, tag []byte, hash uint32, n int) bool {
	was := delivery{number: 1, at: first.ReceivedAt}
	if len(tag) != tagSize {
		// The first occurrence had no attempt number: assume the first of the same
		// task.
		a.see(hash, "", was)
		return n > 1
	}
	was.number = int(tag[tagSize-1])
	other := binary.BigEndian.Uint32(tag)
	a.see(other, "", was)
	return other != hash || was.number != n
}

// see adds a delivery and reports whether it changed anything.
func (a *deliveries) see(hash uint32, source string, d delivery) bool {
	if d.at.After(a.last) {
		a.last = d.at
	}
	i := slices.IndexFunc(a.tasks, func(t task) bool { return t.hash == hash })
	if i < 0 {
		a.tasks = append(a.tasks, task{hash: hash})
		i = len(a.tasks) - 1
	}
	t := &a.tasks[i]
	if t.source == "" {
		t.source = source
	}
	i, found := slices.BinarySearchFunc(t.seen, d.number, func(have delivery, n int) int { return have.number - n })
	switch {
	case !found:
		t.seen = slices.Insert(t.seen, i, d)
	case d.at.Before(t.seen[i].at):
		t.seen[i].at = d.at
	default:
		return false
	}
	return true
}

// missed returns the attempts that are missed at a time, as bits, and the time at which
// the next one becomes missed, zero if none will.
func (t *task) missed(now time.Time, after time.Duration) (missed uint32, next time.Time) {
	var evidence time.Time // the earliest of the later ones
	last := len(t.seen) - 1
	if last < 0 {
		return 0, next
	}
	for n, i := t.seen[last].number, last; n >= 1; n-- {
		if i >= 0 && t.seen[i].number == n {
			if evidence.IsZero() || t.seen[i].at.Before(evidence) {
				evidence = t.seen[i].at
			}
			i--
			continue
		}
		switch due := evidence.Add(after); {
		case !now.Before(due):
			missed |= 1 << n
		case next.IsZero() || due.Before(next):
			next = due
		}
	}
	return missed, next
}

// saveAttempts counts the attempts that are missed by now, withdraws the counts of
// those that arrived, and stores the entry. Its timer is set to the time at which
// another attempt becomes missed, or at which the entry is dropped.
func (s *Stage) saveAttempts(tx stage.Tx, key []byte, a *deliveries) {
	due := a.last.Add(s.config.Span + time.Millisecond)
	for i := range a.tasks {
		t := &a.tasks[i]
		missed, next := t.missed(tx.Watermark(), s.config.Missed)
		count(tx, ledger.CounterMissed, t.source, missed&^t.counted)
		count(tx, ledger.CounterMissedWithdrawn, t.source, t.counted&^missed)
		t.counted = missed
		if !next.IsZero() && next.Before(due) {
			due = next
		}
	}
	tx.Put(key, a.appendTo(tx.Buffer(attemptsSize)), due)
}

// attemptsSize is the size of a usual entry, in bytes.
const attemptsSize = 96

func count(tx stage.Tx, counter, source string, which uint32) {
	if which != 0 {
		tx.Count(counter, source, int64(bits.OnesCount32(which)))
	}
}

func isAttempts(key []byte) bool { return bytes.HasPrefix(key, []byte(attemptsPrefix)) }

// expireAttempts counts the attempts that are missed by now, or drops the entry at the
// end of its time.
func (s *Stage) expireAttempts(tx stage.Tx, key []byte) error {
	entry, err := tx.Get(key)
	if err != nil {
		return fmt.Errorf("read an event's attempts: %w", err)
	}
	a, err := parseAttempts(entry)
	if err != nil {
		return err
	}
	s.saveAttempts(tx, key, &a)
	if tx.Watermark().After(a.last.Add(s.config.Span)) {
		tx.Delete(key)
	}
	return nil
}

func (a *deliveries) appendTo(dst []byte) []byte {
	dst = statecodec.AppendTime(append(dst, attemptsVersion), a.last)
	dst = statecodec.AppendUint(dst, uint64(len(a.tasks)))
	for i := range a.tasks {
		t := &a.tasks[i]
		dst = statecodec.AppendString(statecodec.AppendUint(dst, uint64(t.hash)), t.source)
		dst = statecodec.AppendUint(statecodec.AppendUint(dst, uint64(t.counted)), uint64(len(t.seen)))
		for _, d := range t.seen {
			dst = statecodec.AppendTime(statecodec.AppendInt(dst, int64(d.number)), d.at)
		}
	}
	return dst
}

func parseAttempts(entry []byte) (deliveries, error) {
	var a deliveries
	if entry == nil {
		return a, nil
	}
	r, _ := statecodec.NewReader(entry, attemptsVersion)
	a.last = r.Time()
	a.tasks = make([]task, r.Len())
	for i := range a.tasks {
		t := &a.tasks[i]
		t.hash, t.source = uint32(r.Uint()), r.String() //nolint:gosec // written from a uint32
		t.counted = uint32(r.Uint())                    //nolint:gosec // written from a uint32
		t.seen = make([]delivery, r.Len())
		for j := range t.seen {
			t.seen[j] = delivery{number: int(r.Int()), at: r.Time()}
		}
	}
	if err := r.Done(); err != nil {
		return a, fmt.Errorf("read an event's attempts: %w", err)
	}
	return a, nil
}
