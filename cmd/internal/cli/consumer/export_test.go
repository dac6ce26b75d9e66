package consumer

import (
	"time"

	"github.com/spf13/pflag"

	"github.com/tributary-hq/tributary/cmd/internal/tool/insights"
)

// ShowInsights is tested at several widths, which a command takes from its terminal.
func ShowInsights(r *insights.Report, width int) string {
	return showInsights(r, insightsView{costs: true, width: width, withdrawn: len(r.Withdrawn()) > 0})
}

// InsightsFilter returns the filter of flags at a time, which a command takes from its clock.
func InsightsFilter(now time.Time, args ...string) (insights.Filter, error) {
	f := insightsFlags{interval: time.Second}
	flags := pflag.NewFlagSet("insights", pflag.ContinueOnError)
	f.add(flags)
	if err := flags.Parse(args); err != nil {
		return insights.Filter{}, err
	}
	return f.filter(now)
}
