package sim

import (
	"context"
	"errors"
	"slices"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

var (
	errInTxn    = errors.New("already in a transaction")
	errNotInTxn = errors.New("not in a transaction")
)

// Begin begins a transaction; the broker hears of it with the first request in it.
func (s *Session) Begin() error {
	if s.inTxn {
		return errInTxn
	}
	if s.pidErr != nil {
		if !s.recoverable(s.pidErr) {
			return s.pidErr
		}
		s.pidErr, s.reload = nil, true
	}
	s.inTxn, s.added, s.written = true, false, false
	return nil
}

// recoverable says whether a client may ask for its producer id again.
func (s *Session) recoverable(err error) bool {
	if errors.Is(err, kerr.UnknownProducerID) || errors.Is(err, kerr.TransactionAbortable) {
		return true
	}
	return !s.cluster.Epochs && (errors.Is(err, kerr.InvalidProducerEpoch) || errors.Is(err, kerr.InvalidProducerIDMapping))
}

// Produce buffers a record; Flush sends it.
func (s *Session) Produce(_ context.Context, r *kgo.Record, promise func(*kgo.Record, error)) {
	if !s.inTxn {
		promise(r, errNotInTxn)
		return
	}
	s.buffered = append(s.buffered, buffered{r, promise})
}

// Flush sends the buffered records: a batch per partition, sometimes two, in any order.
func (s *Session) Flush(ctx context.Context) error {
	batches := map[tp][]buffered{}
	var order []tp
	for _, b := range s.buffered {
		at := tp{b.record.Topic, b.record.Partition}
		if batches[at] == nil {
			order = append(order, at)
		}
		batches[at] = append(batches[at], b)
	}
	s.buffered = nil
	s.world.rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	for _, at := range order {
		batch := batches[at]
		if cut := 1 + s.world.Chance(3*len(batch)); cut < len(batch) {
			s.sendBatch(ctx, at, batch[:cut])
			batch = batch[cut:]
		}
		s.sendBatch(ctx, at, batch)
	}
	return ctx.Err()
}

func (s *Session) sendBatch(ctx context.Context, at tp, batch []buffered) {
	base, err := s.send(ctx, at, batch)
	for i, b := range batch {
		b.record.Offset = base + int64(i)
		b.promise(b.record, err)
	}
}

func (s *Session) send(ctx context.Context, at tp, batch []buffered) (base int64, err error) {
	if s.pidErr != nil {
		return 0, s.pidErr
	}
	if err := s.loadProducer(ctx); err != nil {
		return 0, err
	}
	if s.ids[at.topic] != s.cluster.topics[at.topic].ID {
		return 0, kerr.UnknownTopicID // the client knows a topic that is no more
	}
	records := make([]Rec, len(batch))
	for i, b := range batch {
		r := b.record
		records[i] = Rec{Key: slices.Clone(r.Key), Value: slices.Clone(r.Value), Headers: cloneHeaders(r.Headers), Timestamp: r.Timestamp.UnixMilli()}
	}
	if err := s.addPartition(ctx, at); err != nil {
		return 0, err
	}
	s.batches++
	id := s.batches<<16 | int64(s.epoch)
	err = s.call(ctx, "Produce", func() error {
		var err error
		base, err = s.cluster.produce(s.pid, s.epoch, at, id, records)
		return err
	})
	switch {
	case err == nil:
		s.written = true
		s.world.Logf("%-10s writes %s/%d at %d, %d records", s.short, at.topic, at.partition, base, len(batch))
	case errors.Is(err, kerr.InvalidProducerEpoch), errors.Is(err, kerr.ProducerFenced), errors.Is(err, kerr.InvalidProducerIDMapping),
		errors.Is(err, kerr.OutOfOrderSequenceNumber), errors.Is(err, kerr.InvalidTxnState), errors.Is(err, kerr.TransactionAbortable):
		s.failProducer(err)
	case errors.Is(err, errCut):
		// Nobody knows whether it was written; the broker is asked to begin anew.
		s.failProducer(kerr.UnknownProducerID)
	}
	return base, err
}

// addPartition makes a partition part of the transaction. Brokers of today do it
// with the first batch.
func (s *Session) addPartition(ctx context.Context, at tp) error {
	if s.cluster.Epochs {
		s.added = true
		return nil
	}
	err := s.call(ctx, "AddPartitionsToTxn", func() error { return s.cluster.addPartition(s.pid, s.epoch, at) })
	switch {
	case err == nil:
		s.added = true
	case errors.Is(err, errCut) || errors.Is(err, kerr.ConcurrentTransactions) || kerr.IsRetriable(err):
		s.failProducer(kerr.UnknownProducerID)
	default:
		s.failProducer(err)
	}
	return err
}

func cloneHeaders(headers []kgo.RecordHeader) []kgo.RecordHeader {
	out := make([]kgo.RecordHeader, len(headers))
	for i, h := range headers {
		out[i] = kgo.RecordHeader{Key: h.Key, Value: slices.Clone(h.Value)}
	}
	return out
}

// heartbeat says whether the group still knows the client. A rebalance that has only
// begun is no reason to abort: the offsets are kept stable.
func (s *Session) heartbeat(ctx context.Context) bool {
	generation, member := s.generation, s.member
	err := s.call(ctx, "Heartbeat", func() error { return s.cluster.group.check(generation, member, s.id) })
	return err == nil || errors.Is(err, kerr.RebalanceInProgress)
}
