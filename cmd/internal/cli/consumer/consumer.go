// Package consumer has the commands of those who read the topics: contracts for their
// engines, exports, insights, tail. The tools are packages of cmd/internal/tool and print nothing.
package consumer

import (
	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/schemas"
)

// Commands returns all of them.
func Commands(g *cli.Globals) []*cobra.Command {
	return []*cobra.Command{newContract(g), newExport(g), newInsights(g), newTail(g)}
}

// completeTopics completes the names of topics, each with its description.
func completeTopics(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var out []string
	for _, row := range schemas.Table() {
		out = append(out, cobra.CompletionWithDesc(row.Name, row.Doc))
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}
