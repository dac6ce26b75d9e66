package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine/internal/assignor"
	"github.com/tributary-hq/tributary/processor/engine/internal/failure"
	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
	"github.com/tributary-hq/tributary/processor/engine/internal/pace"
)

// join joins the group as a new session.
func (w *worker) join(ctx context.Context) error {
	var err error
	w.session, w.admin, err = w.deps.cluster.Join(ctx, w.member())
	if errors.Is(err, kafka.ErrSettings) {
		return failure.Fatal(fmt.Errorf("stage %s: %w", w.spec.Name, err))
	}
	if err != nil {
		return fmt.Errorf("%w: %w", failure.ErrRejoin, err)
	}
	w.recovery.Attach(w.admin)
	w.restorer.Attach(w.admin)
	w.standby.OnRejoin(w.index, w.session.ForceRebalance)
	return nil
}

// member returns the worker's description as a member of its group. The callbacks only
// post events.
func (w *worker) member() *kafka.Member {
	return &kafka.Member{
		Group: w.group, Topic: w.input, ID: w.transactionalID,
		Balancer: &assignor.Balancer{
			Namespace: w.deps.Namespace,
			Topic:     w.input, Instance: w.instance, Standbys: w.config.Standby, Replicas: w.standby.Replicas, Keep: w.standby.Keep,
		},
		SessionTimeout: w.config.SessionTimeout, TransactionTimeout: w.config.TransactionTimeout,
		Compression: w.config.Compression, FetchMaxBytes: w.config.FetchMaxBytes,
		// An idle watermark checks whether the topic is read to its end, and the last
		// record of a topic may be a marker.
		KeepControlRecords: w.spec.WallClock,
		Assigned:           w.onAssigned, Revoked: w.onRevoked, Saw: w.sawAssignment, Lost: w.onLost,
	}
}

// onAssigned runs before the first fetch of new partitions. It pauses them until their
// state is restored. Pause and event are one step for resume: see there.
func (w *worker) onAssigned(client kafka.Pauser, partitions []int32) {
	if len(partitions) == 0 {
		w.post(event{joined: true})
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	client.PauseFetchPartitions(map[string][]int32{w.input: partitions})
	w.events = append(w.events, event{assigned: partitions})
}

// onRevoked runs when partitions are revoked. The session itself aborts the transaction
// in flight. kgo keeps a partition paused beyond its revocation, so it is resumed here.
// A second revocation before the session's next End does not call this: see reconcile.
func (w *worker) onRevoked(client kafka.Pauser, partitions []int32) {
	if len(partitions) == 0 {
		return
	}
	client.ResumeFetchPartitions(map[string][]int32{w.input: partitions})
	w.post(event{gone: partitions})
}

// onLost runs when the group has removed the worker: it owns nothing any more and
// starts a new session. If another process joined with the same instance id, the worker
// ends instead, because the two would fence each other forever: the older one gives
// way.
func (w *worker) onLost(why error) {
	if errors.Is(why, kerr.FencedInstanceID) {
		w.post(event{err: w.taken(why)})
		return
	}
	w.post(event{err: fmt.Errorf("%w: the group has lost this worker: %w", failure.ErrRejoin, why)})
}

// taken returns the fatal error for an instance id that another process uses.
func (w *worker) taken(err error) error {
	return failure.Fatal(fmt.Errorf("%w: another process has joined group %s as %s: give each process its own instance_id: %w",
		ErrInstanceTaken, w.group, w.transactionalID, err))
}

// fenced handles errors which mean that the transactional id has a new owner. It waits
// for the group to report whether another process uses the same instance id. If not, a
// successor only fenced an open transaction, and the worker rejoins.
func (w *worker) fenced(ctx context.Context, err error) error {
	// InvalidTxnState is the answer to a commit whose transaction was just ended by
	// another owner.
	if !errors.Is(err, kerr.ProducerFenced) && !errors.Is(err, kerr.InvalidProducerEpoch) && !errors.Is(err, kerr.InvalidTxnState) {
		return err
	}
	for until := w.deps.Now().Add(3 * w.member().Heartbeat()); w.deps.Now().Before(until); {
		w.mu.Lock()
		for i := range w.events {
			if errors.Is(w.events[i].err, ErrInstanceTaken) {
				err = w.events[i].err
				w.mu.Unlock()
				return err
			}
		}
		w.mu.Unlock()
		if w.deps.scheduler.Sleep(ctx, 20*time.Millisecond) != nil {
			break
		}
	}
	return err
}

// sawAssignment records the worker's complete assignment.
func (w *worker) sawAssignment(assigned []int32) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.assigned = map[int32]bool{}
	for _, p := range assigned {
		w.assigned[p] = true
	}
}

