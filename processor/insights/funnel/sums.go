package funnel

import (
	"cmp"
	"slices"

	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// Sums holds the sums of contributions, without the phone numbers. Lists are sorted and hold
// no element that adds up to zero, so equal sums have equal encodings.
type Sums struct {
	Counts   Counts
	Channels [channelCount]ChannelCounts
	Costs    []Cost
	Revenue  []Revenue
	// VerifyTimes and CaptureTimes are durations by bucket.
	VerifyTimes, CaptureTimes []Tally[int32]
}

// Cost is the cost of verifications in one currency. Known is how many have a known cost.
type Cost struct {
	Currency     string
	Known, Minor int64
}

// Revenue is the money of journeys in one currency.
type Revenue struct {
	Currency           string
	Gross, RefundMinor int64
}

// Tally is a value and how often it is there; negative in a difference.
type Tally[T cmp.Ordered] struct {
	Value T
	N     int64
}

// Add adds other sums n times, where n is 1 or -1.
func (s *Sums) Add(o *Sums, n int64) {
	for i := range s.Counts {
		s.Counts[i] += n * o.Counts[i]
	}
	for i := range s.Channels {
		to, from := &s.Channels[i], &o.Channels[i]
		to.Attempts += n * from.Attempts
		to.Failed += n * from.Failed
		to.Fallbacks += n * from.Fallbacks
	}
	for _, c := range o.Costs {
		s.Costs = addCost(s.Costs, Cost{c.Currency, n * c.Known, n * c.Minor})
	}
	for _, r := range o.Revenue {
		s.Revenue = addRevenue(s.Revenue, Revenue{r.Currency, n * r.Gross, n * r.RefundMinor})
	}
	for _, t := range o.VerifyTimes {
		s.VerifyTimes = addTally(s.VerifyTimes, t.Value, n*t.N)
	}
	for _, t := range o.CaptureTimes {
		s.CaptureTimes = addTally(s.CaptureTimes, t.Value, n*t.N)
	}
}

// IsZero reports whether nothing is left.
func (s *Sums) IsZero() bool {
	return s.Counts == Counts{} && s.Channels == [channelCount]ChannelCounts{} &&
		len(s.Costs)+len(s.Revenue)+len(s.VerifyTimes)+len(s.CaptureTimes) == 0
}

// AppendChannels appends the channels that have attempts.
func AppendChannels(list []avro.FunnelChannel, s *Sums) []avro.FunnelChannel {
	for i, channel := range channels() {
		if n := &s.Channels[i]; *n != (ChannelCounts{}) {
			list = append(list, avro.FunnelChannel{Channel: channel, Attempts: n.Attempts, FailedAttempts: n.Failed, Fallbacks: n.Fallbacks})
		}
	}
	return list
}

// addTally adds a value n times. The zero value is none.
func addTally[T cmp.Ordered](list []Tally[T], value T, n int64) []Tally[T] {
	var none T
	if value == none || n == 0 {
		return list
	}
	i, found := slices.BinarySearchFunc(list, value, func(t Tally[T], v T) int { return cmp.Compare(t.Value, v) })
	if !found {
		return slices.Insert(list, i, Tally[T]{value, n})
	}
	if list[i].N += n; list[i].N == 0 {
		return slices.Delete(list, i, i+1)
	}
	return list
}

func addCost(list []Cost, c Cost) []Cost {
	i, found := slices.BinarySearchFunc(list, c.Currency, func(c Cost, v string) int { return cmp.Compare(c.Currency, v) })
	switch {
	case c.Known == 0 && c.Minor == 0:
		return list
	case !found:
		return slices.Insert(list, i, c)
	}
	list[i].Known += c.Known
	list[i].Minor += c.Minor
	if list[i].Known == 0 && list[i].Minor == 0 {
		return slices.Delete(list, i, i+1)
	}
	return list
}

func addRevenue(list []Revenue, r Revenue) []Revenue {
	i, found := slices.BinarySearchFunc(list, r.Currency, func(r Revenue, v string) int { return cmp.Compare(r.Currency, v) })
	switch {
	case r.Gross == 0 && r.RefundMinor == 0:
		return list
	case !found:
		return slices.Insert(list, i, r)
	}
	list[i].Gross += r.Gross
	list[i].RefundMinor += r.RefundMinor
	if list[i].Gross == 0 && list[i].RefundMinor == 0 {
		return slices.Delete(list, i, i+1)
	}
	return list
}

// AppendTo appends the sums to a state entry.
func (s *Sums) AppendTo(dst []byte) []byte {
	dst = statecodec.AppendUint(dst, countCount)
	for _, n := range s.Counts {
		dst = statecodec.AppendInt(dst, n)
	}
	for i := range s.Channels {
		n := &s.Channels[i]
		if *n == (ChannelCounts{}) {
			continue
		}
		dst = statecodec.AppendUint(dst, uint64(i)+1)
		dst = statecodec.AppendInt(statecodec.AppendInt(statecodec.AppendInt(dst, n.Attempts), n.Failed), n.Fallbacks)
	}
	dst = statecodec.AppendUint(dst, 0)
	dst = statecodec.AppendUint(dst, uint64(len(s.Costs)))
	for _, c := range s.Costs {
		dst = statecodec.AppendInt(statecodec.AppendInt(statecodec.AppendString(dst, c.Currency), c.Known), c.Minor)
	}
	dst = statecodec.AppendUint(dst, uint64(len(s.Revenue)))
	for _, r := range s.Revenue {
		dst = statecodec.AppendInt(statecodec.AppendInt(statecodec.AppendString(dst, r.Currency), r.Gross), r.RefundMinor)
	}
	return appendTimes(appendTimes(dst, s.VerifyTimes), s.CaptureTimes)
}

// appendTimes appends buckets, each as the distance to the one before.
func appendTimes(dst []byte, list []Tally[int32]) []byte {
	dst = statecodec.AppendUint(dst, uint64(len(list)))
	before := int32(0)
	for _, t := range list {
		dst = statecodec.AppendInt(statecodec.AppendInt(dst, int64(t.Value-before)), t.N)
		before = t.Value
	}
	return dst
}

// ReadFrom reads sums that AppendTo wrote.
func (s *Sums) ReadFrom(r *statecodec.Reader) {
	*s = Sums{Costs: s.Costs[:0], Revenue: s.Revenue[:0], VerifyTimes: s.VerifyTimes[:0], CaptureTimes: s.CaptureTimes[:0]}
	for i := range r.Uint() {
		if n := r.Int(); i < countCount {
			s.Counts[i] = n
		}
	}
	for code := r.Uint(); code != 0 && r.Err() == nil; code = r.Uint() {
		n := ChannelCounts{Attempts: r.Int(), Failed: r.Int(), Fallbacks: r.Int()}
		if code <= channelCount {
			s.Channels[code-1] = n
		}
	}
	for range r.Len() {
		s.Costs = append(s.Costs, Cost{r.Text(), r.Int(), r.Int()})
	}
	for range r.Len() {
		s.Revenue = append(s.Revenue, Revenue{r.Text(), r.Int(), r.Int()})
	}
	s.VerifyTimes, s.CaptureTimes = readTimes(r, s.VerifyTimes), readTimes(r, s.CaptureTimes)
}

func readTimes(r *statecodec.Reader, list []Tally[int32]) []Tally[int32] {
	bucket := int32(0)
	for range r.Len() {
		bucket += int32(r.Int()) //nolint:gosec // written from an int32
		list = append(list, Tally[int32]{bucket, r.Int()})
	}
	return list
}

// Quantile returns the duration in milliseconds below which a share of the durations lies,
// with RelativeError; ok is false if there are none.
func Quantile(list []Tally[int32], share float64) (ms int64, ok bool) {
	total := int64(0)
	for _, t := range list {
		total += t.N
	}
	if total <= 0 {
		return 0, false
	}
	rank := int64(share * float64(total-1))
	for _, t := range list {
		if rank -= t.N; rank < 0 {
			return Duration(t.Value), true
		}
	}
	return Duration(list[len(list)-1].Value), true
}
