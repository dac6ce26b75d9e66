package enginetest_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stage/state"
)

// sums counts the records of each key, and forgets a key after an hour.
type sums struct{ counts *state.Table[string, int64] }

func newSums() stage.Stage { return makeSums() }

func makeSums() sums { return sums{state.Of("n", state.StringKey(), state.Varint())} }

func (sums) Decode(in *stage.Input) (stage.Event, error) {
	if string(in.Value) == "bad" {
		return nil, stage.Permanentf(stage.CauseUndecodable, "a bad record")
	}
	return string(in.Key), nil
}

func (s sums) Apply(tx stage.Tx, in *stage.Input, event stage.Event) error {
	tx.AdvanceWatermark(in.Timestamp)
	key, _ := event.(string)
	n, _, err := s.counts.Get(tx, key)
	if err != nil {
		return err
	}
	tx.Emit(stage.Output{Topic: "counts", Key: in.Key, Value: strconv.AppendInt(nil, n+1, 10)})
	return s.counts.Put(tx, key, n+1, in.Timestamp.Add(time.Hour))
}

func (sums) OnTimer(tx stage.Tx, timer []byte) error {
	tx.Emit(stage.Output{Topic: "counts", Key: timer, Value: []byte("forgotten")})
	tx.Delete(timer)
	return nil
}

// outside counts in the stage's memory instead of the state.
type outside struct {
	sums

	counts map[string]int
}

func (o *outside) Apply(tx stage.Tx, in *stage.Input, _ stage.Event) error {
	o.counts[string(in.Key)]++
	tx.Emit(stage.Output{Topic: "counts", Key: in.Key, Value: strconv.AppendInt(nil, int64(o.counts[string(in.Key)]), 10)})
	return nil
}

// cached keeps the state in memory, too, and reads it there: right until a transaction is
// aborted or another process has changed the state.
type cached struct {
	sums

	counts map[string]int64
}

func (c *cached) Apply(tx stage.Tx, in *stage.Input, event stage.Event) error {
	n, known := c.counts[string(in.Key)]
	if !known {
		var err error
		if n, _, err = c.sums.counts.Get(tx, string(in.Key)); err != nil {
			return err
		}
	}
	c.counts[string(in.Key)] = n + 1
	tx.Emit(stage.Output{Topic: "counts", Key: in.Key, Value: strconv.AppendInt(nil, n+1, 10)})
	return c.sums.counts.Put(tx, string(in.Key), n+1, time.Time{})
}

// undetermined emits in the order of a map.
type undetermined struct{ sums }

func (undetermined) Apply(tx stage.Tx, in *stage.Input, _ stage.Event) error {
	for topic := range strings.FieldsSeq("counts others") {
		if rand.IntN(2) == 0 {
			tx.Emit(stage.Output{Topic: topic, Key: in.Key})
		}
	}
	return nil
}

func inputs() (in []stage.Input) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 60 {
		value := "good"
		if i%7 == 3 {
			value = "bad"
		}
		in = append(in, stage.Input{
			Topic: "words", Partition: int32(i % 2), Offset: int64(i / 2), Key: fmt.Append(nil, "k", i%6), Value: []byte(value),
			Timestamp: at.Add(time.Duration(i) * 17 * time.Minute),
		})
	}
	return in
}

// failures records the failure of a test.
type failures struct {
	testing.TB

	text string
}

// Fatalf implements enginetest.TB.
func (f *failures) Fatalf(format string, args ...any) { f.text = fmt.Sprintf(format, args...) }

func config(made func() stage.Stage) enginetest.ChaosConfig {
	return enginetest.ChaosConfig{Stage: made, Outputs: []string{"counts", "others"}, DeadLetter: "dead", Inputs: inputs()}
}

func TestChaos(t *testing.T) {
	t.Parallel()
	enginetest.Chaos(t, config(newSums))
}

// TestChaosCatches: planted faults of a stage are found.
func TestChaosCatches(t *testing.T) {
	t.Parallel()
	for name, made := range map[string]func() stage.Stage{
		"state outside of Tx":  func() stage.Stage { return &outside{sums: makeSums(), counts: map[string]int{}} },
		"a cache of the state": func() stage.Stage { return &cached{sums: makeSums(), counts: map[string]int64{}} },
		"not deterministic":    func() stage.Stage { return undetermined{makeSums()} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &failures{TB: t}
			enginetest.Chaos(f, config(made))
			if !strings.Contains(f.text, "seed") || !strings.Contains(f.text, "differ") {
				t.Errorf("Chaos() says %q, want a difference with its seed", f.text)
			}
		})
	}
}

// TestChaosBatch: with several records in a transaction, the timer of a key fires after
// records of the key that belong behind it. A stage that depends on that is found.
func TestChaosBatch(t *testing.T) {
	t.Parallel()
	c := config(newSums)
	c.Batch = 20
	f := &failures{TB: t}
	enginetest.Chaos(f, c)
	if !strings.Contains(f.text, "differ") {
		t.Errorf("Chaos() says %q, want a difference", f.text)
	}
	for i := range c.Inputs {
		c.Inputs[i].Timestamp = c.Inputs[0].Timestamp // no timer is due
	}
	enginetest.Chaos(t, c)
}

// TestChaosRepeats: a seed finds the same failure again, up to the last line of its trace.
func TestChaosRepeats(t *testing.T) {
	t.Parallel()
	c := config(func() stage.Stage { return &outside{sums: makeSums(), counts: map[string]int{}} })
	c.Seed = 7
	first, second := &failures{TB: t}, &failures{TB: t}
	enginetest.Chaos(first, c)
	enginetest.Chaos(second, c)
	if first.text == "" || first.text != second.text {
		t.Errorf("the same seed fails with %q and with %q", first.text, second.text)
	}
}

// TestChaosModel: a stage that disagrees with its model is found without faults.
func TestChaosModel(t *testing.T) {
	t.Parallel()
	c := config(newSums)
	c.Model = func([]stage.Input) []string { return []string{"nothing"} }
	f := &failures{TB: t}
	enginetest.Chaos(f, c)
	if !strings.Contains(f.text, "the model differ") {
		t.Errorf("Chaos() says %q, want a difference to the model", f.text)
	}
}
