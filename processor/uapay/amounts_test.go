package uapay_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// amounts is the money of a payment as an analyst adds it up.
type amounts struct {
	Phase, Refund                  string
	Gross, Refunded, Net, Released int64
	Paid, EverPaid                 bool
	// LastRefunded is in minutes after noon, 0 for none.
	LastRefunded int
}

func amountsOf(p *avro.PaymentSnapshot) amounts {
	a := amounts{
		Phase: string(p.Phase), Refund: string(p.Refund), Gross: p.GrossMinor, Refunded: p.RefundedMinor, Net: p.NetMinor, Released: p.ReleasedMinor,
		Paid: p.Paid, EverPaid: p.EverPaid,
	}
	if p.LastRefundedAt.Set {
		a.LastRefunded = int(p.LastRefundedAt.Value.Sub(noon(0)) / time.Minute)
	}
	return a
}

// TestAmountsOfPaymentsAddUp: gross less refunded is the money that the merchant keeps,
// in payments and in their journeys; a released hold is in neither. The order of arrival and
// repeats change nothing.
func TestAmountsOfPaymentsAddUp(t *testing.T) {
	t.Parallel()
	phase := func(status, paymentStatus string, minute int, changes map[string]any) stage.Input {
		at := noon(time.Duration(minute) * time.Minute)
		return record(invoice(at, status, paymentStatus, changes), at, int64(minute))
	}
	back := func(n int) map[string]any { return map[string]any{"reversalAmount": n} }
	amount := func(n int, more map[string]any) map[string]any {
		changes := map[string]any{"amount": n}
		maps.Copy(changes, more)
		return changes
	}
	operation := func(id, status, paymentStatus string, minute, n int) stage.Input {
		return phase("", paymentStatus, minute, map[string]any{"operationId": id, "operationStatus": status, "paymentAmount": n, "amount": nil, "createDate": nil})
	}
	unnamed := map[string]any{"reversalAmount": nil}
	held := phase("PAID", "HOLDED", 0, nil)
	paid := phase("FINISHED", "FINISHED", 1, nil)
	whole := amounts{Phase: "PAID", Refund: "NONE", Gross: 100000, Net: 100000, Paid: true, EverPaid: true}
	part := amounts{Phase: "PAID", Refund: "PARTIAL", Gross: 100000, Refunded: 400, Net: 99600, Paid: true, EverPaid: true, LastRefunded: 2}
	gone := amounts{Phase: "REFUNDED", Refund: "FULL", Gross: 100000, Refunded: 100000, EverPaid: true, LastRefunded: 2}
	released := amounts{Phase: "RELEASED", Refund: "NONE", Released: 100000}
	for name, test := range map[string]struct {
		records []stage.Input
		want    amounts
	}{
		"held":                            {[]stage.Input{held}, amounts{Phase: "HELD", Refund: "NONE"}},
		"refused":                         {[]stage.Input{phase("NEW", "REJECTED", 0, nil)}, amounts{Phase: "REFUSED", Refund: "NONE"}},
		"paid":                            {[]stage.Input{paid}, whole},
		"held, then paid":                 {[]stage.Input{held, paid}, whole},
		"paid and refused":                {[]stage.Input{paid, phase("CANCELED", "REJECTED", 2, nil)}, whole},
		"refunded in part":                {[]stage.Input{paid, phase("FINISHED", "FINISHED", 2, back(400))}, part},
		"refunded in part, REVERSED":      {[]stage.Input{paid, phase("REVERSED", "REVERSED", 2, back(400))}, part},
		"held, paid and refunded in part": {[]stage.Input{held, paid, phase("REVERSED", "REVERSED", 2, back(400))}, part},
		"refunded whole":                  {[]stage.Input{paid, phase("REVERSED", "REVERSED", 2, back(100000))}, gone},
		"refunded whole, still FINISHED":  {[]stage.Input{paid, phase("FINISHED", "FINISHED", 2, back(100000))}, gone},
		"refunded, no amount named":       {[]stage.Input{paid, phase("REVERSED", "REVERSED", 2, unnamed)}, gone},
		"only the refund arrives":         {[]stage.Input{phase("REVERSED", "REVERSED", 2, back(400))}, part},
		"refunded in parts, then whole": {
			[]stage.Input{paid, phase("FINISHED", "FINISHED", 2, back(400)), phase("FINISHED", "FINISHED", 3, back(500)), phase("REVERSED", "REVERSED", 7, back(100000))},
			amounts{Phase: "REFUNDED", Refund: "FULL", Gross: 100000, Refunded: 100000, EverPaid: true, LastRefunded: 7},
		},
		"the total is reported again later": {
			[]stage.Input{paid, phase("FINISHED", "FINISHED", 2, back(400)), phase("FINISHED", "FINISHED", 9, map[string]any{"reversalAmount": 400, "receiptPath": "x"})}, part,
		},
		"refunded, then paid again": {
			[]stage.Input{paid, phase("REVERSED", "REVERSED", 2, back(100000)), phase("FINISHED", "FINISHED", 5, amount(130000, back(100000)))},
			amounts{Phase: "PAID", Refund: "PARTIAL", Gross: 130000, Refunded: 100000, Net: 30000, Paid: true, EverPaid: true, LastRefunded: 2},
		},
		"the amount changes": {[]stage.Input{paid, phase("FINISHED", "FINISHED", 2, amount(70000, nil))}, amounts{
			Phase: "PAID", Refund: "NONE", Gross: 70000, Net: 70000, Paid: true, EverPaid: true,
		}},
		"more refunded than paid": {[]stage.Input{paid, phase("FINISHED", "FINISHED", 2, back(100001))}, amounts{
			Phase: "REFUNDED", Refund: "FULL", Gross: 100000, Refunded: 100001, Net: -1, EverPaid: true, LastRefunded: 2,
		}},
		"several operations": {
			[]stage.Input{operation("op-1", "FINISHED", "PENDING", 1, 500), operation("op-2", "FINISHED", "PAYED", 2, 500)},
			amounts{Phase: "PAID", Refund: "NONE", Gross: 500, Net: 500, Paid: true, EverPaid: true},
		},
		"released":                           {[]stage.Input{held, phase("REVERSED", "REVERSED", 2, back(100000))}, released},
		"released, still HOLDED":             {[]stage.Input{held, phase("PAID", "HOLDED", 2, back(100000))}, released},
		"released, no amount named":          {[]stage.Input{held, phase("REVERSED", "REVERSED", 2, unnamed)}, released},
		"released in part":                   {[]stage.Input{held, phase("REVERSED", "REVERSED", 2, back(700))}, amounts{Phase: "HELD", Refund: "NONE", Released: 700}},
		"released in part, then canceled":    {[]stage.Input{held, phase("CANCELED", "CANCELED", 2, back(700))}, amounts{Phase: "REFUSED", Refund: "NONE", Released: 700}},
		"released in part, then captured":    {[]stage.Input{held, phase("REVERSED", "REVERSED", 2, back(400)), phase("FINISHED", "FINISHED", 3, back(400))}, part},
		"a negative amount is not refunded":  {[]stage.Input{paid, phase("FINISHED", "FINISHED", 2, back(-300))}, whole},
		"a date of payment beside a refusal": {[]stage.Input{phase("NEW", "REJECTED", 1, map[string]any{"payDate": noon(0).Format(time.RFC3339)})}, amounts{Phase: "REFUSED", Refund: "NONE"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(6) {
				records := slices.Concat(test.records, test.records)
				if seed > 0 {
					rand.New(rand.NewPCG(seed, 0)).Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
				}
				w := run(t, newMemory(t, nil), records...)
				p, j := &w.payment, w.journeys["order-17"].Payment.Value
				if diff := cmp.Diff(test.want, amountsOf(p)); diff != "" {
					t.Errorf("seed %d: payment (-want +got):\n%s", seed, diff)
				}
				if j.GrossMinor != p.GrossMinor || j.RefundedMinor != p.RefundedMinor || j.ReleasedMinor != p.ReleasedMinor || j.EverPaid != p.EverPaid || j.Phase != p.Phase {
					t.Errorf("seed %d: the member of the journey is %+v", seed, j)
				}
				if p.EverPaid != p.PaidAt.Set || (p.Refund != avro.RefundNone) != p.LastRefundedAt.Set || p.CreatedAt.IsZero() {
					t.Errorf("seed %d: paid_at %v, last_refunded_at %v, created_at %v of %+v", seed, p.PaidAt, p.LastRefundedAt, p.CreatedAt, test.want)
				}
			}
		})
	}
}

