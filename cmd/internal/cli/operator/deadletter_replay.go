package operator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/cli/config"
	"github.com/tributary-hq/tributary/cmd/internal/cli/terminal"
	"github.com/tributary-hq/tributary/cmd/internal/tool/deadletter"
	"github.com/tributary-hq/tributary/processor/stage"
)

func newLetterShow(g *cli.Globals) *cobra.Command {
	var f letterFlags
	unmask, by, limit := false, whoami(), 10
	c := &cobra.Command{
		Use:   "show [PROVIDER/PARTITION/OFFSET]...",
		Short: "show dead letters whole, with secrets masked",
		Long: `Shows why and where a record became a dead letter, its headers and its body. Of
the body only fields are shown that are known to say nothing of a person; of all
others kind and length. --unmask shows the bytes as the provider sent them,
one-time codes and phones included, and writes into the log who looked at which
record.`,
		Example: "  tributary deadletter show uapay/3/118\n  tributary deadletter show --event-id 3378de83-de66-4de8-9d29-2b10d41bb641",
		RunE: func(cmd *cobra.Command, args []string) error {
			reader, file, err := letters(cmd.Context(), g, &f, args)
			if err != nil {
				return err
			}
			return showLetters(cmd.Context(), g, reader, file, &f.filter, limit, unmask, by)
		},
	}
	f.add(c)
	c.Flags().BoolVar(&unmask, "unmask", false, "show the body as it is; this is logged")
	c.Flags().StringVar(&by, "by", by, "who you are, for the log")
	c.Flags().IntVarP(&limit, "number", "n", limit, "how many to show at most")
	return c
}

func showLetters(ctx context.Context, g *cli.Globals, reader *deadletter.Reader, file *config.File, filter *deadletter.Filter, limit int, unmask bool, by string) error {
	errEnough := errors.New("enough")
	shown := 0
	err := reader.Each(ctx, filter, func(l *deadletter.Letter) error {
		if shown == limit {
			return errEnough
		}
		shown++
		if unmask {
			// Said before it is shown: who breaks off has seen it too.
			auditLog(ctx, g, &file.Config, "dead letter shown unmasked", by, slog.String("topic", l.Topic),
				slog.Int("partition", int(l.Partition)), slog.Int64("offset", l.Offset))
		}
		if g.JSON {
			return g.PrintJSON(map[string]any{"letter": l, "headers": l.Headers(), "body": l.Body(unmask), "masked": !unmask})
		}
		showLetter(g, l, unmask)
		return nil
	})
	switch {
	case errors.Is(err, errEnough):
		g.Printf("There are more (--number).\n")
	case err != nil:
		return err
	case shown == 0:
		return errors.New("there is no such dead letter; retention may have deleted it")
	}
	return nil
}

func showLetter(g *cli.Globals, l *deadletter.Letter, unmask bool) {
	line := func(name, format string, args ...any) { g.Printf("  %-12s %s\n", name, fmt.Sprintf(format, args...)) }
	g.Printf("%s\n", l.String())
	line("cause", "%s: %s", l.Cause, l.Detail)
	line("written", "%s by stage %s of version %s", stamp(l.DeadLettered), l.Stage, l.Version)
	if l.From.Topic != "" {
		line("record", "%s, key %s, %d bytes", l.From, l.Key, l.Bytes)
	} else {
		line("record", "none: the deadline of key %s", l.Key)
	}
	if !l.Received.IsZero() {
		line("received", "%s from source %s, request %s", stamp(l.Received), l.Source, l.RequestID)
	}
	if len(l.Events) > 0 {
		line("ids", "%s", strings.Join(l.Events, ", "))
	}
	if l.Round > 0 {
		line("rounds", "it had been replayed %d times when it became a dead letter", l.Round)
	}
	if l.Replayed != nil {
		line("replayed", "%s, round %d, to %s/%d", replayedBy(l.Replayed), l.Replayed.Round, l.Replayed.Topic, l.Replayed.Partition)
	} else {
		line("replayed", "no")
	}
	g.Printf("  headers\n")
	for _, h := range l.Headers() {
		g.Printf("    %s: %s\n", h.Key, h.Value)
	}
	masked := ", masked (--unmask shows it, and is logged)"
	if unmask {
		masked = ""
	}
	g.Printf("  body%s\n    %s\n\n", masked, terminal.Text(strings.ReplaceAll(l.Body(unmask), "\n", "\n    ")))
}

