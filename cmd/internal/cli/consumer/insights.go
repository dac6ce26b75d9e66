package consumer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/cli/terminal"
	"github.com/tributary-hq/tributary/cmd/internal/tool/insights"
	"github.com/tributary-hq/tributary/cmd/internal/tool/scan"
	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// insightsFlags are the flags of `tributary insights`.
type insightsFlags struct {
	country, channel, source, day, since, until string
	watch                                       bool
	interval                                    time.Duration
}

func newInsights(g *cli.Globals) *cobra.Command {
	f := insightsFlags{interval: 10 * time.Second}
	c := &cobra.Command{
		Use:   "insights",
		Short: "what codes cost per paying user, and the claims that hold",
		Long: `Reads insights.funnel.v1 and signals.v1 and prints four tables: what the codes
of yesterday (UTC) cost per verified and per paying user, by country and first
channel; the signals that hold; the fallback frontier, the wait before the next
channel that would have cost least; until when the accounts last.

The day is that of the order: payments that come later change its figures.
Costs in several currencies are not added up: each has its line, whose cost per
user is the part in that currency. Codes whose cost is not known are counted in
UNKNOWN; a cost per user beside them has a >=.`,
		Example: `  tributary insights
  tributary insights --since 7d --country UA
  tributary insights --watch
  tributary insights -o json | jq '.signals[] | select(.kind=="PUMPING").claim'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			filter, err := f.filter(time.Now())
			if err != nil {
				return cli.Usage(err)
			}
			return runInsights(cmd.Context(), g, &f, filter)
		},
	}
	flags := c.Flags()
	flags.StringVar(&f.country, "country", "", "only this country, as UA")
	flags.StringVar(&f.channel, "channel", "", "only codes that began with this channel, as sms")
	flags.StringVar(&f.source, "source", "", "only codes of this source")
	flags.StringVar(&f.day, "day", "", "the codes ordered on this day (UTC), as 2026-11-30; without it yesterday")
	flags.StringVar(&f.since, "since", "", "the codes ordered since a day (UTC), or in so many days, as 7d")
	flags.StringVar(&f.until, "until", "", "with --since: the last day (UTC), as 2026-11-30; without it today")
	flags.BoolVarP(&f.watch, "watch", "w", false, "go on until Ctrl-C")
	timespan.Var(flags, &f.interval, "interval", "how often to look with --watch")
	c.MarkFlagsMutuallyExclusive("day", "since")
	c.MarkFlagsMutuallyExclusive("day", "until")
	return c
}

// filter returns the filter of the flags, with days relative to now.
func (f *insightsFlags) filter(now time.Time) (insights.Filter, error) {
	const day = 24 * time.Hour
	today := now.UTC().Truncate(day)
	filter := insights.Filter{
		From: today.Add(-day), To: today, Country: strings.ToUpper(f.country), Channel: avro.Channel(strings.ToUpper(f.channel)), Source: f.source,
	}
	var err error
	switch {
	case f.interval < 100*time.Millisecond:
		return filter, errors.New("--interval: 100ms at least")
	case f.day != "":
		filter.From, err = time.Parse(time.DateOnly, f.day)
		filter.To = filter.From.Add(day)
	case f.since != "":
		if filter.From, err = time.Parse(time.DateOnly, f.since); err != nil {
			filter.From, err = cli.ParseTime("--since", f.since, now)
		}
		filter.From, filter.To = filter.From.UTC().Truncate(day), today.Add(day)
	}
	if f.until != "" && err == nil {
		filter.To, err = time.Parse(time.DateOnly, f.until)
		filter.To = filter.To.Add(day)
	}
	if err != nil {
		return filter, fmt.Errorf("%q is no day such as 2026-11-30, nor a number of days such as 7d", f.day+f.since+f.until)
	}
	return filter, nil
}

func runInsights(ctx context.Context, g *cli.Globals, f *insightsFlags, filter insights.Filter) error {
	file, err := g.Load()
	if err != nil {
		return err
	}
	if problem := cli.PrefixProblem(ctx, file); problem != "" {
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
	_, err = fmt.Fprint(g.Out, showInsights(report, g.Width()))
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
				_, err = fmt.Fprintf(g.Out, "%s   Ctrl-C ends\n%s", time.Now().Format(time.TimeOnly), showInsights(report, g.Width()))
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
