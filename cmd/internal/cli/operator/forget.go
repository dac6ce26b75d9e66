package operator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/cli/terminal"
	"github.com/tributary-hq/tributary/cmd/internal/tool/forget"
	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
	"github.com/tributary-hq/tributary/cmd/internal/tool/trace"
)

func newForget(g *cli.Globals) *cobra.Command {
	var phone, yes, journeys bool
	by, country, wait := whoami(), "", time.Minute
	c := &cobra.Command{
		Use:   "forget [ID]",
		Short: "erase an entity or a phone on request; --yes does it",
		Long: `Finds what there is of an entity or a person, as 'tributary trace' does, shows
what would be forgotten and what stays until when, and with --yes asks the
stages to forget it.

ID is a verification, payment or account id, a correlation id (then every member
of the journey), or a phone's pseudonym (64 hexadecimal digits, as in the
topics). An id that left as a pseudonym is given as the shop or the provider has
it. --phone-stdin reads the number itself from the standard input, never from
the command line, and looks for it in every writing: with and without the
country's prefix, with separators and brackets; a national number needs
--country. Voximplant accounts that tell of the number are named and stay.
--journeys takes in all other members of the journeys of what is found: a
payment is tied to a phone by nothing else.

How: a record of kind erasure, with the entity's key and no value, goes into its
raw topic. The stage that owns the partition meets it in its place among the
facts, and in one transaction deletes the state (a tombstone in the changelog),
ends the snapshot (a tombstone in enriched.*) and takes the entity out of its
journeys; a journey without members ends. So it is safe beside running
processors, is carried out once they run if none does, and holds after every
restore and rebuild. While 'tributary reset' rebuilds a stage, the entity's
records that raw still holds are emitted once more, until the stage comes to the
erasure and ends the entity again: to avoid that, reset when raw no longer holds
them. A webhook that comes later makes the entity anew: stop them first, or run
it again.

What stays: Kafka deletes no single record of a topic that is not compacted. Raw
records, dead letters, decoded facts, duplicates and records between stages
stay until their topics' retention takes them; the plan says for each until
when. In compacted topics what was before a tombstone stays until the topic is
compacted next (topics.compaction_lag), for which its partition must get a later
record. A dead letter of the entity that is replayed makes it anew. Backups and
what consumers have copied are theirs to erase.

'tributary audit' closes after it: erasures are no part of the account.`,
		Example: `  tributary forget lox24:a1b2c3d4-e5f6-7890-abcd-ef1234567890
  tributary forget order-17 --yes
  tributary forget --phone-stdin --journeys --yes < number.txt`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if phone == (len(args) > 0) {
				return cli.Usage(errors.New("give one id, or --phone-stdin and the number on the standard input"))
			}
			o := forget.Config{Journeys: journeys, By: by, Wait: wait}
			if phone {
				return runForget(cmd.Context(), g, o, "", cmd.InOrStdin(), country, yes)
			}
			return runForget(cmd.Context(), g, o, strings.TrimSpace(args[0]), nil, "", yes)
		},
	}
	c.Flags().BoolVar(&phone, "phone-stdin", false, "forget what belongs to the phone number on the standard input")
	c.Flags().StringVar(&country, "country", "", countryHelp)
	c.Flags().BoolVar(&yes, "yes", false, "do it")
	c.Flags().BoolVar(&journeys, "journeys", false, "and all other members of the journeys of what is found")
	c.Flags().StringVar(&by, "by", by, "who asks, for the record and the log")
	timespan.Var(c.Flags(), &wait, "wait", "how long to wait until the stages have done it")
	return c
}

func runForget(ctx context.Context, g *cli.Globals, o forget.Config, id string, phone io.Reader, country string, yes bool) error {
	f, err := g.Load()
	if err != nil {
		return err
	}
	switch {
	case phone != nil:
		if o.Query.Pseudonyms, err = pseudonymsOf(&f.Config, phone, country); err != nil {
			return err
		}
	case id == "":
		return cli.Usage(errors.New("an empty id"))
	case strings.HasPrefix(id, "+"):
		return cli.Usage(errors.New("that is a phone number: it does not belong on a command line, where others see it; use --phone-stdin"))
	case isPseudonym(id):
		o.Query.Pseudonyms = []string{id}
	default:
		o.Query.ID = id
	}
	if o.Trace.Kafka, err = f.Config.Kafka.Options(); err != nil {
		return err
	}
	o.Trace.Names, o.Trace.Sources = f.Config.Names(), f.Config.Sources
	if len(f.Config.Privacy.Keys) > 0 {
		if o.Trace.Privacy, err = f.Config.Pseudonymiser(); err != nil {
			return err
		}
	}
	progress := cli.NewProgress(g.Err)
	o.Trace.Progress = progress
	plan, report, err := forget.NewPlan(ctx, o)
	progress.Done(err)
	o.Trace.Progress = nil
	if err != nil {
		return fmt.Errorf("forget on %v: %w", f.Config.Kafka.Brokers, err)
	}
	var result *forget.Result
	if yes && len(plan.Targets) > 0 {
		auditLog(ctx, g, &f.Config, "erasure asked for", o.By, slog.Int("entities", len(plan.Targets)))
		if !g.JSON {
			showErasures(g, plan, report)
		}
		if result, err = forget.Apply(ctx, o, plan); err != nil {
			return fmt.Errorf("forget on %v: %w", f.Config.Kafka.Brokers, err)
		}
	}
	return showForget(g, plan, report, result)
}

