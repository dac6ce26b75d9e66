package engine

import (
	"context"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Harm is a way to break the engine on purpose. The chaos tests show with it that
// they would see the fault. Only a build with the tag tributary_break can do harm:
// see HarmDeps there. In any other build asking for one is a constant false, and
// what hangs on it is not compiled.
type Harm string

// The harms, each with what the engine then does wrong.
const (
	// HarmIgnoreFailedProduce commits a round of which a record was not written.
	HarmIgnoreFailedProduce Harm = "ignore-failed-produce"
	// HarmDeadlinesUnfenced commits no input offsets with a round of deadlines.
	HarmDeadlinesUnfenced Harm = "deadlines-unfenced"
	// HarmOffsetsFirst commits the input offsets in a transaction before the round's.
	HarmOffsetsFirst Harm = "offsets-first"
	// HarmStoreFirst writes the store before the Kafka transaction is committed.
	HarmStoreFirst Harm = "store-first"
	// HarmForgetChangelog takes the store as current, however old its position is.
	HarmForgetChangelog Harm = "forget-changelog"
	// HarmNoGeneration commits offsets that no generation fences.
	HarmNoGeneration Harm = "no-generation"
	// HarmUnstableOffsets restores from offsets that an open transaction may change.
	HarmUnstableOffsets Harm = "unstable-offsets"
	// HarmDropDeadlines restores entries without their deadlines.
	HarmDropDeadlines Harm = "drop-deadlines"
	// HarmKeepAborted writes a round to the store that was not committed.
	HarmKeepAborted Harm = "keep-aborted"
	// HarmReadUncommitted restores aborted records, too.
	HarmReadUncommitted Harm = "read-uncommitted"
	// HarmUnknownIsCommitted takes a commit whose outcome is not known as committed.
	HarmUnknownIsCommitted Harm = "unknown-is-committed"
	// HarmNoResync goes on after a round that was not committed without asking the
	// broker where it stands.
	HarmNoResync Harm = "no-resync"
	// HarmNoLease lets a partition's next owner in the process begin before the one
	// before has written its last batch.
	HarmNoLease Harm = "no-lease"
	// HarmNoSettle does not look whether a broker has left a transaction open.
	HarmNoSettle Harm = "no-settle"
	// HarmSettleAborts ends every transaction that a broker has left open by an abort.
	HarmSettleAborts Harm = "settle-aborts"
	// HarmBelieveGroup reads on where the group stands, whatever the state has read.
	HarmBelieveGroup Harm = "believe-group"
	// HarmIgnoreTruncation does not look whether the input still holds what was read.
	HarmIgnoreTruncation Harm = "ignore-truncation"
	// HarmEmptyChangelog takes an emptied changelog for a stage that never had state.
	HarmEmptyChangelog Harm = "empty-changelog"
	// HarmAnyPartitions works with whatever partitions the input has.
	HarmAnyPartitions Harm = "any-partitions"
	// HarmOneClient keeps a client whose topic was made anew.
	HarmOneClient Harm = "one-client"
)

// AdministratorHarms returns those that break a guard against what administrators do.
func AdministratorHarms() []Harm {
	return []Harm{HarmBelieveGroup, HarmIgnoreTruncation, HarmEmptyChangelog, HarmAnyPartitions, HarmOneClient}
}

// Harms returns those that a fault of a process or a broker shows.
func Harms() []Harm {
	return []Harm{
		HarmIgnoreFailedProduce, HarmDeadlinesUnfenced, HarmOffsetsFirst, HarmStoreFirst, HarmForgetChangelog, HarmNoGeneration,
		HarmUnstableOffsets, HarmDropDeadlines, HarmKeepAborted, HarmReadUncommitted, HarmUnknownIsCommitted, HarmNoResync, HarmNoLease,
		HarmNoSettle, HarmSettleAborts,
	}
}

// commitOffsetsAlone is HarmOffsetsFirst.
func (w *worker) commitOffsetsAlone(ctx context.Context) error {
	if err := w.session.Begin(); err != nil {
		return err //nolint:wrapcheck // a harm
	}
	_, err := w.session.End(ctx, kgo.TryCommit, w.addOffsets)
	return err //nolint:wrapcheck // a harm
}

// believeClient is HarmNoResync: the client's notes are taken for the broker's.
func (w *worker) believeClient() {
	cached := w.session.CommittedOffsets()[w.input]
	for p, part := range w.parts {
		if at, ok := cached[p]; ok {
			part.applied, part.next = at.Offset, at.Offset
		}
	}
}

// withoutDeadline is HarmDropDeadlines.
func withoutDeadline(entry []byte) []byte {
	payload, _, err := parseEntry(entry)
	if err != nil {
		return entry
	}
	return appendEntry(nil, payload, 0)
}
