package statecodec_test

import (
	"bytes"
	"cmp"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/statecodec"
)

// anyTime is none, or a time to the millisecond, before 1970 too.
func anyTime() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		if rapid.IntRange(0, 3).Draw(t, "none") == 0 {
			return time.Time{}
		}
		near := rapid.Int64Range(-3, 3)
		return time.UnixMilli(rapid.OneOf(near, rapid.Int64Range(-62135596800000, 253402300799999)).Draw(t, "ms")).UTC()
	})
}

// TestInstantsAreTimes holds instants against the times they stand for.
func TestInstantsAreTimes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyTime().Draw(t, "a"), anyTime().Draw(t, "b")
		i, j := statecodec.InstantOf(a), statecodec.InstantOf(b)
		if !i.Time().Equal(a) || (i == 0) != a.IsZero() {
			t.Fatalf("%v came back as %v", a, i.Time())
		}
		if i.Before(j) != a.Before(b) || cmp.Compare(i.Compare(j), 0) != a.Compare(b) {
			t.Errorf("%v and %v are in another order as instants", a, b)
		}
		if got := statecodec.Later(i, j); got.Time() != later(a, b) {
			t.Errorf("Later(%v, %v) = %v", a, b, got.Time())
		}
		if got := statecodec.Earlier(i, j); got.Time() != earlier(a, b) {
			t.Errorf("Earlier(%v, %v) = %v", a, b, got.Time())
		}
		if i != 0 && j != 0 && i.Sub(j) != a.Sub(b) {
			t.Errorf("%v - %v = %v", a, b, i.Sub(j))
		}
		span := time.Duration(rapid.Int64Range(-1e15, 1e15).Draw(t, "span"))
		if i != 0 && i.Add(span).Millis() != a.Add(span.Truncate(time.Millisecond)).UnixMilli() {
			t.Errorf("%v + %v = %v", a, span, i.Add(span).Time())
		}
		want, got := statecodec.AppendTime(nil, a), statecodec.AppendInstant(nil, i)
		if !bytes.Equal(got, want) {
			t.Errorf("%v is written as %x, as a time %x", a, got, want)
		}
		r, _ := statecodec.NewReader(append([]byte{1}, want...), 1)
		if read := r.Instant(); read != i || r.Done() != nil {
			t.Errorf("%v is read as %v, %v", a, read.Time(), r.Done())
		}
	})
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
