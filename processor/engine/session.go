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

// metadataMinAge is how soon a client may look at the cluster again: what a retry of a
// produce waits for, and the way to a new leader.
const metadataMinAge = 100 * time.Millisecond

// kgoCluster makes connections with the real client.
type kgoCluster struct{ fetched *fetchMemory }

// join implements cluster; making the session connects.
func (c kgoCluster) join(ctx context.Context, w *worker) (session, admin, error) {
	alive, end := context.WithCancel(context.WithoutCancel(ctx))
	opts := append(append([]kgo.Opt{}, w.deps.Kafka...),
		kgo.ConsumerGroup(w.group),
		kgo.ConsumeTopics(w.input),
		// Since 1.22 kgo begins at the end; a stage begins where the topic does.
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.Balancers(watchedBalancer{GroupBalancer: w.balancer(), saw: func(assigned map[string][]int32) { w.sawAssignment(assigned[w.input]) }}),
		// Static: a restart within the session timeout moves no partition.
		kgo.InstanceID(w.transactionalID),
		kgo.SessionTimeout(w.config.SessionTimeout),
		// How long a rebalance waits for a member that heartbeats and does not join, or
		// for a leader that died before it shared the partitions out: kgo's minute would
		// be longer than all else that a failure costs. A worker joins within a round;
		// one that is later is thrown out, loses nothing, and joins anew.
		kgo.RebalanceTimeout(2*w.config.SessionTimeout),
		kgo.HeartbeatInterval(w.heartbeat()),
		kgo.TransactionalID(w.transactionalID),
		kgo.TransactionTimeout(w.config.TransactionTimeout),
		// A broker answers CONCURRENT_TRANSACTIONS to the first produce of a round while
		// the markers of the round before are still being written, and kgo sends such a
		// batch again after its next look at the cluster: by default up to 5 s later.
		kgo.MetadataMinAge(metadataMinAge),
		compression(w.config.Compression),
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
		kgo.WithPools(c.fetched),
		kgo.WithDecompressor(c.fetched),
		// A fetch in flight does not ask for a partition that was restored meanwhile.
		kgo.FetchMaxWait(250*time.Millisecond),
		kgo.FetchMaxPartitionBytes(w.config.FetchMaxBytes),
		kgo.OnPartitionsAssigned(func(_ context.Context, client *kgo.Client, assigned map[string][]int32) {
			w.onAssigned(client, assigned[w.input])
		}),
		kgo.OnPartitionsRevoked(func(_ context.Context, client *kgo.Client, gone map[string][]int32) {
			w.onRevoked(client, gone[w.input])
		}),
		// The hook says more: why. Without a callback here kgo would call that of revoked
		// partitions.
		kgo.OnPartitionsLost(func(context.Context, *kgo.Client, map[string][]int32) {}),
		kgo.WithHooks(lostHook{w}),
		kgo.WithContext(alive),
	)
	if w.spec.WallClock {
		// An idle clock asks whether the topic is read to its end, and the last thing
		// in a topic may be a marker.
		opts = append(opts, kgo.KeepControlRecords())
	}
	made, err := kgo.NewGroupTransactSession(opts...)
	if err != nil {
		end()
		return nil, nil, &fatalError{fmt.Errorf("stage %s: make the Kafka session: %w", w.spec.Name, err)}
	}
	session := kgoSession{made, end}
	w.standby.onRejoin(w.index, session.Client().ForceRebalance)
	return session, kgoAdmin{kadm.NewClient(session.Client()), session.Client(), w.deps.Kafka}, nil
}

// onAssigned runs before the first fetch of new partitions: they are paused until
// their state is restored.
func (w *worker) onAssigned(client pauser, partitions []int32) {
	if len(partitions) == 0 {
		w.post(event{joined: true})
		return
	}
	client.PauseFetchPartitions(map[string][]int32{w.input: partitions})
	w.post(event{assigned: partitions})
}

// onRevoked runs when partitions are revoked. The session aborts the round in
// flight by itself. kgo keeps a pause beyond a revocation, so it is lifted here. A
// second revocation before the session's next End never gets here: see reconcile.
func (w *worker) onRevoked(client pauser, partitions []int32) {
	if len(partitions) == 0 {
		return
	}
	client.ResumeFetchPartitions(map[string][]int32{w.input: partitions})
	w.post(event{gone: partitions})
}

// lostHook hears why the group has thrown a worker out.
type lostHook struct{ w *worker }

// OnGroupManageError implements kgo.HookGroupManageError.
func (h lostHook) OnGroupManageError(err error) { h.w.onLost(err) }

// onLost runs when the group has thrown the worker out: nothing it holds is its own
// any more, and the session begins anew. Not so if another has come under the same
// instance id: each would throw the other out for ever, so the elder gives way.
func (w *worker) onLost(why error) {
	if errors.Is(why, kerr.FencedInstanceID) {
		w.post(event{err: w.taken(why)})
		return
	}
	w.post(event{err: fmt.Errorf("%w: the group has lost this worker: %w", errRejoin, why)})
}

// taken says that this worker's instance id is another's.
func (w *worker) taken(err error) error {
	return &fatalError{fmt.Errorf("%w: another process has joined group %s as %s: give each process its own instance_id: %w",
		ErrInstanceTaken, w.group, w.transactionalID, err)}
}

