// Package metricsdoc keeps what is written about metrics and alerts true. It is tests
// alone:
//
//	ingest, processor, lag ─► what they register ─┐
//	tributary.rules.yml, dashboards ─► who uses it ─┴─► deploy/metrics.md, both ways
//	alerts ◄─► sections of deploy/runbook.md ◄─► promtool's tests of each
//
// Promise: no metric is exposed that the table does not have, none stands there that
// is not exposed, and no alert or panel asks for one that does not exist.
package metricsdoc
