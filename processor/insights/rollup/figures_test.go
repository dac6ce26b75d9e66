package rollup_test

import (
	"math"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/insights/funnel"
	"github.com/tributary-hq/tributary/processor/insights/rates"
	"github.com/tributary-hq/tributary/processor/insights/rollup"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// figures are the derived figures of a row; NaN is null.
type figures struct {
	conversion, conversionLow, conversionHigh, paidShare, paidLow, paidHigh float64
	cost, perVerified, perPaid, net                                         float64
	converted, perVerifiedConverted, perPaidConverted, netConverted, rate   float64
	currency, netCurrency, convertedCurrency                                string
}

// null as a figure.
var null = math.NaN()

func number[T int64 | float64](v avro.Optional[T]) float64 {
	if !v.Set {
		return null
	}
	return float64(v.Value)
}

func figuresOf(r *avro.FunnelRow) figures {
	return figures{
		number(r.Conversion), number(r.ConversionLow), number(r.ConversionHigh), number(r.PaidShare), number(r.PaidShareLow), number(r.PaidShareHigh),
		number(r.CostMinor), number(r.CostPerVerifiedMinor), number(r.CostPerPaidMinor), number(r.NetMinor),
		number(r.CostConvertedMinor), number(r.CostPerVerifiedConvertedMinor), number(r.CostPerPaidConvertedMinor), number(r.NetConvertedMinor), number(r.Rate),
		r.Currency.Value, r.NetCurrency.Value, r.ConvertedCurrency.Value,
	}
}

func (f *figures) numbers() []float64 {
	return []float64{
		f.conversion, f.conversionLow, f.conversionHigh, f.paidShare, f.paidLow, f.paidHigh, f.cost, f.perVerified, f.perPaid, f.net,
		f.converted, f.perVerifiedConverted, f.perPaidConverted, f.netConverted, f.rate,
	}
}

// difference makes sums of a row.
func difference(requested, untracked, verified, paid, unknown int64, costs []funnel.Cost, revenue ...funnel.Revenue) funnel.Difference {
	d := code(0, 100)
	d.Counts = funnel.Counts{}
	d.Counts[funnel.Requested], d.Counts[funnel.Untracked], d.Counts[funnel.Verified] = requested, untracked, verified
	d.Counts[funnel.Paid], d.Counts[funnel.CostUnknown] = paid, unknown
	d.Costs, d.Revenue, d.VerifyTimes = costs, revenue, nil
	return d
}

// TestFigures: shares have their intervals, costs per user and converted amounts are null
// where a divisor is 0, a cost is unknown or a rate is missing, and never 0 instead.
func TestFigures(t *testing.T) {
	t.Parallel()
	table, err := rates.Read([]byte("as_of: 2026-11-28\nto: EUR\nrates: {UAH: 0.02, USD: 0.9}"))
	if err != nil {
		t.Fatal(err)
	}
	eur := func(known, minor int64) funnel.Cost { return funnel.Cost{Currency: "EUR", Known: known, Minor: minor} }
	usd, pln := funnel.Cost{Currency: "USD", Known: 1, Minor: 100}, funnel.Cost{Currency: "PLN", Known: 1, Minor: 100}
	for name, c := range map[string]struct {
		difference funnel.Difference
		want       figures
	}{
		"one currency": {
			difference(148, 0, 15, 10, 0, []funnel.Cost{eur(148, 300)}, funnel.Revenue{Currency: "UAH", Gross: 10000, RefundMinor: 500}),
			figures{15. / 148, 0.0624, 0.1605, 10. / 148, 0.0371, 0.1199, 300, 20, 30, 9500, 300, 20, 30, 190, 1, "EUR", "UAH", "EUR"},
		},
		"an unknown cost": {
			difference(20, 0, 0, 10, 1, []funnel.Cost{eur(19, 300)}),
			figures{0, 0, 0.1611, 0.5, 0.2993, 0.7007, 300, null, null, null, 300, null, null, null, 1, "EUR", "", "EUR"},
		},
		"nobody paid": {
			difference(263, 0, 81, 0, 0, []funnel.Cost{eur(263, 81)}),
			figures{81. / 263, 0.2553, 0.3662, 0, 0, 0.0144, 81, 1, null, null, 81, 1, null, null, 1, "EUR", "", "EUR"},
		},
		"no outcome is reported, no cost known": {
			difference(20, 20, 0, 10, 20, nil),
			figures{null, null, null, 0.5, 0.2993, 0.7007, null, null, null, null, null, null, null, null, null, "", "", ""},
		},
		"two currencies": {
			difference(20, 0, 10, 5, 0, []funnel.Cost{eur(19, 300), usd}, funnel.Revenue{Currency: "UAH", Gross: 10000}, funnel.Revenue{Currency: "USD", Gross: 100}),
			figures{0.5, 0.2993, 0.7007, 0.25, 0.1119, 0.4687, null, null, null, null, 390, 39, 78, 290, null, "", "", "EUR"},
		},
		"a currency without rate": {
			difference(20, 0, 10, 5, 0, []funnel.Cost{eur(19, 300), pln}, funnel.Revenue{Currency: "PLN", Gross: 100}),
			figures{0.5, 0.2993, 0.7007, 0.25, 0.1119, 0.4687, null, null, null, 100, null, null, null, null, null, "", "PLN", ""},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, have := newDriver(t, func(c *rollup.Config) { c.Rates = table }), map[string]*avro.FunnelRow{}
			feed(t, d, have, record(t, noon(time.Hour), c.difference))
			if len(have) == 0 {
				t.Fatal("no rows")
			}
			for id, row := range have {
				got := figuresOf(row)
				for i, want := range c.want.numbers() {
					if is := got.numbers()[i]; math.IsNaN(is) != math.IsNaN(want) || math.Abs(is-want) > 5e-5 {
						t.Errorf("%s: figure %d is %v, want %v", id, i, is, want)
					}
				}
				if got.currency != c.want.currency || got.netCurrency != c.want.netCurrency || got.convertedCurrency != c.want.convertedCurrency {
					t.Errorf("%s: currencies of %+v, want those of %+v", id, got, c.want)
				}
				if row.RateAsOf.Set != (c.want.convertedCurrency != "") {
					t.Errorf("%s: day of the rates is %v", id, row.RateAsOf)
				}
			}
		})
	}
}

// TestPartsOfCurrencies: with costs in two currencies each has its part of the cost per user.
func TestPartsOfCurrencies(t *testing.T) {
	t.Parallel()
	d, have := newDriver(t, nil), map[string]*avro.FunnelRow{}
	feed(t, d, have, record(t, noon(time.Hour),
		difference(20, 0, 10, 4, 0, []funnel.Cost{{Currency: "EUR", Known: 18, Minor: 300}, {Currency: "USD", Known: 2, Minor: 10}})))
	for id, row := range have {
		if len(row.Costs) != 2 || number(row.Costs[0].CostPerVerifiedMinor) != 30 || number(row.Costs[0].CostPerPaidMinor) != 75 ||
			number(row.Costs[1].CostPerVerifiedMinor) != 1 || number(row.Costs[1].CostPerPaidMinor) != 2.5 {
			t.Errorf("%s: costs %+v", id, row.Costs)
		}
	}
}
