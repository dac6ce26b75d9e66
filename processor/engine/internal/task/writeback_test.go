package task_test

import (
	"cmp"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/processor/engine/internal/store"
)

// modelled is an entry as it should be.
type modelled struct {
	value    string
	deadline time.Time
}

// logged is an entry of a round as its changelog has it, deleted where value is nil.
type logged struct {
	key      string
	value    []byte
	deadline time.Time
}

// TestEntriesWithTimersStayCached: once the store has them, entries that wait for something before
// long stay in memory, others make room. Both can be read.
func TestEntriesWithTimersStayCached(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(1_700_000_000_000)
	tests := map[string]struct {
		deadline time.Time
		stays    bool
	}{
		"waits":             {now.Add(30 * time.Minute), true},
		"is overdue":        {now.Add(-time.Hour), true},
		"ends in a month":   {now.Add(30 * 24 * time.Hour), false},
		"waits for nothing": {time.Time{}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			part := newPartition(openStore(t))
			part.begin()
			must(t, part.set("key", []byte("value"), test.deadline))
			part.commit()
			if _, err := part.writeBack(0); err != nil {
				t.Fatal(err)
			}
			if changed, kept := part.bytes(); changed != 0 || kept > 0 != test.stays {
				t.Errorf("%d bytes changed and %d kept, stays: want %t", changed, kept, test.stays)
			}
			part.begin()
			if got, err := part.get("key"); err != nil || string(got) != "value" {
				t.Errorf("Get() = %q, %v", got, err)
			}
		})
	}
}

// TestFormerDeadlinesTakeTurns: a restore leaves in the index what deadlines entries had
// before. A round looks at a thousand of a partition, not at all of them, and what is
// really due comes when they are gone.
func TestFormerDeadlinesTakeTurns(t *testing.T) {
	t.Parallel()
	for name, apart := range map[string]time.Duration{"at one time": 0, "one after the other": time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			formerTakeTurns(t, apart)
		})
	}
}

func formerTakeTurns(t *testing.T, apart time.Duration) {
	t.Helper()
	const former, aRound = 2500, 1000
	now := time.UnixMilli(1_700_000_000_000)
	part := newPartition(openStore(t))
	for i := range former {
		key := fmt.Sprintf("key-%d", i)
		must(t, part.replay(key, []byte("awaited"), now.Add(time.Duration(i)*apart)))
		must(t, part.replay(key, []byte("done"), now.Add(24*time.Hour)))
	}
	last := now.Add(former * apart)
	must(t, part.replay("late", []byte("awaited"), last))
	until := now.Add(time.Hour)
	for looked := 0; looked+aRound < former; looked += aRound {
		part.begin()
		if keys, more, err := part.dueAndMore(until, 10); err != nil || len(keys) > 0 || !more {
			t.Fatalf("after %d former ones: due %q, more %t, %v", looked, keys, more, err)
		}
	}
	for range 2 { // it is due until it is told
		part.begin()
		keys, more, err := part.dueAndMore(until, 10)
		if diff := gocmp.Diff([]string{"late"}, keys); diff != "" || more || err != nil {
			t.Errorf("more %t, %v (-want +got):\n%s", more, err, diff)
		}
	}
	must(t, part.replay("early", []byte("awaited"), now))
	part.begin()
	keys, more, err := part.dueAndMore(until, 10)
	if diff := gocmp.Diff([]string{"early", "late"}, keys); diff != "" || more || err != nil {
		t.Errorf("one came that is due before: more %t, %v (-want +got):\n%s", more, err, diff)
	}
	part.begin()
	if keys, more, err := part.dueAndMore(now.Add(48*time.Hour), former+10); len(keys) != former+2 || more || err != nil {
		t.Errorf("a day later %d are due, more %t, %v, want all %d", len(keys), more, err, former+2)
	}
}

// TestStateIsThatOfAMap: whatever is written, in whatever rounds, whenever how much of
// it reaches the store, and whenever the memory is lost and the changelog replayed from
// where the store claims to be, reads, scans and deadlines are those of a map.
func TestStateIsThatOfAMap(t *testing.T) {
	t.Parallel()
	for name, collide := range map[string]bool{"hashes differ": false, "hashes are the same": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stateIsThatOfAMap(t, collide)
		})
	}
}

