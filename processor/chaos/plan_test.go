//go:build synctests

package chaos_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tributary-hq/tributary/processor/chaos/check"
	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/engine/failpoint"
)

// schedule is one run: what is sent, who works, what goes wrong. The seed decides
// all of it, but not how goroutines interleave.
type schedule struct {
	seed       uint64
	partitions int32
	brokers    int
	hosts      []hostPlan
	sends      []send
	faults     []fault
	mutation   func(*engine.Deps)
	// drainLimit is how long after the last fault everything has to be handled; 0 means ten minutes.
	drainLimit time.Duration
}

// hostPlan is a process that runs again after it died.
type hostPlan struct {
	name    string
	workers int
	standby int
	startAt time.Duration
	skew    time.Duration
}

// send is one record of the traffic.
type send struct {
	at time.Duration
	// late is how far its timestamp lies back.
	late time.Duration
	key  string
	fact check.Fact
	// aborted sends it in a transaction that is aborted, committed in one that is not.
	aborted, committed bool
}

// fault is what goes wrong, and the event that it is bound to.
type fault struct {
	host   string
	worker int // -1 is any
	// key is the kind of request, step the named step; one of them is set.
	key  kmsg.Key
	step failpoint.Point
	nth  int
	do   string
	code *kerr.Error
	arg  time.Duration
	disk disk
	// stage is which of the load's stages is paused, modulo their number.
	stage int
}

func (f *fault) event() string {
	if f.step != "" {
		return "step " + string(f.step)
	}
	return f.key.Name()
}

// String tells a fault to a reader.
func (f *fault) String() string {
	s := fmt.Sprintf("%s.%d: %s, time %d: %s", f.host, f.worker, f.event(), f.nth, f.do)
	if f.code != nil {
		s += " " + f.code.Message
	}
	if f.do == doCrash || f.do == doCrashAfter {
		s += fmt.Sprintf(", disk %s, back after %v", f.disk, f.arg)
	} else if f.arg > 0 {
		s += fmt.Sprint(" ", f.arg)
	}
	return s
}

// kind is what faults are counted by.
func (f *fault) kind() string {
	if f.code != nil || f.do == doCutBefore || f.do == doCutAfter || f.do == doAlone {
		return f.do + " " + f.key.Name()
	}
	if f.do == doCrash || f.do == doCrashAfter {
		return f.do + " with disk " + f.disk.String()
	}
	return f.do
}

// What a fault does. Those of requests alone come first.
const (
	doRefuse     = "refuse"
	doConfuse    = "apply and refuse"
	doCutBefore  = "cut before"
	doCutAfter   = "cut after"
	doAlone      = "refuse one partition of"
	doCrashAfter = "crash after"
	doCrash      = "crash"
	doFreeze     = "freeze"
	doKick       = "kick"
	doVisit      = "visit"
	doTwin       = "twin"
	doRestart    = "restart"
	doClock      = "clock jump"
	doLeaders    = "move leaders"
	doCoords     = "move coordinators"
	doCompact    = "compact"
	doFlush      = "flush and remember disk"
	doFail       = "fail step"
	doPause      = "pause a stage"
)

// disk is what a process finds on its disk when it comes back.
type disk int

const (
	diskSynced    disk = iota // what was not synced is gone
	diskAll                   // everything
	diskGone                  // nothing
	diskOlder                 // what it was at some earlier time
	diskGarbage               // one file is garbage
	diskTruncated             // one file is cut short
	disks
)

// String implements fmt.Stringer.
func (d disk) String() string {
	return []string{"synced", "all", "gone", "older", "garbage", "truncated"}[d]
}

// plan makes the schedule of a seed.
func plan(seed uint64) *schedule {
	r := rand.New(rand.NewPCG(seed, 0x63686173))
	p := &schedule{seed: seed, partitions: int32(1 + r.IntN(4)), brokers: []int{1, 1, 3}[r.IntN(3)]}
	p.planHosts(r)
	p.planTraffic(r)
	p.planFaults(r)
	return p
}

func (p *schedule) planHosts(r *rand.Rand) {
	standby := []int{0, 0, 1}[r.IntN(3)]
	for i := range 1 + r.IntN(3) {
		h := hostPlan{name: string(rune('a' + i)), workers: 1 + r.IntN(2), standby: standby}
		if i > 0 {
			h.startAt = time.Duration(r.IntN(1500)) * time.Millisecond
		}
		if r.IntN(4) == 0 {
			h.skew = time.Duration(r.IntN(2000)-1000) * time.Millisecond
		}
		p.hosts = append(p.hosts, h)
	}
}

