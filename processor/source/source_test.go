package source_test

import (
	"strings"
	"testing"

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

func TestUnknownSourceHasDefaults(t *testing.T) {
	t.Parallel()
	s := source.NewSet(nil).Find("gone", "uapay")
	if len(s.Correlation) != 2 || s.Reversal != source.ReversalTotal {
		t.Errorf("Find() = %+v, want UAPAY's defaults", s)
	}
}
