package audit

import (
	"context"

	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// checkCut lists the differences visible in the committed offsets alone: an offset
// below the log start (retention has deleted unread records) and one beyond the end of
// the log.
func (a *auditor) checkCut() {
	for _, stage := range processor.StageNames() {
		topics, _ := processor.TopicsOf(stage)
		name := a.config.Names.Topic(topics.Input)
		for p, at := range sorted(a.cut.committed[topics.Input]) {
			start, end := a.cut.starts[topics.Input][p], a.cut.ends[topics.Input][p]
			switch {
			case at >= 0 && at < start:
				a.report.differ(&Difference{Kind: KindSkipped, Topic: name, Partition: p, Offset: at, To: start, Skipped: start - at})
			case at > end:
				a.report.differ(&Difference{Kind: KindBeyondEnd, Topic: name, Partition: p, Offset: end, To: at, Group: a.config.Names.Group(stage)})
			}
		}
	}
}

// concludePositions compares the outcomes read with the committed offsets. A
// transaction commits an outcome together with the offset after its record, so a
// committed offset at or below the record of an outcome was set back, or its group was
// deleted or expired.
func (a *auditor) concludePositions(ctx context.Context) error {
	for _, stage := range processor.StageNames() {
		topics, _ := processor.TopicsOf(stage)
		behind := map[int32]int64{}
		if p := a.raw[topics.Input]; p != nil {
			for partition, at := range p.parts {
				if at.handled > max(0, a.cut.committed[topics.Input][partition]) {
					behind[partition] = at.handled
				}
			}
		} else if len(a.cut.committed[topics.Input]) > 0 && a.hasNoPosition(topics.Input) && a.hasWorked(topics.Input) {
			// The outputs of an internal topic's records do not name their input
			// offset, so only the partitions are listed.
			for partition, start := range a.cut.starts[topics.Input] {
				if start < a.cut.ends[topics.Input][partition] {
					behind[partition] = -1
				}
			}
		}
		if len(behind) == 0 {
			continue
		}
		// The stage may have committed further offsets since the cut.
		committed, err := a.committed(ctx, a.config.Names.Group(stage))
		if err != nil {
			return err
		}
		name := a.config.Names.Topic(topics.Input)
		for partition, handled := range sorted(behind) {
			at := int64(-1)
			if now, ok := committed.Lookup(name, partition); ok {
				at = now.At
			}
			if at < 0 || at < handled {
				a.report.differ(&Difference{
					Kind: KindSetBack, Topic: name, Partition: partition, Offset: at, To: handled, Group: a.config.Names.Group(stage),
				})
			}
		}
	}
	return nil
}

// hasNoPosition says whether a group has committed nothing at all of its input.
func (a *auditor) hasNoPosition(input string) bool {
	for _, at := range a.cut.committed[input] {
		if at >= 0 {
			return false
		}
	}
	return true
}

// hasWorked says whether the stage of an internal topic has emitted anything.
func (a *auditor) hasWorked(input string) bool {
	switch input {
	case schemas.InternalInsights:
		return a.insightsEmitted
	case schemas.InternalJourney:
		for _, x := range a.journeys.known {
			if x.flags&(snapped|ended) != 0 {
				return true
			}
		}
	case schemas.InternalUnibell:
		for _, x := range a.entities[raw.ProviderUnibell].known {
			if x.flags&(snapped|ended|beyond) != 0 {
				return true
			}
		}
	}
	return false
}
