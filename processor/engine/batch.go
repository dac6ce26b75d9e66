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

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine/internal/failure"
	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
	"github.com/tributary-hq/tributary/processor/engine/internal/latency"
	"github.com/tributary-hq/tributary/processor/engine/internal/task"
	"github.com/tributary-hq/tributary/processor/stage"
)

// batch is the working memory of one transaction, reused by the next.
type batch struct {
	changelog string
	records   []*kgo.Record
	decoded   []task.Record
	tx        *task.Transaction
	// out are the produced records; their promises report to acks.
	out  []kgo.Record
	acks acks
	// inHeaders and outHeaders contain the headers of all records.
	inHeaders  []stage.Header
	headerKeys kafka.HeaderKeys
	outHeaders []kgo.RecordHeader
	latencies  latency.Batch
}

// acks collects the results of the produced records: the number of failures, the first
// error, and the offsets of each changelog partition's records.
type acks struct {
	failed  atomic.Int64
	mu      sync.Mutex
	err     error
	written map[int32]written
}

// written is the offset of the first record of a transaction in a changelog partition
// and the offset after the last one.
type written struct{ first, next int64 }

func newBatch(changelog string) *batch {
	return &batch{changelog: changelog, tx: task.NewTransaction(), acks: acks{written: map[int32]written{}}}
}

// reset clears everything, as a crash would: nothing of an aborted transaction may
// remain.
func (r *batch) reset() {
	clear(r.records)
	r.records = r.records[:0]
	clear(r.decoded)
	r.decoded = r.decoded[:0]
	r.latencies.Reset()
	clear(r.out)
	r.out = r.out[:0]
	clear(r.inHeaders)
	clear(r.outHeaders)
	r.inHeaders, r.outHeaders = r.inHeaders[:0], r.outHeaders[:0]
	r.tx.Reset()
	r.acks.failed.Store(0)
	r.acks.err = nil
	clear(r.acks.written)
}

// runBatch applies records and due timers and commits their effect. An error ends the
// session.
func (w *worker) runBatch(ctx context.Context, records []*kgo.Record) (err error) {
	w.inputs(records)
	ctx = w.traces.Begin(ctx, w.batch.decoded)
	defer func() {
		w.traces.Ended(w.tracedCounts(), err)
		if err == nil {
			w.recycle()
			w.batch.giveBack()
			w.batch.reset()
			return
		}
		// Until the session is closed, its client may still be sending records that
		// refer to this memory, so the memory is not reused.
		w.batch = newBatch(w.changelog)
	}()
	w.task.ResetCounts()
	for _, r := range records {
		if part := w.parts[r.Partition]; part == nil || !part.ready {
			// Revoked after the poll: the session would commit the record's offset.
			return w.abort(ctx, "a polled partition has gone")
		}
	}
	if err := w.applyAll(ctx); err != nil {
		err = fmt.Errorf("%w: %w", failure.ErrNotApplied, asFatal(err))
		w.status.Failed(err)
		w.metrics.transactions.WithLabelValues(w.spec.Name, "failed").Inc()
		if abortErr := w.abort(ctx, "a record could not be applied"); abortErr != nil {
			return errors.Join(err, abortErr)
		}
		return err
	}
	w.dropIdle(records)
	if len(records) == 0 && len(w.batch.tx.Contexts()) == 0 {
		return nil
	}
	return w.transact(ctx)
}

// recycle returns the decoded events to the stage.
func (w *worker) recycle() {
	recycler, ok := w.spec.Stage.(stage.Recycler)
	if !ok {
		return
	}
	for i := range w.batch.decoded {
		if d := &w.batch.decoded[i]; d.Err == nil && d.Event != nil {
			recycler.Recycle(d.Event)
		}
	}
}

// giveBack returns the memory of the input records to the client.
func (r *batch) giveBack() {
	for _, record := range r.records {
		record.Recycle()
	}
}

// inputs converts the polled records to the stage's Input.
func (w *worker) inputs(records []*kgo.Record) {
	w.batch.decoded = slices.Grow(w.batch.decoded[:0], len(records))[:len(records)]
	for i, r := range records {
		w.batch.decoded[i].In = w.batch.input(r)
	}
}

// decodeBlock is the number of records that are decoded at once before they are
// applied: few enough that the decoded events are still in the CPU cache.
const decodeBlock = 64

