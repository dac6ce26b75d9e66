package funnel

import (
	"encoding/binary"
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
func Count(tx stage.Tx, was, is *Contribution) {
	if was.equal(is) {
		return
	}
	if was.Dimensions == is.Dimensions {
		d := Difference{Dimensions: is.Dimensions}
		d.contribute(was, -1)
		d.contribute(is, 1)
		d.count(tx)
		return
	}
	for _, side := range [...]struct {
		c    *Contribution
		sign int64
	}{{was, -1}, {is, 1}} {
		if !side.c.equal(&Contribution{}) {
			d := Difference{Dimensions: side.c.Dimensions}
			d.contribute(side.c, side.sign)
			d.count(tx)
		}
	}
}

// equal reports whether two contributions are the same.
func (c *Contribution) equal(o *Contribution) bool {
	return c.Dimensions == o.Dimensions && c.single == o.single && slices.Equal(c.Revenue, o.Revenue)
}

// contribute adds a contribution with a sign.
func (d *Difference) contribute(c *Contribution, sign int64) {
	for i, n := range c.Counts {
		d.Counts[i] += sign * n
	}
	for i := range c.Channels {
		to, from := &d.Channels[i], &c.Channels[i]
		to.Attempts += sign * from.Attempts
		to.Failed += sign * from.Failed
		to.Fallbacks += sign * from.Fallbacks
	}
	d.Costs = addCost(d.Costs, Cost{c.Currency, sign * c.CostKnown, sign * c.CostMinor})
	for _, r := range c.Revenue {
		d.Revenue = addRevenue(d.Revenue, Revenue{r.Currency, sign * r.Gross, sign * r.RefundMinor})
	}
	d.VerifyTimes = addTally(d.VerifyTimes, c.VerifyTime, sign)
	d.CaptureTimes = addTally(d.CaptureTimes, c.CaptureTime, sign)
	d.Phones = addTally(d.Phones, c.Phone, sign)
	d.Successes = addTally(d.Successes, c.SuccessMinute, sign)
	d.Waits = addWait(d.Waits, &c.Wait, sign)
}

// Merge adds a difference of the same dimensions.
func (d *Difference) Merge(o *Difference) {
	d.Add(&o.Sums, 1)
	for _, t := range o.Phones {
		d.Phones = addTally(d.Phones, t.Value, t.N)
	}
	for _, t := range o.Successes {
		d.Successes = addTally(d.Successes, t.Value, t.N)
	}
	for i := range o.Waits {
		d.Waits = addWait(d.Waits, &o.Waits[i], 1)
	}
}

// IsZero reports whether the difference changes nothing.
func (d *Difference) IsZero() bool {
	return d.Sums.IsZero() && len(d.Phones)+len(d.Successes)+len(d.Waits) == 0
}

// count counts the difference as a label: the transaction drops it if the stage's call fails.
func (d *Difference) count(tx stage.Tx) {
	const usual = 192
	tx.Count(Counter, statecodec.View(d.appendTo(tx.Buffer(usual))), 1)
}

// labelVersion begins a label. Labels are never stored.
const labelVersion = 1

func (d *Difference) appendTo(dst []byte) []byte {
	dst = statecodec.AppendInt(append(dst, labelVersion), d.Minute)
	dst = statecodec.AppendUint(dst, uint64(codeOfFirst(d.Channel))) //nolint:gosec // not negative
	for _, text := range [...]string{d.Country, d.Provider, d.Source, d.Area, d.Block, d.Carrier} {
		dst = statecodec.AppendString(dst, text)
	}
	dst = d.AppendTo(dst)
	dst = statecodec.AppendUint(dst, uint64(len(d.Phones)))
	for _, t := range d.Phones {
		dst = statecodec.AppendInt(binary.BigEndian.AppendUint64(dst, t.Value), t.N)
	}
	dst = statecodec.AppendUint(dst, uint64(len(d.Successes)))
	for _, t := range d.Successes {
		dst = statecodec.AppendInt(statecodec.AppendInt(dst, t.Value), t.N)
	}
	return appendWaits(dst, d.Waits)
}

// readFrom reads a label. The texts of the difference are parts of it.
func (d *Difference) readFrom(label string) error {
	r, _ := statecodec.NewReader([]byte(label), labelVersion)
	d.Minute, d.Channel = r.Int(), firstOfCode(r.Uint())
	for _, text := range [...]*string{&d.Country, &d.Provider, &d.Source, &d.Area, &d.Block, &d.Carrier} {
		*text = r.Text()
	}
	d.ReadFrom(r)
	d.Phones, d.Successes = d.Phones[:0], d.Successes[:0]
	for range r.Len() {
		var hash [8]byte
		r.Fixed(hash[:])
		d.Phones = append(d.Phones, Tally[uint64]{binary.BigEndian.Uint64(hash[:]), r.Int()})
	}
	for range r.Len() {
		d.Successes = append(d.Successes, Tally[int64]{r.Int(), r.Int()})
	}
	d.Waits = readWaits(r, d.Waits[:0])
	return r.Done()
}
