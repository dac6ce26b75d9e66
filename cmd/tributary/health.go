package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/cli/ops"
	"github.com/tributary-hq/tributary/cmd/internal/cli/terminal"
)

// healthTimeout limits the request. It is below the usual limit of a container's health
// check, so that the caller still gets the reason.
const healthTimeout = 3 * time.Second

// maxHealthAnswer limits how many bytes of the response are read.
const maxHealthAnswer = 1 << 20

func newHealth(g *cli.Globals) *cobra.Command {
	var address string
	var ready bool
	c := &cobra.Command{
		Use:   "health",
		Short: "ask the ops port of an ingest or processor how it is",
		Long: `Asks the ops port (ops.listen) whether the process answers, or with --ready
whether it is ready for work, prints the answer and exits with 0 or 1: a health
check for images without a shell.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if address == "" {
				f, err := g.Load()
				if err != nil {
					return err
				}
				address = f.Config.Ops.Listen
				if ports, err := ops.Ports(address); err == nil && len(ports) > 1 {
					return cli.Usage(fmt.Errorf("ops.listen is the range %s: name the port that the process logged, with --address", address))
				}
			}
			path := "/healthz"
			if ready {
				path = "/readyz"
			}
			return runHealth(cmd.Context(), g, address, path)
		},
	}
	c.Flags().StringVar(&address, "address", "", "host:port of the ops port (default: ops.listen of the configuration)")
	c.Flags().BoolVar(&ready, "ready", false, "ask for readiness, with the state of Kafka and of restores")
	return c
}

// health queries an address; a wildcard address is queried on loopback.
func runHealth(ctx context.Context, g *cli.Globals, address, path string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return cli.Usage(fmt.Errorf("address of the ops port: %w", err))
	}
	if host == "" || host == "0.0.0.0" || host == "::" {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+path, http.NoBody)
	if err != nil {
		return fmt.Errorf("ask the ops port: %w", err)
	}
	answer, err := (&http.Client{Timeout: healthTimeout}).Do(req)
	if err != nil {
		return fmt.Errorf("ask the ops port: %w", err)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxHealthAnswer))
	if err = errors.Join(err, answer.Body.Close()); err != nil {
		return fmt.Errorf("read the ops port's answer: %w", err)
	}
	g.Printf("%s", terminal.Text(body))
	if answer.StatusCode != http.StatusOK {
		return cli.ErrReported
	}
	return nil
}
