package engine_test

import (
	"os/exec"
	"strings"
	"testing"
)

// TestDependencies: the engine is a library of its own, which needs nothing of the
// product's packages.
func TestDependencies(t *testing.T) {
	t.Parallel()
	const module = "github.com/tributary-hq/tributary/"
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for path := range strings.Lines(string(out)) {
		path = strings.TrimSpace(path)
		own, found := strings.CutPrefix(path, module)
		if found && own != "processor/engine" && own != "processor/stage" && !strings.HasPrefix(own, "processor/engine/") && !strings.HasPrefix(own, "processor/stage/") {
			t.Errorf("the engine depends on %s", path)
		}
	}
}
