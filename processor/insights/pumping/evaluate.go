package pumping

import (
	"fmt"
	"slices"
	"time"

	"github.com/tributary-hq/tributary/processor/insights/wilson"
	"github.com/tributary-hq/tributary/processor/stage"
)

// evaluation is one call of Evaluate.
type evaluation struct {
	*entries

	d      *Detector
	code   string
	c      *country
	claims []Claim
	// looked are the subjects with recent codes; nil before they are read.
	looked []reference
	// now is the evaluated minute, measured its measures.
	now      int64
	measured [2]measure
}

// Evaluate looks at the subjects of a country with recent codes, at a time up to which the
// watermark says that all codes are known. It returns the claims that were raised, updated
// or withdrawn. A second call within a minute does nothing.
func (d *Detector) Evaluate(tx stage.Tx, code string, at time.Time) ([]Claim, error) {
	e := &evaluation{entries: d.entriesOf(tx, code), d: d, code: code}
	var err error
	if e.c, err = e.country(); err == nil && e.c.first != 0 && minuteOf(at) > e.c.evaluated {
		var next int64
		if next, err = e.run(minuteOf(at)); err == nil {
			e.putCountry(e.c, next)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("evaluate country %q: %w", code, err)
	}
	return e.claims, nil
}

// run evaluates a minute, and returns the next one to be evaluated; 0 is none.
func (e *evaluation) run(minute int64) (next int64, err error) {
	e.now, e.c.evaluated = minute, minute
	e.measured = measures(e.c, &e.d.config, e.now)
	if err := e.review(); err != nil {
		return 0, err
	}
	if e.looked == nil {
		if e.looked, err = e.active(); err != nil {
			return 0, err
		}
	}
	for _, r := range slices.Clone(e.looked) {
		if err := e.look(r); err != nil {
			return 0, err
		}
	}
	if err := e.sweep(); err != nil {
		return 0, err
	}
	for _, r := range sorted(e.changed) {
		e.putSubject(e.subjects[r])
	}
	clear(e.changed)
	if len(e.looked) == 0 && len(e.c.open) == 0 {
		return 0, nil
	}
	return e.now + 1, nil
}

// deactivate takes a subject off those with recent codes.
func (e *evaluation) deactivate(r reference) {
	e.tx.Delete(e.key(kindActive, r.level, r.name))
	e.looked = slices.DeleteFunc(e.looked, func(l reference) bool { return l == r })
}

// get returns a subject as of now, nil if there is none.
func (e *evaluation) get(r reference) (*subject, error) {
	s, err := e.entries.get(r)
	if s != nil && s.folded != e.now {
		s.fold(e.now)
	}
	return s, err
}

// look raises a claim about a subject if it is pumped.
func (e *evaluation) look(r reference) error {
	s, err := e.get(r)
	if err != nil || s == nil {
		return err
	}
	if len(s.series) == 0 || s.series[len(s.series)-1].start < e.now-int64(e.d.config.PayWithin/time.Minute)-lags {
		if s.claim == nil {
			e.deactivate(r)
		}
		return nil
	}
	if s.claim != nil || s.level == LevelBlock && len(s.numbers) < e.d.config.MinNumbers {
		return nil
	}
	chain, err := e.chain(s)
	if err != nil {
		return err
	}
	for _, above := range chain[1:] {
		if above.claim != nil {
			return nil
		}
	}
	for i := range e.measured {
		m := &e.measured[i]
		if m.reason == NotPaid && s.level == LevelCarrier {
			continue // payments come without a carrier
		}
		f, found := m.find(chain, &e.d.config)
		if !found || m.like(s, f.expected, e.d.config.Ratio, e.d.calm(m)) {
			continue // there is nothing, or it is over
		}
		if one, err := e.concentrated(s, m, f.since); err != nil || one {
			return err
		}
		return e.raise(s, chain, m, f)
	}
	return nil
}

// chain returns a subject and those that contain it.
func (e *evaluation) chain(s *subject) ([]*subject, error) {
	out := []*subject{s}
	for _, r := range containing(s) {
		above, err := e.get(r)
		if err != nil {
			return nil, err
		}
		if above != nil {
			out = append(out, above)
		}
	}
	return out, nil
}

// containing returns the subjects that contain one, the smallest first.
func containing(s *subject) []reference {
	switch s.level {
	case LevelBlock:
		if s.carrier == "" {
			return []reference{{LevelArea, s.area}, {LevelCountry, ""}}
		}
		return []reference{{LevelArea, s.area}, {LevelCarrier, s.carrier}, {LevelCountry, ""}}
	case LevelArea, LevelCarrier:
		return []reference{{LevelCountry, ""}}
	default:
		return nil
	}
}

// concentrated reports whether one part of a subject (a block of an area, an area of anything
// else) has most of its failures. The claim is then raised about that part.
func (e *evaluation) concentrated(s *subject, m *measure, since int64) (bool, error) {
	const most = 0.6
	if s.level == LevelBlock {
		return false, nil
	}
	all, parts := 0.0, map[string]float64{}
	err := e.within(s, func(b *subject) {
		part := b.name
		if s.level != LevelArea {
			part = b.area
		}
		r := m.sum(b, since, e.now+1)
		all += r.trials - r.successes
		parts[part] += r.trials - r.successes
	})
	for _, failures := range parts {
		if failures >= most*all && all > 0 {
			return true, err
		}
	}
	return false, err
}

// within yields the blocks of a subject without a claim of their own.
func (e *evaluation) within(s *subject, yield func(b *subject)) error {
	prefix := ""
	if s.level == LevelBlock || s.level == LevelArea {
		prefix = s.name
	}
	return e.known(prefix, func(b *subject) {
		switch {
		case b.claim != nil && b.name != s.name, s.level == LevelArea && b.area != s.name, s.level == LevelCarrier && b.carrier != s.name:
		default:
			yield(b)
		}
	})
}

// known yields the blocks whose name begins with a prefix, with their changes so far.
func (e *evaluation) known(prefix string, yield func(b *subject)) error {
	return e.blocks(prefix, func(b *subject) {
		if now := e.subjects[reference{LevelBlock, b.name}]; now != nil {
			b = now
		}
		if b.folded != e.now {
			b.fold(e.now)
		}
		yield(b)
	})
}

// raise raises a claim. Its codes no longer count for the subjects that contain this one.
func (e *evaluation) raise(s *subject, chain []*subject, m *measure, f finding) error {
	e.c.claims++
	s.claim = &claim{id: e.c.claims, reason: m.reason, since: f.since, raised: e.now, expected: f.expected}
	e.c.open = append(e.c.open, reference{s.level, s.name})
	e.change(s)
	for _, above := range chain[1:] {
		above.subtract(s, f.since, e.now)
		e.change(above)
	}
	if s.level == LevelArea {
		if err := e.subtractFromCarriers(s, f.since); err != nil {
			return err
		}
	}
	return e.emit(s, Raised)
}

// subtractFromCarriers takes the codes of an area from its carriers'.
func (e *evaluation) subtractFromCarriers(area *subject, since int64) error {
	var failed error
	err := e.within(area, func(b *subject) {
		if b.carrier == "" || failed != nil {
			return
		}
		carrier, err := e.get(reference{LevelCarrier, b.carrier})
		if err != nil || carrier == nil {
			failed = err
			return
		}
		carrier.subtract(b, since, e.now)
		e.change(carrier)
	})
	if err != nil {
		return err
	}
	return failed
}

// review withdraws the open claims that do not hold any more, and updates the others.
func (e *evaluation) review() error {
	for _, r := range append([]reference{}, e.c.open...) {
		s, err := e.get(r)
		if err != nil {
			return err
		}
		m, c := e.measure(s), s.claim
		rate := m.sum(s, c.since, e.now+1)
		successes, trials := rate.independent()
		low, _ := wilson.Limits(successes, trials, e.d.config.Z)
		calm := e.d.calm(m)
		switch converted := low > e.d.config.Ratio*c.expected; {
		case converted || calm >= c.since && m.like(s, c.expected, e.d.config.Ratio, calm):
			err = e.withdraw(s, converted)
		case e.now-c.emitted >= int64(e.d.config.UpdateInterval/time.Minute) && e.grown(s):
			err = e.emit(s, Updated)
		case s.level == LevelBlock && c.named < len(s.name) && len(s.numbers) >= e.d.k && e.d.k > 0:
			err = e.emit(s, Updated) // now it can be named
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// calm returns the minute since which the codes must be like before for a claim to be over.
func (d *Detector) calm(m *measure) int64 { return m.last - int64(d.config.Calm/time.Minute) }

// measure returns the measure of the claim of a subject.
func (e *evaluation) measure(s *subject) *measure {
	if s.claim.reason == NotPaid {
		return &e.measured[1]
	}
	return &e.measured[0]
}

// explained returns the counts that the claim of a subject is about.
func (e *evaluation) explained(s *subject) counts {
	sum := s.series.between(s.claim.since, e.measure(s).last+1)
	sum.add(&s.claim.past, 1)
	return sum
}

// grown reports whether a claim has other counts than those emitted.
func (e *evaluation) grown(s *subject) bool {
	sum := e.explained(s)
	return sum.codes != s.claim.codes || sum.verified != s.claim.verified || sum.paid != s.claim.paid
}

// withdraw ends a claim. Its codes are no history, except if they converted after all.
func (e *evaluation) withdraw(s *subject, converted bool) error {
	if err := e.emit(s, Withdrawn); err != nil {
		return err
	}
	since := s.claim.since
	s.claim = nil
	e.c.close(s)
	e.change(s)
	if converted {
		return nil
	}
	s.series.drop(since, e.now)
	if s.level == LevelBlock {
		return nil
	}
	return e.within(s, func(b *subject) {
		if len(b.series) > 0 && b.series[len(b.series)-1].start >= since {
			b.series.drop(since, e.now)
			e.subjects[reference{LevelBlock, b.name}] = b
			e.change(b)
		}
	})
}
