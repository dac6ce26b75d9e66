package engine_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/engine/internal/simulate"
	"github.com/tributary-hq/tributary/processor/engine/sim"
	"github.com/tributary-hq/tributary/processor/stage"
)

// alarms sets timers for a record "set", more than one transaction fires. A record "ring"
// makes all of them due.
type alarms struct{}

func (alarms) Decode(in *stage.Input) (stage.Event, error) { return string(in.Value), nil }

func (alarms) Apply(tx stage.Tx, in *stage.Input, event stage.Event) error {
	const timers = 12_000
	switch event {
	case "set":
		for i := range timers {
			tx.Put(fmt.Appendf(nil, "timer-%d", i), []byte("x"), in.Timestamp.Add(time.Hour))
		}
	case "ring":
		tx.AdvanceWatermark(in.Timestamp.Add(2 * time.Hour))
	default:
		tx.Put([]byte("record"), in.Value, time.Time{})
	}
	return nil
}

func (alarms) OnTimer(tx stage.Tx, key []byte) error {
	tx.Delete(key)
	return nil
}

// transaction is a committed transaction in the changelog.
type transaction struct {
	at      time.Time
	records int
}

// TestTransactionsWaitForRecordsAlone: transactions are an interval apart, but not while
// timers are left that one transaction was not enough for. A transaction that was not
// committed is not made again at once.
func TestTransactionsWaitForRecordsAlone(t *testing.T) {
	t.Parallel()
	const interval = time.Second
	for name, test := range map[string]struct {
		faults  []sim.Fault
		atOnce  int // transactions that follow another at once
		refused int
	}{
		"timers are left": {nil, 2, 0},
		"the transaction that left them was not committed": {[]sim.Fault{{On: "a.0/req:Produce", Nth: 2, Do: sim.Refuse, Err: "MESSAGE_TOO_LARGE"}}, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begun := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
			p := &simulate.Schedule{Seed: 1, Partitions: 1, Hosts: []simulate.Host{{Name: "a", Workers: 1}}, MarkerDelay: 1, Epochs: true, Faults: test.faults}
			for at, value := range []string{"set", "ring", "1", "2", "3", "4", "5", "6"} {
				p.Records = append(p.Records, simulate.Record{At: int64(at) * 700, Key: []byte("k"), Value: []byte(value), Timestamp: begun})
			}
			r := simulate.New(p, simulate.Stage{
				Spec:  engine.Spec{Name: "alarms", Input: input, Changelog: changelog, DeadLetter: deadLetters},
				Stage: func() stage.Stage { return alarms{} },
				Configure: func(config *engine.Config, _ *engine.Deps) {
					config.CommitInterval, config.MinCommitInterval, config.TransactionTimeout = interval, interval, 10*interval
				},
			}, false)
			defer r.Close()
			if err := r.Play(); err != nil || len(r.Failures) > 0 || r.World.Injected[sim.Refuse] != test.refused {
				t.Fatalf("%v, %v, faults %v", err, r.Failures, r.World.Injected)
			}
			var all []transaction
			for _, record := range r.World.Cluster.Committed(changelog, 0) {
				if n := len(all); n > 0 && all[n-1].at.Equal(record.Timestamp) {
					all[n-1].records++
					continue
				}
				all = append(all, transaction{record.Timestamp, 1})
			}
			atOnce := 0
			for n := 1; n < len(all); n++ {
				switch gap := all[n].at.Sub(all[n-1].at); {
				case gap < interval/10:
					atOnce++
				case gap < interval*9/10:
					t.Errorf("transaction %d follows another after %v: %v", n, gap, all)
				}
			}
			if len(all) < 5 || atOnce != test.atOnce {
				t.Errorf("%d of %d transactions follow another at once, want %d: %v", atOnce, len(all), test.atOnce, all)
			}
		})
	}
}