func (p *schedule) planTraffic(r *rand.Rand) {
	n, keys, span := 5+r.IntN(80), 1+r.IntN(9), 200+r.IntN(3000)
	dues := 14
	if r.IntN(4) == 0 {
		n, dues = 5+r.IntN(12), 19 // little else than deadlines
	}
	burst := r.IntN(3) == 0
	at := make([]int, n)
	for i := range at {
		at[i] = r.IntN(span)
		if burst {
			at[i] -= at[i] % (span/3 + 1)
		}
	}
	slices.Sort(at)
	var ids []string
	keyOf := map[string]string{}
	for i := range at {
		s := send{at: time.Duration(at[i]) * time.Millisecond, key: fmt.Sprintf("k%d", r.IntN(keys)), fact: check.Fact{ID: fmt.Sprintf("f%d", i), Kind: check.Count}}
		switch kind := r.IntN(20); {
		case kind < 9:
		case kind < dues:
			s.fact.Kind, s.fact.After = check.Due, int64(r.IntN(2500))
			ids = append(ids, s.fact.ID)
		case kind < 16 && len(ids) > 0:
			s.fact.Kind, s.fact.Of = check.Withdraw, ids[r.IntN(len(ids))]
			s.key = keyOf[s.fact.Of]
		case kind == 16:
			s.fact.Kind = check.Forget
		case kind == 17:
			s.fact.Kind = check.Poison
		case kind < 20 && i > 0:
			s.fact, s.key = p.sends[i-1].fact, p.sends[i-1].key
		}
		keyOf[s.fact.ID] = s.key
		if r.IntN(5) == 0 {
			s.late = time.Duration(r.IntN(3000)) * time.Millisecond
		}
		s.aborted, s.committed = r.IntN(12) == 0, r.IntN(12) == 0
		p.sends = append(p.sends, s)
	}
}

// partitionOf is where a key's records go.
func (p *schedule) partitionOf(key string) int32 { return int32(key[1]-'0') % p.partitions }

// steps are where faults of steps are bound to.
func steps() []failpoint.Point {
	return []failpoint.Point{
		failpoint.Begin, failpoint.Produced, failpoint.Flushed, failpoint.Committed, failpoint.Stored,
		failpoint.Restoring, failpoint.Restored, failpoint.Resynced, failpoint.SessionOpen,
	}
}

// answers are the errors that a broker may give, retriable and fatal, by request.
func answers() map[kmsg.Key][]*kerr.Error {
	return map[kmsg.Key][]*kerr.Error{
		kmsg.Produce: {
			kerr.NotLeaderForPartition, kerr.RequestTimedOut, kerr.NotEnoughReplicas, kerr.NotEnoughReplicasAfterAppend, kerr.MessageTooLarge,
			kerr.InvalidProducerEpoch, kerr.OutOfOrderSequenceNumber, kerr.KafkaStorageError, kerr.UnknownServerError,
			kerr.ConcurrentTransactions, kerr.TransactionAbortable, kerr.CorruptMessage, kerr.InvalidTxnState, kerr.UnknownProducerID,
		},
		kmsg.Fetch: {
			kerr.NotLeaderForPartition, kerr.UnknownServerError, kerr.OffsetOutOfRange, kerr.CorruptMessage, kerr.KafkaStorageError,
			kerr.FencedLeaderEpoch, kerr.UnknownLeaderEpoch, kerr.OffsetNotAvailable, kerr.UnknownTopicOrPartition,
		},
		kmsg.InitProducerID: {
			kerr.NotCoordinator, kerr.ConcurrentTransactions, kerr.CoordinatorLoadInProgress, kerr.CoordinatorNotAvailable, kerr.UnknownServerError,
			kerr.InvalidProducerEpoch, kerr.ProducerFenced,
		},
		kmsg.AddPartitionsToTxn: {
			kerr.NotCoordinator, kerr.ConcurrentTransactions, kerr.CoordinatorLoadInProgress, kerr.InvalidProducerEpoch, kerr.ProducerFenced,
			kerr.InvalidTxnState, kerr.UnknownServerError,
		},
		kmsg.AddOffsetsToTxn: {
			kerr.NotCoordinator, kerr.ConcurrentTransactions, kerr.CoordinatorLoadInProgress, kerr.InvalidProducerEpoch, kerr.ProducerFenced,
			kerr.InvalidTxnState, kerr.UnknownServerError,
		},
		kmsg.TxnOffsetCommit: {
			kerr.NotCoordinator, kerr.CoordinatorLoadInProgress, kerr.CoordinatorNotAvailable, kerr.IllegalGeneration, kerr.UnknownMemberID,
			kerr.RebalanceInProgress, kerr.FencedInstanceID, kerr.UnknownServerError, kerr.InvalidProducerEpoch, kerr.ProducerFenced,
			kerr.TransactionAbortable, kerr.RequestTimedOut,
		},
		kmsg.EndTxn: {
			kerr.NotCoordinator, kerr.CoordinatorNotAvailable, kerr.CoordinatorLoadInProgress, kerr.ConcurrentTransactions, kerr.UnknownServerError,
			kerr.ProducerFenced, kerr.InvalidProducerEpoch, kerr.InvalidTxnState, kerr.TransactionAbortable, kerr.RequestTimedOut,
		},
		kmsg.JoinGroup: {
			kerr.NotCoordinator, kerr.CoordinatorLoadInProgress, kerr.CoordinatorNotAvailable, kerr.UnknownMemberID, kerr.RebalanceInProgress, kerr.UnknownServerError,
		},
		kmsg.SyncGroup: {
			kerr.NotCoordinator, kerr.CoordinatorLoadInProgress, kerr.UnknownMemberID, kerr.RebalanceInProgress, kerr.IllegalGeneration, kerr.UnknownServerError,
		},
		kmsg.Heartbeat:   {kerr.NotCoordinator, kerr.UnknownMemberID, kerr.RebalanceInProgress, kerr.IllegalGeneration, kerr.UnknownServerError},
		kmsg.OffsetFetch: {kerr.NotCoordinator, kerr.CoordinatorLoadInProgress, kerr.UnstableOffsetCommit, kerr.UnknownServerError},
		kmsg.ListOffsets: {kerr.NotLeaderForPartition, kerr.OffsetNotAvailable, kerr.UnknownServerError, kerr.LeaderNotAvailable},
	}
}

