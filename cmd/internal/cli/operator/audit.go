package operator

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/cli/consumer"
	"github.com/tributary-hq/tributary/cmd/internal/cli/terminal"
	"github.com/tributary-hq/tributary/cmd/internal/tool/audit"
	"github.com/tributary-hq/tributary/cmd/internal/tool/lag"
	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
	"github.com/tributary-hq/tributary/schemas"
)

func newAudit(g *cli.Globals) *cobra.Command {
	var from, to, exported string
	limit, maxWait := 100, 15*time.Minute
	c := &cobra.Command{
		Use:   "audit",
		Short: "prove from the topics that nothing is lost or repeated",
		Long: `Reads the topics, read committed, while the pipeline may run, up to what it has
processed by now, and compares: every accepted record is a fact, a duplicate or
a dead letter, once; every entity's snapshot has applied the facts there are;
every journey has the members of its inputs; the ledger says so too. It is also
found if an outcome is of another record than the one at its position, if an
event is a fact twice, and if a stage's position is beyond its log's end, before
what it has handled or behind what retention has deleted. What does not add up
is listed by record.

Offsets that the ledger says were skipped are listed whatever their age: once
that loss is dealt with, --from begins behind it.

What is not processed yet is no part of the account and no difference; but if
the oldest of it has waited for longer than --max-wait, the exit code is 1.

Where retention has deleted nothing yet everything is compared, else what is not
older than the shortest retention of what is read. --from and --to narrow the
raw records by when they were written. The topics' contents are restricted: this
command needs to read them all, and shows positions and keys, no bodies.`,
		Example: `  tributary audit
  tributary audit --from 24h
  tributary audit --export out
  tributary audit --from 2026-01-02T15:00:00Z --to 2026-01-02T16:00:00Z --json`,
		Args: func(cmd *cobra.Command, args []string) error {
			if err := cobra.NoArgs(cmd, args); err != nil {
				return cli.Usage(err)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if exported != "" {
				return consumer.AuditExport(cmd.Context(), g, exported)
			}
			o := audit.Config{Limit: limit}
			var err error
			if o.From, err = cli.ParseTime("--from", from, time.Now()); err != nil {
				return err
			}
			if o.To, err = cli.ParseTime("--to", to, time.Now()); err != nil {
				return err
			}
			if !o.To.IsZero() && !o.From.Before(o.To) {
				return cli.Usage(fmt.Errorf("--from %s is not before --to %s", o.From.Format(time.RFC3339), o.To.Format(time.RFC3339)))
			}
			if limit < 1 {
				return cli.Usage(errors.New("--limit: list at least one difference"))
			}
			return runAudit(cmd.Context(), g, o, maxWait)
		},
	}
	c.Flags().StringVar(&from, "from", "", "begin with records written at this time: RFC 3339, or how long ago, as 24h or 7d")
	c.Flags().StringVar(&to, "to", "", "end before records written at this time: RFC 3339, or how long ago")
	c.Flags().StringVar(&exported, "export", "", "compare this export with the topics instead")
	timespan.Var(c.Flags(), &maxWait, "max-wait", "exit code 1 if a record has waited for longer to be processed; 0 for ever")
	c.Flags().IntVar(&limit, "limit", limit, "how many differences to list; all are counted")
	return c
}

func runAudit(ctx context.Context, g *cli.Globals, o audit.Config, maxWait time.Duration) error {
	f, err := g.Load()
	if err != nil {
		return err
	}
	if o.Kafka, err = f.Config.Kafka.Options(); err != nil {
		return err
	}
	o.Names = f.Config.Names()
	progress := cli.NewProgress(g.Err)
	o.Progress = progress
	r, err := audit.Run(ctx, o)
	progress.Done(err)
	if err != nil {
		return fmt.Errorf("audit on %v: %w", f.Config.Kafka.Brokers, err)
	}
	var waits time.Duration
	if r.Waiting > 0 {
		if waits, err = lag.Oldest(ctx, lag.Config{Kafka: o.Kafka, Own: f.Config.OwnGroups(nil)}); err != nil {
			return fmt.Errorf("find out how long records wait: %w", err)
		}
		r.WaitingSince = time.Now().Add(-waits).UTC().Truncate(time.Second)
	}
	if g.JSON {
		err = g.PrintJSON(r)
	} else {
		showAudit(g, r, waits)
	}
	if err == nil && (!r.AddsUp || maxWait > 0 && waits > maxWait) {
		return cli.ErrReported
	}
	return err
}

func showAudit(g *cli.Globals, r *audit.Report, waits time.Duration) {
	g.Printf("%s\n", describeSpan(&r.Span))
	t := terminal.NewTable("provider", "accepted", "replayed", "decoded", "duplicates", "dead letters", "of these replayed", "differences")
	t.Optional("of these replayed", "replayed")
	for _, a := range r.Total() {
		t.Row(a.Provider, a.Accepted, a.Replayed, a.Decoded, a.Duplicates, a.DeadLetters, a.DeadLettersReplayed, a.Differences)
	}
	g.Printf("%s\n", t.Render(g.Width()))
	t = terminal.NewTable("facts of", "entities", "expected", "applied", "held", "begun earlier", "in flight", "differences")
	t.Optional("begun earlier", "held")
	for _, f := range r.Facts {
		t.Row(f.Provider, f.Entities, f.Facts, f.Applied, f.Held, f.Earlier, f.InFlight, f.Differences)
	}
	g.Printf("%s\n", t.Render(g.Width()))
	for i := range r.Rows {
		rows := &r.Rows[i]
		g.Printf("%s: %d rows compared with %d snapshots, %d in flight, %d different\n", rows.Topic, rows.Rows, rows.Entities, rows.InFlight, rows.Differences)
	}
	f := &r.Funnel
	g.Printf("%s: %d windows compared, %d in flight, %d different\n", schemas.InsightsFunnel, f.Windows, f.InFlight, f.Differences)
	j := &r.Journeys
	g.Printf("Journeys: %d inputs, %d members in %d journeys, %d in flight, %d different\n", j.Inputs, j.Members, j.Journeys, j.InFlight, j.Differences)
	g.Printf("Ledger: %d entries compared, %d different; %d delivery attempts missed\n", r.Ledger.Entries, r.Ledger.Differences, r.Ledger.Missed)
	if r.Erasures > 0 {
		g.Printf("Erasures: %d raw records asked to forget an entity; they are no part of the account\n", r.Erasures)
	}
	if r.DeadTimers > 0 {
		g.Printf("Timers: %d could not fire, see the dead letters\n", r.DeadTimers)
	}
	took := time.Duration(r.Took)
	g.Printf("%d records read in %s, %.0f a second\n", r.Records, took.Round(time.Millisecond), float64(r.Records)/max(took.Seconds(), 1e-3))
	switch {
	case r.AddsUp && r.Waiting > 0:
		g.Printf("The account adds up as far as processed; %d records wait, the oldest for %s.\n", r.Waiting, timespan.About(waits))
		return
	case r.AddsUp:
		g.Printf("The account adds up.\n")
		return
	case r.Waiting > 0:
		g.Printf("%d records are not processed yet and no part of the account, the oldest waits for %s.\n", r.Waiting, timespan.About(waits))
	}
	g.Printf("The account does not add up: %d differences\n", r.Differences)
	for _, d := range r.Listed {
		g.Printf("  %s\n", describeDifference(d))
	}
	if left := r.Differences - int64(len(r.Listed)); left > 0 {
		g.Printf("  … and %d more (--limit)\n", left)
	}
}

func describeSpan(s *audit.Span) string {
	kept := fmt.Sprintf("the shortest retention of what is read is %s (%s)", timespan.Format(time.Duration(s.Retention)), s.Shortest)
	var text string
	switch {
	case s.Whole && s.To.IsZero():
		text = "Span: everything, for nothing was deleted yet"
	case s.From.IsZero():
		text = "Span: from the beginning"
	default:
		text = "Span: records written since " + s.From.UTC().Format(time.RFC3339)
	}
	if !s.To.IsZero() {
		text += " and before " + s.To.UTC().Format(time.RFC3339)
	}
	if s.Clamped {
		text += ", not earlier as asked"
	}
	return text + "; " + kept
}

// describeDifference describes a difference in one line.
func describeDifference(d *audit.Difference) string {
	switch d.Kind {
	case audit.KindSkipped:
		return describeSkipped(d)
	case audit.KindBeyondEnd:
		return fmt.Sprintf("%s: group %s stands at offset %d of %s/%d, and the log ends at %d: the topic has lost its end, or was made anew",
			d.Kind, d.Group, d.To, d.Topic, d.Partition, d.Offset)
	case audit.KindSetBack:
		return fmt.Sprintf("%s: group %s %s of %s/%d, %s: the group was deleted, has expired or was set back, or a reset is not through yet",
			d.Kind, d.Group, standing(d.Offset), d.Topic, d.Partition, handled(d.To))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s:", d.Kind)
	if d.Key != "" {
		fmt.Fprintf(&b, " %s", d.Key)
	}
	if d.Event != "" {
		fmt.Fprintf(&b, " event %s", d.Event)
	}
	switch {
	case d.To > 0:
		fmt.Fprintf(&b, " %s/%d offsets %d to %d", d.Topic, d.Partition, d.Offset, d.To)
	case d.Offset >= 0:
		fmt.Fprintf(&b, " %s/%d offset %d", d.Topic, d.Partition, d.Offset)
	case d.Topic != "":
		fmt.Fprintf(&b, " %s", d.Topic)
	}
	if d.There != "" {
		fmt.Fprintf(&b, ", there: %s", d.There)
	}
	if d.Missing != "" {
		fmt.Fprintf(&b, ", missing: %s", d.Missing)
	}
	if d.Expected != 0 || d.Applied != 0 {
		fmt.Fprintf(&b, ", %d in the topics, %d by its own account", d.Expected, d.Applied)
	}
	for i, r := range d.Records {
		if i == 0 {
			b.WriteString("; reported by")
		}
		fmt.Fprintf(&b, " %s/%d@%d", r.Topic, r.Partition, r.Offset)
	}
	if d.Last != nil {
		fmt.Fprintf(&b, "; changed last by %s/%d@%d", d.Last.Topic, d.Last.Partition, d.Last.Offset)
	}
	return b.String()
}

func describeSkipped(d *audit.Difference) string {
	when := "; the ledger does not have them yet"
	if !d.Since.IsZero() {
		when = fmt.Sprintf(" between %s and %s", d.Since.UTC().Format(time.RFC3339), d.Until.UTC().Format(time.RFC3339))
	}
	return fmt.Sprintf("%s: %d offsets were skipped in %s/%d%s (offsets %d to %d): their records were never handled",
		d.Kind, d.Skipped, d.Topic, d.Partition, when, d.Offset, d.To)
}

func standing(offset int64) string {
	if offset < 0 {
		return "has no committed offset"
	}
	return fmt.Sprintf("stands at offset %d", offset)
}

func handled(to int64) string {
	if to < 0 {
		return "though its stage has made snapshots"
	}
	return fmt.Sprintf("though it has handled records up to offset %d", to)
}
