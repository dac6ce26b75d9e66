package consumer

import "github.com/tributary-hq/tributary/cmd/internal/tool/insights"

// ShowInsights is tested at several widths, which a command takes from its terminal.
func ShowInsights(r *insights.Report, width int) string { return showInsights(r, width) }
