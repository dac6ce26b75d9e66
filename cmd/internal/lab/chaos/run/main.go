// Command run runs the faults of package chaos: make chaos-kafka.
package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/lab/chaos"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout)
	stop()
	os.Exit(code)
}

// run returns the exit code: 1 if there are findings, 2 for wrong arguments.
func run(ctx context.Context, args []string, out io.Writer) int {
	flags := flag.NewFlagSet("chaos-kafka", flag.ContinueOnError)
	flags.SetOutput(out)
	o := chaos.Options{Out: out}
	faults, acts, keep := "all", "", false
	flags.Uint64Var(&o.Seed, "seed", 0, "decides the faults; 0 takes one by chance")
	flags.StringVar(&faults, "faults", faults, "all, or few: each kind once or twice")
	flags.StringVar(&acts, "acts", acts, "only these, by commas: "+strings.Join(chaos.Acts(), ","))
	flags.StringVar(&o.Only, "only", "", "only strikes whose text has this, such as 'instance id' or 'about to write markers'")
	flags.IntVar(&o.Port, "port", 26092, "the first of twenty ports on loopback")
	flags.Float64Var(&o.Rate, "rate", 150, "the simulator's webhooks a second")
	flags.DurationVar(&o.Limit, "limit", 12*time.Minute, "bounds the run; give a busy machine more")
	flags.BoolVar(&keep, "keep", false, "keep logs and data of a run that ends well, too")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if o.Few = faults == "few"; !o.Few && faults != "all" {
		_, _ = fmt.Fprintf(out, "chaos-kafka: -faults %q is neither all nor few\n", faults)
		return 2
	}
	if acts != "" {
		o.Acts = strings.Split(acts, ",")
	}
	err := prepare(ctx, &o)
	if err == nil {
		_, _ = fmt.Fprintf(out, "chaos-kafka: seed %d (-seed repeats the schedule), logs in %s\n", o.Seed, o.Dir)
		err = chaos.Run(ctx, o)
	}
	if err != nil {
		_, _ = fmt.Fprintf(out, "\nchaos-kafka: seed %d FAILED, see %s:\n%v\n", o.Seed, o.Dir, err)
		return 1
	}
	if !keep {
		err = os.RemoveAll(o.Dir)
	}
	_, _ = fmt.Fprintf(out, "\nchaos-kafka: seed %d: nothing lost, nothing repeated\n", o.Seed)
	if err != nil {
		_, _ = fmt.Fprintln(out, err)
	}
	return 0
}

// prepare finds the checkout, creates the directory and builds the program.
func prepare(ctx context.Context, o *chaos.Options) (err error) {
	if o.Seed == 0 {
		var b [8]byte
		if _, err := rand.Read(b[:]); err != nil {
			return fmt.Errorf("find a seed: %w", err)
		}
		o.Seed = binary.BigEndian.Uint64(b[:]) % 1_000_000
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
	o.Program = filepath.Join(o.Dir, "tributary")
	if text, err := exec.CommandContext(ctx, "go", "build", "-o", o.Program, "./cmd/tributary").CombinedOutput(); err != nil { //nolint:gosec // a folder of ours
		return fmt.Errorf("build the program: %w\n%s", err, text)
	}
	return nil
}
