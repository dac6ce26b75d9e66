package audit

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// TestCompareEntities: equal, undecided and different entities.
func TestCompareEntities(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		entity entity
		want   verdict
	}{
		"nothing at all":                    {entity{}, equal},
		"as expected":                       {entity{expected: 3, applied: 3, flags: snapped}, equal},
		"a fact is missing":                 {entity{expected: 3, applied: 2, flags: snapped}, different},
		"a fact too many":                   {entity{expected: 2, applied: 3, flags: snapped}, different},
		"no snapshot":                       {entity{expected: 1}, different},
		"began before the span":             {entity{expected: 2, applied: 3, flags: snapped | earlier}, equal},
		"lost one, began before the span":   {entity{expected: 4, applied: 3, flags: snapped | earlier}, different},
		"a snapshot from behind the cut":    {entity{expected: 1, flags: beyond}, undecided},
		"its time is over":                  {entity{expected: 1, flags: ended}, undecided},
		"begun anew after its time":         {entity{expected: 3, applied: 1, flags: snapped | restarted}, undecided},
		"a fact behind the cut":             {entity{expected: 1, applied: 2, flags: snapped | touched}, undecided},
		"held, not shown":                   {entity{expected: 1, flags: held}, equal},
		"held, shown as its own":            {entity{expected: 1, applied: 1, flags: held | snapped}, equal},
		"held, shown with a fact too many":  {entity{expected: 1, applied: 2, flags: held | snapped}, different},
		"a snapshot without facts":          {entity{applied: 1, flags: snapped}, different},
		"one that began before the span so": {entity{applied: 1, flags: snapped | earlier}, equal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := test.entity.compare(); got != test.want {
				t.Errorf("compare() = %v, want %v", got, test.want)
			}
		})
	}
}

func TestCompareJourneys(t *testing.T) {
	t.Parallel()
	now := time.Unix(1000, 0)
	for name, test := range map[string]struct {
		journey journey
		part    bool
		want    verdict
	}{
		"nothing at all":          {journey{}, false, equal},
		"as expected":             {journey{members: 2, counted: 2, facts: 5, applied: 5, flags: snapped}, false, equal},
		"a member is missing":     {journey{members: 2, counted: 1, facts: 5, applied: 3, flags: snapped}, false, different},
		"an old state":            {journey{members: 1, counted: 1, facts: 5, applied: 3, flags: snapped}, false, different},
		"no snapshot":             {journey{members: 1, facts: 1}, false, different},
		"all members have left":   {journey{flags: ended}, false, equal},
		"ended in time":           {journey{members: 1, facts: 1, until: 1000, flags: ended}, false, equal},
		"ended too soon":          {journey{members: 1, facts: 1, until: 1001, flags: ended}, false, different},
		"touched":                 {journey{members: 1, flags: touched}, false, undecided},
		"members before the span": {journey{members: 1, counted: 2, facts: 2, applied: 5, flags: snapped}, true, equal},
		"that alone in the whole": {journey{members: 1, counted: 2, facts: 2, applied: 5, flags: snapped}, false, different},
		"lost in a span":          {journey{members: 2, counted: 2, facts: 5, applied: 4, flags: snapped}, true, different},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := test.journey.compare(!test.part, now); got != test.want {
				t.Errorf("compare() = %v, want %v", got, test.want)
			}
		})
	}
}

// TestOffsetSet compares the bitmaps with a map of offsets, on random sets around the borders of words
// and pages.
func TestOffsetSet(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	generate := func() (offsetSet, map[int64]bool) {
		set, plain := offsetSet{}, map[int64]bool{}
		for range 3000 {
			offset := random.Int64N(4)<<pageBits + random.Int64N(300) - 150
			if offset = max(offset, 0); set.add(offset) == plain[offset] {
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
		got  offsetSet
		keep func(int64) bool
	}{
		"all":       {a, func(int64) bool { return true }},
		"minus":     {a.minus(b), func(o int64) bool { return !plainB[o] }},
		"intersect": {a.intersect(b), func(o int64) bool { return plainB[o] }},
	} {
		if got, want := slices.Collect(test.got.all()), sorted(test.keep); !slices.Equal(got, want) || test.got.count() != int64(len(want)) {
			t.Errorf("%s: %d offsets (count %d), want %d", name, len(got), test.got.count(), len(want))
		}
	}
	for range 100 {
		from, to := random.Int64N(4<<pageBits), random.Int64N(4<<pageBits)
		if got, want := a.within(from, to), int64(len(sorted(func(o int64) bool { return from <= o && o < to }))); got != want {
			t.Errorf("within(%d, %d) = %d, want %d", from, to, got, want)
		}
	}
}

func TestMarks(t *testing.T) {
	t.Parallel()
	m := newMarks()
	for _, offset := range []int64{0, 1, 2, 5, 1 << 40, 5} {
		m.add(offset)
	}
	if m.count() != 5 || m.within(0, 3) != 3 || m.within(1, 5) != 2 || m.within(5, 6) != 1 || m.within(6, 1<<41) != 1 || m.again.count() != 1 {
		t.Errorf("count %d, within %d %d %d %d, again %d", m.count(), m.within(0, 3), m.within(1, 5), m.within(5, 6), m.within(6, 1<<41), m.again.count())
	}
	var none *marks
	if none.has(1) || !m.has(5) || m.has(4) {
		t.Error("has() is wrong")
	}
}
