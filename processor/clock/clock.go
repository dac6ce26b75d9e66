// Package clock is how a stage behind other stages knows what time it is: the
// earliest of the clocks that the partitions before it have reported.
//
//	upstream partition's clock ─► CLOCK record ─► Observe ─► tx.AdvanceClock(earliest)
//
// A deadline therefore fires only when every upstream partition is past it, and
// replaying the same raw topics ends in the same snapshots. As long as one
// expected partition has never reported, the clock stands.
package clock

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/statecodec"
)

// Upstream is a stage whose clocks are waited for.
type Upstream struct {
	// Stage is the stage's name.
	Stage string
	// Partitions is how many input partitions it has, each with a clock.
	Partitions int32
}

// version is the format of the table's state entry.
const version = 1

// reading is the last clock of one upstream partition.
type reading struct {
	stage     string
	partition int32
	at        time.Time
}

// key returns the state key of the table: one entry a partition of the stage.
func key() []byte { return []byte("\x01clocks") }

// IsEntry says whether a state key is this package's.
func IsEntry(k []byte) bool { return string(k) == "\x01clocks" }

// Observe notes an upstream partition's clock and moves the stage's own clock to
// the earliest of all expected ones. A clock earlier than one noted before
// changes nothing; one of an upstream that is not expected is noted but not
// waited for.
func Observe(tx engine.Tx, expected []Upstream, stage string, partition int32, at time.Time) error {
	entry, err := tx.Get(key())
	if err != nil {
		return fmt.Errorf("read the table of upstream clocks: %w", err)
	}
	table, err := parse(entry)
	if err != nil {
		return fmt.Errorf("read the table of upstream clocks: %w", err)
	}
	i, found := slices.BinarySearchFunc(table, reading{stage: stage, partition: partition}, compare)
	switch {
	case !found:
		table = slices.Insert(table, i, reading{stage: stage, partition: partition, at: at})
	case at.After(table[i].at):
		table[i].at = at
	default:
		return nil
	}
	tx.Put(key(), appendTable(tx.Buffer(16+32*len(table)), table), time.Time{})
	if earliest, complete := earliest(table, expected); complete {
		tx.AdvanceClock(earliest)
	}
	return nil
}

// earliest returns the earliest of the expected clocks; complete is false while
// one of them is missing.
func earliest(table []reading, expected []Upstream) (at time.Time, complete bool) {
	for _, upstream := range expected {
		for p := range upstream.Partitions {
			i, found := slices.BinarySearchFunc(table, reading{stage: upstream.Stage, partition: p}, compare)
			if !found {
				return time.Time{}, false
			}
			if at.IsZero() || table[i].at.Before(at) {
				at = table[i].at
			}
		}
	}
	return at, !at.IsZero()
}

func compare(a, b reading) int {
	if c := strings.Compare(a.stage, b.stage); c != 0 {
		return c
	}
	return int(a.partition) - int(b.partition)
}

func appendTable(dst []byte, table []reading) []byte {
	dst = append(dst, version)
	dst = statecodec.AppendUint(dst, uint64(len(table)))
	for _, r := range table {
		dst = statecodec.AppendString(dst, r.stage)
		dst = statecodec.AppendInt(dst, int64(r.partition))
		dst = statecodec.AppendTime(dst, r.at)
	}
	return dst
}

func parse(entry []byte) ([]reading, error) {
	if entry == nil {
		return nil, nil
	}
	r, _ := statecodec.NewReader(entry, version)
	table := make([]reading, r.Len())
	for i := range table {
		table[i] = reading{stage: r.String(), partition: int32(r.Int()), at: r.Time()} //nolint:gosec // written from an int32
	}
	return table, r.Done()
}
