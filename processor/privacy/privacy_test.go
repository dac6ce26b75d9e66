package privacy_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/privacy"
)

func at(day int) time.Time { return time.Date(2026, 1, day, 0, 0, 0, 0, time.UTC) }

// rotation: k1 until the 20th, k2 from the 10th on.
func rotation(tb testing.TB) *privacy.Pseudonymiser {
	tb.Helper()
	p, err := privacy.New(privacy.Config{Keys: []privacy.Key{
		{ID: "k2", Secret: []byte("second-key-of-16-or-more"), From: at(10)},
		{ID: "k1", Secret: []byte("first-key-of-16-or-more"), Until: at(20)},
	}})
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func TestPhone(t *testing.T) {
	t.Parallel()
	p := rotation(t)
	plus := p.Phone("+4915112345678", at(1))
	if both := p.Phone("+4915112345678", at(15)); len(both.Pseudonyms) != 2 || both.Pseudonyms[1] != plus.Pseudonyms[0] {
		t.Errorf("in the overlap: %+v, want both keys' pseudonyms, the newest first", both)
	}
	if later := p.Phone("+4915112345678", at(25)); len(later.Pseudonyms) != 1 || later.Pseudonyms[0].KeyID != "k2" {
		t.Errorf("after the overlap: %+v, want k2's alone", later)
	}
	if odd := p.Phone("12", at(1)); odd.Country.Set || len(odd.Pseudonyms) != 1 {
		t.Errorf("no number: %+v, want a pseudonym and no country", odd)
	}
	if none := p.Phone("", at(1)); none.Country.Set || none.Pseudonyms != nil {
		t.Errorf("empty: %+v, want nothing", none)
	}
}

// writings returns ways to write a number, "49", "1511", "2345678".
func writings(code, area, rest string) []string {
	full := code + area + rest
	wide := strings.Map(func(r rune) rune { return r - '0' + '０' }, full)
	arabic := strings.Map(func(r rune) rune { return r - '0' + '٠' }, full)
	return []string{
		"+" + full, "00" + full, "+" + code + " " + area + " " + rest, "+" + code + "/" + area + "/" + rest, "+" + code + "(" + area + ")" + rest,
		"(+" + code + ") " + area + "-" + rest, "+" + code + "-" + area + "-" + rest, "00 " + code + " " + area + "." + rest,
		"+" + code + "\u00a0" + area + "\u202f" + rest, "\u202a+" + full + "\u202c", "+" + code + "\u2011" + area + "\u2013" + rest,
		"+" + code + "\u200b" + area + rest, "\uff0b" + wide, "+" + arabic, "＋" + full, "+" + code + "［" + area + "］" + rest,
		"tel:+" + full, "TEL: +" + full, "tel:+" + code + "-" + area + "-" + rest + ";ext=5", "sms:+" + full + "?body=hi", "whatsapp:+" + full,
		"whatsapp://send?phone=%2B" + full, "https://wa.me/" + full, "viber://chat?number=%2B" + full, "sip:+" + full + "@example.com", "callto://+" + full,
		"+" + full + " ext. 12", "+" + full + "#12",
	}
}

// TestWritings: a number has one pseudonym, in whatever writing it comes, as a phone and
// as an id.
func TestWritings(t *testing.T) {
	t.Parallel()
	p := rotation(t)
	for _, number := range [][3]string{{"49", "1511", "2345678"}, {"380", "50", "1234567"}, {"44", "7700", "900123"}, {"1", "201", "5550123"}} {
		digits := strings.Join(number[:], "")
		want := p.Phone("+"+digits, at(1))
		id := p.ID(&shop, "+"+digits)
		if id != "phone:k1:"+want.Pseudonyms[0].HMAC {
			t.Errorf("ID(+%s) = %s, want the pseudonym of the phone %s", digits, id, want.Pseudonyms[0].HMAC)
		}
		for _, text := range append(writings(number[0], number[1], number[2]), digits) {
			got := p.Phone(text, at(1))
			if len(got.Pseudonyms) == 0 || got.Pseudonyms[0] != want.Pseudonyms[0] || got.Country != want.Country {
				t.Errorf("Phone(%q) = %+v, want %+v", text, got, want)
			}
			if text == digits && number[0] == "44" {
				continue // possible, not valid: without a plus it is an order number
			}
			if got := p.ID(&shop, text); got != id {
				t.Errorf("ID(%q) = %s, want %s", text, got, id)
			}
		}
	}
}

func TestTrunkPrefix(t *testing.T) {
	t.Parallel()
	p := rotation(t)
	want := p.Phone("+4915112345678", at(1)).Pseudonyms[0]
	for _, text := range []string{"+49 (0) 1511 2345678", "+4901511 2345678", "0049 (0)1511/2345678"} {
		if got := p.Phone(text, at(1)); got.Pseudonyms[0] != want || got.Country.Value != "DE" {
			t.Errorf("Phone(%q) = %+v, want %+v", text, got, want)
		}
	}
}

// TestNationalForm: a national form has no country, but of a source that names it.
func TestNationalForm(t *testing.T) {
	t.Parallel()
	p := rotation(t)
	american := shop
	american.PhoneCountries = []string{"US", "GB"}
	for text, full := range map[string]string{
		"(201) 555-0123": "+12015550123", "201-555-0123": "+12015550123", "07700 900123": "+447700900123", "0151/12345678": "",
	} {
		if got := p.PhoneOf(&shop, text, at(1)); got.Country.Set || len(got.Pseudonyms) != 1 {
			t.Errorf("PhoneOf(%q) = %+v, want a pseudonym and no country", text, got)
		}
		got := p.PhoneOf(&american, text, at(1))
		if want := p.Phone(full, at(1)); full != "" && (got.Pseudonyms[0] != want.Pseudonyms[0] || got.Country != want.Country) {
			t.Errorf("PhoneOf(%q) of a source in US and GB = %+v, want that of %s", text, got, full)
		}
	}
	if got := p.PhoneOf(&american, "4915112345678", at(1)); got.Country.Value != "DE" {
		t.Errorf("a number with its calling code is of %q, want DE", got.Country.Value)
	}
}

func TestNewReportsAll(t *testing.T) {
	t.Parallel()
	_, err := privacy.New(privacy.Config{Keys: []privacy.Key{{Secret: []byte("short"), From: at(2), Until: at(1)}}})
	for _, want := range []string{"keys[0].id", "keys[0]: 5 bytes", "keys[0].until"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("New() = %v, want it to name %s", err, want)
		}
	}
}

func BenchmarkPhone(b *testing.B) {
	p, err := privacy.New(privacy.Config{Keys: []privacy.Key{{ID: "k", Secret: []byte("a-key-of-16-or-more")}}})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		p.Phone("+4915112345678", at(1))
	}
}
