package pumping

import (
	"slices"

	"github.com/tributary-hq/tributary/processor/statecodec"
)

const (
	// maxNumbers is how many numbers of a block are remembered, maxLabels how many sources
	// and channels of a subject are.
	maxNumbers = 256
	maxLabels  = 8
	// baselineMinutes is the span of the baseline, which sums the minutes older than
	// keptMinutes; when it is longer, the sums are halved.
	baselineMinutes = 14 * dayMinutes
)

// subject is a block, an area, a carrier or a country with its counts.
type subject struct {
	level Level
	name  string
	// area and carrier are those of a block.
	area, carrier string
	// first is the minute at which the baseline begins; baseline is the sum of the buckets
	// before those of the series.
	first    int64
	baseline counts
	series   series
	// numbers are those of a block of the last day, in the order of their hashes.
	numbers    []number
	currencies []string
	// sources and channels are where the codes of late came from.
	sources, channels []label
	claim             *claim
	// folded is the minute of the last fold since it was read.
	folded int64
}

// number is a number of a block: a part of its hash and when it was last seen.
type number struct {
	hash   uint32
	minute int64
}

// label is a source or a channel with its recent codes.
type label struct {
	name  string
	codes int64
}

// claim is an open claim.
type claim struct {
	id       int64
	reason   Reason
	since    int64
	raised   int64
	expected float64
	// past is the sum of the buckets since then that are too old to be kept.
	past counts
	// emitted is when the claim was emitted last, with these counts.
	emitted               int64
	codes, verified, paid int64
	// named is the length of the prefix that was emitted.
	named int
}

// observe adds an observation; numbers counts those of its numbers that are new.
func (s *subject) observe(o *Observation, source string, minute, now, numbers int64) {
	b := s.series.at(minute, s.grid(now))
	b.codes += o.Codes
	b.verified += o.Verified
	b.paid += o.Paid
	b.numbers += numbers
	b.costUnknown += o.CostUnknown
	for i := range o.Costs {
		if j := s.currency(o.Costs[i].Currency); j >= 0 {
			b.costs[j] += o.Costs[i].Minor
		}
	}
	s.sources = tally(s.sources, source, o.Codes)
	s.channels = tally(s.channels, o.Channel, o.Codes)
}

// grid returns the grid of the series.
func (s *subject) grid(now int64) grid {
	if s.claim != nil {
		return grid{now, s.claim.since}
	}
	return grid{now, 0}
}

// currency returns the index of a currency, -1 if there are too many.
func (s *subject) currency(name string) int {
	i := slices.Index(s.currencies, name)
	if i < 0 && len(s.currencies) < maxCurrencies {
		s.currencies = append(s.currencies, name)
		i = len(s.currencies) - 1
	}
	return i
}

// see returns how many hashes were not seen within a day before a minute.
func (s *subject) see(hashes []uint64, minute int64) (fresh int64) {
	for _, h := range hashes {
		hash := uint32(h) //nolint:gosec // the lower half
		i, found := slices.BinarySearchFunc(s.numbers, hash, func(n number, hash uint32) int { return int(int64(n.hash) - int64(hash)) })
		if found {
			if n := &s.numbers[i]; minute > n.minute {
				if minute-n.minute > dayMinutes {
					fresh++
				}
				n.minute = minute
			}
			continue
		}
		fresh++
		s.numbers = slices.Insert(s.numbers, i, number{hash, minute})
		if len(s.numbers) > maxNumbers {
			oldest := 0
			for j := range s.numbers {
				if s.numbers[j].minute < s.numbers[oldest].minute {
					oldest = j
				}
			}
			s.numbers = slices.Delete(s.numbers, oldest, oldest+1)
		}
	}
	return fresh
}

// fold moves counts that are too old for the series to the baseline, or to the claim that
// explains them.
func (s *subject) fold(now int64) {
	s.folded = now
	before, since := s.series.fold(s.grid(now))
	s.baseline.add(&before, 1)
	s.numbers = slices.DeleteFunc(s.numbers, func(n number) bool { return n.minute < now-dayMinutes })
	if s.claim != nil {
		s.claim.past.add(&since, 1)
		return
	}
	s.baseline.add(&since, 1)
	if span := now - keptMinutes - s.first; span > baselineMinutes {
		s.first += span / 2
		for _, n := range [...]*int64{&s.baseline.codes, &s.baseline.verified, &s.baseline.paid, &s.baseline.numbers} {
			*n /= 2
		}
	}
}

