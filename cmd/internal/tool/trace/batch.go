package trace

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// The byte offsets in a record batch of format 2, the only one that Kafka writes since
// 0.11: KIP-98.
const (
	batchLength     = 8
	batchMagic      = 16
	batchAttributes = 21
	batchLastDelta  = 23
	batchHeader     = 61

	attributeCodec   = 0x07
	attributeControl = 0x20
)

// sieve drops the fetched batches that cannot contain the id.
type sieve struct {
	decompressor kgo.Decompressor
	pool         *pool
}

func newSieve() *sieve {
	p := &pool{}
	return &sieve{decompressor: kgo.DefaultDecompressor(p), pool: p}
}

// pool lends the same buffer to every decompression: a decompressed batch is searched
// before the next one is decompressed.
type pool struct{ buffer []byte }

// GetDecompressBytes implements kgo.PoolDecompressBytes.
func (p *pool) GetDecompressBytes([]byte, kgo.CompressionCodecType) []byte { return p.buffer[:0] }

// PutDecompressBytes implements kgo.PoolDecompressBytes.
func (p *pool) PutDecompressBytes(b []byte) { p.buffer = b }

// passed is the result of filtering one fetch response.
type passed struct {
	// records are those of the batches that contain a needle.
	records []*kgo.Record
	// next is the offset after the last whole batch, 0 if there was none.
	next int64
	// bytes is the number of decompressed bytes searched.
	bytes int64
}

// pass searches the batches of a response that begin before to, and parses those that
// contain a needle.
func (s *sieve) pass(topic string, from, to int64, rp *kmsg.FetchResponseTopicPartition, needles [][]byte) (passed, error) {
	var out passed
	var kept []byte
	found := false
	for in := rp.RecordBatches; len(in) >= batchHeader; {
		size := int(int32(binary.BigEndian.Uint32(in[batchLength:]))) + batchLength + 4 //nolint:gosec // a length as Kafka has it
		if size < batchHeader {
			return out, fmt.Errorf("a record batch of %d bytes", size)
		}
		if size > len(in) {
			break // cut by the limit of the fetch
		}
		batch := in[:size]
		in = in[size:]
		if batch[batchMagic] != 2 {
			return out, fmt.Errorf("a record batch of format %d, which this does not read", batch[batchMagic])
		}
		first := int64(binary.BigEndian.Uint64(batch)) //nolint:gosec // an offset
		if first >= to {
			out.next = max(out.next, to) // what lay between was compacted away
			break                        // and this is another piece's
		}
		out.next = first + int64(int32(binary.BigEndian.Uint32(batch[batchLastDelta:]))) + 1 //nolint:gosec // as above
		attributes := binary.BigEndian.Uint16(batch[batchAttributes:])
		if attributes&attributeControl != 0 {
			kept = append(kept, batch...) // tells where an aborted transaction ends
			continue
		}
		has, n, err := s.has(batch[batchHeader:], attributes, needles)
		if err != nil {
			return out, err
		}
		out.bytes += int64(n)
		if has {
			found = true
			kept = append(kept, batch...)
		}
	}
	if !found {
		return out, nil
	}
	filtered := *rp
	filtered.RecordBatches = kept
	options := kgo.ProcessFetchPartitionOpts{Topic: topic, Partition: rp.Partition, Offset: from, IsolationLevel: kgo.ReadCommitted()}
	// The default decompressor allocates: these records outlive the pooled buffer.
	fetched, _ := kgo.ProcessFetchPartition(options, &filtered, kgo.DefaultDecompressor(), nil)
	if fetched.Err != nil {
		return out, fmt.Errorf("parse a record batch: %w", fetched.Err)
	}
	out.records = fetched.Records
	return out, nil
}

// has reports whether the records of a batch contain a needle, and their size in bytes.
func (s *sieve) has(records []byte, attributes uint16, needles [][]byte) (found bool, n int, err error) {
	codec := kgo.CompressionCodecType(attributes & attributeCodec)
	if codec != kgo.CodecNone {
		if records, err = s.decompressor.Decompress(records, codec); err != nil {
			return false, 0, fmt.Errorf("decompress a record batch: %w", err)
		}
		defer s.pool.PutDecompressBytes(records)
	}
	for _, needle := range needles {
		if bytes.Contains(records, needle) {
			return true, len(records), nil
		}
	}
	return false, len(records), nil
}
