// Package lag tells how far consumer groups are behind, in records and in time, and
// says in words what is wrong with each. It works for every group of a cluster, of
// the classic and of the newer protocol.
//
//	groups, positions ─┐
//	ends, stable ends ─┼─► point ─► window of points ─► verdict ─► Report ─► table, JSON, metrics
//	next unread record ┘                │
//	                                    └─ held back? ─► producers ─► transaction
//
// Promise: what is reported is what a reader of committed records has before it.
// Offsets alone do not say that: the last offset of a topic may be a transaction's
// marker, a compacted log has holes, aborted records are never delivered, and what
// is behind an open transaction cannot be read yet. So where offsets are unread the
// next unread record is looked up, one for each partition, and its age is the lag in
// time; where there is none, the group is at zero.
//
// # The verdict
//
// A group is judged by what it did in a window, not by a threshold: it is ok if it
// has read what was there when the window began. If it has not, it is stuck where
// its position did not move, falling behind where more came than was read, and
// catching up otherwise. It is blocked where it has read everything up to an open
// transaction that stayed open for the whole window. It is beyond the end, at once, where
// its position is of records that the log does not have: a log that lost its end, or was
// made anew, shows that by the end of the position's leader epoch, also when it has grown
// past the position since.
//
// # What it costs
//
// Every look at a cluster is a handful of requests to each broker, whatever the
// number of groups and partitions. A batch is read for each partition that has
// unread offsets, once: the answer holds until the position passes it.
package lag
