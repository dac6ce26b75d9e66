// Package statecodec encodes and decodes the stages' state entries: appended fields
// without names or reflection.
//
//	state ─► Append… ─► entry bytes ─► Reader ─► state
//
// An entry begins with a version byte of its stage, so that a later release reads the
// entries of an earlier one and an earlier release refuses those of a later one:
//
//	version (1 byte) | field | field | …
//	integer  zigzag varint          string, bytes  uvarint length, then the bytes
//	boolean  0 or 1                 time           0 for none, else 1 + zigzag of unix ms, as uvarint
//	list     uvarint count, then the items
//
// A stage whose entries are mostly identifiers writes them in a short form: see
// AppendText.
package statecodec

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"time"
	"unsafe"

	"github.com/tributary-hq/tributary/processor/stage"
)

// ErrEntry is wrapped by every error about an entry that cannot be read.
var ErrEntry = errors.New("state entry")

// AppendUint appends an unsigned integer.
func AppendUint(dst []byte, v uint64) []byte {
	if v < oneByte {
		return append(dst, byte(v))
	}
	return binary.AppendUvarint(dst, v)
}

// oneByte is above the numbers that a varint needs one byte for: most of them.
const oneByte = 1 << 7

// AppendInt appends a signed integer.
func AppendInt(dst []byte, v int64) []byte { return binary.AppendVarint(dst, v) }

// AppendBool appends a boolean.
func AppendBool(dst []byte, v bool) []byte {
	if v {
		return append(dst, 1)
	}
	return append(dst, 0)
}

// AppendString appends a string.
func AppendString(dst []byte, v string) []byte {
	return append(AppendUint(dst, uint64(len(v))), v...)
}

// AppendBytes appends bytes; nil and empty are the same.
func AppendBytes(dst, v []byte) []byte {
	return append(AppendUint(dst, uint64(len(v))), v...)
}

// AppendTime appends a time in milliseconds; the zero time is kept as such.
func AppendTime(dst []byte, v time.Time) []byte { return AppendInstant(dst, InstantOf(v)) }

// Reader reads an entry field by field. Errors stick: after the first one every
// call returns the zero value.
type Reader struct {
	// data is the entry, nothing after an error; pos is where the next field begins.
	data []byte
	pos  int
	err  error
	// short and room are those of Short.
	short bool
	room  Room
}

// NewReader checks the version byte of an entry and returns a reader of the rest. known
// is the highest version that the caller can read.
func NewReader(entry []byte, known byte) (r *Reader, version byte) {
	// Small enough to be inlined, so that a reader stays where it is used.
	r = &Reader{}
	version = r.begin(entry, known)
	return r, version
}

// begin is NewReader for a Reader that there is.
func (r *Reader) begin(entry []byte, known byte) (version byte) {
	switch {
	case len(entry) == 0:
		r.err = fmt.Errorf("%w: empty", ErrEntry)
	case entry[0] > known:
		r.err = fmt.Errorf("%w: %w: it has format version %d, this release reads up to %d: run the release that wrote it or a later one",
			ErrEntry, stage.ErrNewerState, entry[0], known)
	case entry[0] == 0:
		r.err = fmt.Errorf("%w: format version 0", ErrEntry)
	default:
		r.data, r.pos = entry, 1
		return entry[0]
	}
	return 0
}

// fail notes the first error, behind which nothing is left to read.
func (r *Reader) fail(fault string) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s", ErrEntry, fault)
	}
	r.data, r.pos = nil, 0
}

// left returns the number of unread bytes.
func (r *Reader) left() uint64 { return uint64(len(r.data) - r.pos) } //nolint:gosec // not negative

// Uint reads an unsigned integer.
func (r *Reader) Uint() uint64 {
	if r.pos < len(r.data) && r.data[r.pos] < oneByte {
		r.pos++
		return uint64(r.data[r.pos-1])
	}
	return r.long()
}

// long reads an integer of more than one byte, or none.
func (r *Reader) long() uint64 {
	v, n := binary.Uvarint(r.data[r.pos:])
	if n <= 0 {
		r.fail("ends inside a number")
		return 0
	}
	r.pos += n
	return v
}

// Int reads a signed integer.
func (r *Reader) Int() int64 {
	v := r.Uint()
	return int64(v>>1) ^ -int64(v&1)
}

// Bool reads a boolean.
func (r *Reader) Bool() bool { return r.Uint() != 0 }

// Bytes reads bytes, a part of the entry.
func (r *Reader) Bytes() []byte { return r.part(r.Uint(), "ends inside a string") }

// part passes n bytes and returns them.
func (r *Reader) part(n uint64, fault string) []byte {
	if n > r.left() {
		r.fail(fault)
	}
	if r.err != nil {
		return nil
	}
	from := r.pos
	r.pos += int(n) //nolint:gosec // bounded by the entry's length
	return r.data[from:r.pos:r.pos]
}

// Text reads a string without a copy where possible: it aliases the entry, which must
// not change while the text is in use. Bytes returned by Tx.Get do not change until the
// transaction ends.
func (r *Reader) Text() string {
	return View(r.TextBytes())
}

// View returns bytes as a string without a copy. It is valid as long as they do not change.
func View(b []byte) string {
	return unsafe.String(unsafe.SliceData(b), len(b)) //nolint:gosec // as the comment says
}

// String reads a string and copies it.
func (r *Reader) String() string { return string(r.Bytes()) }

// Time reads a time, in UTC.
func (r *Reader) Time() time.Time { return r.Instant().Time() }

// Len reads the count of a list whose items take at least one byte each, so that
// a broken entry cannot ask for more memory than it has bytes.
func (r *Reader) Len() int {
	n := r.Uint()
	if n > r.left() {
		r.fail("a list is longer than the entry")
		return 0
	}
	return int(n) //nolint:gosec // bounded by the entry's length
}

// Err returns the first error.
func (r *Reader) Err() error { return r.err }

// Done returns the first error; bytes left over are one too.
func (r *Reader) Done() error {
	if left := r.left(); left > 0 {
		r.fail(strconv.FormatUint(left, 10) + " bytes left over")
	}
	return r.err
}

// Byte reads one byte.
func (r *Reader) Byte() byte {
	if r.pos >= len(r.data) {
		r.fail("ends inside a fixed field")
		return 0
	}
	r.pos++
	return r.data[r.pos-1]
}

// Fixed reads as many bytes as there is room for.
func (r *Reader) Fixed(into []byte) {
	copy(into, r.part(uint64(len(into)), "ends inside a fixed field"))
}
