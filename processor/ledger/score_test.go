package ledger_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/processor/insights/logbucket"
	"github.com/tributary-hq/tributary/processor/ledger"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/tolerance"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// late is an event with times; its record moves the counters that a stage moves.
type late struct{ times stage.Times }

func (l *late) Times() stage.Times { return l.times }

// TestScore counts the records of a few minutes a second time and compares with the counts
// that go to the insights stage, minute by minute.
func TestScore(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 1))
	want, got := map[time.Time]*avro.ProviderCounts{}, map[time.Time]*avro.ProviderCounts{}
	m := newMemory(t)
	for offset := range int64(300) {
		at := time.Duration(offset) * time.Second
		body := []string{"decoded", "duplicate", "stale", "missed", "odd"}[random.IntN(5)]
		minute := noon(at).Truncate(time.Minute)
		if want[minute] == nil {
			want[minute] = &avro.ProviderCounts{Provider: "lox24", ReceivedMinute: minute, Lateness: []avro.ProviderLateness{}}
		}
		c := want[minute]
		switch body {
		case "duplicate":
			c.Duplicates++
		case "stale":
			c.DeadLetters++
		case "missed":
			c.MissedAttempts += 2
		case "odd":
			c.UnknownNames, c.Regressions, c.Conflicts = c.UnknownNames+1, c.Regressions+3, c.Conflicts-1
		}
		if body == "decoded" || body == "missed" || body == "odd" {
			c.Decoded++
			if len(c.Lateness) == 0 {
				c.Lateness = append(c.Lateness, avro.ProviderLateness{LatenessBucket: logbucket.Of(lateness)})
			}
			c.Lateness[0].LateFacts++
		}
		outputs, err := m.Feed(record(offset, at, "shop", body))
		if err != nil {
			t.Fatal(err)
		}
		readScores(t, outputs, got)
	}
	outputs, err := m.AdvanceTo(0, noon(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	readScores(t, outputs, got)
	if diff := cmp.Diff(want, got); diff != "" || len(want) != 5 {
		t.Errorf("%d minutes (-want +got):\n%s", len(want), diff)
	}
}

const lateness = 3 * time.Second

func readScores(t *testing.T, outputs []stage.Output, into map[time.Time]*avro.ProviderCounts) {
	t.Helper()
	for _, o := range outputs {
		if o.Topic != schemas.InternalInsights {
			continue
		}
		_, body, err := wire.Parse(o.Value)
		var input avro.InsightsInput
		if err == nil {
			err = input.DecodeAvro(body)
		}
		c := &input.ProviderCounts.Value
		if err != nil || string(o.Key) != "lox24" || into[c.ReceivedMinute] != nil {
			t.Fatalf("key %s, minute %s: %v", o.Key, c.ReceivedMinute, err)
		}
		into[c.ReceivedMinute] = c
	}
}

// odd moves the counters of the payment stages and the decoders.
func odd(tx stage.Tx) {
	tx.Count(tolerance.CounterUnknown, "status/x", 1)
	tx.Count(ledger.CounterRegressions, "shop", 3)
	tx.Count(ledger.CounterConflicts, "shop", -1)
}
