// Package offsetset holds sets of the offsets of one partition.
package offsetset
