package operator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/tool/trace"
)

func newTrace(g *cli.Globals) *cobra.Command {
	var (
		from, to string
		country  string
		phone    bool
		limit    int
		all      bool
	)
	c := &cobra.Command{
		Use:   "trace [ID]",
		Short: "show one case from webhook to journey, by any id",
		Long: `Finds a case by whatever id is in hand, and shows it: each webhook that was
received, by whom it was sent, how it was proven and how often it came, what
became of it (a fact, a duplicate, a dead letter, or still waiting), each
snapshot, the journey, the rows of the funnel that count a code, and the claims
that cover it. For a journey that is not complete it says why.

An id is a correlation id, a verification, payment or account id with or without
its provider, or one inside a record: event id, request id, notification task
id, invoice id, operation id. An id that left as a pseudonym, such as an e-mail
or a card's number, is given as the shop has it: its pseudonyms under every key
of privacy.keys are looked for too, so the configuration must have the keys. A
phone number never belongs on a command line: --phone-stdin reads it from the
standard input and looks for the pseudonyms that the processor makes of it.

An id that is a key is looked for in one partition of each topic. Any other is
searched for in the decoded facts, duplicates and dead letters, and if it is not
there in the raw topics: gigabytes take seconds. The newest records are searched
first, and the search ends with the first that has the id; --all goes on, for an
id that may be in several cases, such as a card's. --from and --to bound it by
when records were written. Ids of fewer than 6 characters are looked for as keys
alone.

It needs to read all topics, shows ids, times and places, and no bodies:
'tributary tail --bodies' shows those at the places named. Only what is
committed is read.`,
		Example: `  tributary trace order-1-6
  tributary trace lox24:a1b2c3d4-e5f6-7890-abcd-ef1234567890 --json
  tributary trace 0b0f4b6a-3c54-4b9e-9e2a-2f6f3f2f9d55 --from 24h
  tributary trace --phone-stdin < number.txt`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o := trace.Config{Limit: limit, All: all}
			var err error
			if o.From, err = cli.ParseTime("--from", from, time.Now()); err != nil {
				return err
			}
			if o.To, err = cli.ParseTime("--to", to, time.Now()); err != nil {
				return err
			}
			switch {
			case phone == (len(args) > 0):
				return cli.Usage(errors.New("give one id, or --phone-stdin and the number on the standard input"))
			case limit < 1:
				return cli.Usage(errors.New("--limit: at least 1"))
			case phone:
				return runTrace(cmd.Context(), g, o, "", cmd.InOrStdin(), country)
			}
			return runTrace(cmd.Context(), g, o, strings.TrimSpace(args[0]), nil, "")
		},
	}
	c.Flags().StringVar(&from, "from", "", "search records written since this time: RFC 3339, or how long ago, as 24h or 7d")
	c.Flags().StringVar(&to, "to", "", "search records written before this time: RFC 3339, or how long ago")
	c.Flags().BoolVar(&phone, "phone-stdin", false, "look for the phone number on the standard input")
	c.Flags().StringVar(&country, "country", "", countryHelp)
	c.Flags().BoolVar(&all, "all", false, "search on behind the first record that has the id")
	c.Flags().IntVar(&limit, "limit", 60, "how many entities to show")
	return c
}

// trace looks for an id, or, if phone is not nil, for the phone number read from it.
func runTrace(ctx context.Context, g *cli.Globals, o trace.Config, id string, phone io.Reader, country string) error {
	f, err := g.Load()
	if err != nil {
		return err
	}
	query := trace.Query{ID: id}
	switch {
	case phone != nil:
		if query.Pseudonyms, err = pseudonymsOf(&f.Config, phone, country); err != nil {
			return err
		}
	case id == "":
		return cli.Usage(errors.New("an empty id"))
	case strings.HasPrefix(id, "+"):
		return cli.Usage(errors.New("that is a phone number: it does not belong on a command line, where others see it; use --phone-stdin"))
	}
	if o.Kafka, err = f.Config.Kafka.Options(); err != nil {
		return err
	}
	o.Names, o.Sources = f.Config.Names(), f.Config.Sources
	if len(f.Config.Privacy.Keys) > 0 {
		if o.Privacy, err = f.Config.Pseudonymiser(); err != nil {
			return err
		}
	}
	progress := cli.NewProgress(g.Err)
	o.Progress = progress
	r, err := trace.Run(ctx, o, query)
	progress.Done(err)
	if err != nil {
		return fmt.Errorf("trace on %v: %w", f.Config.Kafka.Brokers, err)
	}
	if g.JSON {
		err = g.PrintJSON(r)
	} else {
		showTrace(g, r, &query, o.Privacy != nil)
	}
	if err == nil && !r.Found {
		return cli.ErrReported
	}
	return err
}
