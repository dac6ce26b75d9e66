package privacy_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/source"
)

// shop is a source with the defaults.
var shop = (&source.Source{ID: "shop", Provider: "lox24"}).WithDefaults()

// TestIDsThatStay: what looks like an id leaves as it is.
func TestIDsThatStay(t *testing.T) {
	t.Parallel()
	p := rotation(t)
	for _, id := range []string{
		"17", "100234567", "1234567890", "session_abc123", "order:17", "kiosk:ns-17", "a.b_c-d", "0f91bb90-88ee-4f2a-8b75-93bdcb6144ec",
		"41111111-1111-1111-1111-411111111111", "20260101-000123", "0000100234567", "00017", "1735689600000", "ORD-2026-0000123", "4111111111111112",
		strings.Repeat("a", 64), "0501234567", "07700900123",
	} {
		if got := p.ID(&shop, " "+id+"\n"); got != id {
			t.Errorf("ID(%q) = %q, want it as it is", id, got)
		}
	}
	if got := counted(t, p); len(got) != 0 {
		t.Errorf("pseudonyms were counted: %v", got)
	}
}

// TestIDsThatHide: what does not look like an id leaves as a pseudonym, equal wherever
// it is, and is counted.
func TestIDsThatHide(t *testing.T) {
	t.Parallel()
	p, again := rotation(t), rotation(t)
	ids := map[string]string{
		"anna@example.com": "hmac", "Anna Müller": "hmac", "Іван": "hmac", "your code is 4711": "hmac", `{"phone":"+4915112345678"}`: "hmac",
		"4111111111111111": "hmac", "4111-1111-1111-1111": "hmac", "card:4111.1111.1111.1111": "hmac", "17-4111111111111111": "hmac",
		"order4111111111111111": "hmac", "378282246310005": "hmac", "6304000000000000000": "hmac",
		"order-00447700900123": "hmac", "a+b": "hmac", "１７": "hmac", strings.Repeat("a", 65): "hmac", "a\x00b": "hmac", "a/b": "hmac",
		"tel:0501234567": "hmac", "+17": "hmac", "phone:k1:17": "hmac", "hmac:k1:17": "hmac",
		"phone:k1:" + strings.Repeat("0", 64): "hmac",
		"+447700900123":                       "phone", "00447700900123": "phone", "0044-7700-900123": "phone", "tel:4915112345678": "phone", "whatsapp:4915112345678": "phone",
		"4915112345678": "phone", "380501234567": "phone", "49 1511 2345678": "phone", "+4915112345678": "phone",
	}
	seen := map[string]string{}
	for id, kind := range ids {
		got := p.ID(&shop, id)
		if !strings.HasPrefix(got, kind+":k1:") || len(got) != len(kind)+len(":k1:")+64 {
			t.Errorf("ID(%q) = %q, want a pseudonym of kind %s", id, got, kind)
		}
		if other := again.ID(&shop, "\t"+id+" "); other != got {
			t.Errorf("ID(%q) = %q and %q, want one", id, got, other)
		}
		if known, ok := seen[got]; ok && kind == "hmac" {
			t.Errorf("%q and %q have one pseudonym", known, id)
		}
		seen[got] = id
	}
	count := map[string]int{}
	for _, kind := range ids {
		count[kind]++
	}
	if diff := cmp.Diff(count, counted(t, p)); diff != "" {
		t.Errorf("counted by kind (-want +got):\n%s", diff)
	}
}

// counted returns how many ids were counted, by kind.
func counted(t *testing.T, p *privacy.Pseudonymiser) map[string]int {
	t.Helper()
	reg := prometheus.NewPedanticRegistry()
	reg.MustRegister(p)
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			for _, label := range m.GetLabel() {
				if label.GetName() == "kind" {
					out[label.GetValue()] += int(m.GetCounter().GetValue())
				}
			}
		}
	}
	return out
}

// TestWord: a provider's word may have spaces, and hides what an id hides.
func TestWord(t *testing.T) {
	t.Parallel()
	p := rotation(t)
	for text, stays := range map[string]bool{
		"": true, "FINISHED": true, "legal entity": true, " delivered ": true, "Іван": false, "a@example.com": false, "+447700900123": false,
		"call 00447700900123": false, "4111 1111 1111 1111": false, "a\x00b": false, "phone:k1:1": false, "code 1234": false, "E1234": true,
	} {
		if got := p.Word(&shop, text); (got == text) != stays {
			t.Errorf("Word(%q) = %q, want it as it is: %v", text, got, stays)
		}
	}
}

