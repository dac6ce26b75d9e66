package engine

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// marker is what a partition's log says of a transaction's end.
type marker int

const (
	noMarker marker = iota
	commitMarker
	abortMarker
)

// verdict says how a transaction ended of which the coordinator has forgotten
// partitions. of is its producer id and its epoch.
//
// A marker that was written says it. So does an offset that it committed, or that a
// later round of the same run did. Where neither is, nothing of the transaction is to
// be seen anywhere, and then it has not happened: its records come again.
func (w *worker) verdict(ctx context.Context, traces []kadm.DescribedProducer, of producer) (commit bool, why string, err error) {
	found, why, err := w.markerOf(ctx, traces, of)
	if err != nil || found != noMarker {
		return found == commitMarker, why, err
	}
	committed, err := w.noted(ctx, of)
	if err != nil || committed {
		return true, "its offsets are committed, or those of a later round of the same run", err
	}
	return false, "nothing of it is committed anywhere", nil
}

// verdictOfOffsets says what becomes of the offsets that wait under a producer id.
// They are those of the last transaction that sent some: one that was committed and
// has no offsets yet, or else an aborted one after it.
func (w *worker) verdictOfOffsets(ctx context.Context, traces []kadm.DescribedProducer, last producer) (commit bool, why string, err error) {
	const looks = 8
	for of := last; of.epoch >= 0 && last.epoch-of.epoch < looks; of.epoch-- {
		found, why, err := w.markerOf(ctx, traces, of)
		if err != nil {
			return false, "", err
		}
		if found != commitMarker {
			continue
		}
		committed, err := w.noted(ctx, of)
		if err != nil || committed {
			return false, "the last transaction that was committed has its offsets", err
		}
		return true, why + ", and has no offsets", nil
	}
	return false, "nothing before was committed", nil
}

// markerOf looks for a transaction's marker, which carries the next epoch, in what its
// producer has written to since.
func (w *worker) markerOf(ctx context.Context, traces []kadm.DescribedProducer, of producer) (found marker, why string, err error) {
	candidates := slices.DeleteFunc(slices.Clone(traces), func(p kadm.DescribedProducer) bool { return p.ProducerEpoch <= of.epoch })
	// Where the marker is the last thing, it is found soonest.
	slices.SortStableFunc(candidates, func(a, b kadm.DescribedProducer) int { return cmp.Compare(a.ProducerEpoch, b.ProducerEpoch) })
	for i := range candidates {
		p := &candidates[i]
		found, err := w.admin.Marker(ctx, p.Topic, p.Partition, producer{of.id, of.epoch + 1})
		if err != nil {
			return noMarker, "", fmt.Errorf("look for a marker in %s/%d: %w", p.Topic, p.Partition, err)
		}
		if found != noMarker {
			return found, fmt.Sprintf("so says its marker in %s/%d", p.Topic, p.Partition), nil
		}
	}
	return noMarker, "", nil
}

// noted says that an offset's metadata names a transaction as committed.
func (w *worker) noted(ctx context.Context, of producer) (bool, error) {
	notes, err := w.admin.OffsetNotes(ctx, w.group, w.input)
	if err != nil {
		return false, fmt.Errorf("look for its offsets: %w", err)
	}
	return slices.ContainsFunc(notes, func(note string) bool { return covers(note, of) }), nil
}

// streak is a run of rounds of one producer id that were all committed, by the
// worker's own knowledge. Every committed offset carries it as its metadata, so that
// whoever has to find out how one of these rounds ended can read it there.
type streak struct {
	pid  int64
	from int16
	on   bool
}

// notePrefix also says that the transaction wrote the input position to the changelog.
const notePrefix = "committed with state "

// note puts the streak, with the round that is about to be committed, into the
// offsets that commit it.
func (s *streak) note(req *kmsg.TxnOffsetCommitRequest) {
	if !s.on || s.pid != req.ProducerID || s.from > req.ProducerEpoch {
		s.pid, s.from, s.on = req.ProducerID, req.ProducerEpoch, true
	}
	note := fmt.Sprintf("%s%d:%d-%d", notePrefix, s.pid, s.from, req.ProducerEpoch)
	for i := range req.Topics {
		for j := range req.Topics[i].Partitions {
			req.Topics[i].Partitions[j].Metadata = &note
		}
	}
}

// covers says that an offset's metadata names a transaction as committed.
func covers(note string, of producer) bool {
	rest, ok := strings.CutPrefix(note, notePrefix)
	pid, epochs, ok1 := strings.Cut(rest, ":")
	from, to, ok2 := strings.Cut(epochs, "-")
	if !ok || !ok1 || !ok2 || pid != strconv.FormatInt(of.id, 10) {
		return false
	}
	first, err1 := strconv.ParseInt(from, 10, 16)
	last, err2 := strconv.ParseInt(to, 10, 16)
	return err1 == nil && err2 == nil && first <= int64(of.epoch) && int64(of.epoch) <= last
}
