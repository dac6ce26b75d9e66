package state

import (
	"encoding"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tributary-hq/tributary/processor/stage"
)

// errValue is returned for bytes that are no value of a codec.
var errValue = errors.New("not a value of this codec")

// Codec encodes values.
type Codec[V any] struct {
	// Append appends the encoded value.
	Append func(dst []byte, v V) ([]byte, error)
	// Parse decodes a value. The value must not refer to src.
	Parse func(src []byte) (V, error)
	// Former decode the values of earlier releases, the oldest format first. Each change
	// of the format moves the present Parse to the end of Former. At most 254 formats.
	Former []func(src []byte) (V, error)
}

// After returns the codec with the decoders of earlier formats: see Former.
func (c Codec[V]) After(former ...func(src []byte) (V, error)) Codec[V] {
	c.Former = former
	return c
}

// version is the format that Append writes.
func (c *Codec[V]) version() byte { return byte(len(c.Former) + 1) } //nolint:gosec // documented limit

func (c *Codec[V]) parser(version byte) (func(src []byte) (V, error), error) {
	switch current := c.version(); {
	case version == current:
		return c.Parse, nil
	case version > current:
		return nil, fmt.Errorf("%w: format %d, this release reads up to %d", stage.ErrNewerState, version, current)
	default:
		return c.Former[version-1], nil
	}
}

// JSON is a codec by encoding/json. A field that is added with a useful zero value needs
// no new format.
func JSON[V any]() Codec[V] {
	return Codec[V]{
		Append: func(dst []byte, v V) ([]byte, error) {
			b, err := json.Marshal(v)
			return append(dst, b...), err
		},
		Parse: func(src []byte) (v V, err error) {
			err = json.Unmarshal(src, &v)
			return v, err
		},
	}
}

// Binary is a codec by the methods of the type: AppendBinary of V and UnmarshalBinary of
// its pointer.
func Binary[V encoding.BinaryAppender, P interface {
	*V
	encoding.BinaryUnmarshaler
}]() Codec[V] {
	return Codec[V]{
		Append: func(dst []byte, v V) ([]byte, error) { return v.AppendBinary(dst) },
		Parse: func(src []byte) (v V, err error) {
			err = P(&v).UnmarshalBinary(src)
			return v, err
		},
	}
}

// Varint is a codec of integers: small ones take one byte.
func Varint() Codec[int64] {
	return Codec[int64]{
		Append: func(dst []byte, v int64) ([]byte, error) { return binary.AppendVarint(dst, v), nil },
		Parse: func(src []byte) (int64, error) {
			v, n := binary.Varint(src)
			if n <= 0 || n != len(src) {
				return 0, errValue
			}
			return v, nil
		},
	}
}

// String is a codec of strings.
func String() Codec[string] {
	return Codec[string]{
		Append: func(dst []byte, v string) ([]byte, error) { return append(dst, v...), nil },
		Parse:  func(src []byte) (string, error) { return string(src), nil },
	}
}
