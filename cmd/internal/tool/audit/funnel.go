package audit

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// funnelSums are counts of the funnel that are equal at every level.
type funnelSums struct{ requested, verified, paid int64 }

func (s *funnelSums) add(r *avro.FunnelRow, sign int64) {
	s.requested += sign * r.Requested
	s.verified += sign * r.Verified
	s.paid += sign * r.Paid
}

// funnelGroup identifies the rows of one window and route at all levels.
type funnelGroup struct {
	window                             avro.FunnelWindow
	start                              time.Time
	provider, source, channel, country string
}

// funnelLevels are the sums of a group by level: country, area, block.
type funnelLevels struct {
	levels [3]funnelSums
	// newest is when the newest of the rows was made.
	newest time.Time
}

// readFunnel reads the funnel's rows, and the differences they are made from.
func (a *auditor) readFunnel(ctx context.Context) error {
	err := a.each(ctx, "reading the inputs of insights", a.stretches(schemas.InternalInsights), func(_ string, r *kgo.Record) error {
		if _, body, err := wire.Parse(r.Value); err != nil || (&avro.InsightsInput{}).DecodeAvro(body) != nil {
			a.unreadable(r)
		}
		return nil
	})
	if err != nil {
		return err
	}
	rows := map[uint64]*avro.FunnelRow{}
	a.funnel = map[funnelGroup]*funnelLevels{}
	return a.each(ctx, "reading the funnel", a.whole(schemas.InsightsFunnel), func(_ string, r *kgo.Record) error {
		key := a.hash(r.Key)
		if was := rows[key]; was != nil {
			a.addFunnel(was, -1)
			delete(rows, key)
		}
		if r.Value == nil {
			return nil
		}
		row := &avro.FunnelRow{}
		_, body, err := wire.Parse(r.Value)
		if err == nil {
			err = row.DecodeAvro(body)
		}
		if err == nil {
			rows[key] = row
			a.addFunnel(row, 1)
			return nil
		}
		a.unreadable(r)
		return nil
	})
}

func (a *auditor) addFunnel(r *avro.FunnelRow, sign int64) {
	group := funnelGroup{
		window: r.Window, start: r.WindowStart, provider: r.Provider, source: r.Source, channel: string(r.Channel.Value), country: r.Country.Value,
	}
	levels := a.funnel[group]
	if levels == nil {
		levels = &funnelLevels{}
		a.funnel[group] = levels
	}
	switch r.Level {
	case avro.FunnelLevelCountry:
		levels.levels[0].add(r, sign)
	case avro.FunnelLevelArea:
		levels.levels[1].add(r, sign)
	case avro.FunnelLevelBlock:
		levels.levels[2].add(r, sign)
	default:
	}
	if r.ProcessedAt.After(levels.newest) {
		levels.newest = r.ProcessedAt
	}
}

// funnelInFlight is how old rows are at least that the audit compares: the rows of one
// transaction are in many partitions, whose ends are not read at the same time.
const funnelInFlight = time.Minute

// concludeFunnel compares the sums of each window and route at the three levels.
func (a *auditor) concludeFunnel() {
	out := &a.report.Funnel
	for group, levels := range a.funnel {
		if levels.newest.After(a.cut.at.Add(-funnelInFlight)) {
			out.InFlight++
			continue
		}
		out.Windows++
		for _, level := range levels.levels[1:] {
			if level != levels.levels[0] {
				out.Differences++
				a.report.differ(&Difference{
					Kind: KindFunnel, Topic: schemas.InsightsFunnel, Partition: -1, Offset: -1,
					Key:      string(group.window) + "/" + group.start.UTC().Format(time.RFC3339) + "/" + group.country,
					Expected: levels.levels[0].requested, Applied: level.requested,
				})
				break
			}
		}
	}
}