// TestCreatedAt: a payment has a day, whatever times its callbacks have.
func TestCreatedAt(t *testing.T) {
	t.Parallel()
	received := noon(3 * time.Hour)
	date := func(after time.Duration) string { return noon(after).Format(time.RFC3339) }
	for name, test := range map[string]struct {
		changes map[string]any
		want    time.Time
	}{
		"createDate":         {nil, noon(-time.Minute)},
		"no createDate":      {map[string]any{"createDate": nil}, noon(0)},
		"an earlier date":    {map[string]any{"createDate": nil, "holdDate": date(-time.Hour), "payDate": date(-2 * time.Hour)}, noon(-2 * time.Hour)},
		"the date alone":     {map[string]any{"createDate": nil, "iat": nil, "payDate": date(time.Minute)}, noon(time.Minute)},
		"no time of its own": {map[string]any{"createDate": nil, "iat": nil}, received},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := run(t, newMemory(t, nil), record(invoice(noon(0), "FINISHED", "FINISHED", test.changes), received, 1))
			if !w.payment.CreatedAt.Equal(test.want) || !w.payment.PaidAt.Set {
				t.Errorf("created_at %v, paid_at %v, want %v and one", w.payment.CreatedAt, w.payment.PaidAt, test.want)
			}
		})
	}
}
