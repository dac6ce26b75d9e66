package engine

import (
	"context"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
)

// Harm is a mutation: it switches off one safeguard of the engine. The chaos tests use
// it to prove that they detect the resulting fault. Only builds with the tag
// tributary_break can select one, see HarmDeps; in any other build, the check is a
// constant false and the compiler removes the mutated code.
type Harm string

// The mutations, each with the resulting fault.
const (
	// HarmIgnoreFailedProduce commits a transaction although a produce failed.
	HarmIgnoreFailedProduce Harm = "ignore-failed-produce"
	// HarmDeadlinesUnfenced commits no input offsets in a transaction that has only
	// timers.
	HarmDeadlinesUnfenced Harm = "deadlines-unfenced"
	// HarmOffsetsFirst commits the input offsets in a separate, earlier transaction.
	HarmOffsetsFirst Harm = "offsets-first"
	// HarmStoreFirst writes the store before the Kafka transaction is committed.
	HarmStoreFirst Harm = "store-first"
	// HarmForgetChangelog skips the replay: it treats any stored state as current.
	HarmForgetChangelog Harm = "forget-changelog"
	// HarmNoGeneration commits offsets without the group generation, so that nothing
	// fences them.
	HarmNoGeneration Harm = "no-generation"
	// HarmUnstableOffsets fetches the committed offsets without RequireStable, so that
	// an open transaction may still change them.
	HarmUnstableOffsets Harm = "unstable-offsets"
	// HarmDropDeadlines restores entries without their deadlines.
	HarmDropDeadlines Harm = "drop-deadlines"
	// HarmKeepAborted writes the changes of an aborted transaction to the store.
	HarmKeepAborted Harm = "keep-aborted"
	// HarmReadUncommitted restores with the isolation level read_uncommitted.
	HarmReadUncommitted Harm = "read-uncommitted"
	// HarmUnknownIsCommitted treats a commit with an unknown outcome as committed.
	HarmUnknownIsCommitted Harm = "unknown-is-committed"
	// HarmNoResync does not fetch the committed offsets from the broker after an
	// aborted transaction.
	HarmNoResync Harm = "no-resync"
	// HarmNoLease lets a partition's next owner in the process begin before the
	// previous owner has written its last batch.
	HarmNoLease Harm = "no-lease"
	// HarmNoSettle skips the check for hanging transactions.
	HarmNoSettle Harm = "no-settle"
	// HarmSettleAborts aborts every hanging transaction, also committed ones.
	HarmSettleAborts Harm = "settle-aborts"
	// HarmBelieveGroup reads from the group's committed offset and ignores the input
	// position in the state.
	HarmBelieveGroup Harm = "believe-group"
	// HarmIgnoreTruncation does not check whether the input log was truncated below the
	// position.
	HarmIgnoreTruncation Harm = "ignore-truncation"
	// HarmEmptyChangelog accepts an emptied or truncated changelog.
	HarmEmptyChangelog Harm = "empty-changelog"
	// HarmAnyPartitions does not check the partition count of the input.
	HarmAnyPartitions Harm = "any-partitions"
	// HarmOneClient keeps using the client after its topic was recreated.
	HarmOneClient Harm = "one-client"
)

// AdministratorHarms returns the mutations that only administrator actions reveal.
func AdministratorHarms() []Harm {
	return []Harm{HarmBelieveGroup, HarmIgnoreTruncation, HarmEmptyChangelog, HarmAnyPartitions, HarmOneClient}
}

// Harms returns the mutations that a failure of a process or a broker reveals.
func Harms() []Harm {
	return []Harm{
		HarmIgnoreFailedProduce, HarmDeadlinesUnfenced, HarmOffsetsFirst, HarmStoreFirst, HarmForgetChangelog, HarmNoGeneration,
		HarmUnstableOffsets, HarmDropDeadlines, HarmKeepAborted, HarmReadUncommitted, HarmUnknownIsCommitted, HarmNoResync, HarmNoLease,
		HarmNoSettle, HarmSettleAborts,
	}
}

// commitOffsetsAlone implements HarmOffsetsFirst.
func (w *worker) commitOffsetsAlone(ctx context.Context) error {
	if err := w.session.Begin(); err != nil {
		return err //nolint:wrapcheck // a mutation
	}
	_, err := w.session.End(ctx, kgo.TryCommit, w.addOffsets)
	return err //nolint:wrapcheck // a mutation
}

// believeClient implements HarmNoResync: it uses the committed offsets that the client
// has cached.
func (w *worker) believeClient() {
	cached := w.session.CommittedOffsets()[w.input]
	for p, part := range w.parts {
		if at, ok := cached[p]; ok {
			part.applied, part.next = at.Offset, at.Offset
		}
	}
}

// abortingAdmin implements HarmSettleAborts.
type abortingAdmin struct{ kafka.Admin }

// EndTransaction implements kafka.Admin.
func (a abortingAdmin) EndTransaction(ctx context.Context, id string, as kafka.Producer, open kadm.TopicsSet, group string, _ bool) error {
	return a.Admin.EndTransaction(ctx, id, as, open, group, false) //nolint:wrapcheck // a mutation
}
