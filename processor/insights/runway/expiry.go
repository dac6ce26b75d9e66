package runway

import (
	"cmp"
	"fmt"
	"time"

	"github.com/tributary-hq/tributary/processor/insights/signal"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// kept is how long a claim about something that has expired is kept: the provider does not
// report that it was renewed.
const kept = 7 * day

// expiry claims that some of the account's things expire soon, or have expired in the last
// days. days are sorted.
func (c *claim) expiry(subject, noun string, days []time.Time) finding {
	f := finding{subject: subject, end: fmt.Sprintf("No %s of account %s is known to expire soon.", noun, c.account.id)}
	var first time.Time
	n := int64(0)
	for _, d := range days {
		if left := d.Sub(c.now); left <= c.settings.Expiry && left > -kept {
			n++
			first = cmp.Or(first, d)
		}
	}
	if n == 0 {
		return f
	}
	verb := "expires"
	if n > 1 {
		verb = "expire"
	}
	f.signal = c.signal(subject, severityOf(first.Sub(c.now)), c.mark(fmt.Sprintf("%s of account %s %s, the first %s", signal.Count(n, noun), c.account.id, verb, c.when(first))))
	f.signal.Evidence = []avro.SignalEvidence{
		{Name: "expire", Unit: "1", Value: avro.Some(float64(n))}, {Name: "first_at", Unit: "unix_s", Value: avro.Some(float64(first.Unix()))},
	}
	return f
}

// agreement claims that the waiting period for documents ends or has ended.
func (c *claim) agreement() finding {
	f := finding{subject: subjectAgreement, end: fmt.Sprintf("The documents of account %s are in order.", c.account.id)}
	s := &c.account.status
	switch left := s.AgreementDay.Sub(c.now); {
	case s.AgreementEnded:
		f.signal = c.signal(f.subject, avro.SignalSeverityCritical, c.mark(fmt.Sprintf("The waiting period for documents of account %s has ended, its numbers may be taken away", c.account.id)))
	case !s.AgreementDay.IsZero() && left <= c.settings.Expiry && left > -kept:
		f.signal = c.signal(f.subject, severityOf(left), c.mark(fmt.Sprintf("The waiting period for documents of account %s ends %s", c.account.id, c.when(s.AgreementDay))))
		f.signal.Evidence = []avro.SignalEvidence{{Name: "first_at", Unit: "unix_s", Value: avro.Some(float64(s.AgreementDay.Unix()))}}
	}
	return f
}

// severityOf grades how long something is still valid.
func severityOf(left time.Duration) avro.SignalSeverity {
	switch {
	case left <= day:
		return avro.SignalSeverityCritical
	case left <= week:
		return avro.SignalSeverityWarning
	default:
		return avro.SignalSeverityInfo
	}
}

// when says a day as "on 2026-12-05, in 4 d" or "on 2026-11-29, which is over".
func (c *claim) when(d time.Time) string {
	text := "on " + d.UTC().Format(time.DateOnly)
	if left := d.Sub(c.now); left > 0 {
		return text + ", in " + signal.Span(left)
	}
	return text + ", which is over"
}
