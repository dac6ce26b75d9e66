package audit

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/audit/funnelsum"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// readFunnel reads the funnel's rows, and the differences they are made from.
func (a *auditor) readFunnel(ctx context.Context) error {
	a.funnel = funnelsum.New()
	if err := a.readDifferences(ctx); err != nil {
		return err
	}
	rows := map[uint64]*avro.FunnelRow{}
	return a.each(ctx, "reading the funnel", a.whole(schemas.InsightsFunnel), func(_ string, r *kgo.Record) error {
		a.insightsEmitted = true
		key := a.hash(r.Key)
		if was := rows[key]; was != nil {
			a.funnel.Row(was, -1)
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
			a.funnel.Row(row, 1)
			return nil
		}
		a.unreadable(r)
		return nil
	})
}

// readDifferences reads the inputs of insights. Where the topic has lost its begin, to retention or
// to the span, days before the first record read are not compared with them.
func (a *auditor) readDifferences(ctx context.Context) error {
	ranges := a.stretches(schemas.InternalInsights)
	first := map[int32]bool{}
	return a.each(ctx, "reading the inputs of insights", ranges, func(_ string, r *kgo.Record) error {
		if !first[r.Partition] && ranges[schemas.InternalInsights][r.Partition].From > 0 {
			// The clocks of two providers differ by less than that.
			if since := r.Timestamp.Add(time.Hour); since.After(a.funnelSince) {
				a.funnelSince = since
			}
		}
		first[r.Partition] = true
		var input avro.InsightsInput
		_, body, err := wire.Parse(r.Value)
		if err == nil {
			err = input.DecodeAvro(body)
		}
		if err == nil && input.Kind == avro.InsightsInputKindFunnel {
			err = a.funnel.Differences(&input.Funnel.Value, r.Timestamp)
		}
		if err != nil {
			a.unreadable(r)
		}
		return nil
	})
}

// concludeFunnel compares the sums of each window and route.
func (a *auditor) concludeFunnel() {
	result := a.funnel.Conclude(a.cut.at, a.funnelSince)
	out := &a.report.Funnel
	out.Windows, out.InFlight, out.Differences = result.Compared, result.InFlight, int64(len(result.Differences))
	for _, d := range result.Differences {
		a.report.differ(&Difference{
			Kind: KindFunnel, Topic: schemas.InsightsFunnel, Partition: -1, Offset: -1, Key: d.Key, Missing: d.Missing, Expected: d.Expected, Applied: d.Found,
		})
	}
}
