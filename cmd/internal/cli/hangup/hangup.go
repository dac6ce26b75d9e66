// Package hangup reloads sources and secrets when the process gets SIGHUP.
//
//	SIGHUP ─► refresh of ingest or of the processor ─► done, or an error in the log
package hangup

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"go.uber.org/fx"
)

// early gets the SIGHUPs before a Hook does.
var early = make(chan os.Signal, 1) //nolint:gochecknoglobals // a signal is the whole process's

// Catch keeps SIGHUP from ending the process. A Hook that starts later answers one that
// came before it.
func Catch() { signal.Notify(early, syscall.SIGHUP) }

// Hook calls refresh on every SIGHUP while the app runs. An error is logged; refresh
// then keeps the previous configuration.
func Hook(refresh func(context.Context) error, logger *slog.Logger) fx.Hook {
	signals := make(chan os.Signal, 1)
	stop, done := make(chan struct{}), make(chan struct{})
	return fx.Hook{
		OnStart: func(ctx context.Context) error {
			ctx = context.WithoutCancel(ctx)
			signal.Notify(signals, syscall.SIGHUP)
			select {
			case s := <-early:
				select {
				case signals <- s:
				default:
				}
			default:
			}
			go func() {
				defer close(done)
				for {
					select {
					case <-stop:
						return
					case <-signals:
						if err := refresh(ctx); err != nil {
							logger.ErrorContext(ctx, "sources were not reloaded", slog.String("error", err.Error()))
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
