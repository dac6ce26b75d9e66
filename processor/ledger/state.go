package ledger

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/tributary-hq/tributary/processor/insights/scorecard"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// state is the state of one partition's ledger.
type state struct {
	// sequence is how many minutes were closed.
	sequence int64
	// begun is the open minute; open is false before the first.
	open  bool
	begun time.Time
	// next is the offset after the last record met, from where the open minute's
	// begin; met says whether there was one.
	met        bool
	next, from int64
	// replayed says that a replayed record was met after the last gap: replays are
	// transactions, so that a marker follows.
	replayed bool
	minute   tally
	total    counts
	// scored are the counts of the open minute for the scorecard of the provider.
	scored scorecard.Counts
}

// tally is the account of a minute, or of a batch.
type tally struct {
	lines   []line
	skipped int64
}

// counts are raw records by how they ended.
type counts struct {
	accepted, replayed, decoded, duplicates, deadLetters, unaccounted, missed, withdrawn int64
}

// line is that of one source.
type line struct {
	source string
	counts counts
}

// line returns the line of a source, which is made if there is none. It is valid
// until the next call.
func (t *tally) line(source []byte) *line {
	for i := range t.lines {
		if t.lines[i].source == string(source) {
			return &t.lines[i]
		}
	}
	if len(t.lines) >= maxSources || !nameable(source) {
		if string(source) != others {
			return t.line([]byte(others))
		}
	}
	t.lines = append(t.lines, line{source: string(source)})
	return &t.lines[len(t.lines)-1]
}

// add counts a record.
func (l *line) add(r *record, how ending) {
	if r.replayed {
		l.counts.replayed++
	} else {
		l.counts.accepted++
	}
	switch how {
	case endedDecoded:
		l.counts.decoded++
	case endedDuplicate:
		l.counts.duplicates++
	case endedDeadLetter:
		l.counts.deadLetters++
	case endedUnaccounted:
		l.counts.unaccounted++
	}
}

// counter is one of the counts.
type counter struct {
	name string
	n    *int64
}

// counters lists the counts, in the order in which they are stored.
func counters(c *counts) [8]counter {
	return [8]counter{
		{CounterAccepted, &c.accepted},
		{CounterReplayed, &c.replayed},
		{CounterDecoded, &c.decoded},
		{CounterDuplicates, &c.duplicates},
		{CounterDeadLetters, &c.deadLetters},
		{CounterUnaccounted, &c.unaccounted},
		{CounterMissed, &c.missed},
		{CounterMissedWithdrawn, &c.withdrawn},
	}
}

// count makes the batch's counts metrics if its transaction commits.
func (t *tally) count(to stage.Tx) {
	for i := range t.lines {
		for _, f := range counters(&t.lines[i].counts) {
			if *f.n != 0 {
				to.Count(f.name, t.lines[i].source, *f.n)
			}
		}
	}
	if t.skipped != 0 {
		to.Count(CounterSkipped, "", t.skipped)
	}
}

// advance moves the state past a record and returns how many offsets it jumped, but for
// the marker that ends the transaction of a replay, of which the gap behind its
// records has one. An offset that comes again is one of a topic made anew.
func (b *state) advance(offset int64) (skipped int64) {
	switch {
	case !b.met || offset < b.next:
		b.from = offset
	default:
		skipped = offset - b.next
	}
	if skipped > 0 && b.replayed {
		skipped, b.replayed = skipped-1, false
	}
	b.minute.skipped += skipped
	b.met, b.next = true, offset+1
	return skipped
}

// entry builds the entry of the open minute and adds it to the running total. Provider,
// topic, partition and processing time are set by the caller.
func (b *state) entry() *avro.LedgerEntry {
	slices.SortFunc(b.minute.lines, func(x, y line) int { return cmp.Compare(x.source, y.source) })
	e := &avro.LedgerEntry{
		Sequence: b.sequence, Minute: b.begun, FromOffset: b.from, ToOffset: b.next, SkippedOffsets: b.minute.skipped,
		Sources: make([]avro.LedgerSource, len(b.minute.lines)),
	}
	var all counts
	for i := range b.minute.lines {
		l := &b.minute.lines[i]
		c := &l.counts
		e.Sources[i] = avro.LedgerSource{
			Source: l.source, Accepted: c.accepted, Replayed: c.replayed, Decoded: c.decoded, Duplicates: c.duplicates,
			DeadLetters: c.deadLetters, Unaccounted: c.unaccounted, MissedAttempts: c.missed, MissedAttemptsWithdrawn: c.withdrawn,
		}
		all.add(c)
	}
	b.total.add(&all)
	e.Accepted, e.Replayed, e.Decoded, e.Duplicates = all.accepted, all.replayed, all.decoded, all.duplicates
	e.DeadLetters, e.Unaccounted, e.MissedAttempts, e.MissedAttemptsWithdrawn = all.deadLetters, all.unaccounted, all.missed, all.withdrawn
	t := &b.total
	e.TotalAccepted, e.TotalReplayed, e.TotalDecoded, e.TotalDuplicates = t.accepted, t.replayed, t.decoded, t.duplicates
	e.TotalDeadLetters, e.TotalUnaccounted = t.deadLetters, t.unaccounted
	e.TotalMissedAttempts, e.TotalMissedAttemptsWithdrawn = t.missed, t.withdrawn
	return e
}

// add adds counts to others.
func (c *counts) add(more *counts) {
	to := counters(c)
	for i, f := range counters(more) {
		*to[i].n += *f.n
	}
}

// formatVersion is the format of the state entry.
const formatVersion = 1

func open(tx stage.Tx) (*state, error) {
	entry, err := tx.Get([]byte(key))
	if err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	b := &state{}
	if entry == nil {
		return b, nil
	}
	r, _ := statecodec.NewReader(entry, formatVersion)
	b.sequence = r.Int()
	b.open, b.begun = r.Bool(), r.Time()
	b.met, b.next, b.from = r.Bool(), r.Int(), r.Int()
	b.minute.skipped = r.Int()
	b.minute.lines = make([]line, r.Len())
	for i := range b.minute.lines {
		b.minute.lines[i].source = r.String()
		readCounts(r, &b.minute.lines[i].counts)
	}
	readCounts(r, &b.total)
	b.replayed = r.Bool()
	b.scored.ReadFrom(r)
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	return b, nil
}

func readCounts(r *statecodec.Reader, c *counts) {
	for _, f := range counters(c) {
		*f.n = r.Int()
	}
}

func (b *state) appendTo(dst []byte) []byte {
	dst = statecodec.AppendInt(append(dst, formatVersion), b.sequence)
	dst = statecodec.AppendTime(statecodec.AppendBool(dst, b.open), b.begun)
	dst = statecodec.AppendInt(statecodec.AppendInt(statecodec.AppendBool(dst, b.met), b.next), b.from)
	dst = statecodec.AppendInt(dst, b.minute.skipped)
	dst = statecodec.AppendUint(dst, uint64(len(b.minute.lines)))
	for i := range b.minute.lines {
		dst = statecodec.AppendString(dst, b.minute.lines[i].source)
		dst = appendCounts(dst, &b.minute.lines[i].counts)
	}
	return b.scored.AppendTo(statecodec.AppendBool(appendCounts(dst, &b.total), b.replayed))
}

func appendCounts(dst []byte, c *counts) []byte {
	for _, f := range counters(c) {
		dst = statecodec.AppendInt(dst, *f.n)
	}
	return dst
}
