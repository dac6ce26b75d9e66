package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/fx"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/cli/config"
	"github.com/tributary-hq/tributary/cmd/internal/cli/operator"
	"github.com/tributary-hq/tributary/cmd/internal/cli/ops"
	"github.com/tributary-hq/tributary/cmd/internal/cli/secret"
	"github.com/tributary-hq/tributary/cmd/internal/console"
	"github.com/tributary-hq/tributary/cmd/internal/console/access"
	"github.com/tributary-hq/tributary/cmd/internal/console/cases"
	"github.com/tributary-hq/tributary/cmd/internal/console/feed"
	"github.com/tributary-hq/tributary/cmd/internal/console/idp"
	"github.com/tributary-hq/tributary/cmd/internal/lab/demo"
	"github.com/tributary-hq/tributary/cmd/internal/tool/trace"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/schemas/registry"
)

func newConsole(g *cli.Globals) *cobra.Command {
	return &cobra.Command{
		Use:   "console",
		Short: "serve pages that show the pipeline",
		Long: `Serves pages for people: what moves, what waits, one case from webhook to
journey, dead letters, groups, the account and the topics. Each number is made
by the same tool as the command that its tooltip names, and every page has a
twin for programs: ?format=json.

It listens on loopback (console.listen). Beyond it, it starts only if people can
prove who they are: console.oidc, console.proxy or console.tokens. It is
read-only but for those with the role of operator, and joins no consumer group.`,
		Example: "  tributary console\n  tributary console -X console.local_role=operator\n  tributary console -X console.ops=127.0.0.1:9090",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f, err := g.Load()
			if err != nil {
				return err
			}
			f.Config.Kafka.Waiting = nil // the pages say it
			logger := g.Logger(&f.Config.Log)
			server, err := consoleOf(f, logger)
			if err != nil {
				return cli.Usage(err)
			}
			health := ops.New(f.Config.Ops.Listen, about("console", f), ops.NewRegistry(), logger,
				ops.Check{Name: "console", Func: func() ops.Report { return ops.Report{OK: true} }})
			return cli.RunApp(cmd.Context(), logger,
				fx.Module("ops", fx.Invoke(func(lifecycle fx.Lifecycle) { lifecycle.Append(fx.StartStopHook(health.Start, health.Stop)) })),
				consoleModule(server, func() { g.Printf("The console: %s\n", server.URL()) }))
		},
	}
}

// consoleModule serves a console; started is called once it listens.
func consoleModule(server *console.Server, started func()) fx.Option {
	return fx.Module("console", fx.Invoke(func(lifecycle fx.Lifecycle) {
		lifecycle.Append(fx.Hook{
			OnStart: func(ctx context.Context) error {
				if err := server.Start(ctx); err != nil {
					return err
				}
				started()
				return nil
			},
			OnStop: server.Stop,
		})
	}))
}

// consoleOf makes the console of a configuration.
func consoleOf(f *config.File, logger *slog.Logger) (*console.Server, error) {
	c := &f.Config
	options, err := c.Kafka.Options()
	if err != nil {
		return nil, err
	}
	client, err := c.RegistryClient()
	if err != nil {
		return nil, err
	}
	who, err := accessOf(&c.Console)
	if err != nil {
		return nil, err
	}
	processes := make([]feed.Process, len(c.Console.Ops))
	for i, address := range c.Console.Ops {
		processes[i].Address = address
	}
	search := cases.Search{Trace: trace.Config{Sources: c.Sources}}
	if len(c.Privacy.Keys) > 0 {
		if search.Trace.Privacy, err = c.Pseudonymiser(); err != nil {
			return nil, err
		}
		begins := make([]time.Time, len(c.Privacy.Keys))
		for i := range c.Privacy.Keys {
			begins[i] = c.Privacy.Keys[i].From
		}
		search.Pseudonyms = pseudonyms(search.Trace.Privacy, begins)
	}
	identity, err := identityOf(&c.Console.OIDC)
	if err != nil {
		return nil, err
	}
	return console.New(console.Config{
		Search: search, Identity: identity,
		Listen: c.Console.Listen, Access: who, Place: strings.Join(c.Kafka.Brokers, ", ") + " " + c.Kafka.Prefix, Version: cli.BuildInfo().Version, Logger: logger,
		SchemaIDs: func(ctx context.Context) (map[string]uint32, error) { return c.SchemaIDs(ctx, logger) },
		Feed:      feed.Config{Kafka: options, Names: c.Names(), Own: c.OwnGroups(nil), Processes: processes, Alertmanager: c.Console.Alertmanager, Schema: client.SchemaByID},
	})
}

