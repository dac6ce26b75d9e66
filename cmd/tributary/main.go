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
	code := cli.Run(ctx, newRoot, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
