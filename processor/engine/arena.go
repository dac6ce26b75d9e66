package engine

import "unsafe"

// arenaFirst is the size of the first chunk. Each further chunk is twice as large, up
// to arenaChunk, because most transactions are small.
const (
	arenaFirst = 4 << 10
	arenaChunk = 256 << 10
)

// arena hands out the memory of one round. It is emptied when the round is over
// and nothing refers to it any more; the chunks are kept for the next round.
type arena struct {
	chunks [][]byte
	used   int // chunks in use, the last of them partly
	off    int // bytes used of the last
	// usual is how many chunks rounds use, the larger ones of late.
	usual int
}

// buffer returns an empty slice with capacity n. Appending beyond n moves the
// slice to the heap, which is slower and nothing worse.
func (a *arena) buffer(n int) []byte {
	if n > arenaChunk {
		return make([]byte, 0, n)
	}
	for a.used == 0 || a.off+n > len(a.chunks[a.used-1]) {
		if a.used == len(a.chunks) {
			a.chunks = append(a.chunks, make([]byte, max(n, min(arenaFirst<<min(a.used, 6), arenaChunk))))
		}
		a.used++
		a.off = 0
	}
	b := a.chunks[a.used-1][a.off : a.off : a.off+n]
	a.off += n
	return b
}

// trim returns the unused capacity of the last buffer to the arena, so that memory
// grows with the written bytes instead of the requested ones.
func (a *arena) trim(b []byte) {
	if a.off > 0 && &b[:cap(b)][cap(b)-1] == &a.chunks[a.used-1][a.off-1] {
		a.off -= cap(b) - len(b)
	}
}

func (a *arena) copy(b []byte) []byte { return append(a.buffer(len(b)), b...) }

// text copies a key. It changes when the arena is used again.
func (a *arena) text(b []byte) string {
	own := a.copy(b)
	return unsafe.String(unsafe.SliceData(own), len(own)) //nolint:gosec // as long as the round
}

// unsafeBytes is a key as bytes, which are not to be changed.
func unsafeBytes(key string) []byte {
	return unsafe.Slice(unsafe.StringData(key), len(key)) //nolint:gosec // read only
}

// bytesOfText returns the bytes of a text without a copy: for who only reads them.
func bytesOfText(text string) []byte {
	return unsafe.Slice(unsafe.StringData(text), len(text)) //nolint:gosec // they are never written
}

// withRoom returns a payload that has entryRoom before it, with the room.
func withRoom(payload []byte) []byte {
	from := unsafe.Add(unsafe.Pointer(unsafe.SliceData(payload)), -entryRoom) //nolint:gosec // of the same buffer, see scope.Buffer
	return unsafe.Slice((*byte)(from), entryRoom+len(payload))                //nolint:gosec // the same
}

// reset empties the arena. A round that needed much more than usual does not
// keep its memory for ever.
func (a *arena) reset() {
	const slowly = 16
	a.usual = max(a.used, a.usual-a.usual/slowly-1)
	if len(a.chunks) > a.usual {
		clear(a.chunks[a.usual:])
		a.chunks = a.chunks[:a.usual]
	}
	a.used, a.off = 0, 0
}
