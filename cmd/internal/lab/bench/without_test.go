package bench_test

import (
	"os/exec"
	"testing"
)

// TestWithoutTransactions: the build that shows what exactly once costs follows the
// engine; it is nobody's import, so nothing else would tell.
func TestWithoutTransactions(t *testing.T) {
	t.Parallel()
	if out, err := exec.CommandContext(t.Context(), "../../../../deploy/bench/at-least-once", "--check").CombinedOutput(); err != nil {
		t.Errorf("deploy/bench/at-least-once --check: %v\n%s", err, out)
	}
}
