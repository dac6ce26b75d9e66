package audit

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/scan"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// gap is a ledger entry with offsets that its stage skipped.
type gap struct {
	Difference

	// topic is without prefix; met is how many records the stage met there.
	topic string
	met   int64
}

// gapOf describes the skipped offsets of an entry. They lie after the records of the
// last entry with records and before the last record of this one.
func gapOf(e *avro.LedgerEntry, before *page) *gap {
	g := &gap{topic: rawTopicOf(e.Provider), met: e.Accepted + e.Replayed, Difference: Difference{
		Kind: KindSkipped, Topic: e.Topic, Partition: e.Partition, Offset: e.FromOffset, To: e.ToOffset, Skipped: e.SkippedOffsets,
		Since: e.Minute, Until: e.Minute.Add(time.Minute),
	}}
	if before != nil {
		g.Since, g.Offset = before.counted, before.to
	}
	return g
}

// asked reports whether a minute is within the requested span. The span that can be
// compared may be shorter.
func (a *auditor) asked(minute time.Time) bool {
	return !minute.Add(time.Minute).Before(a.config.From) && (a.config.To.IsZero() || minute.Before(a.config.To))
}

// readGaps lists the gaps. If the log still has a gap's offsets, only records count: an
// aborted replay leaves offsets without records.
func (a *auditor) readGaps(ctx context.Context, gaps []*gap) error {
	for _, g := range gaps {
		if g.Offset >= a.raw[g.topic].parts[g.Partition].start {
			there, err := a.countRecords(ctx, g)
			if err != nil {
				return err
			}
			if g.Skipped = there - g.met; g.Skipped <= 0 {
				continue
			}
		}
		a.report.differ(&g.Difference)
	}
	return nil
}

// countRecords counts the committed records in the log at a gap's offsets, without
// erasures, which are not part of the account.
func (a *auditor) countRecords(ctx context.Context, g *gap) (n int64, err error) {
	part := scan.Ranges{g.topic: {g.Partition: {From: g.Offset, To: g.To}}}
	err = a.each(ctx, "reading what a stage passed over", part, func(_ string, r *kgo.Record) error {
		if !isErasure(r) {
			n++
		}
		return nil
	})
	return n, err
}
