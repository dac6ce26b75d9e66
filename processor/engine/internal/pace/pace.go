// Package pace decides how long a worker collects records for one transaction.
//
//	behind the end of the input    the whole commit interval, or as many records as are allowed
//	read to its end                until the records in hand may be committed: see Left
//
// A transaction costs worker and broker about the same whether it holds one record or a
// thousand, so at a high rate few large ones are cheap, and at a low rate a record need not
// wait for others that do not come.
package pace

import "time"

// share is the inverse of the part of the time that transactions may take while the input is
// read to its end: a fifth.
const share = 5

// slack is how many offsets a worker may be behind the last stable offset and still be at the
// end: markers of transactions, which a poll need not return.
const slack = 8

// Pace is the pace of one worker. Interval is the longest time in which records are collected,
// Least the shortest; from Interval on, every transaction waits for the interval.
type Pace struct {
	Interval, Least time.Duration

	// last is the end of the last collection, until that of the current one at the latest.
	last, until time.Time
	// earliest is when the current one may end if the input is read to its end.
	earliest time.Time
	// began and took are the start and the duration of the last transaction.
	began time.Time
	took  time.Duration
}

// Start begins a collection. If timers are due, it takes only records that are already fetched.
func (p *Pace) Start(now time.Time, due bool) {
	p.until = p.last.Add(p.Interval)
	switch {
	case due:
		p.until = now.Add(min(p.Interval, time.Millisecond))
	case p.until.Before(now):
		p.until = now.Add(p.Interval)
	}
	p.earliest = p.began.Add(min(p.Interval, max(p.Least, share*p.took)))
}

// Left returns how long records are still collected. atEnd says that there are records and
// that the input is read to its end.
func (p *Pace) Left(now time.Time, atEnd bool) time.Duration {
	left := p.until.Sub(now)
	if atEnd {
		return min(left, p.earliest.Sub(now))
	}
	return left
}

// Collected ends a collection.
func (p *Pace) Collected(now time.Time) { p.last = now }

// Committed reports a committed transaction.
func (p *Pace) Committed(began, now time.Time) { p.began, p.took = began, now.Sub(began) }

// AtEnd reports whether a partition whose last stable offset is end, 0 if unknown, is read to
// its end by polled, the offset after the last record.
func AtEnd(polled, end int64) bool { return end > 0 && end-polled <= slack }
