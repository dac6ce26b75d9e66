package operator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"os/user"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/cli/config"
	"github.com/tributary-hq/tributary/cmd/internal/cli/terminal"
	"github.com/tributary-hq/tributary/cmd/internal/tool/deadletter"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/schemas"
)

// letterFlags are the flags that select dead letters.
type letterFlags struct {
	filter   deadletter.Filter
	from, to string
	replayed bool
	waiting  bool
}

func (f *letterFlags) add(c *cobra.Command) {
	flags := c.Flags()
	flags.StringSliceVar(&f.filter.Providers, "provider", nil, "only of these: "+strings.Join(letterKinds(), ", "))
	flags.StringSliceVar(&f.filter.Causes, "cause", nil, "only with these causes: "+strings.Join(causes(), ", "))
	flags.StringSliceVar(&f.filter.Stages, "stage", nil, "only of these stages")
	flags.StringSliceVar(&f.filter.Sources, "source", nil, "only of these sources")
	flags.StringVar(&f.from, "from", "", "written since this time: RFC 3339, or how long ago, as 24h or 7d")
	flags.StringVar(&f.to, "to", "", "written before this time: RFC 3339, or how long ago")
	flags.StringVar(&f.filter.Key, "key", "", "only with this record key")
	flags.StringVar(&f.filter.EventID, "event-id", "", "only with this id in the body, or of this request")
	flags.BoolVar(&f.replayed, "replayed", false, "only those replayed")
	flags.BoolVar(&f.waiting, "waiting", false, "only those not replayed")
	c.MarkFlagsMutuallyExclusive("replayed", "waiting")
}

// letterKinds are the names of the topics of dead letters, as they are given to --provider.
func letterKinds() []string {
	var kinds []string
	for _, t := range schemas.DeadLetterTopics() {
		kinds = append(kinds, deadletter.Short(t))
	}
	return kinds
}

// take parses flags and arguments into the filter.
func (f *letterFlags) take(args []string, names schemas.Names) error {
	var errs []error
	var err error
	f.filter.From, err = cli.ParseTime("--from", f.from, time.Now())
	errs = append(errs, err)
	f.filter.To, err = cli.ParseTime("--to", f.to, time.Now())
	errs = append(errs, err)
	for _, arg := range args {
		ref, err := deadletter.ParseRef(arg, names)
		errs = append(errs, err)
		f.filter.Refs = append(f.filter.Refs, ref)
	}
	for _, kind := range f.filter.Providers {
		errs = append(errs, cli.OneOf("--provider", kind, letterKinds()))
	}
	for _, cause := range f.filter.Causes {
		errs = append(errs, cli.OneOf("--cause", cause, causes()))
	}
	for _, stage := range f.filter.Stages {
		errs = append(errs, cli.OneOf("--stage", stage, processor.StageNames()))
	}
	if f.replayed || f.waiting {
		f.filter.Replayed = &f.replayed
	}
	if err := errors.Join(errs...); err != nil {
		return cli.Usage(err)
	}
	return nil
}

func newDeadLetter(g *cli.Globals) *cobra.Command {
	c := &cobra.Command{
		Use:     "deadletter",
		Aliases: []string{"deadletters", "dlq"},
		Short:   "find, show and replay records that could not be handled",
	}
	c.AddCommand(newLetterList(g), newLetterStats(g), newLetterShow(g), newLetterReplay(g))
	return c
}

func newLetterList(g *cli.Globals) *cobra.Command {
	var f letterFlags
	limit := 50
	c := &cobra.Command{
		Use:     "list",
		Short:   "list dead letters; with --json a line of JSON for each",
		Example: "  tributary deadletter list --provider uapay --cause stale --from 24h\n  tributary deadletter list --key lox24:a1b2c3d4 --json",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			reader, _, err := letters(cmd.Context(), g, &f, nil)
			if err != nil {
				return err
			}
			return listLetters(cmd.Context(), g, reader, &f.filter, limit)
		},
	}
	f.add(c)
	c.Flags().IntVarP(&limit, "number", "n", limit, "how many to list, the newest; 0 means all")
	return c
}

// letters opens a reader of the configured cluster.
func letters(ctx context.Context, g *cli.Globals, f *letterFlags, args []string) (*deadletter.Reader, *config.File, error) {
	file, err := g.Load()
	if err != nil {
		return nil, nil, err
	}
	if err := f.take(args, file.Config.Names()); err != nil {
		return nil, nil, err
	}
	options, err := file.Config.Kafka.Options()
	if err != nil {
		return nil, nil, err
	}
	reader := deadletter.NewReader(options, file.Config.Names())
	err = reader.Open(ctx)
	return reader, file, err
}

