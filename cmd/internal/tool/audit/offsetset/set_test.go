package offsetset_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tributary-hq/tributary/cmd/internal/tool/audit/offsetset"
)

// TestOffsetSet compares the bitmaps with a map of offsets, on random sets around the borders of words
// and pages.
func TestOffsetSet(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	generate := func() (offsetset.Set, map[int64]bool) {
		set, plain := offsetset.Set{}, map[int64]bool{}
		for range 3000 {
			offset := random.Int64N(4)<<16 + random.Int64N(300) - 150
			if offset = max(offset, 0); set.Add(offset) == plain[offset] {
				t.Fatalf("add(%d) reports %t again", offset, plain[offset])
			}
			plain[offset] = true
		}
		return set, plain
	}
	a, plainA := generate()
	b, plainB := generate()
	sorted := func(keep func(int64) bool) []int64 {
		var kept []int64
		for offset := range plainA {
			if keep(offset) {
				kept = append(kept, offset)
			}
		}
		slices.Sort(kept)
		return kept
	}
	for name, test := range map[string]struct {
		got  offsetset.Set
		keep func(int64) bool
	}{
		"all":       {a, func(int64) bool { return true }},
		"minus":     {a.Minus(b), func(o int64) bool { return !plainB[o] }},
		"intersect": {a.Intersect(b), func(o int64) bool { return plainB[o] }},
	} {
		if got, want := slices.Collect(test.got.All()), sorted(test.keep); !slices.Equal(got, want) || test.got.Count() != int64(len(want)) {
			t.Errorf("%s: %d offsets (count %d), want %d", name, len(got), test.got.Count(), len(want))
		}
	}
	for range 100 {
		from, to := random.Int64N(4<<16), random.Int64N(4<<16)
		if got, want := a.Within(from, to), int64(len(sorted(func(o int64) bool { return from <= o && o < to }))); got != want {
			t.Errorf("within(%d, %d) = %d, want %d", from, to, got, want)
		}
	}
}

func TestMarks(t *testing.T) {
	t.Parallel()
	m := offsetset.NewMarks()
	for _, offset := range []int64{0, 1, 2, 5, 1 << 40, 5} {
		m.Add(offset)
	}
	if m.Count() != 5 || m.Within(0, 3) != 3 || m.Within(1, 5) != 2 || m.Within(5, 6) != 1 || m.Within(6, 1<<41) != 1 || m.Again.Count() != 1 {
		t.Errorf("count %d, within %d %d %d %d, again %d", m.Count(), m.Within(0, 3), m.Within(1, 5), m.Within(5, 6), m.Within(6, 1<<41), m.Again.Count())
	}
	var none *offsetset.Marks
	if none.Has(1) || !m.Has(5) || m.Has(4) {
		t.Error("has() is wrong")
	}
}
