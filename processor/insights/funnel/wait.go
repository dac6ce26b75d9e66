package funnel

import (
	"cmp"
	"slices"
)

// ChannelEnd is how the first channel of a verification ended.
type ChannelEnd byte

// The ends; 0 is none. New ones go to the end: differences have them as numbers.
const (
	Succeeded ChannelEnd = iota + 1
	// FailedByItself: the channel failed, and the next one began.
	FailedByItself
	// GivenUp: the timeout of the channel was over, and the next one began.
	GivenUp
	// Ended: no other channel began, and the code was not verified.
	Ended
)

// Wait is how the first channel of a verification ended, and after how long, or the sum of
// several that ended alike: package frontier has the meaning of the counts.
type Wait struct {
	End      ChannelEnd
	Bucket   int32
	Currency string

	Ended, Verified, Priced, First, Next int64
}

func (w *Wait) compare(o *Wait) int {
	return cmp.Or(cmp.Compare(w.End, o.End), cmp.Compare(w.Bucket, o.Bucket), cmp.Compare(w.Currency, o.Currency))
}

func (w *Wait) counts() [5]*int64 {
	return [...]*int64{&w.Ended, &w.Verified, &w.Priced, &w.First, &w.Next}
}

// addWait adds a wait.
func addWait(list []Wait, w *Wait) []Wait {
	i, found := slices.BinarySearchFunc(list, w, func(have Wait, w *Wait) int { return have.compare(w) })
	if !found {
		list = slices.Insert(list, i, Wait{End: w.End, Bucket: w.Bucket, Currency: w.Currency})
	}
	zero, from := true, w.counts()
	for j, to := range list[i].counts() {
		*to += *from[j]
		zero = zero && *to == 0
	}
	if zero {
		return slices.Delete(list, i, i+1)
	}
	return list
}
