package engine

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
	"github.com/tributary-hq/tributary/processor/engine/internal/failure"
	"github.com/tributary-hq/tributary/processor/engine/internal/store"
)

// transact commits outputs, changelog and input offsets in one Kafka transaction and
// then updates the write-back cache. The cache and the store only get changes whose
// commit was acknowledged.
func (w *worker) transact(ctx context.Context) error {
	// Stop does not cancel a transaction in flight; the broker's timeouts bound it.
	ctx, stop := w.untilKilled(w.traces.Transaction(ctx))
	defer stop()
	began := w.deps.Now()
	if err := w.write(ctx); err != nil {
		return err
	}
	if w.batch.acks.failed.Load() > 0 {
		// End would commit although a produce failed.
		return w.abortProduced(ctx)
	}
	if err := w.changelogWentBack(ctx); err != nil {
		return err
	}
	committed, err := w.traces.End(ctx, w.session, kgo.TryCommit, w.addOffsets)
	w.evidence.Ended(committed && err == nil)
	if err != nil {
		w.metrics.transactions.WithLabelValues(w.spec.Name, "unknown").Inc()
		return fmt.Errorf("%w: commit: %w", failure.ErrRejoin, err)
	}
	if !committed {
		w.metrics.transactions.WithLabelValues(w.spec.Name, "aborted").Inc()
		w.metrics.aborts.WithLabelValues(w.spec.Name).Inc()
		return w.resync(ctx, "the transaction was not committed")
	}
	w.failures = 0
	// Measured first: counts may refer to entries that keep changes.
	w.measure(began)
	return w.keep()
}

// write begins a transaction and produces its records. On return, every record is
// acknowledged or failed.
func (w *worker) write(ctx context.Context) error {
	if err := w.session.Begin(); err != nil {
		return fmt.Errorf("%w: begin a transaction: %w", failure.ErrRejoin, err)
	}
	if err := w.produce(ctx); err != nil {
		return err
	}
	if err := w.session.Flush(ctx); err != nil {
		return fmt.Errorf("%w: flush: %w", failure.ErrRejoin, err)
	}
	return nil
}

// untilKilled returns a context that outlives Stop's cancellation, so that the
// transaction can finish, and ends when Stop gives up waiting.
func (w *worker) untilKilled(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(w.killed, cancel)
	return ctx, func() {
		stop()
		cancel()
	}
}

// produce produces the outputs and the changelog. The client keeps pointers into the
// slice of records, so the slice is complete before the first produce and must not be
// reallocated.
func (w *worker) produce(ctx context.Context) error {
	out, headers := w.batch.out[:0], w.batch.outHeaders[:0]
	for _, p := range slices.Sorted(maps.Keys(w.batch.tx.Contexts())) {
		c := w.batch.tx.Context(p)
		if err := c.SetProgress(w.parts[p].kept, w.parts[p].position()); err != nil {
			return err
		}
		if err := c.SetHeader(w.parts[p].header, entry.Header(w.deps.Version)); err != nil {
			return err
		}
		wall := c.WallClock()
		outputs := c.Outputs()
		for i := range outputs {
			o := &outputs[i]
			record := kgo.Record{
				Topic: w.topics[o.Topic].Name, Partition: o.Partition, Key: o.Key, Value: o.Value, Timestamp: o.Timestamp,
			}
			from := len(headers)
			for _, h := range o.Headers {
				headers = append(headers, kgo.RecordHeader(h))
			}
			record.Headers = headers[from:len(headers):len(headers)]
			out = append(out, record)
		}
		for _, e := range c.Writes() {
			record := kgo.Record{Topic: w.changelog, Partition: p, Key: e.KeyBytes(), Timestamp: wall}
			if e.Payload != nil {
				record.Value = c.Encode(e)
			}
			out = append(out, record)
		}
	}
	w.batch.out, w.batch.outHeaders = out, headers
	promise := w.batch.acked
	for i := range out {
		w.session.Produce(ctx, &out[i], promise)
	}
	return nil
}

// acked is the promise of all produced records. kgo may call it concurrently.
func (r *batch) acked(record *kgo.Record, err error) {
	a := &r.acks
	if err != nil {
		a.failed.Add(1)
		a.mu.Lock()
		if a.err == nil {
			a.err = fmt.Errorf("produce to %s/%d: %w", record.Topic, record.Partition, err)
		}
		a.mu.Unlock()
		return
	}
	if record.Topic != r.changelog {
		return
	}
	a.mu.Lock()
	at, known := a.written[record.Partition]
	if !known {
		at.first = record.Offset
	}
	a.written[record.Partition] = written{first: min(at.first, record.Offset), next: max(at.next, record.Offset+1)}
	a.mu.Unlock()
}

