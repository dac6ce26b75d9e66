package funnel

import (
	"github.com/tributary-hq/tributary/schemas/avro"
)

// change fills in the record of a difference. It reuses the record's lists.
func (d *Difference) change(c *avro.FunnelChange) {
	*c = avro.FunnelChange{
		OrderedMinute: TimeOf(d.Minute), Provider: d.Provider, Source: d.Source,
		Channel: text(d.Channel), Area: text(d.Area), FullBlock: text(d.Block), Carrier: text(d.Carrier),
		Channels: c.Channels[:0], CostChanges: c.CostChanges[:0], RevenueChanges: c.RevenueChanges[:0], Phones: c.Phones[:0],
		VerifyTimes: c.VerifyTimes[:0], CaptureTimes: c.CaptureTimes[:0], VerifiedMinutes: c.VerifiedMinutes[:0],
		Waits: c.Waits[:0],
	}
	for i, n := range fields(c) {
		*n = d.Counts[i]
	}
	c.Channels = AppendChannels(c.Channels, &d.Sums)
	for _, o := range d.Costs {
		c.CostChanges = append(c.CostChanges, avro.FunnelCostChange{Currency: text(o.Currency), Known: o.Known, CostMinor: o.Minor})
	}
	for _, r := range d.Revenue {
		c.RevenueChanges = append(c.RevenueChanges, avro.FunnelRevenueChange{Currency: r.Currency, GrossMinor: r.Gross, RefundedMinor: r.RefundMinor})
	}
	for _, p := range d.Phones {
		c.Phones = append(c.Phones, avro.FunnelNumber{Hash: int64(p.Value), Uses: p.N}) //nolint:gosec // bits
	}
	c.VerifyTimes, c.CaptureTimes = appendTimeRecords(c.VerifyTimes, d.VerifyTimes), appendTimeRecords(c.CaptureTimes, d.CaptureTimes)
	c.Waits = appendWaitRecords(c.Waits, d.Waits)
	for _, m := range d.Successes {
		c.VerifiedMinutes = append(c.VerifiedMinutes, avro.FunnelMinute{SuccessMinute: TimeOf(m.Value), Successes: m.N})
	}
}

// Of reads a record's change into the difference, reusing its lists.
func (d *Difference) Of(country string, c *avro.FunnelChange) {
	*d = Difference{
		Dimensions: Dimensions{
			Minute: c.OrderedMinute.Unix() / 60, Provider: c.Provider, Source: c.Source, Channel: c.Channel.Value,
			Country: country, Area: c.Area.Value, Block: c.FullBlock.Value, Carrier: c.Carrier.Value,
		},
		Sums:   Sums{Costs: d.Costs[:0], Revenue: d.Revenue[:0], VerifyTimes: d.VerifyTimes[:0], CaptureTimes: d.CaptureTimes[:0]},
		Phones: d.Phones[:0], Successes: d.Successes[:0],
	}
	for i, n := range fields(c) {
		d.Counts[i] = *n
	}
	for i := range c.Channels {
		n := &c.Channels[i]
		d.Channels[codeOfChannel(n.Channel)] = ChannelCounts{Attempts: n.Attempts, Failed: n.FailedAttempts, Fallbacks: n.Fallbacks}
	}
	for i := range c.CostChanges {
		o := &c.CostChanges[i]
		d.Costs = addCost(d.Costs, Cost{o.Currency.Value, o.Known, o.CostMinor})
	}
	for i := range c.RevenueChanges {
		r := &c.RevenueChanges[i]
		d.Revenue = addRevenue(d.Revenue, Revenue{r.Currency, r.GrossMinor, r.RefundedMinor})
	}
	for _, p := range c.Phones {
		d.Phones = addTally(d.Phones, uint64(p.Hash), p.Uses) //nolint:gosec // bits
	}
	for _, t := range c.VerifyTimes {
		d.VerifyTimes = addTally(d.VerifyTimes, t.Bucket, t.Durations)
	}
	for _, t := range c.CaptureTimes {
		d.CaptureTimes = addTally(d.CaptureTimes, t.Bucket, t.Durations)
	}
	for _, m := range c.VerifiedMinutes {
		d.Successes = addTally(d.Successes, m.SuccessMinute.Unix()/60, m.Successes)
	}
}

// fields returns the counts of a change in the order of Counts.
func fields(c *avro.FunnelChange) [countCount]*int64 {
	return [...]*int64{
		&c.Requested, &c.Sent, &c.Delivered, &c.Verified, &c.Expired, &c.Failed, &c.Untracked, &c.Paid, &c.Refunded, &c.CostUnknown,
	}
}

// AppendChannels appends the channels that have attempts.
func AppendChannels(list []avro.FunnelChannel, s *Sums) []avro.FunnelChannel {
	for i, channel := range channels() {
		if n := &s.Channels[i]; *n != (ChannelCounts{}) {
			list = append(list, avro.FunnelChannel{Channel: channel, Attempts: n.Attempts, FailedAttempts: n.Failed, Fallbacks: n.Fallbacks})
		}
	}
	return list
}

func appendTimeRecords(list []avro.FunnelTime, times []Tally[int32]) []avro.FunnelTime {
	for _, t := range times {
		list = append(list, avro.FunnelTime{Bucket: t.Value, Durations: t.N})
	}
	return list
}

func text[T ~string](s T) avro.Optional[T] { return avro.Optional[T]{Value: s, Set: s != ""} }
