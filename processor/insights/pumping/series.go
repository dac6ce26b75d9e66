package pumping

import (
	"slices"
	"time"

	"github.com/tributary-hq/tributary/processor/statecodec"
)

const (
	day     = 24 * time.Hour
	quarter = 15 * time.Minute
)

// Minutes of event time since 1970.
const (
	quarterMinutes = 15
	// fineMinutes is how long minutes are kept apart, keptMinutes how long quarters of an
	// hour are.
	fineMinutes = 30
	keptMinutes = 26 * 60
	dayMinutes  = 24 * 60
)

func minuteOf(t time.Time) int64 { return t.Unix() / 60 }

func timeOf(minute int64) time.Time { return time.Unix(minute*60, 0).UTC() }

// counts are sums over codes.
type counts struct {
	codes, verified, paid, numbers, costUnknown int64
	// costs are by the index of the currency in the subject's list.
	costs [maxCurrencies]int64
}

// maxCurrencies is how many currencies of a subject have their costs counted.
const maxCurrencies = 4

func (c *counts) add(o *counts, sign int64) {
	c.codes += sign * o.codes
	c.verified += sign * o.verified
	c.paid += sign * o.paid
	c.numbers += sign * o.numbers
	c.costUnknown += sign * o.costUnknown
	for i := range o.costs {
		c.costs[i] += sign * o.costs[i]
	}
}

// bucket is the counts of codes ordered from a minute on: a minute or, if it is folded, a
// quarter of an hour.
type bucket struct {
	start int64
	counts
}

// series is buckets in the order of their start.
type series []bucket

// at returns the bucket of a minute, which it adds if there is none.
func (s *series) at(minute int64, g grid) *bucket {
	start := g.start(minute)
	i, found := slices.BinarySearchFunc(*s, start, func(b bucket, start int64) int { return int(b.start - start) })
	if !found {
		*s = slices.Insert(*s, i, bucket{start: start})
	}
	return &(*s)[i]
}

// grid is the division of time into buckets: fine minutes before now, quarters before
// these. A quarter is divided at since, if it is not 0.
type grid struct{ now, since int64 }

// start returns the start of the bucket that a minute belongs to.
func (g grid) start(minute int64) int64 {
	begin := minute - minute%quarterMinutes
	switch {
	case begin+quarterMinutes > g.now-fineMinutes:
		return minute
	case minute >= g.since && begin < g.since:
		return g.since
	}
	return begin
}

// fold merges the minutes that are not fine any more, and drops the buckets that are too old. It
// returns their sums: of those before g.since, and of those from it on.
func (s *series) fold(g grid) (before, since counts) {
	kept := (*s)[:0]
	for _, b := range *s {
		switch start := g.start(b.start); {
		case start < g.now-keptMinutes && start < g.since:
			before.add(&b.counts, 1)
		case start < g.now-keptMinutes:
			since.add(&b.counts, 1)
		case len(kept) > 0 && kept[len(kept)-1].start == start:
			kept[len(kept)-1].add(&b.counts, 1)
		default:
			b.start = start
			kept = append(kept, b)
		}
	}
	*s = kept
	return before, since
}

// between adds up the buckets that start from a minute on and before another one.
func (s *series) between(from, to int64) (sum counts) {
	for i := range *s {
		if b := &(*s)[i]; b.start >= from && b.start < to {
			sum.add(&b.counts, 1)
		}
	}
	return sum
}

// drop removes the buckets that start from a minute on and not after another one: codes may be
// ahead of the watermark.
func (s *series) drop(from, until int64) {
	*s = slices.DeleteFunc(*s, func(b bucket) bool { return b.start >= from && b.start <= until })
}

func (s *series) appendTo(dst []byte) []byte {
	dst = statecodec.AppendUint(dst, uint64(len(*s)))
	last := int64(0)
	for i := range *s {
		b := &(*s)[i]
		dst = statecodec.AppendInt(dst, b.start-last)
		dst = b.appendTo(dst)
		last = b.start
	}
	return dst
}

func readSeries(r *statecodec.Reader, out series) series {
	last := int64(0)
	for range r.Len() {
		last += r.Int()
		b := bucket{start: last}
		b.readFrom(r)
		out = append(out, b)
	}
	return out
}

func (c *counts) appendTo(dst []byte) []byte {
	for _, n := range [...]int64{c.codes, c.verified, c.paid, c.numbers, c.costUnknown} {
		dst = statecodec.AppendInt(dst, n)
	}
	used := maxCurrencies
	for used > 0 && c.costs[used-1] == 0 {
		used--
	}
	dst = statecodec.AppendUint(dst, uint64(used)) //nolint:gosec // not negative
	for _, n := range c.costs[:used] {
		dst = statecodec.AppendInt(dst, n)
	}
	return dst
}

func (c *counts) readFrom(r *statecodec.Reader) {
	for _, n := range [...]*int64{&c.codes, &c.verified, &c.paid, &c.numbers, &c.costUnknown} {
		*n = r.Int()
	}
	for i := range min(r.Len(), maxCurrencies) {
		c.costs[i] = r.Int()
	}
}
