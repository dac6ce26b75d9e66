package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
)

// TestHelpFits checks that no line of any command's help is wider than a terminal of 80 columns, and
// that every command has its place in the help.
func TestHelpFits(t *testing.T) {
	t.Parallel()
	const columns = 80
	var each func(c *cobra.Command)
	each = func(c *cobra.Command) {
		var out bytes.Buffer
		args := slices.Concat(strings.Fields(c.CommandPath())[1:], []string{"--help"})
		if code := cli.Run(t.Context(), newRoot, args, &out, &out); code != cli.ExitOK {
			t.Errorf("%v: exit code %d", args, code)
		}
		for line := range strings.Lines(out.String()) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > columns {
				t.Errorf("%s --help: a line of %d columns: %s", c.CommandPath(), n, line)
			}
		}
		for _, sub := range c.Commands() {
			each(sub)
		}
	}
	root := newRoot(&cli.Globals{})
	for _, c := range root.Commands() {
		if c.GroupID == "" && c.Name() != "version" {
			t.Errorf("command %s is in no group of the help", c.Name())
		}
	}
	each(root)
}
