//go:build race

package processor_test

import "flag"

// Under the race detector the property tests of the whole pipeline draw fewer cases:
// they are there for the order of records, and races show in the first ones.
func init() { //nolint:gochecknoinits // before the test binary parses its flags
	_ = flag.Set("rapid.checks", "15") // an error leaves the default
}
