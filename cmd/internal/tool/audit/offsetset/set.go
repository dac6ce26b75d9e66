package offsetset

import (
	"iter"
	"maps"
	"math/bits"
	"slices"
)

// Set is a set of offsets of one partition, as bitmaps of pages of 65,536 offsets: 8 KiB for a
// page that has any. Audited offsets are dense, so that a general compressed bitmap saves nothing.
type Set map[int64]*[pageWords]uint64

const (
	pageBits  = 16
	pageWords = 1 << pageBits / 64
)

// at returns the page of an offset, and the word and bit in it.
func at(offset int64) (page int64, word int, bit uint64) {
	in := offset & (1<<pageBits - 1)
	return offset >> pageBits, int(in / 64), 1 << (in % 64)
}

// Add reports whether the offset was not in the set.
func (s Set) Add(offset int64) bool {
	page, word, bit := at(offset)
	words := s[page]
	if words == nil {
		words = new([pageWords]uint64)
		s[page] = words
	}
	added := words[word]&bit == 0
	words[word] |= bit
	return added
}

// Has reports whether the offset is in the set.
func (s Set) Has(offset int64) bool {
	page, word, bit := at(offset)
	words := s[page]
	return words != nil && words[word]&bit != 0
}

// Count returns the number of offsets.
func (s Set) Count() (n int64) {
	for _, words := range s {
		for _, word := range words {
			n += int64(bits.OnesCount64(word))
		}
	}
	return n
}

// Within counts the offsets in [from, to).
func (s Set) Within(from, to int64) (n int64) {
	for page, words := range s {
		first := page << pageBits
		switch {
		case first >= to || first+1<<pageBits <= from:
		case from <= first && first+1<<pageBits <= to:
			n += Set{page: words}.Count()
		default:
			for offset := range (Set{page: words}).All() {
				if from <= offset && offset < to {
					n++
				}
			}
		}
	}
	return n
}

// All yields the offsets in ascending order.
func (s Set) All() iter.Seq[int64] {
	return func(yield func(int64) bool) {
		for _, page := range slices.Sorted(maps.Keys(s)) {
			for i, word := range s[page] {
				for ; word != 0; word &= word - 1 {
					if !yield(page<<pageBits + int64(i*64+bits.TrailingZeros64(word))) {
						return
					}
				}
			}
		}
	}
}

// Minus returns the offsets of s that are in no other set.
func (s Set) Minus(others ...Set) Set {
	left := make(Set, len(s))
	for page, words := range s {
		kept := *words
		for _, other := range others {
			if taken := other[page]; taken != nil {
				for i := range kept {
					kept[i] &^= taken[i]
				}
			}
		}
		left[page] = &kept
	}
	return left
}

// Intersect returns the offsets that both sets have.
func (s Set) Intersect(other Set) Set {
	return s.Minus(s.Minus(other))
}