// TestIDRules: each rule is a setting of the source.
func TestIDRules(t *testing.T) {
	t.Parallel()
	p := rotation(t)
	const uuid = "41111111-1111-1111-1111-411111111111"
	with := func(change func(*source.Source)) *source.Source {
		s := source.Source{ID: "s", Provider: "uapay"}
		change(&s)
		filled := s.WithDefaults()
		return &filled
	}
	for name, test := range map[string]struct {
		source *source.Source
		stays  []string
		hides  []string
	}{
		"characters": {with(func(s *source.Source) { s.IDs.Characters = "#/" }), []string{"a#1/2"}, []string{"a-1", "a 1", uuid}},
		"dash":       {with(func(s *source.Source) { s.IDs.Characters = "-" }), []string{uuid, "a-1"}, []string{"a.1", "a:1"}},
		"plus":       {with(func(s *source.Source) { s.IDs.Characters = "+" }), []string{"a+1"}, []string{"+4915112345678", "a+4915112345678"}},
		"length":     {with(func(s *source.Source) { s.IDs.MaxLength = 4 }), []string{"1234"}, []string{"12345", uuid}},
		"cards":      {with(func(s *source.Source) { s.IDs.Allow = []string{source.AllowCards} }), []string{"4111111111111111"}, []string{"4915112345678", "a b"}},
		"phones": {
			with(func(s *source.Source) { s.IDs.Allow = []string{source.AllowPhones} }),
			[]string{"00447700900123", "380501234567"},
			[]string{"4111111111111111", "+4915112345678"},
		},
		"text": {
			with(func(s *source.Source) { s.IDs.Allow = []string{source.AllowText} }),
			[]string{"order no. 17", strings.Repeat("ü", 300)},
			[]string{"+4915112345678", "call +44 7700 900123 now", "4111 1111 1111 1111", "phone:k1:1", "hmac:k1:1"},
		},
		"countries": {
			with(func(s *source.Source) { s.PhoneCountries = []string{"UA", "GB"} }),
			[]string{"100234567", "17", "kiosk-100234567"},
			[]string{"0501234567", "050-123-45-67", "07700900123", "07700 900123", "kiosk-0501234567"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, id := range test.stays {
				if got := p.ID(test.source, id); got != id {
					t.Errorf("ID(%q) = %q, want it as it is", id, got)
				}
			}
			for _, id := range test.hides {
				if got := p.ID(test.source, id); !strings.Contains(got, ":k1:") || len(got) < 64 {
					t.Errorf("ID(%q) = %q, want a pseudonym", id, got)
				}
			}
		})
	}
}

func TestCorrelate(t *testing.T) {
	t.Parallel()
	p := rotation(t)
	for name, test := range map[string]struct{ pointer, text, want string }{
		"whole field": {"", "17", "17"},
		"pointer":     {"/order", `{"order":17}`, "17"},
		"phone":       {"/p", `{"p":"+4915112345678"}`, p.ID(&shop, "+4915112345678")},
		"e-mail":      {"/p", `{"p":"a@example.com"}`, p.ID(&shop, "a@example.com")},
		"blank":       {"/order", `{"order":"  "}`, ""},
		"true":        {"/order", `{"order":true}`, ""},
		"JSON cut":    {"/order", `{"session":"abc","order":17`, ""},
		"no JSON":     {"/order", `order 17`, ""},
		"empty field": {"", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := p.Correlate(&shop, source.Correlation{Pointer: test.pointer}, test.text); got != test.want {
				t.Errorf("Correlate() = %q, want %q", got, test.want)
			}
		})
	}
}

// TestRotationSplitsNoID: whatever keys there are and in whatever order they are listed,
// an id met at any times is one, and a key that is added later changes none.
func TestRotationSplitsNoID(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 1))
	for range 200 {
		day, keys := 1, []privacy.Key{}
		for i := range 1 + random.IntN(4) {
			k := privacy.Key{ID: string(rune('a' + i)), Secret: []byte(strings.Repeat(string(rune('a'+i)), 16)), Until: at(day + 10)}
			if i > 0 {
				k.From = at(day)
			}
			day += random.IntN(12)
			keys = append(keys, k)
		}
		keys[len(keys)-1].Until = time.Time{}
		oldest := keys[0].ID
		added := append([]privacy.Key{{ID: "z", Secret: []byte(strings.Repeat("z", 16)), From: at(day + 30)}}, keys...)
		random.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
		random.Shuffle(len(added), func(i, j int) { added[i], added[j] = added[j], added[i] })
		for _, id := range []string{"+447700900123", "a@example.com"} {
			var got []string
			for _, list := range [][]privacy.Key{keys, added} {
				p, err := privacy.New(privacy.Config{Keys: list})
				if err != nil {
					t.Fatal(err)
				}
				p.Phone(id, at(1+random.IntN(60))) // what is remembered of a phone does not matter
				got = append(got, p.ID(&shop, id), p.ID(&shop, id))
			}
			for _, other := range got {
				if other != got[0] || !strings.Contains(other, ":"+oldest+":") {
					t.Fatalf("seed %d: ID(%s) = %v, want one, under the oldest key %s", seed, id, got, oldest)
				}
			}
		}
	}
}

// TestPlainIDsCostNoMemory: the ids of nearly all records.
func TestPlainIDsCostNoMemory(t *testing.T) { //nolint:paralleltest // AllocsPerRun counts what other tests allocate, too
	p := rotation(t)
	for _, id := range plainIDs {
		if n := testing.AllocsPerRun(100, func() { p.ID(&shop, id) }); n != 0 {
			t.Errorf("ID(%s) allocates %v times, want none", id, n)
		}
	}
}

var plainIDs = []string{"session_abc123", "100234567", "0f91bb90-88ee-4f2a-8b75-93bdcb6144ec", "1735689600000", "ORD-2026-0000123"}

func BenchmarkID(b *testing.B) {
	p := rotation(b)
	for _, id := range append(plainIDs, "+4915112345678", "a@example.com") {
		b.Run(id, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.ID(&shop, id)
			}
		})
	}
}

// FuzzID: nothing that has an @ or a space leaves, and what left leaves again as it is or
// as a pseudonym of ours.
func FuzzID(f *testing.F) {
	p := rotation(f)
	for _, id := range append(plainIDs, "+49 1511 2345678", "a@example.com", "\xff", "tel:;", "+", "00", "０", "phone:") {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		got := p.ID(&shop, id)
		if strings.ContainsAny(got, "@+ \x00") || len(got) > 128 || strings.TrimSpace(id) != "" && got == "" {
			t.Errorf("ID(%q) = %q", id, got)
		}
		p.Phone(id, at(1))
	})
}
