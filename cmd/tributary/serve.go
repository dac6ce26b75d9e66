package main

import (
	"cmp"
	"context"
	"log/slog"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/fx"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/cli/config"
	"github.com/tributary-hq/tributary/cmd/internal/cli/hangup"
	"github.com/tributary-hq/tributary/cmd/internal/cli/ops"
	"github.com/tributary-hq/tributary/cmd/internal/cli/tracing"
	"github.com/tributary-hq/tributary/cmd/internal/tool/acl"
	"github.com/tributary-hq/tributary/cmd/internal/tool/lag"
	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/source"
)

func newIngest(g *cli.Globals) *cobra.Command {
	return &cobra.Command{
		Use:   "ingest",
		Short: "verify webhooks, write them to Kafka, answer",
		Long: `Runs the webhooks' port. SIGTERM ends it when every accepted request is
answered; SIGHUP reads the sources and their secrets again without dropping a
request.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return serve(cmd.Context(), g, ingestApp) },
	}
}

func newProcessor(g *cli.Globals) *cobra.Command {
	return &cobra.Command{
		Use:   "processor",
		Short: "decode, deduplicate and correlate raw topics",
		Long: `Runs the stages. SIGTERM ends it after the rounds in flight, so that the next
start replays nothing; SIGHUP reads the sources again. Exit code 74: the disk of
the state directory is full. Exit code 65: a later release wrote the state, in a
format that this one does not read.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return serve(cmd.Context(), g, processorApp) },
	}
}

// roleFunc returns the app of a role.
type roleFunc func(*cli.Globals, *config.File, *slog.Logger) (fx.Option, error)

// serve runs a role until it is stopped.
func serve(ctx context.Context, g *cli.Globals, role roleFunc) error {
	hangup.Catch()
	f, err := g.Load()
	if err != nil {
		return err
	}
	logger := g.Logger(&f.Config.Log)
	f.Config.Kafka.Waiting = func(cause error) {
		logger.WarnContext(ctx, "no answer yet from kafka", slog.Any("brokers", f.Config.Kafka.Brokers), slog.String("setting", f.Origin("kafka.brokers")), slog.String("error", cause.Error()))
	}
	for _, w := range f.Warnings() {
		logger.WarnContext(ctx, "unwise setting", slog.String("setting", cmp.Or(w.Variable, w.Path)), slog.String("reason", w.Message))
	}
	app, err := role(g, f, logger)
	if err != nil {
		return err
	}
	return cli.RunApp(ctx, logger, app)
}

// ingestApp is the app of `tributary ingest`.
func ingestApp(g *cli.Globals, f *config.File, logger *slog.Logger) (fx.Option, error) {
	options, err := f.Config.Kafka.Options()
	if err != nil {
		return nil, err
	}
	traces, err := tracing.New("tributary-ingest", cli.BuildInfo().Version, os.Getenv, logger, time.Now)
	if err != nil {
		return nil, err
	}
	metrics, file := ops.NewRegistry(), &rereader{g: g, inForce: f}
	deps := ingest.Deps{
		Kafka: options, Names: f.Config.Names(), Logger: logger, Registerer: metrics, Tracer: traces.TracerProvider(), Now: time.Now,
		Partitions: f.Config.RawPartitions(),
		Sources: func(context.Context) ([]ingest.Source, error) {
			again, err := file.read()
			if err != nil {
				return nil, err
			}
			return again.Config.Ingest.Sources, nil
		},
	}
	return fx.Options(
		fx.Supply(f.Config.Ingest, deps),
		tracesModule(traces),
		ingest.Module(),
		cli.WarnOfPrefix(f, acl.RoleIngest, logger),
		hangups[*ingest.Service](file, logger),
		opsModule(&f.Config, about("ingest", f), metrics, logger, func(s *ingest.Service) ops.Check {
			// Ingest stays ready while Kafka is away: it answers 503 and reports that
			// here.
			return ops.Check{Name: "ingest", Func: func() ops.Report {
				h := s.Health()
				return ops.Report{OK: true, Why: h.Why(), Detail: h}
			}}
		}),
	), nil
}

