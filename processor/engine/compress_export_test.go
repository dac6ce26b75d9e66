package engine

import "github.com/twmb/franz-go/pkg/kgo"

// NewBatchLZ4 returns the compressor of the engine's clients.
func NewBatchLZ4() kgo.Compressor { return newBatchLZ4() }
