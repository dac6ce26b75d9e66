package rollup

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/axiomhq/hyperloglog"

	"github.com/tributary-hq/tributary/processor/insights/funnel"
	"github.com/tributary-hq/tributary/processor/statecodec"
)

// ExactNumbers is how many different numbers of a row are counted exactly.
const ExactNumbers = 128

// precision is the number of bits of a hash that choose a register of a sketch: 4,096
// registers, of a byte each at most.
const precision = 12

// NumbersError is the standard error of the number of different numbers beyond ExactNumbers:
// 1.04 / sqrt(registers).
const NumbersError = 0.01625

// numbers are the different phones of a row.
type numbers struct {
	// exact are the phones and how many verifications have each, sorted; nil once there are
	// too many.
	exact  []funnel.Tally[uint64]
	sketch *hyperloglog.Sketch
}

// add adds a phone n times; a negative n takes it back, where it is counted exactly.
func (s *numbers) add(phone uint64, n int64) {
	if s.sketch != nil {
		if n > 0 {
			insert(s.sketch, phone)
		}
		return
	}
	i, found := slices.BinarySearchFunc(s.exact, phone, func(t funnel.Tally[uint64], v uint64) int { return cmp.Compare(t.Value, v) })
	if !found {
		s.exact = slices.Insert(s.exact, i, funnel.Tally[uint64]{Value: phone, N: n})
	} else if s.exact[i].N += n; s.exact[i].N == 0 {
		s.exact = slices.Delete(s.exact, i, i+1)
	}
	if len(s.exact) > ExactNumbers {
		s.estimate()
	}
}

// estimate turns the exact numbers into a sketch.
func (s *numbers) estimate() {
	s.sketch = newSketch()
	for _, t := range s.exact {
		if t.N > 0 {
			insert(s.sketch, t.Value)
		}
	}
	s.exact = nil
}

// merge adds the numbers of another row.
func (s *numbers) merge(o *numbers) error {
	for _, t := range o.exact {
		s.add(t.Value, t.N)
	}
	if o.sketch == nil {
		return nil
	}
	if s.sketch == nil {
		s.estimate()
	}
	if err := s.sketch.Merge(o.sketch); err != nil {
		return fmt.Errorf("merge sketches: %w", err)
	}
	return nil
}

func newSketch() *hyperloglog.Sketch {
	s, _ := hyperloglog.NewSketch(precision, true) // an error is about the precision, which is a constant
	return s
}

// insert adds a phone to a sketch, which hashes it again: all hashes of phones begin alike.
func insert(s *hyperloglog.Sketch, phone uint64) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], phone)
	s.Insert(b[:])
}

// count returns how many different phones there are.
func (s *numbers) count() (n int64) {
	if s.sketch != nil {
		return int64(s.sketch.Estimate()) //nolint:gosec // a count of numbers
	}
	for _, t := range s.exact {
		if t.N > 0 {
			n++
		}
	}
	return n
}

// The kinds of a state entry's numbers.
const (
	kindExact  = 0
	kindSketch = 1
)

func (s *numbers) appendTo(dst []byte) ([]byte, error) {
	if s.sketch != nil {
		b, err := s.sketch.MarshalBinary()
		if err != nil {
			return nil, fmt.Errorf("encode a sketch: %w", err)
		}
		return statecodec.AppendBytes(statecodec.AppendUint(dst, kindSketch), b), nil
	}
	dst = statecodec.AppendUint(statecodec.AppendUint(dst, kindExact), uint64(len(s.exact)))
	for _, t := range s.exact {
		dst = statecodec.AppendInt(binary.BigEndian.AppendUint64(dst, t.Value), t.N)
	}
	return dst, nil
}

func (s *numbers) readFrom(r *statecodec.Reader) error {
	if r.Uint() == kindSketch {
		s.sketch = &hyperloglog.Sketch{}
		if err := s.sketch.UnmarshalBinary(r.Bytes()); err != nil {
			return fmt.Errorf("read a sketch: %w", err)
		}
		return nil
	}
	n := r.Len()
	s.exact = make([]funnel.Tally[uint64], 0, n+1)
	for range n {
		var hash [8]byte
		r.Fixed(hash[:])
		s.exact = append(s.exact, funnel.Tally[uint64]{Value: binary.BigEndian.Uint64(hash[:]), N: r.Int()})
	}
	return nil
}