// processorApp is the app of `tributary processor`.
func processorApp(g *cli.Globals, f *config.File, logger *slog.Logger) (fx.Option, error) {
	options, err := f.Config.Kafka.Options()
	if err != nil {
		return nil, err
	}
	pseudonyms, err := f.Config.Pseudonymiser()
	if err != nil {
		return nil, err
	}
	traces, err := tracing.New("tributary-processor", cli.BuildInfo().Version, os.Getenv, logger, time.Now)
	if err != nil {
		return nil, err
	}
	metrics, file := ops.NewRegistry(), &rereader{g: g, inForce: f}
	deps := processor.Deps{
		Kafka: options, Names: f.Config.Names(), Sources: f.Config.Sources, Privacy: pseudonyms, SchemaIDs: func(ctx context.Context) (map[string]uint32, error) { return f.Config.SchemaIDs(ctx, logger) }, Partitions: f.Config.PartitionsOf,
		Version: cli.BuildInfo().Version, Logger: logger, Metrics: metrics, Tracer: traces.TracerProvider(), Now: time.Now,
		ReadSources: func(context.Context) ([]source.Source, error) {
			again, err := file.read()
			if err != nil {
				return nil, err
			}
			return again.Config.Sources, nil
		},
	}
	return fx.Options(
		fx.Supply(f.Config.Processor, deps),
		tracesModule(traces),
		processor.Module(),
		hangups[*processor.Processor](file, logger),
		lagModule(f, options, metrics, logger),
		opsModule(&f.Config, about("processor", f), metrics, logger, func(p *processor.Processor) ops.Check {
			return ops.Check{Name: "processor", Func: func() ops.Report { return ops.Report{OK: p.Ready(), Why: p.Why(), Detail: p.Detail()} }}
		}),
	), nil
}

// rereader reloads the configuration of a running process.
type rereader struct {
	g *cli.Globals
	// inForce is the file that the process runs with, last the one that was read last.
	inForce, last *config.File
}

// read reads the file. It is an error if it may not succeed the one in force.
func (r *rereader) read() (*config.File, error) {
	again, err := r.g.Load()
	if err == nil {
		err = again.Succeeds(r.inForce)
	}
	if err != nil {
		return nil, err
	}
	r.last = again
	return again, nil
}

// refresher is a service that reloads its sources.
type refresher interface {
	Refresh(ctx context.Context) error
}

// hangups refreshes a role's service on SIGHUP. It must come after the role's module.
func hangups[Service refresher](file *rereader, logger *slog.Logger) fx.Option {
	return fx.Module("hangups", fx.Invoke(func(lifecycle fx.Lifecycle, s Service) {
		lifecycle.Append(hangup.Hook(func(ctx context.Context) error {
			if err := s.Refresh(ctx); err != nil {
				return err
			}
			if stale := file.last.NeedRestart(file.inForce); len(stale) > 0 {
				logger.WarnContext(ctx, "a reload takes sources, secrets and certificates only: restart this process for the other settings that changed", slog.Any("settings", stale))
			}
			file.inForce = file.last
			return nil
		}, logger))
	}))
}

// about describes a process on its ops port.
func about(role string, f *config.File) ops.About {
	instance := f.Config.Processor.Engine.InstanceID
	if host, err := os.Hostname(); role != "processor" && err == nil {
		instance = host
	}
	return ops.About{Role: role, Version: cli.BuildInfo().Version, Instance: instance}
}

// tracesModule exports the spans of a role. It comes before the role's module, so that
// it stops after it.
func tracesModule(p *tracing.Provider) fx.Option {
	return fx.Module("traces",
		fx.Invoke(func(lifecycle fx.Lifecycle) { lifecycle.Append(fx.StartStopHook(p.Start, p.Stop)) }),
	)
}

// opsModule serves the metrics and health of a role; check makes the health check from
// the role's service.
func opsModule[Service any](c *config.Config, about ops.About, metrics *prometheus.Registry, logger *slog.Logger, check func(Service) ops.Check) fx.Option {
	return fx.Module("ops",
		fx.Provide(fx.Private, func(s Service) *ops.Server { return ops.New(c.Ops.Listen, about, metrics, logger, check(s)) }),
		fx.Invoke(func(lifecycle fx.Lifecycle, s *ops.Server) { lifecycle.Append(fx.StartStopHook(s.Start, s.Stop)) }),
	)
}

// lagModule adds the lag of the stages' groups to the processor's metrics.
func lagModule(f *config.File, kafka []kgo.Opt, metrics *prometheus.Registry, logger *slog.Logger) fx.Option {
	if f.Config.Ops.Listen == "" {
		return fx.Options()
	}
	// Frequent enough for an alert after a minute; the window is longer than the
	// transactions of any stage.
	const interval, window = 5 * time.Second, 30 * time.Second
	return fx.Module("lag", fx.Invoke(func(lifecycle fx.Lifecycle, p *processor.Processor) {
		watcher := lag.New(lag.Config{
			Kafka: kafka, Own: f.Config.OwnGroups(f.Config.Processor.Stages), Window: window, Paused: lag.PausedFrom(p.Paused, f.Config.Names().Group),
		})
		service := lag.NewService(watcher, interval, logger)
		metrics.MustRegister(service)
		lifecycle.Append(fx.StartStopHook(service.Start, service.Stop))
	}))
}
