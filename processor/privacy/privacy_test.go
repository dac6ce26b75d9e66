package privacy_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/source"
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
	plus, plain := p.Phone("+49 1511 2345678", at(1)), p.Phone("4915112345678", at(1))
	if len(plus.Pseudonyms) != 1 || plus.Pseudonyms[0] != plain.Pseudonyms[0] || plus.Country.Value != "DE" {
		t.Errorf("one number, two spellings: %+v and %+v, want one pseudonym and DE", plus, plain)
	}
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

func TestCorrelationID(t *testing.T) {
	t.Parallel()
	p := rotation(t)
	for text, phone := range map[string]bool{
		"session_abc123": false, "17": false, "1234567890": false, "0f91bb90-88ee-4f2a-8b75-93bdcb6144ec": false,
		"1735689600000": false, "+17": false, "+4915112345678": true, "+49 (1511) 234-5678": true, "004915112345678": true,
		"4915112345678": true, "380501234567": true,
	} {
		got := p.CorrelationID(" "+text+" ", at(1))
		if strings.HasPrefix(got, "phone:k1:") != phone || !phone && got != text {
			t.Errorf("CorrelationID(%q) = %q, want it taken for a phone: %v", text, got, phone)
		}
		if phone && strings.Contains(got, "5112345") {
			t.Errorf("CorrelationID(%q) = %q shows the number", text, got)
		}
	}
	if got := p.CorrelationID(" \t", at(1)); got != "" {
		t.Errorf("CorrelationID(blank) = %q, want none", got)
	}
}

func TestCorrelate(t *testing.T) {
	t.Parallel()
	p := rotation(t)
	tests := map[string]struct{ pointer, text, want string }{
		"whole field":      {"", "17", "17"},
		"string":           {"/order/id", `{"order":{"id":"17"}}`, "17"},
		"number":           {"/order", `{"x":[{}],"order":17}`, "17"},
		"item":             {"/orders/1", `{"orders":["a","b"]}`, "b"},
		"escaped pointer":  {"/a~1b", `{"a/b":"17"}`, "17"},
		"phone":            {"/p", `{"p":"+4915112345678"}`, p.CorrelationID("+4915112345678", at(1))},
		"blank":            {"/order", `{"order":"  "}`, ""},
		"null":             {"/order", `{"order":null}`, ""},
		"missing":          {"/order", `{}`, ""},
		"object":           {"/order", `{"order":{}}`, ""},
		"not JSON":         {"/order", `order 17`, ""},
		"empty field":      {"", "", ""},
		"JSON cut short":   {"/order", `{"order":"1`, ""},
		"through a string": {"/order/id", `{"order":"17"}`, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := p.Correlate(source.Correlation{Pointer: test.pointer}, test.text, at(1)); got != test.want {
				t.Errorf("Correlate() = %q, want %q", got, test.want)
			}
		})
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
