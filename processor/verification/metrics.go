package verification

import (
	"cmp"
	"strings"

	"github.com/tributary-hq/tributary/processor/business"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// metrics returns the values that the business metrics count for the verification under
// an outcome.
func (e *Entity) metrics(outcome avro.VerificationOutcome) business.Verification {
	f := business.Verification{
		Outcome: outcome, Switches: e.switches, Country: e.phone.value.Country.Value, CostMinor: e.cost.value, Currency: e.texts[textCurrency].value,
	}
	if delivered := e.delivered(); delivered != "" {
		f.Channel = KindOf(delivered)
	}
	attempts := e.joined()
	for i := range attempts {
		f.Attempts.Add(KindOf(attempts[i].channel.value), attempts[i].name)
	}
	return f
}

// delivered returns the channel that delivered the code, empty if none did.
func (e *Entity) delivered() (channel string) {
	channel = e.texts[textDelivered].value
	if e.texts[textDelivered].by != 0 {
		return channel
	}
	var last *attempt
	attempts := e.joined()
	for i := range attempts {
		a := &attempts[i]
		if a.name != avro.AttemptStatusSuccess {
			continue
		}
		// Where the provider does not name the channel, the latest attempt does. The id
		// decides between equal times, because the attempts are in the order of arrival.
		if last == nil || cmp.Or(a.processedAt.Compare(last.processedAt), strings.Compare(a.id, last.id)) > 0 {
			channel, last = a.channel.value, a
		}
	}
	return channel
}
