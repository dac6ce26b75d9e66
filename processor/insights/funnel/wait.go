package funnel

import (
	"cmp"
	"slices"

	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// Wait is how the first channel of a verification ended, and after how long, or the sum of
// several that ended alike: package frontier has the meaning of the counts.
type Wait struct {
	End      avro.ChannelEnd
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

// addWait adds a wait with a sign; one without an end is none.
func addWait(list []Wait, w *Wait, sign int64) []Wait {
	if w.End == "" {
		return list
	}
	i, found := slices.BinarySearchFunc(list, w, func(have Wait, w *Wait) int { return have.compare(w) })
	if !found {
		list = slices.Insert(list, i, Wait{End: w.End, Bucket: w.Bucket, Currency: w.Currency})
	}
	zero, from := true, w.counts()
	for j, to := range list[i].counts() {
		*to += sign * *from[j]
		zero = zero && *to == 0
	}
	if zero {
		return slices.Delete(list, i, i+1)
	}
	return list
}

func appendWaits(dst []byte, list []Wait) []byte {
	dst = statecodec.AppendUint(dst, uint64(len(list)))
	for i := range list {
		w := &list[i]
		dst = statecodec.AppendString(statecodec.AppendString(dst, string(w.End)), w.Currency)
		dst = statecodec.AppendInt(dst, int64(w.Bucket))
		for _, n := range w.counts() {
			dst = statecodec.AppendInt(dst, *n)
		}
	}
	return dst
}

// readWaits reads waits, whose texts are parts of the entry.
func readWaits(r *statecodec.Reader, list []Wait) []Wait {
	for range r.Len() {
		w := Wait{End: avro.ChannelEnd(r.Text()), Currency: r.Text(), Bucket: int32(r.Int())} //nolint:gosec // written from an int32
		for _, n := range w.counts() {
			*n = r.Int()
		}
		list = append(list, w)
	}
	return list
}

func appendWaitRecords(list []avro.FunnelWait, waits []Wait) []avro.FunnelWait {
	for i := range waits {
		w := &waits[i]
		list = append(list, avro.FunnelWait{
			ChannelEnd: w.End, WaitBucket: w.Bucket, Ended: w.Ended, EndedVerified: w.Verified, EndedPriced: w.Priced,
			FirstCostMinor: w.First, NextCostMinor: w.Next, WaitCurrency: text(w.Currency),
		})
	}
	return list
}
