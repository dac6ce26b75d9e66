package cache //nolint:testpackage // the slab is not exported

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// TestSlab: pieces of all sizes keep their content while others are allocated and freed,
// and freed memory is used again.
func TestSlab(t *testing.T) {
	t.Parallel()
	type piece struct {
		ref  uint32
		n    int
		fill byte
	}
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 11))
	var s slab
	var pieces []piece
	used := map[uint32]bool{}
	size := func() int {
		switch random.IntN(50) {
		case 0:
			return 4000 + random.IntN(400)
		case 1:
			return random.IntN(600 << 10)
		default:
			return 1 + random.IntN(800)
		}
	}
	var most int64
	for step := range 20_000 {
		if len(pieces) > 500 || len(pieces) > 0 && random.IntN(3) == 0 {
			i := random.IntN(len(pieces))
			p := pieces[i]
			if got := s.at(p.ref, p.n); !bytes.Equal(got, bytes.Repeat([]byte{p.fill}, p.n)) {
				t.Fatalf("seed %d, step %d: a piece of %d bytes has changed", seed, step, p.n)
			}
			s.give(p.ref, p.n)
			delete(used, p.ref)
			pieces[i] = pieces[len(pieces)-1]
			pieces = pieces[:len(pieces)-1]
			continue
		}
		p := piece{n: size(), fill: byte(step)}
		p.ref = s.take(p.n)
		if p.ref == 0 || used[p.ref] {
			t.Fatalf("seed %d, step %d: piece %d is in use", seed, step, p.ref)
		}
		used[p.ref] = true
		copy(s.at(p.ref, p.n), bytes.Repeat([]byte{p.fill}, p.n))
		pieces = append(pieces, p)
		most = max(most, s.usedBytes)
	}
	for _, p := range pieces {
		s.give(p.ref, p.n)
	}
	held, left := s.heldBytes, s.usedBytes
	// 48 classes, each of which may have a chunk of its own at most.
	if left != 0 || held > most+48*256<<10 {
		t.Errorf("seed %d: %d bytes are held and %d in use at the end, of at most %d in use", seed, held, left, most)
	}
}
