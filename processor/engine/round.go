package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/schemas/raw"
)

// round is the memory of one round, reused by the next.
type round struct {
	changelog string
	records   []*kgo.Record
	decoded   []decoded
	arena     arena
	scopes    map[int32]*scope
	// spare are scopes of rounds before, to be used again.
	spare []*scope
	// out are the records produced; their promises report to acks.
	out  []kgo.Record
	acks acks
	// inHeaders and outHeaders hold the headers of all records.
	inHeaders  []raw.Header
	headerKeys headerKeys
	outHeaders []kgo.RecordHeader
	// ages are those of the facts, provider that of the last.
	ages     []Dates
	provider string
}

// acks gathers the promises of a round: how many failed, the first error, and how
// far each changelog partition got.
type acks struct {
	failed atomic.Int64
	mu     sync.Mutex
	err    error
	last   map[int32]int64
}

func newRound(changelog string) *round {
	return &round{changelog: changelog, scopes: map[int32]*scope{}, acks: acks{last: map[int32]int64{}}}
}

// reset forgets everything of the round, as after a crash: nothing of an aborted
// round may stay anywhere.
func (r *round) reset() {
	clear(r.records)
	r.records = r.records[:0]
	clear(r.decoded)
	r.decoded = r.decoded[:0]
	clear(r.ages)
	r.ages = r.ages[:0]
	clear(r.out)
	r.out = r.out[:0]
	clear(r.inHeaders)
	clear(r.outHeaders)
	r.inHeaders, r.outHeaders = r.inHeaders[:0], r.outHeaders[:0]
	for _, s := range r.scopes {
		s.reset(0, nil, 0, time.Time{})
		r.spare = append(r.spare, s)
	}
	clear(r.scopes)
	r.arena.reset()
	r.acks.failed.Store(0)
	r.acks.err = nil
	clear(r.acks.last)
}

// errNotApplied is what the stage could not do, or the engine for it, with a record or a
// deadline.
var errNotApplied = errors.New("a round could not be made")

// runRound applies records and due deadlines and commits their effect. An error
// ends the session.
func (w *worker) runRound(ctx context.Context, records []*kgo.Record) (err error) {
	w.inputs(records)
	ctx = w.traces.begin(ctx, w.round.decoded)
	defer func() {
		w.traces.ended(w, err)
		if err == nil {
			w.recycle()
			w.round.giveBack()
			w.round.reset()
			return
		}
		// The session ends, and until it is closed its client may still be sending
		// records that lie in this memory: it is left to them.
		w.round = newRound(w.changelog)
	}()
	clear(w.machine.buried)
	w.machine.fired = 0
	for _, r := range records {
		if part := w.parts[r.Partition]; part == nil || !part.ready {
			// Revoked after the poll: the session would commit this record's offset.
			return w.abort(ctx, "a polled partition has gone")
		}
	}
	if err := w.applyAll(ctx); err != nil {
		err = fmt.Errorf("%w: %w", errNotApplied, err)
		w.setError(err)
		w.metrics.rounds.WithLabelValues(w.spec.Name, "failed").Inc()
		if abortErr := w.abort(ctx, "a record could not be applied"); abortErr != nil {
			return errors.Join(err, abortErr)
		}
		return err
	}
	w.dropIdleScopes(records)
	if len(records) == 0 && len(w.round.scopes) == 0 {
		return nil
	}
	return w.transact(ctx)
}

// recycle gives the stage its events back.
func (w *worker) recycle() {
	recycler, ok := w.spec.Stage.(Recycler)
	if !ok {
		return
	}
	for i := range w.round.decoded {
		if d := &w.round.decoded[i]; d.err == nil && d.event != nil {
			recycler.Recycle(d.event)
		}
	}
}

// giveBack gives the memory of the input back to the client.
func (r *round) giveBack() {
	for _, record := range r.records {
		record.Recycle()
	}
}

// inputs makes the records what the stage sees.
func (w *worker) inputs(records []*kgo.Record) {
	w.round.decoded = slices.Grow(w.round.decoded[:0], len(records))[:len(records)]
	for i, r := range records {
		w.round.decoded[i].in = w.round.input(r)
	}
}

// decodeBlock is how many records are parsed at once, before they are applied: few
// enough to be in a near cache still.
const decodeBlock = 64

// decode parses the records from one on: a block, or where there are processors without
// a worker, all of them, on these. It returns how far it came.
func (w *worker) decode(from int) (to int) {
	records := w.round.decoded
	spare := runtime.GOMAXPROCS(0) - int(w.budget.sessions)
	if spare < 1 || len(records) <= decodeBlock {
		to = min(from+decodeBlock, len(records))
		for i := from; i < to; i++ {
			w.machine.decode(&records[i])
		}
		return to
	}
	var group sync.WaitGroup
	var next atomic.Int64
	for range min(spare, len(records)/decodeBlock) + 1 {
		group.Go(func() {
			for {
				from := int(next.Add(decodeBlock)) - decodeBlock
				if from >= len(records) {
					return
				}
				for i := from; i < min(from+decodeBlock, len(records)); i++ {
					w.machine.decode(&records[i])
				}
			}
		})
	}
	group.Wait()
	return len(records)
}

