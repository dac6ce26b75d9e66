package operator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/cli/config"
	"github.com/tributary-hq/tributary/cmd/internal/cli/terminal"
	"github.com/tributary-hq/tributary/cmd/internal/tool/pauses"
	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/pause"
)

// allStages is the argument that means every stage.
const allStages = "all"

// pauseFlags are the flags of `tributary pause` and `tributary resume`.
type pauseFlags struct {
	request pauses.Request
	dryRun  bool
	list    bool
}

func newPause(g *cli.Globals) *cobra.Command {
	f := pauseFlags{request: pauses.Request{By: whoami()}}
	c := &cobra.Command{
		Use:   "pause {STAGE|all} --why TEXT",
		Short: "let a stage stand still, without a rebalance",
		Long: `Pauses a stage in every processor: it commits the records that it has in hand,
then reads nothing and fires no timer. Its processors stay in the group, keep
their partitions and their state, and stay ready; /readyz, lag and the console
say who has paused it and why. A restart keeps the pause.

Meanwhile ingest goes on accepting webhooks: they wait in the raw topics, for
as long as these keep their records (7 days). The watermark of the stage stands
still, so that the stages behind it fire no timer either: no journey counts a
member as missing that only waits.

--for ends the pause by itself, by the clock of each processor. A pause without
an end is an alert after 4 hours (TributaryPaused).

The pause is a record in internal.pauses.v1. It takes effect within moments.`,
		Example: `  tributary pause lox24 --why 'wrong release' --dry-run
  tributary pause lox24 --why 'wrong release' --for 1h
  tributary pause all --why 'Kafka is moved'
  tributary pause --list`,
		Args: stageArgs(&f),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.list {
				return runListPauses(cmd.Context(), g)
			}
			return runPause(cmd.Context(), g, &f)
		},
		ValidArgs: append(processor.StageNames(), allStages),
	}
	c.Flags().StringVar(&f.request.Why, "why", "", "the reason, which everybody sees who looks at the stage")
	timespan.Var(c.Flags(), &f.request.For, "for", "after which time the pause ends by itself; 0: when somebody resumes the stage")
	c.Flags().BoolVar(&f.list, "list", false, "list the stages that are paused")
	f.common(c)
	return c
}

func newResume(g *cli.Globals) *cobra.Command {
	f := pauseFlags{request: pauses.Request{By: whoami(), Resume: true}}
	c := &cobra.Command{
		Use:   "resume {STAGE|all}",
		Short: "let a paused stage go on",
		Long: `Ends the pause of a stage in every processor. It goes on where it stood and
catches up; tributary lag says how far it is.`,
		Example: `  tributary resume lox24
  tributary resume all --dry-run`,
		Args:      stageArgs(&f),
		RunE:      func(cmd *cobra.Command, _ []string) error { return runPause(cmd.Context(), g, &f) },
		ValidArgs: append(processor.StageNames(), allStages),
	}
	c.Flags().StringVar(&f.request.Why, "why", "", "the reason, for the record")
	f.common(c)
	return c
}

// common adds the flags that both commands have.
func (f *pauseFlags) common(c *cobra.Command) {
	c.Flags().BoolVar(&f.dryRun, "dry-run", false, "only say what it would do")
	c.Flags().StringVar(&f.request.By, "by", f.request.By, "who you are, for the record and the log")
}

// stageArgs reads the stages from the only argument.
func stageArgs(f *pauseFlags) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case f.list && len(args) == 0:
			return nil
		case f.list:
			return cli.Usage(errors.New("--list goes without a stage"))
		case len(args) != 1:
			return cli.Usage(fmt.Errorf("%s one stage, or all: %s", cmd.Name(), strings.Join(processor.StageNames(), ", ")))
		case args[0] == allStages:
			f.request.Stages = processor.StageNames()
		default:
			f.request.Stages = args
			if err := cli.OneOf("STAGE", args[0], append(processor.StageNames(), allStages)); err != nil {
				return err
			}
		}
		if strings.TrimSpace(f.request.Why) == "" && !f.request.Resume && !f.dryRun {
			return cli.Usage(errors.New("--why: say why, for everybody who looks at the stage"))
		}
		if err := f.request.Validate(); err != nil {
			return cli.Usage(fmt.Errorf("--for: %w", err))
		}
		return nil
	}
}

