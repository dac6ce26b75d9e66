package engine

// held is an entry in memory. Its payload does not change while a round runs.
type held struct {
	deadline int64
	// stored is the deadline that the store has for the entry, 0 for none.
	stored int64
	// piece is of the slab: the key, and the payload behind it.
	piece           uint32
	keyLen, payload uint32
	// hash is the key's; of an entry that is not in use, another that is not, 0 for none.
	hash uint32
	// writes is how often the store got it, or another that had the number before.
	writes        uint32
	gone, changed bool
}

// heldBytes is the overhead of an entry beside key and payload: the struct, its index
// slot and its place in a queue.
const heldBytes = 40 + 14 + 8

func (e *held) size() int { return int(e.keyLen + e.payload) }

func (e *held) bytes() int64 { return slabSize(e.size()) + heldBytes }

// entryList is entries by number, from 1: they stay where they are.
type entryList struct {
	blocks [][]held
	n      uint32
}

const entryBits = 9 // entries of a block

func (l *entryList) at(id uint32) *held {
	return &l.blocks[(id-1)>>entryBits][(id-1)&(1<<entryBits-1)]
}

// add makes one more.
func (l *entryList) add() uint32 {
	if l.n&(1<<entryBits-1) == 0 {
		l.blocks = append(l.blocks, make([]held, 1<<entryBits))
	}
	l.n++
	return l.n
}