// subtract takes the buckets of a part of the subject from a minute on away.
func (s *subject) subtract(part *subject, from, now int64) {
	for i := range part.series {
		b := part.series[i]
		if b.start < from {
			continue
		}
		costs := b.costs
		b.costs = [maxCurrencies]int64{}
		own := s.series.at(b.start, s.grid(now))
		own.add(&b.counts, -1)
		for j, minor := range costs {
			if minor == 0 {
				continue
			}
			if k := s.currency(part.currencies[j]); k >= 0 {
				own.costs[k] -= minor
			}
		}
	}
}

// tally adds codes to a label; the counts are halved from time to time, so that they are
// about the recent ones.
func tally(labels []label, name string, codes int64) []label {
	const enough = 400
	i := slices.IndexFunc(labels, func(l label) bool { return l.name == name })
	switch {
	case i >= 0:
		labels[i].codes += codes
	case len(labels) < maxLabels:
		labels, i = append(labels, label{name, codes}), len(labels)
	default:
		labels[maxLabels-1], i = label{name, codes}, maxLabels-1
	}
	if labels[i].codes > enough {
		for j := range labels {
			labels[j].codes /= 2
		}
	}
	return labels
}

// common returns the label that nearly all codes have, "" if there is none.
func common(labels []label) string {
	all, most := int64(0), label{}
	for _, l := range labels {
		all += l.codes
		if l.codes > most.codes {
			most = l
		}
	}
	if most.codes*10 >= all*9 {
		return most.name
	}
	return ""
}

// subjectVersion is the format of a subject's entry.
const subjectVersion = 1

func (s *subject) appendTo(dst []byte) []byte {
	dst = append(dst, subjectVersion)
	dst = statecodec.AppendString(dst, s.area)
	dst = statecodec.AppendString(dst, s.carrier)
	dst = statecodec.AppendInt(dst, s.first)
	dst = s.baseline.appendTo(dst)
	dst = s.series.appendTo(dst)
	dst = statecodec.AppendUint(dst, uint64(len(s.numbers)))
	last := uint32(0)
	for _, n := range s.numbers {
		dst = statecodec.AppendUint(dst, uint64(n.hash-last))
		dst = statecodec.AppendInt(dst, n.minute)
		last = n.hash
	}
	dst = statecodec.AppendUint(dst, uint64(len(s.currencies)))
	for _, c := range s.currencies {
		dst = statecodec.AppendString(dst, c)
	}
	dst = appendLabels(dst, s.sources)
	dst = appendLabels(dst, s.channels)
	dst = statecodec.AppendBool(dst, s.claim != nil)
	if s.claim != nil {
		dst = s.claim.appendTo(dst)
	}
	return dst
}

// readFrom reads an entry into the memory of the subject. Its texts are parts of the entry.
func (s *subject) readFrom(entry []byte) error {
	r, _ := statecodec.NewReader(entry, subjectVersion)
	s.area, s.carrier, s.first = r.Text(), r.Text(), r.Int()
	s.baseline.readFrom(r)
	s.series = readSeries(r, s.series[:0])
	s.numbers = s.numbers[:0]
	last := uint32(0)
	for range r.Len() {
		last += uint32(r.Uint()) //nolint:gosec // it was one
		s.numbers = append(s.numbers, number{last, r.Int()})
	}
	s.currencies = s.currencies[:0]
	for range r.Len() {
		s.currencies = append(s.currencies, r.Text())
	}
	s.sources, s.channels = readLabels(r, s.sources[:0]), readLabels(r, s.channels[:0])
	s.claim = nil
	if r.Bool() {
		s.claim = &claim{}
		s.claim.readFrom(r)
	}
	return r.Done()
}

func appendLabels(dst []byte, labels []label) []byte {
	dst = statecodec.AppendUint(dst, uint64(len(labels)))
	for _, l := range labels {
		dst = statecodec.AppendInt(statecodec.AppendString(dst, l.name), l.codes)
	}
	return dst
}

func readLabels(r *statecodec.Reader, out []label) []label {
	for range r.Len() {
		out = append(out, label{r.Text(), r.Int()})
	}
	return out
}

// shares are kept in millionths.
const millionths = 1e6

func (c *claim) appendTo(dst []byte) []byte {
	for _, n := range [...]int64{c.id, int64(c.reason), c.since, c.raised, int64(c.expected * millionths), c.emitted, c.codes, c.verified, c.paid, int64(c.named)} {
		dst = statecodec.AppendInt(dst, n)
	}
	return c.past.appendTo(dst)
}

func (c *claim) readFrom(r *statecodec.Reader) {
	var reason, expected, named int64
	for _, n := range [...]*int64{&c.id, &reason, &c.since, &c.raised, &expected, &c.emitted, &c.codes, &c.verified, &c.paid, &named} {
		*n = r.Int()
	}
	c.reason, c.expected, c.named = Reason(reason), float64(expected)/millionths, int(named) //nolint:gosec // it was one
	c.past.readFrom(r)
}
