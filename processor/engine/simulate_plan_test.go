package engine_test

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/tributary-hq/tributary/processor/chaos/check"
	"github.com/tributary-hq/tributary/processor/engine/sim"
)

// plan makes the schedule of a seed.
func plan(seed uint64) *schedule {
	r := rand.New(rand.NewPCG(seed, 0x706c616e))
	p := &schedule{seed: seed, partitions: int32(1 + r.IntN(3)), epochs: r.IntN(2) == 0, markers: []int{5, 20, 400}[r.IntN(3)]}
	p.plansHosts(r)
	p.plansTraffic(r)
	p.plansFaults(r)
	return p
}

func (p *schedule) plansHosts(r *rand.Rand) {
	for i := range 1 + r.IntN(3) {
		h := hostPlan{name: string(rune('a' + i)), workers: 1 + r.IntN(2)}
		if i > 0 {
			h.startAt = int64(r.IntN(1500))
		}
		if r.IntN(4) == 0 {
			h.skew = int64(r.IntN(2000)) - 1000
		}
		p.hosts = append(p.hosts, h)
	}
}

func (p *schedule) plansTraffic(r *rand.Rand) {
	n, keys, span, dues := 5+r.IntN(60), 1+r.IntN(8), 200+r.IntN(2500), 14
	if r.IntN(3) == 0 {
		n, dues = 5+r.IntN(10), 19 // little else than deadlines
	}
	at := make([]int64, n)
	for i := range at {
		at[i] = int64(r.IntN(span))
	}
	slices.Sort(at)
	var ids []string
	keyOf := map[string]string{}
	for i := range at {
		key := fmt.Sprintf("k%d", r.IntN(keys))
		f := check.Fact{ID: fmt.Sprintf("f%d", i)}
		switch kind := r.IntN(20); {
		case kind < 9:
			f.Kind = check.Count
		case kind < dues:
			f.Kind, f.After = check.Due, int64(r.IntN(2000))
			ids = append(ids, f.ID)
		case kind < 16 && len(ids) > 0:
			f.Kind, f.Of = check.Withdraw, ids[r.IntN(len(ids))]
			key = keyOf[f.Of]
		case kind == 16:
			f.Kind = check.Forget
		case kind == 17:
			f.Kind = check.Poison
		case kind == 18 && i > 0 && p.facts[i-1].key != "":
			f, key = p.facts[i-1].fact, p.facts[i-1].key
		case kind == 19:
			p.facts = append(p.facts, sentFact{at: at[i], partition: int32(r.IntN(int(p.partitions)))})
			continue
		default:
			f.Kind = check.Count
		}
		keyOf[f.ID] = key
		p.facts = append(p.facts, sentFact{at: at[i], partition: int32(key[1]-'0') % p.partitions, key: key, fact: f})
	}
}

var (
	planSteps = []string{
		"begin", "produced", "flushed", "committed", "stored", "restoring", "restored", "resynced", "session-open",
	}
	planRequests = []string{
		"InitProducerID", "Produce", "TxnOffsetCommit", "Heartbeat", "EndTxn", "OffsetFetch", "Metadata", "ListOffsets",
		"DescribeProducers", "ListTransactions", "TakeOver", "AddPartitionsToTxn",
	}
	// planAnswers are what a broker may answer to each request, retriable and fatal.
	planAnswers = map[string][]string{
		"Produce": {
			"NOT_LEADER_FOR_PARTITION", "REQUEST_TIMED_OUT", "MESSAGE_TOO_LARGE", "NOT_ENOUGH_REPLICAS", "INVALID_PRODUCER_EPOCH",
			"OUT_OF_ORDER_SEQUENCE_NUMBER", "KAFKA_STORAGE_ERROR", "UNKNOWN_SERVER_ERROR", "CONCURRENT_TRANSACTIONS", "TRANSACTION_ABORTABLE",
		},
		"AddPartitionsToTxn": {"NOT_COORDINATOR", "CONCURRENT_TRANSACTIONS", "COORDINATOR_LOAD_IN_PROGRESS", "INVALID_PRODUCER_EPOCH"},
		"TxnOffsetCommit": {
			"NOT_COORDINATOR", "COORDINATOR_LOAD_IN_PROGRESS", "COORDINATOR_NOT_AVAILABLE", "ILLEGAL_GENERATION", "UNKNOWN_MEMBER_ID",
			"REBALANCE_IN_PROGRESS", "CONCURRENT_TRANSACTIONS", "UNKNOWN_SERVER_ERROR", "INVALID_PRODUCER_EPOCH", "TRANSACTION_ABORTABLE",
		},
		"Heartbeat": {"REBALANCE_IN_PROGRESS", "ILLEGAL_GENERATION", "UNKNOWN_MEMBER_ID", "NOT_COORDINATOR"},
		"EndTxn": {
			"NOT_COORDINATOR", "COORDINATOR_NOT_AVAILABLE", "CONCURRENT_TRANSACTIONS", "UNKNOWN_SERVER_ERROR", "PRODUCER_FENCED",
			"INVALID_TXN_STATE", "TRANSACTION_ABORTABLE", "REQUEST_TIMED_OUT",
		},
		"InitProducerID": {"NOT_COORDINATOR", "CONCURRENT_TRANSACTIONS", "COORDINATOR_LOAD_IN_PROGRESS", "UNKNOWN_SERVER_ERROR"},
		"OffsetFetch":    {"NOT_COORDINATOR", "COORDINATOR_LOAD_IN_PROGRESS", "UNSTABLE_OFFSET_COMMIT", "UNKNOWN_SERVER_ERROR"},
		"Metadata":       {"LEADER_NOT_AVAILABLE", "UNKNOWN_TOPIC_OR_PARTITION", "UNKNOWN_SERVER_ERROR"},
		"ListOffsets":    {"NOT_LEADER_FOR_PARTITION", "OFFSET_NOT_AVAILABLE", "UNKNOWN_SERVER_ERROR"},
		"Fetch":          {"NOT_LEADER_FOR_PARTITION", "UNKNOWN_SERVER_ERROR", "OFFSET_OUT_OF_RANGE", "CORRUPT_MESSAGE"},
		"Restore":        {"NOT_LEADER_FOR_PARTITION", "UNKNOWN_SERVER_ERROR", "OFFSET_OUT_OF_RANGE", "CORRUPT_MESSAGE"},
	}
)

