package chaos

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
)

// stateTopic is the log of the transaction coordinators.
const stateTopic = "__transaction_state"

// loseNode kills a node of the cluster, waits for the recovery without it, and restarts
// it.
func (a *scenario) loseNode(ctx context.Context, f fault) error {
	if err := a.inSync(ctx); err != nil {
		return err
	}
	since := time.Now()
	node, r := f.victim, a.watcher.begin(ctx, f, "")
	injection := func() error { return a.kafka.signal(node, syscall.SIGKILL) }
	owner := -1
	if f.kind != killNode {
		caught, id, err := a.catchPrepared(ctx)
		if err != nil {
			return err
		}
		r.at = time.Now()
		a.runLog.sayf("      node %d had a prepared transaction of %s when it was killed", caught, id)
		node, injection = caught, func() error { return nil }
		if f.kind == killOwnerToo {
			owner = ownerOf(id)
		}
	}
	err := a.mended(ctx, r, func() error {
		if err := injection(); err != nil || owner < 0 {
			return err
		}
		a.processor(owner).kill()
		a.runLog.sayf("      and so was %s", instances()[owner])
		return a.startProcessor(ctx, owner)
	})
	if err != nil {
		return err
	}
	if f.kind != killNode {
		if err := a.tellPrepared(ctx, since); err != nil {
			return err
		}
	}
	if err := a.restartNode(ctx, node); err != nil {
		return err
	}
	return a.inSync(ctx)
}

// ownerOf returns the processor's index from a transactional id
// prefix.stage.instance.worker, -1 if there is none.
func ownerOf(id string) int {
	for i, name := range instances() {
		if strings.Contains(id, "."+name+".") {
			return i
		}
	}
	return -1
}

// catchPrepared polls every node for transactions that are prepared: decided, but not
// yet marked in all their partitions. It kills the first node that has one at once.
func (a *scenario) catchPrepared(ctx context.Context) (node int, id string, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, recovery, errors.New("no prepared transaction was seen in time"))
	defer cancel()
	type catch struct {
		node int
		id   string
	}
	caught := make(chan catch, nodes)
	// Only one node is killed, even if several have such a transaction.
	turn := make(chan struct{}, 1)
	turn <- struct{}{}
	for n := 1; n <= nodes; n++ {
		go func() {
			for ctx.Err() == nil {
				id := a.prepared(ctx, n)
				if id == "" {
					_ = timespan.Wait(ctx, time.Millisecond) // what ends it is the context, too
					continue
				}
				select {
				case <-turn:
					if a.kafka.signal(n, syscall.SIGKILL) == nil {
						caught <- catch{n, id}
					}
				default:
				}
				return
			}
		}()
	}
	select {
	case c := <-caught:
		return c.node, c.id, nil
	case <-ctx.Done():
		return 0, "", context.Cause(ctx)
	}
}

// prepared returns the id of one of our transactions that is prepared on a node, "" if
// there is none.
func (a *scenario) prepared(ctx context.Context, node int) string {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	req := kmsg.NewPtrListTransactionsRequest()
	req.StateFilters = []string{"PrepareCommit", "PrepareAbort"}
	answer, err := a.watcher.client.Broker(node).Request(ctx, req)
	resp, ok := answer.(*kmsg.ListTransactionsResponse)
	if err != nil || !ok {
		return ""
	}
	for _, t := range resp.TransactionStates {
		if strings.HasPrefix(t.TransactionalID, names().Prefix) {
			return t.TransactionalID
		}
	}
	return ""
}

// inSync waits until every replica of every partition is in sync.
func (a *scenario) inSync(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, recovery, fmt.Errorf("not within %v", recovery))
	defer cancel()
	for {
		asking, stop := context.WithTimeout(ctx, 2*time.Second)
		listed, err := a.watcher.admin.ListTopicsWithInternal(asking)
		stop()
		behind := 0
		for _, t := range listed {
			for _, p := range t.Partitions {
				if len(p.ISR) < len(p.Replicas) {
					behind++
				}
			}
		}
		if err == nil && behind == 0 && len(listed) > 0 {
			return nil
		}
		if timespan.Wait(ctx, 200*time.Millisecond) != nil {
			return fmt.Errorf("wait until all replicas are in sync, %d partitions are not: %w", behind, errors.Join(context.Cause(ctx), err))
		}
	}
}

// tellPrepared checks in the coordinators' own log that a kill had its effect: that one
// leader decided a transaction and only its successor completed it, so that some or all
// of the markers were written by the successor.
func (a *scenario) tellPrepared(ctx context.Context, since time.Time) error {
	found, err := a.inherited(ctx, since)
	if err != nil {
		return err
	}
	a.runLog.mu.Lock()
	a.runLog.prepared += found
	a.runLog.coordinators++
	if found > 0 {
		a.runLog.struck++
	}
	a.runLog.mu.Unlock()
	a.runLog.sayf("      %d transactions were decided by the dead coordinator and completed by its successor", found)
	return nil
}

func (a *scenario) inherited(ctx context.Context, since time.Time) (int, error) {
	type last struct {
		epoch int32
		state kmsg.TransactionState
	}
	before := map[string]last{}
	inherited := 0
	err := a.read(ctx, stateTopic, since.Add(-time.Second), func(r *kgo.Record) error {
		value := kmsg.NewTxnMetadataValue()
		if r.Value == nil {
			return nil // an id forgotten
		}
		if err := value.ReadFrom(r.Value); err != nil {
			return fmt.Errorf("%s partition %d offset %d: %w", r.Topic, r.Partition, r.Offset, err)
		}
		now, was := last{r.LeaderEpoch, value.State}, before[string(r.Key)]
		const prepareCommit, prepareAbort, completeCommit, completeAbort = 2, 3, 4, 5
		decided := was.state == prepareCommit || was.state == prepareAbort
		completed := now.state == completeCommit || now.state == completeAbort
		if decided && completed && was.epoch != now.epoch {
			inherited++
		}
		before[string(r.Key)] = now
		return nil
	})
	return inherited, err
}
