package scorecard

import (
	"fmt"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/insights/logbucket"
	"github.com/tributary-hq/tributary/processor/insights/signal"
	"github.com/tributary-hq/tributary/processor/insights/wilson"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// share is one figure of a scorecard.
type share struct {
	name, noun string
	n, of      int64
	bound      float64
}

func (c *Counts) shares(b *Settings) []share {
	records := c.Facts + c.Duplicates + c.DeadLetters
	return []share{
		{"repeats", "repeat", c.Duplicates, records, b.Repeats},
		{"missed_attempts", "missed attempt", max(0, c.Missed), c.Facts, b.MissedAttempts},
		{"regressions", "regression", c.Regressions, c.Facts, b.Regressions},
		{"conflicts", "conflict", max(0, c.Conflicts), c.Facts, b.Conflicts},
		{"unknown_names", "unknown name", c.Unknown, c.Facts, b.UnknownNames},
		{"dead_letters", "dead letter", c.DeadLetters, records, b.DeadLetters},
	}
}

// digits are the significant ones of the figures.
const digits = 3

// signal returns the scorecard of a day.
func (c *Counts) signal(provider string, day, asOf time.Time, bounds *Settings) *avro.Signal {
	s := &avro.Signal{
		SignalID: idOf(provider, day), Kind: avro.SignalKindProviderScorecard, Severity: avro.SignalSeverityInfo,
		Provider: avro.Some(provider), EvidenceSince: avro.Some(day), AsOf: asOf, Confidence: 1,
		Evidence: []avro.SignalEvidence{{Name: "facts", Unit: "1", Value: avro.Some(float64(c.Facts))}},
	}
	late, above := c.addLateness(s, bounds)
	var parts []string
	for _, f := range c.shares(bounds) {
		low := f.add(s)
		parts = append(parts, signal.Count(f.n, f.noun))
		if low > f.bound && f.n >= bounds.MinRecords {
			above = append(above, fmt.Sprintf("%ss (%s, bound %s)", f.noun, signal.Percent(float64(f.n)/float64(f.of)), signal.Percent(f.bound)))
		}
	}
	s.Claim = fmt.Sprintf("%s on %s: %s, %s; %s", provider, day.Format(time.DateOnly), signal.Count(c.Facts, "fact"), late, strings.Join(parts, ", "))
	if len(above) > 0 {
		s.Severity = avro.SignalSeverityWarning
		s.Claim += "; beyond the bounds: " + strings.Join(above, ", ")
		s.SuggestedRule = avro.Some("Show this to the provider.")
	}
	s.Claim += "."
	return s
}

// add adds the figure to the evidence and returns the lower end of its interval.
func (f *share) add(s *avro.Signal) (low float64) {
	low, high := wilson.Interval(f.n, f.of)
	part := avro.Optional[float64]{}
	if f.of > 0 {
		part = avro.Some(signal.Round(float64(f.n)/float64(f.of), digits))
	}
	s.Evidence = append(s.Evidence,
		avro.SignalEvidence{Name: f.name, Unit: "1", Value: avro.Some(float64(f.n))},
		avro.SignalEvidence{Name: f.name + "_share", Unit: "1", Value: part, Low: avro.Some(signal.Round(low, digits)), High: avro.Some(signal.Round(high, digits))})
	return low
}

// addLateness adds the quantiles of the lateness and returns them as text, and the bound that
// is passed, if any.
func (c *Counts) addLateness(s *avro.Signal, bounds *Settings) (text string, above []string) {
	var parts []string
	for _, q := range []struct {
		name, text string
		share      float64
	}{{"lateness_p50", "half", 0.5}, {"lateness_p90", "90 %", 0.9}, {"lateness_p99", "99 %", 0.99}} {
		late, ok := logbucket.Quantile(c.Lateness, q.share)
		e := avro.SignalEvidence{Name: q.name, Unit: "s"}
		if ok {
			e.Value = avro.Some(signal.Round(late.Seconds(), 2))
			parts = append(parts, q.text+" within "+spanOf(late))
		}
		s.Evidence = append(s.Evidence, e)
	}
	if len(parts) == 0 {
		return "no event times", nil
	}
	late := c.beyond(bounds.Late)
	if low, _ := wilson.Interval(late, c.late()); low > bounds.LateShare && late >= bounds.MinRecords {
		above = append(above, fmt.Sprintf("lateness (%s beyond %s, bound %s)", signal.Percent(float64(late)/float64(c.late())), spanOf(bounds.Late), signal.Percent(bounds.LateShare)))
	}
	return strings.Join(parts, ", ") + " of the event", above
}

// late returns the number of facts with a known lateness, beyond those of them that are later
// than a bound.
func (c *Counts) late() (n int64) {
	for _, l := range c.Lateness {
		n += l.N
	}
	return n
}

func (c *Counts) beyond(bound time.Duration) (n int64) {
	for _, l := range c.Lateness {
		if l.Bucket > logbucket.Of(bound) {
			n += l.N
		}
	}
	return n
}

// spanOf is signal.Span with milliseconds.
func spanOf(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d ms", d.Round(10*time.Millisecond).Milliseconds())
	}
	return signal.Span(d)
}

func idOf(provider string, day time.Time) string {
	return signal.ID(avro.SignalKindProviderScorecard, provider, day.Format(time.DateOnly))
}
