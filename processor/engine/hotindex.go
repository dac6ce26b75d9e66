package engine

// hotIndex is an open-addressing hash table with linear probing, from key hash to entry
// number. Most lookups miss. A slot contains hash and number, so that a miss touches
// one cache line in most cases.
type hotIndex struct {
	// places are the slots, a power of two; 0 is a free slot.
	places []uint64
	n      int
}

// indexFirst is the initial number of slots. The table doubles at a load factor of 3/4.
const indexFirst = 64

func indexed(hash, id uint32) uint64 { return uint64(hash)<<32 | uint64(id) }

func (x *hotIndex) place(hash uint32) int  { return int(hash) & (len(x.places) - 1) }
func (x *hotIndex) after(at int) int       { return (at + 1) & (len(x.places) - 1) }
func (x *hotIndex) from(at, begin int) int { return (at - begin) & (len(x.places) - 1) }

// find returns the first entry with this hash that satisfies is, 0 if there is none.
func (x *hotIndex) find(hash uint32, is func(id uint32) bool) uint32 {
	if x.n == 0 {
		return 0
	}
	for at := x.place(hash); x.places[at] != 0; at = x.after(at) {
		if p := x.places[at]; p>>32 == uint64(hash) && is(uint32(p)) { //nolint:gosec // the low half
			return uint32(p) //nolint:gosec // the low half
		}
	}
	return 0
}

// add inserts an entry that is not in the index.
func (x *hotIndex) add(hash, id uint32) {
	if x.n >= len(x.places)/4*3 {
		x.grow()
	}
	x.set(indexed(hash, id))
	x.n++
}

func (x *hotIndex) set(p uint64) {
	at := x.place(uint32(p >> 32))
	for x.places[at] != 0 {
		at = x.after(at)
	}
	x.places[at] = p
}

func (x *hotIndex) grow() {
	before := x.places
	x.places = make([]uint64, max(2*len(before), indexFirst))
	for _, p := range before {
		if p != 0 {
			x.set(p)
		}
	}
}

// remove deletes an entry that is in the index. It shifts later entries of the probe
// sequence back into the gap, so that no lookup ends too early.
func (x *hotIndex) remove(hash, id uint32) {
	gap := x.place(hash)
	for x.places[gap] != indexed(hash, id) {
		gap = x.after(gap)
	}
	for at := x.after(gap); x.places[at] != 0; at = x.after(at) {
		begin := x.place(uint32(x.places[at] >> 32))
		if x.from(at, begin) >= x.from(at, gap) {
			x.places[gap] = x.places[at]
			gap = at
		}
	}
	x.places[gap] = 0
	x.n--
}
