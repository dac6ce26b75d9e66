package statecodec

import (
	"encoding/binary"
	"math"
	"time"
)

// Instant is a time to the millisecond; the zero value is none. A state has dozens of
// times, which are compared and written far more often than they are shown: as numbers
// they take a third of the memory and no pointer.
//
// It is twice the unix milliseconds and one, so that instants are in the order of their
// times, and none is the number of none of them.
type Instant int64

// InstantOf returns the instant of a time, none of the zero time. Parts of a
// millisecond are cut off.
func InstantOf(at time.Time) Instant {
	if at.IsZero() {
		return 0
	}
	return instantOfMillis(at.UnixMilli())
}

func instantOfMillis(ms int64) Instant { return Instant(ms<<1 | 1) }

// Millis returns unix milliseconds; of none it is 0.
func (i Instant) Millis() int64 { return int64(i >> 1) }

// Time returns the time in UTC, the zero time of none.
func (i Instant) Time() time.Time {
	if i == 0 {
		return time.Time{}
	}
	return time.UnixMilli(i.Millis()).UTC()
}

// Add returns the instant after a span, cut to milliseconds; none stays none.
func (i Instant) Add(span time.Duration) Instant {
	if i == 0 {
		return 0
	}
	return i + Instant(span.Milliseconds()<<1)
}

// Sub returns the span from another instant to this one, as time.Time's Sub does: the
// longest there is where they are further apart. Neither may be none.
func (i Instant) Sub(other Instant) time.Duration {
	const most = math.MaxInt64 / int64(time.Millisecond)
	switch ms := i.Millis() - other.Millis(); {
	case ms > most:
		return math.MaxInt64
	case ms < -most:
		return math.MinInt64
	default:
		return time.Duration(ms) * time.Millisecond
	}
}

// Before says whether the instant is earlier than another; none is earlier than all.
func (i Instant) Before(other Instant) bool { return i.order() < other.order() }

// Compare is negative, zero or positive where the instant is before, at or after another;
// none is before all.
func (i Instant) Compare(other Instant) int {
	switch {
	case i == other:
		return 0
	case i.Before(other):
		return -1
	default:
		return 1
	}
}

// order is the instant with none before all others.
func (i Instant) order() int64 {
	if i == 0 {
		const first = -1 << 63
		return first
	}
	return int64(i)
}

// Earlier returns the earlier of two instants, of which none is no bound.
func Earlier(a, b Instant) Instant {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// Later returns the later of two instants, of which none is before all.
func Later(a, b Instant) Instant {
	if a.Before(b) {
		return b
	}
	return a
}

// AppendInstant appends an instant as AppendTime does its time.
func AppendInstant(dst []byte, v Instant) []byte {
	// Zigzag and one: of milliseconds from 1970 on it is the number itself.
	u := uint64(v) //nolint:gosec // replaced where it is negative
	if v < 0 {
		u = uint64(1 - v) // even
	}
	if u < 1<<7 {
		return append(dst, byte(u))
	}
	return binary.AppendUvarint(dst, u)
}

// Instant reads an AppendInstant or AppendTime field.
func (r *Reader) Instant() Instant {
	v := r.Uint()
	if v&1 == 0 && v != 0 {
		return 1 - Instant(v) //nolint:gosec // written from an instant
	}
	return Instant(v) //nolint:gosec // written from an instant
}
