package hangingtxn

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
	"github.com/tributary-hq/tributary/processor/engine/internal/scheduler"
)

// Config describes the worker whose transactions are recovered.
type Config struct {
	Scheduler scheduler.Scheduler
	Now       func() time.Time
	Logger    *slog.Logger
	// Group is the consumer group; the transactional ids of its members begin with it
	// and a dot. TransactionalID is the worker's own.
	Group, TransactionalID string
	Input, Changelog       string
	// Topics are the partition counts of all topics that the worker may write to.
	Topics map[string]int32
	// SessionTimeout is the interval of periodic checks.
	SessionTimeout time.Duration
	// TransactionTimeout is the time after which the broker aborts an open transaction.
	TransactionTimeout time.Duration
	// FenceAfter is how long a restore waits for an open transaction before it fences
	// the owner.
	FenceAfter time.Duration
	// Completed is called for each completed transaction, Fenced for each fenced owner
	// of an open one.
	Completed func(committed bool)
	Fenced    func()
}

// Recovery finds and completes hanging transactions for one worker.
type Recovery struct {
	config Config
	admin  kafka.Admin
	// warned is true if a failed check was logged. The worker and its restores check
	// concurrently.
	warned atomic.Bool
	// lastCheck is the time of the last periodic check.
	lastCheck time.Time
}

// New returns the Recovery of a worker. Attach is called before anything else.
func New(config Config) *Recovery { return &Recovery{config: config} }

// Attach sets the connection of a new session. Nothing else may run at the same time.
func (r *Recovery) Attach(admin kafka.Admin) { r.admin = admin }

// errEpochs means that the markers of a producer's transactions cannot be distinguished.
var errEpochs = errors.New("the brokers' transaction.version is below 2: transactions cannot be told apart by their epochs")

// ErrOwnHangs means that the last transaction of the worker itself hangs. The session must
// end; the next one completes the transaction.
var ErrOwnHangs = errors.New("a broker has left this worker's last transaction open")

// isComplete reports whether a transaction is complete for its coordinator.
func isComplete(state string) bool {
	return state == "CompleteCommit" || state == "CompleteAbort" || state == "Empty"
}

// Start completes the hanging transactions that previous runs of the worker left. owner is
// the current owner of the worker's transactional id.
func (r *Recovery) Start(ctx context.Context, owner kafka.Producer) error {
	open, err := r.openBy(ctx, owner.ID)
	if err != nil {
		return r.tolerate(ctx, err)
	}
	if len(open) == 0 && !r.offsetsPending(ctx) {
		return nil
	}
	if ok, err := r.admin.EpochPerTransaction(ctx); err != nil || !ok {
		if err == nil && len(open) > 0 {
			err = errEpochs
		}
		return r.tolerate(ctx, err)
	}
	return r.completeAll(ctx, r.config.TransactionalID, owner)
}

// offsetsPending reports whether any of the group's offsets are pending in a
// transaction.
func (r *Recovery) offsetsPending(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	offsets, err := r.admin.FetchOffsets(ctx, r.config.Group, true)
	if err == nil {
		err = offsets.Error()
	}
	return errors.Is(err, kerr.UnstableOffsetCommit)
}

// Check returns ErrOwnHangs if the last transaction of the worker, which has the producer
// id pid, hangs in any partition: records of the next transaction in such a partition
// would end with it. Call it before a transaction begins.
func (r *Recovery) Check(ctx context.Context, pid int64) error {
	for {
		open, err := r.openBy(ctx, pid)
		if err != nil || len(open) == 0 {
			return r.tolerate(ctx, err)
		}
		state, err := r.coordinatorState(ctx, pid)
		if err != nil {
			return r.tolerate(ctx, err)
		}
		if isComplete(state) {
			// The coordinator writes all markers before it reports the transaction
			// complete, so one that is open after the report lacks a marker.
			open, err = r.openBy(ctx, pid)
			if err != nil || len(open) == 0 {
				return r.tolerate(ctx, err)
			}
			return ErrOwnHangs
		}
		if err := r.config.Scheduler.Sleep(ctx, 20*time.Millisecond); err != nil {
			return err //nolint:wrapcheck // the error of the context
		}
	}
}

// tolerate lets a worker continue if the check for hanging transactions fails or is
// forbidden: blocking the worker would be worse. The first failure is logged as a
// warning, later ones at debug level.
func (r *Recovery) tolerate(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil {
		return nil //nolint:nilerr // see above
	}
	level := slog.LevelWarn
	if r.warned.Swap(true) {
		level = slog.LevelDebug
	}
	r.config.Logger.Log(ctx, level, "cannot see whether a broker has left the last transaction open", slog.String("error", err.Error()))
	return nil
}

// lookTimeout is the timeout of a check: an unavailable broker must not keep a worker
// from the partitions of the others.
const lookTimeout = 5 * time.Second

// coordinatorState returns the state of the transactional id with a producer id, empty
// if there is none.
func (r *Recovery) coordinatorState(ctx context.Context, pid int64) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	listed, err := r.admin.ListTransactions(ctx, []int64{pid}, nil)
	if err != nil {
		return "", fmt.Errorf("list transactions: %w", err)
	}
	for _, t := range listed {
		return t.State, nil
	}
	return "", nil
}

