package dedupe_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/contract"
	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stage/dedupe"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas"
)

const span = 72 * time.Hour

// stage keeps nothing but the ids of an entity; it emits where a repeat was first
// seen. The record's value is the id, its timestamp when it was received.
type testStage struct {
	happened time.Time
	accept   bool
	keep     time.Duration
}

func (testStage) Decode(*stage.Input) (stage.Event, error) { return nil, nil }

func (s testStage) Apply(tx stage.Tx, in *stage.Input, _ stage.Event) error {
	tx.AdvanceWatermark(in.Timestamp)
	entry, err := tx.Get(in.Key)
	if err != nil {
		return err
	}
	var seen dedupe.Window
	if entry != nil {
		r, _ := statecodec.NewReader(entry, 1)
		seen.ReadFrom(r)
		if err := r.Done(); err != nil {
			return err
		}
	}
	here := dedupe.Position{Partition: in.Partition, Offset: in.Offset, ReceivedAt: in.Timestamp}
	known, err := seen.Observe(tx, in.Key, &dedupe.Event{ID: string(in.Value), Here: here, EventTime: s.happened, AcceptStale: s.accept}, dedupe.Policy{Span: span, Keep: s.keep})
	if err != nil {
		return err
	}
	if known.Repeated {
		tx.Emit(stage.Output{Topic: schemas.RawUAPAY, Key: in.Key, Value: fmt.Append(nil, known.First.Offset)})
	}
	tx.Put(in.Key, seen.AppendTo([]byte{1}), time.Time{})
	return nil
}

func (testStage) OnTimer(tx stage.Tx, key []byte) error {
	if dedupe.IsEntry(key) {
		tx.Delete(key)
	}
	return nil
}

func newMemory(t *testing.T) *enginetest.Driver {
	t.Helper()
	return memoryOf(t, testStage{})
}

