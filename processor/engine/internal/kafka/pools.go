package kafka

import (
	"sync"
	"unsafe"

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

// freeList is a pool of unused slices, limited in bytes; the oldest are dropped first.
// It is safe for concurrent use.
type freeList[T any] struct {
	mu   sync.Mutex
	free [][]T // oldest first
	held int   // bytes in the list
	most int   // limit of held
}

// get returns an empty slice with a capacity of at least n: the smallest free one with
// a capacity of at most 2n, or a new one.
func (f *freeList[T]) get(n int) []T {
	f.mu.Lock()
	defer f.mu.Unlock()
	best := -1
	for i, s := range f.free {
		if c := cap(s); c >= n && c <= 2*n && (best < 0 || c < cap(f.free[best])) {
			best = i
		}
	}
	if best < 0 {
		return make([]T, 0, n)
	}
	return f.take(best)[:0]
}

// put returns a slice to the pool.
func (f *freeList[T]) put(s []T) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if bytesOf(s) > f.most {
		return
	}
	for f.held+bytesOf(s) > f.most {
		f.take(0)
	}
	f.free = append(f.free, s)
	f.held += bytesOf(s)
}

// take removes a slice from the list.
func (f *freeList[T]) take(i int) []T {
	s := f.free[i]
	copy(f.free[i:], f.free[i+1:])
	f.free[len(f.free)-1] = nil
	f.free = f.free[:len(f.free)-1]
	f.held -= bytesOf(s)
	return s
}

func bytesOf[T any](s []T) int {
	var one T
	return cap(s) * int(unsafe.Sizeof(one))
}
