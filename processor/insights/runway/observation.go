package runway

import (
	"slices"
	"time"

	"github.com/tributary-hq/tributary/processor/statecodec"
)

const (
	slotLength = 30 * time.Minute
	maxSlots   = 48
	longest    = 7 * 24 * time.Hour
)

// Observation is the balance that one callback reports.
type Observation struct {
	// Number orders the callbacks of an account.
	Number uint64
	At     time.Time
	// BalanceMinor is in minor units of Currency.
	BalanceMinor int64
	Currency     string
	// Paid is set if the callback reports that money came in.
	Paid bool
}

// slot holds the callbacks of one half-hour: the ones with the lowest and highest number,
// and whether money came in.
type slot struct {
	begin       time.Time
	first, last Observation
	paid        bool
}

// history holds an account's balance over time, in half-hours.
type history []slot

// add adds an observation. The result does not depend on the order of the calls.
func (h *history) add(o Observation) {
	begin := o.At.Truncate(slotLength)
	i, found := slices.BinarySearchFunc(*h, begin, func(s slot, t time.Time) int { return s.begin.Compare(t) })
	if !found {
		*h = slices.Insert(*h, i, slot{begin: begin, first: o, last: o, paid: o.Paid})
		oldest := (*h)[len(*h)-1].begin.Add(-longest)
		for len(*h) > maxSlots || (*h)[0].begin.Before(oldest) {
			*h = (*h)[1:]
		}
		return
	}
	s := &(*h)[i]
	s.paid = s.paid || o.Paid
	// The same callback may be known with an earlier time of receipt.
	if o.Number < s.first.Number || o.Number == s.first.Number && o.At.Before(s.first.At) {
		s.first = o
	}
	if o.Number > s.last.Number || o.Number == s.last.Number && o.At.Before(s.last.At) {
		s.last = o
	}
}

// newest returns the observation with the highest number.
func (h *history) newest() (newest Observation, ok bool) {
	for i := range *h {
		if o := (*h)[i].last; !ok || o.Number > newest.Number {
			newest, ok = o, true
		}
	}
	return newest, ok
}

// points returns the observations since a time, by number. Each is marked as paid if money
// came in between the one before and it.
func (h *history) points(since time.Time) []Observation {
	var out []Observation
	for i := range *h {
		s := &(*h)[i]
		if s.begin.Before(since.Truncate(slotLength)) {
			continue
		}
		first, last := s.first, s.last
		if first.Number == last.Number {
			out = append(out, first)
			continue
		}
		// Within the slot the payment may be before or after any of the two.
		first.Paid, last.Paid = first.Paid || s.paid, last.Paid || s.paid
		out = append(out, first, last)
	}
	slices.SortFunc(out, func(a, b Observation) int {
		switch {
		case a.Number < b.Number:
			return -1
		case a.Number > b.Number:
			return 1
		default:
			return a.At.Compare(b.At)
		}
	})
	// One callback may be in two slots, with two times of receipt: the earlier counts.
	return slices.CompactFunc(out, func(a, b Observation) bool { return a.Number == b.Number })
}

func (h *history) appendTo(dst []byte) []byte {
	dst = statecodec.AppendUint(dst, uint64(len(*h)))
	for i := range *h {
		s := &(*h)[i]
		dst = statecodec.AppendBool(statecodec.AppendTime(dst, s.begin), s.paid)
		dst = s.last.appendTo(s.first.appendTo(dst))
	}
	return dst
}

func (h *history) readFrom(r *statecodec.Reader) {
	*h = make(history, r.Len())
	for i := range *h {
		s := &(*h)[i]
		s.begin, s.paid = r.Time(), r.Bool()
		s.first.readFrom(r)
		s.last.readFrom(r)
	}
}

func (o *Observation) appendTo(dst []byte) []byte {
	dst = statecodec.AppendTime(statecodec.AppendUint(dst, o.Number), o.At)
	dst = statecodec.AppendString(statecodec.AppendInt(dst, o.BalanceMinor), o.Currency)
	return statecodec.AppendBool(dst, o.Paid)
}

func (o *Observation) readFrom(r *statecodec.Reader) {
	o.Number, o.At, o.BalanceMinor, o.Currency, o.Paid = r.Uint(), r.Time(), r.Int(), r.String(), r.Bool()
}
