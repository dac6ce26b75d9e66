package operator

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/cli/kafka"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/known"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
)

// completeFlags makes shells complete the values of the flags that name a provider, a cause, a stage or
// a group, in every command below c.
func completeFlags(g *cli.Globals, c *cobra.Command) {
	for _, sub := range c.Commands() {
		completeFlags(g, sub)
	}
	for name, values := range map[string]func() []string{
		"provider": schemas.ProviderIDs,
		"cause":    causes,
		"stage":    processor.StageNames,
		"group":    func() []string { return groupsOf(c.Context(), g) },
	} {
		if c.Flags().Lookup(name) != nil {
			_ = c.RegisterFlagCompletionFunc(name, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
				return values(), cobra.ShellCompDirectiveNoFileComp
			}) // an error means that it is registered already
		}
	}
}

// causes are those of dead letters.
func causes() []string {
	var out []string
	for _, cause := range append(stage.Causes(), known.CauseUnknownSource, known.CauseForeignRecord) {
		out = append(out, string(cause))
	}
	return out
}

// groupsOf lists the consumer groups of the configured cluster; none if it does not answer soon.
func groupsOf(ctx context.Context, g *cli.Globals) []string {
	f, err := g.Load()
	if err != nil {
		return nil
	}
	f.Config.Kafka.Waiting = nil
	admin, err := cli.Admin(&f.Config)
	if err != nil {
		return nil
	}
	defer admin.Close()
	ctx, cancel := context.WithTimeout(ctx, kafka.Patience)
	defer cancel()
	groups, err := admin.ListGroups(ctx)
	if err != nil {
		return nil
	}
	return groups.Groups()
}
