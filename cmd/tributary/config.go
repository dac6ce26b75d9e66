package main

import (
	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/cli/config"
	"github.com/tributary-hq/tributary/cmd/internal/cli/terminal"
)

func newConfig(g *cli.Globals) *cobra.Command {
	c := &cobra.Command{Use: "config", Short: "check the configuration, or print an example"}
	c.AddCommand(newConfigCheck(g), &cobra.Command{
		Use:     "example",
		Short:   "print a complete, commented configuration file",
		Example: "  tributary config example > tributary.yaml",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			g.Printf("%s", terminal.Text(config.Example()))
			return nil
		},
	})
	return c
}

func newConfigCheck(g *cli.Globals) *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "report every fault with its line, warn of what is unwise, print the settings in force",
		Long: `Reads the file and the environment, reports every fault at once with its line, warns
of combinations that are allowed and unwise, and prints the settings in force with
secrets masked. Exit code 1 if there is a fault.`,
		Example: "  tributary config check -c tributary.yaml",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			f, err := config.Load(g.ConfigPath)
			if err != nil {
				return err
			}
			return reportConfig(g, f)
		},
	}
}

func reportConfig(g *cli.Globals, f *config.File) error {
	faults, warnings := f.Check(), f.Warnings()
	settings, err := f.Effective()
	if err != nil {
		return err
	}
	switch {
	case g.JSON:
		// Programs expect a list even if it is empty, not null.
		none := []config.Fault{}
		err = g.PrintJSON(map[string]any{"faults": append(none, faults...), "warnings": append(none, warnings...), "settings": settings})
	default:
		g.Printf("%s", terminal.Text(settings))
		for _, w := range warnings {
			g.Printf("warning: %s\n", w)
		}
		for _, fault := range faults {
			g.Printf("fault: %s\n", fault)
		}
		g.Printf("%d faults, %d warnings\n", len(faults), len(warnings))
	}
	if err == nil && len(faults) > 0 {
		return cli.ErrReported
	}
	return err
}
