package engine_test

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// TestMain lets more tests run beside each other than there are processors: most
// of them wait for a session to time out.
func TestMain(m *testing.M) {
	if os.Getenv(childOf) != "" {
		child()
		return
	}
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if !given {
		if err := flag.Set("test.parallel", "8"); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	m.Run() // its code is the program's
}
