package cache

// Checkpoint is the changelog checkpoint that a partition's state corresponds to.
type Checkpoint struct {
	// TopicID is the id of the changelog topic, which changes if the topic is
	// recreated.
	TopicID [16]byte
	// Offset is the next changelog offset to replay: the store holds every change
	// before it.
	Offset int64
	// AtEnd is the time at which offset was last known to be the changelog's end, or at
	// which the replay up to offset began, unix ms.
	AtEnd int64
	// Highest is the changelog offset that no change in the store lies at or beyond.
	// Between offset and reach, the store holds some of the changes.
	Highest int64
	// Input is the input offset up to which the state contains transactions that the
	// broker acknowledged; it is lower if the state was restored from the changelog.
	Input int64
}
