//go:build synctests

package chaos_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/chaos/check"
	"github.com/tributary-hq/tributary/processor/chaos/tally"
	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/engine/failpoint"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/dlq"
)

// The tally's topics, input and output being ones of plain bytes.
const (
	stageName   = "tally"
	input       = schemas.RawUAPAY
	output      = schemas.RawLOX24
	deadLetters = schemas.DeadLetterUAPAY
	changelog   = schemas.ChangelogUAPAY
)

// tallies is the load of the plain stage, whose sums package check does again.
type tallies struct {
	mu       sync.Mutex
	accepted []string
	// last is the offset after the input's last record, by partition.
	last map[int32]int64
	// pauses counts the pauses in force.
	pauses atomic.Int32
}

func (*tallies) topics(partitions int32) map[string]int32 {
	return map[string]int32{input: partitions, output: partitions, deadLetters: partitions, changelog: partitions}
}

// begin implements load.
func (*tallies) begin() {}

func (*tallies) groups() []string { return []string{stageName} }

// engineProgram is an engine as a program.
type engineProgram struct{ *engine.Engine }

func (p engineProgram) Flush() error { return p.ProbeFlush() }
func (p engineProgram) End()         { p.ProbeEnd(context.Background()) }

// pause implements load.
func (l *tallies) pause(_ *run, _ string, paused bool) {
	if paused {
		l.pauses.Add(1)
	} else {
		l.pauses.Add(-1)
	}
}

func (l *tallies) program(config engine.Config, deps engine.Deps, workers int) (program, error) {
	e, err := engine.New(config, []engine.Spec{{
		Name: stageName, Stage: tally.Stage{Output: output, Clocks: true}, Input: input, Changelog: changelog, Outputs: []string{output},
		DeadLetter: deadLetters, WallClock: true, Workers: workers, Paused: func() bool { return l.pauses.Load() > 0 },
	}}, deps)
	return engineProgram{e}, err
}

// sender is the process that writes the input; faults are bound to it as to others.
const sender = "s"

// send writes the traffic as its time comes, some of it in transactions.
func (l *tallies) send(r *run) {
	p := &process{run: r, plan: hostPlan{name: sender}, wire: newWire(&r.network), count: map[string]int{}}
	p.wire.judge = p.judge
	usual := append(r.kafka(p.wire), kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.MetadataMinAge(100*time.Millisecond))
	plain, err := kgo.NewClient(usual...)
	if err != nil {
		r.sayf("driver", "%v", err)
		return
	}
	defer plain.Close()
	transactional, err := kgo.NewClient(append(usual, kgo.TransactionalID("sender"))...)
	if err != nil {
		r.sayf("driver", "%v", err)
		return
	}
	defer transactional.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for i := range r.plan.sends {
		s := &r.plan.sends[i]
		time.Sleep(s.at - time.Since(r.began))
		record := &kgo.Record{
			Topic: r.names.Topic(input), Partition: r.plan.partitionOf(s.key), Key: []byte(s.key), Value: s.fact.Encode(),
			Timestamp: time.Now().Add(-s.late),
		}
		if s.aborted || s.committed {
			l.transact(ctx, r, transactional, record, s)
			continue
		}
		plain.Produce(ctx, record, func(_ *kgo.Record, err error) { l.acked(s, err) })
	}
	_ = plain.Flush(ctx) // what was not accepted is not asked for
}

func (l *tallies) acked(s *send, err error) {
	if err != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.accepted = append(l.accepted, s.fact.ID)
}

// transact writes a record in a transaction of its own.
func (l *tallies) transact(ctx context.Context, r *run, client *kgo.Client, record *kgo.Record, s *send) {
	if err := client.BeginTransaction(); err != nil {
		r.tellf(sender, "cannot begin: %v", err)
		return
	}
	err := client.ProduceSync(ctx, record).FirstErr()
	commit := kgo.TryCommit
	if s.aborted || err != nil {
		commit = kgo.TryAbort
	}
	if endErr := client.EndTransaction(ctx, commit); endErr == nil && commit == kgo.TryCommit {
		l.acked(s, nil)
	}
}

// drained implements load: the group has committed what is behind the last record.
func (l *tallies) drained(ctx context.Context, r *run) bool {
	if l.last == nil {
		records, err := r.read(ctx, input)
		if err != nil {
			r.tellf("run", "cannot read the input: %v", err)
			return false
		}
		l.last = lasts(records[input])
	}
	offsets, err := kadm.NewClient(r.client).FetchOffsets(ctx, r.names.Group(stageName))
	if err != nil {
		return false
	}
	for p, last := range l.last {
		at, ok := offsets.Lookup(r.names.Topic(input), p)
		if !ok || at.At < last {
			return false
		}
	}
	return true
}

// explain implements load.
func (l *tallies) explain(ctx context.Context, r *run) string {
	offsets, err := kadm.NewClient(r.client).FetchOffsets(ctx, r.names.Group(stageName))
	return fmt.Sprintf("the input ends at %v, the group has committed %v, %v", l.last, offsets.Offsets(), err)
}

// lasts is the offset after the last record, by partition.
func lasts(records []*kgo.Record) map[int32]int64 {
	last := map[int32]int64{}
	for _, r := range records {
		last[r.Partition] = max(last[r.Partition], r.Offset+1)
	}
	return last
}

// judge implements load.
func (l *tallies) judge(r *run) {
	time.Sleep(8 * time.Second) // every deadline comes
	due := time.Now().Add(r.low - 1500*time.Millisecond).UnixMilli()
	// A group whose leader died between two answers goes on after its rebalance timeout,
	// which is a minute.
	for until := time.Now().Add(90 * time.Second); time.Now().Before(until); time.Sleep(2 * time.Second) {
		if found := l.left(r, due, nil); found == nil || !slices.ContainsFunc(found.Check(), unfired) {
			break
		}
	}
	if found := l.left(r, due, r.stopAll()); found != nil {
		for _, v := range found.Check() {
			r.sayf(v.Rule, "%s", v.Detail)
		}
	}
}

