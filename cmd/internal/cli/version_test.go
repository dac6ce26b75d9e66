package cli_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
)

// TestVersionIsTheChangelogs compares the version of the build with the newest section of the changelog.
func TestVersionIsTheChangelogs(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "CHANGELOG.md"))
	if err != nil {
		t.Fatal(err)
	}
	newest := regexp.MustCompile(`(?m)^## (\d+\.\d+\.\d+) - \d{4}-\d\d-\d\d$`).FindSubmatch(text)
	if newest == nil {
		t.Fatal("CHANGELOG.md has no section such as ## 0.1.0 - 2026-01-31")
	}
	if version, _, _ := strings.Cut(cli.BuildInfo().Version, "+"); version != string(newest[1]) {
		t.Errorf("the build says %s, the changelog's newest section is %s", version, newest[1])
	}
}
