// Package lag reports how far consumer groups are behind, in records and in time, and
// explains in words the state of each. It works for every group of a cluster, of
// the classic and of the newer protocol.
//
//	groups, positions ─┐
//	ends, stable ends ─┼─► point ─► window of points ─► verdict ─► Report ─► table, JSON, metrics
//	next unread record ┘                │
//	                                    └─ held back? ─► producers ─► transaction
//
// Promise: the lag reported is the number and age of the records that a reader of
// committed records still has to read. Offsets alone do not show that: the last offset
// of a topic may be a transaction marker, a compacted log has gaps, aborted records are
// never delivered, and records behind an open transaction cannot be read yet. So where
// offsets are unread, the next unread record of each partition is fetched, and its age
// is the lag in time; if there is no such record, the lag is zero.
//
// # The verdict
//
// A group is judged by its progress in a window, not by a threshold: it is ok if it
// has read up to the end that the log had when the window began. If it has not, it is
// stuck if its position did not move, falling behind if more was written than read, and
// catching up otherwise. It is blocked if it has read everything up to an open
// transaction that stayed open for the whole window. It is beyond the end, at once, if
// the log does not have the records before its position: if the log lost its end or the
// topic was recreated, the end of the position's leader epoch shows that, even when the
// log has grown past the position since.
//
// # Cost
//
// Every observation is a handful of requests to each broker, whatever the number of
// groups and partitions. A batch is fetched once for each partition that has unread
// offsets: the result holds until the position passes it.
package lag
