package engine

import (
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Progress is how far the restores of a worker are.
type Progress struct {
	// Partitions are those that have not reached the end of their changelog.
	Partitions int `json:"partitions_left"`
	// Records and Bytes are replayed so far, keys and values.
	Records int64 `json:"records"`
	Bytes   int64 `json:"bytes"`
	// Offsets is how many changelog offsets are left: at most as many records.
	Offsets int64 `json:"offsets_left"`
	// BytesPerSecond is the mean rate, SecondsLeft what the offsets left will take
	// at the rate so far.
	BytesPerSecond float64 `json:"bytes_per_second"`
	SecondsLeft    float64 `json:"seconds_left"`
}

// Restoring is the progress of all restores that run, zero if there is none.
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

// board gathers the progress of restores that run beside each other.
type board struct {
	mu    sync.Mutex
	began time.Time
	// told are the partitions of the restores that run, as each last told of them.
	told map[*following]following
}

// tell takes up how far partitions of a restore are.
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

// forget takes the partitions of a restore that has ended away.
func (b *board) forget(ahead map[int32]*following) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, f := range ahead {
		delete(b.told, f)
	}
}

// sum is the progress of all restores that run, zero if there is none.
func (b *board) sum(now time.Time) (p Progress) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var done int64
	for _, f := range b.told {
		left := max(f.end-f.pos.offset, 0)
		if left > 0 {
			p.Partitions++
		}
		p.Records += f.records
		p.Bytes += f.bytes
		p.Offsets += left
		done += f.pos.offset - f.from
	}
	took := now.Sub(b.began).Seconds()
	if p.Partitions == 0 || took <= 0 || done <= 0 {
		return p
	}
	p.BytesPerSecond = float64(p.Bytes) / took
	p.SecondsLeft = took / float64(done) * float64(p.Offsets)
	return p
}

// showProgress tells how far partitions are, in metrics and in the status.
func (w *worker) showProgress(ahead map[int32]*following) {
	w.progress.tell(ahead, w.deps.Now())
	w.publishProgress()
}

// endProgress takes the partitions of a restore that has ended away.
func (w *worker) endProgress(ahead map[int32]*following) {
	w.progress.forget(ahead)
	w.publishProgress()
}

func (w *worker) publishProgress() {
	p := w.progress.sum(w.deps.Now())
	m, stage, worker := w.metrics, w.spec.Name, strconv.Itoa(w.index)
	m.restoreLeft.WithLabelValues(stage, worker).Set(float64(p.Offsets))
	m.restorePartitions.WithLabelValues(stage, worker).Set(float64(p.Partitions))
	m.restoreRate.WithLabelValues(stage, worker).Set(p.BytesPerSecond)
	m.restoreSeconds.WithLabelValues(stage, worker).Set(p.SecondsLeft)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.status.Restored = p
}

// The kinds of a restore: nothing to replay, the changelog behind the stored
// position, or all of it.
const (
	kindNone  = "none"
	kindTail  = "tail"
	kindWhole = "whole"
)

// kind says how much of the changelog a restore replayed, and why.
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

// logRestored tells of restores that an assignment brought, partition by
// partition.
func (w *worker) logRestored(found map[int32]*restored) {
	for _, p := range slices.Sorted(maps.Keys(found)) {
		r := found[p]
		kind, why := r.kind()
		rate := 0.0
		if r.took > 0 {
			rate = float64(r.bytes) / r.took.Seconds()
		}
		w.metrics.restores.WithLabelValues(w.spec.Name, kind).Inc()
		w.logger.Info("state restored", slog.Int("partition", int(p)), slog.String("kind", kind), slog.String("reason", why),
			slog.Int64("records", r.records), slog.Int64("bytes", r.bytes), slog.Duration("took", r.took), slog.Int64("bytes_per_second", int64(rate)),
			slog.Int64("from", r.from), slog.Int64("to", r.pos.offset))
	}
}
