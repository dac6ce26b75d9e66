package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/lab/chaos"
	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
)

// newChaos makes the command that runs the fault scenarios of package chaos.
func newChaos(g *cli.Globals) *cobra.Command {
	o := chaos.Options{Out: g.Out}
	faults, keep := "all", false
	cmd := &cobra.Command{
		Use:   "chaos",
		Short: "play faults on a real Kafka, then check every record",
		Long: `Starts Kafka, ingest and processors as processes, injects faults while webhooks
arrive, and checks at the end that every webhook answered 200 had its effect
once. The seed determines the faults, their victims and their order. Needs Java
and the jars that deploy/kafka/kafka fetches. Run it in the root of the
checkout; make chaos-kafka does.`,
		Example: "  lab chaos --faults few\n  lab chaos --seed 7 --scenarios cluster",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.Few = faults == "few"; !o.Few && faults != "all" {
				return cli.Usage(fmt.Errorf("--faults: %q is neither all nor few", faults))
			}
			if err := o.Validate(); err != nil {
				return cli.Usage(err)
			}
			return runChaos(cmd.Context(), g, &o, keep)
		},
	}
	f := cmd.Flags()
	f.Uint64Var(&o.Seed, "seed", 0, "determines the faults; 0 takes a random one")
	f.StringVar(&faults, "faults", faults, "all, or few: each kind once or twice")
	f.StringSliceVar(&o.Scenarios, "scenarios", nil, "only these: "+strings.Join(chaos.Scenarios(), ", "))
	f.StringVar(&o.Only, "only", "", "only faults whose description contains this, such as 'instance id' or 'about to write markers'")
	f.IntVar(&o.Port, "port", 26092, "the first of twenty ports on loopback")
	f.Float64Var(&o.Rate, "rate", 150, "the simulator's webhooks a second")
	o.Limit = 12 * time.Minute
	timespan.Var(f, &o.Limit, "limit", "time limit of the run; give a busy machine more")
	f.StringVar(&o.Program, "program", "", "path of tributary; by default it is built from the checkout")
	f.BoolVar(&keep, "keep", false, "keep logs and data of a run without findings, too")
	return cmd
}

// runChaos runs the scenarios and reports the result.
func runChaos(ctx context.Context, g *cli.Globals, o *chaos.Options, keep bool) (err error) {
	if o.Seed == 0 {
		o.Seed = rand.Uint64N(1_000_000) //nolint:gosec // a seed, no secret
	}
	if o.Root, err = os.Getwd(); err != nil {
		return fmt.Errorf("find the checkout: %w", err)
	}
	if _, err := os.Stat(filepath.Join(o.Root, "deploy", "kafka", "kafka")); err != nil {
		return errors.New("run it in the root of the checkout: make chaos-kafka")
	}
	if o.Dir, err = os.MkdirTemp("", "tributary-chaos-"); err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	if o.Program == "" {
		if o.Program, err = buildProgram(ctx, o.Dir); err != nil {
			return err
		}
	}
	g.Printf("chaos: seed %d (--seed repeats the schedule), logs in %s\n", o.Seed, o.Dir)
	if err := chaos.Run(ctx, *o); err != nil {
		return fmt.Errorf("seed %d FAILED, see %s:\n%w", o.Seed, o.Dir, err)
	}
	g.Printf("\nchaos: seed %d: nothing lost, nothing repeated\n", o.Seed)
	if keep {
		return nil
	}
	return os.RemoveAll(o.Dir)
}
