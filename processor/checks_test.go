//go:build !race

package processor_test

import "flag"

// The property tests of the whole pipeline draw 30 cases, where rapid draws 100: they
// took more than all other tests together. `make chaos` draws many more.
func init() { //nolint:gochecknoinits // before the test binary parses its flags
	_ = flag.Set("rapid.checks", "30") // an error leaves the default
}
