package rates_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/insights/rates"
)

const table = "as_of: 2026-11-28\nto: EUR\nrates:\n  UAH: 0.02\n  USD: 0.93\n  JPY: 0.006\n"

func TestConvert(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "rates.yaml")
	if err := os.WriteFile(path, []byte(table), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := rates.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		minor    int64
		currency string
		want     rates.Amount
		ok       bool
	}{
		{1230, "USD", rates.Amount{Minor: 1144, Currency: "EUR", Rate: 0.93, AsOf: day}, true},
		{125, "UAH", rates.Amount{Minor: 2, Currency: "EUR", Rate: 0.02, AsOf: day}, true}, // 2.5, half to even
		{-175, "UAH", rates.Amount{Minor: -4, Currency: "EUR", Rate: 0.02, AsOf: day}, true},
		{1000, "JPY", rates.Amount{Minor: 600, Currency: "EUR", Rate: 0.006, AsOf: day}, true},
		{77, "EUR", rates.Amount{Minor: 77, Currency: "EUR", Rate: 1, AsOf: day}, true},
		{77, "PLN", rates.Amount{}, false},
		{77, "", rates.Amount{}, false},
	} {
		if got, ok := r.Convert(test.minor, test.currency); got != test.want || ok != test.ok {
			t.Errorf("Convert(%d, %q) = %+v, %v", test.minor, test.currency, got, ok)
		}
	}
	var sum rates.Sum
	if _, ok := sum.Amount(); ok {
		t.Error("a sum of nothing is known")
	}
	sum.Add(r.Convert(1230, "USD"))
	if got, ok := sum.Amount(); !ok || got.Minor != 1144 || got.Rate != 0.93 {
		t.Errorf("sum of one amount = %+v, %v", got, ok)
	}
	sum.Add(r.Convert(56, "EUR"))
	if got, ok := sum.Amount(); !ok || got.Minor != 1200 || got.Rate != 0 {
		t.Errorf("sum of two currencies = %+v, %v", got, ok)
	}
	sum.Add(r.Convert(1, "PLN"))
	if got, ok := sum.Amount(); ok {
		t.Errorf("sum with a currency without rate = %+v", got)
	}
}

func TestNoTable(t *testing.T) {
	t.Parallel()
	r, err := rates.Open("")
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := r.Convert(1, "EUR"); ok {
		t.Errorf("Convert() = %+v", got)
	}
	if _, err := rates.Open(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a file that is not there is read")
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"no YAML":             {"\t", "not a table of rates"},
		"another field":       {table + "from: USD\n", "not a table of rates"},
		"no day":              {strings.Replace(table, "2026-11-28", "today", 1), `as_of: "today"`},
		"no currency":         {strings.Replace(table, "to: EUR", "to: euro", 1), `to: "euro"`},
		"a rate of nothing":   {strings.Replace(table, "UAH", "uah", 1), `rates: "uah"`},
		"zero":                {strings.Replace(table, "0.93", "0", 1), "rates.USD: 0"},
		"no number":           {strings.Replace(table, "0.93", ".nan", 1), "rates.USD: NaN"},
		"the target is not 1": {table + "  EUR: 2\n", "rates.EUR: 2"},
	} {
		if _, err := rates.Read([]byte(test.text)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
