package consumer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/cli/terminal"
	"github.com/tributary-hq/tributary/cmd/internal/tool/export"
)

// exportPatience is how long a topic may give nothing.
const exportPatience = 90 * time.Second

func newExport(g *cli.Globals) *cobra.Command {
	o := export.Config{Patience: exportPatience, Now: time.Now}
	var from, to, format string
	var latest, history bool
	c := &cobra.Command{
		Use:   "export DIR",
		Short: "write topics into Parquet files for SQL",
		Long: `Writes the committed records of the topics that analysts may read into files in
DIR, typed by their schemas, up to what is there now:

  DIR/enriched.payments.v1/day=2026-11-30/00000001.parquet

A day is the UTC day of the record's timestamp. manifest.json has the offsets,
counts, schema ids and digests. duckdb.sql makes views: payments, journeys.

Called again it goes on where it ended; a kill loses and repeats nothing. With
--latest it writes only the newest record of each key, without ended keys, and
replaces what was there. 'tributary audit --export DIR' compares an export with
the topics.

Memory: some 250 MB; with --latest also 50 bytes a key of one partition.`,
		Example: `  tributary export out && cd out && duckdb -init duckdb.sql
  tributary export out --topics payments,enriched.journeys.v1 --from 7d
  tributary export now --latest --format jsonl`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Dir, o.Mode, o.Format = args[0], export.History, export.Format(format)
			if latest {
				o.Mode = export.Latest
			}
			now := time.Now()
			var err error
			if o.From, err = cli.ParseTime("--from", from, now); err != nil {
				return err
			}
			if o.To, err = cli.ParseTime("--to", to, now); err != nil {
				return err
			}
			switch {
			case o.Format != export.Parquet && o.Format != export.JSONL:
				return cli.Usage(fmt.Errorf("--format %s: write parquet or jsonl", format))
			case !o.To.IsZero() && !o.From.Before(o.To):
				return cli.Usage(errors.New("--from is not before --to"))
			}
			return runExport(cmd.Context(), g, &o)
		},
	}
	flags := c.Flags()
	flags.StringSliceVar(&o.Topics, "topics", nil, "only these: topics or relations, by commas; default: all open ones")
	flags.StringVar(&format, "format", string(export.Parquet), "parquet or jsonl")
	flags.StringVar(&from, "from", "", "begin a new export with records of this time: RFC 3339, or how long ago")
	flags.StringVar(&to, "to", "", "end before records of this time: RFC 3339, or how long ago")
	flags.BoolVar(&latest, "latest", false, "only the newest record of each key")
	flags.BoolVar(&history, "history", false, "every record; the default")
	flags.BoolVar(&o.Restricted, "restricted", false, "allow restricted topics in --topics: codes, phones")
	c.MarkFlagsMutuallyExclusive("latest", "history")
	_ = c.RegisterFlagCompletionFunc("topics", completeTopics)
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{string(export.Parquet), string(export.JSONL)}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

func runExport(ctx context.Context, g *cli.Globals, o *export.Config) error {
	f, err := g.Load()
	if err != nil {
		return err
	}
	if o.Kafka, err = f.Config.Kafka.Options(); err != nil {
		return err
	}
	client, err := f.Config.RegistryClient()
	if err != nil {
		return err
	}
	o.Names, o.Schema = f.Config.Names(), client.SchemaByID
	progress := cli.NewProgress(g.Err)
	o.Progress = progress
	result, err := export.Run(ctx, o)
	progress.Done(err)
	switch {
	case errors.Is(err, export.ErrOptions), errors.Is(err, export.ErrRestricted):
		return cli.Usage(err)
	case err != nil:
		return fmt.Errorf("on %v: %w", f.Config.Kafka.Brokers, err)
	case g.JSON:
		return g.PrintJSON(result)
	}
	showExport(g, result, o)
	return nil
}

func showExport(g *cli.Globals, r *export.Result, o *export.Config) {
	t := terminal.NewTable("relation", "new rows", "all rows", "files", "bytes")
	lost := 0
	for i := range r.Topics {
		e := &r.Topics[i]
		t.Row(e.Relation, e.Rows, e.Total, e.Files, e.Bytes)
		lost += len(e.Lost)
	}
	t.Optional("files", "bytes")
	g.Printf("%s\n", t.Render(g.Width()))
	if lost > 0 {
		g.Printf("Retention has deleted records before they were exported: see lost in %s/%s.\n", r.Dir, export.ManifestName)
	}
	if o.Format == export.Parquet {
		g.Printf("Query it: %s\n", terminal.Text("cd "+r.Dir+" && duckdb -init duckdb.sql"))
	}
}

// AuditExport compares an export with the topics.
func AuditExport(ctx context.Context, g *cli.Globals, dir string) error {
	f, err := g.Load()
	if err != nil {
		return err
	}
	progress := cli.NewProgress(g.Err)
	o := &export.Config{Dir: dir, Patience: exportPatience, Progress: progress, Now: time.Now}
	if o.Kafka, err = f.Config.Kafka.Options(); err != nil {
		return err
	}
	r, err := export.Check(ctx, o)
	progress.Done(err)
	if err != nil {
		return fmt.Errorf("audit of the export: %w", err)
	}
	if g.JSON {
		err = g.PrintJSON(r)
	} else {
		g.Printf("%d files, %d rows; the topics have %d records in the same ranges.\n", r.Files, r.Rows, r.Records)
		if r.Removed > 0 {
			g.Printf("Of %d rows retention or compaction has removed the record since.\n", r.Removed)
		}
		for _, d := range r.Listed {
			g.Printf("  %s\n", d)
		}
		g.Printf("%s\n", map[bool]string{true: "The export is complete.", false: fmt.Sprintf("The export differs: %d differences", r.Differences)}[r.Equal])
	}
	if err == nil && !r.Equal {
		return cli.ErrReported
	}
	return err
}
