package operator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/cli/terminal"
	"github.com/tributary-hq/tributary/cmd/internal/tool/reset"
	"github.com/tributary-hq/tributary/processor"
)

func newReset(g *cli.Globals) *cobra.Command {
	var stage string
	var yes, accept, missing bool
	by := whoami()
	c := &cobra.Command{
		Use:   "reset --stage STAGE",
		Short: "rebuild a stage's state from its input; --yes does it",
		Long: `Empties a stage's state so that it is made again from the records of its input:
after a fault in how facts were merged, or where a changelog is lost. Stop every
processor that runs the stage first; it refuses while the group has members.
Without --yes it only says what it would do.

What it deletes: the stage's changelog, which is made anew, and its consumer
group. State directories need no hand: a store that belongs to a changelog that
is no more is wiped when its processor starts. Whatever breaks it off, run it
again: until it has ended well, no processor of the stage works.

What it means for the outputs, once the processors are started:
  - Facts are not emitted again. decoded.*, duplicates.v1, dead letters and
    ledger.v1 go on behind what is already there, so each fact is still there
    exactly once. What a new release decodes otherwise is therefore not
    corrected in records of the past: begin anew under another prefix for that.
    Facts of records without any outcome, through a fault of the release before
    (no_outcome in 'tributary audit'), are emitted with --missing, which audits
    and so needs to read every topic. Where a copy of such an event came later
    and was emitted, its fact is then there twice, and the audit says so.
  - Snapshots are emitted again: enriched.* get the whole history of every
    entity, with revisions above all earlier ones (they begin at the time of the
    reset, in milliseconds): a consumer that keeps the highest revision, or the
    last record of a key, ends with the right one. While the stage catches up,
    snapshots show the past. A consumer that acts on each change acts again: let
    it look at facts.
  - Journeys follow by themselves: their members are emitted again, too.
  - An entity that was forgotten on request is forgotten again: the erasure is
    met in its place. But where raw still holds its records, its snapshots are
    emitted once more before that, and their tombstone after.

What retention has taken from the input cannot be read again. The plan says from
when on the input is whole. An entity older than that is made again from what is
left, and its snapshot then says less than before; one of which nothing is left
keeps its last snapshot, and its next event makes it anew. For that
--accept-loss is needed besides.

'tributary audit' closes afterwards: over everything if nothing was lost, else
over the span of the retention, as always.`,
		Example: `  tributary reset --stage lox24
  tributary reset --stage lox24 --yes`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !slices.Contains(processor.StageNames(), stage) {
				return cli.Usage(fmt.Errorf("--stage: %q is none of %s", stage, strings.Join(processor.StageNames(), ", ")))
			}
			return runReset(cmd.Context(), g, stage, yes, accept, missing, by)
		},
	}
	c.Flags().StringVar(&stage, "stage", "", "which stage: "+strings.Join(processor.StageNames(), ", "))
	c.Flags().BoolVar(&yes, "yes", false, "do it")
	c.Flags().BoolVar(&accept, "accept-loss", false, "do it although retention has taken a part of the input")
	c.Flags().BoolVar(&missing, "missing", false, "emit the facts of records without an outcome: audits first, to find them")
	c.Flags().StringVar(&by, "by", by, "who you are, for the log")
	return c
}

func runReset(ctx context.Context, g *cli.Globals, stage string, yes, accept, missing bool, by string) error {
	f, err := g.Load()
	if err != nil {
		return err
	}
	o := reset.Config{Names: f.Config.Names(), Topics: f.Config.Topics, Stage: stage, Missing: missing}
	if o.Kafka, err = f.Config.Kafka.Options(); err != nil {
		return err
	}
	progress := cli.NewProgress(g.Err)
	o.Progress = progress
	p, err := reset.NewPlan(ctx, &o)
	progress.Done(err)
	if err != nil {
		return fmt.Errorf("reset on %v: %w", f.Config.Kafka.Brokers, err)
	}
	if !g.JSON {
		showReset(g, p)
	}
	done := false
	switch {
	case !yes:
	case p.Lost > 0 && !accept:
		err = errors.New("retention has taken a part of the input: --accept-loss does it all the same")
	default:
		if err = reset.Apply(ctx, &o, p); err == nil {
			done = true
			auditLog(ctx, g, &f.Config, "stage reset", by, slog.String("stage", stage))
		}
	}
	if g.JSON {
		err = errors.Join(err, g.PrintJSON(map[string]any{"plan": p, "done": done}))
	}
	if err != nil {
		return fmt.Errorf("reset on %v: %w", f.Config.Kafka.Brokers, err)
	}
	if done && !g.JSON {
		g.Printf("Done. Start the processors: they read %d records again; tributary lag says how far they are.\n", p.Again)
	}
	return nil
}

func showReset(g *cli.Globals, p *reset.Plan) {
	g.Printf("Stage %s would be made again from %s.\n", p.Stage, p.Input)
	entries := fmt.Sprintf("%d offsets", p.Entries)
	if p.Entries < 0 {
		entries = "it is missing already"
	}
	g.Printf("  Deleted: changelog %s (%s), made anew; group %s.\n", p.Changelog, entries, p.Group)
	g.Printf("  Read again: %d records in %d partitions.\n", p.Again, len(p.Partitions))
	g.Printf("  Emitted again, with revisions above %d: %s.\n", p.Revisions, strings.Join(p.Snapshots, ", "))
	g.Printf("  Not emitted again: %s.\n", strings.Join(p.Facts, ", "))
	if p.Missing > 0 {
		g.Printf("  Emitted for the first time: the facts of %d records without an outcome.\n", p.Missing)
	}
	if p.Lost > 0 {
		g.Printf("  Lost: %d offsets of the input are gone by retention; it is whole since %s.\n", p.Lost, stamp(p.Since))
		t := terminal.NewTable("partition", "gone before offset", "oldest record there")
		for i := range p.Partitions {
			if x := &p.Partitions[i]; x.Start > 0 {
				t.Row(x.Partition, x.Start, stamp(x.Oldest))
			}
		}
		g.Printf("%s\n", t.Render(g.Width()))
	}
	if len(p.Members) > 0 {
		g.Printf("  It is refused while these run the stage: %s.\n", strings.Join(p.Members, ", "))
	}
	g.Printf("  State directories: nothing to do; they are wiped when their processors start.\n")
}
