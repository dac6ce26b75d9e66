package block_test

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/block"
	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/stage"
)

const (
	retention = 30 * 24 * time.Hour
	root      = len("+380")
)

func noon(after time.Duration) time.Time {
	return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Add(after)
}

// numberOf returns a number as the pseudonymiser makes it.
func numberOf(digits string, key uint16) block.Number {
	h := fnv.New64a()
	_, _ = h.Write([]byte(digits))
	return block.Number{Full: "+" + block.Cut(digits, root-1), Area: len("+38050"), Root: root, Hash: block.HashOf(key, h.Sum64()*0x9e3779b97f4a7c15)}
}

// decider is a stage that decides on the number in each record's key; a record with a value
// forgets the number.
type decider struct {
	rule block.Rule
	key  uint16
	last block.Decision
}

func (*decider) Decode(*stage.Input) (stage.Event, error) { return nil, nil } //nolint:nilnil // it has no event

func (d *decider) Apply(tx stage.Tx, in *stage.Input, _ stage.Event) (err error) {
	tx.AdvanceWatermark(in.Timestamp)
	n := numberOf(string(in.Key), d.key)
	if len(in.Value) > 0 {
		return d.rule.Forget(tx, &n)
	}
	d.last, err = d.rule.Decide(tx, &n, in.Timestamp)
	return err
}

func (d *decider) OnTimer(tx stage.Tx, key []byte) error { return d.rule.OnTimer(tx, key) }

func newDriver(tb testing.TB, d *decider) *enginetest.Driver {
	tb.Helper()
	m, err := enginetest.NewDriver(enginetest.DriverConfig{Name: "blocks", Stage: d, Outputs: []string{"none"}, DeadLetter: "dlq"})
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func see(tb testing.TB, m *enginetest.Driver, digits string, at time.Time, value ...byte) {
	tb.Helper()
	if _, err := m.Feed(stage.Input{Key: []byte(digits), Timestamp: at, Value: value}); err != nil {
		tb.Fatal(err)
	}
}

// sighting is a number seen at a time.
type sighting struct {
	digits string
	at     time.Time
}

// distinct returns how many different numbers of a level were seen since a time.
func distinct(seen []sighting, level string, since time.Time) int {
	numbers := map[string]bool{}
	for _, s := range seen {
		if strings.HasPrefix("+"+s.digits, level) && !s.at.Before(since) {
			numbers[s.digits] = true
		}
	}
	return len(numbers)
}

// TestNeverFewerThanK: in any order, with any repetition and at any time, a block is given only
// after K different numbers of it were seen, and never more than the number without its last
// four digits.
func TestNeverFewerThanK(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		d := &decider{rule: block.Rule{K: rapid.IntRange(1, 6).Draw(r, "k"), Retention: retention}}
		m := newDriver(t, d)
		number := rapid.Custom(func(r *rapid.T) string {
			return fmt.Sprintf("38050%d%d%04d", rapid.IntRange(1, 2).Draw(r, "area"), rapid.IntRange(10, 13).Draw(r, "block"), rapid.IntRange(0, 5).Draw(r, "line"))
		})
		var seen []sighting
		at := noon(0)
		for range rapid.IntRange(1, 60).Draw(r, "records") {
			// Mostly forwards; sometimes a fact that was received earlier.
			at = at.Add(time.Duration(rapid.IntRange(-20, 90).Draw(r, "hours")) * time.Hour)
			d.rule.K = max(1, d.rule.K+rapid.SampledFrom([]int{0, 0, 0, 0, 0, 0, 1, -1}).Draw(r, "k changes"))
			n := number.Draw(r, "number")
			if rapid.IntRange(0, 9).Draw(r, "forget") == 0 {
				see(t, m, n, at, 1)
				seen = slices.DeleteFunc(seen, func(s sighting) bool { return s.digits == n })
				continue
			}
			seen = append(seen, sighting{n, at})
			see(t, m, n, at)
			public := d.last.Block()
			switch {
			case d.last.Full != "+"+n[:len(n)-4], !d.last.AsOf.Time().Equal(at):
				r.Fatalf("decided %+v for %s at %v", d.last, n, at)
			case public == "":
			case len(public) < root || !strings.HasPrefix(d.last.Full, public):
				r.Errorf("block %q of %s, want a beginning of %s", public, n, d.last.Full)
			case distinct(seen, public, at.Add(-retention)) < d.rule.K:
				r.Errorf("block %q of %s, of which %d numbers were seen, want %d at least", public, n, distinct(seen, public, at.Add(-retention)), d.rule.K)
			}
		}
		if _, err := m.AdvanceTo(0, at.Add(2*retention)); err != nil {
			t.Fatal(err)
		}
		if m.Entries(0) != 0 {
			r.Errorf("entries are left after the retention:\n%s", m.Dump(0))
		}
	})
}

// TestLongestWithEnough: once a day brought K numbers of a level, the next number of it is
// shown with it.
func TestLongestWithEnough(t *testing.T) {
	t.Parallel()
	d := &decider{rule: block.Rule{K: 3, Retention: retention}}
	m := newDriver(t, d)
	for i, c := range []struct{ digits, block string }{
		{"380501110001", ""},
		{"380501110001", ""},
		{"380501110002", ""},
		{"380501110002", ""},
		{"380501110003", "+38050111"},
		{"380501220001", "+380501"}, // with the three of the other block
		{"380501220001", "+380501"},
		{"380502220001", "+38050"},
		{"380671110001", "+380"},
		{"380501220002", "+380501"},
		{"380501220003", "+38050122"},
	} {
		see(t, m, c.digits, noon(time.Duration(i)*time.Minute))
		if got := d.last.Block(); got != c.block {
			t.Errorf("step %d: %s has block %q, want %q", i, c.digits, got, c.block)
		}
	}
}

// TestKeyChanges: hashes under another key are other hashes of the same numbers, so a level
// begins anew.
func TestKeyChanges(t *testing.T) {
	t.Parallel()
	d := &decider{rule: block.Rule{K: 2, Retention: retention}, key: 1}
	m := newDriver(t, d)
	see(t, m, "380501110001", noon(0))
	d.key = 2
	see(t, m, "380501110001", noon(0))
	if d.last.Block() != "" {
		t.Errorf("block %q of one number under two keys", d.last.Block())
	}
	see(t, m, "380501110002", noon(0))
	if d.last.Block() != "+38050111" {
		t.Errorf("block %q, want that of two numbers under the new key", d.last.Block())
	}
}

// TestOff: without K there is no block, no number in internal topics and no state.
func TestOff(t *testing.T) {
	t.Parallel()
	d := &decider{}
	m := newDriver(t, d)
	see(t, m, "380501110001", noon(0))
	if d.last != (block.Decision{}) || m.Entries(0) != 0 {
		t.Errorf("decided %+v, %d entries, want none", d.last, m.Entries(0))
	}
}

// BenchmarkDecide is the usual case: numbers of blocks that seldom have enough, in areas that
// have.
func BenchmarkDecide(b *testing.B) {
	d := &decider{rule: block.Rule{K: block.DefaultK, Retention: retention}}
	m := newDriver(b, d)
	random := rand.New(rand.NewPCG(1, 2))
	inputs := make([]stage.Input, 200_000)
	for i := range inputs {
		inputs[i] = stage.Input{Key: fmt.Appendf(nil, "38050%07d", random.IntN(1e7)), Timestamp: noon(time.Duration(i) * time.Second)}
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if _, err := m.Feed(inputs[n%len(inputs)]); err != nil {
			b.Fatal(err)
		}
		n++
	}
}
