package uapay_test

import (
	"testing"
	"time"

	"github.com/tributary-hq/tributary/schemas/avro"
)

func TestHoldOverdue(t *testing.T) {
	t.Parallel()
	m := newMemory(t, nil)
	w := run(t, m, record(invoice(noon(0), "PAID", "HOLDED", nil), noon(0), 1))
	week := 7 * 24 * time.Hour
	out, err := m.AdvanceTo(0, noon(week))
	if err != nil {
		t.Fatal(err)
	}
	w.take(t, out)
	if !w.payment.HoldOverdue || w.payment.ChangedBy.Cause != avro.ChangeCauseDeadline {
		t.Errorf("after a week: %+v, want it overdue by a deadline", w.payment)
	}
	out, err = m.Feed(record(invoice(noon(week), "FINISHED", "FINISHED", nil), noon(week), 2))
	if err != nil {
		t.Fatal(err)
	}
	w.take(t, out)
	if w.payment.HoldOverdue {
		t.Error("completed after all: still overdue")
	}
	if out, err = m.AdvanceTo(0, noon(week+400*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	w.take(t, out)
	if !w.ended || m.Entries(0) > 1 {
		t.Errorf("after its retention: ended %v, %d entries, want a tombstone and the clock alone", w.ended, m.Entries(0))
	}
}

// TestHoldCountsFromItsDate: a hold is overdue a week after the amount was held, whenever
// the callback came.
func TestHoldCountsFromItsDate(t *testing.T) {
	t.Parallel()
	const week = 7 * 24 * time.Hour
	received := noon(70 * time.Hour)
	for name, test := range map[string]struct {
		replaced map[string]any
		want     time.Time
	}{
		"holdDate":        {map[string]any{"holdDate": noon(time.Hour).Format(time.RFC3339)}, noon(time.Hour + week)},
		"no holdDate":     {nil, noon(week)},
		"no time at all":  {map[string]any{"iat": nil, "createDate": nil}, received.Add(week)},
		"a date alone is": {map[string]any{"iat": nil}, noon(week - time.Minute)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMemory(t, nil)
			w := run(t, m, record(invoice(noon(0), "PAID", "HOLDED", test.replaced), received, 1))
			if got := w.payment.HoldDeadline; !got.Value.Equal(test.want) {
				t.Errorf("hold_deadline = %v, want %v", got, test.want)
			}
			for _, at := range []struct {
				now  time.Time
				want bool
			}{{test.want.Add(-time.Second), false}, {test.want, true}} {
				out, err := m.AdvanceTo(0, at.now)
				if err != nil {
					t.Fatal(err)
				}
				w.take(t, out)
				if w.payment.HoldOverdue != at.want {
					t.Errorf("at %v: overdue %v, want %v", at.now, w.payment.HoldOverdue, at.want)
				}
			}
		})
	}
}
