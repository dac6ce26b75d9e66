package trace

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// The places in a record batch of format 2, the only one that Kafka writes since
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

// sieve drops from fetched batches what cannot hold what is looked for.
type sieve struct {
	decompressor kgo.Decompressor
	pool         *pool
}

func newSieve() *sieve {
	p := &pool{}
	return &sieve{decompressor: kgo.DefaultDecompressor(p), pool: p}
}

// pool gives one buffer again and again to the decompressor: what was decompressed is
// looked through before the next.
type pool struct{ buffer []byte }

// GetDecompressBytes implements kgo.PoolDecompressBytes.
func (p *pool) GetDecompressBytes([]byte, kgo.CompressionCodecType) []byte { return p.buffer[:0] }

// PutDecompressBytes implements kgo.PoolDecompressBytes.
func (p *pool) PutDecompressBytes(b []byte) { p.buffer = b }

// passed is what a sieve has made of a response.
type passed struct {
	// records are those of the batches that may hold a needle.
	records []*kgo.Record
	// next is the offset after the last whole batch, 0 if there was none.
	next int64
	// bytes are those looked through, decompressed.
	bytes int64
}

// pass looks through the batches of a response that begin before to, and parses those
// that have a needle.
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
	// A decompressor of its own: these records are kept.
	fetched, _ := kgo.ProcessFetchPartition(options, &filtered, kgo.DefaultDecompressor(), nil)
	if fetched.Err != nil {
		return out, fmt.Errorf("parse a record batch: %w", fetched.Err)
	}
	out.records = fetched.Records
	return out, nil
}

// has says whether the records of a batch hold a needle, and how many bytes they are.
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
