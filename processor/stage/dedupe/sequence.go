package dedupe

import (
	"slices"
	"time"

	"github.com/tributary-hq/tributary/processor/statecodec"
)

// generations is how many half spans a Sequence keeps apart.
const generations = 3

// Sequence reports which events of an entity may have been seen and forgotten. It is for
// events without a time but with rising numbers: an unknown event may be a forgotten one if
// its number is not above the highest number seen long ago. The zero value has seen none.
//
// An id is remembered for KeptInSequence, three half spans and a margin. A number counts as
// seen long ago when three further half spans have begun. That is before its id is forgotten,
// and at least a span after it was seen.
type Sequence struct {
	// index is the number of the current half span, counted from 1970. highest holds the
	// highest event number of that half span and of each one before it, floor that of all
	// earlier half spans.
	index   int64
	highest [generations]uint64
	floor   uint64
}

// KeptInSequence returns how long ids are remembered for a span if a Sequence is used.
func KeptInSequence(span time.Duration) time.Duration { return generations*span/2 + Margin }

// Forgotten reports whether an event with this number, if its id is not remembered, may have
// been seen and forgotten.
func (s *Sequence) Forgotten(number uint64, now time.Time, span time.Duration) bool {
	s.advance(now, span)
	return s.floor > 0 && number <= s.floor
}

// Add records the number of a new event.
func (s *Sequence) Add(number uint64, now time.Time, span time.Duration) {
	s.advance(now, span)
	s.highest[0] = max(s.highest[0], number)
}

func (s *Sequence) advance(now time.Time, span time.Duration) {
	index := now.UnixMilli() / max(span.Milliseconds()/2, 1)
	if index-s.index >= generations {
		s.floor = max(s.floor, slices.Max(s.highest[:]))
		s.index, s.highest = index, [generations]uint64{}
	}
	for ; s.index < index; s.index++ {
		s.floor = max(s.floor, s.highest[generations-1])
		copy(s.highest[1:], s.highest[:])
		s.highest[0] = 0
	}
}

// AppendTo appends the sequence to a state entry.
func (s *Sequence) AppendTo(dst []byte) []byte {
	dst = statecodec.AppendUint(statecodec.AppendInt(dst, s.index), s.floor)
	for _, number := range s.highest {
		dst = statecodec.AppendUint(dst, number)
	}
	return dst
}

// ReadFrom reads a sequence written by AppendTo.
func (s *Sequence) ReadFrom(r *statecodec.Reader) {
	s.index, s.floor = r.Int(), r.Uint()
	for i := range s.highest {
		s.highest[i] = r.Uint()
	}
}