// abortProduced aborts a transaction in which a produce failed.
func (w *worker) abortProduced(ctx context.Context) error {
	cause := w.batch.acks.err
	w.status.Failed(cause)
	w.metrics.transactions.WithLabelValues(w.spec.Name, "failed").Inc()
	w.metrics.aborts.WithLabelValues(w.spec.Name).Inc()
	if suppressed, ok := w.lines.Allow(cause.Error(), w.deps.Now()); ok {
		w.logger.WarnContext(ctx, "a record of the transaction was not written, aborting it", slog.String("error", cause.Error()), slog.Int("held_back", suppressed))
	}
	w.evidence.Ended(false)
	if _, err := w.traces.End(ctx, w.session, kgo.TryAbort, nil); err != nil {
		return fmt.Errorf("%w: abort after %w: %w", failure.ErrRejoin, cause, err)
	}
	if remade(cause) {
		return fmt.Errorf("%w: %w", failure.ErrRejoin, cause)
	}
	if err := w.waitAfterFailures(ctx); err != nil {
		return err
	}
	return w.resync(ctx, "a record was not written")
}

// addOffsets adds the input offsets of all partitions in the transaction to its commit,
// even if it has only timers, so that the group generation always fences it.
func (w *worker) addOffsets(req *kmsg.TxnOffsetCommitRequest) error {
	topic := -1
	for i := range req.Topics {
		if req.Topics[i].Topic == w.input {
			topic = i
		}
	}
	if topic < 0 {
		added := kmsg.NewTxnOffsetCommitRequestTopic()
		added.Topic = w.input
		req.Topics = append(req.Topics, added)
		topic = len(req.Topics) - 1
	}
	// The offsets must equal those of the progress entries in the same transaction. The
	// client's own list is replaced, because it also contains polled partitions that
	// are not part of this transaction.
	req.Topics[topic].Partitions = req.Topics[topic].Partitions[:0]
	for _, p := range slices.Sorted(maps.Keys(w.batch.tx.Contexts())) {
		at := w.parts[p].position()
		added := kmsg.NewTxnOffsetCommitRequestTopicPartition()
		added.Partition, added.Offset, added.LeaderEpoch = p, at.Offset, at.Epoch
		req.Topics[topic].Partitions = append(req.Topics[topic].Partitions, added)
	}
	w.evidence.Write(req)
	return nil
}

// keep moves the changes of a committed transaction to the write-back cache, updates
// the partitions' positions, and writes to the store if the cache is over its budget.
func (w *worker) keep() error {
	now := w.deps.Now().UnixMilli()
	for p, c := range w.batch.tx.Contexts() {
		part := w.parts[p]
		part.clock = c.WatermarkMillis()
		part.kept = entry.Progress{Watermark: part.clock, Known: true, Input: part.position()}
		writes := c.Writes()
		if len(writes) > 0 {
			part.header = entry.Header(w.deps.Version)
		}
		before := part.pos
		if at, ok := w.batch.acks.written[p]; ok {
			part.pos.Offset = at.next
		}
		part.pos.AtEnd = now
		part.pos.Input = part.next
		part.state.Cache.Begin(before, now)
		for _, e := range writes {
			part.state.Cache.Put(e.Ref, e.KeyBytes(), e.Payload, e.Deadline, e.Before)
		}
	}
	return w.makeRoom()
}

// resync sets every partition's position after a transaction that was not committed,
// from the broker's answers and not from the client's cache. It replays the tail of the
// changelog. If the broker's committed offsets differ from those that the client
// rewound to, the session ends.
func (w *worker) resync(ctx context.Context, why string) error {
	states := map[int32]*store.Partition{}
	for p, part := range w.parts {
		if part.ready {
			states[p] = part.state
		}
	}
	if err := w.recovery.Check(ctx, w.evidence.ProducerID()); err != nil {
		return fmt.Errorf("%w: %w", failure.ErrRejoin, err)
	}
	w.logger.InfoContext(ctx, "transaction not committed, comparing with the broker", slog.String("reason", why), slog.Int("partitions", len(states)))
	if len(states) == 0 {
		return nil
	}
	// The replay writes to the store directly, so the cache must be empty.
	if err := w.writeBack(); err != nil {
		return err
	}
	for _, state := range states {
		state.Cache.Clear()
	}
	found, err := w.restore(ctx, states)
	if err != nil {
		return fmt.Errorf("%w: %w", failure.ErrRejoin, err)
	}
	// kgo caches offset 0 for a partition without a committed offset.
	cached := w.session.CommittedOffsets()[w.input]
	for p, r := range found {
		if at, ok := cached[p]; ok && r.Committed >= 0 && at.Offset >= 0 && at.Offset != r.Committed {
			return fmt.Errorf("%w: partition %d stands at %d for the client and at %d for the broker", failure.ErrRejoin, p, at.Offset, r.Committed)
		}
		if r.Move != nil {
			// The new session moves the group's offset before it reads on.
			return fmt.Errorf("%w: partition %d: %s", failure.ErrRejoin, p, r.Move)
		}
		part := w.parts[p]
		rebuild, err := entry.ReadRebuild(part.state)
		if err != nil {
			return err
		}
		part.take(r, rebuild)
		part.reported = 0
	}
	return nil
}
