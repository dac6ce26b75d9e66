package operator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/fx"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/cli/config"
	"github.com/tributary-hq/tributary/cmd/internal/cli/hangup"
	"github.com/tributary-hq/tributary/cmd/internal/cli/ops"
	"github.com/tributary-hq/tributary/cmd/internal/cli/terminal"
	"github.com/tributary-hq/tributary/cmd/internal/tool/acl"
	"github.com/tributary-hq/tributary/cmd/internal/tool/deadletter"
	"github.com/tributary-hq/tributary/cmd/internal/tool/insights"
	"github.com/tributary-hq/tributary/cmd/internal/tool/lag"
	"github.com/tributary-hq/tributary/cmd/internal/tool/scan"
	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
	"github.com/tributary-hq/tributary/processor/pause"
)

// lagFlags are the flags of `tributary lag`.
type lagFlags struct {
	groups, ops      []string
	window, interval time.Duration
	watch, all       bool
	serve            string
}

func newLag(g *cli.Globals) *cobra.Command {
	f := lagFlags{window: lag.DefaultWindow, interval: 2 * time.Second}
	c := &cobra.Command{
		Use:   "lag",
		Short: "how far groups are behind, in time, and why",
		Long: `Watches consumer groups for a few seconds and says of each what it does: ok,
behind but catching up, falling behind, stuck, blocked by an open transaction,
no members, beyond the end of the log, or paused by an operator. A group is ok
if it has read what was there when the watching began, so that the answer comes
at once where all is well, and at the end of --window at the latest.

OLDEST is the age of the oldest record that a group has not read: the lag in
time. A transaction's markers and the holes of compaction are no records.
Records behind an open transaction cannot be read yet: they are reported as
held, and their age counts.

A committed offset beyond the end of the log, or of its leader epoch, is of
records that the topic has lost, or of another topic of that name.

Exit code 0: nothing to do. 1: a group is stuck, blocked, falling behind, has
lost records to retention, stands beyond the end, or ours has no members; or
there is no such group. 2: wrong use.`,
		Example: `  tributary lag
  tributary lag --watch
  tributary lag --group 'analytics-*' --json | jq '.groups[] | select(.bad)'
  tributary lag --group '*' --serve 127.0.0.1:9465`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.validate(); err != nil {
				return cli.Usage(err)
			}
			return runLag(cmd.Context(), g, &f)
		},
	}
	flags := c.Flags()
	flags.StringArrayVar(&f.groups, "group", nil, "groups to look at, a name or a pattern such as 'analytics-*'; may be repeated; without it the stages of this configuration")
	timespan.Var(flags, &f.window, "window", "how long a group is watched before it is called stuck, blocked or falling behind; longer than its commit interval")
	flags.BoolVarP(&f.watch, "watch", "w", false, "go on until Ctrl-C")
	timespan.Var(flags, &f.interval, "interval", "how often to look with --watch and --serve")
	flags.BoolVarP(&f.all, "all", "a", false, "every partition, also of groups that are ok")
	flags.StringVar(&f.serve, "serve", "", "serve the figures as Prometheus metrics on this address, the number of waiting dead letters and of signals; without --group of all groups")
	flags.StringArrayVar(&f.ops, "ops", nil, "address of a processor's ops port, to tell a restore of state from a stuck group; may be repeated")
	return c
}

// noArgs rejects arguments with the exit code of wrong use.
func noArgs(cmd *cobra.Command, args []string) error {
	if err := cobra.NoArgs(cmd, args); err != nil {
		return cli.Usage(err)
	}
	return nil
}

func (f *lagFlags) validate() error {
	var errs []error
	for _, p := range f.groups {
		if _, err := path.Match(p, ""); err != nil {
			errs = append(errs, fmt.Errorf("--group: %q is no pattern: %w", p, err))
		}
	}
	if f.window < time.Second {
		errs = append(errs, errors.New("--window: watch for a second at least"))
	}
	if f.interval < 100*time.Millisecond {
		errs = append(errs, errors.New("--interval: 100ms at least"))
	}
	if f.watch && f.serve != "" {
		errs = append(errs, errors.New("--watch and --serve do not go together"))
	}
	return errors.Join(errs...)
}

