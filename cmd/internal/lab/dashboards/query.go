package dashboards

import (
	"fmt"
	"slices"
	"strings"
)

// rate returns the per-second rate of a counter, summed by labels; without labels over
// all series.
func rate(metric, selector string, by ...string) string {
	return fmt.Sprintf("%s (rate(%s{%s}[$__rate_interval]))", sum(by), metric, selector)
}

// risen returns the increase of a counter over the displayed time range.
func risen(metric, selector, window string, by ...string) string {
	return fmt.Sprintf("%s (increase(%s{%s}[%s]))", sum(by), metric, selector, window)
}

func sum(by []string) string {
	if len(by) == 0 {
		return "sum"
	}
	return "sum by (" + strings.Join(by, ", ") + ")"
}

// quantile is a quantile of a histogram.
func quantile(q float64, metric, selector string, by ...string) string {
	return fmt.Sprintf("histogram_quantile(%g, %s)", q, rate(metric+"_bucket", selector, append(slices.Clip(by), "le")...))
}

// quantiles are the three that are shown, each named by a label and its number.
func quantiles(metric, selector, label string) []Query {
	queries := make([]Query, 0, 3)
	for _, q := range []float64{.5, .95, .99} {
		queries = append(queries, Query{
			Expr: quantile(q, metric, selector, label), Legend: fmt.Sprintf("{{%s}} p%g", label, 100*q),
		})
	}
	return queries
}

// inForce returns the increase of a business counter in a window minus its withdrawals:
// see package business. The withdrawal counter does not exist before the first
// withdrawal.
func inForce(metric, selector, window string, by ...string) string {
	total := risen("tributary_business_"+metric+"_total", selector, window, by...)
	withdrawn := risen("tributary_business_"+metric+"_withdrawn_total", selector, window, by...)
	return fmt.Sprintf("(%s - (%s or 0 * %s))", total, withdrawn, total)
}

// share is a part of a whole; where there is no whole there is no share.
func share(part, whole string) string { return fmt.Sprintf("%s / (%s > 0)", part, whole) }

// process selects the processes of a role: the job's name ends in it.
func process(role string) string { return fmt.Sprintf(`job=~".*%s", instance=~"$instance"`, role) }

// resources returns the panels for CPU, memory and files of a role's processes.
func resources(role string) []Panel {
	selector := process(role)
	return []Panel{
		{Kind: Row, Title: "Processes"},
		{
			Kind: TimeSeries, Title: "CPU", Unit: "short", Width: 8, Height: 7, Decimals: -1,
			Description: "Cores in use by each process. At its limit, everything else here becomes slower: more instances or more CPU.",
			Queries:     []Query{{Expr: rate("process_cpu_seconds_total", selector, "instance"), Legend: "{{instance}}"}},
		},
		{
			Kind: TimeSeries, Title: "Memory (RSS)", Unit: "bytes", Width: 8, Height: 7, Decimals: -1,
			Description: "Resident memory of each process and the heap that Go has in use. A line that only rises for days is worth a heap profile; near the limit the process is killed and started again.",
			Queries: []Query{
				{Expr: fmt.Sprintf("sum by (instance) (process_resident_memory_bytes{%s})", selector), Legend: "{{instance}} resident"},
				{Expr: fmt.Sprintf("sum by (instance) (go_memstats_heap_inuse_bytes{%s})", selector), Legend: "{{instance}} heap"},
			},
		},
		{
			Kind: TimeSeries, Title: "Goroutines and open files", Unit: "short", Width: 8, Height: 7, Decimals: 0,
			Description: "Both are flat at a steady load. What rises without end is not closed somewhere.",
			Queries: []Query{
				{Expr: fmt.Sprintf("sum by (instance) (go_goroutines{%s})", selector), Legend: "{{instance}} goroutines"},
				{Expr: fmt.Sprintf("sum by (instance) (process_open_fds{%s})", selector), Legend: "{{instance}} files"},
			},
		},
	}
}
