package dashboards

import "strings"

// object is a JSON object: encoding/json writes its keys in order.
type object = map[string]any

// Kind is Grafana's type of a panel.
type Kind string

// The kinds in use.
const (
	TimeSeries Kind = "timeseries"
	Stat       Kind = "stat"
	Table      Kind = "table"
	BarGauge   Kind = "bargauge"
	Row        Kind = "row"
)

// Query is one line of PromQL.
type Query struct {
	// Expr may use the dashboard's variables, $__rate_interval and $__range.
	Expr string
	// Legend names its series; in a table with several queries, their column.
	Legend string
	// Quiet says why the query rightly returns nothing while nothing is wrong; empty
	// if it must always return something.
	Quiet string
}

// Step is a colour from a value on.
type Step struct {
	From  float64
	Color string
}

// Panel is one picture. Its place follows from the order.
type Panel struct {
	Kind  Kind
	Title string
	// Description explains the panel and the remedy for a bad value.
	Description string
	// Unit is Grafana's id of the unit.
	Unit string
	// Width is of 24 columns, Height of rows of 30 pixels.
	Width, Height int
	Queries       []Query
	// Steps colour a stat, a bar or a cell; the first one's From does not count.
	Steps []Step
	// Empty is shown where there is no value; Decimals below 0 means as many as fit.
	Empty    string
	Decimals int
	// Stacked fills and stacks a time series.
	Stacked bool
	// Max is the end of the axis; 0 adapts it to the data.
	Max float64
	// Units are those of a table's columns that differ, by column.
	Units map[string]string
	// Hidden are labels of a table that are not shown.
	Hidden []string
	// Alerts are those of deploy/prometheus that are about this: their sections of the
	// runbook are linked.
	Alerts []string
}

const (
	wholeWidth = 24
	red        = "red"
	yellow     = "yellow"
	green      = "green"
	blue       = "blue"
	text       = "text"
)

// runbook is where the alerts' sections are.
const runbook = "https://github.com/tributary-hq/tributary/blob/main/deploy/runbook.md"

func source() object { return object{"type": "prometheus", "uid": "${datasource}"} }

// render makes the panel's JSON.
func (p *Panel) render(id, x, y int) object {
	place := object{"h": p.Height, "w": p.Width, "x": x, "y": y}
	if p.Kind == Row {
		return object{"id": id, "type": p.Kind, "title": p.Title, "gridPos": place, "collapsed": false, "panels": []any{}}
	}
	out := object{
		"id": id, "type": p.Kind, "title": p.Title, "description": p.Description, "datasource": source(), "gridPos": place,
		"targets": p.targets(), "fieldConfig": object{"defaults": p.defaults(), "overrides": p.overrides()}, "options": p.options(),
	}
	if p.Kind == Table {
		out["transformations"] = p.transformations()
	}
	if links := p.links(); len(links) > 0 {
		out["links"] = links
	}
	return out
}

func (p *Panel) targets() []object {
	out := make([]object, len(p.Queries))
	for i, q := range p.Queries {
		t := object{
			"refId": refID(i), "expr": q.Expr, "legendFormat": q.Legend, "datasource": source(), "editorMode": "code",
			"range": p.Kind != Table && p.Kind != BarGauge, "instant": p.Kind == Table || p.Kind == BarGauge,
		}
		if p.Kind == Table {
			t["format"] = "table"
		}
		out[i] = t
	}
	return out
}

func refID(i int) string { return "ABCDEFGHIJ"[i : i+1] }

func (p *Panel) defaults() object {
	out := object{"unit": p.Unit, "color": object{"mode": p.colorMode()}, "thresholds": object{"mode": "absolute", "steps": p.steps()}}
	if p.Empty != "" {
		out["noValue"] = p.Empty
	}
	if p.Decimals >= 0 {
		out["decimals"] = p.Decimals
	}
	if p.Max > 0 {
		out["max"] = p.Max
	}
	switch p.Kind {
	case TimeSeries:
		out["min"], out["custom"] = 0, p.lines()
	case Table:
		out["custom"] = object{"cellOptions": object{"type": p.cell()}, "filterable": true}
	case BarGauge:
		out["min"] = 0
	case Stat, Row:
	}
	return out
}

