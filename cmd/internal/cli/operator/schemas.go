package operator

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/compat"
	"github.com/tributary-hq/tributary/schemas/registry"
)

func newSchemas(g *cli.Globals) *cobra.Command {
	c := &cobra.Command{Use: "schemas", Short: "list, check and register the Avro schemas"}
	c.AddCommand(
		&cobra.Command{
			Use: "list", Short: "list the schemas and whether the registry has them", Args: cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error { return schemasRun(cmd.Context(), g, false) },
		},
		&cobra.Command{
			Use: "check", Short: "judge every schema against its released versions", Args: cobra.NoArgs,
			Long: `Judges FULL_TRANSITIVE compatibility offline, stricter than a registry: a
changed logical type, which no registry sees, is refused too. Exit code 1 if a
change breaks readers.`,
			RunE: func(*cobra.Command, []string) error { return schemasCheck(g) },
		},
		&cobra.Command{
			Use: "register", Short: "register every schema, compatibility FULL_TRANSITIVE", Args: cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error { return schemasRun(cmd.Context(), g, true) },
		},
	)
	return c
}

func schemasCheck(g *cli.Globals) error {
	findings, err := compat.CheckAll()
	if err != nil {
		return fmt.Errorf("check the schemas: %w", err)
	}
	if g.JSON {
		err = g.PrintJSON(append([]compat.Finding{}, findings...)) // a program wants a list, also of nothing
	} else {
		for _, f := range findings {
			g.Printf("%s\n", f)
		}
		g.Printf("%d schemas, %d findings\n", len(schemas.AVSCNames()), len(findings))
	}
	if err == nil && len(findings) > 0 {
		return cli.ErrReported
	}
	return err
}

func schemasRun(ctx context.Context, g *cli.Globals, register bool) error {
	f, err := g.Load()
	if err != nil {
		return err
	}
	client, err := f.Config.RegistryClient()
	if err != nil {
		return err
	}
	ask := client.Status
	if register {
		ask = client.Register
	}
	results, err := ask(ctx)
	if err != nil {
		return fmt.Errorf("schema registry %v: %w", f.Config.Registry.URLs, err)
	}
	if g.JSON {
		return g.PrintJSON(results)
	}
	for _, r := range results {
		g.Printf("%-45s id %-5d version %-3d %s\n", r.Subject, r.ID, r.Version, registered(r))
	}
	return nil
}

func registered(r registry.Result) string {
	switch {
	case r.Created:
		return "registered now"
	case r.Registered:
		return "registered"
	}
	return "not registered: run tributary schemas register"
}