// keys are the requests that faults are bound to.
func keys() []kmsg.Key {
	return []kmsg.Key{
		kmsg.Produce, kmsg.EndTxn, kmsg.TxnOffsetCommit, kmsg.Fetch, kmsg.InitProducerID, kmsg.AddPartitionsToTxn, kmsg.AddOffsetsToTxn,
		kmsg.JoinGroup, kmsg.SyncGroup, kmsg.Heartbeat, kmsg.OffsetFetch, kmsg.ListOffsets,
	}
}

// planFaults draws a few kinds of faults, and the faults from these: some things
// are only seen by what comes of several of a kind.
func (p *schedule) planFaults(r *rand.Rand) {
	kinds := []string{
		doRefuse, doRefuse, doRefuse, doConfuse, doCutBefore, doCutAfter, doAlone, doCrash, doCrash, doCrashAfter, doFreeze, doKick, doVisit, doTwin,
		doRestart, doClock, doLeaders, doCoords, doCompact, doFlush, doFail, doPause,
	}
	r.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
	kinds = kinds[:1+r.IntN(5)]
	far := []int{3, 8, 20}[r.IntN(3)]
	for range 2 + r.IntN(14) {
		p.faults = append(p.faults, p.planFault(r, kinds[r.IntN(len(kinds))], 1+r.IntN(far)))
	}
}

func (p *schedule) planFault(r *rand.Rand, kind string, nth int) fault {
	h := p.hosts[r.IntN(len(p.hosts))]
	f := fault{host: h.name, worker: r.IntN(h.workers), nth: nth, do: kind, disk: disk(r.IntN(int(disks)))}
	if f.key = keys()[r.IntN(len(keys()))]; r.IntN(2) == 0 {
		f.key = keys()[r.IntN(3)]
	}
	if r.IntN(8) == 0 && slices.Contains([]string{doRefuse, doConfuse, doCutBefore, doCutAfter}, kind) {
		f.host, f.key = sender, kmsg.Produce // those who write the input have the same broker
	}
	switch kind {
	case doRefuse, doConfuse:
		codes := answers()[f.key]
		f.code = codes[r.IntN(len(codes))]
		return f
	case doCutBefore, doCutAfter:
		return f
	case doAlone:
		f.key = kmsg.Produce
		return f
	case doCrashAfter:
		f.arg = time.Duration(50+r.IntN(4000)) * time.Millisecond
		return f
	case doCrash:
		f.arg = time.Duration(50+r.IntN(4000)) * time.Millisecond
	case doFreeze:
		f.arg = time.Duration([]int{100, 1000, 2500, 3500, 6000}[r.IntN(5)]) * time.Millisecond
	case doVisit, doRestart:
		f.arg = time.Duration(1+r.IntN(2000)) * time.Millisecond
	case doClock:
		f.arg = time.Duration(r.IntN(4000)-1000) * time.Millisecond
	case doPause:
		f.arg, f.stage = time.Duration(1+r.IntN(3000))*time.Millisecond, r.IntN(1<<16)
	}
	if kind == doFail || r.IntN(3) > 0 {
		f.key, f.step = 0, steps()[r.IntN(len(steps()))]
	}
	return f
}
