package contract_test

import (
	"strings"
	"testing"

	"github.com/tributary-hq/tributary/cmd/internal/tool/contract"
)

// TestCurrencies: every amount has a currency, and converted and net ones their own.
func TestCurrencies(t *testing.T) {
	t.Parallel()
	tables, err := contract.Tables()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for i := range tables {
		for j := range tables[i].Columns {
			if c := &tables[i].Columns[j]; strings.HasSuffix(c.Name, "_minor") {
				found[tables[i].Name+"."+c.Name] = tables[i].Currency(c)
			}
		}
	}
	for name, currency := range found {
		if currency == "" || strings.HasSuffix(name, "_converted_minor") != (currency == "converted_currency") {
			t.Errorf("%s is in %q", name, currency)
		}
	}
	for name, want := range map[string]string{
		"funnel.cost_per_paid_minor": "currency", "funnel.net_minor": "net_currency", "signals.cost_converted_minor": "converted_currency", "payments.net_minor": "currency",
	} {
		if found[name] != want {
			t.Errorf("%s is in %q, want %q", name, found[name], want)
		}
	}
}
