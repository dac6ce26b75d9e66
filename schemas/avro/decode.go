package avro

import (
	"encoding/binary"
	"errors"
	"math"
	"time"
	"unicode/utf8"
	"unsafe"
)

// Reasons for which bytes cannot be decoded. They contain no content.
var (
	// ErrShort: the bytes end inside a value.
	ErrShort = errors.New("bytes end too early")
	// ErrTrailing: bytes are left after the record.
	ErrTrailing = errors.New("bytes left after the record")
	// ErrRange is a number that its type cannot hold.
	ErrRange = errors.New("number out of range")
	// ErrKey is a map in which a key occurs twice.
	ErrKey = errors.New("key twice in a map")
	// ErrCount is an array or map with more elements than the bytes can hold.
	ErrCount = errors.New("more elements than bytes")
)

// firstCap limits the allocation for an announced count. The slice then grows with the
// elements that actually follow.
const firstCap = 64

// decoder reads from the front of b.
type decoder struct {
	b []byte
	// shared makes strings refer to b instead of copying them.
	shared bool
}

func (d *decoder) long() (int64, error) {
	// Most numbers are small, and so are the lengths of most strings.
	if len(d.b) > 0 && d.b[0] < 0x80 {
		v := d.b[0]
		d.b = d.b[1:]
		return int64(v>>1) ^ -int64(v&1), nil
	}
	v, n := binary.Varint(d.b)
	switch {
	case n == 0:
		return 0, ErrShort
	case n < 0:
		return 0, ErrRange
	}
	d.b = d.b[n:]
	return v, nil
}

func (d *decoder) int() (int32, error) {
	v, err := d.long()
	if err != nil {
		return 0, err
	}
	if v < math.MinInt32 || v > math.MaxInt32 {
		return 0, ErrRange
	}
	return int32(v), nil
}

func (d *decoder) bool() (bool, error) {
	if len(d.b) == 0 {
		return false, ErrShort
	}
	v := d.b[0]
	if v > 1 {
		return false, ErrRange
	}
	d.b = d.b[1:]
	return v == 1, nil
}

func (d *decoder) double() (float64, error) {
	const size = 8
	if len(d.b) < size {
		return 0, ErrShort
	}
	v := math.Float64frombits(binary.LittleEndian.Uint64(d.b))
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, ErrNotFinite
	}
	d.b = d.b[size:]
	return v, nil
}

// isSet reads the branch of a union ["null", T].
func (d *decoder) isSet() (bool, error) {
	v, err := d.long()
	if err == nil && (v < 0 || v > 1) {
		err = ErrRange
	}
	return v == 1, err
}

// bytes returns a part of the decoded bytes.
func (d *decoder) bytes() ([]byte, error) {
	n, err := d.long()
	switch {
	case err != nil:
		return nil, err
	case n < 0:
		return nil, ErrRange
	case n > int64(len(d.b)):
		return nil, ErrShort
	}
	v := d.b[:n]
	d.b = d.b[n:]
	return v, nil
}

func (d *decoder) string() (string, error) {
	v, err := d.bytes()
	if err != nil {
		return "", err
	}
	if !ascii(v) && !utf8.Valid(v) {
		return "", ErrUTF8
	}
	if d.shared {
		return unsafe.String(unsafe.SliceData(v), len(v)), nil //nolint:gosec // as shared says
	}
	return string(v), nil
}

// newValue makes a string of a vocabulary's value that this version does not know. It never
// refers to b, because callers keep values of vocabularies as they keep constants.
func newValue(b []byte) (string, error) {
	if !utf8.Valid(b) {
		return "", ErrUTF8
	}
	return string(b), nil
}

func (d *decoder) time() (time.Time, error) {
	ms, err := d.long()
	if err != nil {
		return time.Time{}, err
	}
	if ms <= minMillis || ms > maxMillis {
		return time.Time{}, ErrTime
	}
	return time.UnixMilli(ms).UTC(), nil
}

func (d *decoder) date() (time.Time, error) {
	days, err := d.int()
	if err != nil {
		return time.Time{}, err
	}
	secs := int64(days) * daySecs
	if secs <= minMillis/1000 || secs > maxMillis/1000 {
		return time.Time{}, ErrTime
	}
	return time.Unix(secs, 0).UTC(), nil
}

func (d *decoder) decimal() (Decimal, error) {
	b, err := d.bytes()
	if err != nil {
		return 0, err
	}
	if len(b) == 0 || len(b) > 8 {
		return 0, ErrPrecision
	}
	v := int64(int8(b[0])) //nolint:gosec // the first byte carries the sign
	for _, c := range b[1:] {
		v = v<<8 | int64(c)
	}
	if v <= -decimalLimit || v >= decimalLimit {
		return 0, ErrPrecision
	}
	return Decimal(v), nil
}

// count reads the head of a block of an array or map: the number of elements, 0
// at the end. least is the fewest bytes an element takes, at least 1.
func (d *decoder) count(least int) (int, error) {
	n, err := d.long()
	if err != nil {
		return 0, err
	}
	if n < 0 {
		// After a negative count comes the block's size in bytes, which is only useful
		// for skipping the block.
		if _, err = d.long(); err != nil {
			return 0, err
		}
		if n == math.MinInt64 {
			return 0, ErrCount
		}
		n = -n
	}
	if n > int64(len(d.b)/least) {
		return 0, ErrCount
	}
	return int(n), nil
}

func (d *decoder) stringMap() (map[string]string, error) {
	m := map[string]string{}
	for {
		n, err := d.count(2)
		if err != nil || n == 0 {
			return m, err
		}
		for range n {
			k, err := d.string()
			if err != nil {
				return nil, err
			}
			if _, twice := m[k]; twice {
				return nil, ErrKey
			}
			if m[k], err = d.string(); err != nil {
				return nil, err
			}
		}
	}
}

// end refuses bytes left after the record.
func (d *decoder) end() error {
	if len(d.b) > 0 {
		return ErrTrailing
	}
	return nil
}

// decodeArray reads an array of elements that take least bytes or more.
func decodeArray[T any](d *decoder, least int, item func(*decoder) (T, error)) ([]T, error) {
	var list []T
	for {
		n, err := d.count(least)
		if err != nil || n == 0 {
			return list, err
		}
		if list == nil {
			list = make([]T, 0, min(n, firstCap))
		}
		for range n {
			v, err := item(d)
			if err != nil {
				return nil, atIndex(len(list), err)
			}
			list = append(list, v)
		}
	}
}
