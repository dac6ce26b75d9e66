package journey

import (
	"time"

	"github.com/tributary-hq/tributary/processor/insights/funnel"
)

// contribution returns the contribution to the funnel of a journey that was ever paid: its money if it
// has a verification, in the window and the place of the verification that counts.
// c and t are memory for it and for its totals.
func (j *journey) contribution(c *funnel.Contribution, t *totals, retention time.Duration) {
	*c = funnel.Contribution{Revenue: c.Revenue[:0]}
	j.totals(t, retention)
	verified := t.verified.route
	for i := 0; i < len(j.listed) && verified.provider == ""; i++ {
		if v := j.listed[i].verification; v != nil {
			verified = v.route
		}
	}
	if verified.provider == "" {
		return
	}
	c.Dimensions = funnel.Dimensions{
		Minute: funnel.MinuteOf(verified.createdAt), Provider: verified.provider, Source: verified.source, Channel: verified.first,
		Country: verified.country, Area: verified.area, Block: verified.block,
	}
	c.Counts[funnel.Paid] = 1
	if t.refunded > 0 {
		c.Counts[funnel.Refunded] = 1
	}
	for i := range t.money {
		m := &t.money[i]
		gross, _ := m.gross.minor()
		refunded, _ := m.refunded.minor()
		if gross != 0 || refunded != 0 {
			c.Revenue = append(c.Revenue, funnel.Revenue{Currency: m.currency, Gross: gross, RefundMinor: refunded})
		}
	}
	if span := since(t.verified.at, t.firstPaid.at); span.Set {
		c.CaptureTime = funnel.BucketOf(span.Value)
	}
}

// everPaid reports whether one of the payments was ever captured.
func (j *journey) everPaid() bool {
	if j.rest.everPaid > 0 {
		return true
	}
	for i := range j.listed {
		if p := j.listed[i].payment; p != nil && p.everPaid {
			return true
		}
	}
	return false
}

// count counts the difference between the journey's former contribution, if it had one, and the
// current one.
func (s *Stage) count(b *aggregate, had bool) {
	var none funnel.Contribution
	was, is := &b.was, &b.is
	has := s.contributed(b, is)
	if !had {
		was = &none
	}
	if !has {
		is = &none
	}
	if had || has {
		funnel.Count(b.tx, was, is)
	}
}

// contributed sets the contribution of the journey as it is, and reports whether there is one.
func (s *Stage) contributed(b *aggregate, into *funnel.Contribution) bool {
	if s.config.InsightsPartitions == 0 || !b.everPaid() {
		return false
	}
	b.contribution(into, &b.sum, b.retention)
	return true
}
