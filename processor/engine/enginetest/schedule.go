package enginetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/engine/internal/simulate"
	"github.com/tributary-hq/tributary/processor/engine/internal/store"
	"github.com/tributary-hq/tributary/processor/stage"
)

// plan draws the schedule of a seed: processes, faults, and when the records arrive.
func (c *chaos) plan(seed uint64) *simulate.Schedule {
	r := rand.New(rand.NewPCG(seed, 0x6368616f73)) //nolint:gosec // a schedule that can be repeated
	p := simulate.Plan(seed, r)
	p.Partitions, p.Records = c.partitions, slices.Clone(c.records)
	p.PlanHosts(r)
	p.PlanFaults(r)
	span := 200 + r.IntN(2500)
	for i := range p.Records {
		p.Records[i].At = int64(r.IntN(span))
	}
	p.PlanPauses(r)
	return p
}

// play plays a schedule and describes the fault of its result, empty if there is none.
// It appends the trace to a non-nil one.
func (c *chaos) play(p *simulate.Schedule, trace *[]string) string {
	calm, err := c.calm(p.Records)
	if err != nil {
		return fmt.Sprintf("without faults: %v", err)
	}
	const patience, perRecord = 60_000, 2_000
	r := simulate.New(p, simulate.Stage{
		Spec:  engine.Spec{Name: stageName, Input: c.input, Changelog: changelog, Outputs: c.Outputs, DeadLetter: c.DeadLetter},
		Stage: func() stage.Stage { return tagOutputs(c.Stage()) },
		Configure: func(config *engine.Config, deps *engine.Deps) {
			config.MaxRoundRecords = c.Batch
			deps.Topics, deps.Version = c.topic, version
		},
		Begin: wall().UnixMilli(), Patience: patience + perRecord*int64(len(p.Records)),
	}, trace != nil)
	defer r.Close()
	err = r.Play()
	if trace != nil {
		*trace = append(*trace, r.World.Trace...)
	}
	if len(r.Failures) > 0 {
		return strings.Join(r.Failures, "; ")
	}
	if err != nil {
		return fmt.Sprintf("%v; workers that ended: %v", err, r.Fatal)
	}
	got, err := c.read(r)
	if err != nil {
		return err.Error()
	}
	if diff := c.compare(got, calm); diff != "" {
		return diff
	}
	for _, s := range r.Complete() {
		if have := dump(s.Entries); have != calm.state[s.Partition] {
			return fmt.Sprintf("the store of process %s, partition %d, differs from the run without faults:\n%swant\n%s", s.Process, s.Partition, have, calm.state[s.Partition])
		}
	}
	return ""
}

// topic returns the settings of a topic. The changelog is not one of the caller's.
func (c *chaos) topic(name string) (engine.Topic, error) {
	if name == changelog {
		return engine.Topic{MaxBytes: maxState}, nil
	}
	if c.Topics == nil {
		return engine.Topic{}, nil
	}
	return c.Topics(name)
}

// read reads the outputs and the state that a run left.
func (c *chaos) read(r *simulate.Run) (*result, error) {
	got := &result{outputs: make([][]stage.Output, c.partitions), state: make([]string, c.partitions)}
	for _, topic := range append(slices.Clone(c.Outputs), c.DeadLetter) {
		for p := range c.partitions {
			for _, record := range r.World.Cluster.Committed(topic, p) {
				out := stage.Output{Topic: topic, Partition: p, Key: record.Key, Value: record.Value, Timestamp: record.Timestamp}
				for _, h := range record.Headers {
					out.Headers = append(out.Headers, stage.Header(h))
				}
				got.add(&out, c.DeadLetter)
			}
		}
	}
	entries, err := r.State()
	if err != nil {
		return nil, fmt.Errorf("read the changelog: %w", err)
	}
	for p := range c.partitions {
		got.state[p] = dump(slices.DeleteFunc(slices.Clone(entries), func(e store.Entry) bool { return e.Partition != p }))
	}
	return got, nil
}

// dump gives entries the form of Driver.Dump.
func dump(entries []store.Entry) string {
	slices.SortFunc(entries, func(a, b store.Entry) int { return strings.Compare(a.Key, b.Key) })
	var b strings.Builder
	for i := range entries {
		fmt.Fprintf(&b, "%q %d %x\n", entries[i].Key, entries[i].Deadline, entries[i].Payload)
	}
	return b.String()
}

// report describes a failing schedule: the smallest one that is found to fail, and the end
// of its trace.
func (c *chaos) report(failing *simulate.Schedule, diff string) string {
	const plays, lines = 60, 100
	found := diff
	small := simulate.Shrink(failing, plays, func(p *simulate.Schedule) bool {
		d := c.play(p, nil)
		if d != "" {
			found = d
		}
		return d != ""
	})
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d: %s\n%d of %d records, %d of %d processes, %d of %d faults:\n", failing.Seed, found,
		len(small.Records), len(failing.Records), len(small.Hosts), len(failing.Hosts), len(small.Faults), len(failing.Faults))
	for i := range small.Faults {
		fmt.Fprintf(&b, "  %v\n", &small.Faults[i])
	}
	for _, pause := range small.Pauses {
		fmt.Fprintf(&b, "  paused from %d to %d ms\n", pause.From, pause.To)
	}
	trace := []string{}
	if c.play(small, &trace) == "" {
		b.WriteString("The same schedule does not fail each time: the stage is not deterministic.\n")
	}
	b.WriteString(strings.Join(trace[max(0, len(trace)-lines):], "\n"))
	return b.String()
}