// loadPauses loads the configuration file and returns it with that of the tool.
func loadPauses(g *cli.Globals) (*config.Config, pauses.Config, error) {
	file, err := g.Load()
	if err != nil {
		return nil, pauses.Config{}, err
	}
	c := &file.Config
	options, err := c.Kafka.Options()
	return c, pauses.Config{
		Kafka: options, Names: c.Names(), Version: cli.BuildInfo().Version,
		SchemaIDs: func(ctx context.Context) (map[string]uint32, error) { return c.SchemaIDs(ctx, g.Logger(&c.Log)) },
	}, err
}

func runPause(ctx context.Context, g *cli.Globals, f *pauseFlags) error {
	file, c, err := loadPauses(g)
	if err != nil {
		return err
	}
	fail := func(err error) error {
		verb := "pause"
		if f.request.Resume {
			verb = "resume"
		}
		return fmt.Errorf("%s on %v: %w", verb, file.Kafka.Brokers, err)
	}
	plan, err := pauses.NewPlan(ctx, c, &f.request)
	if err != nil {
		return fail(err)
	}
	changes := plan.Changes(&f.request)
	if !f.dryRun {
		for _, stage := range changes {
			event := "stage paused"
			if f.request.Resume {
				event = "stage resumed"
			}
			auditLog(ctx, g, file, event, f.request.By, slog.String("stage", stage), slog.String("why", f.request.Why))
		}
		if err := pauses.Apply(ctx, c, plan, &f.request); err != nil {
			return fail(err)
		}
	}
	if g.JSON {
		return g.PrintJSON(map[string]any{"plan": plan, "changes": changes, "done": !f.dryRun})
	}
	showPause(g, f, plan, changes, time.Now())
	return nil
}

// showPause prints a row for each stage with its unread records, and a sentence about the
// stages that were, or in a dry run would be, paused or resumed.
func showPause(g *cli.Globals, f *pauseFlags, plan *pauses.Plan, changes []string, now time.Time) {
	state := "before"
	if f.dryRun || len(changes) == 0 {
		state = "now"
	}
	t := terminal.NewTable("stage", "members", "unread", "oldest", "waits with it", state)
	t.Optional("members", "waits with it")
	t.Wrap(state)
	for i := range plan.Stages {
		s := &plan.Stages[i]
		is, age := "runs", "-"
		if s.Pause != nil {
			is = s.Pause.String()
		}
		if s.Unread > 0 {
			age = timespan.About(time.Duration(s.Age))
		}
		t.Row(s.Stage, count(s.Members), zero(s.Unread), age, strings.Join(s.Behind, ", "), is)
	}
	g.Printf("%s\n\n", t.Render(g.Width()))
	until := "until somebody resumes it"
	if f.request.For > 0 {
		until = "until " + stamp(now.Add(f.request.For))
	}
	stages := strings.Join(changes, ", ")
	switch {
	case len(changes) == 0 && len(plan.Stages) == 1:
		g.Printf("Stage %s is not paused: nothing to do.\n", plan.Stages[0].Stage)
	case len(changes) == 0:
		g.Printf("No stage is paused: nothing to do.\n")
	case f.request.Resume && f.dryRun:
		g.Printf("Would be resumed: %s. Nothing was done.\n", stages)
	case f.request.Resume:
		g.Printf("Resumed by %s: %s. tributary lag says how far it is.\n", f.request.By, stages)
	case f.dryRun:
		g.Printf("Would be paused %s: %s. Nothing was done.\n", until, stages)
	default:
		g.Printf("Paused by %s %s: %s. tributary resume ends it.\n", f.request.By, until, stages)
	}
	if i := slices.IndexFunc(plan.Stages, func(s pauses.Stage) bool { return s.Members == 0 }); i >= 0 && !f.request.Resume {
		g.Printf("Nobody runs stage %s now: it is paused when its processor starts.\n", plan.Stages[i].Stage)
	}
}

func runListPauses(ctx context.Context, g *cli.Globals) error {
	file, c, err := loadPauses(g)
	if err != nil {
		return err
	}
	list, err := pauses.List(ctx, c)
	if err != nil {
		return fmt.Errorf("pause --list on %v: %w", file.Kafka.Brokers, err)
	}
	if g.JSON {
		return g.PrintJSON(map[string]any{"pauses": list})
	}
	g.Printf("%s\n", pausesTable(list, g.Width()))
	return nil
}

func pausesTable(list []pause.Pause, width int) terminal.Text {
	if len(list) == 0 {
		return "No stage is paused."
	}
	t := terminal.NewTable("stage", "paused by", "since", "until", "why")
	t.Wrap("why")
	for i := range list {
		p := &list[i]
		until := "resumed"
		if !p.Until.IsZero() {
			until = stamp(p.Until)
		}
		t.Row(p.Stage, p.By, stamp(p.Since), until, p.Why)
	}
	return t.Render(width)
}
