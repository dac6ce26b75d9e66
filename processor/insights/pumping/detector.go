package pumping

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/stage"
)

// never is the timer of entries without one.
var never time.Time //nolint:gochecknoglobals // the zero time

// Detector detects pumping in the traffic of countries. It is immutable.
type Detector struct {
	config Config
	// k is the minimum number of distinct numbers of a prefix that is named.
	k      int
	prefix []byte
}

// New returns a detector whose state entries begin with a prefix. k is the minimum number
// of distinct numbers of a prefix that a claim names; 0 names none.
func New(config Config, k int, prefix []byte) *Detector {
	return &Detector{config: config, k: k, prefix: prefix}
}

// entriesOf returns the state of a country.
func (d *Detector) entriesOf(tx stage.Tx, code string) *entries {
	head := append(append(append([]byte{}, d.prefix...), code...), 0)
	return &entries{tx: tx, prefix: head, subjects: map[reference]*subject{}, changed: map[reference]bool{}}
}

// IsEntry reports whether a state key belongs to the detector.
func (d *Detector) IsEntry(key []byte) bool { return bytes.HasPrefix(key, d.prefix) }

// OnTimer evaluates the country of an entry with a timer: every minute of event time as
// long as it has recent codes.
func (d *Detector) OnTimer(tx stage.Tx, key []byte) ([]Claim, error) {
	code, _, found := strings.Cut(strings.TrimPrefix(string(key), string(d.prefix)), "\x00")
	if !found {
		return nil, errors.New("pumping: a timer of an entry that has none")
	}
	return d.catchUp(tx, code, minuteOf(tx.Watermark()))
}

// catchUp evaluates the minutes up to now. A watermark that advances by hours, as in a
// backlog, passes at most maxSteps of them, at equal distances.
func (d *Detector) catchUp(tx stage.Tx, code string, now int64) ([]Claim, error) {
	const maxSteps = 60
	e := &evaluation{entries: d.entriesOf(tx, code), d: d, code: code}
	var err error
	if e.c, err = e.country(); err != nil {
		return nil, fmt.Errorf("read the counts of country %q: %w", code, err)
	}
	step := max(1, (now-e.c.evaluated)/maxSteps)
	next := int64(0)
	if e.c.first != 0 {
		next = e.c.evaluated + 1
	}
	for minute := e.c.evaluated + step; e.c.evaluated < now && e.c.first != 0; minute += step {
		if minute+step > now {
			minute = now
		}
		if next, err = e.run(minute); err != nil {
			return nil, fmt.Errorf("evaluate country %q: %w", code, err)
		}
		if next == 0 && minute < now { // there is nothing to look at
			minute = now - step
		}
	}
	e.putCountry(e.c, next)
	return e.claims, nil
}

// Observe adds observations to the counts of a country.
func (d *Detector) Observe(tx stage.Tx, code string, observations ...Observation) error {
	if len(observations) == 0 {
		return nil
	}
	e := d.entriesOf(tx, code)
	c, err := e.country()
	if err != nil {
		return fmt.Errorf("read the counts of country %q: %w", code, err)
	}
	now := minuteOf(tx.Watermark())
	for i := range observations {
		o := &observations[i]
		minute := minuteOf(o.Minute)
		if c.first == 0 || minute < c.first && minute > now-keptMinutes {
			c.first = minute
		}
		if o.Verified > 0 && minute <= now {
			c.learn(max(now, c.evaluated+1)-minute, o.Verified)
		}
		if err := d.count(e, c, o, minute, now); err != nil {
			return fmt.Errorf("count for country %q: %w", code, err)
		}
	}
	for _, r := range sorted(e.changed) {
		s := e.subjects[r]
		s.fold(now)
		e.putSubject(s)
	}
	if c.evaluated == 0 {
		if c.evaluated = now; now <= 0 {
			c.evaluated = c.first - 1
		}
	}
	e.putCountry(c, c.evaluated+1)
	return nil
}

// count adds an observation to each subject, up to one whose claim explains it.
func (d *Detector) count(e *entries, c *country, o *Observation, minute, now int64) error {
	numbers := int64(len(o.Numbers))
	for _, r := range [...]reference{{LevelBlock, o.Block}, {LevelArea, o.Area}, {LevelCarrier, o.Carrier}, {LevelCountry, ""}} {
		if r.name == "" && r.level != LevelCountry {
			continue
		}
		s, err := e.get(r)
		if err != nil {
			return err
		}
		if s == nil {
			if s = d.open(c, r); s == nil {
				continue
			}
			e.subjects[r] = s
		}
		if r.level == LevelBlock {
			s.area, s.carrier = o.Area, o.Carrier
			numbers = s.see(o.Numbers, minute)
		}
		s.observe(o, e.labelOf(o), minute, now, numbers)
		e.change(s)
		if r.level != LevelBlock || len(s.numbers) >= d.config.MinNumbers {
			if err := e.activate(r.level, r.name); err != nil {
				return err
			}
		}
		if s.claim != nil && minute >= s.claim.since {
			return nil
		}
	}
	return nil
}

// open makes a subject, nil if there are too many blocks.
func (d *Detector) open(c *country, r reference) *subject {
	if r.level == LevelBlock {
		if c.blocks >= int64(d.config.MaxBlocks) {
			return nil
		}
		c.blocks++
	}
	return &subject{level: r.level, name: r.name, first: c.first}
}
