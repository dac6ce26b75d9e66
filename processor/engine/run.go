package engine

import (
	"context"
	"errors"
)

// Run runs stages until ctx ends or a worker ends for good, and stops them. It is New,
// Start and Stop for a program that does nothing else. It returns nil if it ran until
// ctx ended.
func Run(ctx context.Context, config Config, specs []Spec, deps Deps) error {
	running, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	report := deps.Fail
	deps.Fail = func(err error) {
		if report != nil {
			report(err)
		}
		fail(err)
	}
	e, err := New(config, specs, deps)
	if err != nil {
		return err
	}
	if err := e.Start(ctx); err != nil {
		return err
	}
	<-running.Done()
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), config.TransactionTimeout)
	defer cancel()
	err = e.Stop(stopping)
	if ctx.Err() == nil {
		err = errors.Join(context.Cause(running), err)
	}
	return err
}
