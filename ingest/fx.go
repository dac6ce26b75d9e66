package ingest

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"go.uber.org/fx"
)

// Module runs ingest with the app. It needs a Config and a Deps; Deps.Fail is its
// own: a listener that ends takes the app down. SIGHUP reads the sources again.
func Module() fx.Option {
	return fx.Module("ingest",
		fx.Provide(newForApp),
		fx.Invoke(func(lifecycle fx.Lifecycle, s *Service) {
			lifecycle.Append(fx.StartStopHook(s.Start, s.Stop))
			lifecycle.Append(hangups(s))
		}),
	)
}

type params struct {
	fx.In

	Config     Config
	Deps       Deps
	Shutdowner fx.Shutdowner
}

func newForApp(p params) (*Service, error) {
	deps := p.Deps
	deps.Fail = func(err error) {
		if deps.Logger != nil {
			deps.Logger.Error("ingest failed", slog.String("error", err.Error()))
		}
		_ = p.Shutdowner.Shutdown(fx.ExitCode(1))
	}
	return New(p.Config, deps)
}

// hangups refreshes the sources on SIGHUP, for as long as the app runs.
func hangups(s *Service) fx.Hook {
	signals := make(chan os.Signal, 1)
	stop, done := make(chan struct{}), make(chan struct{})
	return fx.Hook{
		OnStart: func(ctx context.Context) error {
			ctx = context.WithoutCancel(ctx)
			signal.Notify(signals, syscall.SIGHUP)
			go func() {
				defer close(done)
				for {
					select {
					case <-stop:
						return
					case <-signals:
						if err := s.Refresh(ctx); err != nil {
							s.deps.Logger.ErrorContext(ctx, "sources were not reloaded", slog.String("error", err.Error()))
						}
					}
				}
			}()
			return nil
		},
		OnStop: func(context.Context) error {
			signal.Stop(signals)
			close(stop)
			<-done
			return nil
		},
	}
}
