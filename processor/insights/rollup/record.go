package rollup

import (
	"time"

	"github.com/tributary-hq/tributary/processor/insights/funnel"
	"github.com/tributary-hq/tributary/processor/insights/rates"
	"github.com/tributary-hq/tributary/processor/insights/wilson"
	"github.com/tributary-hq/tributary/schemas/avro"
)

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
	setShares(record)
	setCosts(record, r.Costs, table)
	setRevenue(record, r.Revenue, table)
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

// setShares sets the shares of the counts, with their intervals.
func setShares(record *avro.FunnelRow) {
	for _, share := range [...]struct {
		n, of         int64
		to, low, high *avro.Optional[float64]
	}{
		{record.Verified, record.Requested - record.Untracked, &record.Conversion, &record.ConversionLow, &record.ConversionHigh},
		{record.Paid, record.Requested, &record.PaidShare, &record.PaidShareLow, &record.PaidShareHigh},
	} {
		if share.of > 0 {
			low, high := wilson.Interval(share.n, share.of)
			*share.to = avro.Some(float64(share.n) / float64(share.of))
			*share.low, *share.high = avro.Some(low), avro.Some(high)
		}
	}
}

// per returns a cost per user: null without users, and if the cost of some codes is unknown.
func per(minor, users, unknown int64) avro.Optional[float64] {
	if users <= 0 || unknown != 0 {
		return avro.Optional[float64]{}
	}
	return avro.Some(float64(minor) / float64(users))
}

// setCosts sets the costs by currency and those of the whole row.
func setCosts(record *avro.FunnelRow, costs []funnel.Cost, table *rates.Table) {
	var total rates.Sum
	for _, c := range costs {
		cost := avro.FunnelCost{
			Currency: text(c.Currency), Known: c.Known, CostMinor: c.Minor,
			CostPerVerifiedMinor: per(c.Minor, record.Verified, record.CostUnknown), CostPerPaidMinor: per(c.Minor, record.Paid, record.CostUnknown),
		}
		a, ok := table.Convert(c.Minor, c.Currency)
		if ok {
			cost.CostConvertedMinor, cost.ConvertedCurrency = avro.Some(a.Minor), avro.Some(a.Currency)
			cost.Rate, cost.RateAsOf = avro.Some(a.Rate), avro.Some(a.AsOf)
		}
		total.Add(a, ok)
		record.Costs = append(record.Costs, cost)
	}
	if len(record.Costs) == 1 {
		one := &record.Costs[0]
		record.Currency, record.CostMinor = one.Currency, avro.Some(one.CostMinor)
		record.CostPerVerifiedMinor, record.CostPerPaidMinor = one.CostPerVerifiedMinor, one.CostPerPaidMinor
	}
	if a, ok := total.Amount(); ok {
		record.CostConvertedMinor, record.ConvertedCurrency, record.RateAsOf = avro.Some(a.Minor), avro.Some(a.Currency), avro.Some(a.AsOf)
		record.Rate = avro.Optional[float64]{Value: a.Rate, Set: a.Rate != 0}
		record.CostPerVerifiedConvertedMinor = per(a.Minor, record.Verified, record.CostUnknown)
		record.CostPerPaidConvertedMinor = per(a.Minor, record.Paid, record.CostUnknown)
	}
}

// setRevenue sets the revenue by currency and that of the whole row.
func setRevenue(record *avro.FunnelRow, revenue []funnel.Revenue, table *rates.Table) {
	var total rates.Sum
	for _, m := range revenue {
		money := avro.FunnelRevenue{Currency: m.Currency, GrossMinor: m.Gross, RefundedMinor: m.RefundMinor, NetMinor: m.Gross - m.RefundMinor}
		a, ok := table.Convert(money.NetMinor, m.Currency)
		if ok {
			money.NetConvertedMinor, money.ConvertedCurrency = avro.Some(a.Minor), avro.Some(a.Currency)
			money.Rate, money.RateAsOf = avro.Some(a.Rate), avro.Some(a.AsOf)
		}
		total.Add(a, ok)
		record.Revenue = append(record.Revenue, money)
	}
	if len(record.Revenue) == 1 {
		record.NetMinor, record.NetCurrency = avro.Some(record.Revenue[0].NetMinor), avro.Some(record.Revenue[0].Currency)
	}
	if a, ok := total.Amount(); ok {
		record.NetConvertedMinor, record.ConvertedCurrency, record.RateAsOf = avro.Some(a.Minor), avro.Some(a.Currency), avro.Some(a.AsOf)
	}
}

func text[T ~string](s T) avro.Optional[T] { return avro.Optional[T]{Value: s, Set: s != ""} }
