package main

import (
	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
)

func newVersion(g *cli.Globals) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "say which build this is",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			b := cli.BuildInfo()
			if g.JSON {
				return g.PrintJSON(b)
			}
			g.Printf("tributary %s (%s)\n", b.Version, b.Go)
			if b.Revision != "" {
				g.Printf("revision %s of %s\n", b.Revision, b.Time)
			}
			return nil
		},
	}
}
