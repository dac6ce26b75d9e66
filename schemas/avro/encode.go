package avro

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
	"unsafe"
)

// Reasons for which a value cannot be encoded. They contain no value.
var (
	// ErrUTF8 is a string that is not UTF-8, which some readers cannot read.
	ErrUTF8 = errors.New("not UTF-8")
	// ErrTime is the zero time, or a year outside 1 to 9999.
	ErrTime = errors.New("time not set or out of range")
	// ErrDate is a date that is not midnight UTC.
	ErrDate = errors.New("date is not midnight UTC")
	// ErrNotFinite is a double that is not a finite number.
	ErrNotFinite = errors.New("not a finite number")
	// ErrPrecision is a decimal of more than DecimalPrecision digits.
	ErrPrecision = errors.New("decimal out of range")
)

const (
	minMillis = -62135596800000 // 0001-01-01T00:00:00Z
	maxMillis = 253402300799999 // 9999-12-31T23:59:59.999Z
	daySecs   = 86400
)

// FieldError is the field of a record that cannot be encoded or decoded, and the
// reason.
type FieldError struct {
	// Path is the field as in the schema: "attempts[2].channel".
	Path string
	Err  error
}

// Error implements error.
func (e *FieldError) Error() string { return e.Path + ": " + e.Err.Error() }

// Unwrap returns the reason.
func (e *FieldError) Unwrap() error { return e.Err }

// at puts a field's name before the path of an error.
func at(name string, err error) error {
	var inner *FieldError
	if !errors.As(err, &inner) {
		return &FieldError{Path: name, Err: err}
	}
	if inner.Path != "" && inner.Path[0] != '[' {
		name += "."
	}
	return &FieldError{Path: name + inner.Path, Err: inner.Err}
}

// atIndex puts an array index before the path of an error.
func atIndex(i int, err error) error { return at("["+strconv.Itoa(i)+"]", err) }

// appendLong writes an int or long: zigzag, then base 128, low bits first.
func appendLong(dst []byte, v int64) []byte {
	u := uint64(v)<<1 ^ uint64(v>>63) //nolint:gosec // zigzag
	if u < 0x80 {
		return append(dst, byte(u))
	}
	return binary.AppendUvarint(dst, u)
}

// appendDouble writes a double, little endian. It refuses NaN and infinities, which engines
// compare and add up differently, and writes zero without a sign.
func appendDouble(dst []byte, v float64) ([]byte, error) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return dst, ErrNotFinite
	}
	if v == 0 {
		v = 0 // equal values have equal bytes
	}
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(v)), nil
}

func appendBool(dst []byte, v bool) []byte {
	if v {
		return append(dst, 1)
	}
	return append(dst, 0)
}

func appendString(dst []byte, s string) ([]byte, error) {
	if !ascii(unsafe.Slice(unsafe.StringData(s), len(s))) && !utf8.ValidString(s) { //nolint:gosec // only read
		return dst, ErrUTF8
	}
	const oneByte = 1 << 6 // lengths below take one
	if len(s) < oneByte {
		return append(append(dst, byte(len(s)<<1)), s...), nil //nolint:gosec // below 128
	}
	return append(appendLong(dst, int64(len(s))), s...), nil
}

// ascii reports whether all bytes are ASCII, as in nearly all texts. For short texts,
// as most are, it is faster than the check of the standard library.
func ascii(b []byte) bool {
	const (
		highs = 0x8080808080808080
		word  = 8
		half  = 4
	)
	n := len(b)
	switch {
	case n >= word:
		// The last word may overlap the one before.
		all := binary.LittleEndian.Uint64(b[n-word:])
		for ; len(b) > word; b = b[word:] {
			all |= binary.LittleEndian.Uint64(b)
		}
		return all&highs == 0
	case n >= half:
		return (binary.LittleEndian.Uint32(b)|binary.LittleEndian.Uint32(b[n-half:]))&(highs>>32) == 0
	}
	var all byte
	for _, c := range b {
		all |= c
	}
	return all < utf8.RuneSelf
}

func appendTime(dst []byte, t time.Time) ([]byte, error) {
	if t.IsZero() {
		return dst, ErrTime
	}
	ms := t.UnixMilli()
	if ms < minMillis || ms > maxMillis {
		return dst, ErrTime
	}
	return appendLong(dst, ms), nil
}

func appendDate(dst []byte, t time.Time) ([]byte, error) {
	secs := t.Unix()
	if t.IsZero() || secs < minMillis/1000 || secs > maxMillis/1000 {
		return dst, ErrTime
	}
	if secs%daySecs != 0 || t.Nanosecond() != 0 {
		return dst, ErrDate
	}
	return appendLong(dst, secs/daySecs), nil
}

// appendDecimal writes the unscaled value as the shortest two's complement, big
// endian.
func appendDecimal(dst []byte, d Decimal) ([]byte, error) {
	if d <= -decimalLimit || d >= decimalLimit {
		return dst, ErrPrecision
	}
	n := 1
	for v := int64(d); v > 127 || v < -128; v >>= 8 {
		n++
	}
	dst = appendLong(dst, int64(n))
	for shift := (n - 1) * 8; shift >= 0; shift -= 8 {
		dst = append(dst, byte(int64(d)>>shift)) //nolint:gosec // one byte of the number
	}
	return dst, nil
}

// appendBytes writes bytes; nil and empty are the same.
func appendBytes(dst, b []byte) []byte { return append(appendLong(dst, int64(len(b))), b...) }

// appendStringMap writes the entries by key, so that equal maps have equal bytes.
func appendStringMap(dst []byte, m map[string]string) ([]byte, error) {
	if len(m) == 0 {
		return append(dst, 0), nil
	}
	var few [16]string // on the stack: no allocation for the usual sizes
	keys := few[:0]
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	dst = appendLong(dst, int64(len(keys)))
	var err error
	for _, k := range keys {
		if dst, err = appendString(dst, k); err != nil {
			return dst, err
		}
		if dst, err = appendString(dst, m[k]); err != nil {
			return dst, err
		}
	}
	return append(dst, 0), nil
}
