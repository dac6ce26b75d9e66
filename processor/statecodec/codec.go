// Package statecodec is how the stages write their state entries: appended
// fields, no names, no reflection.
//
//	state ─► Append… ─► entry bytes ─► Reader ─► state
//
// An entry begins with a version byte of its stage, so that a later release can
// read what an earlier one wrote and refuses what a later one wrote:
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
	"time"
	"unsafe"

	"github.com/tributary-hq/tributary/processor/engine"
)

// ErrEntry is wrapped by every error about an entry that cannot be read.
var ErrEntry = errors.New("state entry")

// AppendUint appends an unsigned integer.
func AppendUint(dst []byte, v uint64) []byte { return binary.AppendUvarint(dst, v) }

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
	return append(binary.AppendUvarint(dst, uint64(len(v))), v...)
}

// AppendBytes appends bytes; nil and empty are the same.
func AppendBytes(dst, v []byte) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(v))), v...)
}

// AppendTime appends a time in milliseconds; the zero time is kept as such.
func AppendTime(dst []byte, v time.Time) []byte {
	if v.IsZero() {
		return append(dst, 0)
	}
	ms := v.UnixMilli()
	return binary.AppendUvarint(dst, 1+(uint64(ms)<<1^uint64(ms>>63)))
}

// Reader reads an entry field by field. Errors stick: after the first one every
// call returns the zero value.
type Reader struct {
	rest []byte
	err  error
	// short and room are those of Short.
	short bool
	room  Room
}

// NewReader checks the version byte of an entry and reads what follows it.
// known is the highest version the caller can read.
func NewReader(entry []byte, known byte) (r *Reader, version byte) {
	r = &Reader{}
	if len(entry) == 0 {
		r.err = fmt.Errorf("%w: empty", ErrEntry)
		return r, 0
	}
	if entry[0] > known {
		r.err = fmt.Errorf("%w: %w: it has format version %d, this release reads up to %d: run the release that wrote it or a later one",
			ErrEntry, engine.ErrNewerState, entry[0], known)
		return r, 0
	}
	if entry[0] == 0 {
		r.err = fmt.Errorf("%w: format version 0", ErrEntry)
		return r, 0
	}
	r.rest = entry[1:]
	return r, entry[0]
}

// Uint reads an unsigned integer.
func (r *Reader) Uint() uint64 {
	v, n := binary.Uvarint(r.rest)
	return take(r, v, n)
}

// Int reads a signed integer.
func (r *Reader) Int() int64 {
	v, n := binary.Varint(r.rest)
	return take(r, v, n)
}

// take passes the n bytes that a number took.
func take[T uint64 | int64](r *Reader, v T, n int) T {
	if r.err != nil {
		return 0
	}
	if n <= 0 {
		r.err = fmt.Errorf("%w: ends inside a number", ErrEntry)
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

// Bool reads a boolean.
func (r *Reader) Bool() bool { return r.Uint() != 0 }

// Bytes reads bytes, a part of the entry.
func (r *Reader) Bytes() []byte {
	n := r.Uint()
	if r.err != nil {
		return nil
	}
	if n > uint64(len(r.rest)) {
		r.err = fmt.Errorf("%w: ends inside a string", ErrEntry)
		return nil
	}
	v := r.rest[:n:n]
	r.rest = r.rest[n:]
	return v
}

// Text reads a string without copying where it can: it is a part of the entry, which is
// not to change while the text is in use. What a Tx's Get returns does not until the round
// ends.
func (r *Reader) Text() string {
	b := r.TextBytes()
	return unsafe.String(unsafe.SliceData(b), len(b)) //nolint:gosec // as the comment says
}

// String reads a string and copies it.
func (r *Reader) String() string { return string(r.Bytes()) }

// Time reads a time, in UTC.
func (r *Reader) Time() time.Time {
	v := r.Uint()
	if r.err != nil || v == 0 {
		return time.Time{}
	}
	v--
	return time.UnixMilli(int64(v>>1) ^ -int64(v&1)).UTC()
}

// Len reads the count of a list whose items take at least one byte each, so that
// a broken entry cannot ask for more memory than it has bytes.
func (r *Reader) Len() int {
	n := r.Uint()
	if r.err == nil && n > uint64(len(r.rest)) {
		r.err = fmt.Errorf("%w: a list is longer than the entry", ErrEntry)
	}
	if r.err != nil {
		return 0
	}
	return int(n) //nolint:gosec // bounded by the entry's length
}

// Err returns the first error.
func (r *Reader) Err() error { return r.err }

// Done returns the first error; bytes left over are one too.
func (r *Reader) Done() error {
	if r.err == nil && len(r.rest) > 0 {
		r.err = fmt.Errorf("%w: %d bytes left over", ErrEntry, len(r.rest))
	}
	return r.err
}

// Byte reads one byte.
func (r *Reader) Byte() byte {
	if r.err == nil && len(r.rest) == 0 {
		r.err = fmt.Errorf("%w: ends inside a fixed field", ErrEntry)
	}
	if r.err != nil {
		return 0
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b
}
