package engine

import "github.com/twmb/franz-go/pkg/kgo"

// NewBatchLZ4 returns the compressor of the engine's clients.
func NewBatchLZ4() kgo.Compressor { return &batchLZ4{} }

// UncompressLZ4 reads a frame without the library's reader; ok is false for what it is
// not for.
func UncompressLZ4(dst, frame []byte) (out []byte, ok bool) { return uncompressLZ4(dst, frame) }
