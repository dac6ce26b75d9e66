package block

import (
	"cmp"
	"encoding/binary"
	"slices"
	"time"

	"github.com/tributary-hq/tributary/processor/statecodec"
)

const day = 24 * time.Hour

// Set is the numbers of a level that were seen last, at most as many as the rule asks for.
// All have hashes under one key.
type Set struct {
	numbers []seen
}

// seen is a number and the day on which it was last seen, in days since 1970.
type seen struct {
	hash uint64
	day  int64
}

// dayOf returns the day of a time, rounded down.
func dayOf(at time.Time) int64 {
	return at.Truncate(day).Unix() / int64(day/time.Second)
}

// begin returns when a day begins.
func begin(days int64) time.Time { return time.Unix(days*int64(day/time.Second), 0).UTC() }

// Observe adds a number seen at a time. It reports whether k numbers were seen within the
// retention before, and whether the set changed.
func (s *Set) Observe(hash uint64, at time.Time, k int, retention time.Duration) (enough, changed bool) {
	if len(s.numbers) > 0 && keyOf(s.numbers[0].hash) != keyOf(hash) {
		s.numbers, changed = s.numbers[:0], true
	}
	changed = s.Expire(at, retention) || changed
	for len(s.numbers) > k {
		s.remove(s.oldest())
		changed = true
	}
	oldest := s.oldest()
	if len(s.numbers) == k && !begin(s.numbers[oldest].day).Before(at.Add(-retention/2)) {
		return true, changed
	}
	now := seen{hash: hash, day: dayOf(at)}
	i := slices.IndexFunc(s.numbers, func(n seen) bool { return n.hash == hash })
	switch {
	case i >= 0 && s.numbers[i].day >= now.day:
		return len(s.numbers) == k, changed
	case i >= 0:
		s.numbers[i] = now
	case len(s.numbers) == k:
		s.numbers[oldest] = now
	default:
		s.numbers = append(s.numbers, now)
	}
	return len(s.numbers) == k, true
}

// Expire removes the numbers that were not seen within the retention before a time. It
// reports whether there were any.
func (s *Set) Expire(at time.Time, retention time.Duration) bool {
	before := len(s.numbers)
	s.numbers = slices.DeleteFunc(s.numbers, func(n seen) bool { return begin(n.day).Before(at.Add(-retention)) })
	return len(s.numbers) < before
}

// Remove removes a number and reports whether it was there.
func (s *Set) Remove(hash uint64) bool {
	i := slices.IndexFunc(s.numbers, func(n seen) bool { return n.hash == hash })
	if i >= 0 {
		s.remove(i)
	}
	return i >= 0
}

func (s *Set) remove(i int) { s.numbers = slices.Delete(s.numbers, i, i+1) }

// Len returns how many numbers the set has.
func (s *Set) Len() int { return len(s.numbers) }

// oldest returns the index of the number that was seen first, 0 if there is none.
func (s *Set) oldest() (oldest int) {
	for i := range s.numbers {
		if s.numbers[i].day < s.numbers[oldest].day {
			oldest = i
		}
	}
	return oldest
}

// Due returns when the first number has to be removed.
func (s *Set) Due(retention time.Duration) time.Time {
	return begin(s.numbers[s.oldest()].day).Add(retention + time.Millisecond)
}

// Reset removes all numbers and keeps the memory.
func (s *Set) Reset() { s.numbers = s.numbers[:0] }

// The encoding of a set:
//
//	uvarint n | 2 bytes of the key | varint the latest day | n × (6 bytes of the HMAC, uvarint days before the latest)
const (
	keyBytes  = 2
	hashBytes = 6
)

// AppendTo appends the set to a state entry.
func (s *Set) AppendTo(dst []byte) []byte {
	dst = statecodec.AppendUint(dst, uint64(len(s.numbers)))
	if len(s.numbers) == 0 {
		return dst
	}
	latest := slices.MaxFunc(s.numbers, func(a, b seen) int { return cmp.Compare(a.day, b.day) }).day
	dst = binary.BigEndian.AppendUint16(dst, keyOf(s.numbers[0].hash))
	dst = statecodec.AppendInt(dst, latest)
	for _, n := range s.numbers {
		var bytes [8]byte
		binary.BigEndian.PutUint64(bytes[:], n.hash)
		dst = append(dst, bytes[keyBytes:]...)
		dst = statecodec.AppendUint(dst, uint64(latest-n.day)) //nolint:gosec // not negative
	}
	return dst
}

// ReadFrom reads a set that AppendTo wrote.
func (s *Set) ReadFrom(r *statecodec.Reader) {
	n := r.Len()
	s.numbers = slices.Grow(s.numbers[:0], n+1)[:n]
	if n == 0 {
		return
	}
	var bytes [8]byte
	r.Fixed(bytes[:keyBytes])
	latest := r.Int()
	for i := range s.numbers {
		r.Fixed(bytes[keyBytes:])
		s.numbers[i] = seen{hash: binary.BigEndian.Uint64(bytes[:]), day: latest - int64(r.Uint())} //nolint:gosec // written from an int64
	}
}
