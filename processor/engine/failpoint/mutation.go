package failpoint

// Mutation is a way to break an engine: it switches off one safeguard. Tests prove with it
// that they notice the resulting fault.
type Mutation string

// The mutations.
const (
	// IgnoreFailedProduce commits a transaction although a produce failed.
	IgnoreFailedProduce Mutation = "ignore-failed-produce"
	// TimersUnfenced commits no input offsets in a transaction that has only timers.
	TimersUnfenced Mutation = "timers-unfenced"
	// OffsetsFirst commits the input offsets in a separate, earlier transaction.
	OffsetsFirst Mutation = "offsets-first"
	// StoreFirst writes the store before the Kafka transaction is committed.
	StoreFirst Mutation = "store-first"
	// SkipReplay treats any stored state as current.
	SkipReplay Mutation = "skip-replay"
	// NoGeneration commits offsets without the group generation, so that nothing fences
	// them.
	NoGeneration Mutation = "no-generation"
	// UnstableOffsets fetches the committed offsets without RequireStable, so that an open
	// transaction may still change them.
	UnstableOffsets Mutation = "unstable-offsets"
	// DropTimers restores entries without their deadlines.
	DropTimers Mutation = "drop-timers"
	// KeepAborted writes the changes of an aborted transaction to the store.
	KeepAborted Mutation = "keep-aborted"
	// ReadUncommitted restores with the isolation level read_uncommitted.
	ReadUncommitted Mutation = "read-uncommitted"
	// UnknownIsCommitted treats a commit with an unknown outcome as committed.
	UnknownIsCommitted Mutation = "unknown-is-committed"
	// NoResync believes the offsets that the client has cached after an aborted
	// transaction, and does not ask the broker.
	NoResync Mutation = "no-resync"
	// NoLease lets a partition's next owner in the process begin before the previous owner
	// has written its last batch.
	NoLease Mutation = "no-lease"
	// HangingUnseen hides the worker's own hanging transactions from it.
	HangingUnseen Mutation = "hanging-unseen"
	// HangingAborted aborts every hanging transaction, also committed ones.
	HangingAborted Mutation = "hanging-aborted"
	// BelieveGroup reads from the group's committed offset and ignores the input position
	// in the state.
	BelieveGroup Mutation = "believe-group"
	// IgnoreTruncation does not check whether the input log was truncated below the
	// position.
	IgnoreTruncation Mutation = "ignore-truncation"
	// EmptyChangelog accepts an emptied or truncated changelog.
	EmptyChangelog Mutation = "empty-changelog"
	// AnyPartitions does not check the partition count of the input.
	AnyPartitions Mutation = "any-partitions"
	// OneClient keeps using the client after its topic was recreated.
	OneClient Mutation = "one-client"
)

// Mutations returns the mutations that a failure of a process or a broker reveals.
func Mutations() []Mutation {
	return []Mutation{
		IgnoreFailedProduce, TimersUnfenced, OffsetsFirst, StoreFirst, SkipReplay, NoGeneration, UnstableOffsets, DropTimers, KeepAborted,
		ReadUncommitted, UnknownIsCommitted, NoResync, NoLease, HangingUnseen, HangingAborted,
	}
}

// AdministratorMutations returns the mutations that only actions of an administrator
// reveal.
func AdministratorMutations() []Mutation {
	return []Mutation{BelieveGroup, IgnoreTruncation, EmptyChangelog, AnyPartitions, OneClient}
}