// pseudonyms makes those of a phone number under keys that begin at these times.
func pseudonyms(p *privacy.Pseudonymiser, begins []time.Time) func(number, country string) ([]string, error) {
	return func(number, country string) ([]string, error) { return operator.Pseudonyms(p, begins, number, country) }
}

// accessOf reads who may come.
func accessOf(c *config.Console) (access.Config, error) {
	var out access.Config
	var err error
	if out.Anonymous, err = access.ParseRole(c.LocalRole); err != nil {
		return out, fmt.Errorf("console.local_role: %w", err)
	}
	for i := range c.Tokens {
		t := access.Token{Name: c.Tokens[i].Name}
		if t.Role, err = access.ParseRole(c.Tokens[i].Role); err != nil {
			return out, fmt.Errorf("console.tokens[%d].role: %w", i, err)
		}
		if t.Secret, err = c.Tokens[i].Resolve(); err != nil {
			return out, fmt.Errorf("console.tokens[%d]: %w", i, err)
		}
		out.Tokens = append(out.Tokens, t)
	}
	out.Proxy = access.Proxy{UserHeader: c.Proxy.UserHeader, RoleHeader: c.Proxy.RoleHeader}
	for i, text := range c.Proxy.Networks {
		network, err := netip.ParsePrefix(text)
		if err != nil {
			return out, fmt.Errorf("console.proxy.networks[%d]: %w", i, err)
		}
		out.Proxy.Networks = append(out.Proxy.Networks, network)
	}
	return out, nil
}

// identityOf reads the identity provider.
func identityOf(c *config.ConsoleOIDC) (out idp.Config, err error) {
	if c.Issuer == "" {
		return out, nil
	}
	out = idp.Config{
		Issuer: c.Issuer, ClientID: c.ClientID, URL: c.URL, Scopes: c.Scopes, NameClaim: c.NameClaim, RolesClaim: c.RolesClaim, Session: c.Session,
		Roles: map[access.Role][]string{},
	}
	for role, groups := range map[access.Role][]string{access.Viewer: c.Roles.Viewer, access.Support: c.Roles.Support, access.Operator: c.Roles.Operator} {
		if len(groups) > 0 {
			out.Roles[role] = groups
		}
	}
	if c.DefaultRole != "none" {
		if out.Default, err = access.ParseRole(c.DefaultRole); err != nil {
			return out, fmt.Errorf("console.oidc.default_role: %w", err)
		}
	}
	if c.ClientSecret != (secret.Ref{}) {
		if out.Secret, err = c.ClientSecret.Resolve(); err != nil {
			return out, fmt.Errorf("console.oidc.client_secret: %w", err)
		}
	}
	return out, nil
}

// demoConsole is the console of a demo. Everybody on this machine is an operator there: nothing in a
// demo is real.
func demoConsole(p *demo.Place, logger *slog.Logger) (*console.Server, error) {
	reg, err := registry.New(registry.Config{URLs: []string{p.RegistryURL}})
	if err != nil {
		return nil, err
	}
	c := config.Default()
	return console.New(console.Config{
		Listen: c.Console.Listen, Access: access.Config{Anonymous: access.Operator}, Place: "demo", Version: cli.BuildInfo().Version, Logger: logger,
		Search: cases.Search{Trace: trace.Config{Sources: p.Sources, Privacy: p.Privacy}, Pseudonyms: pseudonyms(p.Privacy, []time.Time{{}})},
		SchemaIDs: func(ctx context.Context) (map[string]uint32, error) {
			ids, err := reg.Resolve(ctx)
			return ids.ByTopic, err
		},
		Feed: feed.Config{
			Kafka: []kgo.Opt{kgo.SeedBrokers(p.Brokers...)}, Own: c.OwnGroups(nil), Processes: []feed.Process{{Gatherer: p.Metrics, State: p.State}}, Schema: reg.SchemaByID, Now: p.Clock,
		},
	})
}
