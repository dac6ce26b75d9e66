package main

import (
	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/cli/terminal"
)

func newSimulateCurl(g *cli.Globals) *cobra.Command {
	url, order := "http://127.0.0.1:8080", "order-17"
	c := &cobra.Command{
		Use:   "curl",
		Short: "print a curl command for a webhook of each configured source",
		Long: `Prints curl commands that send webhooks of one order to ingest: one for each
event, signed with the secrets of the configured sources. A shell sends them;
their paths and headers hold the secrets. None of them places a call.`,
		Example: "  tributary simulate curl | sh\n  tributary simulate curl --order order-18 --url https://hooks.example.com",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			f, err := g.Load()
			if err != nil {
				return err
			}
			commands, err := webhookCommands(f, url, order, false)
			if err != nil {
				return err
			}
			g.Printf("%s", terminal.Text(commands))
			return nil
		},
	}
	c.Flags().StringVar(&url, "url", url, "ingest's address")
	c.Flags().StringVar(&order, "order", order, "the correlation id of the webhooks")
	return c
}