// fenced waits, after an error that says that another has this worker's
// transactional id, for the group to say whether it is another process under the
// same instance id. A successor that only ended an open transaction is none, and
// the worker joins anew.
func (w *worker) fenced(ctx context.Context, err error) error {
	// The last is said to a commit whose transaction another has just ended.
	if !errors.Is(err, kerr.ProducerFenced) && !errors.Is(err, kerr.InvalidProducerEpoch) && !errors.Is(err, kerr.InvalidTxnState) {
		return err
	}
	for until := w.deps.Now().Add(3 * w.heartbeat()); w.deps.Now().Before(until); {
		w.mu.Lock()
		for i := range w.events {
			if errors.Is(w.events[i].err, ErrInstanceTaken) {
				err = w.events[i].err
				w.mu.Unlock()
				return err
			}
		}
		w.mu.Unlock()
		if w.deps.turns.pause(ctx, 20*time.Millisecond) != nil {
			break
		}
	}
	return err
}

// heartbeat is how often a worker tells the group that it lives. Its answer is how
// it learns that another has died.
func (w *worker) heartbeat() time.Duration {
	return min(max(w.config.SessionTimeout/10, 100*time.Millisecond), 500*time.Millisecond)
}

// watchedBalancer tells what the group assigned, each time it does. The group
// transact session swallows revocations until its next End, so the callbacks alone
// do not say what is owned.
type watchedBalancer struct {
	kgo.GroupBalancer
	saw func(map[string][]int32)
}

// ParseSyncAssignment implements kgo.GroupBalancer.
func (b watchedBalancer) ParseSyncAssignment(assignment []byte) (map[string][]int32, error) {
	assigned, err := b.GroupBalancer.ParseSyncAssignment(assignment)
	if err == nil {
		b.saw(assigned)
	}
	return assigned, err //nolint:wrapcheck // kgo's own error, back to kgo
}

// sawAssignment keeps the worker's whole assignment.
func (w *worker) sawAssignment(assigned []int32) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.assigned = map[int32]bool{}
	for _, p := range assigned {
		w.assigned[p] = true
	}
}

// collect polls for a round: until the commit interval is over or enough records
// are there; only for what there is already where deadlines wait for a round.
func (w *worker) collect(ctx context.Context) ([]*kgo.Record, error) {
	until, now := w.lastRound.Add(w.config.CommitInterval), w.deps.Now()
	switch {
	case w.deadlinesWait():
		until = now.Add(min(w.config.CommitInterval, time.Millisecond))
	case until.Before(now):
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
		before := len(records)
		fetches.EachRecord(func(r *kgo.Record) {
			part := w.parts[r.Partition]
			if part != nil {
				w.noteGap(part, r)
				part.polled = r.Offset + 1
			}
			if !r.Attrs.IsControl() {
				records = append(records, r)
			} else if part != nil {
				part.next, part.epoch = max(part.next, r.Offset+1), max(part.epoch, r.LeaderEpoch)
				r.Recycle()
			}
		})
		if len(records) == before && failing(fetches) && w.deps.turns.pause(ctx, min(left, failingPoll)) != nil {
			break
		}
	}
	w.lastRound = w.deps.Now()
	w.round.records = records
	return records, nil //nolint:nilerr // a stop is no failure of the poll
}

// failingPoll is the wait after a poll that gave errors alone: the client gives the same
// again at once.
const failingPoll = 50 * time.Millisecond

// failing says that a poll gave an error of a partition or of the group.
func failing(fetches kgo.Fetches) bool {
	for _, fe := range fetches.Errors() {
		if !errors.Is(fe.Err, context.DeadlineExceeded) && !errors.Is(fe.Err, context.Canceled) {
			return true
		}
	}
	return false
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
		case errors.Is(fe.Err, kerr.FencedInstanceID):
			return w.taken(fe.Err)
		case errors.As(fe.Err, &dataLoss):
			w.metrics.fetchErrors.WithLabelValues(w.spec.Name).Inc()
			// A restore compares the state's position with the log, and says what is gone: the
			// one that is under way, for the client looks before it is over, or the next one.
			if part := w.parts[fe.Partition]; part != nil && !part.ready {
				part.lost = fe.Err
				continue
			}
			return fmt.Errorf("%w: %w", errRejoin, fe.Err)
		case w.remade(fe.Err):
			w.metrics.fetchErrors.WithLabelValues(w.spec.Name).Inc()
			return fmt.Errorf("%w: read %s/%d: %w", errRejoin, fe.Topic, fe.Partition, fe.Err)
		}
		w.metrics.fetchErrors.WithLabelValues(w.spec.Name).Inc()
		if fe.Topic == "" {
			// It is of no partition but of the whole session.
			fe.Err = fmt.Errorf("%w: %w", errGroup, fe.Err)
		}
		w.setError(fe.Err)
		if held, ok := w.quiet.may(fmt.Sprintf("%s/%d: %v", fe.Topic, fe.Partition, fe.Err), w.deps.Now()); ok {
			w.logger.Warn("cannot read input", slog.String("topic", fe.Topic), slog.Int("partition", int(fe.Partition)),
				slog.String("error", fe.Err.Error()), slog.Bool("retriable", kerr.IsRetriable(fe.Err)), slog.Int("held_back", held))
		}
	}
	return nil
}