// collect polls the records of a transaction until its pace says that they are enough or
// MaxRoundRecords are there.
func (w *worker) collect(ctx context.Context) ([]*kgo.Record, error) {
	w.pace.Start(w.deps.Now(), !w.paused && w.deadlinesWait())
	records := w.batch.records[:0]
	for len(records) < w.config.MaxRoundRecords {
		left := w.pace.Left(w.deps.Now(), len(records) > 0 && w.atEnd())
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
		fetches.EachPartition(func(f kgo.FetchTopicPartition) {
			if part := w.parts[f.Partition]; part != nil {
				part.stable = max(part.stable, f.LastStableOffset)
			}
		})
		before := len(records)
		fetches.EachRecord(func(r *kgo.Record) {
			part := w.parts[r.Partition]
			if part != nil {
				w.noteGap(ctx, part, r, fetches)
				part.polled = r.Offset + 1
			}
			if !r.Attrs.IsControl() {
				records = append(records, r)
			} else if part != nil {
				part.next, part.epoch = max(part.next, r.Offset+1), max(part.epoch, r.LeaderEpoch)
				r.Recycle()
			}
		})
		if len(records) == before && kafka.Failing(fetches) && w.deps.scheduler.Sleep(ctx, min(left, failingPoll)) != nil {
			break
		}
	}
	w.pace.Collected(w.deps.Now())
	w.batch.records = records
	return records, nil //nolint:nilerr // a stop does not fail the poll
}

// atEnd reports whether the input is read to its end, as far as that is known.
func (w *worker) atEnd() (known bool) {
	for _, part := range w.parts {
		if part.stable > 0 && !pace.AtEnd(part.polled, part.stable) {
			return false
		}
		known = known || part.stable > 0
	}
	return known
}

// failingPoll is the pause after a poll of errors alone, which kgo would return again at once.
const failingPoll = 50 * time.Millisecond

// fetchErrors logs and counts the errors of a poll. No record is lost, because the
// position does not move.
func (w *worker) fetchErrors(fetches kgo.Fetches) error {
	for _, fe := range fetches.Errors() {
		var dataLoss *kgo.ErrDataLoss
		switch {
		case errors.Is(fe.Err, context.DeadlineExceeded), errors.Is(fe.Err, context.Canceled):
			continue
		case errors.Is(fe.Err, kgo.ErrClientClosed):
			return failure.ErrRejoin
		case errors.Is(fe.Err, kerr.FencedInstanceID):
			return w.taken(fe.Err)
		case errors.As(fe.Err, &dataLoss):
			w.metrics.fetchErrors.WithLabelValues(w.spec.Name).Inc()
			// A restore compares the state's input position with the log and reports
			// lost records. If a restore is running, the client may get the error
			// before it ends; otherwise a new session starts one.
			if part := w.parts[fe.Partition]; part != nil && !part.ready {
				part.lost = fe.Err
				continue
			}
			return fmt.Errorf("%w: %w", failure.ErrRejoin, fe.Err)
		case remade(fe.Err):
			w.metrics.fetchErrors.WithLabelValues(w.spec.Name).Inc()
			return fmt.Errorf("%w: read %s/%d: %w", failure.ErrRejoin, fe.Topic, fe.Partition, fe.Err)
		}
		w.metrics.fetchErrors.WithLabelValues(w.spec.Name).Inc()
		if fe.Topic == "" {
			// An error without a topic concerns the whole session.
			fe.Err = fmt.Errorf("%w: %w", failure.ErrGroup, fe.Err)
		}
		w.status.Failed(fe.Err)
		if suppressed, ok := w.lines.Allow(fmt.Sprintf("%s/%d: %v", fe.Topic, fe.Partition, fe.Err), w.deps.Now()); ok {
			w.logger.Warn("cannot read input", slog.String("topic", fe.Topic), slog.Int("partition", int(fe.Partition)),
				slog.String("error", fe.Err.Error()), slog.Bool("retriable", kerr.IsRetriable(fe.Err)), slog.Int("held_back", suppressed))
		}
	}
	return nil
}
