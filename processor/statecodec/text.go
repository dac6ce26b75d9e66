package statecodec

import (
	"encoding/binary"
	"fmt"
	"slices"
	"unsafe"
)

// Most of an entry is identifiers, most of which are UUIDs or hashes: as text they
// take twice the bytes, and no compression finds that. A short text is
//
//	uvarint 4·n + form | …
//	form 0  n bytes as they are           form 2  n bytes that are 2·n hexadecimal digits
//	form 1  16 bytes of a UUID, n bytes   form 3  n bytes, 16 bytes of a UUID
//
// Digits are lower case, and UUIDs have their four dashes; any other text is as it is.
const (
	formUUIDFirst = 1
	formHex       = 2
	formUUIDLast  = 3
	formBits      = 2
)

const (
	uuidText  = 36
	uuidBytes = 16
	// leastHex is from what length on hexadecimal digits are looked for.
	leastHex = 16
)

const digits = "0123456789abcdef"

// values is what a byte stands for as a hexadecimal digit, over 15 if it is none: by a
// table, for there are three hundred digits in a usual entry.
const values = "" +
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" +
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\xff\xff\xff\xff\xff\xff" +
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" +
	"\xff\x0a\x0b\x0c\x0d\x0e\x0f\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" +
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" +
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" +
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" +
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"

// Room is where a Reader makes texts that an entry does not have as they are: a Tx.
type Room interface {
	// Buffer returns an empty slice with capacity n.
	Buffer(n int) []byte
}

// AppendText appends a string in its short form.
func AppendText(dst []byte, v string) []byte {
	begin := len(dst)
	if len(v) >= uuidText {
		rest := uint64(len(v) - uuidText) //nolint:gosec // not negative
		var ok bool
		if dst, ok = appendUUID(binary.AppendUvarint(dst, rest<<formBits|formUUIDFirst), v[:uuidText]); ok {
			return append(dst, v[uuidText:]...)
		}
		dst = append(binary.AppendUvarint(dst[:begin], rest<<formBits|formUUIDLast), v[:rest]...)
		if dst, ok = appendUUID(dst, v[rest:]); ok {
			return dst
		}
	}
	if n := len(v); n >= leastHex && n%2 == 0 {
		var ok bool
		if dst, ok = appendHex(binary.AppendUvarint(dst[:begin], uint64(n/2)<<formBits|formHex), v); ok {
			return dst
		}
	}
	return append(binary.AppendUvarint(dst[:begin], uint64(len(v))<<formBits), v...)
}

// AppendTextBytes appends bytes in their short form.
func AppendTextBytes(dst, v []byte) []byte {
	return AppendText(dst, unsafe.String(unsafe.SliceData(v), len(v))) //nolint:gosec // only during the call
}

// appendHex appends what hexadecimal digits, two for each byte, stand for, up to
// where they are none.
func appendHex(dst []byte, v string) (_ []byte, ok bool) {
	at := len(dst)
	dst = slices.Grow(dst, len(v)/2)[:at+len(v)/2]
	for i := range dst[at:] {
		high, low := values[v[2*i]], values[v[2*i+1]]
		if high|low > 15 {
			return dst, false
		}
		dst[at+i] = high<<4 | low
	}
	return dst, true
}

// appendUUID appends the bytes of a UUID.
func appendUUID(dst []byte, v string) (_ []byte, ok bool) {
	if v[8] != '-' || v[13] != '-' || v[18] != '-' || v[23] != '-' {
		return dst, false
	}
	for _, part := range [...]string{v[:8], v[9:13], v[14:18], v[19:23], v[24:]} {
		if dst, ok = appendHex(dst, part); !ok {
			return dst, false
		}
	}
	return dst, true
}

// text appends the digits of bytes.
func text(dst, b []byte) []byte {
	at := len(dst)
	dst = slices.Grow(dst, 2*len(b))[:at+2*len(b)]
	out := dst[at:]
	for i, c := range b {
		pair := out[2*i : 2*i+2]
		pair[0], pair[1] = digits[c>>4], digits[c&15]
	}
	return dst
}

// textOfUUID appends the text of a UUID.
func textOfUUID(dst, b []byte) []byte {
	dst = append(text(dst, b[:4]), '-')
	dst = append(text(dst, b[4:6]), '-')
	dst = append(text(dst, b[6:8]), '-')
	dst = append(text(dst, b[8:10]), '-')
	return text(dst, b[10:])
}

// Short makes Text and TextBytes read what AppendText wrote; without it they read
// what AppendString did. room may be nil.
func (r *Reader) Short(room Room) { r.short, r.room = true, room }

// TextBytes reads bytes without copying where it can, as Text does.
func (r *Reader) TextBytes() []byte {
	if !r.short {
		return r.Bytes()
	}
	head := r.Uint()
	n, form := head>>formBits, head&(1<<formBits-1)
	size := n
	if form == formUUIDFirst || form == formUUIDLast {
		size += uuidBytes
	}
	if r.err == nil && (n > uint64(len(r.rest)) || size > uint64(len(r.rest))) {
		r.err = fmt.Errorf("%w: ends inside a text", ErrEntry)
	}
	if r.err != nil {
		return nil
	}
	v := r.rest[:size:size]
	r.rest = r.rest[size:]
	switch form {
	case formUUIDFirst:
		return append(textOfUUID(r.buffer(int(n)+uuidText), v[:uuidBytes]), v[uuidBytes:]...)
	case formUUIDLast:
		return textOfUUID(append(r.buffer(int(n)+uuidText), v[:n]...), v[n:])
	case formHex:
		return text(r.buffer(2*int(n)), v)
	default:
		return v
	}
}

func (r *Reader) buffer(n int) []byte {
	if r.room == nil {
		return make([]byte, 0, n)
	}
	return r.room.Buffer(n)
}
