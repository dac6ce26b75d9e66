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
	s.moveOn(try && err == nil)
	s.world.Logf("%-10s ends its transaction: committed %v, error %v", s.short, try && err == nil && commitErr == nil, errors.Join(err, commitErr))
	if err == nil {
		err = commitErr
	}
	return try && err == nil, err
}

// moveOn sets the client's positions to those that it believes the transaction has committed.
func (s *Session) moveOn(committed bool) {
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
