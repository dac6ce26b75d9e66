package task

import (
	"unsafe"

	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
)

// arenaFirst is the size of the first chunk. Each further chunk is twice as large, up
// to arenaChunk, because most transactions are small.
const (
	arenaFirst = 4 << 10
	arenaChunk = 256 << 10
)

// Arena allocates the memory of one transaction. Reset frees all of it at once, when
// the transaction has ended and nothing refers to it; the chunks are reused.
type Arena struct {
	chunks [][]byte
	used   int // chunks in use, including the partly used last one
	off    int // bytes used in the last chunk
	// usual is the number of chunks of recent transactions: their maximum, decaying.
	usual int
}

// Buffer returns an empty slice with capacity n. Appending beyond n moves the slice to
// the heap, which is slower but correct.
func (a *Arena) Buffer(n int) []byte {
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

// Trim returns the unused capacity of the last buffer to the arena, so that memory
// grows with the written bytes instead of the requested ones.
func (a *Arena) Trim(b []byte) {
	if a.off > 0 && &b[:cap(b)][cap(b)-1] == &a.chunks[a.used-1][a.off-1] {
		a.off -= cap(b) - len(b)
	}
}

// Copy returns a copy of b in the arena.
func (a *Arena) Copy(b []byte) []byte { return append(a.Buffer(len(b)), b...) }

// text copies a key to the arena. The string is valid until Reset.
func (a *Arena) text(b []byte) string {
	own := a.Copy(b)
	return unsafe.String(unsafe.SliceData(own), len(own)) //nolint:gosec // valid until Reset
}

// bytesOfText returns the bytes of a text without a copy. They must not be written.
func bytesOfText(text string) []byte {
	return unsafe.Slice(unsafe.StringData(text), len(text)) //nolint:gosec // they are never written
}

// withRoom returns a payload extended to the left by the entryRoom bytes that precede
// it in its buffer.
func withRoom(payload []byte) []byte {
	from := unsafe.Add(unsafe.Pointer(unsafe.SliceData(payload)), -entry.Room) //nolint:gosec // of the same buffer, see Context.Buffer
	return unsafe.Slice((*byte)(from), entry.Room+len(payload))                //nolint:gosec // the same
}

// Reset empties the arena. Memory above the usual demand is released to the garbage
// collector.
func (a *Arena) Reset() {
	const slowly = 16
	a.usual = max(a.used, a.usual-a.usual/slowly-1)
	if len(a.chunks) > a.usual {
		clear(a.chunks[a.usual:])
		a.chunks = a.chunks[:a.usual]
	}
	a.used, a.off = 0, 0
}
