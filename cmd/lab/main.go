// Command lab measures Tributary and breaks it: benches and faults, on a real Kafka. It
// is a program of its own so that the production binary holds neither. It starts
// tributary as subprocesses and builds it if no build is given.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Run(ctx, newRoot, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func newRoot(g *cli.Globals) *cobra.Command {
	root := &cobra.Command{
		Use:   "lab",
		Short: "benches and faults for tributary",
		Long: `Measures tributary (bench) and breaks it (chaos), as processes of their own on a
real Kafka. Run it in the checkout: go run ./cmd/lab bench processor.

Exit codes:
  0  done, and the results were right
  1  the work could not be done, or a result was wrong
  2  the arguments are wrong`,
	}
	root.PersistentFlags().BoolVar(&g.JSON, "json", false, "print JSON, for programs")
	root.AddCommand(newBench(g), newChaos(g))
	return root
}
