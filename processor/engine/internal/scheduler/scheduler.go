// Package scheduler spawns goroutines and waits. The simulation replaces it, so that
// everything runs in virtual time and in a reproducible order.
package scheduler

import (
	"context"
	"sync"
	"time"
)

// Scheduler spawns and waits.
type Scheduler interface {
	// NewGroup returns a group of goroutines.
	NewGroup() Group
	// Sleep sleeps, or returns early with the context's cause.
	Sleep(ctx context.Context, d time.Duration) error
	// Await waits until done is closed, or returns early with the context's cause.
	Await(ctx context.Context, done <-chan struct{}) error
}

// Group is the part of sync.WaitGroup that a worker uses.
type Group interface {
	// Go starts f in a goroutine.
	Go(f func())
	// Wait waits until all of them have returned.
	Wait()
}

// Real is the scheduler of a real process.
type Real struct{}

// NewGroup implements Scheduler.
func (Real) NewGroup() Group { return new(sync.WaitGroup) }

// Sleep implements Scheduler.
func (Real) Sleep(ctx context.Context, d time.Duration) error {
	return Sleep(ctx, d)
}

// Await implements Scheduler.
func (Real) Await(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Sleep sleeps, or returns early with the context's cause.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
