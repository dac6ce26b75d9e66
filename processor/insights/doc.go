// Package insights is the stage that computes the costs and results of the codes of a window.
//
//	lox24, unibell-call ─┐ FUNNEL: differences of counts, by country
//	journey ─────────────┼─────────────► internal.insights.v1 ─► insights ─► insights.funnel.v1
//	                     └ CLOCK: the journey's watermark
//
// Promise: the rows are a function of the set of facts. An entity's contribution to them is a
// function of its state; when the state changes, the difference is emitted in the same
// transaction, so that the sum of all differences is the sum of all contributions.
//
// The stage's watermark is that of the journey stage, which waits for every stage in front of
// the two: a watermark record of the journey has a higher offset than every difference
// of a fact received before it.
package insights
