// Package metricsdoc checks the documentation of metrics and alerts. It has tests only:
//
//	ingest, processor, lag ─► registered metrics ───────┐
//	tributary.rules.yml, dashboards ─► metrics queried ─┴─► deploy/metrics.md, both ways
//	alerts ◄─► sections of deploy/runbook.md ◄─► promtool's tests of each
//
// Promise: every metric exposed is in the table, every metric in the table is exposed,
// and no alert or panel queries a metric that does not exist.
package metricsdoc
