package engine_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/engine"
)

// TestHotIndex: whatever comes and goes, with hashes that are the same or stand beside one
// another, also at the end of the memory, every entry is found and none that is gone.
func TestHotIndex(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var index engine.HotIndex
		hashes := rapid.OneOf(rapid.Uint32Range(0, 3), rapid.Uint32Range(60, 66), rapid.Uint32Range(1<<32-4, 1<<32-1), rapid.Uint32())
		of := map[uint32]uint32{} // hash by entry
		var last uint32
		for range rapid.IntRange(1, 300).Draw(t, "steps") {
			if len(of) > 0 && rapid.IntRange(0, 2).Draw(t, "kind") == 0 {
				id := rapid.SampledFrom(ids(of)).Draw(t, "gone")
				index.Remove(of[id], id)
				delete(of, id)
			} else {
				last++
				of[last] = hashes.Draw(t, "hash")
				index.Add(of[last], last)
			}
			for id := uint32(1); id <= last; id++ {
				hash, there := of[id]
				if !there {
					hash = hashes.Draw(t, "hash asked for")
				}
				found := index.Find(hash, func(other uint32) bool { return other == id })
				if there != (found == id) {
					t.Fatalf("entry %d is there: %t, found %d", id, there, found)
				}
			}
		}
	})
}

func ids(of map[uint32]uint32) []uint32 {
	out := make([]uint32, 0, len(of))
	for id := range of {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}
