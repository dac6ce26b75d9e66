package money_test

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/money"
	"github.com/tributary-hq/tributary/schemas/avro"
)

func TestCurrency(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", " ": "", "EUR": "EUR", " uah ": "UAH", "980": "UAH", "840": "USD", "euro": money.None, "E1R": money.None, "1": money.None, "ЕUR": money.None,
	} {
		if got := money.Currency(text); got != want {
			t.Errorf("Currency(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestMinor(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		decimal, currency string
		want              int64
	}{
		{"9.87", "USD", 987},
		{"9.875", "USD", 988},
		{"9.865", "USD", 986},
		{"9.865001", "USD", 987},
		{"-9.875", "USD", -988},
		{"-9.865", "USD", -986},
		{"0.5", "JPY", 0},
		{"1.5", "JPY", 2},
		{"1.2345", "KWD", 1234},
		{"0.000001", "", 0},
		{"999999999999.999999", "EUR", 100_000_000_000_000},
	} {
		d, err := avro.ParseDecimal(test.decimal)
		if err != nil {
			t.Fatal(err)
		}
		if got := money.Minor(d, test.currency); got != test.want {
			t.Errorf("Minor(%s %s) = %d, want %d", test.decimal, test.currency, got, test.want)
		}
	}
}

// TestMinorIsNearest: no other amount is nearer, whatever the decimal and the currency.
func TestMinorIsNearest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		d := rapid.Int64Range(-999_999_999_999_999_999, 999_999_999_999_999_999).Draw(r, "decimal")
		currency := rapid.SampledFrom([]string{"EUR", "JPY", "KWD", "CLF", ""}).Draw(r, "currency")
		unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(avro.DecimalScale-money.Digits(currency))), nil)
		n := money.Minor(avro.Decimal(d), currency)
		off := new(big.Int).Sub(new(big.Int).Mul(big.NewInt(n), unit), big.NewInt(d))
		half := off.Mul(off, big.NewInt(2)).CmpAbs(unit)
		if half > 0 || half == 0 && n%2 != 0 {
			r.Errorf("Minor(%d %s) = %d", d, currency, n)
		}
	})
}
