package enginetest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/engine"
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
	// Inputs are the records, in the order of the offsets of each partition.
	Inputs []stage.Input
	// Model returns the outputs that are expected for the records of one partition, in
	// order, as text of any form. Text gives an output that form. Both nil: only runs are
	// compared with each other.
	Model func(inputs []stage.Input) []string
	Text  func(out *stage.Output) string
	// Schedules is how many schedules of faults are run; 0 means 100.
	Schedules int
	// Seed repeats the schedules of an earlier run; 0 means random ones.
	Seed uint64
}

// Chaos runs a stage without faults and then under random schedules of faults: aborted
// transactions, crashes after which another instance takes over the state, and records of
// the partitions in any interleaving. Every run must end in the same outputs and state as
// the one without faults, and that one must agree with the model. It catches a stage that
// is not deterministic or keeps state outside of Tx. It prints the seed of a failure.
func Chaos(t TB, config ChaosConfig) {
	t.Helper()
	c := &chaos{ChaosConfig: config}
	for i := range c.Inputs {
		c.partitions = max(c.partitions, c.Inputs[i].Partition+1)
	}
	if c.Seed == 0 {
		c.Seed = rand.Uint64() //nolint:gosec // the seed of a test, which it prints
	}
	if c.Text == nil {
		c.Text = func(out *stage.Output) string {
			return fmt.Sprintf("%s %q %q %q %d", out.Topic, out.Key, out.Value, out.Headers, out.Timestamp.UnixMilli())
		}
	}
	calm, err := c.run(nil)
	if err != nil {
		t.Fatalf("without faults: %v", err)
		return
	}
	for p := range c.partitions {
		if c.Model == nil {
			break
		}
		if diff := firstDifference(calm.outputs[p], c.Model(c.of(p))); diff != "" {
			t.Fatalf("without faults, partition %d: the stage and the model differ: %s", p, diff)
			return
		}
	}
	const usual = 100
	schedules := c.Schedules
	if schedules == 0 {
		schedules = usual
	}
	for n := range schedules {
		got, err := c.run(rand.New(rand.NewPCG(c.Seed, uint64(n)))) //nolint:gosec // a test's schedule, from its seed
		if err != nil {
			t.Fatalf("seed %d, schedule %d: %v", c.Seed, n, err)
			return
		}
		for p := range c.partitions {
			if diff := firstDifference(got.outputs[p], calm.outputs[p]); diff != "" {
				t.Fatalf("seed %d, schedule %d, partition %d: outputs differ from the run without faults: %s; faults:\n%s",
					c.Seed, n, p, diff, strings.Join(got.faults, "\n"))
				return
			}
			if got.state[p] != calm.state[p] {
				t.Fatalf("seed %d, schedule %d, partition %d: the state differs from the run without faults:\n%swant\n%s; faults:\n%s",
					c.Seed, n, p, got.state[p], calm.state[p], strings.Join(got.faults, "\n"))
				return
			}
		}
	}
	t.Logf("%d schedules, seed %d", schedules, c.Seed)
}

type chaos struct {
	ChaosConfig

	partitions int32
}

// result is the outcome of a run, by partition.
type result struct {
	outputs [][]string
	state   []string
	faults  []string
}

// of returns the records of a partition.
func (c *chaos) of(partition int32) (inputs []stage.Input) {
	for i := range c.Inputs {
		if c.Inputs[i].Partition == partition {
			inputs = append(inputs, c.Inputs[i])
		}
	}
	return inputs
}

// run feeds all records, with faults by random, or without if it is nil.
func (c *chaos) run(random *rand.Rand) (*result, error) {
	present := c.Stage()
	wall := time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
	driver, err := NewDriver(DriverConfig{
		Name: "chaos", Stage: present, Outputs: c.Outputs, DeadLetter: c.DeadLetter, Topics: c.Topics, Partitions: c.partitions,
		Now: func() time.Time { return wall },
	})
	if err != nil {
		return nil, err
	}
	r := &result{outputs: make([][]string, c.partitions)}
	left := make([][]stage.Input, c.partitions)
	for p := range c.partitions {
		left[p] = c.of(p)
	}
	for range c.Inputs {
		p := c.next(random, left)
		if random != nil {
			if driver, present, err = c.fault(random, r, driver, present, left[p]); err != nil {
				return r, err
			}
		}
		out, err := driver.Feed(left[p][0])
		if err != nil {
			return r, fmt.Errorf("record %d of partition %d: %w", left[p][0].Offset, p, err)
		}
		left[p] = left[p][1:]
		for i := range out {
			r.outputs[p] = append(r.outputs[p], c.Text(&out[i]))
		}
	}
	for p := range c.partitions {
		r.state = append(r.state, driver.Dump(p))
	}
	return r, nil
}

// next chooses the partition of the next record.
func (*chaos) next(random *rand.Rand, left [][]stage.Input) int {
	var having []int
	for p := range left {
		if len(left[p]) > 0 {
			having = append(having, p)
		}
	}
	if random == nil {
		return having[0]
	}
	return having[random.IntN(len(having))]
}

// fault may abort a transaction with the next records, or replace the stage's instance.
func (c *chaos) fault(random *rand.Rand, r *result, driver *Driver, present stage.Stage, next []stage.Input) (*Driver, stage.Stage, error) {
	const kinds, abort, crash = 8, 0, 1
	switch random.IntN(kinds) {
	case abort:
		n := 1 + random.IntN(min(len(next), 3))
		r.faults = append(r.faults, fmt.Sprintf("aborted: %d records of partition %d from offset %d", n, next[0].Partition, next[0].Offset))
		_, err := driver.Fork(present).Feed(next[:n]...)
		return driver, present, err
	case crash:
		r.faults = append(r.faults, fmt.Sprintf("crashed before offset %d of partition %d", next[0].Offset, next[0].Partition))
		present = c.Stage()
		return driver.Fork(present), present, nil
	default:
		return driver, present, nil
	}
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
