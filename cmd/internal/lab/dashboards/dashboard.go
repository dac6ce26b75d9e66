package dashboards

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Variable lets the person choose values of a label.
type Variable struct {
	// Name is that of the label, too.
	Name string
	// Title is the displayed name.
	Title string
	// Metric has the label.
	Metric string
}

// Dashboard is one page.
type Dashboard struct {
	// Name is that of its file; its uid has tributary- before it.
	Name, Title, Description string
	// Since is how far back it looks, Refresh how often it asks, as Grafana writes it.
	Since, Refresh string
	Variables      []Variable
	Panels         []Panel
}

// All returns the dashboards.
func All() []Dashboard {
	return []Dashboard{overview(), ingest(), processor(), lag(), business()}
}

// UID is the stable identifier in Grafana's links.
func (d *Dashboard) UID() string { return "tributary-" + d.Name }

// Section returns the runbook link of an alert.
func Section(alert string) string { return runbook + "#" + strings.ToLower(alert) }

// JSON returns the dashboard in Grafana's import format.
func (d *Dashboard) JSON() ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(d.render()); err != nil {
		return nil, fmt.Errorf("dashboard %s: %w", d.Name, err)
	}
	return out.Bytes(), nil
}

func (d *Dashboard) render() object {
	const schema = 41 // of Grafana 12
	return object{
		"uid": d.UID(), "title": d.Title, "description": d.Description, "tags": []string{"tributary"}, "schemaVersion": schema,
		"time": object{"from": "now-" + d.Since, "to": "now"}, "refresh": d.Refresh, "timezone": "browser", "graphTooltip": 1,
		"editable": true, "fiscalYearStartMonth": 0, "panels": d.panels(), "templating": object{"list": d.variables()},
		"annotations": object{"list": annotations()}, "links": links(),
	}
}

// panels places them in their order, from left to right and from top to bottom.
func (d *Dashboard) panels() []object {
	out := make([]object, len(d.Panels))
	var x, y, row int
	for i := range d.Panels {
		p := &d.Panels[i]
		if p.Kind == Row {
			p.Width, p.Height = wholeWidth, 1
		}
		if x+p.Width > wholeWidth {
			x, y, row = 0, y+row, 0
		}
		out[i] = p.render(i+1, x, y)
		x, row = x+p.Width, max(row, p.Height)
	}
	return out
}

func (d *Dashboard) variables() []object {
	out := []object{{
		"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus", "refresh": 1, "hide": 0,
		"current": object{}, "regex": "", "multi": false, "includeAll": false, "options": []any{},
		"description": "The Prometheus that scrapes Tributary.",
	}}
	for _, v := range d.Variables {
		query := fmt.Sprintf("label_values(%s, %s)", v.Metric, v.Name)
		out = append(out, object{
			"name": v.Name, "label": v.Title, "type": "query", "datasource": source(), "definition": query,
			"query": object{"query": query, "refId": "Variable", "qryType": 1}, "refresh": 2, "sort": 1, "hide": 0,
			"multi": true, "includeAll": true, "allValue": ".*", "current": object{"text": "All", "value": "$__all", "selected": true},
			"regex": "", "options": []any{}, "description": "Values of the label " + v.Name + ".",
		})
	}
	return out
}

// annotations draw when alerts fired over every graph.
func annotations() []object {
	return []object{
		{
			"name": "Annotations & Alerts", "type": "dashboard", "builtIn": 1, "enable": true, "hide": true, "iconColor": "rgba(0, 211, 255, 1)",
			"datasource": object{"type": "grafana", "uid": "-- Grafana --"},
		},
		{
			"name": "Alerts", "enable": true, "hide": false, "iconColor": red, "datasource": source(), "expr": alertsQuery,
			"titleFormat": "{{alertname}}", "textFormat": "{{severity}} {{group}}{{stage}}{{source}}{{instance}}", "tagKeys": "alertname,severity",
			"step": "30s", "useValueForTime": false,
		},
	}
}

// alertsQuery is the alerts that fire.
const alertsQuery = `max by (alertname, severity, group, stage, source, cause, topic, instance) (ALERTS{alertname=~"Tributary.*", alertstate="firing", severity!="none"})`

func links() []object {
	return []object{
		{
			"title": "Tributary", "type": "dashboards", "tags": []string{"tributary"}, "asDropdown": false, "includeVars": true, "keepTime": true,
			"targetBlank": false, "icon": "dashboard", "tooltip": "", "url": "",
		},
		{
			"title": "Runbook", "type": "link", "url": runbook, "targetBlank": true, "icon": "doc", "tooltip": "What to do about each alert",
			"tags": []string{}, "asDropdown": false, "includeVars": false, "keepTime": false,
		},
	}
}

func sorted(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
