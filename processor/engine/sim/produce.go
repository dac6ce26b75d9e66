package sim

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
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

// abortable are the answers to an offset commit after which a client aborts; all
// others it reports.
func abortable(err error) bool {
	return slices.ContainsFunc([]error{
		kerr.IllegalGeneration, kerr.UnknownMemberID, kerr.RebalanceInProgress, kerr.CoordinatorNotAvailable, kerr.CoordinatorLoadInProgress,
		kerr.NotCoordinator, kerr.ConcurrentTransactions, kerr.UnknownServerError, kerr.TransactionAbortable,
	}, func(e error) bool { return errors.Is(err, e) })
}

// End ends the transaction as kgo's session does: it commits only if nothing was
// revoked, the offsets were taken, and the group still knows the client.
func (s *Session) End(ctx context.Context, commit kgo.TransactionEndTry, offsets func(*kmsg.TxnOffsetCommitRequest) error) (bool, error) {
	defer func() { s.revoked, s.lost = false, false }()
	if commit {
		if err := s.Flush(ctx); err != nil {
			return false, err
		}
	} else {
		for _, b := range s.buffered {
			b.promise(b.record, kgo.ErrAborting)
		}
		s.buffered = nil
	}
	try := bool(commit) && !s.revoked && !s.lost
	s.sent = nil
	var commitErr error
	if try {
		try, commitErr = s.endOffsets(ctx, offsets, len(s.uncommitted()) > 0)
	}
	s.locked = true
	defer func() { s.locked = false }()
	try = try && !s.revoked && !s.lost
	err := s.endTxn(ctx, try)
	switch {
	case errors.Is(err, kerr.OperationNotAttempted), errors.Is(err, kerr.TransactionAbortable), errors.Is(err, kerr.UnknownServerError):
		try = false
		err = s.endTxn(ctx, false)
	}
	s.settle(try && err == nil)
	s.world.Logf("%-10s ends its transaction: committed %v, error %v", s.short, try && err == nil && commitErr == nil, errors.Join(err, commitErr))
	if err == nil {
		err = commitErr
	}
	return try && err == nil, err
}

// settle takes the client to where it believes the transaction has left it.
func (s *Session) settle(committed bool) {
	for p := range s.owned {
		if _, known := s.committed[p]; !known {
			continue
		}
		if committed {
			if at, ok := s.sent[p]; ok {
				s.committed[p] = at.offset
			}
			continue
		}
		s.position[p], s.head[p] = s.committed[p], s.committed[p]
	}
}

// uncommitted are the offsets that were polled and not yet committed.
func (s *Session) uncommitted() map[int32]int64 {
	out := map[int32]int64{}
	for p, head := range s.head {
		if head != s.committed[p] {
			out[p] = head
		}
	}
	return out
}

// endOffsets commits the offsets in the transaction and makes sure of the group.
func (s *Session) endOffsets(ctx context.Context, add func(*kmsg.TxnOffsetCommitRequest) error, polled bool) (ok bool, err error) {
	req := kmsg.NewPtrTxnOffsetCommitRequest()
	req.Generation, req.MemberID, req.InstanceID = s.generation, s.member, &s.id
	req.ProducerID, req.ProducerEpoch = s.pid, s.epoch
	heads := s.uncommitted()
	if len(heads) > 0 {
		topic := kmsg.NewTxnOffsetCommitRequestTopic()
		topic.Topic = s.input
		for _, p := range slices.Sorted(maps.Keys(heads)) {
			part := kmsg.NewTxnOffsetCommitRequestTopicPartition()
			part.Partition, part.Offset = p, heads[p]
			topic.Partitions = append(topic.Partitions, part)
		}
		req.Topics = append(req.Topics, topic)
	}
	if add != nil {
		if err := add(req); err != nil {
			return false, err
		}
	}
	wanted := map[int32]waiting{}
	for _, t := range req.Topics {
		for _, p := range t.Partitions {
			at := waiting{offset: p.Offset, leader: p.LeaderEpoch}
			if p.Metadata != nil {
				at.note = *p.Metadata
			}
			wanted[p.Partition] = at
		}
	}
	s.sent = wanted
	if len(wanted) == 0 {
		return true, nil
	}
	if s.pidErr != nil {
		return false, s.pidErr
	}
	if err := s.loadProducer(ctx); err != nil {
		return false, err
	}
	s.added, s.written = true, true
	instance := ""
	if req.InstanceID != nil {
		instance = *req.InstanceID
	}
	err = s.call(ctx, "TxnOffsetCommit", func() error {
		return s.cluster.commitOffsets(s.pid, s.epoch, req.Generation, req.MemberID, instance, wanted)
	})
	switch {
	case err != nil && abortable(err):
		return false, nil
	case err != nil:
		return false, err
	case !polled:
		return true, nil
	}
	return s.heartbeat(ctx), nil
}

// heartbeat says whether the group still knows the client. A rebalance that has only
// begun is no reason to abort: the offsets are kept stable.
func (s *Session) heartbeat(ctx context.Context) bool {
	generation, member := s.generation, s.member
	err := s.call(ctx, "Heartbeat", func() error { return s.cluster.group.check(generation, member, s.id) })
	return err == nil || errors.Is(err, kerr.RebalanceInProgress)
}

// endTxn sends the end of a transaction.
func (s *Session) endTxn(ctx context.Context, commit bool) error {
	if !s.inTxn {
		return nil
	}
	unconfirmed := s.unconfirmed
	s.inTxn, s.unconfirmed = false, false
	if !s.added {
		return nil
	}
	if !s.written {
		commit = false // there is nothing to commit, but maybe a transaction to end
	}
	if err := s.loadProducer(ctx); err != nil {
		if commit {
			s.inTxn, s.unconfirmed = true, unconfirmed
			return kerr.OperationNotAttempted
		}
		if s.pidErr != nil && s.recoverable(s.pidErr) {
			s.pidErr, s.reload = nil, true
			return nil
		}
	}
	if unconfirmed {
		return nil // the epoch that was just asked for has ended it
	}
	var next int16
	err := s.call(ctx, "EndTxn", func() (err error) {
		next, err = s.cluster.endTxn(s.pid, s.epoch, commit)
		return err
	})
	if err == nil {
		s.epoch = next
		return nil
	}
	if !errors.Is(err, errCut) && !kerr.IsRetriable(err) && !errors.Is(err, kerr.UnknownServerError) {
		s.failProducer(err)
	} else {
		s.reload = true
	}
	s.inTxn, s.unconfirmed = true, true
	return err
}
