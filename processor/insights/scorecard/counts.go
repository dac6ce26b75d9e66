package scorecard

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tributary-hq/tributary/processor/insights/logbucket"
	"github.com/tributary-hq/tributary/processor/statecodec"
)

// Counts holds the counts of a provider's stage.
type Counts struct {
	// Facts are new facts, Duplicates repeats of known ones, DeadLetters records that can
	// never be handled.
	Facts, Duplicates, DeadLetters int64
	// Missed are delivery attempts without a webhook in time; those whose webhook came later
	// are subtracted.
	Missed int64
	// Regressions are payments whose phase went back, Conflicts those with contradicting
	// phases.
	Regressions, Conflicts int64
	// Unknown are events, statuses and channels with a name that this version does not know.
	Unknown int64
	// Lateness counts the facts by the time from the event to its receipt, sorted by bucket.
	Lateness []logbucket.Count
}

// IsZero reports whether nothing was counted.
func (c *Counts) IsZero() bool {
	for _, n := range c.fields() {
		if *n != 0 {
			return false
		}
	}
	return len(c.Lateness) == 0
}

// fields are the counts in the order of the state entry. New ones go to the end.
func (c *Counts) fields() []*int64 {
	return []*int64{&c.Facts, &c.Duplicates, &c.DeadLetters, &c.Missed, &c.Regressions, &c.Conflicts, &c.Unknown}
}

// Late counts facts in a bucket of lateness.
func (c *Counts) Late(bucket int32, n int64) {
	i, found := slices.BinarySearchFunc(c.Lateness, bucket, func(have logbucket.Count, b int32) int { return cmp.Compare(have.Bucket, b) })
	if !found {
		c.Lateness = slices.Insert(c.Lateness, i, logbucket.Count{Bucket: bucket})
	}
	c.Lateness[i].N += n
}

// Add adds counts.
func (c *Counts) Add(more *Counts) {
	to := c.fields()
	for i, n := range more.fields() {
		*to[i] += *n
	}
	for _, l := range more.Lateness {
		c.Late(l.Bucket, l.N)
	}
}

// AppendTo appends the counts to a state entry.
func (c *Counts) AppendTo(dst []byte) []byte {
	for _, n := range c.fields() {
		dst = statecodec.AppendInt(dst, *n)
	}
	dst = statecodec.AppendUint(dst, uint64(len(c.Lateness)))
	for _, l := range c.Lateness {
		dst = statecodec.AppendInt(statecodec.AppendInt(dst, int64(l.Bucket)), l.N)
	}
	return dst
}

// ReadFrom reads counts that AppendTo wrote.
func (c *Counts) ReadFrom(r *statecodec.Reader) {
	for _, n := range c.fields() {
		*n = r.Int()
	}
	c.Lateness = make([]logbucket.Count, r.Len())
	for i := range c.Lateness {
		c.Lateness[i] = logbucket.Count{Bucket: int32(r.Int()), N: r.Int()} //nolint:gosec // written from an int32
	}
}

// formatVersion is the format of the state entry of a day.
const formatVersion = 1

func parse(entry []byte) (*Counts, error) {
	c := &Counts{}
	if entry == nil {
		return c, nil
	}
	r, _ := statecodec.NewReader(entry, formatVersion)
	c.ReadFrom(r)
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("read a scorecard: %w", err)
	}
	return c, nil
}
