package source_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/processor/source"
)

func TestValidateReportsAll(t *testing.T) {
	t.Parallel()
	s := source.Source{
		ID: "shop", Provider: "lox24", Namespace: "a:b", Reversal: "half",
		Correlation:   []source.Correlation{{Field: "externalId"}, {Field: "payload", Pointer: "order"}},
		PayloadFields: []string{"", "x"},
		Statuses:      map[string]string{"DELIVERED": "yes"},
	}
	err := s.Validate()
	for _, want := range []string{
		"correlation[0].field", "correlation[1].pointer", "payload_fields[0]", "payload_fields[1]", "statuses.DELIVERED", "reversal", "namespace",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Validate() = %v, want it to name %s", err, want)
		}
	}
}

// TestReplace: a source that was removed is not known any more, and what there is of it
// is still shown by its settings; of one that never was, by its provider's defaults.
func TestReplace(t *testing.T) {
	t.Parallel()
	set := source.NewSet([]source.Source{{ID: "a", Provider: "uapay", Reversal: source.ReversalEach}, {ID: "b", Provider: "uapay"}})
	var defaults []string
	set.OnDefaults = func(id string) { defaults = append(defaults, id) }
	set.Replace([]source.Source{{ID: "b", Provider: "uapay", Namespace: "new"}})
	if v := set.Match([]byte("a"), []byte("uapay"), nil, false); v != source.Unknown {
		t.Errorf("Match(a) = %v, want Unknown", v)
	}
	if s := set.Find("a", "uapay"); s.Reversal != source.ReversalEach {
		t.Errorf("Find(a) = %+v, want the settings it was removed with", s)
	}
	if s := set.Find("b", "uapay"); s.Namespace != "new" {
		t.Errorf("Find(b) = %+v, want the new settings", s)
	}
	if s := set.Find("never", "uapay"); len(s.Correlation) != 2 || s.Reversal != source.ReversalTotal || len(defaults) != 1 || defaults[0] != "never" {
		t.Errorf("Find(never) = %+v, reported %q; want UAPAY's defaults, and that they were", s, defaults)
	}
	set.Replace([]source.Source{{ID: "a", Provider: "uapay", Revision: 1}})
	if s := set.Find("a", "uapay"); s.Reversal != source.ReversalTotal {
		t.Errorf("Find(a) = %+v, want the settings it came back with", s)
	}
}

// TestCompare: which sources a running process may not take.
func TestCompare(t *testing.T) {
	t.Parallel()
	shop, kiosk := source.Source{ID: "shop", Provider: "lox24", Revision: 1}, source.Source{ID: "kiosk", Provider: "uapay"}
	with := func(s source.Source, change func(*source.Source)) source.Source {
		change(&s)
		return s
	}
	pointed := func(s *source.Source) { s.Correlation = []source.Correlation{{Field: "payload", Pointer: "/order"}} }
	for name, c := range map[string]struct {
		after   []source.Source
		want    source.Change
		refused string
	}{
		"the same":                {after: []source.Source{shop, kiosk}},
		"one more":                {after: []source.Source{shop, kiosk, {ID: "new", Provider: "lox24"}}, want: source.Change{Added: []string{"new"}}},
		"one less":                {after: []source.Source{kiosk}, want: source.Change{Removed: []string{"shop"}}},
		"none":                    {refused: "the file is empty or cut"},
		"changed":                 {after: []source.Source{with(shop, pointed), kiosk}, refused: "sources[0].revision: correlation has changed; raise the revision to 2"},
		"emptied":                 {after: []source.Source{shop, with(kiosk, func(s *source.Source) { s.Namespace = "x" })}, refused: "sources[1].revision: namespace has changed; raise the revision to 1"},
		"changed and raised":      {after: []source.Source{with(with(shop, pointed), func(s *source.Source) { s.Revision = 2 }), kiosk}, want: source.Change{Changed: []string{"shop"}}},
		"lowered":                 {after: []source.Source{with(shop, func(s *source.Source) { s.Revision = 0 }), kiosk}, refused: "lower than 1, which is in force"},
		"for a backfill":          {after: []source.Source{with(shop, func(s *source.Source) { s.AcceptStale = true }), kiosk}},
		"of another provider":     {after: []source.Source{with(shop, func(s *source.Source) { s.Provider = "uapay" }), kiosk}, refused: "provider has changed"},
		"with a fault of its own": {after: []source.Source{shop, with(kiosk, func(s *source.Source) { s.Reversal = "half" })}, refused: "reversal"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := source.Compare([]source.Source{shop, kiosk}, c.after)
			if c.refused != "" {
				if err == nil || !strings.Contains(err.Error(), c.refused) {
					t.Errorf("Compare() = %v, want an error with %q", err, c.refused)
				}
				return
			}
			if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
				t.Errorf("Compare() = %v (-want +got):\n%s", err, diff)
			}
		})
	}
}

// TestStamp: it is that of a release which does not know the settings that are not set.
func TestStamp(t *testing.T) {
	t.Parallel()
	s := source.Source{ID: "shop", Provider: "lox24", Namespace: "kiosk", Revision: 7}
	const want = "7:9cdc805d"
	if got := s.Stamp(); got != want {
		t.Errorf("Stamp() = %s, want %s", got, want)
	}
	s.Correlation, s.Statuses, s.Expose = []source.Correlation{}, map[string]string{}, []string{}
	if got := s.Stamp(); got != want {
		t.Errorf("Stamp() = %s with empty lists, want %s", got, want)
	}
}

// TestStatusesInAnyCase: a word counts in upper and lower case, and once.
func TestStatusesInAnyCase(t *testing.T) {
	t.Parallel()
	s := source.Source{ID: "shop", Provider: "unibell", Statuses: map[string]string{"Answered": "success"}}
	if filled := s.WithDefaults(); filled.Statuses["ANSWERED"] != "success" || s.Validate() != nil {
		t.Errorf("statuses %v, %v", filled.Statuses, s.Validate())
	}
	s.Statuses["answered"] = "failed"
	if err := s.Validate(); err == nil || !strings.Contains(err.Error(), "statuses: ") {
		t.Errorf("Validate() = %v, want it to name statuses", err)
	}
}
