package frontier

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/insights/signal"
	"github.com/tributary-hq/tributary/processor/money"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// digits are the significant ones of the figures.
const digits = 3

// signal returns the claim without its id.
func (j *Judgement) signal(g *Group, since, now time.Time) *avro.Signal {
	round := func(v float64) avro.Optional[float64] { return avro.Some(signal.Round(v, digits)) }
	minor := g.Currency + "_minor"
	s := &avro.Signal{
		Kind: avro.SignalKindFallbackFrontier, Severity: avro.SignalSeverityInfo, Claim: j.claim(g, since),
		Provider: avro.Some(g.Provider), Country: avro.Optional[string]{Value: g.Country, Set: g.Country != ""}, Channel: avro.Some(g.Channel),
		EvidenceSince: avro.Some(since), AsOf: now, Codes: avro.Some(j.Codes), CodesVerified: avro.Some(j.Verified), CostUnknown: avro.Some(j.Codes - j.Priced),
		CostMinor: avro.Some(int64(math.Round(j.CostMinor))), Currency: avro.Some(g.Currency),
		Measure: avro.Some("cost_per_verified"), Expected: round(j.Best.PerVerified), Seen: round(j.PerVerified), Confidence: signal.Round(j.Confidence, digits),
		SuggestedRule: avro.Some(fmt.Sprintf("Set the timeout of %s in the routing strategy of %s for %s to %.0f s.", nameOf(g.Channel), g.Provider, country(g.Country), j.Best.Seconds)),
		Evidence: []avro.SignalEvidence{
			{Name: "timeout", Unit: "s", Value: avro.Some(j.Usual)},
			{Name: "best_timeout", Unit: "s", Value: avro.Some(j.Best.Seconds)},
			{Name: "cost_per_verified", Unit: minor, Value: round(j.PerVerified)},
			{Name: "best_cost_per_verified", Unit: minor, Value: round(j.Best.PerVerified)},
			{Name: "saving", Unit: minor, Value: round(j.Saving), Low: round(j.Low), High: round(j.High)},
		},
	}
	for _, p := range j.Curve {
		s.Evidence = append(s.Evidence, avro.SignalEvidence{Name: fmt.Sprintf("cost_per_verified_at_%.0f_s", p.Seconds), Unit: minor, Value: round(p.PerVerified)})
	}
	return s
}

func (j *Judgement) claim(g *Group, since time.Time) string {
	word := "longer"
	if j.Best.Seconds < j.Usual {
		word = "shorter"
	}
	return fmt.Sprintf("A %s wait for %s in %s, %.0f s instead of %.0f s before the next channel, would have cost %s instead of %s per verified user: %s less since %s (95 %%: %s to %s).",
		word, nameOf(g.Channel), country(g.Country), j.Best.Seconds, j.Usual, fraction(j.Best.PerVerified, g.Currency), fraction(j.PerVerified, g.Currency),
		amount(j.Saving, g.Currency), since.Format(time.DateOnly), amount(j.Low, g.Currency), amount(j.High, g.Currency))
}

func amount(minor float64, currency string) string {
	return signal.Money(int64(math.Round(signal.Round(minor, digits))), currency)
}

// fraction writes an amount smaller than a minor unit, too: "0.0783 EUR".
func fraction(minor float64, currency string) string {
	v := signal.Round(minor/math.Pow10(money.Digits(currency)), digits)
	return strconv.FormatFloat(v, 'f', -1, 64) + " " + currency
}

func country(country string) string {
	if country == "" {
		return "an unknown country"
	}
	return country
}

func nameOf(c avro.Channel) string {
	switch c {
	case avro.ChannelTelegram:
		return "Telegram"
	case avro.ChannelSMS:
		return "SMS"
	case avro.ChannelVoice:
		return "the voice call"
	case avro.ChannelCall:
		return "the call"
	default:
		return strings.ToLower(string(c))
	}
}
