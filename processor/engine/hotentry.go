package engine

// held is a cached entry. Its payload does not change during a transaction.
type held struct {
	deadline int64
	// stored is the entry's deadline in the store's timer index, 0 for none.
	stored int64
	// piece is the slab reference: the key, followed by the payload.
	piece           uint32
	keyLen, payload uint32
	// hash is the key's hash. In a free entry it is the number of the next free entry
	// (0: none).
	hash uint32
	// writes counts how often an entry with this number was created or written to the
	// store. It distinguishes stale queue items from current ones.
	writes        uint32
	gone, changed bool
}

// heldBytes is the overhead of an entry apart from key and payload: the struct, its index
// slot and its place in a queue.
const heldBytes = 40 + 14 + 8

func (e *held) size() int { return int(e.keyLen + e.payload) }

func (e *held) bytes() int64 { return slabSize(e.size()) + heldBytes }

// entryList is a growing array of entries, numbered from 1. Entries never move.
type entryList struct {
	blocks [][]held
	n      uint32
}

const entryBits = 9 // log2 of the entries per block

func (l *entryList) at(id uint32) *held {
	return &l.blocks[(id-1)>>entryBits][(id-1)&(1<<entryBits-1)]
}

// add appends an entry and returns its number.
func (l *entryList) add() uint32 {
	if l.n&(1<<entryBits-1) == 0 {
		l.blocks = append(l.blocks, make([]held, 1<<entryBits))
	}
	l.n++
	return l.n
}
