package engine_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/tributary-hq/tributary/processor/engine"
)

// TestSlab: pieces of all sizes keep what is in them, whatever comes and goes beside
// them, and what is given back is used again.
func TestSlab(t *testing.T) {
	t.Parallel()
	type piece struct {
		ref  uint32
		n    int
		fill byte
	}
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 11))
	var slab engine.Slab
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
			if got := slab.At(p.ref, p.n); !bytes.Equal(got, bytes.Repeat([]byte{p.fill}, p.n)) {
				t.Fatalf("seed %d, step %d: a piece of %d bytes has changed", seed, step, p.n)
			}
			slab.Give(p.ref, p.n)
			delete(used, p.ref)
			pieces[i] = pieces[len(pieces)-1]
			pieces = pieces[:len(pieces)-1]
			continue
		}
		p := piece{n: size(), fill: byte(step)}
		p.ref = slab.Take(p.n)
		if p.ref == 0 || used[p.ref] {
			t.Fatalf("seed %d, step %d: piece %d is in use", seed, step, p.ref)
		}
		used[p.ref] = true
		copy(slab.At(p.ref, p.n), bytes.Repeat([]byte{p.fill}, p.n))
		pieces = append(pieces, p)
		_, now := slab.Bytes()
		most = max(most, now)
	}
	for _, p := range pieces {
		slab.Give(p.ref, p.n)
	}
	held, left := slab.Bytes()
	// 48 classes, each of which may have a chunk of its own at most.
	if left != 0 || held > most+48*256<<10 {
		t.Errorf("seed %d: %d bytes are held and %d in use at the end, of at most %d in use", seed, held, left, most)
	}
}
