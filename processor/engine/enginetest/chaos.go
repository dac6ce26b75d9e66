package enginetest

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/engine/internal/simulate"
	"github.com/tributary-hq/tributary/processor/stage"
)

// TB is the part of testing.TB that Chaos needs.
type TB interface {
	Helper()
	Logf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// ChaosConfig describes the stage under test and its input.
type ChaosConfig struct {
	// Stage returns a new instance of the stage, as a process makes it at its start.
	Stage func() stage.Stage
	// Outputs, DeadLetter and Topics are as in engine.Spec and engine.Deps.
	Outputs    []string
	DeadLetter string
	Topics     func(name string) (engine.Topic, error)
	// Inputs are the records of the input topic, in the order of each partition, with
	// timestamps before 2200. Their offsets are set: 0, 1, 2 and so on in each partition.
	Inputs []stage.Input
	// Batch is the most records in one transaction; 0 means 1. Timers fire at the end of a
	// transaction, so a stage passes a higher number only if its outputs for a key do not
	// depend on which records share one.
	Batch int
	// Model returns the outputs that are expected for the records of one partition, in
	// order, as text of any form. Text gives an output that form. Both nil: only runs are
	// compared with each other.
	Model func(inputs []stage.Input) []string
	Text  func(out *stage.Output) string
	// Schedules is how many schedules of faults are played; 0 means 100.
	Schedules int
	// Seed is the seed of the first schedule, the next one has the next seed; 0 means a
	// random one.
	Seed uint64
}

// Chaos runs a stage record by record without faults, and compares that with the model.
// Then it plays random schedules of faults on a simulated cluster: processes with the real
// engine and a store on a disk start, crash, freeze, lose their disk or parts of it, and
// share out the partitions anew; the stage is paused and resumed; brokers refuse requests,
// lose answers, delay or forget transaction markers; clocks jump. Each schedule must end,
// with the outputs and the state of the run without faults, each exactly once.
//
// It catches an Apply or OnTimer that is not deterministic, and state that is kept outside
// of Tx. It prints the smallest schedule that it finds to fail, with its seed.
//
// Outputs of ReportWatermark and Audit are not compared: they depend on transactions. The
// wall clock of Tx stands still.
func Chaos(t TB, config ChaosConfig) {
	t.Helper()
	c := newChaos(&config)
	calm, err := c.calm(c.records)
	if err != nil {
		t.Fatalf("without faults: %v", err)
		return
	}
	if diff := c.compareModel(calm); diff != "" {
		t.Fatalf("without faults: %s", diff)
		return
	}
	for n := range uint64(c.Schedules) { //nolint:gosec // a few
		p := c.plan(c.Seed + n)
		if diff := c.play(p, nil); diff != "" {
			t.Fatalf("%s", c.report(p, diff))
			return
		}
	}
	t.Logf("%d schedules from seed %d on", c.Schedules, c.Seed)
}

type chaos struct {
	ChaosConfig

	partitions int32
	input      string
	records    []simulate.Record
}

// changelog is the name of the changelog in the simulated cluster, stageName that of the
// stage.
const (
	changelog = "enginetest-changelog"
	stageName = "chaos"
)

func newChaos(config *ChaosConfig) *chaos {
	c := &chaos{ChaosConfig: *config, input: "enginetest-input"}
	c.Batch = max(c.Batch, 1)
	if c.Schedules == 0 {
		c.Schedules = 100
	}
	if c.Seed == 0 {
		c.Seed = rand.Uint64N(1 << 32) //nolint:gosec // the seed of a test, which it prints
	}
	if c.Text == nil {
		c.Text = func(out *stage.Output) string {
			return fmt.Sprintf("%s %q %q %q %d", out.Topic, out.Key, out.Value, out.Headers, out.Timestamp.UnixMilli())
		}
	}
	for i := range c.Inputs {
		in := &c.Inputs[i]
		if in.Topic != "" {
			c.input = in.Topic
		}
		c.partitions = max(c.partitions, in.Partition+1)
		record := simulate.Record{Partition: in.Partition, Key: in.Key, Value: in.Value, Timestamp: in.Timestamp.UnixMilli()}
		for _, h := range in.Headers {
			record.Headers = append(record.Headers, kgo.RecordHeader(h))
		}
		c.records = append(c.records, record)
	}
	return c
}

// of returns the records of a partition as a stage gets them.
func (c *chaos) of(records []simulate.Record, partition int32) (inputs []stage.Input) {
	for i := range records {
		r := &records[i]
		if r.Partition != partition {
			continue
		}
		in := stage.Input{
			Topic: c.input, Partition: partition, Offset: int64(len(inputs)), Timestamp: time.UnixMilli(r.Timestamp).UTC(), Key: r.Key, Value: r.Value,
		}
		for _, h := range r.Headers {
			in.Headers = append(in.Headers, stage.Header(h))
		}
		inputs = append(inputs, in)
	}
	return inputs
}

// result is the outcome of a run.
type result struct {
	// outputs are in order for each partition of the input.
	outputs [][]stage.Output
	// state has the form of Driver.Dump, by partition.
	state []string
}

// calm applies the records one by one, without faults.
func (c *chaos) calm(records []simulate.Record) (*result, error) {
	driver, err := NewDriver(DriverConfig{
		Name: stageName, Stage: tagOutputs(c.Stage()), Outputs: c.Outputs, DeadLetter: c.DeadLetter, Topics: c.Topics, Partitions: c.partitions, Now: wall,
	})
	if err != nil {
		return nil, err
	}
	r := &result{outputs: make([][]stage.Output, c.partitions)}
	for p := range c.partitions {
		for _, in := range c.of(records, p) {
			out, err := driver.Feed(in)
			if err != nil {
				return nil, fmt.Errorf("record %d of partition %d: %w", in.Offset, p, err)
			}
			for i := range out {
				r.add(&out[i], c.DeadLetter)
			}
		}
		r.state = append(r.state, driver.Dump(p))
	}
	return r, nil
}

// add adds an output of a record or a timer.
func (r *result) add(out *stage.Output, deadLetter string) {
	if p, ok := source(out, deadLetter); ok && int(p) < len(r.outputs) {
		out.Timestamp = time.UnixMilli(out.Timestamp.UnixMilli()).UTC()
		r.outputs[p] = append(r.outputs[p], *out)
	}
}

// compareModel describes the first difference between the model and the run without faults.
func (c *chaos) compareModel(calm *result) string {
	for p := range c.partitions {
		if c.Model == nil {
			break
		}
		var texts []string
		for i := range calm.outputs[p] {
			texts = append(texts, c.Text(&calm.outputs[p][i]))
		}
		if diff := firstDifference(texts, c.Model(c.of(c.records, p))); diff != "" {
			return fmt.Sprintf("partition %d: the stage and the model differ: %s", p, diff)
		}
	}
	return ""
}

// group identifies outputs whose order a consumer sees: those of one input partition in a
// partition of a topic. If several records may share a transaction, only those of a key:
// their timers may fire later than other records are applied.
type group struct {
	source int32
	topic  string
	key    string
}

func (c *chaos) grouped(r *result) map[group][]string {
	out := map[group][]string{}
	for p := range r.outputs {
		for i := range r.outputs[p] {
			o := &r.outputs[p][i]
			g := group{int32(p), o.Topic, fmt.Sprintf("partition %d", o.Partition)}
			if c.Batch > 1 {
				g.key = fmt.Sprintf("key %q", o.Key)
			}
			out[g] = append(out[g], c.Text(o))
		}
	}
	return out
}

// compare describes the first difference between a run with faults and the one without.
func (c *chaos) compare(got, calm *result) string {
	have, want := c.grouped(got), c.grouped(calm)
	for _, g := range slices.SortedFunc(maps.Keys(want), compareGroups) {
		if diff := firstDifference(have[g], want[g]); diff != "" {
			return fmt.Sprintf("outputs differ from the run without faults: input partition %d, topic %s, %s: %s", g.source, g.topic, g.key, diff)
		}
		delete(have, g)
	}
	for _, g := range slices.SortedFunc(maps.Keys(have), compareGroups) {
		return fmt.Sprintf("outputs differ from the run without faults: input partition %d, topic %s, %s: it has none, got %s", g.source, g.topic, g.key, have[g][0])
	}
	for p := range calm.state {
		if got.state[p] != calm.state[p] {
			return fmt.Sprintf("the state of partition %d differs from the run without faults:\n%swant\n%s", p, got.state[p], calm.state[p])
		}
	}
	return ""
}

func compareGroups(a, b group) int {
	if a.source != b.source {
		return int(a.source - b.source)
	}
	return strings.Compare(a.topic+a.key, b.topic+b.key)
}

// firstDifference describes the first difference of two lists, empty if they are equal.
func firstDifference(got, want []string) string {
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			return fmt.Sprintf("output %d is missing: %s", i, want[i])
		case i >= len(want):
			return fmt.Sprintf("output %d is too much: %s", i, got[i])
		case got[i] != want[i]:
			return fmt.Sprintf("output %d: got %s, want %s", i, got[i], want[i])
		}
	}
	return ""
}
