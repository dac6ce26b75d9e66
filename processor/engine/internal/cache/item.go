package cache

// item is a cached entry. Its payload does not change during a transaction.
type item struct {
	deadline int64
	// stored is the entry's deadline in the store's timer index, 0 for none.
	stored int64
	// piece is the slab reference: the key, followed by the payload.
	piece           uint32
	keyLen, payload uint32 // lengths
	hash            uint32 // the key's
	// writes counts how often an entry with this number was created or written to the
	// store. It distinguishes stale queue items from current ones.
	writes         uint32
	deleted, dirty bool
}

// itemBytes is the overhead of an entry apart from key and payload: the struct, its index
// slot and its place in a queue.
const itemBytes = 40 + 14 + 8

func (e *item) size() int { return int(e.keyLen + e.payload) }

func (e *item) bytes() int64 { return slabSize(e.size()) + itemBytes }

// items is a growing array of entries, numbered from 1. Entries never move.
type items struct {
	blocks [][]item
	n      uint32
}

const itemBits = 9 // log2 of the entries per block

func (l *items) at(id uint32) *item {
	return &l.blocks[(id-1)>>itemBits][(id-1)&(1<<itemBits-1)]
}

// add appends an entry and returns its number.
func (l *items) add() uint32 {
	if l.n&(1<<itemBits-1) == 0 {
		l.blocks = append(l.blocks, make([]item, 1<<itemBits))
	}
	l.n++
	return l.n
}
