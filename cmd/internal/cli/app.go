package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"go.uber.org/dig"
	"go.uber.org/fx"
	"go.uber.org/fx/fxevent"

	"github.com/tributary-hq/tributary/processor"
)

// stopTimeout limits a stop: requests and transactions in flight are completed first.
const stopTimeout = 30 * time.Second

// RunApp starts an app, waits for a signal or a failure, and stops it.
func RunApp(ctx context.Context, logger *slog.Logger, options ...fx.Option) error {
	app := fx.New(append(options, fx.StopTimeout(stopTimeout), appLogger(logger))...)
	if err := app.Err(); err != nil {
		return dig.RootCause(err)
	}
	if err := app.Start(ctx); err != nil {
		return &Error{Code: processor.ExitCode(err), Err: err}
	}
	logger.InfoContext(ctx, "started")
	var code int
	select {
	case <-ctx.Done():
	case ended := <-app.Wait():
		code = ended.ExitCode
	}
	// From here on a signal ends the process at once. Without Reset fx would catch it until the
	// app has stopped.
	signal.Reset(os.Interrupt, syscall.SIGTERM)
	logger.InfoContext(ctx, "stopping")
	began := time.Now()
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	err := app.Stop(stopping)
	logger.InfoContext(ctx, "stopped", slog.Duration("took", time.Since(began).Round(time.Millisecond)))
	switch {
	case code != 0 && err != nil:
		// The original failure determines the exit code: after a full disk, the stop
		// fails for the same reason.
		return &Error{Code: code, Err: fmt.Errorf("ended by a failure; the log says which: %w", err)}
	case code != 0:
		return &Error{Code: code, Err: errors.New("ended by a failure; the log says which")}
	case err != nil:
		return &Error{Code: processor.ExitCode(err), Err: fmt.Errorf("stop: %w", err)}
	}
	return nil
}

func appLogger(logger *slog.Logger) fx.Option {
	return fx.WithLogger(func() fxevent.Logger {
		l := &fxevent.SlogLogger{Logger: logger}
		l.UseLogLevel(slog.LevelDebug)
		l.UseErrorLevel(slog.LevelDebug)
		return l
	})
}
