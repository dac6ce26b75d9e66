package engine

import (
	"bytes"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/lz4"
)

// compression is how a client compresses what it writes. LZ4, the default, is our own:
// it takes half of what the client's takes, for frames of the same format.
func compression(name string) kgo.Opt {
	if name == "lz4" {
		return kgo.WithCompressor(batchLZ4{lz4.New()})
	}
	codec, _ := codec(name)
	return kgo.ProducerBatchCompression(codec)
}

// batchLZ4 compresses a client's batches.
type batchLZ4 struct{ *lz4.Compressor }

// Compress implements kgo.Compressor.
func (c batchLZ4) Compress(dst *bytes.Buffer, src []byte, _ ...kgo.CompressFlag) ([]byte, kgo.CompressionCodecType) {
	dst.Grow(lz4.Bound(len(src)))
	return c.Append(dst.AvailableBuffer(), src), kgo.CodecLz4
}
