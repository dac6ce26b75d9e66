// Package result holds the figures of benches: runs, medians with quartiles, ratios of
// pairs, and the report. It is pure.
package result
