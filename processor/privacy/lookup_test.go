package privacy_test

import (
	"slices"
	"testing"

	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/source"
)

// TestLookup: whatever key is the oldest and whatever the rules were, the pseudonym that an
// id left as is among those that are looked for.
func TestLookup(t *testing.T) {
	t.Parallel()
	now := rotation(t)
	sources := []source.Source{{ID: "shop", Provider: "lox24", PhoneCountries: []string{"DE"}, IDs: source.IDs{Allow: []string{source.AllowPhones}}}}
	strict := sources[0]
	strict.IDs.Allow = nil
	strict = strict.WithDefaults()
	for _, key := range []privacy.Key{{ID: "k1", Secret: []byte("first-key-of-16-or-more")}, {ID: "k2", Secret: []byte("second-key-of-16-or-more")}} {
		then, err := privacy.New(privacy.Config{Keys: []privacy.Key{key}})
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{" a@example.com ", "4111-1111-1111-1111", "+49 151 12345678", "0151/12345678", "hmac:k1:00", "any order"} {
			left := then.ID(&strict, id)
			if got := now.Lookup(sources, id); !slices.Contains(got, left) {
				t.Errorf("Lookup(%q) = %q, want %s among them", id, got, left)
			}
		}
	}
	if got := now.Lookup(sources, "order-17"); len(got) != 2 {
		t.Errorf("Lookup(order-17) = %q, want one a key: it is no number", got)
	}
	if got := now.Lookup(sources, " "); got != nil {
		t.Errorf("Lookup of nothing = %q", got)
	}
}