// plansFaults draws a few kinds of faults for the seed, and the faults from these:
// some faults are only seen by what comes of several of a kind.
func (p *schedule) plansFaults(r *rand.Rand) {
	kinds := []string{
		"request", "request", sim.Crash, sim.Freeze, sim.Rebalance, sim.Stall, sim.Twin, sim.Restart, sim.Clock,
		sim.Skew, sim.Flush, sim.Compact, sim.Markers, sim.Lose, sim.Fail,
	}
	r.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
	kinds = kinds[:1+r.IntN(4)]
	far := []int{4, 8, 25}[r.IntN(3)]
	for range r.IntN(10) {
		p.faults = append(p.faults, p.plansFault(r, kinds[r.IntN(len(kinds))], 1+r.IntN(far)))
	}
}

func (p *schedule) plansFault(r *rand.Rand, kind string, nth int) sim.Fault {
	h := p.hosts[r.IntN(len(p.hosts))]
	worker := fmt.Sprintf("%s.%d", h.name, r.IntN(h.workers))
	f := sim.Fault{Nth: nth, Do: kind}
	if kind == "request" {
		plansRequest(r, worker, &f)
		return f
	}
	f.On = worker + "/step:" + planSteps[r.IntN(len(planSteps))]
	if r.IntN(3) == 0 && kind != sim.Fail {
		f.On = worker + "/req:" + planRequests[r.IntN(len(planRequests))]
	}
	switch kind {
	case sim.Crash:
		f.Arg = int64(r.IntN(diskStates * 800))
	case sim.Freeze:
		f.Arg = []int64{100, 1000, 2500, 2500, 5000}[r.IntN(5)]
	case sim.Stall:
		f.Arg = int64(1 + r.IntN(1200))
		if r.IntN(3) > 0 {
			// Where a worker is slowest: its disk.
			f.On, f.Arg = worker+"/step:committed", int64(101+2*r.IntN(400))
		}
	case sim.Restart:
		f.Arg = int64(1 + r.IntN(500))
	case sim.Clock:
		f.Arg = []int64{1000, 60_000, 3_600_000}[r.IntN(3)]
	case sim.Skew:
		f.Arg = int64(r.IntN(3000)) - 1000
	case sim.Markers, sim.Lose:
		f.Arg = int64(100 + r.IntN(2500))
	}
	return f
}

// plansRequest makes a fault of a request: refused, applied and refused all the
// same, or its connection cut.
func plansRequest(r *rand.Rand, worker string, f *sim.Fault) {
	request := planRequests[r.IntN(len(planRequests))]
	if r.IntN(8) == 0 {
		request = []string{"Fetch", "Restore"}[r.IntN(2)]
	}
	f.On = worker + "/req:" + request
	f.GivesUp = r.IntN(3) == 0
	answers := planAnswers[request]
	switch kind := r.IntN(4); {
	case kind == 0 && len(answers) > 0 && request != "Fetch" && request != "Restore":
		f.Do, f.Err = sim.Confuse, "UNKNOWN_SERVER_ERROR"
	case kind < 3 && len(answers) > 0:
		f.Do, f.Err = sim.Refuse, answers[r.IntN(len(answers))]
	default:
		f.Do = []string{sim.CutBefore, sim.CutAfter}[r.IntN(2)]
	}
}
