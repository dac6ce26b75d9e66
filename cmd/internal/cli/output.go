package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/tributary-hq/tributary/cmd/internal/cli/terminal"
)

// shortOutput gives --output its short form in every command that does not use -o itself.
func (g *Globals) shortOutput(c *cobra.Command) {
	for _, sub := range c.Commands() {
		g.shortOutput(sub)
	}
	if c.Flags().ShorthandLookup("o") == nil && c.HasParent() {
		c.Flags().StringVarP(&g.Output, "output", "o", "", "wide (all columns, nothing cut), json or yaml")
	}
}

// checkOutput checks --output; json and yaml set JSON.
func (g *Globals) checkOutput() error {
	switch g.Output {
	case "", "wide":
	case "json", "yaml":
		g.JSON = true
	default:
		return Usage(fmt.Errorf("--output %s: write wide, json or yaml", g.Output))
	}
	return nil
}

// Width returns the columns that a table may take, 0 for no limit.
func (g *Globals) Width() int {
	if g.Output == "wide" {
		return 0
	}
	return terminal.Width(g.Out)
}

// PrintJSON prints a value as indented JSON, or with --output yaml as YAML.
func (g *Globals) PrintJSON(v any) error {
	if g.Output == "yaml" {
		return g.printYAML(v)
	}
	e := json.NewEncoder(g.Out)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("print JSON: %w", err)
	}
	return nil
}

// printYAML prints the JSON of a value as YAML, with the keys in the same order.
func (g *Globals) printYAML(v any) error {
	encoded, err := json.Marshal(v)
	var document yaml.Node
	if err == nil {
		err = yaml.Unmarshal(encoded, &document) // JSON is YAML
	}
	if err != nil {
		return fmt.Errorf("print YAML: %w", err)
	}
	blockStyle(&document)
	e := yaml.NewEncoder(g.Out)
	e.SetIndent(2)
	if err := e.Encode(&document); err != nil {
		return fmt.Errorf("print YAML: %w", err)
	}
	return nil
}

// blockStyle takes JSON's braces and quotes away where YAML needs none.
func blockStyle(n *yaml.Node) {
	n.Style = 0
	for _, sub := range n.Content {
		blockStyle(sub)
	}
}

// Printf prints to the output. Line breaks in arguments are escaped, see terminal.Printf. On a terminal
// lines that are too long are wrapped, unless an argument is a terminal.Text, which has lines of its
// own: a table, a command to copy.
func (g *Globals) Printf(format string, args ...any) {
	width := g.Width()
	if width == 0 || slices.ContainsFunc(args, isText) {
		terminal.Printf(g.Out, format, args...)
		return
	}
	var b strings.Builder
	terminal.Printf(&b, format, args...)
	_, _ = io.WriteString(g.Out, string(terminal.Wrap(b.String(), width)))
}

func isText(arg any) bool {
	_, ok := arg.(terminal.Text)
	return ok
}
