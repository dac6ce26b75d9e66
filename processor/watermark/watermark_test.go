package watermark_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/contract"
	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/watermark"
	"github.com/tributary-hq/tributary/schemas"
)

func expected() []watermark.Upstream {
	return []watermark.Upstream{{Stage: "lox24", Partitions: 2}, {Stage: "uapay", Partitions: 1}}
}

// stage observes clocks: the key is the upstream's stage, the offset its
// partition, the timestamp its clock.
type testStage struct{}

func (testStage) Decode(*stage.Input) (stage.Event, error) { return nil, nil }

func (testStage) Apply(tx stage.Tx, in *stage.Input, _ stage.Event) error {
	return watermark.Observe(tx, expected(), string(in.Key), int32(in.Offset), in.Timestamp)
}

func (testStage) OnTimer(stage.Tx, []byte) error { return nil }

func newMemory(t *testing.T) *enginetest.Driver {
	t.Helper()
	m, err := enginetest.NewDriver(enginetest.DriverConfig{Topics: contract.TestTopics, Namespace: contract.Namespace, Name: "clock", Stage: testStage{}, DeadLetter: schemas.DeadLetterJourney})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func noon(after time.Duration) time.Time {
	return time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC).Add(after)
}

// TestEarliest: the clock stands until every expected partition has told its own,
// then it is the earliest of them.
func TestEarliest(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	var stands time.Time
	for _, step := range []struct {
		stage     string
		partition int64
		clock     time.Duration
		want      time.Time
	}{
		{"lox24", 0, 10 * time.Minute, stands},
		{"uapay", 0, 20 * time.Minute, stands},
		{"unibell-call", 0, time.Minute, stands}, // not expected, so not waited for
		{"lox24", 7, time.Minute, stands},        // a partition that is not expected
		{"lox24", 1, 30 * time.Minute, noon(10 * time.Minute)},
		{"lox24", 0, 5 * time.Minute, noon(10 * time.Minute)}, // told again, earlier
		{"lox24", 0, 40 * time.Minute, noon(20 * time.Minute)},
		{"uapay", 0, 35 * time.Minute, noon(30 * time.Minute)},
	} {
		_, err := m.Feed(stage.Input{Key: []byte(step.stage), Offset: step.partition, Timestamp: noon(step.clock)})
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Watermark(0); !got.Equal(step.want) {
			t.Errorf("after %s/%d told %s: clock %s, want %s", step.stage, step.partition, step.clock, got, step.want)
		}
	}
}

// TestNeverBack: whatever is told in whatever order, the clock never goes back,
// never beyond the earliest, and ends where the same told in order ends.
func TestNeverBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		m := newMemory(t)
		latest := map[string]time.Time{}
		last := time.Time{}
		for range rapid.IntRange(1, 40).Draw(r, "told") {
			up := rapid.SampledFrom([]stage.Input{
				{Key: []byte("lox24"), Offset: 0}, {Key: []byte("lox24"), Offset: 1}, {Key: []byte("uapay"), Offset: 0},
			}).Draw(r, "upstream")
			up.Timestamp = noon(time.Duration(rapid.IntRange(0, 100).Draw(r, "minute")) * time.Minute)
			if _, err := m.Feed(up); err != nil {
				r.Fatal(err)
			}
			name := fmt.Sprint(string(up.Key), up.Offset)
			if up.Timestamp.After(latest[name]) {
				latest[name] = up.Timestamp
			}
			if m.Watermark(0).Before(last) {
				r.Fatalf("the clock went from %s back to %s", last, m.Watermark(0))
			}
			last = m.Watermark(0)
			want := time.Time{}
			if len(latest) == 3 {
				for _, at := range latest {
					if want.IsZero() || at.Before(want) {
						want = at
					}
				}
			}
			if !last.Equal(want) {
				r.Fatalf("clock %s, want %s", last, want)
			}
		}
	})
}
