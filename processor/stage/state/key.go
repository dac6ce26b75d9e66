package state

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"time"
)

// errKey is returned for bytes that are no key of a codec.
var errKey = errors.New("not a key of this codec")

// Key encodes keys. Encoded keys sort like the keys, and no encoded key is the beginning
// of another one, so that keys can be joined.
type Key[K any] struct {
	// Size returns an upper bound of the encoded size.
	Size func(k K) int
	// Append appends the encoded key.
	Append func(dst []byte, k K) []byte
	// Parse decodes the key at the beginning of src and returns the bytes behind it. The
	// key must not refer to src.
	Parse func(src []byte) (k K, rest []byte, err error)
}

// A string ends with end; a zero byte in it is followed by escaped. end sorts before
// escaped, so that a string sorts before its continuations.
const (
	end     = 0x01
	escaped = 0xff
)

// StringKey is the codec of strings in the order of their bytes.
func StringKey() Key[string] {
	return Key[string]{
		Size:   func(k string) int { return len(k) + countZeros(k) + 2 },
		Append: func(dst []byte, k string) []byte { return append(appendEscaped(dst, k), 0, end) },
		Parse: func(src []byte) (string, []byte, error) {
			b, rest, err := parseEscaped(src)
			return string(b), rest, err
		},
	}
}

// StringPrefix returns the prefix of all encoded strings that begin with text: see Scan.
func StringPrefix(text string) []byte { return appendEscaped(nil, text) }

// BytesKey is the codec of byte strings in their order.
func BytesKey() Key[[]byte] {
	return Key[[]byte]{
		Size:   func(k []byte) int { return len(k) + bytes.Count(k, []byte{0}) + 2 },
		Append: func(dst, k []byte) []byte { return append(appendEscaped(dst, k), 0, end) },
		Parse: func(src []byte) ([]byte, []byte, error) {
			b, rest, err := parseEscaped(src)
			return bytes.Clone(b), rest, err
		},
	}
}

// Int64Key is the codec of signed integers in numerical order.
func Int64Key() Key[int64] {
	const sign = 1 << 63
	return Key[int64]{
		Size:   func(int64) int { return 8 },
		Append: func(dst []byte, k int64) []byte { return binary.BigEndian.AppendUint64(dst, uint64(k)^sign) }, //nolint:gosec // the bits as they are
		Parse: func(src []byte) (int64, []byte, error) {
			if len(src) < 8 {
				return 0, nil, errKey
			}
			return int64(binary.BigEndian.Uint64(src) ^ sign), src[8:], nil //nolint:gosec // the bits as they are
		},
	}
}

// TimeKey is the codec of times in their order, in milliseconds and UTC.
func TimeKey() Key[time.Time] {
	millis := Int64Key()
	return Key[time.Time]{
		Size:   func(time.Time) int { return 8 },
		Append: func(dst []byte, k time.Time) []byte { return millis.Append(dst, k.UnixMilli()) },
		Parse: func(src []byte) (time.Time, []byte, error) {
			ms, rest, err := millis.Parse(src)
			return time.UnixMilli(ms).UTC(), rest, err
		},
	}
}

// Pair is a key of two parts.
type Pair[A, B any] struct {
	First  A
	Second B
}

// PairKey is the codec of pairs in the order of the first part, then of the second. A
// pair of pairs makes three parts and more.
func PairKey[A, B any](first Key[A], second Key[B]) Key[Pair[A, B]] {
	return Key[Pair[A, B]]{
		Size: func(k Pair[A, B]) int { return first.Size(k.First) + second.Size(k.Second) },
		Append: func(dst []byte, k Pair[A, B]) []byte {
			return second.Append(first.Append(dst, k.First), k.Second)
		},
		Parse: func(src []byte) (k Pair[A, B], rest []byte, err error) {
			if k.First, src, err = first.Parse(src); err != nil {
				return k, nil, err
			}
			k.Second, rest, err = second.Parse(src)
			return k, rest, err
		},
	}
}

func appendEscaped[T string | []byte](dst []byte, k T) []byte {
	for i := range len(k) {
		dst = append(dst, k[i])
		if k[i] == 0 {
			dst = append(dst, escaped)
		}
	}
	return dst
}

// parseEscaped returns the string at the beginning of src, which it may share.
func parseEscaped(src []byte) (k, rest []byte, err error) {
	zero := bytes.IndexByte(src, 0)
	for from := src; zero >= 0; zero = bytes.IndexByte(from, 0) {
		k = appendPart(k, from[:zero])
		if len(from) < zero+2 {
			break
		}
		mark := from[zero+1]
		from = from[zero+2:]
		switch mark {
		case end:
			return k, from, nil
		case escaped:
			k = append(k, 0)
		default:
			return nil, nil, errKey
		}
	}
	return nil, nil, errKey
}

// appendPart shares the first part and copies from the second one on.
func appendPart(k, part []byte) []byte {
	if k == nil {
		return slices.Clip(part)
	}
	return append(k, part...)
}

func countZeros(k string) (n int) {
	for i := range len(k) {
		if k[i] == 0 {
			n++
		}
	}
	return n
}
