package verification

import (
	"cmp"
	"strings"

	"github.com/tributary-hq/tributary/processor/insights/funnel"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// contribution returns the contribution of the verification with an outcome to the funnel.
// attempts are in the order of the routing strategy.
func (e *Entity) contribution(outcome avro.VerificationOutcome, attempts []avro.VerificationAttempt, way *route, delivered string) (c funnel.Contribution) {
	decision := &e.phone.value.decision
	c.Dimensions = funnel.Dimensions{
		Minute: funnel.MinuteOf(e.createdAt()), Provider: e.texts[textProvider].value, Source: e.texts[textSource].value,
		Country: e.phone.value.Country.Value, Area: decision.AreaCode(), Block: decision.Full, Carrier: e.phone.value.Carrier.Value,
	}
	if way.first != "" {
		c.Channel = KindOf(way.first)
	}
	c.Phone = decision.Hash
	c.Counts[funnel.Requested] = 1
	before := ""
	for i := range attempts {
		a := &attempts[i]
		c.Attempt(a.Channel, a.Status, before != "" && a.ChannelRaw != "" && !strings.EqualFold(a.ChannelRaw, before))
		before = cmp.Or(a.ChannelRaw, before)
	}
	if delivered != "" {
		c.Counts[funnel.Sent], c.Counts[funnel.Delivered] = 1, 1
	}
	c.Cost(optional(&e.cost), e.texts[textCurrency].value)
	p := projection{e: e}
	if outcome == avro.VerificationOutcomeSuccess {
		_, reported, _ := e.reached()
		p.at = reported.first
	}
	c.Outcome(outcome, p.at, p.duration())
	c.Wait = e.firstWait(outcome, attempts, p.at)
	return c
}

// contributed returns the contribution that the verification made with its last snapshot.
func (e *Entity) contributed() funnel.Contribution {
	if e.facts == 0 {
		return funnel.Contribution{}
	}
	delivered := e.delivered()
	e.snapshot.Attempts = e.appendAttempts(e.snapshot.Attempts[:0])
	way := e.routeOf(e.snapshot.Attempts, delivered)
	return e.contribution(e.emitted, e.snapshot.Attempts, &way, delivered)
}
