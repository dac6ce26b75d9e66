package pumping

import (
	"fmt"
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

func (d *Detector) entries(tx stage.Tx, country string) *entries {
	return &entries{tx: tx, prefix: append(append(append([]byte{}, d.prefix...), country...), 0)}
}

// Observe adds an observation to the counts of a country.
func (d *Detector) Observe(tx stage.Tx, code string, o *Observation) error {
	e := d.entries(tx, code)
	c, err := e.country()
	if err != nil {
		return fmt.Errorf("read the counts of country %q: %w", code, err)
	}
	minute, now := minuteOf(o.Minute), minuteOf(tx.Watermark())
	if c.first == 0 || minute < c.first && minute > now-keptMinutes {
		c.first = minute
	}
	if o.Verified > 0 && minute <= now {
		c.learn(now-minute+1, o.Verified)
	}
	if err := d.count(e, c, o, minute, now); err != nil {
		return fmt.Errorf("count for country %q: %w", code, err)
	}
	e.putCountry(c)
	return nil
}

// count adds an observation to each subject, up to one whose claim explains it.
func (d *Detector) count(e *entries, c *country, o *Observation, minute, now int64) error {
	numbers := int64(len(o.Numbers))
	for _, r := range [...]reference{{LevelBlock, o.Block}, {LevelArea, o.Area}, {LevelCarrier, o.Carrier}, {LevelCountry, ""}} {
		if r.name == "" && r.level != LevelCountry {
			continue
		}
		s, err := e.subject(r.level, r.name)
		if err != nil {
			return err
		}
		if s == nil {
			if r.level == LevelBlock {
				if c.blocks >= int64(d.config.MaxBlocks) {
					continue
				}
				c.blocks++
			}
			s = &subject{level: r.level, name: r.name, first: c.first}
		}
		if r.level == LevelBlock {
			s.area, s.carrier = o.Area, o.Carrier
			numbers = s.see(o.Numbers, minute)
		}
		s.observe(o, minute, now, numbers)
		e.putSubject(s)
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
