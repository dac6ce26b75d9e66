// Package embeddedtest has the command that starts the embedded broker and registry in
// test scripts.
package embeddedtest

import (
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/tributary-hq/tributary/cmd/internal/lab/embedded"
)

// Stack runs a broker and a registry for a script and names them in its environment.
func Stack(ts *testscript.TestScript, _ bool, _ []string) {
	stack, err := embedded.Start()
	ts.Check(err)
	ts.Defer(func() { _ = stack.Close() })
	for name, value := range map[string]string{
		"TRIBUTARY_KAFKA__BROKERS": strings.Join(stack.Brokers(), ","), "TRIBUTARY_REGISTRY__URLS": stack.RegistryURL(),
		"TRIBUTARY_TOPICS__PARTITIONS": "2", "TRIBUTARY_TOPICS__REPLICATION_FACTOR": "1", "TRIBUTARY_TOPICS__MIN_INSYNC_REPLICAS": "1",
	} {
		ts.Setenv(name, value)
	}
}
