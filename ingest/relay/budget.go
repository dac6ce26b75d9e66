package relay

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits bound the calls of one caller.
type Limits struct {
	// Rate is how many requests a second are taken, Burst how many at once.
	Rate  float64
	Burst int
	// Daily is how many calls are placed in a day, which begins at midnight UTC.
	Daily int
}

// Budget limits the calls of one caller in this process: their rate and their number
// per day. It is safe for use by several goroutines.
type Budget struct {
	limits  Limits
	limiter *rate.Limiter

	mu     sync.Mutex
	day    time.Time // midnight of the day that is counted
	placed int
}

// NewBudget makes a caller's budget. If before, the caller's budget until now, is not
// nil, the calls it counted today count on, so that a reload does not reset the daily
// limit.
func NewBudget(limits Limits, before *Budget) *Budget {
	b := &Budget{limits: limits, limiter: rate.NewLimiter(rate.Limit(limits.Rate), limits.Burst)}
	if before == nil {
		return b
	}
	before.mu.Lock()
	defer before.mu.Unlock()
	b.day, b.placed = before.day, before.placed
	if before.limits.Rate == limits.Rate && before.limits.Burst == limits.Burst {
		b.limiter = before.limiter
	}
	return b
}

// Admit applies the rate limit to a request. It returns how long to wait; 0 means that
// the request is admitted.
func (b *Budget) Admit(now time.Time) time.Duration {
	r := b.limiter.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

// Take counts a call towards the day's limit. It returns how long to wait; 0 means that
// the call may be placed.
func (b *Budget) Take(now time.Time) time.Duration {
	const length = 24 * time.Hour
	b.mu.Lock()
	defer b.mu.Unlock()
	// The wall clock may step back; a new day's count must not begin twice.
	if day := now.UTC().Truncate(length); day.After(b.day) {
		b.day, b.placed = day, 0
	}
	if b.placed >= b.limits.Daily {
		return max(time.Second, b.day.Add(length).Sub(now))
	}
	b.placed++
	return 0
}

// GiveBack uncounts a call that was not placed.
func (b *Budget) GiveBack() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.placed = max(0, b.placed-1)
}
