package engine

import (
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"
)

// fetchPools is memory of what a session fetches: batches as they are decompressed,
// and their records. A round gives it back when it is over and nothing refers to its
// input any more; what outlives a round is copied. A round that failed gives nothing
// back.
type fetchPools struct{ bytes, records sync.Pool }

var (
	_ kgo.PoolDecompressBytes = (*fetchPools)(nil)
	_ kgo.PoolRecords         = (*fetchPools)(nil)
)

// GetDecompressBytes implements kgo.PoolDecompressBytes.
func (p *fetchPools) GetDecompressBytes(compressed []byte, _ kgo.CompressionCodecType) []byte {
	const usual = 5 // times as long when it is decompressed
	want := usual * len(compressed)
	if have, ok := p.bytes.Get().(*[]byte); ok && cap(*have) >= want {
		return *have
	}
	return make([]byte, 0, want)
}

// PutDecompressBytes implements kgo.PoolDecompressBytes.
func (p *fetchPools) PutDecompressBytes(b []byte) { p.bytes.Put(&b) }

// GetRecords implements kgo.PoolRecords.
func (p *fetchPools) GetRecords(n int) []kgo.Record {
	if have, ok := p.records.Get().(*[]kgo.Record); ok && cap(*have) >= n {
		return *have
	}
	return make([]kgo.Record, 0, n)
}

// PutRecords implements kgo.PoolRecords.
func (p *fetchPools) PutRecords(records []kgo.Record) { p.records.Put(&records) }
