package cli

import (
	"os"
	"path/filepath"
	"strings"
)

// Program returns the program as its user started it, for commands to try next: "go run
// ./cmd/tributary" where `go run` built it in a temporary folder.
func Program() string {
	started := os.Args[0]
	if dir := filepath.Dir(started); strings.Contains(dir, string(filepath.Separator)+"go-build") {
		return "go run ./cmd/" + filepath.Base(started)
	}
	return started
}
