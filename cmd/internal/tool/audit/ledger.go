package audit

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/audit/offsetset"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// page is the last ledger entry of a partition. counted is the minute of its last entry
// with records.
type page struct {
	sequence, to    int64
	minute, counted time.Time
}

// readLedger compares the ledger's entries with the audit's own counts, for entries
// whose records are all within the compared offsets. The ledger is read from its start,
// because skipped offsets are usually older than the span.
func (a *auditor) readLedger(ctx context.Context) error {
	if len(a.cut.ends[schemas.Ledger]) == 0 {
		return nil
	}
	last := map[string]*page{}
	var gaps []*gap
	err := a.each(ctx, "reading the ledger", a.whole(schemas.Ledger), func(_ string, r *kgo.Record) error {
		var e avro.LedgerEntry
		_, body, err := wire.Parse(r.Value)
		if err == nil {
			err = e.DecodeAvro(body)
		}
		if err != nil {
			a.unreadable(r)
			return nil //nolint:nilerr // a difference, and no failure
		}
		p := a.raw[rawTopicOf(e.Provider)]
		if p == nil || e.Topic != p.topic || p.parts[e.Partition] == nil {
			return nil
		}
		at := p.parts[e.Partition]
		differ := func(what string, there, here int64) {
			a.report.Ledger.Differences++
			a.report.differ(&Difference{
				Kind: KindLedger, Topic: p.topic, Partition: e.Partition, Offset: e.FromOffset, To: e.ToOffset, Missing: what, Expected: here, Applied: there,
			})
		}
		key := string(r.Key)
		if before := last[key]; before != nil && e.Sequence != 1 {
			if e.Sequence != before.sequence+1 || e.FromOffset != before.to {
				differ("the ledger's entry before", e.Sequence, before.sequence+1)
			}
			if !e.Minute.After(before.minute) {
				differ("the ledger's minute after the one before", e.Minute.Unix()/60, before.minute.Unix()/60+1)
			}
		}
		if e.SkippedOffsets > 0 && a.asked(e.Minute) {
			gaps = append(gaps, gapOf(&e, last[key]))
		}
		now := &page{e.Sequence, e.ToOffset, e.Minute, e.Minute}
		if before := last[key]; before != nil && e.FromOffset == e.ToOffset {
			now.counted = before.counted
		}
		last[key] = now
		if e.FromOffset < at.low || e.ToOffset > at.high {
			return nil
		}
		a.report.Ledger.Entries++
		// Records that had no outcome when the entry was written may have got one
		// since, by a rebuild (tributary reset --missing).
		since := e.Unaccounted
		for _, c := range []struct {
			what  string
			there int64
			here  *offsetset.Marks
		}{
			{"accepted", e.Accepted + e.Replayed, at.raw},
			{"decoded", e.Decoded, at.outcomes[decoded]},
			{"duplicates", e.Duplicates, at.outcomes[duplicate]},
			{"dead_letters", e.DeadLetters, at.outcomes[deadLetter]},
		} {
			here := c.here.Within(e.FromOffset, e.ToOffset)
			if more := here - c.there; c.here != at.raw && more > 0 && more <= since {
				since -= more
				continue
			}
			if here != c.there {
				differ(c.what, c.there, here)
			}
		}
		a.report.Ledger.Records += e.Accepted + e.Replayed
		a.report.Ledger.Missed += e.MissedAttempts - e.MissedAttemptsWithdrawn
		return nil
	})
	if err != nil {
		return err
	}
	return a.readGaps(ctx, gaps)
}
