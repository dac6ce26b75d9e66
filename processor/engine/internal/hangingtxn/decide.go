package hangingtxn

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
)

// decide decides whether a hanging transaction was committed. of is its producer id
// and epoch.
//
// The evidence is a marker in another partition, or a committed offset whose metadata
// names the transaction or covers it as one of consecutive committed transactions.
// Without evidence, nothing of the transaction is visible anywhere; then it counts as
// aborted, and its input records are processed again.
func (r *Recovery) decide(ctx context.Context, states []kadm.DescribedProducer, of kafka.Producer) (commit bool, why string, err error) {
	found, why, err := r.findMarker(ctx, states, of)
	if err != nil || found != kafka.NoMarker {
		return found == kafka.CommitMarker, why, err
	}
	committed, err := r.evidenceOf(ctx, of)
	if err != nil || committed {
		return true, "its offsets are committed, or those of a later transaction of the same run", err
	}
	return false, "nothing of it is committed anywhere", nil
}

// decideOffsets decides about the pending offsets of a producer id. They belong to
// its last transaction that sent offsets: either a committed one whose offsets are not
// visible yet, or an aborted one after it.
func (r *Recovery) decideOffsets(ctx context.Context, states []kadm.DescribedProducer, last kafka.Producer) (commit bool, why string, err error) {
	const looks = 8
	for of := last; of.Epoch >= 0 && last.Epoch-of.Epoch < looks; of.Epoch-- {
		found, why, err := r.findMarker(ctx, states, of)
		if err != nil {
			return false, "", err
		}
		if found != kafka.CommitMarker {
			continue
		}
		committed, err := r.evidenceOf(ctx, of)
		if err != nil || committed {
			return false, "the last transaction that was committed has its offsets", err
		}
		return true, why + ", and has no offsets", nil
	}
	return false, "nothing before was committed", nil
}

// findMarker searches for a transaction's marker in the partitions that the producer has
// written to since. The marker carries the next epoch (KIP-890).
func (r *Recovery) findMarker(ctx context.Context, states []kadm.DescribedProducer, of kafka.Producer) (found kafka.Marker, why string, err error) {
	candidates := slices.DeleteFunc(slices.Clone(states), func(p kadm.DescribedProducer) bool { return p.ProducerEpoch <= of.Epoch })
	// A marker that is the producer's last record in a partition is found soonest.
	slices.SortStableFunc(candidates, func(a, b kadm.DescribedProducer) int { return cmp.Compare(a.ProducerEpoch, b.ProducerEpoch) })
	for i := range candidates {
		p := &candidates[i]
		found, err := r.admin.Marker(ctx, p.Topic, p.Partition, kafka.Producer{ID: of.ID, Epoch: of.Epoch + 1})
		if err != nil {
			return kafka.NoMarker, "", fmt.Errorf("look for a marker in %s/%d: %w", p.Topic, p.Partition, err)
		}
		if found != kafka.NoMarker {
			return found, fmt.Sprintf("by its marker in %s/%d", p.Topic, p.Partition), nil
		}
	}
	return kafka.NoMarker, "", nil
}

// evidenceOf reports whether the metadata of a committed offset names a transaction as
// committed.
func (r *Recovery) evidenceOf(ctx context.Context, of kafka.Producer) (bool, error) {
	metadata, err := r.admin.OffsetMetadata(ctx, r.config.Group, r.config.Input)
	if err != nil {
		return false, fmt.Errorf("look for its offsets: %w", err)
	}
	return slices.ContainsFunc(metadata, func(m string) bool { return covers(m, of) }), nil
}
