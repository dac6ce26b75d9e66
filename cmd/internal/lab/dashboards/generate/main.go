// Command generate writes the dashboards into a folder, one file each.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/tributary-hq/tributary/cmd/internal/lab/dashboards"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("%d arguments: name the folder", len(args))
	}
	for _, d := range dashboards.All() {
		text, err := d.JSON()
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(args[0], d.Name+".json"), text, 0o644); err != nil { //nolint:gosec // everybody may read it
			return err
		}
	}
	return nil
}
