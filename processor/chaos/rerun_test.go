//go:build !synctests

package chaos_test

import (
	"os/exec"
	"testing"
)

// TestWholeClients plays some of the schedules of whole clients: in a test binary
// with the tag that lets the client live in virtual time.
func TestWholeClients(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it builds a test binary and plays schedules for some seconds")
	}
	command := exec.CommandContext(t.Context(), "go", "test", "-tags", "synctests", "-count", "1", "-v", "-run", "^TestSchedules$", ".", "-schedules", "80", "-every", "40")
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}
