package funnel

import (
	"slices"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/statecodec"
)

// Counter is the name of the counts whose labels are differences, for Collect.
const Counter = "funnel"

// Difference holds the changes to the sums of its dimensions.
type Difference struct {
	Dimensions
	Sums

	// Phones are the numbers, by their hash; Successes are the minutes of successes.
	Phones    []Tally[uint64]
	Successes []Tally[int64]
	// Waits are how the first channels ended.
	Waits []Wait
}

// Count counts the difference between two contributions of an entity; the zero value is none.
// The label is dropped by the transaction if the stage's call fails.
func Count(tx stage.Tx, was, is *Contribution) {
	if was.equal(is) {
		return
	}
	const usual = 160
	if was.Dimensions == is.Dimensions {
		count(tx, appendChange(is.appendTo(tx.Buffer(usual)), was, is))
		return
	}
	var none Contribution
	if !was.equal(&none) {
		count(tx, appendChange(was.appendTo(tx.Buffer(usual)), was, &none))
	}
	if !is.equal(&none) {
		count(tx, appendChange(is.appendTo(tx.Buffer(usual)), &none, is))
	}
}

func count(tx stage.Tx, difference []byte) { tx.Count(Counter, statecodec.View(difference), 1) }

// equal reports whether two contributions are the same.
func (c *Contribution) equal(o *Contribution) bool {
	return c.single == o.single && c.Dimensions == o.Dimensions && slices.Equal(c.Revenue, o.Revenue)
}

// appendChange appends the elements that make one contribution of another.
func appendChange(dst []byte, was, is *Contribution) []byte {
	for i := range is.Counts {
		dst = appendCount(dst, byte(i), is.Counts[i]-was.Counts[i])
	}
	for i := range is.Channels {
		if a, b := &was.Channels[i], &is.Channels[i]; *a != *b {
			dst = appendChannel(dst, i, &ChannelCounts{b.Attempts - a.Attempts, b.Failed - a.Failed, b.Fallbacks - a.Fallbacks})
		}
	}
	if was.Currency == is.Currency {
		dst = appendAmounts(dst, tagCost, is.Currency, is.CostKnown-was.CostKnown, is.CostMinor-was.CostMinor)
	} else {
		dst = appendAmounts(dst, tagCost, was.Currency, -was.CostKnown, -was.CostMinor)
		dst = appendAmounts(dst, tagCost, is.Currency, is.CostKnown, is.CostMinor)
	}
	if !slices.Equal(was.Revenue, is.Revenue) {
		for _, r := range was.Revenue {
			dst = appendAmounts(dst, tagRevenue, r.Currency, -r.Gross, -r.RefundMinor)
		}
		for _, r := range is.Revenue {
			dst = appendAmounts(dst, tagRevenue, r.Currency, r.Gross, r.RefundMinor)
		}
	}
	dst = appendMove(dst, tagVerifyTime, int64(was.VerifyTime), int64(is.VerifyTime))
	dst = appendMove(dst, tagCaptureTime, int64(was.CaptureTime), int64(is.CaptureTime))
	dst = appendMove(dst, tagSuccess, was.SuccessMinute, is.SuccessMinute)
	if was.Phone != is.Phone {
		dst = appendPhone(appendPhone(dst, was.Phone, -1), is.Phone, 1)
	}
	if was.Wait != is.Wait {
		dst = appendWait(appendWait(dst, &was.Wait, -1), &is.Wait, 1)
	}
	return dst
}

// appendMove appends the elements that replace one value by another.
func appendMove(dst []byte, tag byte, was, is int64) []byte {
	if was == is {
		return dst
	}
	return appendTally(appendTally(dst, tag, was, -1), tag, is, 1)
}

// IsZero reports whether the difference changes nothing.
func (d *Difference) IsZero() bool {
	return d.Sums.IsZero() && len(d.Phones)+len(d.Successes)+len(d.Waits) == 0
}

// Valid reports whether bytes are differences.
func Valid(differences []byte) bool {
	var d Difference
	for list := (reader{left: statecodec.View(differences)}); list.left != ""; {
		r := reader{left: list.text()}
		r.dimensions(&d.Dimensions)
		d.reset()
		d.addElements(&r)
		if r.failed || list.failed {
			return false
		}
	}
	return true
}

// reset empties the difference and keeps its memory.
func (d *Difference) reset() {
	*d = Difference{
		Sums:   Sums{Costs: d.Costs[:0], Revenue: d.Revenue[:0], VerifyTimes: d.VerifyTimes[:0], CaptureTimes: d.CaptureTimes[:0]},
		Phones: d.Phones[:0], Successes: d.Successes[:0], Waits: d.Waits[:0],
	}
}

// Sum yields the sums of sorted differences of the same dimensions, unless they are zero. A sum is
// valid until yield returns.
func Sum(differences []string, yield func(d *Difference) error) error {
	var d Difference
	for len(differences) > 0 {
		n, err := d.sum(differences)
		if err != nil {
			return err
		}
		if !d.IsZero() {
			if err := yield(&d); err != nil {
				return err
			}
		}
		differences = differences[n:]
	}
	return nil
}

// sum sets d to the sum of the first differences and those behind that have its dimensions, and
// returns how many they are.
func (d *Difference) sum(differences []string) (n int, err error) {
	d.reset()
	r := reader{left: differences[0]}
	r.dimensions(&d.Dimensions)
	dimensions := differences[0][:len(differences[0])-len(r.left)]
	d.addElements(&r)
	for n = 1; n < len(differences) && !r.failed; n++ {
		next := differences[n]
		if len(next) < len(dimensions) || next[:len(dimensions)] != dimensions {
			break
		}
		r.left = next[len(dimensions):]
		d.addElements(&r)
	}
	if r.failed {
		return 0, errFormat
	}
	return n, nil
}
