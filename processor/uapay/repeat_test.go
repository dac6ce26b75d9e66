package uapay_test

import (
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
)

func TestRetriesAreOneFact(t *testing.T) {
	t.Parallel()
	claims := func(iat int) map[string]any {
		return invoice(noon(time.Duration(iat)*time.Minute), "FINISHED", "FINISHED", nil)
	}
	// Signed anew for each try, the first delivery arriving last.
	w := run(t, newMemory(t, nil), record(claims(5), noon(6*time.Minute), 1), record(claims(65), noon(66*time.Minute), 2), record(claims(0), noon(67*time.Minute), 3))
	if w.decoded != 1 || w.repeats != 2 || w.payment.Facts != 1 {
		t.Errorf("%d decoded, %d repeats, %d facts, want 1, 2, 1", w.decoded, w.repeats, w.payment.Facts)
	}
	if !w.payment.FirstEventAt.Value.Equal(noon(0)) {
		t.Errorf("first_event_at = %v, want the smallest iat", w.payment.FirstEventAt.Value)
	}
}

func TestStaleToken(t *testing.T) {
	t.Parallel()
	old := record(invoice(noon(-90*24*time.Hour), "FINISHED", "FINISHED", nil), noon(0), 1)
	if w := run(t, newMemory(t, nil), old); len(w.dead) == 0 || w.dead[0] != string(stage.CauseStale) {
		t.Errorf("dead letters = %v, want stale", w.dead)
	}
	if w := run(t, newMemory(t, func(s *source.Source) { s.AcceptStale = true }), old); w.decoded != 1 {
		t.Errorf("a backfill: %d decoded, want 1", w.decoded)
	}
	if w := run(t, newMemory(t, nil), record(invoice(noon(0), "NEW", "PENDING", nil), noon(0), 1), old); w.decoded != 1 || len(w.dead) == 0 {
		t.Errorf("of a known payment: %d decoded, dead letters %v, want the old one stale: whether the payment is known says nothing of it", w.decoded, w.dead)
	}
}

// TestTokenComesAgain: a token is one fact however late it comes again, signed anew or
// not, and after its payment has ended, too.
func TestTokenComesAgain(t *testing.T) {
	t.Parallel()
	hour := func(n int) time.Time { return noon(time.Duration(n) * time.Hour) }
	for name, iat := range map[string]func(hours int) any{
		"the same token": func(int) any { return noon(0).Unix() },
		"signed anew":    func(hours int) any { return hour(hours).Unix() },
		"without iat":    func(int) any { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var records []stage.Input
			for i, at := range []int{0, 80, 170, 300 * 24} {
				claims := invoice(noon(0), "FINISHED", "FINISHED", map[string]any{"iat": iat(at)})
				records = append(records, record(claims, hour(at), int64(i)))
			}
			if w := run(t, newMemory(t, nil), records...); w.decoded != 1 || w.repeats != 3 || w.payment.Facts != 1 {
				t.Errorf("%d decoded, %d repeats, %d facts, want 1, 3, 1", w.decoded, w.repeats, w.payment.Facts)
			}
		})
	}
	// Later callbacks keep the payment beyond the retention of its first.
	anew := record(invoice(noon(0), "NEW", "PENDING", map[string]any{"iat": hour(600 * 24).Unix()}), hour(600*24), 3)
	if w := run(t, newMemory(t, nil), record(invoice(noon(0), "NEW", "PENDING", nil), noon(0), 1),
		record(invoice(hour(300*24), "FINISHED", "FINISHED", nil), hour(300*24), 2), anew); w.decoded != 2 || w.repeats != 1 || w.payment.Facts != 2 {
		t.Errorf("beyond the retention of the first: %d decoded, %d repeats, %d facts, want 2, 1, 2", w.decoded, w.repeats, w.payment.Facts)
	}
	m := newMemory(t, nil)
	w := run(t, m, record(invoice(noon(0), "FINISHED", "FINISHED", nil), noon(0), 1))
	end := 401 * 24
	out, err := m.AdvanceTo(0, hour(end))
	if err != nil {
		t.Fatal(err)
	}
	w.take(t, out)
	out, err = m.Feed(record(invoice(noon(0), "FINISHED", "FINISHED", nil), hour(end), 2))
	if err != nil {
		t.Fatal(err)
	}
	w.take(t, out)
	if !w.ended || w.decoded != 1 || len(w.dead) == 0 || w.dead[0] != string(stage.CauseStale) {
		t.Errorf("after the payment's end: ended %v, %d decoded, dead letters %v, want stale", w.ended, w.decoded, w.dead)
	}
}
