// Package rates converts amounts of several currencies into one by a table of a day.
//
//	file: as_of, to, rates ─► Read ─► Table.Convert: 12.30 USD ─► 11.44 EUR at 0.93 of that day
//
// Promise: a converted amount names its rate and the rate's day; a currency without a rate is
// not converted. Amounts of several currencies are never added up in any other way.
package rates

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-hq/tributary/processor/money"
)

// Table is a table of rates. The zero value and nil convert nothing.
type Table struct {
	asOf  time.Time
	to    string
	rates map[string]float64
}

// file is the content of a rates file, as YAML or JSON.
type file struct {
	// AsOf is the day of the rates, To the currency into which they convert.
	AsOf string `yaml:"as_of"`
	To   string `yaml:"to"`
	// Rates are how much of To one unit of a currency is.
	Rates map[string]float64 `yaml:"rates"`
}

// Amount is a converted amount, with the rate by which it was.
type Amount struct {
	// Minor is in minor units of Currency.
	Minor    int64
	Currency string
	// Rate is how much of Currency one unit of the original currency is; AsOf is its day.
	Rate float64
	AsOf time.Time
}

// Open reads a rates file; an empty path is a table that converts nothing.
func Open(path string) (*Table, error) {
	if path == "" {
		return &Table{}, nil
	}
	text, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, fmt.Errorf("read the rates: %w", err)
	}
	t, err := Read(text)
	if err != nil {
		return nil, fmt.Errorf("rates file %s: %w", path, err)
	}
	return t, nil
}

// Read reads the text of a rates file. It reports every fault at once.
func Read(text []byte) (*Table, error) {
	var f file
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&f); err != nil {
		return nil, fmt.Errorf("not a table of rates: %w", err)
	}
	t := &Table{to: f.To, rates: map[string]float64{f.To: 1}}
	var errs []error
	var err error
	if t.asOf, err = time.Parse(time.DateOnly, f.AsOf); err != nil {
		errs = append(errs, fmt.Errorf("as_of: %q is no day such as 2026-11-30", f.AsOf))
	}
	if !isCode(f.To) {
		errs = append(errs, fmt.Errorf("to: %q is no code of ISO 4217", f.To))
	}
	for currency, rate := range f.Rates {
		switch {
		case !isCode(currency):
			errs = append(errs, fmt.Errorf("rates: %q is no code of ISO 4217", currency))
		case !(rate > 0) || math.IsInf(rate, 0) || currency == f.To && rate != 1:
			errs = append(errs, fmt.Errorf("rates.%s: %v cannot be a rate", currency, rate))
		}
		t.rates[currency] = rate
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return t, nil
}

func isCode(currency string) bool {
	return currency != "" && money.Currency(currency) == currency && currency != money.None
}

// Convert converts an amount in minor units, rounded half to even; ok is false if the table
// has no rate of the currency, or the amount would be beyond the range of a number.
func (t *Table) Convert(minor int64, currency string) (a Amount, ok bool) {
	if t == nil {
		return Amount{}, false
	}
	rate, ok := t.rates[currency]
	if !ok {
		return Amount{}, false
	}
	v := math.RoundToEven(float64(minor) * rate * math.Pow10(money.Digits(t.to)-money.Digits(currency)))
	const exact = 1 << 53
	if math.Abs(v) >= exact {
		return Amount{}, false
	}
	return Amount{Minor: int64(v), Currency: t.to, Rate: rate, AsOf: t.asOf}, true
}

// Sum adds up converted amounts. The zero value has none.
type Sum struct {
	amount  Amount
	some    bool
	unknown bool
}

// Add adds an amount that Convert returned, and whether it could convert it.
func (s *Sum) Add(a Amount, ok bool) {
	switch {
	case !ok:
		s.unknown = true
	case !s.some:
		s.amount, s.some = a, true
	default:
		s.amount.Minor += a.Minor
		if s.amount.Rate != a.Rate {
			s.amount.Rate = 0
		}
	}
}

// Amount returns the sum; ok is false if one of the amounts had no rate, or there is none. The
// rate is 0 if several were used.
func (s *Sum) Amount() (a Amount, ok bool) { return s.amount, s.some && !s.unknown }
