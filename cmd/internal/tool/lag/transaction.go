package lag

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
)

// transactions returns, for each partition, the open transaction that began first: it
// determines the last stable offset. now is by the clock of the records, brokerNow by that of the
// brokers.
func transactions(ctx context.Context, admin *kadm.Client, held []place, now, brokerNow time.Time) (map[place]*Transaction, error) {
	set := kadm.TopicsSet{}
	for _, at := range held {
		set.Add(at.topic, at.partition)
	}
	described, err := admin.DescribeProducers(ctx, set)
	if err != nil {
		return nil, fmt.Errorf("ask who has transactions open: %w", err)
	}
	out := map[place]*Transaction{}
	var producers []int64
	for topic := range described {
		for p := range described[topic].Partitions {
			if t := first(described[topic].Partitions[p].ActiveProducers, now); t != nil {
				out[place{topic, p}] = t
				producers = append(producers, t.ProducerID)
			}
		}
	}
	if len(producers) == 0 {
		return out, nil
	}
	slices.Sort(producers)
	return out, name(ctx, admin, slices.Compact(producers), out, brokerNow)
}

// first returns the open transaction with the lowest start offset.
func first(producers kadm.DescribedProducers, now time.Time) *Transaction {
	var t *Transaction
	for _, p := range producers {
		if p.CurrentTxnStartOffset < 0 || t != nil && t.First <= p.CurrentTxnStartOffset {
			continue
		}
		t = &Transaction{
			ProducerID: p.ProducerID, Epoch: p.ProducerEpoch, First: p.CurrentTxnStartOffset,
			// A lower bound until the coordinator reports the begin: the age of its
			// last record.
			Open: Span(max(now.Sub(time.UnixMilli(p.LastTimestamp)), 0)),
		}
	}
	return t
}

// name asks the coordinators for the transactional ids of the producers.
func name(ctx context.Context, admin *kadm.Client, producers []int64, open map[place]*Transaction, now time.Time) error {
	listed, err := admin.ListTransactions(ctx, producers, nil)
	if err != nil {
		return fmt.Errorf("ask whose the open transactions are: %w", err)
	}
	ids := make([]string, 0, len(listed))
	for id := range listed {
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return nil
	}
	described, err := admin.DescribeTransactions(ctx, ids...)
	if err != nil {
		var shards *kadm.ShardErrors
		if !errors.As(err, &shards) || shards.AllFailed {
			return fmt.Errorf("describe the open transactions: %w", err)
		}
	}
	for _, t := range open {
		for _, d := range described {
			if d.ProducerID != t.ProducerID || d.Err != nil {
				continue
			}
			t.ID, t.State, t.Timeout = d.TxnID, d.State, Span(time.Duration(d.TimeoutMillis)*time.Millisecond)
			if d.StartTimestamp > 0 {
				t.Open = Span(max(now.Sub(time.UnixMilli(d.StartTimestamp)), 0))
			}
		}
		if t.ID == "" {
			for _, l := range listed {
				if l.ProducerID == t.ProducerID {
					t.ID, t.State = l.TxnID, l.State
				}
			}
		}
	}
	return nil
}
