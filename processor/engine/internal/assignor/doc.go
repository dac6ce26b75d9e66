// Package assignor assigns the partitions of a topic to the members of a consumer group,
// and standby replicas of their state to the members' processes. It is cooperative and
// sticky, and moves a partition only to a process whose replica has caught up (as
// KIP-441 does). Assign is pure; Balancer connects it to the Kafka client.
package assignor