// isPseudonym reports whether an id is an HMAC-SHA-256 in hexadecimal digits.
func isPseudonym(id string) bool {
	const digits = 64
	return len(id) == digits && strings.Trim(id, "0123456789abcdef") == ""
}

func showForget(g *cli.Globals, plan *forget.Plan, report *trace.Report, result *forget.Result) error {
	switch {
	case g.JSON:
		if err := g.PrintJSON(map[string]any{"plan": plan, "result": result}); err != nil {
			return err
		}
	case result == nil:
		showErasures(g, plan, report)
		if len(plan.Targets) > 0 {
			g.Printf("Nothing was done: --yes does it.\n")
		}
	default:
		g.Printf("%d erasures sent; %d of %d entities are forgotten.\n", len(result.Sent), len(result.Forgotten), len(plan.Targets))
		for _, key := range result.Waiting {
			g.Printf("  not yet: %s\n", key)
		}
		if len(result.Waiting) > 0 {
			g.Printf("The erasures stand in the raw topics and are carried out when the stages come to them: see tributary lag.\n" +
				"If that is done and an entity is still there, a later webhook has made it anew.\n")
		}
	}
	if len(plan.Targets) == 0 || result != nil && len(result.Waiting) > 0 {
		return cli.ErrReported
	}
	return nil
}

func showErasures(g *cli.Globals, plan *forget.Plan, report *trace.Report) {
	if len(plan.Targets) == 0 {
		g.Printf("Nothing of %s is known that could be forgotten.\n", report.Query)
		showLooked(g, report)
	} else {
		t := terminal.NewTable("to be forgotten", "what", "state", "leaves journeys")
		t.Optional("state", "what")
		for i := range plan.Targets {
			target := &plan.Targets[i]
			t.Row(terminal.Stack(target.Keys), target.Kind, spoken(target.State), terminal.Stack(target.Journeys))
		}
		g.Printf("%s\n", t.Render(g.Width()))
	}
	if len(plan.Others) > 0 {
		g.Printf("Members of the same journeys, which stay (--journeys takes them in): %s\n", strings.Join(plan.Others, ", "))
	}
	if len(plan.Mentions) > 0 {
		g.Printf("Records of these accounts tell of the number and stay as long as the account: forget an account by its own id: %s\n", strings.Join(plan.Mentions, ", "))
	}
	if len(plan.NotSearched) > 0 {
		g.Printf("Not searched, for a number stands there in clear and in any writing; what is there of nobody found above stays until retention takes it: %s\n",
			strings.Join(plan.NotSearched, ", "))
	}
	for _, key := range plan.Unkeyed {
		g.Printf("Records under key %s belong to no entity: there is no state of them, and they stay as below.\n", key)
	}
	for _, key := range plan.Short {
		g.Printf("Journey %s has more members than its snapshot lists: name those by their own ids, too.\n", key)
	}
	for _, stage := range plan.Idle {
		g.Printf("Nobody runs stage %s now: it will forget when it runs.\n", stage)
	}
	for i := range plan.Paused {
		g.Printf("Stage %s is %v. It will forget when it is resumed.\n", plan.Paused[i].Stage, strings.TrimSuffix(plan.Paused[i].String(), "."))
	}
	if len(plan.Stays) > 0 {
		g.Printf("What stays in the topics, and until when:\n%s\n", staysTable(plan.Stays, g.Width()))
	}
}

func staysTable(stays []forget.Stays, width int) terminal.Text {
	t := terminal.NewTable("topic", "records", "newest", "stays until")
	t.Optional("newest")
	t.Wrap("stays until")
	for i := range stays {
		s := &stays[i]
		records, until := strconv.Itoa(s.Records), "for ever: the topic has no retention"
		if s.Records < 0 {
			records = "not counted"
		}
		switch {
		case s.Compacted && s.Latest.IsZero():
			until = "the topic is compacted next; the cluster sets no time (max.compaction.lag.ms)"
		case s.Compacted:
			until = "the topic is compacted next, by " + stamp(s.Latest)
		case !s.Until.IsZero() && s.Latest.IsZero():
			until = stamp(s.Until) + ", when its segment is full"
		case !s.Until.IsZero():
			until = stamp(s.Until) + ", at the latest " + stamp(s.Latest)
		}
		t.Row(s.Topic, records, stamp(s.Newest), until)
	}
	return t.Render(width)
}
