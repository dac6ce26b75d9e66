package enginetest

import (
	"bytes"
	"container/heap"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
	"github.com/tributary-hq/tributary/processor/engine/internal/task"
	"github.com/tributary-hq/tributary/processor/stage"
)

// DriverConfig is the configuration of a Driver.
type DriverConfig struct {
	// Name is the stage's name, for dead letters and errors.
	Name  string
	Stage stage.Stage
	// Outputs are the topics that the stage emits to, without prefix.
	Outputs []string
	// DeadLetter is the topic for records that can never be processed.
	DeadLetter string
	// Topics and Namespace are as in Deps.
	Topics    func(name string) (engine.Topic, error)
	Namespace string
	// Partitions is the partition count of every topic; 0 means 1.
	Partitions int32
	// WatermarkInterval is how far a watermark must advance before ReportWatermark is called; 0
	// means any advance.
	WatermarkInterval time.Duration
	// Now is the wall clock. Nil means a time far in the future, so that it never
	// limits the watermark.
	Now func() time.Time
}

// Driver is a test driver, like Kafka Streams' TopologyTestDriver: it processes records in
// virtual time like the engine, but without Kafka and disk. It serves tests of stages and
// models of a pipeline. It is not safe for concurrent use.
type Driver struct {
	config DriverConfig
	task   *task.Task
	parts  []*partition
	counts []stage.Count
}

type partition struct {
	entries map[string]stateEntry
	// deadlines is a heap of all deadlines, including stale ones that an entry no
	// longer has.
	deadlines deadlineHeap
	work      Work
	clock     int64
	reported  int64
}

type stateEntry struct {
	payload  []byte
	deadline int64
}

// NewDriver returns a test driver with empty state.
func NewDriver(config DriverConfig) (*Driver, error) {
	config.Partitions = max(config.Partitions, 1)
	if config.Namespace == "" {
		config.Namespace = "engine"
	}
	if config.Now == nil {
		far := time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
		config.Now = func() time.Time { return far }
	}
	names := append([]string{config.DeadLetter}, config.Outputs...)
	topics, err := task.Topics(names, "", func(string) int32 { return config.Partitions }, config.Topics)
	if err != nil {
		return nil, err
	}
	d := &Driver{config: config, task: task.New(task.Config{
		Stage: config.Stage, Name: config.Name, DeadLetter: config.DeadLetter, Version: version, Namespace: config.Namespace,
		Topics: topics, MaxState: maxState, WatermarkInterval: config.WatermarkInterval,
	})}
	for range config.Partitions {
		d.parts = append(d.parts, &partition{entries: map[string]stateEntry{}})
	}
	return d, nil
}

// Fork returns a driver with a copy of the state for another instance of the stage, as a
// process has it that takes over after a crash.
func (d *Driver) Fork(s stage.Stage) *Driver {
	fork := *d
	fork.config.Stage, fork.task = s, d.task.Fork(s)
	fork.counts, fork.parts = slices.Clone(d.counts), make([]*partition, len(d.parts))
	for i, p := range d.parts {
		own := *p
		own.entries, own.deadlines = maps.Clone(p.entries), slices.Clone(p.deadlines)
		fork.parts[i] = &own
	}
	return &fork
}

// Feed applies records of one partition in one transaction, fires the timers that
// become due and returns the outputs in order. in.Partition must be below Partitions.
func (d *Driver) Feed(in ...stage.Input) ([]stage.Output, error) {
	var out []stage.Output
	for i := range in {
		r := task.Record{In: in[i]}
		d.task.Decode(&r)
		emitted, err := d.transact(in[i].Partition, func(c *task.Context) error {
			_, err := d.task.Apply(c, &r)
			return err
		})
		if err != nil {
			return out, err
		}
		out = append(out, emitted...)
	}
	return out, nil
}

// AdvanceTo moves the watermark of a partition and fires the timers that become due, as
// the wall clock does for an idle partition.
func (d *Driver) AdvanceTo(partition int32, to time.Time) ([]stage.Output, error) {
	return d.transact(partition, func(c *task.Context) error {
		c.AdvanceWatermark(to)
		return nil
	})
}

// Watermark returns the watermark of a partition, zero if it never advanced.
func (d *Driver) Watermark(partition int32) time.Time {
	return entry.FromMillis(d.parts[partition].clock)
}

// Counts returns all counts so far, in order.
func (d *Driver) Counts() []stage.Count { return d.counts }

// Entries returns how many state entries a partition has.
func (d *Driver) Entries(partition int32) int { return len(d.parts[partition].entries) }

// NextDeadline returns the earliest deadline of a partition, zero if none.
func (d *Driver) NextDeadline(partition int32) time.Time {
	var earliest int64
	for _, e := range d.parts[partition].entries {
		if e.deadline != 0 && (earliest == 0 || e.deadline < earliest) {
			earliest = e.deadline
		}
	}
	return entry.FromMillis(earliest)
}

