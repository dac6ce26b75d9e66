package failpoint

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
)

// brokenSession is a session with a mutation. The goroutine of its worker uses it; only
// admin, producer and aborted are also used by restores.
type brokenSession struct {
	kafka.Session

	mutation Mutation
	input    string
	admin    *brokenAdmin
	mu       sync.Mutex // guards admin.partitions
	producer atomic.Int64
	// aborted is true after a transaction that was not committed.
	aborted atomic.Bool
	// read are the offsets after the records polled for the current transaction.
	read map[int32]int64
	// deferred are the offsets of a commit that the engine believes to be done.
	deferred []kmsg.TxnOffsetCommitRequestTopic
	// kept is true if an aborted transaction was reported as committed.
	kept bool
}

// ProducerID implements kafka.Session.
func (s *brokenSession) ProducerID(ctx context.Context) (int64, int16, error) {
	id, epoch, err := s.Session.ProducerID(ctx)
	if err == nil {
		s.producer.Store(id)
	}
	return id, epoch, err //nolint:wrapcheck // a wrapper
}

// PollRecords implements kafka.Session.
func (s *brokenSession) PollRecords(ctx context.Context, n int) kgo.Fetches {
	if err := s.commitDeferred(ctx); err != nil {
		return kgo.NewErrFetch(fmt.Errorf("%w: %w", kgo.ErrClientClosed, err))
	}
	if s.kept {
		return kgo.NewErrFetch(kgo.ErrClientClosed) // the engine compares its state in a new session
	}
	fetches := s.Session.PollRecords(ctx, n)
	fetches.EachRecord(func(r *kgo.Record) {
		if !r.Attrs.IsControl() {
			s.read[r.Partition] = r.Offset + 1
		}
	})
	if s.mutation == OneClient {
		for i := range fetches {
			for j := range fetches[i].Topics {
				for k := range fetches[i].Topics[j].Partitions {
					p := &fetches[i].Topics[j].Partitions[k]
					p.Err = hideRecreated(p.Err)
				}
			}
		}
	}
	return fetches
}

// hideRecreated replaces an error from which the engine would conclude that a topic was
// recreated.
func hideRecreated(err error) error {
	if errors.Is(err, kerr.UnknownTopicID) || errors.Is(err, kerr.UnknownTopicOrPartition) || errors.Is(err, kerr.InconsistentTopicID) {
		return errors.New(err.Error())
	}
	return err
}

// Begin implements kafka.Session.
func (s *brokenSession) Begin() error {
	ctx := context.Background()
	if err := s.commitDeferred(ctx); err != nil {
		return err
	}
	if s.mutation == OffsetsFirst && len(s.read) > 0 {
		if err := s.Session.Begin(); err != nil {
			return err //nolint:wrapcheck // a wrapper
		}
		if _, err := s.Session.End(ctx, kgo.TryCommit, s.commitRead); err != nil {
			return err //nolint:wrapcheck // a wrapper
		}
	}
	return s.Session.Begin() //nolint:wrapcheck // a wrapper
}

// commitRead makes a request commit the offsets after the polled records.
func (s *brokenSession) commitRead(req *kmsg.TxnOffsetCommitRequest) error {
	topic := kmsg.NewTxnOffsetCommitRequestTopic()
	topic.Topic = s.input
	for p, at := range s.read {
		partition := kmsg.NewTxnOffsetCommitRequestTopicPartition()
		partition.Partition, partition.Offset = p, at
		topic.Partitions = append(topic.Partitions, partition)
	}
	slices.SortFunc(topic.Partitions, func(a, b kmsg.TxnOffsetCommitRequestTopicPartition) int { return int(a.Partition - b.Partition) })
	req.Topics = []kmsg.TxnOffsetCommitRequestTopic{topic}
	return nil
}

// Produce implements kafka.Session.
func (s *brokenSession) Produce(ctx context.Context, r *kgo.Record, promise func(*kgo.Record, error)) {
	s.Session.Produce(ctx, r, func(r *kgo.Record, err error) {
		switch {
		case err == nil, s.mutation != IgnoreFailedProduce && s.mutation != OneClient:
			promise(r, err)
		case s.mutation == OneClient:
			promise(r, hideRecreated(err))
		}
	})
}

// End implements kafka.Session.
func (s *brokenSession) End(ctx context.Context, commit kgo.TransactionEndTry, offsets func(*kmsg.TxnOffsetCommitRequest) error) (bool, error) {
	defer clear(s.read)
	if commit == kgo.TryAbort {
		s.aborted.Store(true)
		return s.Session.End(ctx, commit, offsets) //nolint:wrapcheck // a wrapper
	}
	switch {
	case s.mutation == StoreFirst:
		return s.deferCommit(ctx, offsets)
	case s.mutation == TimersUnfenced && len(s.read) == 0:
		offsets = func(*kmsg.TxnOffsetCommitRequest) error { return nil }
	case s.mutation == NoGeneration:
		all := offsets
		offsets = func(req *kmsg.TxnOffsetCommitRequest) error {
			req.Generation, req.MemberID, req.InstanceID = -1, "", nil
			return all(req)
		}
	}
	committed, err := s.Session.End(ctx, commit, offsets)
	switch {
	case s.mutation == UnknownIsCommitted && err != nil:
		return true, nil
	case s.mutation == KeepAborted && err == nil && !committed:
		s.kept = true
		return true, nil
	}
	s.aborted.Store(!committed)
	return committed, err //nolint:wrapcheck // a wrapper
}

// deferCommit reports a commit that is not done yet, so that the engine writes its changes
// to the store.
func (s *brokenSession) deferCommit(ctx context.Context, offsets func(*kmsg.TxnOffsetCommitRequest) error) (bool, error) {
	var req kmsg.TxnOffsetCommitRequest
	id, epoch, err := s.Session.ProducerID(ctx)
	if err != nil {
		return false, err //nolint:wrapcheck // a wrapper
	}
	req.ProducerID, req.ProducerEpoch = id, epoch
	if err := offsets(&req); err != nil {
		return false, err
	}
	s.deferred = req.Topics
	return true, nil
}

// commitDeferred does the deferred commit.
func (s *brokenSession) commitDeferred(ctx context.Context) error {
	topics := s.deferred
	if topics == nil {
		return nil
	}
	s.deferred = nil
	committed, err := s.Session.End(ctx, kgo.TryCommit, func(req *kmsg.TxnOffsetCommitRequest) error {
		req.Topics = topics
		return nil
	})
	if err == nil && !committed {
		err = errors.New("a deferred commit was refused")
	}
	return err
}
