package state_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stage/state"
)

type visit struct {
	Pages int       `json:"pages"`
	Last  time.Time `json:"last"`
}

// TestTablesAreMaps puts, deletes, gets and scans in two tables whose names begin alike,
// and compares each with a map.
func TestTablesAreMaps(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tx := newMemory()
		names := []string{"a", rapid.SampledFrom([]string{"a\x00", "a\x00\x01", "ab", "b"}).Draw(t, "name")}
		var tables []*state.Table[string, int64]
		models := []map[string]int64{{}, {}}
		for _, name := range names {
			tables = append(tables, state.Of(name, state.StringKey(), state.Varint()))
		}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			n, key := rapid.IntRange(0, 1).Draw(t, "table"), anyText.Draw(t, "key")
			table, model := tables[n], models[n]
			switch rapid.IntRange(0, 3).Draw(t, "step") {
			case 0:
				table.Delete(tx, key)
				delete(model, key)
			case 1:
				got, found, err := table.Get(tx, key)
				if want, exists := model[key]; err != nil || found != exists || got != want {
					t.Fatalf("Get(%q) = %d, %t, %v, want %d, %t", key, got, found, err, want, exists)
				}
			default:
				model[key] = rapid.Int64().Draw(t, "value")
				if err := table.Put(tx, key, model[key], time.Time{}); err != nil {
					t.Fatal(err)
				}
			}
		}
		for n, table := range tables {
			checkScan(t, tx, table, models[n])
		}
	})
}

func checkScan(t *rapid.T, tx *memory, table *state.Table[string, int64], model map[string]int64) {
	prefix := anyText.Draw(t, "prefix")
	prefix = prefix[:min(1, len(prefix))]
	var got, want []string
	for _, k := range slices.Sorted(maps.Keys(model)) {
		if strings.HasPrefix(k, prefix) {
			want = append(want, k)
		}
	}
	err := table.Scan(tx, state.StringPrefix(prefix), func(k string, v int64) bool {
		if got = append(got, k); v != model[k] {
			t.Fatalf("Scan yields %d under %q, want %d", v, k, model[k])
		}
		return true
	})
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Fatalf("Scan(%q): %v, keys (-want, +got):\n%s", prefix, err, diff)
	}
}

func TestTimer(t *testing.T) {
	t.Parallel()
	tx := newMemory()
	visits, others := state.Of("visits", state.StringKey(), state.JSON[visit]()), state.Of("others", state.StringKey(), state.Varint())
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := visits.Put(tx, "alice", visit{Pages: 1, Last: at}, at.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	for entry, stored := range tx.entries {
		if key, found := visits.Key([]byte(entry)); !found || key != "alice" || !stored.timer.Equal(at.Add(time.Hour)) {
			t.Errorf("the timer of %q is %v", key, stored.timer)
		}
		if key, found := others.Key([]byte(entry)); found {
			t.Errorf("another table takes the entry for its key %q", key)
		}
		if key, found := visits.Key([]byte(entry + "\x00")); found {
			t.Errorf("a longer entry is read as key %q", key)
		}
	}
	if got, found, err := visits.Get(tx, "alice"); err != nil || !found || got != (visit{Pages: 1, Last: at}) {
		t.Errorf("Get() = %v, %t, %v", got, found, err)
	}
}

func TestScanOfAPairsFirstPart(t *testing.T) {
	t.Parallel()
	tx := newMemory()
	orders := state.Of("orders", state.PairKey(state.StringKey(), state.Int64Key()), state.String())
	for _, k := range []state.Pair[string, int64]{{"alice", 10}, {"alice", -1}, {"alice", 9}, {"alicea", 1}, {"bob", 1}} {
		if err := orders.Put(tx, k, "x", time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	var got []int64
	err := orders.Scan(tx, state.StringKey().Append(nil, "alice"), func(k state.Pair[string, int64], _ string) bool {
		got = append(got, k.Second)
		return k.Second < 9
	})
	if diff := cmp.Diff([]int64{-1, 9}, got); err != nil || diff != "" {
		t.Errorf("%v, (-want, +got):\n%s", err, diff)
	}
}

// TestVersions reads a value of an earlier format and refuses one of a later format.
func TestVersions(t *testing.T) {
	t.Parallel()
	tx := newMemory()
	first := state.Of("counts", state.StringKey(), state.Varint())
	second := state.Of("counts", state.StringKey(), state.JSON[visit]().After(func(src []byte) (visit, error) {
		pages, err := state.Varint().Parse(src)
		return visit{Pages: int(pages)}, err
	}))
	if err := first.Put(tx, "alice", 7, time.Time{}); err != nil {
		t.Fatal(err)
	}
	got, _, err := second.Get(tx, "alice")
	if err != nil || got.Pages != 7 {
		t.Fatalf("an earlier format is read as %v, %v", got, err)
	}
	if err := second.Put(tx, "alice", got, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if got, found, err := first.Get(tx, "alice"); found || !errors.Is(err, stage.ErrNewerState) {
		t.Errorf("a later format is read as %v, %v, want ErrNewerState", got, err)
	}
	if err := first.Scan(tx, nil, func(string, int64) bool { return true }); !errors.Is(err, stage.ErrNewerState) {
		t.Errorf("Scan() of a later format = %v, want ErrNewerState", err)
	}
}

func TestUnreadable(t *testing.T) {
	t.Parallel()
	tx := newMemory()
	table := state.Of("t", state.Int64Key(), state.Varint())
	if err := table.Put(tx, 1, 1, time.Time{}); err != nil {
		t.Fatal(err)
	}
	for entry := range tx.entries {
		for name, value := range map[string]string{"empty": "", "version 0": "\x00\x02", "cut": "\x01", "long": "\x01\x02\x02"} {
			tx.entries[entry].value = append([]byte{}, value...)
			if v, found, err := table.Get(tx, 1); err == nil || found {
				t.Errorf("%s: read as %d", name, v)
			}
		}
		tx.Delete([]byte(entry))
		tx.Put([]byte(entry+"\x00"), []byte("\x01\x02"), time.Time{})
		if err := table.Scan(tx, nil, func(int64, int64) bool { return true }); err == nil {
			t.Error("Scan() accepts a key that is too long")
		}
	}
}
