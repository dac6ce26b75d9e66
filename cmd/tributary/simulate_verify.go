package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/cli/terminal"
	"github.com/tributary-hq/tributary/cmd/internal/lab/demo"
	"github.com/tributary-hq/tributary/cmd/internal/lab/model"
	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
)

func newSimulateVerify(g *cli.Globals) *cobra.Command {
	ledger := ""
	quiet, unsure := 5*time.Second, 5*time.Minute
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "compare a run's ledger with topics and model",
		Long: `Reads the raw, decoded, duplicate, dead letter and journey topics of the
configured cluster from their beginning and compares: what was accepted is
stored byte for byte and ended in exactly one way, what was forged is not there,
and every journey is what a naive model makes of the raw records. The topics
must hold this run alone: use a prefix of its own.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return verify(cmd.Context(), g, ledger, quiet, unsure) },
	}
	cmd.Flags().StringVar(&ledger, "ledger", "", "the run's ledger, as simulate --ledger wrote it")
	timespan.Var(cmd.Flags(), &quiet, "quiet", "how long nothing new must come before the topics count as read")
	timespan.Var(cmd.Flags(), &unsure, "unsure", "a deadline of the time before now may or may not have been told yet; such journeys are not compared")
	_ = cmd.MarkFlagRequired("ledger")
	return cmd
}

func verify(ctx context.Context, g *cli.Globals, ledger string, quiet, unsure time.Duration) error {
	f, err := g.Load()
	if err != nil {
		return err
	}
	sent, err := readLedger(ledger)
	if err != nil {
		return err
	}
	keys, err := f.Config.PhoneKeys()
	if err != nil {
		return err
	}
	options, err := f.Config.Kafka.Options()
	if err != nil {
		return err
	}
	settings := demo.ModelSettings(&f.Config.Processor, f.Config.Sources, keys)
	topics := model.NewTopics(f.Config.Names(), model.New(settings, simulator.Digest), nil)
	client, err := kgo.NewClient(append(topics.Options(), options...)...)
	if err != nil {
		return fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	if err := client.Ping(ctx); err != nil {
		return fmt.Errorf("reach Kafka at %v: %w", f.Config.Kafka.Brokers, err)
	}
	if err := readTopics(ctx, g, client, topics, sent, quiet); err != nil {
		return err
	}
	now := time.Now()
	result := topics.Result(now.Add(-unsure), now)
	return showVerification(g, sent, &result)
}

// readLedger reads the ledger of a run.
func readLedger(path string) (map[string]simulator.Count, error) {
	file, err := os.Open(path) //nolint:gosec // the user names it
	if err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	sent, err := simulator.ReadLedger(bufio.NewReaderSize(file, 1<<20))
	if err = errors.Join(err, file.Close()); err != nil {
		return nil, fmt.Errorf("read the ledger %s: %w", path, err)
	}
	return sent, nil
}

// readTopics reads until no new record has arrived for a while.
func readTopics(ctx context.Context, g *cli.Globals, client *kgo.Client, topics *model.Topics, sent map[string]simulator.Count, quiet time.Duration) error {
	progress := cli.NewProgress(g.Err)
	var accepted int64
	for _, c := range sent {
		accepted += c.Accepted
	}
	progress.Step("reading the topics", accepted)
	// The first record gets more time, because a start may be slow.
	const patience = 6
	for last, began := time.Now(), time.Now(); time.Since(last) < quiet || topics.Total().Raw == 0 && time.Since(began) < patience*quiet; {
		bounded, cancel := context.WithTimeout(ctx, time.Second)
		n, err := topics.Poll(bounded, client)
		cancel()
		if err := errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		if n > 0 {
			last = time.Now()
		}
		progress.At(topics.Total().Raw)
	}
	progress.Done(nil)
	return nil
}

func showVerification(g *cli.Globals, sent map[string]simulator.Count, r *model.Result) error {
	faults := demo.Faults(sent, r)
	if g.JSON {
		err := g.PrintJSON(map[string]any{"sent": sent, "topics": r, "faults": faults, "adds_up": len(faults) == 0})
		if err == nil && len(faults) > 0 {
			err = errAccount
		}
		return err
	}
	t := terminal.NewTable("provider", "accepted", "raw", "decoded", "duplicates", "dead letters", "forged", "refused")
	t.Optional("raw")
	for _, p := range slices.Sorted(maps.Keys(sent)) {
		c, a := sent[p], r.Accounts[p]
		t.Row(p, c.Accepted, a.Raw, a.Decoded, a.Duplicates, a.DeadLetters, c.Forged, c.Refused)
	}
	g.Printf("%s\n", t.Render(g.Width()))
	counts(g, "Dead letters", r.Causes)
	counts(g, "Enriched", r.Enriched)
	for _, kind := range []struct {
		name string
		is   *model.Comparison
	}{
		{"Journeys", &r.Comparison},
		{"Payments", &r.Payments},
		{"Verifications", &r.Verifications},
		{"Attempts", &r.Attempts},
		{"Movements", &r.Movements},
		{"Sums of the funnel", &r.Funnel},
		{"Scorecards", &r.Scorecards},
		{"Runways", &r.Runways},
		{"Frontiers", &r.Frontiers},
	} {
		g.Printf("%s: %d equal to the model's, %d different, %d with a deadline about now\n", kind.name, kind.is.Equal, kind.is.Different, kind.is.Undecided)
	}
	if len(faults) > 0 {
		g.Printf("\n%s\n", terminal.Text(strings.Join(faults, "\n")))
		return errAccount
	}
	g.Printf("It adds up.\n")
	return nil
}
