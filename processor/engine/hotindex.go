package engine

// hotIndex finds the numbers of entries by the hash of their keys. It is asked for every
// key, mostly for one that is not there, and waits for memory once: a place is a hash and
// a number, and who has the same hash, or one near it, stands in the next places.
type hotIndex struct {
	// places are a power of two, 0 for one that is free.
	places []uint64
	n      int
}

// indexFirst is how many places there are at first; three of four are filled before there
// are twice as many.
const indexFirst = 64

func indexed(hash, id uint32) uint64 { return uint64(hash)<<32 | uint64(id) }

func (x *hotIndex) place(hash uint32) int  { return int(hash) & (len(x.places) - 1) }
func (x *hotIndex) after(at int) int       { return (at + 1) & (len(x.places) - 1) }
func (x *hotIndex) from(at, begin int) int { return (at - begin) & (len(x.places) - 1) }

// find returns the first entry of a hash that is the one, 0 if none is.
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

// add notes an entry that is not in it.
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

// remove forgets an entry that is in it. Those behind it that would stand there if it had
// never come move up, so that no search ends too early.
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
