package main

import (
	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/cli/config"
	"github.com/tributary-hq/tributary/cmd/internal/cli/terminal"
	"github.com/tributary-hq/tributary/cmd/internal/tool/count"
)

func newConfig(g *cli.Globals) *cobra.Command {
	c := &cobra.Command{Use: "config", Short: "check the configuration, or print an example"}
	c.AddCommand(newConfigCheck(g), newConfigExample(g))
	return c
}

func newConfigExample(g *cli.Globals) *cobra.Command {
	var development bool
	c := &cobra.Command{
		Use:   "example",
		Short: "print a complete, commented configuration file",
		Long: `Prints a complete, commented configuration file that takes its secrets from
environment variables. With --development the file works as it is: it names the
broker of make kafka-start, wants one replica of each topic, and holds a new
random value for every secret.`,
		Example: "  tributary config example > tributary.yaml\n  tributary config example --development > tributary.yaml",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			text := config.Example()
			if development {
				text = config.Development()
			}
			g.Printf("%s", terminal.Text(text))
			return nil
		},
	}
	c.Flags().BoolVar(&development, "development", false, "for a broker on this machine, with random secrets")
	return c
}

func newConfigCheck(g *cli.Globals) *cobra.Command {
	var noSecrets bool
	c := &cobra.Command{
		Use:   "check",
		Short: "report faults and warnings, print the settings in force",
		Long: `Reads the file, the environment, and every secret and certificate that they
name; reports every fault at once with its line or variable, warns of
combinations that are allowed and unwise and of ports that are in use, and
prints the settings in force with secrets masked. Where the secrets are on other
machines: --no-secrets. Exit code 1 if there is a fault.`,
		Example: "  tributary config check -c tributary.yaml",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f, err := g.Read()
			if err != nil {
				return cli.Usage(err)
			}
			faults, warnings := f.Check(), append(f.Warnings(), f.CheckPorts(cmd.Context())...)
			if !noSecrets {
				faults = append(faults, f.CheckSecrets()...)
			}
			return reportConfig(g, f, faults, warnings)
		},
	}
	c.Flags().BoolVar(&noSecrets, "no-secrets", false, "read no secret and no certificate")
	return c
}

func reportConfig(g *cli.Globals, f *config.File, faults, warnings []config.Fault) error {
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
		g.Printf("%s, %s\n", count.Of(len(faults), "fault"), count.Of(len(warnings), "warning"))
	}
	if err == nil && len(faults) > 0 {
		return cli.ErrReported
	}
	return err
}