func runLag(ctx context.Context, g *cli.Globals, f *lagFlags) error {
	file, err := g.Load()
	if err != nil {
		return err
	}
	settings := lag.Config{Groups: f.groups, Window: f.window}
	if settings.Kafka, err = file.Config.Kafka.Options(); err != nil {
		return err
	}
	if len(f.groups) == 0 || f.serve != "" {
		settings.Own = file.Config.OwnGroups(nil)
	}
	if len(f.ops) > 0 {
		settings.Restores = lag.RestoresFrom(f.ops, file.Config.Names().Group)
	}
	if f.serve != "" {
		if len(f.groups) == 0 {
			settings.Groups = []string{"*"}
		}
		return serveLag(ctx, g, file, f, settings)
	}
	board := pause.New(pause.Config{Kafka: settings.Kafka, Names: file.Config.Names()})
	settings.Paused = lag.PausedFrom(board.All, file.Config.Names().Group)
	watcher := lag.New(settings)
	if err := watcher.Open(); err != nil {
		return err
	}
	defer watcher.Close()
	board.Start(ctx)
	defer board.Stop()
	if f.watch {
		return watchLag(ctx, g, watcher, f)
	}
	progress := cli.NewProgress(g.Err)
	explained := false
	report, err := watcher.Run(ctx, time.Second, func(r *lag.Report) {
		if r.Watching() && !explained {
			explained = true
			progress.Step("watching the groups, for "+timespan.Format(f.window)+" at most", int64(f.window/time.Second))
		}
		progress.At(int64(time.Duration(r.Window) / time.Second))
	})
	progress.Done(err)
	if err != nil {
		return fmt.Errorf("lag on %v: %w", file.Config.Kafka.Brokers, err)
	}
	if g.JSON {
		err = g.PrintJSON(report)
	} else {
		newLagScreen(g, f.all).show(report)
		if problem := cli.PrefixProblem(ctx, file, acl.RoleOperator); problem != "" && report.Bad > 0 {
			g.Printf("%s\n", problem)
		}
	}
	if err == nil && (report.Bad > 0 || len(report.Groups) == 0) {
		return cli.ErrReported
	}
	return err
}

// watchLag shows reports repeatedly; on a terminal each replaces the one before.
func watchLag(ctx context.Context, g *cli.Globals, watcher *lag.Watcher, f *lagFlags) error {
	ticker := time.NewTicker(f.interval)
	defer ticker.Stop()
	screen := newLagScreen(g, f.all)
	screen.live = terminal.IsTerminal(g.Out)
	screen.history = map[string][]lagMoment{}
	lines := json.NewEncoder(g.Out)
	bad := 0
	for {
		report, err := watcher.Observe(ctx)
		switch {
		case ctx.Err() != nil:
		case err != nil:
			// An unreachable broker may come back; until then the error is shown.
			terminal.Printf(g.Err, "%s cannot look: %v\n", time.Now().Format(time.TimeOnly), err)
		case g.JSON:
			bad = report.Bad
			if err := lines.Encode(report); err != nil {
				return fmt.Errorf("print JSON: %w", err)
			}
		default:
			bad = report.Bad
			screen.show(report)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			if bad > 0 {
				return cli.ErrReported
			}
			return nil
		}
	}
}

// insightsInterval is how often the insights are read, at most: their rows change every ten
// seconds.
const insightsInterval = 10 * time.Second

// serveLag serves the metrics until it is stopped.
func serveLag(ctx context.Context, g *cli.Globals, file *config.File, f *lagFlags, settings lag.Config) error {
	hangup.Catch()
	logger := g.Logger(&file.Config.Log)
	metrics := ops.NewRegistry()
	board := pause.New(pause.Config{Kafka: settings.Kafka, Names: file.Config.Names(), Logger: logger})
	settings.Paused = lag.PausedFrom(board.All, file.Config.Names().Group)
	service := lag.NewService(lag.New(settings), f.interval, logger)
	waiting := deadletter.NewWaiting(settings.Kafka, file.Config.Names(), logger)
	gauges := insights.NewGauges(scan.Config{Kafka: settings.Kafka}, file.Config.Names(), max(f.interval, insightsInterval), logger, time.Now)
	metrics.MustRegister(service, waiting, gauges)
	server := ops.New(f.serve, ops.About{Role: "lag", Version: cli.BuildInfo().Version, Instance: f.serve}, metrics, logger, lagCheck(service))
	return cli.RunApp(ctx, logger, fx.Module("lag", fx.Invoke(func(lifecycle fx.Lifecycle) {
		lifecycle.Append(fx.StartStopHook(board.Start, board.Stop))
		lifecycle.Append(fx.StartStopHook(service.Start, service.Stop))
		lifecycle.Append(fx.StartStopHook(waiting.Start, waiting.Stop))
		lifecycle.Append(fx.StartStopHook(gauges.Start, gauges.Stop))
		lifecycle.Append(fx.StartStopHook(server.Start, server.Stop))
		lifecycle.Append(hangup.Hook(func(ctx context.Context) error {
			logger.InfoContext(ctx, "nothing to reload here: restart this process to change its settings")
			return nil
		}, logger))
	})))
}

func lagCheck(s *lag.Service) ops.Check {
	return ops.Check{Name: "lag", Func: func() ops.Report {
		ok, at := s.Fresh()
		return ops.Report{OK: ok, Why: s.Why(), Detail: map[string]any{"found_out_at": at}}
	}}
}
