// Package block decides how much of a phone number's beginning may leave the restricted
// topics. A block is an E.164 number without its last four digits; its levels are the
// block and its beginnings, down to the calling code.
//
//	+380501234567 ─► +38050123, +3805012, +380501, +38050, +3805, +380
//	                 the longest of them with at least K different numbers seen
//
// Promise: a level is given only if a partition has seen at least K different numbers of it
// within the retention, whatever the order and the repetition of the numbers. A level may be
// given later than it could be: times are rounded down to days, and a level that has K recent
// numbers takes no further ones. So K numbers in one partition are K numbers or more anywhere.
//
// The decision depends on the numbers seen before; Decision keeps it with its time, so that an
// entity shows one block as long as it has one number.
//
// # State
//
// A level has an entry with at most K numbers, as 48 bits of an HMAC and the day on which the
// number was last seen. A full level is not written until its oldest number is half a
// retention old. A number makes at most one entry for each level, which a timer removes with
// the retention: the entries are bounded by the numbering plan and, for numbers made up at
// random, by the entities that bring them.
package block
