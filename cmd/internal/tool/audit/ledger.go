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
	l := ledgerReader{auditor: a, last: map[string]*page{}}
	if err := a.each(ctx, "reading the ledger", a.whole(schemas.Ledger), l.take); err != nil {
		return err
	}
	return a.readGaps(ctx, l.gaps)
}

// ledgerReader compares the entries of the ledger one by one.
type ledgerReader struct {
	*auditor

	// last is the last entry by key of the ledger's records: stage and partition.
	last map[string]*page
	gaps []*gap
}

func (l *ledgerReader) take(_ string, r *kgo.Record) error {
	var e avro.LedgerEntry
	_, body, err := wire.Parse(r.Value)
	if err == nil {
		err = e.DecodeAvro(body)
	}
	if err != nil {
		l.unreadable(r)
		return nil //nolint:nilerr // a difference, and no failure
	}
	p := l.raw[rawTopicOf(e.Provider)]
	if p == nil || e.Topic != p.topic || p.parts[e.Partition] == nil {
		return nil
	}
	key := string(r.Key)
	l.follow(&e, l.last[key])
	next := &page{e.Sequence, e.ToOffset, e.Minute, e.Minute}
	if before := l.last[key]; before != nil && e.FromOffset == e.ToOffset {
		next.counted = before.counted
	}
	l.last[key] = next
	if at := p.parts[e.Partition]; e.FromOffset >= at.low && e.ToOffset <= at.high {
		l.compare(&e, at)
	}
	return nil
}

// follow checks that an entry follows the one before, which may be nil, and keeps the gap that it
// reports.
func (l *ledgerReader) follow(e *avro.LedgerEntry, before *page) {
	if before != nil && e.Sequence != 1 {
		if e.Sequence != before.sequence+1 || e.FromOffset != before.to {
			l.differ(e, "the ledger's entry before", e.Sequence, before.sequence+1)
		}
		if !e.Minute.After(before.minute) {
			l.differ(e, "the ledger's minute after the one before", e.Minute.Unix()/60, before.minute.Unix()/60+1)
		}
	}
	if e.SkippedOffsets > 0 && l.asked(e.Minute) {
		l.gaps = append(l.gaps, gapOf(e, before))
	}
}

// compare compares the counts of an entry with the audit's own.
func (l *ledgerReader) compare(e *avro.LedgerEntry, at *part) {
	l.report.Ledger.Entries++
	// Records that had no outcome when the entry was written may have got one
	// since, by a rebuild (tributary reset --missing).
	since := e.Unaccounted
	for _, c := range []struct {
		count string
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
			l.differ(e, c.count, c.there, here)
		}
	}
	l.report.Ledger.Records += e.Accepted + e.Replayed
	l.report.Ledger.Missed += e.MissedAttempts - e.MissedAttemptsWithdrawn
}

// differ reports that the ledger has one number for an entry's offsets and the audit another.
func (l *ledgerReader) differ(e *avro.LedgerEntry, count string, there, here int64) {
	l.report.Ledger.Differences++
	l.report.differ(&Difference{
		Kind: KindLedger, Topic: e.Topic, Partition: e.Partition, Offset: e.FromOffset, To: e.ToOffset, Missing: count, Expected: here, Applied: there,
	})
}
