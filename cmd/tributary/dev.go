package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/fx"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/cli/config"
	"github.com/tributary-hq/tributary/cmd/internal/cli/operator"
	"github.com/tributary-hq/tributary/cmd/internal/cli/ops"
	"github.com/tributary-hq/tributary/cmd/internal/cli/secret"
	"github.com/tributary-hq/tributary/cmd/internal/cli/terminal"
	"github.com/tributary-hq/tributary/cmd/internal/console"
	"github.com/tributary-hq/tributary/cmd/internal/lab/embedded"
	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// devFile is the configuration that dev writes and every command reads.
const devFile = "tributary.yaml"

func newDev(g *cli.Globals) *cobra.Command {
	inMemory := false
	c := &cobra.Command{
		Use:   "dev",
		Short: "run everything in one process on a broker",
		Long: `Makes topics and schemas, then runs ingest, the processor with the lag of its
groups, and, where none answers, a schema registry in memory: the step between
the demo and production. The configuration is the usual one; without a file it
writes ./tributary.yaml, for the broker of make kafka-start and with a random
value for every secret. Prints a webhook of each provider to send with curl.
With --embedded the broker is in this process, too, and forgets everything when
it ends. Not for production.`,
		Example: "  tributary dev\n  tributary dev -b 127.0.0.1:9092\n  tributary dev --embedded",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runDev(cmd.Context(), g, inMemory) },
	}
	c.Flags().BoolVar(&inMemory, "embedded", false, "run a Kafka broker in this process, too")
	return c
}

func runDev(ctx context.Context, g *cli.Globals, inMemory bool) (err error) {
	if config.Path(g.ConfigPath) == "" {
		if err := os.WriteFile(devFile, []byte(config.Development()), 0o600); err != nil {
			return fmt.Errorf("write a configuration: %w", err)
		}
		g.Printf("wrote %s, with random secrets\n", devFile)
	}
	flags := givenFlags(g)
	services, err := startServices(g, inMemory)
	defer services.close()
	if err != nil {
		return err
	}
	f, err := g.Load()
	if err != nil {
		return err
	}
	services.serve(ctx, g, "a schema registry in memory", f.Config.Registry.URLs[0], embedded.RegistryHandler())
	for i := range f.Config.Ingest.Sources {
		// No relayed call of a trial costs money.
		services.serve(ctx, g, "a simulated Unibell", f.Config.Ingest.Sources[i].Relay.BaseURL, simulator.Unibell())
	}
	if err := operator.CreateTopics(ctx, f); err != nil {
		return err
	}
	logger := g.Logger(&f.Config.Log)
	ingests, err := ingestApp(g, f, logger) //nolint:contextcheck // the app's start has its own
	if err != nil {
		return err
	}
	processors, err := processorApp(g, f, logger)
	if err != nil {
		return err
	}
	pages, err := devConsole(f, logger)
	if err != nil {
		return err
	}
	ready := fx.Invoke(func(lifecycle fx.Lifecycle, s *ingest.Service) {
		lifecycle.Append(fx.StartHook(func() error { return showDev(g, f, s.Addr(), pages.URL(), flags) }))
	})
	return cli.RunApp(ctx, logger, ingests, processors, consoleModule(pages, func() {}), ready)
}

// devConsole is the console of a trial: everybody on this machine is an operator.
func devConsole(f *config.File, logger *slog.Logger) (*console.Server, error) {
	trial := *f
	if !trial.Config.Console.Restricts() {
		trial.Config.Console.LocalRole = "operator"
	}
	if len(trial.Config.Console.Ops) == 0 {
		trial.Config.Console.Ops = devOps(&f.Config)
	}
	return consoleOf(&trial, logger)
}

// devOps are the ports that ingest and processor of a trial most likely have: the first two.
func devOps(c *config.Config) []string {
	ports, err := ops.Ports(c.Ops.Listen)
	if err != nil || c.Ops.Listen == "" {
		return nil
	}
	return ports[:min(len(ports), 2)]
}

// devServices are the servers that dev runs beside ingest and processor.
type devServices struct {
	stack    *embedded.Stack
	servers  []*http.Server
	stateDir string
}

// startServices runs the embedded broker and points the settings at it.
func startServices(g *cli.Globals, inMemory bool) (*devServices, error) {
	s := &devServices{}
	if !inMemory {
		return s, nil
	}
	var err error
	if s.stack, err = embedded.Start(); err != nil {
		return s, err
	}
	if s.stateDir, err = os.MkdirTemp("", "tributary-dev-"); err != nil {
		return s, fmt.Errorf("make a folder for the state: %w", err)
	}
	g.Brokers = s.stack.Brokers()
	g.Settings = append(g.Settings, "registry.urls="+s.stack.RegistryURL(), "processor.engine.state_dir="+s.stateDir,
		"topics.replication_factor=1", "topics.min_insync_replicas=1", "topics.partitions=2")
	return s, nil
}

