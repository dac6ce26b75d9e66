package ledger_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/schemas/avro"
)

// TestHeartbeat: a partition without any record has an entry for each minute from its
// first watermark, and the first record continues the series.
func TestHeartbeat(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	if got := advance(t, m, 30*time.Second); len(got) != 0 {
		t.Fatalf("entries of an open minute: %+v", got)
	}
	got := append(advance(t, m, time.Minute), advance(t, m, 3*time.Minute)...)
	got = append(got, feed(t, m, record(7, 4*time.Minute, "shop", "decoded"))...)
	got = append(got, advance(t, m, 5*time.Minute)...)
	var want []avro.LedgerEntry
	for i := range 5 {
		want = append(want, avro.LedgerEntry{
			Provider: "lox24", Topic: "x.raw.lox24.v1", Sequence: int64(i + 1), Minute: noon(time.Duration(i) * time.Minute), ProcessedAt: noon(100 * time.Hour),
		})
	}
	shop := avro.LedgerSource{Source: "shop", Accepted: 1, Decoded: 1}
	want[4].FromOffset, want[4].ToOffset = 7, 8
	want[4].Sources = []avro.LedgerSource{shop}
	want[4].Accepted, want[4].Decoded, want[4].TotalAccepted, want[4].TotalDecoded = 1, 1, 1, 1
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
}

// TestLongGap: a jump of more than a day has entries for its last day alone, so that a
// wrong time cannot fill the topic.
func TestLongGap(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	m := newMemoryAt(t, func() time.Time { return noon(100 * day) })
	feed(t, m, record(0, 0, "shop", "decoded"))
	got := feed(t, m, record(1, 60*day, "shop", "decoded"))
	if len(got) != 1+24*60 || !got[0].Minute.Equal(noon(0)) || !got[1].Minute.Equal(noon(59*day)) || !got[len(got)-1].Minute.Equal(noon(60*day-time.Minute)) {
		t.Errorf("%d entries, from %s and %s to %s", len(got), got[0].Minute, got[1].Minute, got[len(got)-1].Minute)
	}
}

// TestReplayGivesTheSameEntries: entries are a function of the records, but for
// processed_at: it makes no difference whether the watermark of an idle partition
// advanced in between, or another process took the partition over.
func TestReplayGivesTheSameEntries(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		live, replay := newMemory(t), newMemory(t)
		at, end := time.Duration(0), time.Duration(0)
		var got, want []avro.LedgerEntry
		for offset := range int64(rapid.IntRange(1, 20).Draw(r, "records")) {
			next := at + time.Duration(rapid.IntRange(0, 400).Draw(r, "gap"))*time.Second
			for at < next && rapid.Bool().Draw(r, "idle") {
				at = min(next, at+time.Duration(rapid.IntRange(1, 200).Draw(r, "advance"))*time.Second)
				if offset > 0 { // the entries before the first record are the wall clock's
					got = append(got, advance(t, live, at)...)
				}
			}
			at = next
			in := record(offset, at, "shop", rapid.SampledFrom([]string{"decoded", "duplicate", "stale"}).Draw(r, "body"))
			got, want = append(got, feed(t, live, in)...), append(want, feed(t, replay, in)...)
			if rapid.Bool().Draw(r, "takeover") {
				live = live.Fork(newStage())
			}
			end = at
		}
		got, want = append(got, advance(t, live, end+time.Hour)...), append(want, advance(t, replay, end+time.Hour)...)
		if diff := cmp.Diff(want, got); diff != "" {
			r.Errorf("entries (-replay +live):\n%s", diff)
		}
	})
}
