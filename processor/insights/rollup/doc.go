// Package rollup keeps the rows of insights.funnel.v1: sums of differences by window and
// place.
//
//	difference ─► quarter-hour, hour, day  ×  country
//	                                          area, or the rest of the country's areas
//	                                          block, or the rest of the area's blocks
//
// Promise: the rows of each level add up to the same, at all times. A place has rows of its
// own only if at least K different numbers of it were seen within the retention; until then,
// its codes are in the rest, and they move out of it once there are enough. The rest also
// holds the codes whose place is unknown, and those of blocks beyond the limit.
//
// # Approximations
//
// Distinct numbers are exact up to ExactNumbers in a row, then a HyperLogLog sketch with a
// standard error of NumbersError, from which no number can be removed. Percentiles are those
// of logarithmic buckets, with funnel.RelativeError.
//
// # State
//
// A block has no hours and days before it is shown; they are made from its quarter-hours, which
// have few numbers until then. A node is one place in one window; its entry has the sums by provider, source and first
// channel. Its timer removes it, and emits tombstones of its rows, when the window's retention
// is over. The number of blocks of a country in one window is limited.
package rollup
