package runway

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/insights/signal"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// The subjects of an account's claims, in the order in which they are evaluated.
const (
	subjectBalance      = "balance"
	subjectFrozen       = "frozen"
	subjectNextCharge   = "next_charge"
	subjectCard         = "card"
	subjectAgreement    = "agreement"
	subjectCallerIDs    = "caller_ids"
	subjectCertificates = "certificates"
)

// finding is the evaluation of one subject: a signal, or the reason why none holds.
type finding struct {
	subject string
	// signal is nil if the claim does not hold.
	signal *avro.Signal
	// end replaces the claim of an open signal that does not hold any more.
	end string
}

// channels are the known channels of a Dependent.
func channels() map[string]struct {
	name avro.Channel
	noun string
} {
	return map[string]struct {
		name avro.Channel
		noun string
	}{
		"telegram": {avro.ChannelTelegram, "verification by Telegram"}, "voice": {avro.ChannelVoice, "verification by voice"},
		"sms": {avro.ChannelSMS, "verification by SMS"}, "call": {avro.ChannelCall, "verification by call"},
	}
}

// dependents names the services that depend on an account; known is false if the settings list
// none. The channel and the source are set if all dependents have the same.
func (s *Settings) dependents(id string) (text string, channel avro.Optional[avro.Channel], source avro.Optional[string], known bool) {
	var nouns []string
	for i := range s.Dependents {
		d := &s.Dependents[i]
		if raw.ProviderVoximplant+":"+d.Account != id {
			continue
		}
		c := channels()[d.Channel]
		noun := c.noun
		if d.Source != "" {
			noun += " of source " + d.Source
		}
		nouns = append(nouns, noun)
		first := len(nouns) == 1
		channel = avro.Optional[avro.Channel]{Value: c.name, Set: first || channel.Set && channel.Value == c.name}
		source = avro.Optional[string]{Value: d.Source, Set: d.Source != "" && (first || source.Set && source.Value == d.Source)}
	}
	if !channel.Set {
		channel.Value = ""
	}
	if !source.Set {
		source.Value = ""
	}
	return strings.Join(nouns, " and "), channel, source, len(nouns) > 0
}

// claim is a claim in the making.
type claim struct {
	settings *Settings
	account  *Account
	now      time.Time
}

// stops names the services that stop, the time and the reason: "Verification by voice stops in
// about 9 h: …".
func (c *claim) stops(when, why string) string {
	text, _, _, known := c.settings.dependents(c.account.id)
	if !known {
		return fmt.Sprintf("Account %s stops working %s: %s; what depends on it is not configured (insights.runway.dependents).", c.account.id, when, why)
	}
	return fmt.Sprintf("%s stops %s: %s.", strings.ToUpper(text[:1])+text[1:], when, why)
}

// mark appends the services that depend on the account to the text of a claim.
func (c *claim) mark(text string) string {
	dependents, _, _, known := c.settings.dependents(c.account.id)
	if !known {
		return text + "; what depends on it is not configured (insights.runway.dependents)."
	}
	return text + "; " + dependents + " depends on it."
}

func (c *claim) signal(subject string, severity avro.SignalSeverity, text string) *avro.Signal {
	_, channel, source, _ := c.settings.dependents(c.account.id)
	return &avro.Signal{
		SignalID: signal.ID(avro.SignalKindAccountRunway, c.account.id, subject), Kind: avro.SignalKindAccountRunway, Severity: severity, Claim: text,
		Provider: avro.Some(raw.ProviderVoximplant), Source: source, Channel: channel, AccountID: avro.Some(c.account.id), AsOf: c.now, Confidence: 1,
		Evidence: []avro.SignalEvidence{},
	}
}

// Evaluate returns the finding of each subject at a time. open reports whether the claim of
// a subject is open; it makes a claim end later than it begins.
func (a *Account) evaluate(settings *Settings, now time.Time, open func(subject string) bool) []finding {
	c := &claim{settings: settings, account: a, now: now}
	return []finding{
		c.balance(open(subjectBalance)), c.frozen(), c.nextCharge(), c.card(), c.agreement(),
		c.expiry(subjectCallerIDs, "caller id", a.status.CallerIDDays), c.expiry(subjectCertificates, "push certificate", a.status.CertificateDays),
	}
}

