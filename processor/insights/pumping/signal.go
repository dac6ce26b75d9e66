package pumping

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/insights/rates"
	"github.com/tributary-hq/tributary/processor/insights/signal"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// digits are the significant ones of the shares, certain the confidence from which on a
// claim is critical.
const (
	digits  = 3
	certain = 0.999
)

// The names of the measures.
const (
	conversion      = "conversion"
	paidPerVerified = "paid_per_verified"
)

// SignalID returns the id of the claim's signal. It has a number instead of the subject,
// which may not be named.
func (c *Claim) SignalID() string {
	return signal.ID(avro.SignalKindPumping, c.Country, strconv.FormatInt(c.ID, 10))
}

// Signal returns the claim as a signal. Costs are converted by a table.
func (c *Claim) Signal(table *rates.Table) *avro.Signal {
	measure, severity := conversion, avro.SignalSeverityWarning
	if c.Reason == NotPaid {
		measure = paidPerVerified
	} else if c.Confidence >= certain {
		severity = avro.SignalSeverityCritical
	}
	s := &avro.Signal{
		SignalID: c.SignalID(), Kind: avro.SignalKindPumping, Severity: severity, Claim: c.Sentence(),
		Provider: some(c.Provider), Source: some(c.Source), Country: some(c.Country), Area: some(c.Area), Block: some(c.Prefix),
		Channel:       avro.Optional[avro.Channel]{Value: avro.Channel(c.Channel), Set: c.Channel != ""},
		EvidenceSince: avro.Some(c.Since), AsOf: c.At,
		Codes: avro.Some(c.Codes), Numbers: avro.Some(c.Numbers), CodesVerified: avro.Some(c.Verified), CodesPaid: avro.Some(c.Paid),
		CostUnknown: avro.Some(c.CostUnknown),
		Measure:     avro.Some(measure), Expected: round(c.Expected), Seen: round(c.Seen), Confidence: c.rounded(), SuggestedRule: some(c.Rule()),
		Evidence: []avro.SignalEvidence{
			{Name: measure, Unit: "1", Value: round(c.Seen), Low: round(c.Low), High: round(c.High)},
			{Name: "expected_" + measure, Unit: "1", Value: round(c.Expected)},
		},
	}
	var total rates.Sum
	for _, cost := range c.Costs {
		total.Add(table.Convert(cost.Minor, cost.Currency))
		s.Evidence = append(s.Evidence, avro.SignalEvidence{Name: "cost_" + cost.Currency, Unit: cost.Currency + "_minor", Value: avro.Some(float64(cost.Minor))})
	}
	if len(c.Costs) == 1 {
		s.CostMinor, s.Currency = avro.Some(c.Costs[0].Minor), avro.Some(c.Costs[0].Currency)
	}
	if a, ok := total.Amount(); ok {
		s.CostConvertedMinor, s.ConvertedCurrency, s.RateAsOf = avro.Some(a.Minor), avro.Some(a.Currency), avro.Some(a.AsOf)
		s.Rate = avro.Optional[float64]{Value: a.Rate, Set: a.Rate != 0}
	}
	return s
}

func some(text string) avro.Optional[string] {
	return avro.Optional[string]{Value: text, Set: text != ""}
}

func round(v float64) avro.Optional[float64] { return avro.Some(signal.Round(v, digits)) }

// rounded returns the confidence rounded down, so that it is never certainty.
func (c *Claim) rounded() float64 {
	const step = 10_000
	return float64(int64(min(c.Confidence, 1-1.0/step)*step)) / step
}

// Sentence is the claim in words.
func (c *Claim) Sentence() string {
	fault, done, share := "hardly anybody types the codes", "verified", c.Verified
	if c.Reason == NotPaid {
		fault, done, share = "codes are typed, but hardly anybody pays", "paid", c.Paid
	}
	period := "since " + stamp(c.Since)
	if c.Change == Withdrawn {
		period = "from " + stamp(c.Since) + " to " + stamp(c.At) + ", and no longer"
	}
	text := fmt.Sprintf("Pumping of %s: %s. %s, %s: %s to %s, %d of them %s: %s where %s is usual (95 %%: %s to %s)", c.Subject(), fault, upper(period), c.place(),
		signal.Count(c.Codes, "code"), signal.Count(c.Numbers, "number"), share, done, signal.Percent(c.Seen), signal.Percent(c.Expected), signal.Percent(c.Low), signal.Percent(c.High))
	var costs []string
	for _, cost := range c.Costs {
		costs = append(costs, signal.Money(cost.Minor, cost.Currency))
	}
	if len(costs) > 0 {
		text += "; cost " + strings.Join(costs, " and ")
	}
	if c.CostUnknown > 0 {
		text += "; the cost of " + signal.Count(c.CostUnknown, "code") + " is unknown"
	}
	return text + "."
}

// Subject names the subject as far as it may be named.
func (c *Claim) Subject() string {
	switch {
	case c.Level == LevelCarrier:
		return c.Carrier + " in " + c.where()
	case c.Level == LevelCountry:
		return c.where()
	case c.Prefix == "":
		return "a range in " + c.where() + " that has too few numbers to be named"
	}
	return c.Prefix + "… in " + c.where()
}

func (c *Claim) where() string {
	if c.Country == "" {
		return "no known country"
	}
	return c.Country
}

// place says by which source and channel the codes were ordered.
func (c *Claim) place() string {
	source, channel := "by several sources", "several channels"
	if c.Source != "" {
		source = "by source " + c.Source
	}
	if c.Channel != "" {
		channel = c.Channel
	}
	return source + " over " + channel
}

// Rule returns the advised countermeasure; empty if the range has no name yet.
func (c *Claim) Rule() string {
	switch {
	case c.Level == LevelCarrier:
		return "block or limit codes to " + c.Carrier + " in " + c.where()
	case c.Level == LevelCountry:
		return "geo permission: no codes to " + c.where()
	case c.Prefix == "":
		return ""
	}
	return fmt.Sprintf("block %s…: %d digits open", c.Prefix, c.Open)
}

func stamp(t time.Time) string { return t.Format("2006-01-02 15:04") + " UTC" }

func upper(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
