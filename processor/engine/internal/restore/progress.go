package restore

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// Progress is the progress of a worker's restores.
type Progress struct {
	// Partitions counts those that have not reached the end of their changelog.
	Partitions int `json:"partitions_left"`
	// Records and Bytes (keys and values) count the replayed changelog so far.
	Records int64 `json:"records"`
	Bytes   int64 `json:"bytes"`
	// Offsets is the number of changelog offsets left, an upper bound of the records
	// left.
	Offsets int64 `json:"offsets_left"`
	// BytesPerSecond is the mean rate so far, SecondsLeft the estimated time left.
	BytesPerSecond float64 `json:"bytes_per_second"`
	SecondsLeft    float64 `json:"seconds_left"`
}

// PartitionProgress is the progress of the restore of one partition.
type PartitionProgress struct {
	Partition int32
	// Read and Left count changelog offsets: those read by this restore, and an upper
	// bound of the records left.
	Read, Left int64
	// Records and Bytes (keys and values) count the replayed changelog so far.
	Records, Bytes int64
	// Took is the time since the first of the running restores began.
	Took time.Duration
	// SecondsLeft is the estimated time left, 0 while nothing has been read.
	SecondsLeft float64
}

// Sum returns the progress of several partitions, zero of none.
func Sum(partitions []PartitionProgress) (p Progress) {
	var read int64
	var took time.Duration
	for i := range partitions {
		part := &partitions[i]
		if part.Left > 0 {
			p.Partitions++
		}
		p.Records += part.Records
		p.Bytes += part.Bytes
		p.Offsets += part.Left
		read, took = read+part.Read, part.Took
	}
	if p.Partitions == 0 || took <= 0 || read <= 0 {
		return p
	}
	p.BytesPerSecond = float64(p.Bytes) / took.Seconds()
	p.SecondsLeft = took.Seconds() / float64(read) * float64(p.Offsets)
	return p
}

// tracker is the progress tracker of a worker's concurrent restores. It publishes under
// its lock, so that nothing is published after something newer.
type tracker struct {
	mu    sync.Mutex
	began time.Time
	// The last reported progress, by partition of a running restore.
	reported map[*Changelog]Changelog
}

// report records the progress of a restore's partitions and publishes that of all.
func (b *tracker) report(ahead map[int32]*Changelog, now time.Time, publish func([]PartitionProgress)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.reported) == 0 {
		b.reported, b.began = map[*Changelog]Changelog{}, now
	}
	for _, f := range ahead {
		b.reported[f] = *f
	}
	publish(b.partitions(now))
}

// forget removes the partitions of a restore that has ended and publishes the others.
func (b *tracker) forget(ahead map[int32]*Changelog, now time.Time, publish func([]PartitionProgress)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, f := range ahead {
		delete(b.reported, f)
	}
	publish(b.partitions(now))
}

// partitions returns the progress of every partition of the running restores, sorted by
// partition; the caller holds the lock.
func (b *tracker) partitions(now time.Time) []PartitionProgress {
	out := make([]PartitionProgress, 0, len(b.reported))
	for _, f := range b.reported {
		p := PartitionProgress{
			Partition: f.Partition, Read: f.Checkpoint.Offset - f.From, Left: max(f.End-f.Checkpoint.Offset, 0),
			Records: f.Records, Bytes: f.Bytes, Took: now.Sub(b.began),
		}
		if p.Read > 0 && p.Took > 0 {
			p.SecondsLeft = p.Took.Seconds() / float64(p.Read) * float64(p.Left)
		}
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b PartitionProgress) int { return cmp.Compare(a.Partition, b.Partition) })
	return out
}

// The kinds of a restore: nothing to replay, the changelog from the stored checkpoint
// on, or the whole changelog.
const (
	KindNone  = "none"
	KindTail  = "tail"
	KindWhole = "whole"
)

// Kind returns how much of the changelog a restore replayed, and why.
func (r *Result) Kind() (kind, why string) {
	switch {
	case r.Reason != "" && r.Records == 0:
		return KindNone, "the changelog is empty"
	case r.Reason != "":
		return KindWhole, r.Reason
	case r.Records == 0:
		return KindNone, "the store is as the changelog says"
	}
	return KindTail, "the changelog goes on behind the stored position"
}
