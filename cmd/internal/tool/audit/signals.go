package audit

import (
	"context"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// readSignals checks that each signal is readable under its own key and that its revision
// goes up until its tombstone.
func (a *auditor) readSignals(ctx context.Context) error {
	if len(a.cut.ends[schemas.Signals]) == 0 {
		return nil
	}
	revisions := map[uint64]int64{}
	return a.each(ctx, "reading signals", a.whole(schemas.Signals), func(_ string, r *kgo.Record) error {
		a.insightsEmitted = true
		key := a.hash(r.Key)
		if r.Value == nil {
			delete(revisions, key)
			return nil
		}
		var s avro.Signal
		_, body, err := wire.Parse(r.Value)
		if err == nil {
			err = s.DecodeAvro(body)
		}
		switch {
		case err != nil || s.SignalID != string(r.Key):
			a.unreadable(r)
		case s.Revision <= revisions[key]:
			a.report.differ(&Difference{
				Kind: KindRevision, Topic: r.Topic, Partition: r.Partition, Offset: r.Offset, Missing: "a revision above the one before",
				Key: s.SignalID, Expected: revisions[key] + 1, Applied: s.Revision,
			})
		}
		revisions[key] = s.Revision
		return nil
	})
}
