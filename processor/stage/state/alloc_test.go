package state_test

import (
	"encoding/binary"
	"errors"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/stage/state"
)

// point has its own binary form.
type point struct{ X, Y int64 }

// AppendBinary implements encoding.BinaryAppender.
func (p point) AppendBinary(b []byte) ([]byte, error) {
	return binary.AppendVarint(binary.AppendVarint(b, p.X), p.Y), nil
}

// UnmarshalBinary implements encoding.BinaryUnmarshaler.
func (p *point) UnmarshalBinary(b []byte) error {
	var n, m int
	p.X, n = binary.Varint(b)
	p.Y, m = binary.Varint(b[max(n, 0):])
	if n <= 0 || m <= 0 || n+m != len(b) {
		return errors.New("not a point")
	}
	return nil
}

func allocations[V any](t *testing.T, codec state.Codec[V], value V) (get, put float64) {
	t.Helper()
	tx, table := newMemory(), state.Of("t", state.StringKey(), codec)
	put = testing.AllocsPerRun(100, func() {
		if err := table.Put(tx, "alice", value, time.Time{}); err != nil {
			t.Fatal(err)
		}
	})
	get = testing.AllocsPerRun(100, func() {
		if _, found, err := table.Get(tx, "alice"); err != nil || !found {
			t.Fatal(found, err)
		}
	})
	return get, put
}

// TestAllocations holds the package comment's section on cost.
func TestAllocations(t *testing.T) { //nolint:paralleltest // AllocsPerRun counts the whole process
	getInt, putInt := allocations(t, state.Varint(), 1<<40)
	getPoint, putPoint := allocations(t, state.Binary[point](), point{X: 1, Y: -1})
	getText, putText := allocations(t, state.String(), "some text")
	getJSON, putJSON := allocations(t, state.JSON[visit](), visit{Pages: 3, Last: time.Unix(1, 0)})
	t.Logf("Get and Put: Varint %v %v, Binary %v %v, String %v %v, JSON %v %v", getInt, putInt, getPoint, putPoint, getText, putText, getJSON, putJSON)
	for name, c := range map[string]struct{ got, most float64 }{
		"Varint Get": {getInt, 0}, "Varint Put": {putInt, 0},
		"Binary Get": {getPoint, 1}, "Binary Put": {putPoint, 0},
		"String Get": {getText, 1}, "String Put": {putText, 0},
		// encoding/json pools its buffers; the race detector drops some of them.
		"JSON Get": {getJSON, 5 + 3}, "JSON Put": {putJSON, 3 + 3},
	} {
		if c.got > c.most {
			t.Errorf("%s allocates %v times, documented as at most %v", name, c.got, c.most)
		}
	}
}
