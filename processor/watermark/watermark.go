// Package watermark computes the watermark of a stage behind other stages: the earliest of the
// watermarks that the partitions of the upstream stages have reported.
//
//	upstream watermark ─► CLOCK record ─► Observe ─► tx.AdvanceWatermark(earliest)
//
// An event-time timer therefore fires only when every upstream partition is past its
// deadline, and replaying the same raw topics ends in the same snapshots. As long as one
// expected partition has never reported, the watermark does not advance.
package watermark

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/statecodec"
)

// Upstream is an upstream stage whose watermarks hold back this stage's.
type Upstream struct {
	// Stage is the stage's name.
	Stage string
	// Partitions is how many input partitions it has, each with a watermark.
	Partitions int32
}

// version is the format of the table's state entry.
const version = 1

// reading is the last reported watermark of one upstream partition.
type reading struct {
	stage     string
	partition int32
	at        time.Time
}

// key returns the state key of the table. Each partition of the stage has one table.
func key() []byte { return []byte("\x01clocks") }

// IsEntry reports whether a state key belongs to this package.
func IsEntry(k []byte) bool { return string(k) == "\x01clocks" }

// Observe stores the watermark of an upstream partition and advances the stage's own to
// the earliest of all expected ones. A watermark earlier than the stored one has no
// effect; one of an upstream that is not expected is stored but does not hold back the
// stage's own.
func Observe(tx stage.Tx, expected []Upstream, from string, partition int32, at time.Time) error {
	entry, err := tx.Get(key())
	if err != nil {
		return fmt.Errorf("read the table of upstream watermarks: %w", err)
	}
	table, err := parse(entry)
	if err != nil {
		return fmt.Errorf("read the table of upstream watermarks: %w", err)
	}
	i, found := slices.BinarySearchFunc(table, reading{stage: from, partition: partition}, compare)
	switch {
	case !found:
		table = slices.Insert(table, i, reading{stage: from, partition: partition, at: at})
	case at.After(table[i].at):
		table[i].at = at
	default:
		return nil
	}
	tx.Put(key(), appendTable(tx.Buffer(16+32*len(table)), table), time.Time{})
	if earliest, complete := earliest(table, expected); complete {
		tx.AdvanceWatermark(earliest)
	}
	return nil
}

// earliest returns the earliest of the expected watermarks; complete is false if one of
// them is missing.
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
