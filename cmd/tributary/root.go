package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/cli/consumer"
	"github.com/tributary-hq/tributary/cmd/internal/cli/operator"
)

func newRoot(g *cli.Globals) *cobra.Command {
	root := &cobra.Command{
		Use:   "tributary",
		Short: "webhooks become facts in Kafka",
		Long: `Tributary turns the webhooks of LOX24, UAPAY, Voximplant and Unibell into Kafka
topics: verified before they are answered, each fact once, joined by correlation
id.

Begin with: tributary demo

Exit codes:
  0   done
  1   the work could not be done, or what was checked is wrong
  2   the call's words, or the configuration, are wrong
  65  processor: a later release wrote the state, in a format this one does not
      read
  69  processor: another process runs under the same
      processor.engine.instance_id
  74  processor: the disk of the state directory is full

Environment:
  TRIBUTARY_CONFIG   the configuration file, as --config.
  TRIBUTARY_…        any setting, levels apart by two underscores: kafka.brokers
                     is TRIBUTARY_KAFKA__BROKERS; lists by commas. It goes
                     before the file; config check shows what counts.
  OTEL_…             where ingest and processor send spans, as OpenTelemetry
                     names them: OTEL_EXPORTER_OTLP_ENDPOINT,
                     OTEL_EXPORTER_OTLP_HEADERS, OTEL_TRACES_SAMPLER,
                     OTEL_TRACES_SAMPLER_ARG; none without an endpoint.
  HTTPS_PROXY        the proxy to providers and token servers, with HTTP_PROXY
                     and NO_PROXY.
  GOMEMLIMIT         when to collect garbage sooner; the state's cache is not in
                     it.`,
	}
	g.AddFlags(root)
	root.AddCommand(newIngest(g), newProcessor(g), newDemo(g), newDev(g), newSimulate(g), newRegistryServer(g), newConsole(g), newConfig(g), newHealth(g), newVersion(g))
	root.AddCommand(consumer.Commands(g)...)
	root.AddCommand(operator.Commands(g)...)
	group(root)
	return root
}

// group orders the commands of the help by their use.
func group(root *cobra.Command) {
	of := map[string]string{}
	for _, g := range []struct{ id, title, commands string }{
		{"run", "Run it:", "ingest processor config topics schemas health"},
		{"consume", "Consume the topics:", "contract export"},
		{"look", "Look:", "console insights tail trace lag audit"},
		{"repair", "Repair:", "deadletter pause resume reset forget"},
		{"develop", "Try and develop:", "demo dev simulate registry"},
	} {
		root.AddGroup(&cobra.Group{ID: g.id, Title: g.title})
		for name := range strings.FieldsSeq(g.commands) {
			of[name] = g.id
		}
	}
	for _, c := range root.Commands() {
		c.GroupID = of[c.Name()]
	}
}
