package simulate

import (
	"fmt"
	"math/rand/v2"

	"github.com/tributary-hq/tributary/processor/engine/sim"
)

// Plan draws the partitions and the behaviour of the brokers.
func Plan(seed uint64, r *rand.Rand) *Schedule {
	return &Schedule{Seed: seed, Partitions: int32(1 + r.IntN(3)), Epochs: r.IntN(2) == 0, MarkerDelay: []int{5, 20, 400}[r.IntN(3)]} //nolint:gosec // a few
}

// PlanHosts draws the processes.
func (p *Schedule) PlanHosts(r *rand.Rand) {
	for i := range 1 + r.IntN(3) {
		h := Host{Name: string(rune('a' + i)), Workers: 1 + r.IntN(2)}
		if i > 0 {
			h.StartAt = int64(r.IntN(1500))
		}
		if r.IntN(4) == 0 {
			h.Skew = int64(r.IntN(2000)) - 1000
		}
		p.Hosts = append(p.Hosts, h)
	}
}

// planSteps are the steps of a worker at which faults occur.
func planSteps() []string {
	return []string{
		"begin", "produced", "flushed", "committed", "stored", "restoring", "restored", "resynced", "session-open",
	}
}

// planRequests are the requests at which faults occur.
func planRequests() []string {
	return []string{
		"InitProducerID", "Produce", "TxnOffsetCommit", "Heartbeat", "EndTxn", "OffsetFetch", "Metadata", "ListOffsets",
		"DescribeProducers", "ListTransactions", "TakeOver", "AddPartitionsToTxn",
	}
}

// planAnswers are the errors that a broker may answer to each request, retriable and fatal.
func planAnswers() map[string][]string {
	return map[string][]string{
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
}

// PlanFaults draws a few kinds of faults, and then the faults from these kinds: some
// mistakes only show after several faults of one kind.
func (p *Schedule) PlanFaults(r *rand.Rand) {
	kinds := []string{
		"request", "request", sim.Crash, sim.Freeze, sim.Rebalance, sim.Stall, sim.Twin, sim.Restart, sim.Clock,
		sim.Skew, sim.Flush, sim.Compact, sim.Markers, sim.Lose, sim.Fail,
	}
	r.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
	kinds = kinds[:1+r.IntN(4)]
	far := []int{4, 8, 25}[r.IntN(3)]
	for range r.IntN(10) {
		p.Faults = append(p.Faults, p.planFault(r, kinds[r.IntN(len(kinds))], 1+r.IntN(far)))
	}
}

// PlanPauses draws when the stage is paused.
func (p *Schedule) PlanPauses(r *rand.Rand) {
	for range max(0, r.IntN(5)-2) {
		from := int64(r.IntN(4000))
		p.Pauses = append(p.Pauses, Pause{From: from, To: from + int64(50+r.IntN(3000)), Late: int64(r.IntN(300))})
	}
}

func (p *Schedule) planFault(r *rand.Rand, kind string, nth int) sim.Fault {
	h := p.Hosts[r.IntN(len(p.Hosts))]
	worker := fmt.Sprintf("%s.%d", h.Name, r.IntN(h.Workers))
	f := sim.Fault{Nth: nth, Do: kind}
	if kind == "request" {
		planRequest(r, worker, &f)
		return f
	}
	f.On = worker + "/step:" + pick(r, planSteps())
	if r.IntN(3) == 0 && kind != sim.Fail {
		f.On = worker + "/req:" + pick(r, planRequests())
	}
	switch kind {
	case sim.Crash:
		f.Arg = int64(r.IntN(DiskStates * 800))
	case sim.Freeze:
		f.Arg = []int64{100, 1000, 2500, 2500, 5000}[r.IntN(5)]
	case sim.Stall:
		f.Arg = int64(1 + r.IntN(1200))
		if r.IntN(3) > 0 {
			// A worker is slowest at its disk.
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

// planRequest makes a fault of a request: refused, applied and refused all the
// same, or its connection cut.
func planRequest(r *rand.Rand, worker string, f *sim.Fault) {
	request := pick(r, planRequests())
	if r.IntN(8) == 0 {
		request = []string{"Fetch", "Restore"}[r.IntN(2)]
	}
	f.On = worker + "/req:" + request
	f.GivesUp = r.IntN(3) == 0
	answers := planAnswers()[request]
	switch kind := r.IntN(4); {
	case kind == 0 && len(answers) > 0 && request != "Fetch" && request != "Restore":
		f.Do, f.Err = sim.Confuse, "UNKNOWN_SERVER_ERROR"
	case kind < 3 && len(answers) > 0:
		f.Do, f.Err = sim.Refuse, answers[r.IntN(len(answers))]
	default:
		f.Do = []string{sim.CutBefore, sim.CutAfter}[r.IntN(2)]
	}
}

func pick(r *rand.Rand, from []string) string { return from[r.IntN(len(from))] }
