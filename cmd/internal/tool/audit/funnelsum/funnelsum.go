// Package funnelsum compares the rows of insights.funnel.v1 with each other and with the differences that
// they are made from.
//
//	internal.insights.v1 ─► sums by day and route ─┐
//	insights.funnel.v1 ───► sums by level ─────────┴─► Result
//
// Promise: a window in which a row was lost, repeated or altered is found, as is a day in which a
// difference was lost or applied twice. Windows that may still change are counted and not compared.
package funnelsum

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/insights/funnel"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// sums are counts of the funnel that are equal at every level.
type sums struct{ requested, verified, paid int64 }

// group identifies the rows of one window and route at all levels.
type group struct {
	window                             avro.FunnelWindow
	start                              time.Time
	provider, source, channel, country string
}

// levels are the sums of a group.
type levels struct {
	// rows are by level: country, area, block.
	rows [3]sums
	// newest is when the newest of the rows was made.
	newest time.Time
	// differences are the sums of the differences of a day, changed the time of the newest.
	differences sums
	changed     time.Time
}

// Check collects rows and differences.
type Check struct {
	groups map[group]*levels
	// emitted is when the newest row of a country was made: it holds every difference before.
	emitted map[string]time.Time
	newest  time.Time
}

// New returns a check without rows.
func New() *Check {
	return &Check{groups: map[group]*levels{}, emitted: map[string]time.Time{}}
}

func (c *Check) of(g *group) *levels {
	l := c.groups[*g]
	if l == nil {
		l = &levels{}
		own := *g // its texts may be parts of a record
		for _, text := range []*string{&own.provider, &own.source, &own.channel, &own.country} {
			*text = strings.Clone(*text)
		}
		c.groups[own] = l
	}
	return l
}

// Row adds a row, or with the sign -1 takes back one that another replaces.
func (c *Check) Row(r *avro.FunnelRow, sign int64) {
	l := c.of(&group{r.Window, r.WindowStart.UTC(), r.Provider, r.Source, string(r.Channel.Value), r.Country.Value})
	i := 0
	switch r.Level {
	case avro.FunnelLevelCountry:
	case avro.FunnelLevelArea:
		i = 1
	case avro.FunnelLevelBlock:
		i = 2
	default:
		return
	}
	l.rows[i].add(r.Requested, r.Verified, r.Paid, sign)
	for _, at := range []*time.Time{&l.newest, &c.newest} {
		if r.ProcessedAt.After(*at) {
			*at = r.ProcessedAt
		}
	}
	if r.ProcessedAt.After(c.emitted[r.Country.Value]) {
		c.emitted[r.Country.Value] = r.ProcessedAt
	}
}

// Differences adds those of a country that were written at a time.
func (c *Check) Differences(f *avro.FunnelChanges, at time.Time) error {
	list, err := funnel.Split(nil, f.Differences)
	if err != nil {
		return fmt.Errorf("the differences of %s: %w", f.Country.Value, err)
	}
	slices.Sort(list)
	err = funnel.Sum(list, func(d *funnel.Difference) error {
		day := funnel.TimeOf(d.Minute).Truncate(24 * time.Hour)
		l := c.of(&group{avro.FunnelWindowDay, day, d.Provider, d.Source, string(d.Channel), d.Country})
		l.differences.add(d.Counts[funnel.Requested], d.Counts[funnel.Verified], d.Counts[funnel.Paid], 1)
		if at.After(l.changed) {
			l.changed = at
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("the differences of %s: %w", f.Country.Value, err)
	}
	return nil
}

func (s *sums) add(requested, verified, paid, sign int64) {
	s.requested += sign * requested
	s.verified += sign * verified
	s.paid += sign * paid
}

// slack is how old rows and differences are at least that are compared: those of one transaction
// are in many partitions, whose ends are not read at the same time.
const slack = time.Minute

// recent is how long after its begin a day without any row is one that lacks them. An older one
// may have ended.
const recent = 48 * time.Hour

// Difference is a window whose sums differ.
type Difference struct {
	// Key is the window, its begin and the country.
	Key string
	// Expected and Found are the counts of requested codes, or of the first counts that differ.
	Expected, Found int64
	// Missing names the sums that the rows do not have.
	Missing string
}

// Result is the comparison.
type Result struct {
	// Compared are the windows and routes that were compared, InFlight those that may change.
	Compared, InFlight int64
	Differences        []Difference
}

// Conclude compares the sums as of a time. since is the begin of the first day of which every
// difference was added; zero: of all.
func (c *Check) Conclude(at, since time.Time) (out Result) {
	if c.newest.After(at) {
		at = c.newest // the processors' clock is ahead
	}
	for g, l := range c.groups {
		if l.newest.After(at.Add(-slack)) {
			out.InFlight++
			continue
		}
		out.Compared++
		want := &l.rows[0]
		switch {
		case l.rows[1] != *want:
			out.add(&g, "the same sums at level AREA", want, &l.rows[1])
		case l.rows[2] != *want:
			out.add(&g, "the same sums at level BLOCK", want, &l.rows[2])
		case c.summed(&g, l, at, since) && l.differences != *want:
			out.add(&g, "the sums of the differences", &l.differences, want)
		}
	}
	return out
}

// summed reports whether the rows of a group hold all of its differences, and no others.
func (c *Check) summed(g *group, l *levels, at, since time.Time) bool {
	if g.window != avro.FunnelWindowDay || g.start.Before(since) || !l.changed.Add(slack).Before(c.emitted[g.country]) {
		return false
	}
	return !l.newest.IsZero() || g.start.After(at.Add(-recent))
}

func (r *Result) add(g *group, missing string, want, got *sums) {
	d := Difference{
		Key:     string(g.window) + "/" + g.start.Format(time.RFC3339) + "/" + g.country,
		Missing: missing, Expected: want.requested, Found: got.requested,
	}
	switch {
	case want.requested != got.requested:
	case want.verified != got.verified:
		d.Expected, d.Found = want.verified, got.verified
	default:
		d.Expected, d.Found = want.paid, got.paid
	}
	r.Differences = append(r.Differences, d)
}
