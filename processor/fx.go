package processor

import (
	"errors"
	"log/slog"

	"go.uber.org/fx"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/stage"
)

// Exit codes of a process whose worker failed permanently.
const (
	exitFailed   = 1
	exitDiskFull = 74 // EX_IOERR: another disk, not another attempt, helps
	exitTaken    = 69 // EX_UNAVAILABLE: the other process under the same instance id must end first
	exitState    = 65 // EX_DATAERR: state or input are not what they must be: no other attempt helps
)

// ExitCode returns the exit code for the error that ends the process.
func ExitCode(err error) int {
	switch {
	case errors.Is(err, engine.ErrDiskFull):
		return exitDiskFull
	case errors.Is(err, engine.ErrInstanceTaken):
		return exitTaken
	case errors.Is(err, stage.ErrNewerState), errors.Is(err, engine.ErrStateLost), errors.Is(err, engine.ErrPartitionCount):
		return exitState
	}
	return exitFailed
}

// Module runs the processor as a part of an fx app. It needs a Config and a Deps. It
// sets Deps.Fail itself, so that a worker that fails permanently shuts the app down
// with an exit code.
func Module() fx.Option {
	return fx.Module("processor",
		fx.Provide(newForApp),
		fx.Invoke(func(lifecycle fx.Lifecycle, p *Processor) {
			lifecycle.Append(fx.StartStopHook(p.Start, p.Stop))
		}),
	)
}

type params struct {
	fx.In

	Config     Config
	Deps       Deps
	Shutdowner fx.Shutdowner
}

func newForApp(p params) (*Processor, error) {
	deps := p.Deps
	deps.Fail = func(err error) {
		if stopErr := p.Shutdowner.Shutdown(fx.ExitCode(ExitCode(err))); stopErr != nil && deps.Logger != nil {
			deps.Logger.Error("shutdown was refused", slog.String("error", stopErr.Error()))
		}
	}
	return New(p.Config, deps)
}