// hysteresis is by how much longer than the raising threshold a runway must be before its
// claim is withdrawn.
const hysteresis = 4.0 / 3

// balance claims until when the balance lasts.
func (c *claim) balance(open bool) finding {
	f := finding{subject: subjectBalance, end: fmt.Sprintf("Account %s has money again or spends less.", c.account.id)}
	newest, ok := c.account.history.newest()
	if !ok {
		return f
	}
	left := signal.Money(newest.BalanceMinor, newest.Currency)
	if newest.BalanceMinor <= 0 {
		f.signal = c.signal(f.subject, avro.SignalSeverityCritical, c.stops("now", fmt.Sprintf("account %s has %s left", c.account.id, left)))
		return f
	}
	burn, ok := c.account.history.burn()
	if !ok || burn.PerHour <= 0 {
		if c.account.status.BelowMinimum {
			f.signal = c.signal(f.subject, avro.SignalSeverityWarning, c.mark(fmt.Sprintf(
				"Account %s is below its minimum balance with %s left, and how long that lasts is not known yet", c.account.id, left)))
		}
		return f
	}
	hours, passed := float64(newest.BalanceMinor)/burn.PerHour, c.now.Sub(newest.At).Hours()
	rest := hours - passed
	if !c.holds(&burn, rest, float64(newest.BalanceMinor)/burn.Low-passed, open) {
		return f
	}
	severity := avro.SignalSeverityWarning
	if rest <= c.settings.Critical.Hours() {
		severity = avro.SignalSeverityCritical
	}
	f.signal = c.signal(f.subject, severity, c.runsOut(&newest, &burn, rest))
	c.addBalance(f.signal, &newest, &burn, hours)
	return f
}

// holds reports whether the balance ends soon enough for a claim. rest is the hours left by the burn,
// longest those by the lower end of its interval. A claim is raised if even those are few, or if it is
// urgent; an open one holds while rest is short. A burn that may be zero is noise.
func (c *claim) holds(burn *Burn, rest, longest float64, open bool) bool {
	switch {
	case burn.Low <= 0:
		return false
	case open:
		return rest <= c.settings.Warn.Hours()*hysteresis
	default:
		return longest <= c.settings.Warn.Hours() || rest <= c.settings.Critical.Hours()
	}
}

func (c *claim) runsOut(newest *Observation, burn *Burn, rest float64) string {
	when := "about now"
	if rest > 0 {
		when = "in about " + signal.Span(hoursOf(rest))
	}
	amount := func(perHour float64) string {
		return signal.Money(int64(math.Round(signal.Round(perHour, 2))), newest.Currency)
	}
	return c.stops(when, fmt.Sprintf("account %s had %s left %s ago and spends %s per hour (95 %%: %s to %s)", c.account.id,
		signal.Money(newest.BalanceMinor, newest.Currency), signal.Span(c.now.Sub(newest.At).Truncate(slotLength)), amount(burn.PerHour), amount(burn.Low), amount(burn.High)))
}

func hoursOf(hours float64) time.Duration { return time.Duration(hours * float64(time.Hour)) }