func newLetterReplay(g *cli.Globals) *cobra.Command {
	var f letterFlags
	yes, replay := false, deadletter.Replay{By: whoami(), Rate: 100, Rounds: 3}
	c := &cobra.Command{
		Use:   "replay [PROVIDER/PARTITION/OFFSET]...",
		Short: "send dead letters to their stage again; --yes does it",
		Long: `Sends dead letters to the topic and partition they came from, with the headers
they had and a note of who did it. Record and note are one transaction: whatever
crashes and whoever else replays, a dead letter is replayed once. A record that
is rejected again is a new dead letter; after --rounds times it is left.

Replay after the repair: a version that knows an unknown type, a source that
accepts stale events. received_at is kept, so that nothing else changes.`,
		Example: `  tributary deadletter replay --provider lox24 --cause unknown_type
  tributary deadletter replay --provider lox24 --cause unknown_type --yes
  tributary deadletter replay uapay/3/118 --yes --by anna`,
		RunE: func(cmd *cobra.Command, args []string) error {
			file, err := g.Load()
			if err != nil {
				return err
			}
			if err := f.take(args, file.Config.Names()); err != nil {
				return err
			}
			if replay.Rate <= 0 || replay.Rounds < 1 || replay.By == "" {
				return cli.Usage(errors.New("--rate must be above 0, --rounds at least 1, and --by must say who"))
			}
			replay.Filter = f.filter
			return replayLetters(cmd.Context(), g, file, replay, yes)
		},
	}
	f.add(c)
	flags := c.Flags()
	flags.BoolVar(&yes, "yes", false, "do it")
	flags.StringVar(&replay.By, "by", replay.By, "who does it: stands in the records' headers")
	flags.Float64Var(&replay.Rate, "rate", replay.Rate, "records a second at most")
	flags.IntVar(&replay.Rounds, "rounds", replay.Rounds, "how often a record may be replayed")
	flags.Int64Var(&replay.Limit, "limit", 0, "replay so many at most; 0 means all")
	return c
}

func replayLetters(ctx context.Context, g *cli.Globals, file *config.File, replay deadletter.Replay, yes bool) error {
	options, err := file.Config.Kafka.Options()
	if err != nil {
		return err
	}
	names := file.Config.Names()
	plan, err := deadletter.NewReplayer(deadletter.NewReader(options, names), replay).Plan(ctx)
	if err != nil {
		return err
	}
	if !g.JSON || !yes {
		if err := showPlan(g, plan, yes, cli.BuildInfo().Version, replay.Rate); err != nil {
			return err
		}
	}
	if !yes {
		return nil
	}
	progress := cli.NewProgress(g.Err)
	if plan.Send > 0 {
		progress.Step("replaying dead letters", plan.Send)
		replay.Sent = progress.At
	}
	done, err := deadletter.NewReplayer(deadletter.NewReader(options, names), replay).Run(ctx)
	progress.Done(err)
	if done != nil && done.Sent > 0 {
		auditLog(ctx, g, &file.Config, "dead letters replayed", replay.By, slog.Int64("count", done.Sent), slog.String("to", counted(done.To)),
			slog.String("causes", counted(done.Causes)))
	}
	if err != nil {
		if done != nil {
			err = fmt.Errorf("after %d replayed: %w", done.Sent, err)
		}
		return err
	}
	if g.JSON {
		return g.PrintJSON(done)
	}
	g.Printf("Replayed %d. tributary lag shows when they are read; deadletter list --from 1m whether any was rejected again.\n", done.Sent)
	return nil
}

func showPlan(g *cli.Globals, p *deadletter.Plan, yes bool, version string, rate float64) error {
	if g.JSON {
		return g.PrintJSON(p)
	}
	if p.Selected == 0 {
		g.Printf("There is no such dead letter.\n")
		return nil
	}
	g.Printf("%d dead letters are meant, %d of them will be replayed: %d bytes, about %.0f s at %g a second.\n",
		p.Selected, p.Send, p.Bytes, float64(p.Send)/rate, rate)
	if p.Send > 0 {
		g.Printf("  to            %s\n  causes        %s\n  rejected by   version %s; this program is %s\n", counted(p.To), counted(p.Causes), counted(p.Versions), version)
	}
	if len(p.Left) > 0 {
		g.Printf("  left alone    %s\n", counted(p.Left))
	}
	if n := p.Causes[string(stage.CauseStale)]; n > 0 {
		g.Printf("  %d are stale: they will be rejected again unless their source accepts stale events (accept_stale).\n", n)
	}
	if n := p.Versions[version]; n > 0 {
		g.Printf("  %d were rejected by this very version: unless its configuration has changed they will be rejected again.\n", n)
	}
	if !yes {
		g.Printf("Nothing was sent: --yes does it.\n")
	}
	return nil
}
