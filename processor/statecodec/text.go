package statecodec

import "slices"

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
	// leastHex is the shortest run that is encoded as hexadecimal digits.
	leastHex = 16
)

const digits = "0123456789abcdef"

// values maps a byte to its value as a hexadecimal digit; values over 15 mark other
// bytes. A table, because a typical entry has three hundred digits.
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
	if len(v) < leastHex {
		return append(append(dst, byte(len(v)<<formBits)), v...) //nolint:gosec // 64 at most
	}
	begin := len(dst)
	if len(v) >= uuidText {
		rest := uint64(len(v) - uuidText) //nolint:gosec // not negative
		var ok bool
		if isUUID(v) {
			if dst, ok = appendUUID(AppendUint(dst, rest<<formBits|formUUIDFirst), v[:uuidText]); ok {
				return append(dst, v[uuidText:]...)
			}
		}
		if isUUID(v[rest:]) {
			dst = append(AppendUint(dst[:begin], rest<<formBits|formUUIDLast), v[:rest]...)
			if dst, ok = appendUUID(dst, v[rest:]); ok {
				return dst
			}
		}
	}
	if n := len(v); n%2 == 0 {
		var ok bool
		if dst, ok = appendHex(AppendUint(dst[:begin], uint64(n/2)<<formBits|formHex), v); ok {
			return dst
		}
	}
	return append(AppendUint(dst[:begin], uint64(len(v))<<formBits), v...)
}

// AppendTextBytes appends bytes in their short form.
func AppendTextBytes(dst, v []byte) []byte {
	return AppendText(dst, View(v))
}

// isUUID says whether the dashes of a UUID are in their places.
func isUUID(v string) bool { return v[8] == '-' && v[13] == '-' && v[18] == '-' && v[23] == '-' }

// appendHex appends the bytes that hexadecimal digits encode, two digits each, up to
// the first byte that is no digit.
func appendHex(dst []byte, v string) (_ []byte, ok bool) {
	at, n := len(dst), len(v)/2
	dst = slices.Grow(dst, n)[:at+n]
	return dst, unhex(dst[at:], v)
}

// unhex decodes hexadecimal digits into out, which has half their length.
func unhex(out []byte, v string) bool {
	var all byte
	for i := range out {
		pair := v[2*i : 2*i+2]
		high, low := values[pair[0]], values[pair[1]]
		all |= high | low
		out[i] = high<<4 | low&15
	}
	return all < 16
}

// appendUUID appends the bytes of a UUID whose dashes are in their places.
func appendUUID(dst []byte, v string) (_ []byte, ok bool) {
	at := len(dst)
	dst = slices.Grow(dst, uuidBytes)[:at+uuidBytes]
	out := dst[at:]
	ok = unhex(out[:4], v[:8])
	ok = unhex(out[4:6], v[9:13]) && ok
	ok = unhex(out[6:8], v[14:18]) && ok
	ok = unhex(out[8:10], v[19:23]) && ok
	return dst, unhex(out[10:], v[24:]) && ok
}

// text writes the digits of bytes into out, which has twice their length.
func text(out, b []byte) {
	for i, c := range b {
		pair := out[2*i : 2*i+2]
		pair[0], pair[1] = digits[c>>4], digits[c&15]
	}
}

// textOf appends the digits of bytes.
func textOf(dst, b []byte) []byte {
	at := len(dst)
	dst = slices.Grow(dst, 2*len(b))[:at+2*len(b)]
	text(dst[at:], b)
	return dst
}

// textOfUUID appends the text of a UUID.
func textOfUUID(dst, b []byte) []byte {
	at := len(dst)
	dst = slices.Grow(dst, uuidText)[:at+uuidText]
	out := dst[at:]
	text(out[:8], b[:4])
	text(out[9:13], b[4:6])
	text(out[14:18], b[6:8])
	text(out[19:23], b[8:10])
	text(out[24:], b[10:uuidBytes])
	out[8], out[13], out[18], out[23] = '-', '-', '-', '-'
	return dst
}

// Short makes Text and TextBytes read AppendText fields instead of AppendString fields.
// room may be nil.
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
	v := r.part(size, "ends inside a text")
	if r.err != nil {
		return nil
	}
	switch form {
	case formUUIDFirst:
		return append(textOfUUID(r.buffer(int(n)+uuidText), v[:uuidBytes]), v[uuidBytes:]...)
	case formUUIDLast:
		return textOfUUID(append(r.buffer(int(n)+uuidText), v[:n]...), v[n:])
	case formHex:
		return textOf(r.buffer(2*int(n)), v)
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