func unfired(v check.Violation) bool { return v.Rule == check.RuleDeadline }

// left is what a run left behind, in the topics and in the stores of processes that
// have stopped.
func (l *tallies) left(r *run, due int64, stopped []*process) *check.Run {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	topics, err := r.read(ctx, input, output, deadLetters, changelog)
	if err != nil {
		r.sayf("driver", "cannot read: %v", err)
		return nil
	}
	found := &check.Run{
		Accepted: l.accepted, Input: plain(topics[input]), Output: plain(topics[output]), Offsets: map[int32]int64{},
		Drained: true, DueBy: due, Skew: (r.high - r.low).Milliseconds(),
	}
	for _, d := range topics[deadLetters] {
		found.Dead = append(found.Dead, deadLetter(d))
	}
	offsets, err := kadm.NewClient(r.client).FetchOffsets(ctx, r.names.Group(stageName))
	if err != nil {
		r.sayf("driver", "cannot fetch the offsets: %v", err)
		return nil
	}
	offsets.Each(func(o kadm.OffsetResponse) { found.Offsets[o.Partition] = o.At })
	if found.State, err = fold(topics[changelog]); err != nil {
		r.sayf("driver", "a changelog: %v", err)
	}
	ends := lasts(topics[changelog])
	for _, p := range stopped {
		found.Stores = append(found.Stores, r.stores(p, ends)...)
	}
	return found
}

// stores are the partitions of a stopped process that are as far as the changelogs.
func (r *run) stores(p *process, ends map[int32]int64) (out []check.Store) {
	config := engine.StoreConfig{CacheBytes: 1 << 20, MemtableBytes: 1 << 20}
	config.SetFS(p.fs)
	entries, offsets, err := failpoint.ReadStore("state", config, stageName, r.plan.partitions)
	if err != nil {
		r.sayf("state", "the store of %s: %v", p.name(), err)
	}
	for i, offset := range offsets {
		partition := int32(i)
		if offset < ends[partition] || offset == 0 {
			continue
		}
		part := check.Store{Name: p.name(), Partitions: []int32{partition}}
		for _, e := range entries[i] {
			part.Entries = append(part.Entries, check.Entry(e))
		}
		out = append(out, part)
	}
	return out
}

// read returns what topics have, read committed.
func (r *run) read(ctx context.Context, topics ...string) (map[string][]*kgo.Record, error) {
	var names []string
	for _, topic := range topics {
		names = append(names, r.names.Topic(topic))
	}
	client, err := kgo.NewClient(append(r.kafka(newWire(&r.network)), kgo.ConsumeTopics(names...), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.FetchMaxWait(100*time.Millisecond), kgo.KeepControlRecords())...)
	if err != nil {
		return nil, fmt.Errorf("make a reader: %w", err)
	}
	defer client.Close()
	ends, err := kadm.NewClient(client).ListEndOffsets(ctx, names...)
	if err == nil {
		err = ends.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("list the ends: %w", err)
	}
	out := map[string][]*kgo.Record{}
	reached := map[string]map[int32]int64{}
	idle := 0
	for !all(ends, reached) && idle < 20 { // markers at the end of an aborted batch may be compacted away
		pollCtx, cancel := context.WithTimeout(ctx, time.Second)
		fetches := client.PollFetches(pollCtx)
		cancel()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		idle++
		fetches.EachRecord(func(record *kgo.Record) {
			idle = 0
			if reached[record.Topic] == nil {
				reached[record.Topic] = map[int32]int64{}
			}
			reached[record.Topic][record.Partition] = record.Offset + 1
			if topic := record.Topic[len(r.names.Prefix):]; !record.Attrs.IsControl() {
				out[topic] = append(out[topic], record)
			}
		})
	}
	return out, nil
}

func all(ends kadm.ListedOffsets, reached map[string]map[int32]int64) bool {
	there := true
	ends.Each(func(o kadm.ListedOffset) { there = there && reached[o.Topic][o.Partition] >= o.Offset })
	return there
}

func plain(records []*kgo.Record) (out []check.Record) {
	for _, r := range records {
		out = append(out, check.Record{Partition: r.Partition, Offset: r.Offset, Timestamp: r.Timestamp.UnixMilli(), Key: string(r.Key), Value: r.Value})
	}
	return out
}

func deadLetter(r *kgo.Record) check.Dead {
	d := check.Dead{Key: string(r.Key), Value: r.Value}
	for _, h := range r.Headers {
		switch h.Key {
		case dlq.HeaderPartition:
			_, _ = fmt.Sscan(string(h.Value), &d.Source.Partition) // shows as a wrong source
		case dlq.HeaderOffset:
			_, _ = fmt.Sscan(string(h.Value), &d.Source.Offset)
		}
	}
	return d
}

// fold is what the changelogs come to.
func fold(records []*kgo.Record) ([]check.Entry, error) {
	type at struct {
		partition int32
		key       string
	}
	last := map[at]*kgo.Record{}
	for _, r := range records {
		last[at{r.Partition, string(r.Key)}] = r
	}
	var out []check.Entry
	for key, r := range last {
		if r.Value == nil || key.key[0] == 0 {
			continue
		}
		e, err := failpoint.ParseEntry(r.Partition, r.Key, r.Value)
		if err != nil {
			return nil, err
		}
		out = append(out, check.Entry(e))
	}
	slices.SortFunc(out, func(a, b check.Entry) int { return int(a.Partition - b.Partition) })
	return out, nil
}
