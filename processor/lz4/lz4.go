// Package lz4 compresses record batches into the LZ4 frames that Kafka's own clients
// write: independent blocks of 64 KiB, no checksums, for the batch has its own.
//
//	batch ─► Append ─► frame ─► broker ─► any client
//
// It is here for its speed alone. In a block of 64 KiB a position is two bytes, so that
// the table of what was seen stays in the processor's nearest cache; the general
// libraries have tables that do not, and wait for memory at every third byte.
//
// Promise: any LZ4 reader gets back what went in.
//
// [D] github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md and lz4_Frame_format.md
package lz4

import (
	"encoding/binary"
	"math/bits"
	"sync"
)

const (
	// blockSize is the most that a block holds before compression.
	blockSize = 64 << 10
	// tableBits is how many hashes there are, as a power of two.
	tableBits = 13
	// minMatch is the shortest repetition that is written as one.
	minMatch = 4
	// Repetitions begin at least matchLimit bytes before a block's end, and end at
	// least lastLiterals before it. [D] the block format's end conditions
	matchLimit   = 12
	lastLiterals = 5
	// The first look skips nothing; each 2^skipBits looks in vain skip one byte more.
	skipBits = 6
	// uncompressed marks a block's size.
	uncompressed = 1 << 31
)

// header is what every frame begins with: the magic number, version 1 with independent
// blocks and nothing else, blocks of at most 64 KiB, and the checksum of the two.
// [D] the frame format's descriptor
const header = "\x04\x22\x4d\x18\x60\x40\x82"

// table is where a sequence was seen last, by its hash.
type table [1 << tableBits]uint16

// tables keeps them from being made for every batch.
type tables struct{ pool sync.Pool }

func (t *tables) get() *table {
	if have, ok := t.pool.Get().(*table); ok {
		return have
	}
	return new(table)
}

// Compressor compresses. Make it with New; it is safe for use by several goroutines.
type Compressor struct{ tables tables }

// New returns a compressor.
func New() *Compressor { return &Compressor{} }

// Bound is the most that a frame of n bytes takes.
func Bound(n int) int {
	blocks := n/blockSize + 1
	return len(header) + n + blocks*4 + 4
}

// Append appends the frame of src.
func (c *Compressor) Append(dst, src []byte) []byte {
	seen := c.tables.get()
	defer c.tables.pool.Put(seen)
	dst = append(dst, header...)
	for len(src) > 0 {
		block := src[:min(len(src), blockSize)]
		src = src[len(block):]
		at := len(dst)
		dst = append(dst, 0, 0, 0, 0)
		if out, ok := appendBlock(dst, block, seen); ok {
			dst = out
			binary.LittleEndian.PutUint32(dst[at:], uint32(len(dst)-at-4)) //nolint:gosec // below a block's size
			continue
		}
		dst = append(dst[:at+4], block...)
		binary.LittleEndian.PutUint32(dst[at:], uint32(len(block))|uncompressed) //nolint:gosec // a block's size
	}
	return append(dst, 0, 0, 0, 0)
}

func load32(b []byte, i int) uint32 { return binary.LittleEndian.Uint32(b[i:]) }
func load64(b []byte, i int) uint64 { return binary.LittleEndian.Uint64(b[i:]) }

// hash is that of the first five of eight bytes.
func hash(v uint64) uint64 {
	const prime, five = 889523592379, 24
	return v << five * prime >> (64 - tableBits)
}

// appendBlock appends the compressed block, at most blockSize long. It returns false if
// that would not be shorter.
func appendBlock(dst, src []byte, seen *table) (out []byte, ok bool) {
	clear(seen[:])
	end := len(dst) + len(src)
	if cap(dst) < end {
		dst = append(make([]byte, 0, 2*end), dst...)
	}
	anchor, at, looks := 0, 1, 1<<skipBits
	for last := len(src) - matchLimit; at <= last; {
		now := load64(src, at)
		h := hash(now)
		from := int(seen[h])
		seen[h] = uint16(at)                                  //nolint:gosec // below a block's size
		if first := uint32(now); first != load32(src, from) { //nolint:gosec // its first four bytes
			at += looks >> skipBits
			looks++
			continue
		}
		for at > anchor && from > 0 && src[at-1] == src[from-1] {
			at, from = at-1, from-1
		}
		n := matchLen(src, at, from)
		// The worst of the token, the lengths and the offset, beside the literals.
		if len(dst)+(at-anchor)+(at-anchor+n)/255+8 > end {
			return nil, false
		}
		dst = appendSequence(dst, src[anchor:at], at-from, n)
		at += n
		anchor, looks = at, 1<<skipBits
		if at <= last {
			seen[hash(load64(src, at-2))] = uint16(at - 2) //nolint:gosec // as above
		}
	}
	if rest := len(src) - anchor; len(dst)+rest+rest/255+2 > end {
		return nil, false
	}
	dst = append(dst, 0)
	return appendLiterals(dst, len(dst)-1, src[anchor:]), true
}

// matchLen is how far what is at one place repeats what is at an earlier one.
func matchLen(src []byte, at, from int) int {
	began, end := at, len(src)-lastLiterals
	for at+8 <= end {
		if differ := load64(src, at) ^ load64(src, from); differ != 0 {
			return at - began + bits.TrailingZeros64(differ)>>3
		}
		at, from = at+8, from+8
	}
	for at < end && src[at] == src[from] {
		at, from = at+1, from+1
	}
	return at - began
}

// appendSequence appends literals and a repetition of n bytes from so far back.
func appendSequence(dst, literals []byte, back, n int) []byte {
	n -= minMatch
	token := len(dst)
	dst = append(dst, byte(min(n, 15))) //nolint:gosec // at most 15
	dst = appendLiterals(dst, token, literals)
	dst = append(dst, byte(back), byte(back>>8)) //nolint:gosec // two bytes
	if n >= 15 {
		dst = appendLength(dst, n-15)
	}
	return dst
}

// appendLiterals appends literals, whose number begins in the token.
func appendLiterals(dst []byte, token int, literals []byte) []byte {
	n := len(literals)
	dst[token] |= byte(min(n, 15) << 4)
	if n >= 15 {
		dst = appendLength(dst, n-15)
	}
	return append(dst, literals...)
}

// appendLength appends what of a length the token has no room for.
func appendLength(dst []byte, n int) []byte {
	for ; n >= 255; n -= 255 {
		dst = append(dst, 255)
	}
	return append(dst, byte(n)) //nolint:gosec // below 255
}
