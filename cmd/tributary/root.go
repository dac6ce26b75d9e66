package main

import (
	"github.com/spf13/cobra"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/cli/operator"
)

func newRoot(g *cli.Globals) *cobra.Command {
	root := &cobra.Command{
		Use:   "tributary",
		Short: "webhooks become facts in Kafka",
		Long: `Tributary turns the webhooks of LOX24, UAPAY, Voximplant and Unibell into Kafka
topics: verified before they are answered, each fact once, joined by correlation id.

Begin with: tributary demo

Exit codes:
  0   done
  1   the work could not be done, or what was checked is wrong
  2   the call's words, or the configuration, are wrong
  65  processor: a later release wrote the state, in a format this one does not read
  69  processor: another process runs under the same processor.engine.instance_id
  74  processor: the disk of the state directory is full

Environment:
  TRIBUTARY_CONFIG   the configuration file, as --config.
  TRIBUTARY_…        any setting, levels apart by two underscores: kafka.brokers is
                     TRIBUTARY_KAFKA__BROKERS; lists by commas. It goes before the file;
                     config check shows what counts.
  OTEL_…             where ingest and processor send spans, as OpenTelemetry names them:
                     OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS,
                     OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG; none without an endpoint.
  HTTPS_PROXY        the proxy to providers and token servers, with HTTP_PROXY and
                     NO_PROXY.
  GOMEMLIMIT         when to collect garbage sooner; the state's cache is not in it.`,
	}
	g.AddFlags(root)
	root.AddCommand(newIngest(g), newProcessor(g), newDemo(g), newSimulate(g), newRegistryServer(g), newConfig(g), newHealth(g), newVersion(g))
	root.AddCommand(operator.Commands(g)...)
	return root
}
