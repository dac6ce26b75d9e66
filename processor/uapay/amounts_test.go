package uapay_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/processor/stage"
)

// TestAmountsOfPaymentsAddUp: paid less refunded is what is left of the money that was
// taken, in payments and in their journeys; a released hold is in neither.
func TestAmountsOfPaymentsAddUp(t *testing.T) {
	t.Parallel()
	type amounts struct{ Paid, Refunded, Released int64 }
	phase := func(status, paymentStatus string, minute int, changes map[string]any) stage.Input {
		at := noon(time.Duration(minute) * time.Minute)
		return record(invoice(at, status, paymentStatus, changes), at, int64(minute))
	}
	back := func(n int) map[string]any { return map[string]any{"reversalAmount": n} }
	unnamed := map[string]any{"reversalAmount": nil}
	held := phase("PAID", "HOLDED", 0, nil)
	paid := phase("FINISHED", "FINISHED", 1, nil)
	for name, test := range map[string]struct {
		records []stage.Input
		want    amounts
	}{
		"held":                                {[]stage.Input{held}, amounts{}},
		"refused":                             {[]stage.Input{phase("NEW", "REJECTED", 0, nil)}, amounts{}},
		"paid":                                {[]stage.Input{paid}, amounts{Paid: 100000}},
		"held, then paid":                     {[]stage.Input{held, paid}, amounts{Paid: 100000}},
		"refunded in part":                    {[]stage.Input{paid, phase("FINISHED", "FINISHED", 2, back(300))}, amounts{Paid: 100000, Refunded: 300}},
		"refunded whole":                      {[]stage.Input{paid, phase("REVERSED", "REVERSED", 2, back(100000))}, amounts{Paid: 100000, Refunded: 100000}},
		"refunded, no amount named":           {[]stage.Input{paid, phase("REVERSED", "REVERSED", 2, unnamed)}, amounts{Paid: 100000, Refunded: 100000}},
		"held, paid and refunded":             {[]stage.Input{held, paid, phase("REVERSED", "REVERSED", 2, back(400))}, amounts{Paid: 100000, Refunded: 400}},
		"released":                            {[]stage.Input{held, phase("REVERSED", "REVERSED", 2, back(100000))}, amounts{Released: 100000}},
		"released, no amount named":           {[]stage.Input{held, phase("REVERSED", "REVERSED", 2, unnamed)}, amounts{Released: 100000}},
		"released in part, then canceled":     {[]stage.Input{held, phase("CANCELED", "CANCELED", 2, back(700))}, amounts{Released: 700}},
		"a negative amount is not given back": {[]stage.Input{paid, phase("FINISHED", "FINISHED", 2, back(-300))}, amounts{Paid: 100000}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := run(t, newMemory(t, nil), test.records...)
			p, j := w.payment, w.journeys["order-17"].Payment.Value
			if diff := cmp.Diff(test.want, amounts{p.PaidAmountMinor, p.RefundedAmountMinor, p.ReleasedAmountMinor}); diff != "" {
				t.Errorf("payment (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.want, amounts{j.PaidAmountMinor, j.RefundedAmountMinor, j.ReleasedAmountMinor}); diff != "" {
				t.Errorf("member of the journey (-want +got):\n%s", diff)
			}
		})
	}
}
