// Package restore brings the state of partitions to the end of their changelogs: the
// changelog reader, the bulk loader into the store, and the decision where the input is
// resumed.
package restore
