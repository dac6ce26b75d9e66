package avro_test

import (
	"math/big"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/schemas/avro"
)

// TestRoundDecimal: what is beyond the scale is rounded half to even, and said.
func TestRoundDecimal(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]struct {
		d       avro.Decimal
		rounded bool
	}{
		"9.87": {9_870_000, false}, "0.30000000000000004": {300_000, true}, "117.99370000000001": {117_993_700, true}, "1.5e-07": {0, true},
		"-0.30000000000000004": {-300_000, true}, "0.0000005": {0, true}, "0.0000015": {2, true}, "0.0000025": {2, true},
		"0.00000250000000001": {3, true}, "0.00000049": {0, true}, "0.0000009": {1, true}, "1e-300": {0, true}, "0e-300": {0, false},
		"1.0000000": {1_000_000, false}, "999999999999.9999994": {999_999_999_999_999_999, true},
	} {
		d, rounded, err := avro.RoundDecimal(in)
		if err != nil || d != want.d || rounded != want.rounded {
			t.Errorf("%s: %d, rounded %t, %v; want %d, %t", in, d, rounded, err, want.d, want.rounded)
		}
	}
	for _, in := range []string{"999999999999.9999995", "1e15", "x", "", "1e999"} {
		if d, _, err := avro.RoundDecimal(in); err == nil {
			t.Errorf("%s: %d, want an error", in, d)
		}
	}
}

// TestRoundDecimalIsNearest: no other decimal is nearer than the one returned.
func TestRoundDecimalIsNearest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		f := rapid.Float64Range(-1e9, 1e9).Draw(r, "f")
		text := strconv.FormatFloat(f, rapid.SampledFrom([]byte{'g', 'e', 'f'}).Draw(r, "form"), -1, 64)
		d, rounded, err := avro.RoundDecimal(text)
		if err != nil {
			r.Fatalf("%s: %v", text, err)
		}
		exact, _ := new(big.Rat).SetString(text)
		off := new(big.Rat).Sub(exact, big.NewRat(int64(d), 1_000_000))
		if off.Abs(off).Cmp(big.NewRat(1, 2_000_000)) > 0 || rounded != (off.Sign() != 0) {
			r.Errorf("%s is %s, rounded %t", strings.TrimSpace(text), d, rounded)
		}
	})
}
