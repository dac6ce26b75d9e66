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

	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
)

// verdict decides whether a hanging transaction was committed. of is its producer id
// and epoch.
//
// The evidence is a marker in another partition, or a committed offset whose metadata
// names the transaction or covers it as part of a streak of committed transactions.
// Without evidence, nothing of the transaction is visible anywhere; then it counts as
// aborted, and its input records are processed again.
func (w *worker) verdict(ctx context.Context, traces []kadm.DescribedProducer, of kafka.Producer) (commit bool, why string, err error) {
	found, why, err := w.markerOf(ctx, traces, of)
	if err != nil || found != kafka.NoMarker {
		return found == kafka.CommitMarker, why, err
	}
	committed, err := w.noted(ctx, of)
	if err != nil || committed {
		return true, "its offsets are committed, or those of a later round of the same run", err
	}
	return false, "nothing of it is committed anywhere", nil
}

// verdictOfOffsets decides about the pending offsets of a producer id. They belong to
// its last transaction that sent offsets: either a committed one whose offsets are not
// visible yet, or an aborted one after it.
func (w *worker) verdictOfOffsets(ctx context.Context, traces []kadm.DescribedProducer, last kafka.Producer) (commit bool, why string, err error) {
	const looks = 8
	for of := last; of.Epoch >= 0 && last.Epoch-of.Epoch < looks; of.Epoch-- {
		found, why, err := w.markerOf(ctx, traces, of)
		if err != nil {
			return false, "", err
		}
		if found != kafka.CommitMarker {
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

// markerOf searches for a transaction's marker in the partitions that the producer has
// written to since. The marker carries the next epoch (KIP-890).
func (w *worker) markerOf(ctx context.Context, traces []kadm.DescribedProducer, of kafka.Producer) (found kafka.Marker, why string, err error) {
	candidates := slices.DeleteFunc(slices.Clone(traces), func(p kadm.DescribedProducer) bool { return p.ProducerEpoch <= of.Epoch })
	// A marker that is the producer's last record in a partition is found soonest.
	slices.SortStableFunc(candidates, func(a, b kadm.DescribedProducer) int { return cmp.Compare(a.ProducerEpoch, b.ProducerEpoch) })
	for i := range candidates {
		p := &candidates[i]
		found, err := w.admin.Marker(ctx, p.Topic, p.Partition, kafka.Producer{ID: of.ID, Epoch: of.Epoch + 1})
		if err != nil {
			return kafka.NoMarker, "", fmt.Errorf("look for a marker in %s/%d: %w", p.Topic, p.Partition, err)
		}
		if found != kafka.NoMarker {
			return found, fmt.Sprintf("so says its marker in %s/%d", p.Topic, p.Partition), nil
		}
	}
	return kafka.NoMarker, "", nil
}

// noted reports whether the metadata of a committed offset names a transaction as
// committed.
func (w *worker) noted(ctx context.Context, of kafka.Producer) (bool, error) {
	notes, err := w.admin.OffsetMetadata(ctx, w.group, w.input)
	if err != nil {
		return false, fmt.Errorf("look for its offsets: %w", err)
	}
	return slices.ContainsFunc(notes, func(note string) bool { return covers(note, of) }), nil
}

// streak is a sequence of transactions of one producer id that the worker knows to be
// committed, as an epoch range. It is written as the metadata of every committed
// offset: commit evidence for the recovery of a hanging transaction.
type streak struct {
	pid  int64
	from int16
	on   bool
}

// notePrefix begins the metadata of committed offsets. It also means that the
// transaction wrote the input position to the changelog.
const notePrefix = "committed with state "

// note extends the streak by the transaction that is about to be committed, and writes
// it to the metadata of the transaction's offsets.
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

// covers reports whether an offset's metadata names a transaction as committed.
func covers(note string, of kafka.Producer) bool {
	rest, ok := strings.CutPrefix(note, notePrefix)
	pid, epochs, ok1 := strings.Cut(rest, ":")
	from, to, ok2 := strings.Cut(epochs, "-")
	if !ok || !ok1 || !ok2 || pid != strconv.FormatInt(of.ID, 10) {
		return false
	}
	first, err1 := strconv.ParseInt(from, 10, 16)
	last, err2 := strconv.ParseInt(to, 10, 16)
	return err1 == nil && err2 == nil && first <= int64(of.Epoch) && int64(of.Epoch) <= last
}
