package cache //nolint:testpackage // the index is not exported

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestIndex: with equal and adjacent hashes, also at the end of the table, every entry is
// found and no removed one.
func TestIndex(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var x index
		hashes := rapid.OneOf(rapid.Uint32Range(0, 3), rapid.Uint32Range(60, 66), rapid.Uint32Range(1<<32-4, 1<<32-1), rapid.Uint32())
		of := map[uint32]uint32{} // hash by entry
		var last uint32
		for range rapid.IntRange(1, 300).Draw(t, "steps") {
			if len(of) > 0 && rapid.IntRange(0, 2).Draw(t, "kind") == 0 {
				id := rapid.SampledFrom(ids(of)).Draw(t, "gone")
				x.remove(of[id], id)
				delete(of, id)
			} else {
				last++
				of[last] = hashes.Draw(t, "hash")
				x.add(of[last], last)
			}
			for id := uint32(1); id <= last; id++ {
				hash, there := of[id]
				if !there {
					hash = hashes.Draw(t, "hash asked for")
				}
				found := x.find(hash, func(other uint32) bool { return other == id })
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
