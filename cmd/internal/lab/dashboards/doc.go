// Package dashboards is the source of the Grafana dashboards.
//
//	All ─► Dashboard ─► JSON ─► deploy/grafana/dashboards/<name>.json ─► Grafana
//	          └──────► Queries ─► Run ─► a Prometheus with a live pipeline: make dashboards-test
//
// Promise: every panel has a unit and a description with the remedy; every query parses,
// uses existing metrics and the data source that the viewer selected. A query that may
// return nothing on a healthy pipeline is marked as such here; any other empty result is
// a fault.
package dashboards

//go:generate go run ./generate ../../../../deploy/grafana/dashboards
