package ledger_test

import (
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// TestErasuresAreNoPartOfTheAccount: they are neither counted nor offsets that held
// nothing, wherever they lie.
func TestErasuresAreNoPartOfTheAccount(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	erasure := func(offset int64, at time.Duration) {
		in := record(offset, at, "forget", "")
		in.Headers = raw.Append[stage.Header](nil, &raw.Envelope{Source: "forget", Provider: "lox24", Kind: raw.KindErasure, ReceivedAt: noon(at)})
		in.Value = nil
		if _, err := m.Feed(in); err != nil {
			t.Fatal(err)
		}
	}
	erasure(0, 0)
	var told []avro.LedgerEntry
	for i, offset := range []int64{1, 3, 5} {
		out, err := m.Feed(record(offset, time.Duration(i)*time.Minute, "shop", "decoded"))
		if err != nil {
			t.Fatal(err)
		}
		told = append(told, entries(t, out)...)
		erasure(offset+1, time.Duration(i)*time.Minute)
	}
	out, err := m.Feed(record(7, time.Hour, "shop", "decoded"))
	if err != nil {
		t.Fatal(err)
	}
	told = append(told, entries(t, out)...)
	var accepted, to int64
	for i := range told {
		e := &told[i]
		accepted += e.TotalAccepted - accepted
		to = e.ToOffset
		if e.SkippedOffsets != 0 || len(e.Sources) > 1 || e.TotalUnaccounted != 0 {
			t.Errorf("entry %+v: an erasure is counted", e)
		}
	}
	if len(told) != 60 || accepted != 3 || to != 7 {
		t.Errorf("%d entries of %d records up to offset %d, want 60 of 3 up to 7", len(told), accepted, to)
	}
}
