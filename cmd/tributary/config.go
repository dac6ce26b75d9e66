package main

import (
	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli/config"
	"github.com/tributary-hq/tributary/cmd/internal/cli/terminal"
)

func newConfig(g *globals) *cobra.Command {
	c := &cobra.Command{Use: "config", Short: "check the configuration, or print an example"}
	c.AddCommand(newConfigCheck(g), &cobra.Command{
		Use:     "example",
		Short:   "print a complete, commented configuration file",
		Example: "  tributary config example > tributary.yaml",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			g.printf("%s", terminal.Text(config.Example()))
			return nil
		},
	})
	return c
}

func newConfigCheck(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "report every fault with its line, warn of what is unwise, print the settings in force",
		Long: `Reads the file and the environment, reports every fault at once with its line, warns
of combinations that are allowed and unwise, and prints the settings in force with
secrets masked. Exit code 1 if there is a fault.`,
		Example: "  tributary config check -c tributary.yaml",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			f, err := config.Load(g.configPath)
			if err != nil {
				return err
			}
			return g.reportConfig(f)
		},
	}
}

func (g *globals) reportConfig(f *config.File) error {
	faults, warnings := f.Check(), f.Warnings()
	settings, err := f.Effective()
	if err != nil {
		return err
	}
	switch {
	case g.json:
		// Programs expect a list even if it is empty, not null.
		none := []config.Fault{}
		err = g.printJSON(map[string]any{"faults": append(none, faults...), "warnings": append(none, warnings...), "settings": settings})
	default:
		g.printf("%s", terminal.Text(settings))
		for _, w := range warnings {
			g.printf("warning: %s\n", w)
		}
		for _, fault := range faults {
			g.printf("fault: %s\n", fault)
		}
		g.printf("%d faults, %d warnings\n", len(faults), len(warnings))
	}
	if err == nil && len(faults) > 0 {
		return errSaid
	}
	return err
}
