// Package insights reads the rows of insights.funnel.v1 and signals.v1 and makes a report of
// them: the cost of the selected days' codes per verified and per paying user, and the claims
// that hold.
//
//	insights.funnel.v1 ─┐ committed, newest per key
//	signals.v1 ─────────┴─► Reader ─► Rows ─► Report ─► table, JSON, YAML
//
// Promise: a figure of the report is a sum of the rows' figures. Costs in different currencies
// are never added up, and codes whose cost is unknown are counted beside it.
package insights
