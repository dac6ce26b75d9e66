package codec

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/tributary-hq/tributary/schemas/schema"
)

// JSON appends a body as JSON for people and programs: fields in the schema's
// order, unions without their branch, timestamps as RFC 3339 in UTC, dates as
// YYYY-MM-DD, decimals as strings with all decimals of their scale, bytes in
// base64. An error wraps ErrDecode.
func (c *Codec) JSON(dst, body []byte) ([]byte, error) {
	native, err := c.Native(body)
	if err != nil {
		return dst, err
	}
	return appendJSON(dst, c.schema, native), nil
}

// appendJSON writes a native value that goavro has read by the schema.
func appendJSON(dst []byte, t *schema.Schema, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...)
	case bool:
		return strconv.AppendBool(dst, v)
	case int32:
		return strconv.AppendInt(dst, int64(v), 10)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case float32:
		return appendFloat(dst, float64(v), 32)
	case float64:
		return appendFloat(dst, v, 64)
	case string:
		return appendText(dst, v)
	case []byte:
		return appendText(dst, base64.StdEncoding.EncodeToString(v))
	case time.Time:
		return appendTime(dst, t, v)
	case time.Duration:
		return appendText(dst, v.String())
	case *big.Rat:
		return appendText(dst, v.FloatString(t.Scale))
	case []any:
		dst = append(dst, '[')
		for i, item := range v {
			dst = appendJSON(comma(dst, i), t.Items, item)
		}
		return append(dst, ']')
	case map[string]any:
		return appendMap(dst, t, v)
	default:
		return appendText(dst, fmt.Sprint(v))
	}
}

func appendMap(dst []byte, t *schema.Schema, v map[string]any) []byte {
	switch t.Kind {
	case schema.Union:
		for key, value := range v { // of one entry
			if b := branch(t, key); b != nil {
				return appendJSON(dst, b, value)
			}
		}
		return append(dst, "null"...)
	case schema.Record:
		dst = append(dst, '{')
		for i := range t.Fields {
			f := &t.Fields[i]
			dst = append(appendText(comma(dst, i), f.Name), ':')
			dst = appendJSON(dst, f.Type, v[f.Name])
		}
		return append(dst, '}')
	default:
		keys := make([]string, 0, len(v))
		for key := range v {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		dst = append(dst, '{')
		for i, key := range keys {
			dst = append(appendText(comma(dst, i), key), ':')
			dst = appendJSON(dst, t.Items, v[key])
		}
		return append(dst, '}')
	}
}

func comma(dst []byte, i int) []byte {
	if i > 0 {
		return append(dst, ',')
	}
	return dst
}

// appendText writes a JSON string. Bytes that are not UTF-8, which a foreign
// producer may have sent, become the replacement character.
func appendText(dst []byte, s string) []byte {
	if utf8.ValidString(s) && !slices.ContainsFunc([]byte(s), special) {
		return append(append(append(dst, '"'), s...), '"')
	}
	quoted, err := json.Marshal(s)
	if err != nil {
		return append(dst, `""`...) // a string always marshals
	}
	return append(dst, quoted...)
}

// special reports whether a byte must be escaped in a JSON string.
func special(b byte) bool { return b < ' ' || b == '"' || b == '\\' }

// appendFloat writes a number; JSON has none for infinity and not-a-number.
func appendFloat(dst []byte, f float64, bits int) []byte {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return appendText(dst, strconv.FormatFloat(f, 'g', -1, bits))
	}
	return strconv.AppendFloat(dst, f, 'g', -1, bits)
}

func appendTime(dst []byte, t *schema.Schema, v time.Time) []byte {
	layout := "2006-01-02T15:04:05.000Z07:00"
	switch t.Logical {
	case schema.Date:
		layout = time.DateOnly
	case "timestamp-micros":
		layout = "2006-01-02T15:04:05.000000Z07:00"
	}
	return appendText(dst, v.UTC().Format(layout))
}