func listLetters(ctx context.Context, g *cli.Globals, reader *deadletter.Reader, filter *deadletter.Filter, limit int) error {
	var found []*deadletter.Letter
	total := 0
	err := reader.Each(ctx, filter, func(l *deadletter.Letter) error {
		total++
		found = append(found, l)
		// Keeps the newest limit letters; the list is cut only when it is twice as
		// long.
		if limit > 0 && len(found) >= 2*limit {
			found = newestLetters(found, limit)
		}
		return nil
	})
	if err != nil {
		return err
	}
	found = newestLetters(found, limit)
	if g.JSON {
		lines := json.NewEncoder(g.Out)
		for _, l := range found {
			if err := lines.Encode(l); err != nil {
				return fmt.Errorf("print JSON: %w", err)
			}
		}
		return nil
	}
	if total == 0 {
		g.Printf("There is no such dead letter.\n")
		return nil
	}
	t := terminal.NewTable("written", "dead letter", "cause", "detail", "key", "version", "round", "replayed")
	t.Optional("round", "version", "replayed", "key")
	t.Wrap("detail")
	for _, l := range found {
		t.Row(stamp(l.DeadLettered), letterRef(l), l.Cause, l.Detail, l.Key, l.Version, dash(l.Round), replayedBy(l.Replayed))
	}
	g.Printf("%s\n", t.Render(g.Width()))
	if total > len(found) {
		g.Printf("The newest %d of %d (--number 0 lists all).\n", len(found), total)
	}
	return nil
}

// newestLetters sorts by time and keeps the last; 0 keeps all.
func newestLetters(found []*deadletter.Letter, limit int) []*deadletter.Letter {
	slices.SortStableFunc(found, func(a, b *deadletter.Letter) int { return a.DeadLettered.Compare(b.DeadLettered) })
	if limit > 0 {
		return found[max(0, len(found)-limit):]
	}
	return found
}

// letterRef is the short form that show and replay accept.
func letterRef(l *deadletter.Letter) string {
	return fmt.Sprintf("%s/%d/%d", l.Kind, l.Partition, l.Offset)
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05Z") }

func dash(n int) string {
	if n == 0 {
		return "-"
	}
	return strconv.Itoa(n)
}

func replayedBy(n *deadletter.Note) string {
	if n == nil {
		return "-"
	}
	return stamp(n.At) + " by " + n.By
}

func newLetterStats(g *cli.Globals) *cobra.Command {
	var f letterFlags
	c := &cobra.Command{
		Use:   "stats",
		Short: "count dead letters by provider, cause and version",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			reader, _, err := letters(cmd.Context(), g, &f, nil)
			if err != nil {
				return err
			}
			stats := deadletter.NewStats()
			if err := reader.Each(cmd.Context(), &f.filter, func(l *deadletter.Letter) error {
				stats.Add(l)
				return nil
			}); err != nil {
				return err
			}
			if g.JSON {
				return g.PrintJSON(stats.List())
			}
			showLetterStats(g, stats.List())
			return nil
		},
	}
	f.add(c)
	return c
}

func showLetterStats(g *cli.Globals, stats []deadletter.Stat) {
	if len(stats) == 0 {
		g.Printf("There is no such dead letter.\n")
		return
	}
	t := terminal.NewTable("provider", "cause", "stage", "version", "count", "replayed", "first", "last", "newest", "its detail")
	t.Optional("first", "stage", "version", "newest", "last")
	t.Wrap("its detail")
	var count, replayed int64
	for i := range stats {
		s := &stats[i]
		count, replayed = count+s.Count, replayed+s.Replayed
		newest := fmt.Sprintf("%s/%d/%d", s.Kind, s.Example.Partition, s.Example.Offset)
		t.Row(s.Kind, s.Cause, s.Stage, s.Version, s.Count, s.Replayed, stamp(s.First), stamp(s.Last), newest, s.Detail)
	}
	t.Footer("all", "", "", "", count, replayed)
	g.Printf("%s\n", t.Render(g.Width()))
}

// auditLog logs an action of an operator to the error stream, like the program's log,
// so that it is collected with the other logs.
func auditLog(ctx context.Context, g *cli.Globals, c *config.Config, event, by string, attrs ...slog.Attr) {
	logger := g.Logger(&c.Log)
	logger.LogAttrs(ctx, slog.LevelWarn, "audit", append([]slog.Attr{slog.String("event", event), slog.String("by", by)}, attrs...)...)
}

// whoami returns the user and host that called the program, as far as the system knows
// them.
func whoami() string {
	name, host := "unknown", "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	if h, err := os.Hostname(); err == nil {
		host = h
	}
	return name + "@" + host
}

// counted writes counts by name in a line.
func counted(m map[string]int64) string {
	var words []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		words = append(words, fmt.Sprintf("%s %d", k, m[k]))
	}
	return strings.Join(words, ", ")
}