// input makes a record what a stage sees, its headers in the round's memory.
func (r *round) input(record *kgo.Record) Input {
	from := len(r.inHeaders)
	var value []byte
	r.inHeaders, value = r.headerKeys.appendHeaders(r.inHeaders, record)
	return Input{
		Topic: record.Topic, Partition: record.Partition, Offset: record.Offset, Timestamp: record.Timestamp,
		Key: record.Key, Value: value, Headers: r.inHeaders[from:len(r.inHeaders):len(r.inHeaders)],
	}
}

// applyAll runs the stage over the records in order, then over due deadlines, then
// lets it tell its clock: by that clock others close what they wait for, so it is told
// once everything that is due by it was.
func (w *worker) applyAll(ctx context.Context) error {
	parsed := 0
	for i := range w.round.decoded {
		if i == parsed {
			parsed = w.decode(i)
		}
		d := &w.round.decoded[i]
		part := w.parts[d.in.Partition]
		if d.in.Offset < part.applied {
			return fmt.Errorf("%w: %s/%d gave offset %d again, %d is next", errRejoin, d.in.Topic, d.in.Partition, d.in.Offset, part.applied)
		}
		part.applied = d.in.Offset + 1
		part.next = max(part.next, part.applied)
		part.epoch = max(part.epoch, w.round.records[i].LeaderEpoch)
		fact, err := w.machine.handle(w.scope(part), d)
		if err != nil {
			return err
		}
		if fact {
			w.noteAge(d)
		}
	}
	w.followWallClock(ctx)
	for _, p := range slices.Sorted(maps.Keys(w.parts)) {
		part := w.parts[p]
		if !part.ready {
			continue
		}
		s := w.scope(part)
		if s.clock != part.clock || part.more {
			counted := len(s.counts)
			if err := w.machine.expire(s); err != nil {
				return err
			}
			part.more, part.left = s.more, s.more
			s.uncount(part.applied, counted)
		}
		reported, err := w.machine.report(s, part.reported, w.config.ClockInterval)
		if err != nil {
			return err
		}
		if reported {
			part.reported = s.clock
		}
		if err := w.machine.account(s); err != nil {
			return err
		}
		s.dropTold()
	}
	return nil
}

// scope returns the round's view of a partition.
func (w *worker) scope(part *owned) *scope {
	s, ok := w.round.scopes[part.partition]
	if !ok {
		s = w.round.take()
		s.topics, s.maxState, s.rebuild = w.topics, w.maxState, part.rebuild
		s.reset(part.partition, part.state, part.clock, w.deps.Now())
		w.round.scopes[part.partition] = s
	}
	return s
}

// take returns a scope that is not in use.
func (r *round) take() *scope {
	if n := len(r.spare); n > 0 {
		s := r.spare[n-1]
		r.spare = r.spare[:n-1]
		return s
	}
	return &scope{overlay: newOverlay(nil, &r.arena), arena: &r.arena}
}

// dropIdleScopes leaves the partitions that have something to write. A clock that
// moved without effect is kept in memory and written with the next one that has.
func (w *worker) dropIdleScopes(records []*kgo.Record) {
	polled := map[int32]bool{}
	for _, r := range records {
		polled[r.Partition] = true
	}
	works := func(p int32, s *scope) bool {
		return polled[p] || len(s.outputs) > 0 || len(s.overlay.dirty()) > 0
	}
	some := false
	for p, s := range w.round.scopes {
		some = some || works(p, s)
	}
	for p, s := range w.round.scopes {
		// A partition that has read markers alone is committed with the others.
		if works(p, s) || some && w.parts[p].next != w.parts[p].kept.input.offset {
			continue
		}
		w.parts[p].clock = s.clock
		delete(w.round.scopes, p)
		w.round.spare = append(w.round.spare, s)
	}
}

// abort ends what the session has polled without effect and brings every partition
// back to what the broker says.
func (w *worker) abort(ctx context.Context, why string) error {
	w.metrics.aborts.WithLabelValues(w.spec.Name).Inc()
	if err := w.session.Begin(); err != nil {
		return fmt.Errorf("%w: begin, to abort: %w", errRejoin, err)
	}
	if _, err := w.end(ctx, kgo.TryAbort, nil); err != nil {
		return fmt.Errorf("%w: abort: %w", errRejoin, err)
	}
	return w.resync(ctx, why)
}
