package producer

import (
	"bytes"
	"encoding/binary"
	"sync"

	"github.com/pierrec/lz4/v4"
	"github.com/twmb/franz-go/pkg/kgo"
)

// LZ4 returns the option that compresses batches with lz4. A batch of ingest has a few
// records. The client's own writer keeps a buffer of 4 MiB and a hash table of 128 KiB
// for each batch that is compressed at a time; this compressor has a table of 16 KiB.
//
// [D] github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
func LZ4() kgo.Opt { return kgo.WithCompressor(&lz4Compressor{}) }

type lz4Compressor struct{ searches sync.Pool }

const (
	// lz4Header begins a frame: magic number; version 1, independent blocks, no
	// checksums, because a Kafka batch has its own CRC; blocks of at most 64 KiB; the
	// checksum of these two bytes.
	lz4Header = "\x04\x22\x4d\x18\x60\x40\x82"
	lz4Block  = 64 << 10
	// lz4Plain marks the size of a block that is not compressed.
	lz4Plain = 1 << 31
	// lz4Acceleration is that of the processor's batches.
	lz4Acceleration = 2
)

// Compress implements kgo.Compressor.
func (c *lz4Compressor) Compress(dst *bytes.Buffer, src []byte, _ ...kgo.CompressFlag) ([]byte, kgo.CompressionCodecType) {
	search, ok := c.searches.Get().(*lz4.CompressorCCompat)
	if !ok {
		search = &lz4.CompressorCCompat{Acceleration: lz4Acceleration}
	}
	defer c.searches.Put(search)
	dst.Grow(len(lz4Header) + len(src) + 4*(len(src)/lz4Block+2))
	dst.WriteString(lz4Header)
	for len(src) > 0 {
		block := src[:min(len(src), lz4Block)]
		src = src[len(block):]
		room := dst.AvailableBuffer()[:4+len(block)]
		n, err := search.CompressBlock(block, room[4:])
		if err != nil {
			return nil, kgo.CodecError
		}
		size := uint32(n) //nolint:gosec // at most a block
		if n == 0 {       // incompressible: stored uncompressed
			n = copy(room[4:], block)
			size = uint32(n) | lz4Plain //nolint:gosec // at most a block
		}
		binary.LittleEndian.PutUint32(room, size)
		dst.Write(room[:4+n])
	}
	dst.Write([]byte{0, 0, 0, 0})
	return dst.Bytes(), kgo.CodecLz4
}
