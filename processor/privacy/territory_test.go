package privacy_test

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/nyaruka/phonenumbers"
)

// TestCountryIsTheLibrarys compares the quick way to a number's country with the
// library's own, over all calling codes.
func TestCountryIsTheLibrarys(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 1))
	p := rotation(t)
	codes := []string{"0", "999"}
	for code := range phonenumbers.GetSupportedCallingCodes() {
		codes = append(codes, strconv.Itoa(code))
	}
	for _, code := range codes {
		for range 20 {
			digits := []byte(code)
			for range 1 + random.IntN(16) {
				digits = append(digits, byte('0'+random.IntN(10)))
			}
			text := "+" + string(digits)
			if digits[0] == '0' && digits[1] == '0' {
				continue // 00 stands for the plus that is there already
			}
			want := ""
			if n, err := phonenumbers.Parse(text, ""); err == nil && (phonenumbers.IsPossibleNumber(n) || phonenumbers.IsValidNumber(n)) {
				want = phonenumbers.GetRegionCodeForNumber(n)
			}
			if want == "ZZ" || want == "001" {
				want = ""
			}
			if got := p.Phone(text, at(1)).Country.Value; got != want {
				t.Fatalf("seed %d: %s is of %q, want %q", seed, text, got, want)
			}
		}
	}
}

// BenchmarkNewPhone is a number met for the first time, as of a customer's first webhook.
func BenchmarkNewPhone(b *testing.B) {
	p := rotation(b)
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		n++
		p.Phone("+38050"+strconv.Itoa(1000000+n%9000000), at(1))
	}
}
