package audit

import "github.com/RoaringBitmap/roaring/v2/roaring64"

// marks is a set of offsets of one partition, with those that were added more than
// once.
type marks struct {
	once, again *roaring64.Bitmap
}

func newMarks() *marks { return &marks{once: roaring64.New(), again: roaring64.New()} }

// add marks an offset.
func (m *marks) add(offset int64) {
	at := uint64(offset) //nolint:gosec // offsets are not negative
	if !m.once.CheckedAdd(at) {
		m.again.Add(at)
	}
}

func (m *marks) has(offset int64) bool {
	return m != nil && m.once.Contains(uint64(offset)) //nolint:gosec // offsets are not negative
}

func (m *marks) count() int64 {
	return int64(m.once.GetCardinality()) //nolint:gosec // fewer than offsets
}

// within counts the offsets in [from, to).
func (m *marks) within(from, to int64) int64 {
	below := func(offset int64) uint64 {
		if offset <= 0 {
			return 0
		}
		return m.once.Rank(uint64(offset - 1))
	}
	return int64(below(to) - below(from)) //nolint:gosec // fewer than offsets
}

// minus returns the offsets of a that are in no b.
func minus(a *roaring64.Bitmap, b ...*roaring64.Bitmap) *roaring64.Bitmap {
	left := a.Clone()
	for _, other := range b {
		left.AndNot(other)
	}
	return left
}

// both returns the offsets that a and b have.
func both(a, b *roaring64.Bitmap) *roaring64.Bitmap {
	common := a.Clone()
	common.And(b)
	return common
}
