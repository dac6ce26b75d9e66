// Package field reads the fields of a JSON object as the naive model understands them: any form with
// a single meaning is accepted. It shares no code with the decoders of the product.
package field

import (
	"encoding/json"
	"math/big"
	"strings"
	"time"
)

// Values are the fields of a JSON object, parsed leniently: any form with a single
// meaning is accepted. Lost holds the requested fields whose value has none.
type Values struct {
	fields map[string]any
	Lost   map[string]bool
}

// Read parses an object; ok is false if the text is none.
func Read(text []byte) (*Values, bool) {
	v := &Values{Lost: map[string]bool{}}
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	return v, d.Decode(&v.fields) == nil && v.fields != nil
}

// Any returns a field as text, "?" if it is neither text nor a number.
func (v *Values) Any(name string) string {
	switch x := v.fields[name].(type) {
	case nil:
		return ""
	case string:
		return x
	case json.Number:
		return x.String()
	}
	return "?"
}

// Text returns a text or a number as text.
func (v *Values) Text(name string) string {
	switch v.fields[name].(type) {
	case nil, string, json.Number:
		return v.Any(name)
	}
	v.Lost[name] = true
	return ""
}

// JSON returns a non-empty object or array as JSON.
func (v *Values) JSON(name string) string {
	switch x := v.fields[name].(type) {
	case map[string]any:
		if len(x) == 0 {
			return ""
		}
	case []any:
		if len(x) == 0 {
			return ""
		}
	default:
		return ""
	}
	b, err := json.Marshal(v.fields[name])
	if err != nil {
		return ""
	}
	return string(b)
}

// Rational returns a number, given as a number or as text.
func (v *Values) Rational(name string) *big.Rat {
	text := strings.TrimSpace(v.Text(name))
	if text == "" {
		return nil
	}
	const longest = 40
	if n, ok := new(big.Rat).SetString(text); ok && len(text) < longest && !strings.ContainsAny(text, "/_xXbBoO") {
		return n
	}
	v.Lost[name] = true
	return nil
}

// Integer returns a whole number, nil if there is none.
func (v *Values) Integer(name string) *int64 {
	n := v.Rational(name)
	if n == nil {
		return nil
	}
	if !n.IsInt() || !n.Num().IsInt64() {
		v.Lost[name] = true
		return nil
	}
	whole := n.Num().Int64()
	return &whole
}

// Time returns a time in unix milliseconds, 0 if there is none. It accepts ISO 8601,
// and seconds or milliseconds since 1970, whose ranges do not overlap.
func (v *Values) Time(name string) int64 {
	text := strings.TrimSpace(v.Text(name))
	for _, layout := range []string{
		time.RFC3339, "2006-01-02T15:04:05-0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05-0700", time.DateTime, time.DateOnly,
	} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UnixMilli()
		}
	}
	n := v.Rational(name)
	if n == nil || n.Sign() == 0 {
		return 0
	}
	const firstMillis, tooLate = 1e11, 1e14
	if n.Cmp(big.NewRat(firstMillis, 1)) < 0 {
		n.Mul(n, big.NewRat(1000, 1))
	}
	whole := new(big.Int).Quo(n.Num(), n.Denom())
	if n.Sign() < 0 || !whole.IsInt64() || whole.Int64() >= tooLate {
		v.Lost[name] = true
		return 0
	}
	return whole.Int64()
}

// Currency returns the alphabetic ISO 4217 code, "" if the text is empty, "XXX" if
// it is no code.
func Currency(text string) string {
	text = strings.ToUpper(strings.TrimSpace(text))
	numbers := map[string]string{"980": "UAH", "978": "EUR", "840": "USD", "826": "GBP", "985": "PLN", "756": "CHF", "203": "CZK"}
	if letters, ok := numbers[text]; ok || text == "" {
		return letters
	}
	if len(text) != 3 || strings.ContainsFunc(text, func(r rune) bool { return r < 'A' || r > 'Z' }) {
		return "XXX"
	}
	return text
}
