package kafka

import (
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"
)

// FetchPool pools the memory of fetched data of all sessions: decompressed batches
// and their records. A transaction returns it when it has ended and nothing refers to
// its input; data that outlives the transaction is copied. A failed transaction returns
// nothing.
//
// The client decompresses into memory of a guessed size. The transaction holds an exact
// copy with packed headers: see packHeaders.
type FetchPool struct {
	batches freeList[byte]
	records freeList[kgo.Record]
	inner   kgo.Decompressor
	scratch scratchPool
}

var (
	_ kgo.PoolDecompressBytes = (*FetchPool)(nil)
	_ kgo.PoolRecords         = (*FetchPool)(nil)
	_ kgo.Decompressor        = (*FetchPool)(nil)
)

// NewFetchPool returns a pool for sessions that fetch fetchBytes compressed bytes at
// once. It retains at most the memory of a few transactions; more is left to the
// garbage collector.
func NewFetchPool(fetchBytes int) *FetchPool {
	const usual, rounds = 5, 4 // compression ratio, transactions retained
	m := &FetchPool{}
	m.batches.most, m.records.most = rounds*usual*fetchBytes, rounds*fetchBytes
	m.inner = kgo.DefaultDecompressor(&m.scratch)
	return m
}

// Decompress implements kgo.Decompressor.
func (m *FetchPool) Decompress(src []byte, codec kgo.CompressionCodecType) ([]byte, error) {
	if codec == kgo.CodecNone {
		return src, nil
	}
	batch, err := m.uncompress(src, codec)
	if err != nil {
		return nil, err //nolint:wrapcheck // kgo's own error, back to kgo
	}
	defer m.scratch.PutDecompressBytes(batch)
	// Packed headers take a few bytes more.
	return packHeaders(m.batches.get(len(batch)+len(batch)/32+64), batch), nil
}

// uncompress returns the content of a batch in scratch memory.
func (m *FetchPool) uncompress(src []byte, codec kgo.CompressionCodecType) ([]byte, error) {
	if codec == kgo.CodecLz4 {
		room := m.scratch.GetDecompressBytes(src, codec)
		if batch, ok := UncompressLZ4(room[:0], src); ok {
			return batch, nil
		}
		m.scratch.PutDecompressBytes(room)
	}
	return m.inner.Decompress(src, codec) //nolint:wrapcheck // kgo's own error, back to kgo
}

// GetDecompressBytes implements kgo.PoolDecompressBytes. It is for the client's own
// decompressor, which is not used.
func (*FetchPool) GetDecompressBytes([]byte, kgo.CompressionCodecType) []byte { return nil }

// PutDecompressBytes implements kgo.PoolDecompressBytes: all records of a batch were
// given back.
func (m *FetchPool) PutDecompressBytes(b []byte) { m.batches.put(b) }

// GetRecords implements kgo.PoolRecords.
func (m *FetchPool) GetRecords(n int) []kgo.Record { return m.records.get(n) }

// PutRecords implements kgo.PoolRecords.
func (m *FetchPool) PutRecords(records []kgo.Record) { m.records.put(records) }

// scratchPool pools buffers for decompression, before the size of a batch is known.
type scratchPool struct{ pool sync.Pool }

var _ kgo.PoolDecompressBytes = (*scratchPool)(nil)

// GetDecompressBytes implements kgo.PoolDecompressBytes.
func (s *scratchPool) GetDecompressBytes(compressed []byte, _ kgo.CompressionCodecType) []byte {
	const usual = 5
	if have, ok := s.pool.Get().(*[]byte); ok && cap(*have) >= len(compressed) {
		return *have // grown by earlier batches
	}
	return make([]byte, 0, usual*len(compressed))
}

// PutDecompressBytes implements kgo.PoolDecompressBytes.
func (s *scratchPool) PutDecompressBytes(b []byte) { s.pool.Put(&b) }
