package codec

import (
	"fmt"
	"math/big"
	"time"
	"unicode/utf8"

	"github.com/tributary-hq/tributary/schemas/schema"
)

const daySeconds = 86400

// Native decodes a body into goavro's native form: map[string]any for records,
// map[string]any of one entry for a union's branch, time.Time, *big.Rat. An error
// wraps ErrDecode. Bytes and fixed values are parts of body.
func (c *Codec) Native(body []byte) (native any, err error) {
	if c.recursive {
		if err := (&walker{body: body}).walk(c.schema, 0); err != nil {
			return nil, err
		}
	}
	defer func() {
		if r := recover(); r != nil {
			native, err = nil, fmt.Errorf("%w: goavro cannot read it", ErrDecode)
		}
	}()
	native, rest, err := c.goavro.NativeFromBinary(body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDecode, err)
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("%w: %d bytes left after the value", ErrDecode, len(rest))
	}
	return native, nil
}

// Encode appends the body of a value in goavro's native form. It refuses values on
// which readers differ: text that is not UTF-8, decimals beyond precision or scale,
// dates with a time of day, unknown fields. An error wraps ErrEncode and names the
// field, never the value.
func (c *Codec) Encode(dst []byte, native any) ([]byte, error) {
	if err := check(c.schema, native, "value"); err != nil {
		return dst, err
	}
	out, err := c.goavro.BinaryFromNative(dst, native)
	if err != nil {
		return dst, fmt.Errorf("%w: the value is not one of the schema", ErrEncode)
	}
	return out, nil
}

func refuse(path, why string) error { return fmt.Errorf("%w: %s: %s", ErrEncode, path, why) }

// check compares a native value with its schema. If the types differ, goavro reports
// that.
func check(t *schema.Schema, v any, path string) error {
	switch v := v.(type) {
	case string:
		if !utf8.ValidString(v) {
			return refuse(path, "not UTF-8")
		}
	case time.Time:
		if t.Logical == schema.Date && (v.Unix()%daySeconds != 0 || v.Nanosecond() != 0) {
			return refuse(path, "a date that is not midnight UTC")
		}
	case *big.Rat:
		return checkDecimal(t, v, path)
	case []any:
		if t.Kind != schema.Array {
			return nil
		}
		for i, item := range v {
			if err := check(t.Items, item, fmt.Sprintf("%s[%d]", path, i)); err != nil {
				return err
			}
		}
	case map[string]any:
		return checkMap(t, v, path)
	}
	return nil
}

func checkDecimal(t *schema.Schema, v *big.Rat, path string) error {
	if t.Logical != schema.Decimal {
		return nil
	}
	unscaled := new(big.Rat).Mul(v, new(big.Rat).SetInt(power(t.Scale)))
	if !unscaled.IsInt() {
		return refuse(path, "a decimal beyond the scale")
	}
	if unscaled.Num().CmpAbs(power(t.Precision)) >= 0 {
		return refuse(path, "a decimal beyond the precision")
	}
	return nil
}

func power(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

func checkMap(t *schema.Schema, v map[string]any, path string) error {
	for key, item := range v {
		var below *schema.Schema
		switch t.Kind {
		case schema.Record:
			f, ok := t.Field(key)
			if !ok {
				return refuse(path, "a field that the schema does not have")
			}
			below = f.Type
		case schema.Map:
			if !utf8.ValidString(key) {
				return refuse(path, "a key that is not UTF-8")
			}
			below = t.Items
		case schema.Union:
			if below = branch(t, key); below == nil {
				return refuse(path, "no branch of the union")
			}
		default:
			return nil
		}
		name := path
		if t.Kind == schema.Record {
			name += "." + key
		}
		if err := check(below, item, name); err != nil {
			return err
		}
	}
	return nil
}

// branch returns the branch of a union by the name that goavro gives it:
// "string", "long.timestamp-millis", "tributary.Phone".
func branch(t *schema.Schema, key string) *schema.Schema {
	for _, b := range t.Branches {
		switch {
		case b.Name != "":
			if b.Name == key {
				return b
			}
		case key == string(b.Kind), b.Logical != "" && key == string(b.Kind)+"."+b.Logical:
			return b
		}
	}
	return nil
}