// addBalance adds the figures of a claim about the balance. The ends of the runway are
// times, so that they stay the same while nothing new is known.
func (c *claim) addBalance(s *avro.Signal, newest *Observation, burn *Burn, hours float64) {
	const digits = 3
	end := func(perHour float64) avro.Optional[float64] {
		if perHour <= 0 {
			return avro.Optional[float64]{}
		}
		at := newest.At.Add(hoursOf(math.Min(float64(newest.BalanceMinor)/perHour, 10*365*24)))
		return avro.Some(float64(at.Truncate(time.Minute).Unix()))
	}
	perHour := func(v float64) avro.Optional[float64] { return avro.Some(signal.Round(v, digits)) }
	s.EvidenceSince = avro.Some(burn.Since)
	s.Measure, s.Expected, s.Seen = avro.Some("runway"), avro.Some(c.settings.Warn.Hours()), avro.Some(signal.Round(hours, digits))
	s.Evidence = []avro.SignalEvidence{
		{Name: "ends_at", Unit: "unix_s", Value: end(burn.PerHour), Low: end(burn.High), High: end(burn.Low)},
		{Name: "runway", Unit: "h", Value: perHour(hours), Low: perHour(float64(newest.BalanceMinor) / burn.High), High: perHour(float64(newest.BalanceMinor) / burn.Low)},
		{Name: "balance", Unit: newest.Currency + "_minor", Value: avro.Some(float64(newest.BalanceMinor))},
		{Name: "balance_at", Unit: "unix_s", Value: avro.Some(float64(newest.At.Unix()))},
		{Name: "burn_per_hour", Unit: newest.Currency + "_minor", Value: perHour(burn.PerHour), Low: perHour(burn.Low), High: perHour(burn.High)},
		{Name: "stretches", Unit: "1", Value: avro.Some(float64(burn.Segments))},
	}
	// The probability that the burn is high enough for the claim, by a normal distribution
	// with the width of the interval.
	s.Confidence = 1
	if width := (burn.High - burn.Low) / (2 * z95); width > 0 {
		needed := float64(newest.BalanceMinor) / (c.settings.Warn.Hours() + c.now.Sub(newest.At).Hours())
		s.Confidence = signal.Round(normal((burn.PerHour-needed)/width), 2)
	}
	s.SuggestedRule = avro.Some(fmt.Sprintf("Pay %s for another %s into account %s.",
		signal.Money(int64(math.Ceil(burn.High*week.Hours())), newest.Currency), signal.Span(week), c.account.id))
}

const week = 7 * day

// frozen claims that the account is frozen.
func (c *claim) frozen() finding {
	f := finding{subject: subjectFrozen, end: fmt.Sprintf("Account %s is not frozen any more.", c.account.id)}
	if s := &c.account.status; s.Frozen {
		f.signal = c.signal(f.subject, avro.SignalSeverityCritical, c.mark(fmt.Sprintf(
			"Account %s is frozen since %s and does not work", c.account.id, s.FrozenAt.UTC().Format("2006-01-02 15:04 UTC"))))
		f.signal.EvidenceSince = avro.Optional[time.Time]{Value: s.FrozenAt, Set: !s.FrozenAt.IsZero()}
	}
	return f
}

// nextCharge claims that the balance is too low for the next charge.
func (c *claim) nextCharge() finding {
	f := finding{subject: subjectNextCharge, end: fmt.Sprintf("Account %s has enough for its next charge.", c.account.id)}
	if s := &c.account.status; s.LackingMinor > 0 {
		f.signal = c.signal(f.subject, avro.SignalSeverityWarning, c.mark(fmt.Sprintf(
			"Account %s lacks %s for its next charge", c.account.id, signal.Money(s.LackingMinor, s.Currency))))
		f.signal.Evidence = []avro.SignalEvidence{{Name: "lacking", Unit: s.Currency + "_minor", Value: avro.Some(float64(s.LackingMinor))}}
	}
	return f
}

// card claims that the card does not pay or will not.
func (c *claim) card() finding {
	f := finding{subject: subjectCard, end: fmt.Sprintf("The card of account %s pays again.", c.account.id)}
	switch s := &c.account.status; {
	case s.CardFails:
		f.signal = c.signal(f.subject, avro.SignalSeverityWarning, c.mark(fmt.Sprintf("The card of account %s has failed or expired, so nothing refills its balance", c.account.id)))
	case s.CardExpires:
		f.signal = c.signal(f.subject, avro.SignalSeverityInfo, c.mark(fmt.Sprintf("The card of account %s expires within a month", c.account.id)))
	}
	return f
}
