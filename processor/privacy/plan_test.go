package privacy_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/nyaruka/phonenumbers"

	"github.com/tributary-hq/tributary/processor/block"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/schemas/avro"
)

func withBlocks(tb testing.TB, k int, keys ...string) *privacy.Pseudonymiser {
	tb.Helper()
	var config privacy.Config
	for i, key := range keys {
		config.Keys = append(config.Keys, privacy.Key{ID: key, Secret: []byte("a secret of the key " + key), From: at(1).AddDate(0, i, 0)})
	}
	config.BlockK = k
	p, err := privacy.New(config)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// TestNumberOf: a number has the type, carrier and area of its block.
func TestNumberOf(t *testing.T) {
	t.Parallel()
	p := withBlocks(t, 20, "k1")
	for text, want := range map[string]struct{ kind, carrier, full, area string }{
		"+380501234567":  {"MOBILE", "Vodafone", "+38050123", "+38050"},
		"+4915112345678": {"MOBILE", "T-Mobile", "+491511234", "+491511"},
		"+390612345678":  {"FIXED_LINE", "", "+39061234", "+3906"},
		"+12015550123":   {"FIXED_LINE_OR_MOBILE", "", "+1201555", "+1201"},
		"+447700900123":  {}, // of a range that is not in use
		"12":             {},
		"order":          {},
	} {
		phone, n := p.NumberOf(&source.Source{}, text, at(1))
		got := struct{ kind, carrier, full, area string }{string(phone.NumberType.Value), phone.Carrier.Value, n.Full, n.AreaCode()}
		if got != want {
			t.Errorf("NumberOf(%s) = %+v, want %+v", text, got, want)
		}
		if phone.Block.Set || phone.BlockAsOf.Set {
			t.Errorf("NumberOf(%s) gives a block without a decision", text)
		}
	}
}

// TestHashesOfNumbers: a number has one hash whatever key is in force, numbers under two
// oldest keys have different ones, and without blocks there is none.
func TestHashesOfNumbers(t *testing.T) {
	t.Parallel()
	of := func(p *privacy.Pseudonymiser, text string, when time.Time) block.Number {
		_, n := p.NumberOf(&source.Source{}, text, when)
		return n
	}
	one, two, other := withBlocks(t, 20, "k1"), withBlocks(t, 20, "k1", "k2"), withBlocks(t, 20, "k0", "k1")
	const number = "+380501234567"
	now, later := at(1), at(1).AddDate(0, 2, 0)
	if a, b := of(one, number, now), of(two, "00380 50 123-45-67", later); a != b || a.Hash == 0 {
		t.Errorf("%+v and %+v of one number", a, b)
	}
	if a, b := of(one, number, now), of(other, number, later); a.Hash == b.Hash {
		t.Error("the hashes under two oldest keys are equal")
	}
	if a, b := of(one, number, now), of(one, "+380501234568", now); a.Hash == b.Hash || a.Full != b.Full {
		t.Errorf("%+v and %+v of two numbers of a block", a, b)
	}
	if n := of(withBlocks(t, 0, "k1"), number, now); n != (block.Number{}) {
		t.Errorf("%+v without blocks, want none", n)
	}
}

// TestPlansAreThoseOfNumbers compares the type of the block with that of the number, in all
// countries: they differ where a plan tells numbers of one block apart, which is rare.
func TestPlansAreThoseOfNumbers(t *testing.T) {
	t.Parallel()
	p, random := withBlocks(t, 20, "k1"), rand.New(rand.NewPCG(1, 2))
	all, different := 0, 0
	for region := range phonenumbers.GetSupportedRegions() {
		example := phonenumbers.GetExampleNumberForType(region, phonenumbers.MOBILE)
		if example == nil {
			continue
		}
		for range 40 {
			digits := []byte(phonenumbers.GetNationalSignificantNumber(example))
			for i := 2; i < len(digits); i++ {
				digits[i] = byte('0' + random.IntN(10))
			}
			text := "+" + strconv.Itoa(int(example.GetCountryCode())) + string(digits)
			n, err := phonenumbers.Parse(text, "")
			if err != nil || !phonenumbers.IsValidNumber(n) {
				continue
			}
			all++
			phone, _ := p.NumberOf(&source.Source{}, text, at(1))
			if (phonenumbers.GetNumberType(n) == phonenumbers.MOBILE) != (phone.NumberType.Value == avro.NumberTypeMobile) {
				different++
			}
		}
	}
	if all < 3000 || different > all/50 {
		t.Errorf("the type of %d numbers of %d is not that of their block", different, all)
	}
}

// BenchmarkNewBlock is a number of a block met for the first time.
func BenchmarkNewBlock(b *testing.B) {
	p := withBlocks(b, 20, "k1")
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		n++
		p.Phone(fmt.Sprintf("+38050%03d%04d", n%1000, n/1000), at(1))
	}
}