func stateIsThatOfAMap(t *testing.T, collide bool) {
	t.Helper()
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 7))
	state := openStore(t)
	part, model := newPartition(state), map[string]modelled{}
	if collide {
		part.collide()
	}
	log, claimed := [][]logged{}, int64(0)
	sizes := []int{0, 0, 0, 0, 50, 100, 5000}
	at := func(n int) time.Time { return time.UnixMilli(int64(1_700_000_000_000 + n)) }
	for round := range 300 {
		part.begin()
		var written []logged
		for range random.IntN(12) {
			key := fmt.Sprintf("%c%d", 'a'+random.IntN(3), random.IntN(30))
			if random.IntN(4) == 0 {
				delete(model, key)
				must(t, part.set(key, nil, time.Time{}))
				written = append(written, logged{key: key})
				continue
			}
			m := modelled{value: strings.Repeat("v", random.IntN(5)+sizes[random.IntN(len(sizes))]) + strconv.Itoa(round)}
			if random.IntN(2) == 0 {
				m.deadline = at(random.IntN(40) + random.IntN(2)*int(48*time.Hour/time.Millisecond))
			}
			model[key] = m
			must(t, part.set(key, []byte(m.value), m.deadline))
			written = append(written, logged{key, []byte(m.value), m.deadline})
		}
		if random.IntN(2) == 0 {
			compare(t, seed, part, model, at(random.IntN(40)))
		}
		part.commit()
		log = append(log, written)
		if random.IntN(5) == 0 {
			changed, kept := part.bytes()
			rounds, err := part.writeBack(random.Int64N(changed + 1))
			must(t, err)
			if rounds < claimed || rounds > int64(len(log)) {
				t.Fatalf("seed %d: after %d rounds the store claims %d, and %d before", seed, len(log), rounds, claimed)
			}
			claimed = rounds
			if keys, changed := part.keys(); keys > 2*changed {
				t.Fatalf("seed %d: %d keys are kept for %d changes", seed, keys, changed)
			}
			part.evict(random.Int64N(kept + 1))
			if random.IntN(2) == 0 {
				part.compact()
			}
		}
		if random.IntN(20) == 0 {
			part.crash()
			for _, written := range log[claimed:] {
				for _, e := range written {
					must(t, part.replay(e.key, e.value, e.deadline))
				}
			}
		}
		part.begin()
		compare(t, seed, part, model, at(random.IntN(40)))
	}
	must(t, state.Close())
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// compare compares every way of reading with the model.
func compare(t *testing.T, seed uint64, part *partition, model map[string]modelled, until time.Time) {
	t.Helper()
	for _, prefix := range []string{"a", "b1", "zz"} {
		var want []string
		for _, key := range slices.Sorted(maps.Keys(model)) {
			if strings.HasPrefix(key, prefix) {
				want = append(want, key+"="+model[key].value)
			}
		}
		got, err := part.scan(prefix)
		must(t, err)
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Fatalf("seed %d: under %q (-want +got):\n%s", seed, prefix, diff)
		}
	}
	var due []string
	for key, m := range model {
		got, err := part.get(key)
		must(t, err)
		if string(got) != m.value {
			t.Fatalf("seed %d: %s is %q, want %q", seed, key, got, m.value)
		}
		if !m.deadline.IsZero() && !m.deadline.After(until) {
			due = append(due, key)
		}
	}
	slices.SortFunc(due, func(a, b string) int {
		return cmp.Or(model[a].deadline.Compare(model[b].deadline), strings.Compare(a, b))
	})
	const limit = 5
	got, err := part.due(until, limit)
	must(t, err)
	if diff := gocmp.Diff(due[:min(len(due), limit)], got); diff != "" {
		t.Fatalf("seed %d: due (-want +got):\n%s", seed, diff)
	}
}

func openStore(t *testing.T) *store.Store {
	t.Helper()
	opened, err := store.Open(t.TempDir(), store.DefaultConfig(), slog.New(slog.DiscardHandler))
	must(t, err)
	return opened
}
