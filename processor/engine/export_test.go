package engine

import (
	"context"
)

// SetStep sets the hook that is called at the named steps of a round.
func SetStep(d *Deps, step func(Step, string, int) error) { d.step = step }

// DropState removes the state of partitions long gone, at once.
func (e *Engine) DropState(ctx context.Context) error { return e.dropState(ctx) }

// PartitionsOf returns which partitions of a stage the engine's store has.
func (e *Engine) PartitionsOf(stage string) (partitions []int32, err error) {
	all, err := e.store.Partitions()
	for _, f := range all {
		if f.Stage == stage {
			partitions = append(partitions, f.Partition)
		}
	}
	return partitions, err
}

// Arena is the memory of a round.
type Arena struct{ a arena }

// NewArena returns an empty one.
func NewArena() *Arena { return &Arena{} }

// Buffer returns an empty slice with room for n bytes.
func (a *Arena) Buffer(n int) []byte { return a.a.buffer(n) }

// Trim takes back what the last buffer has beyond its length.
func (a *Arena) Trim(b []byte) { a.a.trim(b) }

// Reset empties it.
func (a *Arena) Reset() { a.a.reset() }

// Size is what it has asked for.
func (a *Arena) Size() (n int) {
	for _, c := range a.a.chunks {
		n += len(c)
	}
	return n
}
