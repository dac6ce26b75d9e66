package kafka_test

import (
	"slices"
	"testing"
	"unsafe"

	"github.com/twmb/franz-go/pkg/kgo"
	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
)

// TestPooledRecords: a slice is as long as asked for and not much longer, no two users have
// the same one, and what the pool holds is used again and limited.
func TestPooledRecords(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const fetchBytes = 1 << 16
		pool := kafka.NewFetchPool(fetchBytes)
		limit := 4 * fetchBytes / int(unsafe.Sizeof(kgo.Record{}))
		var inUse [][]kgo.Record
		free := map[*kgo.Record]int{}
		length := rapid.OneOf(rapid.IntRange(1, 40), rapid.IntRange(1, 2*limit))
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			if len(inUse) > 0 && rapid.Bool().Draw(t, "return") {
				s := inUse[0]
				inUse = inUse[1:]
				pool.PutRecords(s)
				free[unsafe.SliceData(s)] = cap(s)
				continue
			}
			n := length.Draw(t, "length")
			s := pool.GetRecords(n)
			if len(s) != 0 || cap(s) < n || cap(s) > 2*n+n/4+1 {
				t.Fatalf("asked for %d, got length %d and capacity %d", n, len(s), cap(s))
			}
			first := unsafe.SliceData(s)
			if slices.ContainsFunc(inUse, func(other []kgo.Record) bool { return unsafe.SliceData(other) == first }) {
				t.Fatal("two users have the same memory")
			}
			inUse = append(inUse, s)
			delete(free, first)
		}
		// What can still be had from the pool is no more than its limit.
		held := 0
		for _, n := range free {
			s := pool.GetRecords(n)
			if _, again := free[unsafe.SliceData(s)]; again {
				held += cap(s)
			}
		}
		if held > limit {
			t.Fatalf("the pool held %d records, its limit is %d", held, limit)
		}
	})
}

// TestPoolUsesAgain: what was put back is what is got next, also for a length a little
// different.
func TestPoolUsesAgain(t *testing.T) {
	t.Parallel()
	for n := 1; n < 300; n++ {
		pool := kafka.NewFetchPool(1 << 20)
		s := pool.GetRecords(n)
		pool.PutRecords(s)
		least := max(1, n-n/3)
		for _, m := range []int{n, least} {
			again := pool.GetRecords(m)
			if unsafe.SliceData(again) != unsafe.SliceData(s) {
				t.Errorf("a slice for %d was not used again for %d", n, m)
			}
			pool.PutRecords(again)
		}
	}
}
