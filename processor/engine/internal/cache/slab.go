package cache

import (
	"encoding/binary"
	"math/bits"
)

// slab allocates many small pieces that come and go from pointer-free chunks, so that
// the garbage collector has nothing to scan.
//
// A piece has a reference, never 0: the unit at which it begins. Sizes are rounded up
// to one of 48 size classes, an eighth apart; a freed piece is the next one allocated
// of its class. A piece above the largest class has a chunk of its own.
type slab struct {
	chunks [][]byte
	// free is the first free piece of each class; a free piece contains the reference
	// of the next one.
	free [slabClasses]uint32
	// fresh is the reference of the first never-used unit of the last chunk, left the
	// number of such units.
	fresh, left uint32
	// empty are the numbers of released chunks of large pieces, for reuse.
	empty []uint32
	// heldBytes is the size of all chunks, usedBytes that of the allocated pieces.
	heldBytes, usedBytes int64
}

const (
	slabUnit    = 16
	slabBits    = 14 // log2 of the units per chunk, 256 KiB
	slabClasses = 48
	slabLargest = 256 // units of the largest class, 4 KiB
)

// classOf returns the size class for a number of units, and the units of that class.
func classOf(units uint32) (class int, rounded uint32) {
	const eighths = 8
	if units <= eighths {
		return int(units) - 1, units
	}
	shift := bits.Len32(units-1) - 4
	steps := (units + 1<<shift - 1) >> shift
	return eighths*shift + int(steps) - 1, steps << shift
}

// slabSize returns the allocated size of a piece of n bytes.
func slabSize(n int) int64 {
	units := slabUnits(n)
	if units > slabLargest {
		return int64(units) * slabUnit
	}
	_, rounded := classOf(units)
	return int64(rounded) * slabUnit
}

func slabUnits(n int) uint32 {
	return uint32(max(n+slabUnit-1, slabUnit) / slabUnit) //nolint:gosec // an entry is far below 64 GiB
}

// take returns a piece of n bytes with undefined content.
func (s *slab) take(n int) uint32 {
	s.usedBytes += slabSize(n)
	units := slabUnits(n)
	if units > slabLargest {
		return s.takeLarge(units)
	}
	class, units := classOf(units)
	if piece := s.free[class]; piece != 0 {
		s.free[class] = binary.LittleEndian.Uint32(s.at(piece, 4))
		return piece
	}
	if s.left < units {
		s.fresh, s.left = s.chunk(1<<slabBits)<<slabBits+1, 1<<slabBits
	}
	piece := s.fresh
	s.fresh += units
	s.left -= units
	return piece
}

// takeLarge allocates a piece in its own chunk.
func (s *slab) takeLarge(units uint32) uint32 { return s.chunk(units)<<slabBits + 1 }

// chunk allocates a chunk and returns its number.
func (s *slab) chunk(units uint32) uint32 {
	memory := make([]byte, int(units)*slabUnit)
	s.heldBytes += int64(len(memory))
	if n := len(s.empty); n > 0 {
		number := s.empty[n-1]
		s.empty, s.chunks[number] = s.empty[:n-1], memory
		return number
	}
	s.chunks = append(s.chunks, memory)
	return uint32(len(s.chunks) - 1) //nolint:gosec // 2^32 chunks exceed any memory
}

// give frees a piece of n bytes.
func (s *slab) give(piece uint32, n int) {
	s.usedBytes -= slabSize(n)
	units := slabUnits(n)
	if units > slabLargest {
		number := (piece - 1) >> slabBits
		s.heldBytes -= int64(len(s.chunks[number]))
		s.chunks[number] = nil
		s.empty = append(s.empty, number)
		return
	}
	class, _ := classOf(units)
	binary.LittleEndian.PutUint32(s.at(piece, 4), s.free[class])
	s.free[class] = piece
}

// at returns the first n bytes of a piece, valid until the piece is freed.
func (s *slab) at(piece uint32, n int) []byte {
	chunk := s.chunks[(piece-1)>>slabBits]
	from := int((piece-1)&(1<<slabBits-1)) * slabUnit
	return chunk[from : from+n : from+n]
}

// wasteful reports whether more than 1/parts of the memory is free, in size classes
// that are no longer requested.
func (s *slab) wasteful(parts int64) bool {
	const little = 1 << 20
	return s.heldBytes > little && s.usedBytes < s.heldBytes/parts*(parts-1)
}
