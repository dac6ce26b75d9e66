package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
)

// buildProgram builds tributary from the checkout into a directory and returns its path.
func buildProgram(ctx context.Context, dir string) (string, error) {
	const importPath = "github.com/tributary-hq/tributary/cmd/tributary"
	path := filepath.Join(dir, "tributary")
	if text, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", path, importPath).CombinedOutput(); err != nil { //nolint:gosec // a folder of ours
		return "", fmt.Errorf("build tributary: %w\n%s", err, text)
	}
	return path, nil
}