// serve serves at an address of this machine where none listens yet.
func (s *devServices) serve(ctx context.Context, g *cli.Globals, name, at string, handler http.Handler) {
	address, err := url.Parse(at)
	if err != nil || address.Scheme != "http" {
		return
	}
	if ip := net.ParseIP(address.Hostname()); address.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address.Host)
	if err != nil {
		return // one listens there
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	s.servers = append(s.servers, server)
	go func() { _ = server.Serve(listener) }() // close ends it
	g.Printf("%s on %s\n", name, at)
}

// close ends them.
func (s *devServices) close() {
	for _, server := range s.servers {
		_ = server.Close()
	}
	if s.stack != nil {
		_ = s.stack.Close()
	}
	if s.stateDir != "" {
		_ = os.RemoveAll(s.stateDir)
	}
}

// showDev prints a webhook of each configured provider, and the next commands.
func showDev(g *cli.Globals, f *config.File, address, pages, flags string) error {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("ingest's address: %w", err)
	}
	webhooks, err := webhookCommands(f, "http://127.0.0.1:"+port, "order-17", true)
	if err != nil {
		return err
	}
	g.Printf("\nEverything runs until Ctrl-C. Webhooks to send, all of one order:\n\n%s", terminal.Text(webhooks))
	g.Printf("\nLook at it: %s\nOr in another terminal:\n\n%s\n", pages, terminal.Text(nextCommands(f, "order-17", flags)))
	return nil
}

// webhookCommands returns a curl command for a webhook of each configured source; calls adds one that places a
// call through the relay.
func webhookCommands(f *config.File, address, order string, calls bool) (string, error) {
	accounts, err := devAccounts(f.Config.Ingest.Sources)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, example := range simulator.Examples(accounts, time.Now(), order) {
		configured := !strings.HasSuffix(example.Path, "/") && !strings.Contains(example.Path, "//")
		if configured && (calls || !example.Call) {
			fmt.Fprintf(&b, "# %s\n%s\n\n", example.Title, example.Curl(address))
		}
	}
	return b.String(), nil
}

// givenFlags returns the global flags of this call, for the commands that it prints.
func givenFlags(g *cli.Globals) string {
	var words []string
	if g.ConfigPath != "" {
		words = append(words, "-c", g.ConfigPath)
	}
	if len(g.Brokers) > 0 {
		words = append(words, "-b", strings.Join(g.Brokers, ","))
	}
	for _, setting := range g.Settings {
		words = append(words, "-X", setting)
	}
	return strings.Join(words, " ")
}

// nextCommands are the commands that show a case and its topics; flags are those of this call.
func nextCommands(f *config.File, id, flags string) string {
	if flags != "" {
		flags = " " + flags
	}
	// With --embedded the addresses are in no file.
	if loaded, err := config.Load(config.Path("")); !strings.Contains(flags, " -b ") && (err != nil || strings.Join(loaded.Config.Kafka.Brokers, ",") != strings.Join(f.Config.Kafka.Brokers, ",")) {
		flags += fmt.Sprintf(" -b %s -X registry.urls=%s", strings.Join(f.Config.Kafka.Brokers, ","), strings.Join(f.Config.Registry.URLs, ","))
	}
	var b strings.Builder
	for _, command := range []string{"tail enriched.journeys.v1", "trace " + id, "lag", "audit", "deadletter list"} {
		fmt.Fprintf(&b, "%s %s%s\n", cli.Program(), command, flags)
	}
	return b.String()
}

// devAccounts are the configured sources as senders; without a secret none.
func devAccounts(sources []ingest.Source) (simulator.Accounts, error) {
	var accounts simulator.Accounts
	var errs []error
	text := func(r ingest.Ref) string {
		text, err := secret.Ref(r).Resolve()
		errs = append(errs, err)
		return text
	}
	for i := range sources {
		s := &sources[i]
		if len(s.Secrets) == 0 || s.Retired || s.Provider == raw.ProviderUnibell && len(s.Relay.Callers) == 0 {
			continue
		}
		first := &s.Secrets[0]
		a := simulator.Account{Source: s.ID, Provider: s.Provider, Currency: "EUR"}
		if s.Provider == raw.ProviderVoximplant {
			a.Salt, a.APIKey = text(first.Salt), text(first.APIKey)
		} else {
			a.Secret = text(first.Ref)
		}
		if len(s.Relay.Callers) > 0 {
			a.Caller = text(s.Relay.Callers[0].Ref)
		}
		accounts = append(accounts, a)
	}
	return accounts, errors.Join(errs...)
}
