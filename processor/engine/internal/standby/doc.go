// Package standby keeps standby replicas of partitions that other instances own, by
// replaying their changelogs into the store of this process. It has the lowest priority:
// an owner in this process takes the partition's lease from it, and it pauses during
// restores.
//
//	leader's assignment ─► wanted ─► lease ─► changelog, read committed ─► store
//	replicas ─► join's user data ─► leader
package standby
