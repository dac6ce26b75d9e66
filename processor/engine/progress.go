package engine

import (
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

// Restoring returns the progress of all running restores, zero if none runs.
func (e *Engine) Restoring() (sum Progress) {
	for _, s := range e.Health() {
		p := s.Restored
		sum.Partitions += p.Partitions
		sum.Records += p.Records
		sum.Bytes += p.Bytes
		sum.Offsets += p.Offsets
		sum.BytesPerSecond += p.BytesPerSecond
		sum.SecondsLeft = max(sum.SecondsLeft, p.SecondsLeft)
	}
	return sum
}

// board is the progress tracker of a worker's concurrent restores.
type board struct {
	mu    sync.Mutex
	began time.Time
	// The last reported progress, by partition of a running restore.
	told map[*following]following
}

// tell records the progress of a restore's partitions.
func (b *board) tell(ahead map[int32]*following, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.told) == 0 {
		b.told, b.began = map[*following]following{}, now
	}
	for _, f := range ahead {
		b.told[f] = *f
	}
}

// forget removes the partitions of a restore that has ended.
func (b *board) forget(ahead map[int32]*following) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, f := range ahead {
		delete(b.told, f)
	}
}

// sum returns the progress of all running restores, zero if none runs.
func (b *board) sum(now time.Time) (p Progress) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var done int64
	for _, f := range b.told {
		left := max(f.end-f.pos.Offset, 0)
		if left > 0 {
			p.Partitions++
		}
		p.Records += f.records
		p.Bytes += f.bytes
		p.Offsets += left
		done += f.pos.Offset - f.from
	}
	took := now.Sub(b.began).Seconds()
	if p.Partitions == 0 || took <= 0 || done <= 0 {
		return p
	}
	p.BytesPerSecond = float64(p.Bytes) / took
	p.SecondsLeft = took / float64(done) * float64(p.Offsets)
	return p
}

// The kinds of a restore: nothing to replay, the changelog from the stored checkpoint
// on, or the whole changelog.
const (
	kindNone  = "none"
	kindTail  = "tail"
	kindWhole = "whole"
)

// kind returns how much of the changelog a restore replayed, and why.
func (r *restored) kind() (kind, why string) {
	switch {
	case r.reason != "" && r.records == 0:
		return kindNone, "the changelog is empty"
	case r.reason != "":
		return kindWhole, r.reason
	case r.records == 0:
		return kindNone, "the store is as the changelog says"
	}
	return kindTail, "the changelog goes on behind the stored position"
}
