package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// open makes the group transact session; making it connects.
func (w *worker) open() error {
	compression, _ := codec(w.config.Compression)
	session, err := kgo.NewGroupTransactSession(append(append([]kgo.Opt{}, w.deps.Kafka...),
		kgo.ConsumerGroup(w.group),
		kgo.ConsumeTopics(w.input),
		// Since 1.22 kgo begins at the end; a stage begins where the topic does.
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.Balancers(kgo.CooperativeStickyBalancer()),
		// Static: a restart within the session timeout moves no partition.
		kgo.InstanceID(w.transactionalID),
		kgo.SessionTimeout(w.config.SessionTimeout),
		kgo.HeartbeatInterval(max(w.config.SessionTimeout/10, 100*time.Millisecond)),
		kgo.TransactionalID(w.transactionalID),
		kgo.TransactionTimeout(w.config.TransactionTimeout),
		kgo.ProducerBatchCompression(compression),
		// The engine knows the partition of every record: that of the changelog is
		// the input's, and a clock goes to all.
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
		// A dead letter must carry the largest raw record; topics take 2 MiB.
		kgo.ProducerBatchMaxBytes(2<<20),
		// A round is flushed at once; the linger lets its batches fill.
		kgo.ProducerLinger(5*time.Millisecond),
		// A round is bounded by its records; it must never wait for room.
		kgo.MaxBufferedRecords(1<<20),
		// kgo's default holds 50 MB a client, several times that decompressed.
		kgo.FetchMaxBytes(w.config.FetchMaxBytes),
		kgo.FetchMaxPartitionBytes(w.config.FetchMaxBytes),
		kgo.OnPartitionsAssigned(w.onAssigned),
		kgo.OnPartitionsRevoked(w.onGone),
		kgo.OnPartitionsLost(w.onGone),
	)...)
	if err != nil {
		return &fatalError{fmt.Errorf("stage %s: make the Kafka session: %w", w.spec.Name, err)}
	}
	w.session = session
	w.admin = kadm.NewClient(session.Client())
	return nil
}

// onAssigned runs before the first fetch of new partitions: they are paused until
// their state is restored.
func (w *worker) onAssigned(_ context.Context, client *kgo.Client, assigned map[string][]int32) {
	partitions := assigned[w.input]
	if len(partitions) == 0 {
		return
	}
	client.PauseFetchPartitions(map[string][]int32{w.input: partitions})
	w.post(event{assigned: partitions})
}

// onGone runs when partitions are revoked or lost. The session aborts the round in
// flight by itself. kgo keeps a pause beyond a revocation, so it is lifted here.
func (w *worker) onGone(_ context.Context, client *kgo.Client, gone map[string][]int32) {
	partitions := gone[w.input]
	if len(partitions) == 0 {
		return
	}
	client.ResumeFetchPartitions(map[string][]int32{w.input: partitions})
	w.post(event{gone: partitions})
}

// collect polls for a round: until the commit interval is over or enough records
// are there. It returns early, with nothing, when nothing comes.
func (w *worker) collect(ctx context.Context) ([]*kgo.Record, error) {
	until := w.lastRound.Add(w.config.CommitInterval)
	if now := w.deps.Now(); until.Before(now) {
		until = now.Add(w.config.CommitInterval)
	}
	records := w.round.records[:0]
	for len(records) < w.config.MaxRoundRecords {
		left := until.Sub(w.deps.Now())
		if left <= 0 {
			break
		}
		pollCtx, cancel := context.WithTimeout(ctx, left)
		fetches := w.session.PollRecords(pollCtx, w.config.MaxRoundRecords-len(records))
		cancel()
		if ctx.Err() != nil {
			break
		}
		if err := w.fetchErrors(fetches); err != nil {
			return nil, err
		}
		fetches.EachRecord(func(r *kgo.Record) { records = append(records, r) })
	}
	w.lastRound = w.deps.Now()
	w.round.records = records
	return records, nil //nolint:nilerr // a stop is no failure of the poll
}

// fetchErrors shows what a poll could not read. Nothing is lost by it: the offsets
// stand where they are.
func (w *worker) fetchErrors(fetches kgo.Fetches) error {
	for _, fe := range fetches.Errors() {
		var dataLoss *kgo.ErrDataLoss
		switch {
		case errors.Is(fe.Err, context.DeadlineExceeded), errors.Is(fe.Err, context.Canceled):
			continue
		case errors.Is(fe.Err, kgo.ErrClientClosed):
			return errRejoin
		case errors.As(fe.Err, &dataLoss):
			w.metrics.fetchErrors.WithLabelValues(w.spec.Name).Inc()
			w.logger.Error("input records are gone from the broker before they were read: check retention",
				slog.String("topic", fe.Topic), slog.Int("partition", int(fe.Partition)), slog.String("error", fe.Err.Error()))
			continue
		}
		w.metrics.fetchErrors.WithLabelValues(w.spec.Name).Inc()
		w.setError(fe.Err)
		w.logger.Warn("cannot read input", slog.String("topic", fe.Topic), slog.Int("partition", int(fe.Partition)),
			slog.String("error", fe.Err.Error()), slog.Bool("retriable", kerr.IsRetriable(fe.Err)))
	}
	return nil
}
