package engine

import (
	"bytes"
	"fmt"
	"sync"

	"github.com/pierrec/lz4/v4"
	"github.com/twmb/franz-go/pkg/kgo"
)

// compression is how a client compresses what it writes.
func compression(name string) kgo.Opt {
	if name == "lz4" {
		return kgo.WithCompressor(newBatchLZ4())
	}
	compression, _ := codec(name)
	return kgo.ProducerBatchCompression(compression)
}

// batchLZ4 compresses batches with the library that the client itself uses, differently
// set. Its search keeps what it has seen in 128 KiB, which no near cache holds while the
// other stages run; the one of the reference implementation, in 16 KiB. Blocks are of
// 256 KiB, for both sides hold two of them, and not of 4 MiB. There is no checksum of the
// content: a batch has its own.
type batchLZ4 struct{ writers sync.Pool }

var _ kgo.Compressor = (*batchLZ4)(nil)

func newBatchLZ4() *batchLZ4 {
	return &batchLZ4{sync.Pool{New: func() any {
		w := lz4.NewWriter(nil)
		err := w.Apply(lz4.CompressionLevelOption(lz4.CCompatFast), lz4.BlockSizeOption(lz4.Block256Kb),
			lz4.ChecksumOption(false), lz4.ConcurrencyOption(1))
		if err != nil {
			return fmt.Errorf("set up LZ4: %w", err)
		}
		return w
	}}}
}

// Compress implements kgo.Compressor.
func (c *batchLZ4) Compress(dst *bytes.Buffer, src []byte, _ ...kgo.CompressFlag) ([]byte, kgo.CompressionCodecType) {
	w, ok := c.writers.Get().(*lz4.Writer)
	if !ok {
		return nil, kgo.CodecError
	}
	defer c.writers.Put(w)
	// Most batches are compressed to less than half.
	dst.Grow(len(src) / 2)
	w.Reset(dst)
	if _, err := w.Write(src); err != nil {
		return nil, kgo.CodecError
	}
	if err := w.Close(); err != nil {
		return nil, kgo.CodecError
	}
	return dst.Bytes(), kgo.CodecLz4
}