// decode parses records, beginning with index from, and returns the index after the
// last one. It decodes a block, or all records in parallel if there are more CPUs than
// workers.
func (w *worker) decode(from int) (to int) {
	records := w.batch.decoded
	spare := runtime.GOMAXPROCS(0) - int(w.budget.sessions)
	if spare < 1 || len(records) <= decodeBlock {
		to = min(from+decodeBlock, len(records))
		for i := from; i < to; i++ {
			w.task.Decode(&records[i])
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
					w.task.Decode(&records[i])
				}
			}
		})
	}
	group.Wait()
	return len(records)
}

// input converts a record to an Input, with its headers in the transaction's memory.
func (r *batch) input(record *kgo.Record) stage.Input {
	from := len(r.inHeaders)
	var value []byte
	r.inHeaders, value = kafka.AppendHeaders(&r.headerKeys, r.inHeaders, record)
	return stage.Input{
		Topic: record.Topic, Partition: record.Partition, Offset: record.Offset, Timestamp: record.Timestamp,
		Key: record.Key, Value: value, Headers: r.inHeaders[from:len(r.inHeaders):len(r.inHeaders)],
	}
}

// applyAll calls the stage for the records in order and for due timers, and then lets
// it report its watermark. The report comes last: downstream stages fire their own
// timers by it, so all outputs before that watermark must have been emitted.
func (w *worker) applyAll(ctx context.Context) error {
	parsed := 0
	for i := range w.batch.decoded {
		if i == parsed {
			parsed = w.decode(i)
		}
		d := &w.batch.decoded[i]
		part := w.parts[d.In.Partition]
		if d.In.Offset < part.applied {
			return fmt.Errorf("%w: %s/%d gave offset %d again, %d is next", failure.ErrRejoin, d.In.Topic, d.In.Partition, d.In.Offset, part.applied)
		}
		part.applied = d.In.Offset + 1
		part.next = max(part.next, part.applied)
		part.epoch = max(part.epoch, w.batch.records[i].LeaderEpoch)
		fact, err := w.task.Apply(w.context(part), d)
		if err != nil {
			return err
		}
		if fact {
			w.noteLatency(d)
		}
	}
	w.followWallClock(ctx)
	for _, p := range slices.Sorted(maps.Keys(w.parts)) {
		part := w.parts[p]
		if !part.ready {
			continue
		}
		c := w.context(part)
		reported, err := w.task.Finish(c, task.Ending{TimersMayBeDue: part.more, Applied: part.applied, Reported: part.reported})
		if err != nil {
			return err
		}
		part.reported, part.more, part.left = reported, c.TimersLeft(), c.TimersLeft()
	}
	return nil
}

// context returns the context of a partition in the transaction.
func (w *worker) context(part *owned) *task.Context {
	if c := w.batch.tx.Context(part.partition); c != nil {
		return c
	}
	return w.batch.tx.Begin(w.task, &task.Start{
		Partition: part.partition, State: part.state, Watermark: part.clock, Rebuild: part.rebuild, WallClock: w.deps.Now(),
	})
}

// dropIdle removes the partitions without anything to write. A watermark that advanced
// without effect stays in memory and is written by the partition's next transaction.
func (w *worker) dropIdle(records []*kgo.Record) {
	polled := map[int32]bool{}
	for _, r := range records {
		polled[r.Partition] = true
	}
	works := func(p int32, c *task.Context) bool {
		return polled[p] || len(c.Outputs()) > 0 || len(c.Writes()) > 0
	}
	some := false
	for p, c := range w.batch.tx.Contexts() {
		some = some || works(p, c)
	}
	for p, c := range w.batch.tx.Contexts() {
		// A partition that has only read markers is committed if another partition is.
		if works(p, c) || some && w.parts[p].next != w.parts[p].kept.Input.Offset {
			continue
		}
		w.parts[p].clock = c.WatermarkMillis()
		w.batch.tx.Drop(p)
	}
}

// abort aborts a transaction without outputs, so that the session rewinds to the
// committed offsets, and resyncs every partition with the broker.
func (w *worker) abort(ctx context.Context, why string) error {
	w.metrics.aborts.WithLabelValues(w.spec.Name).Inc()
	if err := w.session.Begin(); err != nil {
		return fmt.Errorf("%w: begin, to abort: %w", failure.ErrRejoin, err)
	}
	if _, err := w.traces.End(ctx, w.session, kgo.TryAbort, nil); err != nil {
		return fmt.Errorf("%w: abort: %w", failure.ErrRejoin, err)
	}
	return w.resync(ctx, why)
}
