// Package instant bounds times from outside to those that JSON can hold.
//
// RFC 3339 and so encoding/json support the years 0 to 9999 only: one record with a
// later time, from a header or as Kafka's timestamp, would break the output off in the
// middle. Such a time is replaced by the nearest one that can be written; the record's
// header still has the original.
package instant

import "time"

// The first and last milliseconds that can be written.
const (
	first int64 = -62135596800000 // 0001-01-01T00:00:00Z
	last  int64 = 253402300799999 // 9999-12-31T23:59:59.999Z
)

// OfMillis returns the time so many milliseconds after 1970, bounded, in UTC.
func OfMillis(ms int64) time.Time { return time.UnixMilli(min(max(ms, first), last)).UTC() }

// Bound returns a time as it is, in UTC, or the nearest that can be written.
func Bound(t time.Time) time.Time {
	switch t = t.UTC(); {
	case t.Before(time.UnixMilli(first)):
		return OfMillis(first)
	case t.After(time.UnixMilli(last)):
		return OfMillis(last)
	}
	return t
}
