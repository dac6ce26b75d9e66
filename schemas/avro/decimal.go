package avro

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

const (
	// DecimalScale is the number of decimals of every decimal in the schemas.
	DecimalScale = 6
	// DecimalPrecision is the number of digits of every decimal in the schemas.
	DecimalPrecision = 18
	// decimalLimit is 10^DecimalPrecision: unscaled values lie below it.
	decimalLimit = 1_000_000_000_000_000_000
	decimalUnit  = 1_000_000
)

// ErrDecimal is wrapped by every error of ParseDecimal.
var ErrDecimal = errors.New("decimal")

// Decimal is a number with DecimalScale decimals, as its unscaled value: 9.87 is
// 9_870_000.
type Decimal int64

// ParseDecimal reads a number as JSON writes it ("9.87", "-1e3"). It never
// rounds: a value with more decimals than DecimalScale, or with more digits than
// DecimalPrecision, is an error that wraps ErrDecimal.
func ParseDecimal(s string) (Decimal, error) {
	d, rounded, err := RoundDecimal(s)
	if err == nil && rounded {
		return 0, fmt.Errorf("%w: more than %d decimals", ErrDecimal, DecimalScale)
	}
	return d, err
}

// RoundDecimal is ParseDecimal, but it rounds digits beyond DecimalScale, half to even,
// and reports whether it did. A sender's binary fraction such as 0.30000000000000004 so
// becomes the decimal that the sender meant.
func RoundDecimal(s string) (d Decimal, rounded bool, err error) {
	text, exponent, err := splitExponent(s)
	if err != nil {
		return 0, false, err
	}
	digits, negative := strings.CutPrefix(text, "-")
	whole, fraction, point := strings.Cut(digits, ".")
	if whole == "" || (point && fraction == "") || strings.Trim(whole+fraction, "0123456789") != "" {
		return 0, false, fmt.Errorf("%w: not a number", ErrDecimal)
	}
	digits = strings.TrimLeft(whole+fraction, "0")
	shift := exponent - len(fraction) + DecimalScale
	rest := ""
	if shift < 0 {
		cut := max(len(digits)+shift, 0)
		// Zeros between the point and the first digit belong to the digits that are
		// rounded off.
		rest = strings.TrimRight(strings.Repeat("0", max(min(-shift-len(digits), 1), 0))+digits[cut:], "0")
		digits, shift = digits[:cut], 0
	}
	if len(digits)+shift > DecimalPrecision && digits != "" {
		return 0, false, fmt.Errorf("%w: more than %d digits", ErrDecimal, DecimalPrecision)
	}
	n := int64(0)
	if digits != "" {
		if n, err = strconv.ParseInt(digits+strings.Repeat("0", shift), 10, 64); err != nil {
			return 0, false, fmt.Errorf("%w: not a number", ErrDecimal)
		}
	}
	if rest > "5" || rest == "5" && n%2 == 1 {
		n++
	}
	if n >= decimalLimit {
		return 0, false, fmt.Errorf("%w: more than %d digits", ErrDecimal, DecimalPrecision)
	}
	if negative {
		n = -n
	}
	return Decimal(n), rest != "", nil
}

func splitExponent(s string) (text string, exponent int, err error) {
	i := strings.IndexAny(s, "eE")
	if i < 0 {
		return s, 0, nil
	}
	exponent, err = strconv.Atoi(s[i+1:])
	// Beyond these bounds a number is out of the range of a float64, or zero.
	if err != nil || exponent < -400 || exponent > 400 {
		return "", 0, fmt.Errorf("%w: exponent out of range", ErrDecimal)
	}
	return s[:i], exponent, nil
}

// String returns the number without trailing zeros: "9.87".
func (d Decimal) String() string {
	sign, n := "", int64(d)
	magnitude := uint64(n) //nolint:gosec // a negative one is turned into its magnitude below
	if n < 0 {
		sign, magnitude = "-", -magnitude
	}
	fraction := strings.TrimRight(fmt.Sprintf("%06d", magnitude%decimalUnit), "0")
	if fraction != "" {
		fraction = "." + fraction
	}
	return sign + strconv.FormatUint(magnitude/decimalUnit, 10) + fraction
}

// MarshalJSON writes the number as a JSON string, because many JSON parsers would read
// a number as a binary fraction.
func (d Decimal) MarshalJSON() ([]byte, error) { return strconv.AppendQuote(nil, d.String()), nil }

// UnmarshalJSON reads a JSON string or number.
func (d *Decimal) UnmarshalJSON(b []byte) error {
	v, err := ParseDecimal(strings.Trim(string(b), `"`))
	*d = v
	return err
}
