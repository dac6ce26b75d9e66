package frontier

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tributary-hq/tributary/processor/statecodec"
)

// End is how the first channel of a code ended.
type End int

// The ends. New ones go to the end, because the state and the internal topic have them as
// numbers.
const (
	// Succeeded: the code was verified before any other channel began.
	Succeeded End = iota
	// Failed: the channel failed by itself, and the next one began.
	Failed
	// GivenUp: the timeout of the channel was over, and the next one began.
	GivenUp
	// Ended: no other channel began, and the code was not verified.
	Ended
	ends
)

// Wait is one or several codes whose first channel ended alike. The counts may be negative,
// where a code turns out to have ended otherwise.
type Wait struct {
	End    End
	Bucket int32
	// Codes is their number, Verified how many of them were verified in the end.
	Codes, Verified int64
	// Priced is the number of codes whose attempts all have a known cost. FirstMinor is the
	// cost of their first channel, NextMinor that of the others.
	Priced, FirstMinor, NextMinor int64
}

// compare orders waits by their key in a Day: end and bucket.
func (w *Wait) compare(o *Wait) int {
	return cmp.Or(cmp.Compare(w.End, o.End), cmp.Compare(w.Bucket, o.Bucket))
}

func (w *Wait) add(o *Wait) {
	w.Codes += o.Codes
	w.Verified += o.Verified
	w.Priced += o.Priced
	w.FirstMinor += o.FirstMinor
	w.NextMinor += o.NextMinor
}

func (w *Wait) isZero() bool { return *w == Wait{End: w.End, Bucket: w.Bucket} }

// Day is the sum of the waits of a day, or of several, sorted by end and bucket.
type Day []Wait

// Add adds a wait.
func (d *Day) Add(w Wait) {
	if w.End < 0 || w.End >= ends || w.Bucket < 0 || w.Bucket > lastBucket {
		return
	}
	i, found := slices.BinarySearchFunc(*d, &w, func(have Wait, w *Wait) int { return have.compare(w) })
	if !found {
		*d = slices.Insert(*d, i, w)
		return
	}
	(*d)[i].add(&w)
	if (*d)[i].isZero() {
		*d = slices.Delete(*d, i, i+1)
	}
}

// formatVersion is the format of the state entry of a day.
const formatVersion = 1

func (d *Day) appendTo(dst []byte) []byte {
	dst = statecodec.AppendUint(append(dst, formatVersion), uint64(len(*d)))
	for i := range *d {
		w := &(*d)[i]
		for _, v := range []int64{int64(w.End), int64(w.Bucket), w.Codes, w.Verified, w.Priced, w.FirstMinor, w.NextMinor} {
			dst = statecodec.AppendInt(dst, v)
		}
	}
	return dst
}

func parseDay(entry []byte) (Day, error) {
	if entry == nil {
		return nil, nil
	}
	r, _ := statecodec.NewReader(entry, formatVersion)
	d := make(Day, r.Len())
	for i := range d {
		d[i] = Wait{End: End(r.Int()), Bucket: int32(r.Int()), Codes: r.Int(), Verified: r.Int(), Priced: r.Int(), FirstMinor: r.Int(), NextMinor: r.Int()} //nolint:gosec // written from it
	}
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("read a day of waits: %w", err)
	}
	return d, nil
}
