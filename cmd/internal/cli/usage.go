package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// columns is the width of the help.
const columns = 80

// usage prints the usage of a command, as cobra does, within 80 columns. A usage template would do that
// too, but text/template makes the linker keep every exported method: 8 MB.
func usage(c *cobra.Command) error {
	var b strings.Builder
	b.WriteString("Usage:")
	if c.Runnable() {
		fmt.Fprintf(&b, "\n  %s", c.UseLine())
	}
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "\n  %s [command]", c.CommandPath())
	}
	if c.HasExample() {
		fmt.Fprintf(&b, "\n\nExamples:\n%s", c.Example)
	}
	for _, group := range append(c.Groups(), &cobra.Group{Title: "Commands:"}) {
		title := "\n\n" + group.Title
		for _, sub := range c.Commands() {
			if sub.GroupID == group.ID && (sub.IsAvailableCommand() || sub.Name() == "help") {
				fmt.Fprintf(&b, "%s\n  %-*s %s", title, sub.NamePadding(), sub.Name(), sub.Short)
				title = ""
			}
		}
	}
	if c.HasAvailableLocalFlags() {
		fmt.Fprintf(&b, "\n\nFlags:\n%s", strings.TrimRight(c.LocalFlags().FlagUsagesWrapped(columns), " \n"))
	}
	if c.HasAvailableInheritedFlags() {
		fmt.Fprintf(&b, "\n\nGlobal Flags:\n%s", strings.TrimRight(c.InheritedFlags().FlagUsagesWrapped(columns), " \n"))
	}
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "\n\nUse \"%s [command] --help\" for more about one.", c.CommandPath())
	}
	_, err := io.WriteString(c.OutOrStderr(), b.String()+"\n")
	if err != nil {
		return fmt.Errorf("print the usage: %w", err)
	}
	return nil
}
