package cache

// index is an open-addressing hash table with linear probing, from key hash to entry
// number. Most lookups miss. A slot contains hash and number, so that a miss touches
// one cache line in most cases.
type index struct {
	// slots are the slots, a power of two; 0 is a free slot.
	slots []uint64
	n     int
}

// indexFirst is the initial number of slots. The table doubles at a load factor of 3/4.
const indexFirst = 64

func slotOf(hash, id uint32) uint64 { return uint64(hash)<<32 | uint64(id) }

func (x *index) slot(hash uint32) int   { return int(hash) & (len(x.slots) - 1) }
func (x *index) after(at int) int       { return (at + 1) & (len(x.slots) - 1) }
func (x *index) from(at, begin int) int { return (at - begin) & (len(x.slots) - 1) }

// find returns the first entry with this hash that satisfies is, 0 if there is none.
func (x *index) find(hash uint32, is func(id uint32) bool) uint32 {
	if x.n == 0 {
		return 0
	}
	for at := x.slot(hash); x.slots[at] != 0; at = x.after(at) {
		if p := x.slots[at]; p>>32 == uint64(hash) && is(uint32(p)) { //nolint:gosec // the low half
			return uint32(p) //nolint:gosec // the low half
		}
	}
	return 0
}

// add inserts an entry that is not in the index.
func (x *index) add(hash, id uint32) {
	if x.n >= len(x.slots)/4*3 {
		x.grow()
	}
	x.set(slotOf(hash, id))
	x.n++
}

func (x *index) set(p uint64) {
	at := x.slot(uint32(p >> 32))
	for x.slots[at] != 0 {
		at = x.after(at)
	}
	x.slots[at] = p
}

func (x *index) grow() {
	before := x.slots
	x.slots = make([]uint64, max(2*len(before), indexFirst))
	for _, p := range before {
		if p != 0 {
			x.set(p)
		}
	}
}

// remove deletes an entry that is in the index. It shifts later entries of the probe
// sequence back into the gap, so that no lookup ends too early.
func (x *index) remove(hash, id uint32) {
	gap := x.slot(hash)
	for x.slots[gap] != slotOf(hash, id) {
		gap = x.after(gap)
	}
	for at := x.after(gap); x.slots[at] != 0; at = x.after(at) {
		begin := x.slot(uint32(x.slots[at] >> 32))
		if x.from(at, begin) >= x.from(at, gap) {
			x.slots[gap] = x.slots[at]
			gap = at
		}
	}
	x.slots[gap] = 0
	x.n--
}