func (p *Panel) cell() string {
	if len(p.Steps) > 0 {
		return "color-background"
	}
	return "auto"
}

func (p *Panel) colorMode() string {
	switch {
	case p.Kind == TimeSeries:
		return "palette-classic-by-name"
	case len(p.Steps) == 0:
		return "fixed"
	}
	return "thresholds"
}

func (p *Panel) steps() []object {
	steps := p.Steps
	if len(steps) == 0 {
		steps = []Step{{Color: text}}
	}
	out := make([]object, len(steps))
	for i, s := range steps {
		out[i] = object{"color": s.Color, "value": s.From}
	}
	out[0]["value"] = nil
	return out
}

func (p *Panel) lines() object {
	fill, stacking := 8, "none"
	if p.Stacked {
		fill, stacking = 40, "normal"
	}
	return object{
		"drawStyle": "line", "lineWidth": 1, "lineInterpolation": "linear", "fillOpacity": fill, "showPoints": "never", "spanNulls": false,
		"stacking": object{"mode": stacking, "group": "A"}, "axisSoftMin": 0, "thresholdsStyle": object{"mode": p.thresholds()},
	}
}

func (p *Panel) thresholds() string {
	if len(p.Steps) > 1 {
		return "dashed"
	}
	return "off"
}

func (p *Panel) overrides() []object {
	out := []object{}
	for _, column := range sorted(p.Units) {
		out = append(out, object{
			"matcher":    object{"id": "byName", "options": column},
			"properties": []object{{"id": "unit", "value": p.Units[column]}},
		})
	}
	return out
}

func (p *Panel) options() object {
	reduce := object{"calcs": []string{"lastNotNull"}, "fields": "", "values": false}
	switch p.Kind {
	case TimeSeries:
		return object{
			"legend":  object{"displayMode": "list", "placement": "bottom", "showLegend": true, "calcs": []string{}},
			"tooltip": object{"mode": "multi", "sort": "desc"},
		}
	case Stat:
		return object{
			"reduceOptions": reduce, "colorMode": "background", "graphMode": "area", "textMode": p.textMode(), "justifyMode": "auto",
			"orientation": "auto", "wideLayout": true,
		}
	case BarGauge:
		return object{
			"reduceOptions": reduce, "displayMode": "basic", "orientation": "horizontal", "showUnfilled": true, "valueMode": "color",
			"namePlacement": "auto", "sizing": "auto", "minVizHeight": 16, "minVizWidth": 8, "maxVizHeight": 300,
			"legend": object{"displayMode": "list", "placement": "bottom", "showLegend": false, "calcs": []string{}},
		}
	case Table, Row:
	}
	return object{"showHeader": true, "cellHeight": "sm", "footer": object{"show": false, "reducer": []string{"sum"}, "fields": ""}}
}

// textMode names values whose name is not known here, such as a currency's.
func (p *Panel) textMode() string {
	for _, q := range p.Queries {
		if strings.Contains(q.Legend, "{{") {
			return "value_and_name"
		}
	}
	return "auto"
}

// transformations make one table of all queries, a column of each.
func (p *Panel) transformations() []object {
	hidden, names := object{"Time": true}, object{}
	for _, label := range p.Hidden {
		hidden[label] = true
	}
	out := []object{}
	if len(p.Queries) == 1 {
		names["Value"] = p.Queries[0].Legend
	} else {
		out = append(out, object{"id": "merge", "options": object{}})
		for i := range p.Queries {
			names["Value #"+refID(i)] = p.Queries[i].Legend
		}
	}
	return append(out, object{"id": "organize", "options": object{"excludeByName": hidden, "renameByName": names, "indexByName": object{}}})
}

func (p *Panel) links() []object {
	out := make([]object, len(p.Alerts))
	for i, alert := range p.Alerts {
		out[i] = object{"title": "Runbook: " + alert, "url": Section(alert), "targetBlank": true}
	}
	return out
}
