package model

import (
	"time"
)

// verification is the computed state of a verification.
type verification struct {
	outcome string // PENDING, EXPIRED, SUCCESS, FAILED, ERROR, UNKNOWN
	// undecided is set if its deadline is so close to now that it may also have
	// expired.
	undecided bool
	channel   string
	at        int64 // when the outcome was reached, by the provider
	received  time.Time
	fallbacks int
	cost      int64
}

// expire applies the deadline to a verification without outcome. sure is a time that
// every watermark has passed, now a time that none has passed.
func (v *verification) expire(deadline, now, sure time.Time) {
	switch {
	case !deadline.After(sure):
		v.outcome = "EXPIRED"
	case !deadline.After(now):
		v.undecided = true
	}
}
