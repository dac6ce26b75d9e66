package ingest

import (
	"log/slog"

	"go.uber.org/fx"
)

// Module runs ingest as a part of an fx app. It needs a Config and a Deps. It sets
// Deps.Fail itself, so that a listener that ends shuts the app down.
func Module() fx.Option {
	return fx.Module("ingest",
		fx.Provide(newForApp),
		fx.Invoke(func(lifecycle fx.Lifecycle, s *Service) {
			lifecycle.Append(fx.StartStopHook(s.Start, s.Stop))
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
