package main

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/cli/terminal"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/environment"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/result"
)

// showBench prints a report: as JSON, or as a table with a column for each run.
func showBench(g *cli.Globals, r *result.Report) error {
	if g.JSON {
		return g.PrintJSON(r)
	}
	g.Printf("%s\n", benchTitle(r))
	for _, key := range slices.Sorted(maps.Keys(r.Settings)) {
		g.Printf("%s=%s ", key, r.Settings[key])
	}
	g.Printf("\n")
	for _, names := range r.Families() {
		showFigures(g, r, names)
	}
	showRatios(g, r)
	for _, note := range r.Notes {
		g.Printf("Note: %s.\n", note)
	}
	switch {
	case r.Right && r.Runs[0].Checked == environment.CheckNone:
		g.Printf("The answers were not checked.\n")
		return nil
	case r.Right:
		g.Printf("The answers are right (checked: %s).\n", r.Runs[0].Checked)
		return nil
	}
	const most = 20
	g.Printf("\n%s\n", terminal.Text(strings.Join(r.Faults[:min(most, len(r.Faults))], "\n")))
	if more := len(r.Faults) - most; more > 0 {
		g.Printf("and %d more like these; --report FILE has them all\n", more)
	}
	return nil
}

// showFigures prints a table of the runs with these names.
func showFigures(g *cli.Globals, r *result.Report, names []string) {
	header := []any{"figure"}
	columns := []table.ColumnConfig{}
	for i, name := range names {
		header = append(header, name)
		columns = append(columns, table.ColumnConfig{Number: i + 2, Align: text.AlignRight, WidthMax: 42})
	}
	t := terminal.NewTable(header...)
	t.Configure(columns)
	for _, key := range r.Keys(names...) {
		row := []any{strings.ReplaceAll(key, "_", " ")}
		for _, name := range names {
			row = append(row, spread(result.SpreadOf(r.Values(name, key))))
		}
		t.Row(row...)
	}
	g.Printf("%s\n", t.Render(g.Width()))
}

// benchTitle describes where a bench ran.
func benchTitle(r *result.Report) string {
	where := strings.Join(r.Brokers, ",")
	if r.Embedded {
		where = "the embedded broker, whose work is that of the load"
	}
	return fmt.Sprintf("%s on %s; seed %d, start %s; %d CPUs, %s", r.Bench, where, r.Seed, r.Start.Format(time.RFC3339), r.Machine.CPUs, r.Machine.Model)
}

// showRatios prints our results relative to those of the peers.
func showRatios(g *cli.Globals, r *result.Report) {
	if len(r.Ratios) == 0 {
		return
	}
	t := terminal.NewTable("of", "beside", "figure", "better", "ours", "theirs", "ours / theirs", "pairs")
	for i := range r.Ratios {
		x := &r.Ratios[i]
		better := "less"
		if x.More {
			better = "more"
		}
		t.Row(x.Of, x.Peer, strings.ReplaceAll(x.Figure, "_", " "), better, spread(x.Ours), spread(x.Theirs), spread(x.Ratio), x.Ratio.N)
	}
	g.Printf("\nBy pairs of runs, median (first and third quartile):\n%s\n", t.Render(g.Width()))
}

// spread writes a median, with the quartiles if there are several values.
func spread(s result.Spread) string {
	switch s.N {
	case 0:
		return "-"
	case 1:
		return number(s.Median)
	}
	return number(s.Median) + " (" + number(s.Q1) + " – " + number(s.Q3) + ")"
}

// number writes four significant digits; numbers from 1000 on are written in full.
func number(v float64) string {
	const digits = 4
	if v == 0 || math.Abs(v) >= 1000 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	places := max(0, digits-1-int(math.Floor(math.Log10(math.Abs(v)))))
	out := strconv.FormatFloat(v, 'f', min(places, 3), 64)
	if strings.Contains(out, ".") {
		out = strings.TrimRight(strings.TrimRight(out, "0"), ".")
	}
	return out
}