func memoryOf(t *testing.T, s testStage) *enginetest.Driver {
	t.Helper()
	m, err := enginetest.NewDriver(enginetest.DriverConfig{
		Topics: contract.TestTopics, Namespace: contract.Namespace,
		Name: "dedupe", Stage: s, Outputs: []string{schemas.RawUAPAY}, DeadLetter: schemas.DeadLetterUAPAY,
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func at(after time.Duration) time.Time {
	return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(after)
}

// TestEveryRepeatNamesTheFirst: within the span, however many ids an entity has,
// each repeat is told apart and names the offset of the first.
func TestEveryRepeatNamesTheFirst(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		m := newMemory(t)
		ids := rapid.SampledFrom([]int{3, dedupe.Inline - 1, dedupe.Inline, dedupe.Inline + 1, 3 * dedupe.Inline}).Draw(r, "ids")
		first := map[string]int64{}
		for offset := range int64(ids + 60) {
			// The first come in order, so that all of them are there; then repeats.
			n := offset
			if n >= int64(ids) {
				n = rapid.Int64Range(0, int64(ids)-1).Draw(r, "repeat")
			}
			id := fmt.Sprint("id-", n)
			outputs, err := m.Feed(stage.Input{
				Key: []byte("entity"), Value: []byte(id), Offset: offset, Timestamp: at(time.Duration(offset) * time.Minute),
			})
			if err != nil {
				r.Fatal(err)
			}
			known, repeated := first[id]
			if repeated != (len(outputs) == 1) || (repeated && string(outputs[0].Value) != strconv.FormatInt(known, 10)) {
				r.Fatalf("%s at %d: %d repeats told, first at %d", id, offset, len(outputs), known)
			}
			if !repeated {
				first[id] = offset
			}
		}
	})
}

// TestForgotten: an id is remembered for the span and not longer, in the entity's
// entry and in one of its own, and nothing is left of it then.
func TestForgotten(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	feed := func(id string, after time.Duration) (repeated bool) {
		outputs, err := m.Feed(stage.Input{Key: []byte("entity"), Value: []byte(id), Timestamp: at(after)})
		if err != nil {
			t.Fatal(err)
		}
		return len(outputs) > 0
	}
	const spilled = dedupe.Inline + 10
	for n := range spilled {
		feed(strconv.Itoa(n), 0)
	}
	if got := m.Entries(0); got != 1+spilled-dedupe.Inline {
		t.Errorf("%d entries, want the entity's and one for each id over %d", got, dedupe.Inline)
	}
	for _, id := range []string{"0", strconv.Itoa(spilled - 1)} {
		if !feed(id, dedupe.Kept(span)-time.Second) {
			t.Errorf("id %s is forgotten within the span", id)
		}
	}
	if feed("0", dedupe.Kept(span)+time.Second) {
		t.Error("an id of the entity's entry is remembered beyond the span")
	}
	if feed(strconv.Itoa(spilled-1), dedupe.Kept(span)+time.Second) {
		t.Error("an id with an entry of its own is remembered beyond the span")
	}
	if got := m.Entries(0); got != 1 {
		t.Errorf("%d entries are left, want the entity's", got)
	}
	if dump := m.Dump(0); strings.Count(dump, "\n") != 1 || len(dump) > 200 {
		t.Errorf("the entity's entry holds more than two ids:\n%s", dump)
	}
}

// TestWithEntity: ids that are remembered with their entity are repeats at any time.
func TestWithEntity(t *testing.T) {
	t.Parallel()
	m := memoryOf(t, testStage{keep: dedupe.WithEntity})
	const ids = dedupe.Inline + 10
	for _, after := range []time.Duration{0, 10 * 365 * 24 * time.Hour} {
		for n := range ids {
			outputs, err := m.Feed(stage.Input{Key: []byte("entity"), Value: []byte(strconv.Itoa(n)), Timestamp: at(after)})
			if err != nil || (len(outputs) > 0) != (after > 0) {
				t.Fatalf("id %d after %s: %d repeats, %v", n, after, len(outputs), err)
			}
		}
	}
	if got := m.Entries(0); got != 1+ids-dedupe.Inline {
		t.Errorf("%d entries, want the entity's and one for each id over %d", got, dedupe.Inline)
	}
}

// TestNeverCountedTwice: an event that comes again after its id was forgotten is stale,
// whatever else is remembered of its entity, and even where its provider's clock is
// ahead of ours.
func TestNeverCountedTwice(t *testing.T) {
	t.Parallel()
	for name, ahead := range map[string]time.Duration{"dated when received": 0, "dated before": -time.Minute, "dated ahead": dedupe.Margin} {
		for _, accept := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", accept stale ", accept), func(t *testing.T) {
				t.Parallel()
				m := memoryOf(t, testStage{happened: at(ahead), accept: accept})
				fresh := 0
				for hour := range 200 {
					// Other events keep the entity known.
					for _, id := range []string{"other-" + strconv.Itoa(hour), "same"} {
						outputs, err := m.Feed(stage.Input{Key: []byte("entity"), Value: []byte(id), Timestamp: at(time.Duration(hour) * time.Hour)})
						if err != nil {
							t.Fatal(err)
						}
						if id == "same" && len(outputs) == 0 {
							fresh++
						}
					}
				}
				if want := map[bool]int{false: 1, true: 3}[accept]; fresh != want {
					t.Errorf("counted %d times in 200 hours, want %d", fresh, want)
				}
			})
		}
	}
}

// TestIDsAreOfTheirEntity: the same id of two entities is two facts.
func TestIDsAreOfTheirEntity(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	for n := range dedupe.Inline + 5 {
		for _, entity := range []string{"a", "ab"} {
			outputs, err := m.Feed(stage.Input{Key: []byte(entity), Value: fmt.Append(nil, n), Timestamp: at(0)})
			if err != nil || len(outputs) != 0 {
				t.Fatalf("id %d of %s: %d repeats, %v", n, entity, len(outputs), err)
			}
		}
	}
}

func TestBrokenEntry(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		reader, _ := statecodec.NewReader(append([]byte{1}, rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(r, "bytes")...), 1)
		var seen dedupe.Window
		seen.ReadFrom(reader)
		if reader.Err() == nil && seen.Len() > 40 {
			r.Errorf("%d ids out of 40 bytes", seen.Len())
		}
	})
}
