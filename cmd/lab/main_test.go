package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/tributary-hq/tributary/cmd/internal/lab/embedded/embeddedtest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"lab": main})
}

// TestScripts runs the benches with a build of tributary, on an embedded broker and
// registry where the script says stack.
func TestScripts(t *testing.T) {
	t.Parallel()
	program, err := buildProgram(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:  "testdata/script",
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"stack": embeddedtest.Stack},
		Setup: func(e *testscript.Env) error {
			e.Setenv("TRIBUTARY", program)
			return nil
		},
	})
}