// Work counts state operations: the cost of a record apart from decoding.
type Work struct {
	// Reads counts the entries that were looked up or scanned; ReadBytes and
	// WrittenBytes are their sizes.
	Reads, ReadBytes, WrittenBytes int64
}

// Work returns the operations of a partition since the beginning.
func (d *Driver) Work(partition int32) Work { return d.parts[partition].work }

// Dump returns the state of a partition as readable lines, for comparisons.
func (d *Driver) Dump(partition int32) string {
	var b strings.Builder
	p := d.parts[partition]
	for _, k := range slices.Sorted(maps.Keys(p.entries)) {
		fmt.Fprintf(&b, "%q %d %x\n", k, p.entries[k].deadline, p.entries[k].payload)
	}
	return b.String()
}

// version is the release that dead letters name.
const version = "test"

// maxState is the limit of a state entry.
const maxState = 2 << 20

func (d *Driver) transact(partition int32, act func(*task.Context) error) ([]stage.Output, error) {
	p := d.parts[partition]
	c := task.NewContext(d.task, &task.Start{Partition: partition, State: p, Watermark: p.clock, WallClock: d.config.Now()})
	if err := act(c); err != nil {
		return nil, err
	}
	reported, err := d.task.Finish(c, task.Ending{TimersMayBeDue: true, Reported: p.reported})
	if err != nil {
		return nil, err
	}
	p.reported, p.clock = reported, c.WatermarkMillis()
	d.counts = append(d.counts, c.Counts()...)
	for _, e := range c.Writes() {
		if e.Payload == nil {
			delete(p.entries, e.Key)
			p.work.WrittenBytes += int64(len(e.Key))
		} else {
			p.work.WrittenBytes += int64(len(e.Key) + len(e.Payload))
			p.put(e.Key, stateEntry{payload: bytes.Clone(e.Payload), deadline: e.Deadline})
		}
	}
	return c.Outputs(), nil
}

func (p *partition) put(key string, e stateEntry) {
	if e.deadline != 0 && e.deadline != p.entries[key].deadline {
		heap.Push(&p.deadlines, entry.Timer{Key: []byte(key), Deadline: e.deadline})
	}
	p.entries[key] = e
}

func (p *partition) Get(key []byte, _ entry.Allocator) (entry.Stored, error) {
	e := p.entries[string(key)]
	p.work.Reads++
	p.work.ReadBytes += int64(len(e.payload))
	return entry.Stored{Payload: e.payload, Deadline: e.deadline}, nil
}

func (p *partition) Scan(prefix []byte, yield func(key, payload []byte) bool) error {
	var under []string
	for k := range p.entries {
		if strings.HasPrefix(k, string(prefix)) {
			under = append(under, k)
		}
	}
	slices.Sort(under)
	for _, k := range under {
		p.work.Reads++
		p.work.ReadBytes += int64(len(p.entries[k].payload))
		if !yield([]byte(k), p.entries[k].payload) {
			break
		}
	}
	return nil
}

func (p *partition) Due(until int64, yield func(key []byte, deadline int64) bool) (more bool, err error) {
	var out []entry.Timer
	for len(p.deadlines) > 0 && p.deadlines[0].Deadline <= until {
		d, _ := heap.Pop(&p.deadlines).(entry.Timer)
		if p.entries[string(d.Key)].deadline == d.Deadline {
			out = append(out, d)
		}
	}
	// The heap contains a deadline twice if an entry returned to an earlier deadline.
	out = slices.CompactFunc(out, func(a, b entry.Timer) bool { return entry.CompareTimers(a, b) == 0 })
	for _, d := range out {
		heap.Push(&p.deadlines, d)
	}
	for _, d := range out {
		if !yield(d.Key, d.Deadline) {
			break
		}
	}
	return false, nil
}

// deadlineHeap is a min-heap by deadline.
type deadlineHeap []entry.Timer

// Len implements [heap.Interface].
func (d *deadlineHeap) Len() int { return len(*d) }

// Less implements [heap.Interface].
func (d *deadlineHeap) Less(i, j int) bool { return entry.CompareTimers((*d)[i], (*d)[j]) < 0 }

// Swap implements [heap.Interface].
func (d *deadlineHeap) Swap(i, j int) { (*d)[i], (*d)[j] = (*d)[j], (*d)[i] }

// Push implements [heap.Interface].
func (d *deadlineHeap) Push(x any) {
	e, _ := x.(entry.Timer)
	*d = append(*d, e)
}

// Pop implements [heap.Interface].
func (d *deadlineHeap) Pop() any {
	last := len(*d) - 1
	e := (*d)[last]
	*d = (*d)[:last]
	return e
}
