package rollup

import (
	"time"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/insights/funnel"
	"github.com/tributary-hq/tributary/processor/insights/rates"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// recordSize is the usual size of a row.
const recordSize = 384

// emit emits the rows that changed, with amounts converted by a table. A row without anything in it is withdrawn.
func (n *node) emit(tx stage.Tx, table *rates.Table) error {
	for i := range n.rows {
		r := &n.rows[i]
		changed := r.changed
		r.changed = false
		switch {
		case !changed || !n.shown:
		case r.IsZero():
			if r.emitted {
				n.withdraw(tx, r)
			}
		default:
			r.revision = entity.NextRevision(tx, r.revision)
			r.emitted = true
			id := n.appendID(tx.Buffer(idSize), r.route)
			record := n.record(r, statecodec.View(id), tx.WallClock(), table)
			if err := entity.Emit(tx, schemas.InsightsFunnel, id, record, recordSize, nil); err != nil {
				return err //nolint:wrapcheck // names the topic
			}
		}
	}
	return nil
}

// withdraw emits the tombstone of a row.
func (n *node) withdraw(tx stage.Tx, r *row) {
	r.emitted = false
	tx.Emit(stage.Output{Topic: schemas.InsightsFunnel, Key: n.appendID(tx.Buffer(idSize), r.route)})
}

// idSize is the usual size of a row's key.
const idSize = 96

// appendID appends the key of a row.
func (n *node) appendID(dst []byte, of route) []byte {
	name, text := n.shownPlace()
	dst = append(append(dst, n.kind.name()...), '/')
	dst = append(n.begin().AppendFormat(dst, "2006-01-02T15:04Z"), '/')
	dst = append(append(dst, name...), '/')
	for _, part := range [...]string{n.country, text, of.provider, of.source} {
		dst = append(append(dst, part...), '/')
	}
	return append(dst, of.channel...)
}

// shownPlace returns the level and the place of the node's rows. Different nodes have
// different ones: the text of a rest begins with a star.
func (n *node) shownPlace() (name avro.FunnelLevel, text string) {
	switch n.level {
	case countryLevel:
		return avro.FunnelLevelCountry, ""
	case areaLevel:
		return avro.FunnelLevelArea, n.text
	case areaRest:
		return avro.FunnelLevelArea, "*"
	case blockLevel:
		return avro.FunnelLevelBlock, n.text
	default:
		return avro.FunnelLevelBlock, "*" + n.text
	}
}

// record returns the record of a row, its amounts converted by a table of rates.
func (n *node) record(r *row, id string, at time.Time, table *rates.Table) *avro.FunnelRow {
	name, _ := n.shownPlace()
	record := &avro.FunnelRow{
		FunnelID: id, Window: n.kind.name(), WindowStart: n.begin(), WindowEnd: n.end(), Level: name,
		Provider: r.provider, Source: r.source, Channel: text(r.channel), Country: text(n.country),
		Requested: r.Counts[funnel.Requested], Sent: r.Counts[funnel.Sent], Delivered: r.Counts[funnel.Delivered],
		Verified: r.Counts[funnel.Verified], Expired: r.Counts[funnel.Expired], Failed: r.Counts[funnel.Failed], Untracked: r.Counts[funnel.Untracked],
		Paid: r.Counts[funnel.Paid], Refunded: r.Counts[funnel.Refunded], CostUnknown: r.Counts[funnel.CostUnknown],
		Channels: funnel.AppendChannels(nil, &r.Sums), Revision: r.revision, ProcessedAt: at,
	}
	switch n.level {
	case areaLevel, blockRest:
		record.Area = text(n.text)
	case blockLevel:
		record.Area, record.Block = text(n.area), text(n.text)
	default:
	}
	for _, c := range r.Costs {
		cost := avro.FunnelCost{Currency: text(c.Currency), Known: c.Known, CostMinor: c.Minor}
		if a, ok := table.Convert(c.Minor, c.Currency); ok {
			cost.CostConvertedMinor, cost.ConvertedCurrency = avro.Some(a.Minor), avro.Some(a.Currency)
			cost.Rate, cost.RateAsOf = avro.Some(a.Rate), avro.Some(a.AsOf)
		}
		record.Costs = append(record.Costs, cost)
	}
	for _, m := range r.Revenue {
		money := avro.FunnelRevenue{Currency: m.Currency, GrossMinor: m.Gross, RefundedMinor: m.RefundMinor, NetMinor: m.Gross - m.RefundMinor}
		if a, ok := table.Convert(money.NetMinor, m.Currency); ok {
			money.NetConvertedMinor, money.ConvertedCurrency = avro.Some(a.Minor), avro.Some(a.Currency)
			money.Rate, money.RateAsOf = avro.Some(a.Rate), avro.Some(a.AsOf)
		}
		record.Revenue = append(record.Revenue, money)
	}
	if count := r.numbers.count(); count > 0 {
		record.Numbers = avro.Some(count)
	}
	for _, q := range [...]struct {
		to    *avro.Optional[int64]
		times []funnel.Tally[int32]
		share float64
	}{
		{&record.TimeToVerifyP50Ms, r.VerifyTimes, 0.5},
		{&record.TimeToVerifyP90Ms, r.VerifyTimes, 0.9},
		{&record.TimeToVerifyP99Ms, r.VerifyTimes, 0.99},
		{&record.VerifiedToCapturedP50Ms, r.CaptureTimes, 0.5},
		{&record.VerifiedToCapturedP90Ms, r.CaptureTimes, 0.9},
		{&record.VerifiedToCapturedP99Ms, r.CaptureTimes, 0.99},
	} {
		if ms, ok := funnel.Quantile(q.times, q.share); ok {
			*q.to = avro.Some(ms)
		}
	}
	return record
}

func text[T ~string](s T) avro.Optional[T] { return avro.Optional[T]{Value: s, Set: s != ""} }
