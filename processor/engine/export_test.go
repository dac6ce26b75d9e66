package engine

import (
	"context"
)

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
