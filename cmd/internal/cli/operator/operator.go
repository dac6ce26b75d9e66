// Package operator has the commands of the operators' tools: flags, confirmation, tables
// and JSON. The tools themselves are packages of cmd/internal/tool and print nothing.
package operator

import (
	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
)

// Commands returns all of them.
func Commands(g *cli.Globals) []*cobra.Command {
	commands := []*cobra.Command{
		newTopics(g), newSchemas(g), newLag(g), newDeadLetter(g), newAudit(g), newTrace(g), newForget(g), newReset(g), newPause(g), newResume(g),
	}
	for _, c := range commands {
		completeFlags(g, c)
	}
	return commands
}
