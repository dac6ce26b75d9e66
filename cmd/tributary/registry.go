package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/lab/embedded"
)

func newRegistryServer(g *cli.Globals) *cobra.Command {
	var listen string
	c := &cobra.Command{
		Use:   "registry",
		Short: "serve a schema registry in memory, for development",
		Long: `Serves a Confluent-compatible schema registry that forgets everything when it
ends, for a local Kafka without Docker. Not for production.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return serveRegistry(cmd.Context(), g, listen) },
	}
	c.Flags().StringVar(&listen, "listen", "127.0.0.1:8081", "address to listen on")
	return c
}

func serveRegistry(ctx context.Context, g *cli.Globals, listen string) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", listen)
	if err != nil {
		return fmt.Errorf("listen for the registry: %w", err)
	}
	server := &http.Server{Handler: embedded.RegistryHandler(), ReadHeaderTimeout: 5 * time.Second}
	g.Printf("schema registry in memory on http://%s\n", listener.Addr())
	failed := make(chan error, 1)
	// The goroutine ends with Shutdown below, or when serving fails.
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		if !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve the registry: %w", err)
		}
	case <-ctx.Done():
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_ = server.Shutdown(ending) // open connections end with the process
	return nil
}
