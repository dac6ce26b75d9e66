package uapay_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// movement takes a row of a movement. A row that nothing changed is a fault, because rows
// are emitted only if they changed, and so is one whose revision is not higher.
func (w *told) movement(key string, body []byte) error {
	var m avro.Movement
	if err := m.DecodeAvro(body); err != nil {
		return err
	}
	before, known := w.movements[key]
	w.movements[key] = m
	if m.MovementID != key || known && m.Revision <= before.Revision {
		return fmt.Errorf("row %s of movement %s has revision %d after %d", key, m.MovementID, m.Revision, before.Revision)
	}
	before.Revision, before.ChangedBy, before.ProcessedAt = m.Revision, m.ChangedBy, m.ProcessedAt
	if known && before == m {
		return fmt.Errorf("row %s comes again without a change", key)
	}
	return nil
}

// balance holds a consumer's sums by kind of movement.
type balance struct{ Gross, Refunded, Released, Net int64 }

func balanceOf(p *avro.PaymentSnapshot) balance {
	return balance{Gross: p.GrossMinor, Refunded: p.RefundedMinor, Released: p.ReleasedMinor, Net: p.NetMinor}
}

// addedUp is the query of the topic's doc.
func addedUp(movements map[string]avro.Movement) (b balance) {
	for _, m := range movements {
		switch m.Kind {
		case avro.MovementKindPaid:
			b.Gross += m.AmountMinor
			b.Net += m.AmountMinor
		case avro.MovementKindRefunded:
			b.Refunded -= m.AmountMinor
			b.Net += m.AmountMinor
		case avro.MovementKindReleased:
			b.Released -= m.AmountMinor
		default:
		}
	}
	return b
}

// TestMovements: totals of money given back become single movements, whatever the order
// in which they arrive; a total that arrives late takes its part of a later one.
func TestMovements(t *testing.T) {
	t.Parallel()
	at := func(minute int) time.Time { return noon(time.Duration(minute) * time.Minute) }
	callback := func(status string, minute, received, reversal int) stage.Input {
		return record(invoice(at(minute), status, status, map[string]any{"reversalAmount": reversal, "createDate": nil}), at(received), int64(received))
	}
	unnamed := func(status string, minute int) stage.Input {
		return record(invoice(at(minute), status, status, map[string]any{"reversalAmount": nil}), at(minute), int64(minute))
	}
	total, each := source.ReversalTotal, source.ReversalEach
	for name, c := range map[string]struct {
		reversal string
		records  []stage.Input
		want     []string
	}{
		"paid":                            {total, []stage.Input{callback("FINISHED", 1, 1, 0)}, []string{"1 paid PAID 100000 at 1"}},
		"held, then paid":                 {total, []stage.Input{callback("HOLDED", 1, 1, 0), callback("FINISHED", 2, 2, 0)}, []string{"1 held HELD 100000 at 1", "2 paid PAID 100000 at 2"}},
		"a hold released":                 {total, []stage.Input{callback("HOLDED", 1, 1, 0), callback("REVERSED", 2, 2, 100000)}, []string{"1 held HELD 100000 at 1", "2 back/100000 RELEASED -100000 at 2"}},
		"refunded in two parts":           {total, []stage.Input{callback("FINISHED", 1, 1, 0), callback("FINISHED", 2, 2, 300), callback("FINISHED", 3, 3, 500)}, []string{"1 paid PAID 100000 at 1", "2 back/300 REFUNDED -300 at 2", "3 back/500 REFUNDED -200 at 3"}},
		"the first part is late":          {total, []stage.Input{callback("FINISHED", 1, 1, 0), callback("FINISHED", 3, 2, 500), callback("FINISHED", 2, 3, 300)}, []string{"1 paid PAID 100000 at 1", "2 back/300 REFUNDED -300 at 2", "3 back/500 REFUNDED -200 at 3"}},
		"a total comes twice":             {total, []stage.Input{callback("FINISHED", 1, 1, 0), callback("FINISHED", 2, 2, 300), callback("PAYED", 3, 3, 300)}, []string{"1 paid PAID 100000 at 1", "2 back/300 REFUNDED -300 at 2"}},
		"a smaller total after a greater": {total, []stage.Input{callback("FINISHED", 1, 1, 0), callback("FINISHED", 3, 2, 300), callback("FINISHED", 2, 3, 500)}, []string{"1 paid PAID 100000 at 1", "2 back/500 REFUNDED -500 at 2"}},
		"no amount":                       {total, []stage.Input{callback("FINISHED", 1, 1, 0), unnamed("REVERSED", 2)}, []string{"1 paid PAID 100000 at 1", "2 back REFUNDED -100000 at 2"}},
		"the amount comes later":          {total, []stage.Input{callback("FINISHED", 1, 1, 0), unnamed("REVERSED", 2), callback("REVERSED", 3, 3, 400)}, []string{"1 paid PAID 100000 at 1", "2 back/400 REFUNDED -400 at 3"}},
		"paid, known late":                {total, []stage.Input{callback("HOLDED", 1, 1, 0), callback("REVERSED", 3, 2, 400), callback("FINISHED", 2, 3, 0)}, []string{"1 held HELD 100000 at 1", "2 paid PAID 100000 at 2", "3 back/400 REFUNDED -400 at 3"}},
		"single returns":                  {each, []stage.Input{callback("FINISHED", 1, 1, 0), callback("FINISHED", 3, 2, 300), callback("FINISHED", 2, 3, 200)}, []string{"1 paid PAID 100000 at 1", "2 back/… REFUNDED -200 at 2", "3 back/… REFUNDED -300 at 3"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := run(t, newMemory(t, func(s *source.Source) { s.Reversal = c.reversal }), c.records...)
			got := make([]string, len(w.movements))
			for key, m := range w.movements {
				name := key[len("uapay:"+paymentID+"/"):]
				if c.reversal == each && m.Kind == avro.MovementKindRefunded {
					name = "back/…"
				}
				got[m.MovementOrder-1] = fmt.Sprintf("%d %s %s %d at %d", m.MovementOrder, name, m.Kind, m.AmountMinor, int(m.MovementAt.Sub(noon(0)).Minutes()))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("movements (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(balanceOf(&w.payment), addedUp(w.movements)); diff != "" {
				t.Errorf("the movements do not add up to the snapshot (-snapshot +movements):\n%s", diff)
			}
		})
	}
}
