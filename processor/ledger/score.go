package ledger

import (
	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/insights/logbucket"
	"github.com/tributary-hq/tributary/processor/insights/scorecard"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/tolerance"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// The counters of the scorecard, by source: payments whose phase went back, and payments
// whose phases contradict each other; a payment that no longer does counts -1.
const (
	CounterRegressions = "regressions"
	CounterConflicts   = "conflicts"
)

// scoreSize is the usual size of the counts of a minute, in bytes.
const scoreSize = 256

// score counts a record for the scorecard of the provider.
func (s *Stage) score(b *state, how ending, event stage.Event) {
	if !s.scores {
		return
	}
	switch how {
	case endedDecoded:
		b.scored.Facts++
		if fact, ok := event.(stage.Timed); ok {
			if at := fact.Times(); !at.Event.IsZero() && !at.Ingested.IsZero() {
				b.scored.Late(logbucket.Of(at.Ingested.Sub(at.Event)), 1)
			}
		}
	case endedDuplicate:
		b.scored.Duplicates++
	case endedDeadLetter:
		b.scored.DeadLetters++
	case endedUnaccounted: // a fault of ours
	}
}

// scoreCount adds a count of the wrapped stage.
func (s *Stage) scoreCount(b *state, c *stage.Count) {
	if !s.scores {
		return
	}
	switch c.Name {
	case CounterMissed:
		b.scored.Missed += c.N
	case CounterMissedWithdrawn:
		b.scored.Missed -= c.N
	case CounterRegressions:
		b.scored.Regressions += c.N
	case CounterConflicts:
		b.scored.Conflicts += c.N
	case tolerance.CounterUnknown:
		b.scored.Unknown += c.N
	}
}

// emitScore sends the counts of the minute that is closed to the insights stage.
func (s *Stage) emitScore(tx stage.Tx, b *state) error {
	if b.scored.IsZero() {
		return nil
	}
	c := &b.scored
	counts := avro.ProviderCounts{
		Provider: s.provider, ReceivedMinute: b.begun, Decoded: c.Facts, Duplicates: c.Duplicates, DeadLetters: c.DeadLetters,
		MissedAttempts: c.Missed, Regressions: c.Regressions, Conflicts: c.Conflicts, UnknownNames: c.Unknown, Lateness: make([]avro.ProviderLateness, len(c.Lateness)),
	}
	for i, l := range c.Lateness {
		counts.Lateness[i] = avro.ProviderLateness{LatenessBucket: l.Bucket, LateFacts: l.N}
	}
	b.scored = scorecard.Counts{}
	input := avro.InsightsInput{Kind: avro.InsightsInputKindProvider, ProviderCounts: avro.Some(counts)}
	key := append(tx.Buffer(len(s.provider)), s.provider...)
	return entity.Emit(tx, schemas.InternalInsights, key, &input, scoreSize, nil)
}
