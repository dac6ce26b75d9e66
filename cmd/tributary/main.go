// Command tributary turns webhooks into facts in Kafka: ingest, processor and the
// tools around them in one program. `tributary help` lists them.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// After the first signal the default applies again: a second one ends the process at
	// once.
	context.AfterFunc(ctx, stop)
	code := cli.Run(ctx, newRoot, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
