package consumer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/cli/terminal"
	"github.com/tributary-hq/tributary/cmd/internal/tool/acl"
	"github.com/tributary-hq/tributary/cmd/internal/tool/insights"
	"github.com/tributary-hq/tributary/cmd/internal/tool/scan"
)

func newInsights(g *cli.Globals) *cobra.Command {
	f := insightsFlags{interval: 10 * time.Second}
	c := &cobra.Command{
		Use:   "insights",
		Short: "what codes cost per paying user, and the claims that hold",
		Long: `Reads insights.funnel.v1 and signals.v1 and prints five tables: what the codes
of yesterday (UTC) cost per verified and per paying user, by country and route
(provider and first channel); the ranges of numbers that are pumped and what
that has cost so far; the wait before the next channel that would have cost
least; until when the accounts last; how the providers reported.

The day is that of the order: payments that come later change its figures.
Costs in several currencies are not added up: each has its line, whose cost per
user is the part in that currency. Codes whose cost is not known are counted in
UNKNOWN; a cost per user beside them has a >=. 95 % is the interval of the share
of codes that were verified, without those of which no outcome is reported.

A claim that holds no longer is shown by --withdrawn only: what was raised last
night and is over. In --json, state and withdrawn_at of each signal tell them
apart.`,
		Example: `  tributary insights
  tributary insights --since 7d --country UA
  tributary insights --day today --kind pumping --watch
  tributary insights --withdrawn
  tributary insights --json | jq '.signals[] | select(.kind=="PUMPING").claim'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			filter, err := f.filter(time.Now())
			if err != nil {
				return cli.Usage(err)
			}
			return runInsights(cmd.Context(), g, &f, filter)
		},
	}
	f.add(c.Flags())
	c.MarkFlagsMutuallyExclusive("day", "since")
	c.MarkFlagsMutuallyExclusive("day", "until")
	return c
}

func runInsights(ctx context.Context, g *cli.Globals, f *insightsFlags, filter insights.Filter) error {
	file, err := g.Load()
	if err != nil {
		return err
	}
	if problem := cli.PrefixProblem(ctx, file, acl.RoleAnalytics); problem != "" {
		return errors.New(problem)
	}
	progress := cli.NewProgress(g.Err)
	config := scan.Config{Patience: exportPatience}
	if config.Kafka, err = file.Config.Kafka.Options(); err != nil {
		return err
	}
	if !f.watch {
		config.Progress = progress
	}
	reader := insights.NewReader(config, file.Config.Names(), filter.From)
	if f.watch {
		return watchInsights(ctx, g, reader, f)
	}
	rows, err := reader.Read(ctx)
	progress.Done(err)
	if err != nil {
		return fmt.Errorf("insights on %v: %w", file.Config.Kafka.Brokers, err)
	}
	report := insights.NewReport(rows, &filter)
	if g.JSON {
		return g.PrintJSON(report)
	}
	_, err = fmt.Fprint(g.Out, showInsights(report, f.view(g.Width())))
	return err
}

// watchInsights shows reports repeatedly; on a terminal each replaces the one before. A day
// that ends meanwhile is followed by the next.
func watchInsights(ctx context.Context, g *cli.Globals, reader *insights.Reader, f *insightsFlags) error {
	ticker := time.NewTicker(f.interval)
	defer ticker.Stop()
	live := terminal.IsTerminal(g.Out)
	lines := json.NewEncoder(g.Out)
	for {
		rows, err := reader.Read(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			// An unreachable broker may come back; until then the error is shown.
			terminal.Printf(g.Err, "%s cannot look: %v\n", time.Now().Format(time.TimeOnly), err)
		default:
			filter, err := f.filter(time.Now())
			if err != nil {
				return err
			}
			report := insights.NewReport(rows, &filter)
			if g.JSON {
				err = lines.Encode(report)
			} else {
				if live {
					_, _ = fmt.Fprint(terminal.Unwrap(g.Out), "\x1b[H\x1b[2J")
				}
				_, err = fmt.Fprintf(g.Out, "%s   Ctrl-C ends\n%s", time.Now().Format(time.TimeOnly), showInsights(report, f.view(g.Width())))
			}
			if err != nil {
				return fmt.Errorf("print: %w", err)
			}
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
	}
}
