package pumping

import (
	"slices"
	"time"

	"github.com/tributary-hq/tributary/processor/insights/wilson"
)

// shrink is the weight of the containing subject's expected rate, in codes.
const shrink = 20

// perNumber is how many codes of one number count as independent of each other.
const perNumber = 3

// measure is the rate that a reason is about, of buckets at a time.
type measure struct {
	reason Reason
	// now is the minute of the watermark; buckets after last are not complete.
	now, last int64
	maturity  [lags]float64
}

func measures(c *country, config *Config, now int64) [2]measure {
	m := c.maturity()
	return [...]measure{
		{NotVerified, now, now, m},
		{NotPaid, now, now - int64(config.PayWithin/time.Minute), m},
	}
}

// trials returns the successes of a bucket and the trials whose outcome is known.
func (m *measure) trials(b *bucket) (successes, trials float64) {
	if b.start > m.last {
		return 0, 0
	}
	if m.reason == NotPaid {
		return float64(max(0, b.paid)), float64(max(0, b.verified))
	}
	share := m.maturity[min(m.now-b.start, lags-1)]
	successes = float64(max(0, b.verified))
	return successes, max(successes, float64(b.codes)*share)
}

// rate is a rate, and new numbers, over a time.
type rate struct {
	successes, trials float64
	numbers, minutes  int64
}

// sum adds up the buckets that start from a minute on and before another one.
func (m *measure) sum(s *subject, from, to int64) (r rate) {
	for i := range s.series {
		if b := &s.series[i]; b.start >= from && b.start < to && b.start <= m.last {
			successes, trials := m.trials(b)
			r.successes += successes
			r.trials += trials
			r.numbers += max(0, b.numbers)
		}
	}
	return r
}

// before returns the rate of a subject before a minute.
func (m *measure) before(s *subject, minute int64) rate {
	r := m.sum(s, 0, minute)
	r.numbers += s.baseline.numbers
	r.minutes = max(0, minute-s.first)
	if m.reason == NotPaid {
		r.successes += float64(max(0, s.baseline.paid))
		r.trials += float64(max(0, s.baseline.verified))
		return r
	}
	r.successes += float64(max(0, s.baseline.verified))
	r.trials += float64(max(0, s.baseline.codes))
	return r
}

// expected returns the expected rate of a subject from its history before a minute. chain is
// the subject and those that contain it.
func (m *measure) expected(chain []*subject, minute int64, config *Config) float64 {
	p := config.Conversion
	if m.reason == NotPaid {
		p = 0 // without history nobody is expected to pay
	}
	for _, s := range slices.Backward(chain) {
		r := m.before(s, minute)
		p = (min(r.successes, r.trials) + shrink*p) / (r.trials + shrink)
	}
	return p
}

// begin returns the minute, not before from, since which the rate is far below an expected
// one: where the log-likelihood ratio of the buckets from there on is greatest. It returns 0
// if there is none.
func (m *measure) begin(s *subject, expected, ratio float64, from int64) int64 {
	success, failure := weights(expected, ratio)
	sum, most, since := 0.0, 0.0, int64(0)
	for i := len(s.series) - 1; i >= 0 && s.series[i].start >= from; i-- {
		b := &s.series[i]
		successes, trials := m.trials(b)
		if sum += successes*success + (trials-successes)*failure; sum > most {
			most, since = sum, b.start
		}
	}
	return since
}

// like reports whether the rate of a time is rather the expected one than one far below.
func (m *measure) like(s *subject, expected, ratio float64, from int64) bool {
	r := m.sum(s, from, m.now+1)
	success, failure := weights(expected, ratio)
	return r.successes*success+(r.trials-r.successes)*failure <= 0
}

// finding is a rate far below the expected one.
type finding struct {
	since    int64
	expected float64
}

// find looks for a time since which a subject is pumped. chain is the subject and those that
// contain it. It looks at several spans up to now, and compares each with the history before
// it: an attack that lasts must not become its own history.
func (m *measure) find(chain []*subject, config *Config) (f finding, found bool) {
	for _, span := range [...]int64{quarterMinutes, 60, 2 * 60, 4 * 60, 8 * 60, dayMinutes} {
		if f, found = m.findWithin(chain, config, m.last-span); found {
			return f, true
		}
	}
	return f, false
}

// findWithin looks for it from a minute on.
func (m *measure) findWithin(chain []*subject, config *Config, from int64) (f finding, found bool) {
	const least = 0.1 // below it, a rate far below can't be seen
	s, enough := chain[0], float64(config.MinCodes)
	if m.reason == NotPaid {
		enough = float64(config.MinVerified)
	}
	if all := m.sum(s, from, m.now+1); all.trials < enough || all.numbers < int64(config.MinNumbers) {
		return f, false
	}
	const cold = 4 * 60 // without history, what lasts longer is as it always was
	if known := m.before(chain[len(chain)-1], from); known.trials < shrink && m.last-from > cold {
		return f, false
	}
	if f.expected = m.expected(chain, from, config); f.expected < least {
		return f, false
	}
	if f.since = m.begin(s, f.expected, config.Ratio, from); f.since == 0 {
		return f, false
	}
	r, was := m.sum(s, f.since, m.now+1), m.before(s, f.since)
	successes, trials := r.independent()
	if trials < enough || r.numbers < int64(config.MinNumbers) {
		return f, false
	}
	if _, high := wilson.Limits(successes, trials, config.Z); high >= config.Ratio*f.expected {
		return f, false
	}
	// Minutes are no history of how fast numbers come.
	const hour = 60
	usual := float64(was.numbers) / float64(max(was.minutes, hour)) * float64(m.last-f.since+1)
	return f, float64(r.numbers) >= surge(config.Volume*usual)
}

// independent returns the successes and the trials that count: several codes of one
// number have one outcome, about.
func (r *rate) independent() (successes, trials float64) {
	trials = min(r.trials, perNumber*float64(r.numbers))
	if r.trials == 0 {
		return 0, 0
	}
	return r.successes * trials / r.trials, trials
}
