package engine_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/pierrec/lz4/v4"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine"
)

// TestCompressedBatches: the client's own decompressor and the library's reader give
// back what was compressed, at all sizes about those of the blocks, by several goroutines
// with one compressor.
func TestCompressedBatches(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	noise := make([]byte, 600<<10)
	random := rand.New(rand.NewPCG(seed, 0))
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	text := []byte(strings.Repeat(`{"id":"5f0c","state":"delivered"}`, 20000))
	compressor := engine.NewBatchLZ4()
	var group sync.WaitGroup
	for _, size := range []int{1, 5, 13, 64 << 10, 256<<10 - 1, 256 << 10, 256<<10 + 1, 600 << 10} {
		for _, src := range [][]byte{noise[:size], text[:size], append(text[:size/2:size/2], noise[:size/2]...)} {
			group.Go(func() {
				var dst bytes.Buffer
				compressed, codec := compressor.Compress(&dst, src)
				if codec != kgo.CodecLz4 {
					t.Errorf("codec %d", codec)
					return
				}
				got, err := kgo.DefaultDecompressor().Decompress(compressed, codec)
				if err != nil || !bytes.Equal(got, src) {
					t.Errorf("seed %d, %d bytes: the client reads %d bytes, %v", seed, len(src), len(got), err)
				}
				got, err = io.ReadAll(lz4.NewReader(bytes.NewReader(compressed)))
				if err != nil || !bytes.Equal(got, src) {
					t.Errorf("seed %d, %d bytes: the library reads %d bytes, %v", seed, len(src), len(got), err)
				}
				// Java's client reads version 1 with independent blocks only.
				if flags, block := compressed[4], compressed[5]; flags != 0b0110_0000 || block != 5<<4 {
					t.Errorf("flags %08b, block %x: want version 1, independent blocks, no checksum, 256 KiB", flags, block)
				}
			})
		}
	}
	group.Wait()
}
