package dedupe_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/stage/dedupe"
	"github.com/tributary-hq/tributary/processor/statecodec"
)

// TestSequence: of an event that is no longer remembered a sequence says that it may have
// been forgotten; of one that is numbered above all that were seen a span ago, never.
func TestSequence(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		var s dedupe.Sequence
		seen := map[uint64]time.Time{}
		now := at(0)
		for range rapid.IntRange(1, 60).Draw(r, "events") {
			now = now.Add(time.Duration(rapid.IntRange(0, 60).Draw(r, "hours")) * time.Hour)
			number := rapid.Uint64Range(0, 50).Draw(r, "number")
			told := s.Forgotten(number, now, span)
			first, known := seen[number]
			old := false
			for other, when := range seen {
				old = old || other >= number && now.Sub(when) >= span
			}
			switch {
			case known && number > 0 && now.Sub(first) > dedupe.KeptInSequence(span) && !told:
				r.Fatalf("number %d, seen %s ago, passes for new", number, now.Sub(first))
			case told && !old:
				r.Fatalf("number %d passes for forgotten, and nothing above it was seen a span ago", number)
			}
			if !known && !told {
				seen[number] = now
				s.Add(number, now, span)
			}
			reader, _ := statecodec.NewReader(s.AppendTo([]byte{1}), 1)
			var again dedupe.Sequence
			again.ReadFrom(reader)
			if reader.Done() != nil || again != s {
				r.Fatalf("read %+v, wrote %+v: %v", again, s, reader.Done())
			}
		}
	})
}
