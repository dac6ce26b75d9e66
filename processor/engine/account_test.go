package engine_test

import (
	"encoding/binary"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/engine/failpoint"
	"github.com/tributary-hq/tributary/processor/stage"
)

// accounted is the counter stage with an account: how many records each partition
// has handled so far, told with each round.
type accounted struct{ sums }

const accountKey = "\x01account"

func (accounted) Apply(tx stage.Tx, in *stage.Input, event stage.Event) error {
	tx.Count("applied", string(in.Key), 1)
	if string(in.Value) == "unfit" {
		return stage.Permanentf(stage.CauseStale, "as asked")
	}
	return sums{}.Apply(tx, in, event)
}

func (accounted) Audit(tx stage.Tx, handled iter.Seq[stage.Outcome], counted []stage.Count) error {
	entry, err := tx.Get([]byte(accountKey))
	if err != nil {
		return err
	}
	n := uint64(0)
	if entry != nil {
		n = binary.BigEndian.Uint64(entry)
	}
	applied := 0
	for h := range handled {
		n++
		if len(h.Outputs) != 1 {
			return fmt.Errorf("%d outputs at offset %d", len(h.Outputs), h.In.Offset)
		}
		if h.Outputs[0].Topic == output {
			applied++
		}
	}
	// A call that failed has counted nothing.
	if len(counted) != applied {
		return fmt.Errorf("%d counted of %d", len(counted), applied)
	}
	tx.Put([]byte(accountKey), binary.BigEndian.AppendUint64(tx.Buffer(8), n), time.Time{})
	key := []byte("account-" + strconv.Itoa(int(tx.Partition())))
	tx.Emit(stage.Output{Topic: output, Key: key, Value: []byte(strconv.FormatUint(n, 10))})
	return nil
}

// TestAccountIsExact: wherever a round ends, the account has each record once, dead
// letters included, and what an aborted round counted is not told.
func TestAccountIsExact(t *testing.T) {
	t.Parallel()
	for _, step := range []failpoint.Point{failpoint.Produced, failpoint.Flushed, failpoint.Committed, failpoint.Stored} {
		t.Run(string(step), func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.stage = accounted{}
			var told atomic.Int64
			b.counted = func(c stage.Count) { told.Add(c.N) }
			e := b.start("one", 2, crashes(step, 1, 3))
			defer b.stop(e)
			all := 0
			for range 4 {
				b.send(100, now(), append(keys(7), "poison")...)
				all += 100
				b.check()
			}
			b.read(output, func(got map[string][]string) bool {
				sum := 0
				for key, numbers := range got {
					if !strings.HasPrefix(key, "account-") {
						continue
					}
					last := 0
					for _, text := range numbers {
						n, err := strconv.Atoi(text)
						if err != nil || n <= last {
							t.Fatalf("%s goes from %d to %s", key, last, text)
						}
						last = n
					}
					sum += last
				}
				if sum > all {
					t.Fatalf("%d records in the account of %d", sum, all)
				}
				return sum == all
			})
			if n := told.Load(); n > int64(all-b.poison) {
				t.Errorf("%d counted for the metrics, %d were applied", n, all-b.poison)
			}
		})
	}
}

// TestAccountInMemory: what a failing call counted is forgotten, and an account that
// fails is no dead letter.
func TestAccountInMemory(t *testing.T) {
	t.Parallel()
	m, err := enginetest.NewDriver(enginetest.DriverConfig{Name: "sums", Stage: accounted{}, Outputs: []string{output}, DeadLetter: deadLetters})
	if err != nil {
		t.Fatal(err)
	}
	for i, value := range []string{"x", "unfit", "poison", "x"} {
		if _, err := m.Feed(stage.Input{Offset: int64(i), Key: []byte("k"), Value: []byte(value)}); err != nil {
			t.Fatal(err)
		}
	}
	if counts := m.Counts(); len(counts) != 2 || counts[0] != (stage.Count{Name: "applied", Label: "k", N: 1}) {
		t.Errorf("Counts() = %+v, want two", counts)
	}
	if !strings.Contains(m.Dump(0), `"\x01account" 0 0000000000000004`) {
		t.Errorf("the account is not 4:\n%s", m.Dump(0))
	}
}
