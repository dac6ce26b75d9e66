package privacy_test

import (
	"testing"

	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/source"
)

// TestCustomer: a phone number has one customer id at a time, in a field of phones and as a
// correlation id in any writing; an id that is no phone has none.
func TestCustomer(t *testing.T) {
	t.Parallel()
	p := rotation(t)
	s := (&source.Source{ID: "shop", Provider: "uapay", PhoneCountries: []string{"UA"}}).WithDefaults()
	where := source.Correlation{Field: "externalId"}
	for day, key := range map[int]string{1: "k1", 15: "k2", 25: "k2"} {
		newest := p.Phone("+4915112345678", at(day)).Pseudonyms[0]
		want := string(privacy.AppendCustomer(nil, &newest))
		if want[:3] != key+":" {
			t.Errorf("on day %d: %s, want it under %s", day, want, key)
		}
		for _, text := range writings("49", "1511", "2345678") {
			if got := p.Customer(&s, where, " "+text, at(day)); got != want {
				t.Errorf("on day %d, %q: Customer() = %q, want %q", day, text, got, want)
			}
		}
	}
	if got, want := p.Customer(&s, where, "0501234567", at(1)), p.Phone("+380501234567", at(1)).Pseudonyms[0].HMAC; got != "k1:"+want {
		t.Errorf("a national number: %q, want k1:%s", got, want)
	}
	nested := source.Correlation{Field: "extraInfo", Pointer: "/phone"}
	if got := p.Customer(&s, nested, `{"phone":"+4915112345678"}`, at(1)); got == "" {
		t.Error("inside JSON: none")
	}
	for _, text := range []string{"order-17", "", "4f1d2c3b-0000-4000-8000-000000000001", "12"} {
		if got := p.Customer(&s, where, text, at(1)); got != "" {
			t.Errorf("%q: %q, want none", text, got)
		}
	}
}