// openBy returns the partitions in which a producer has an open transaction.
func (r *Recovery) openBy(ctx context.Context, pid int64) ([]kadm.DescribedProducer, error) {
	all, err := r.producerStates(ctx, pid)
	return slices.DeleteFunc(all, func(p kadm.DescribedProducer) bool { return p.CurrentTxnStartOffset < 0 }), err
}

// producerStates returns the producer's state in all partitions that the stage may write
// to, as their leaders report it.
func (r *Recovery) producerStates(ctx context.Context, pid int64) ([]kadm.DescribedProducer, error) {
	written := kadm.TopicsSet{}
	for topic, partitions := range r.config.Topics {
		for p := range partitions {
			written.Add(topic, p)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	described, err := r.admin.DescribeProducers(ctx, written)
	if err != nil {
		return nil, fmt.Errorf("describe the producers of the stage's topics: %w", err)
	}
	var out []kadm.DescribedProducer
	for _, part := range described.SortedPartitions() {
		if part.Err != nil {
			return nil, fmt.Errorf("describe the producers of %s/%d: %w", part.Topic, part.Partition, part.Err)
		}
		if p, ok := part.ActiveProducers[pid]; ok {
			out = append(out, p)
		}
	}
	return out, nil
}

// takeOverAndComplete takes over a transactional id and completes its hanging
// transactions.
func (r *Recovery) takeOverAndComplete(ctx context.Context, id string) error {
	if ok, err := r.admin.EpochPerTransaction(ctx); err != nil || !ok {
		return errors.Join(err, fmt.Errorf("complete the transactions of %s: %w", id, errEpochs))
	}
	owner, err := r.admin.TakeOver(ctx, id, r.config.TransactionTimeout)
	if err != nil {
		return fmt.Errorf("complete the transactions of %s: %w", id, err)
	}
	return r.completeAll(ctx, id, owner)
}

// completeAll completes the hanging transactions of a transactional id, as its owner:
// first those in partitions, in the order of their epochs, then the group's pending
// offsets.
func (r *Recovery) completeAll(ctx context.Context, id string, owner kafka.Producer) error {
	states, err := r.producerStates(ctx, owner.ID)
	if err != nil {
		return fmt.Errorf("complete the transactions of %s: %w", id, err)
	}
	open, last := map[int16]kadm.TopicsSet{}, int16(-1)
	for i := range states {
		p := &states[i]
		if p.CurrentTxnStartOffset < 0 {
			last = max(last, p.ProducerEpoch-1) // a marker has the next epoch
			continue
		}
		last = max(last, p.ProducerEpoch)
		if open[p.ProducerEpoch] == nil {
			open[p.ProducerEpoch] = kadm.TopicsSet{}
		}
		set := open[p.ProducerEpoch]
		set.Add(p.Topic, p.Partition)
	}
	for _, epoch := range slices.Sorted(maps.Keys(open)) {
		commit, why, err := r.decide(ctx, states, kafka.Producer{ID: owner.ID, Epoch: epoch})
		if err != nil {
			return fmt.Errorf("find out how epoch %d of %s ended: %w", epoch, id, err)
		}
		if err := r.complete(ctx, id, owner, open[epoch], "", commit, why); err != nil {
			return err
		}
	}
	if !r.offsetsPending(ctx) {
		return nil
	}
	commit, why, err := r.decideOffsets(ctx, states, kafka.Producer{ID: owner.ID, Epoch: last})
	if err != nil {
		return fmt.Errorf("find out how the last transaction of %s ended: %w", id, err)
	}
	return r.complete(ctx, id, owner, nil, r.config.Group, commit, why)
}

// complete completes a hanging transaction, and logs and counts it.
func (r *Recovery) complete(ctx context.Context, id string, owner kafka.Producer, open kadm.TopicsSet, group string, commit bool, why string) error {
	if err := r.admin.EndTransaction(ctx, id, owner, open, group, commit); err != nil {
		return fmt.Errorf("end the transactions of %s: %w", id, err)
	}
	outcome := "aborted"
	if commit {
		outcome = "committed"
	}
	about := []any{slog.String("transactional_id", id), slog.String("outcome", outcome), slog.String("reason", why)}
	if group != "" {
		// Kafka does not show whether pending offsets belong to this id.
		r.config.Logger.InfoContext(ctx, "ended the offsets that may wait for a transaction that a broker has left open", about...)
		return nil
	}
	r.config.Completed(commit)
	r.config.Logger.WarnContext(ctx, "ended a transaction that a broker has left open", append(about, slog.Any("partitions", open.IntoList()))...)
	return nil
}

// CheckPeriodically is Check, once per session timeout. A hanging transaction in an output
// topic does not block this worker, but it blocks the topic's read-committed consumers.
// Only one goroutine may call it.
func (r *Recovery) CheckPeriodically(ctx context.Context, pid int64) error {
	now := r.config.Now()
	if now.Sub(r.lastCheck) < r.config.SessionTimeout {
		return nil
	}
	r.lastCheck = now
	return r.Check(ctx, pid)
}
