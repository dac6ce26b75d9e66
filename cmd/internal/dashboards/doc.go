// Package dashboards is the source of the Grafana dashboards.
//
//	All ─► Dashboard ─► JSON ─► deploy/grafana/dashboards/<name>.json ─► Grafana
//	          └──────► Queries ─► Run ─► a Prometheus with a live pipeline: make dashboards-test
//
// Promise: every panel says what it shows and what to do about it, in a unit; every
// query is one that Prometheus reads, of metrics that there are, from the data
// source that the person chose; and a query that may show nothing while nothing is
// wrong says so here, so that any other that shows nothing is a fault.
package dashboards

//go:generate go run ./generate ../../../deploy/grafana/dashboards
