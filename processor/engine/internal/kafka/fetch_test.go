package kafka_test

import (
	"bytes"
	"hash/crc32"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/twmb/franz-go/pkg/kbin"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
)

// wireRecord is a record as a client of whatever kind may write it.
type wireRecord struct {
	Key, Value []byte
	Headers    []kgo.RecordHeader
}

func (r *wireRecord) append(dst []byte, offset int32) []byte {
	body := kbin.AppendVarint(kbin.AppendVarlong([]byte{0}, 5), offset)
	field := func(b []byte) {
		if b == nil {
			body = kbin.AppendVarint(body, -1)
			return
		}
		body = kbin.AppendVarintBytes(body, b)
	}
	field(r.Key)
	field(r.Value)
	body = kbin.AppendVarint(body, int32(len(r.Headers)))
	for _, h := range r.Headers {
		body = kbin.AppendVarintString(body, h.Key)
		field(h.Value)
	}
	return append(kbin.AppendVarint(dst, int32(len(body))), body...)
}

// batchOf returns a fetched partition of one batch.
func batchOf(t interface{ Fatal(...any) }, records []byte, n int, codec kgo.CompressionCodec, compressed bool) *kmsg.FetchResponseTopicPartition {
	batch := kmsg.RecordBatch{Magic: 2, NumRecords: int32(n), LastOffsetDelta: int32(n - 1), Records: records, ProducerID: -1, ProducerEpoch: -1, FirstSequence: -1}
	if compressed {
		compressor, err := kgo.DefaultCompressor(codec)
		if err != nil {
			t.Fatal(err)
		}
		out, kind := compressor.Compress(new(bytes.Buffer), records)
		batch.Records, batch.Attributes = bytes.Clone(out), int16(kind)
	}
	const before, beforeCRC = 12, 21 // offset and length; those, the epoch, magic and the sum itself
	batch.Length = int32(len(batch.AppendTo(nil)) - before)
	batch.CRC = int32(crc32.Checksum(batch.AppendTo(nil)[beforeCRC:], crc32.MakeTable(crc32.Castagnoli)))
	p := kmsg.NewFetchResponseTopicPartition()
	p.HighWatermark, p.LastStableOffset, p.RecordBatches = int64(n), int64(n), batch.AppendTo(nil)
	return &p
}

// fetch is what a session's client makes of a fetched partition.
func fetch(memory kgo.Decompressor, pools []kgo.Pool, p *kmsg.FetchResponseTopicPartition) kgo.FetchPartition {
	got, _ := kgo.ProcessFetchPartition(kgo.ProcessFetchPartitionOpts{Topic: "raw", Pools: pools}, p, memory, nil)
	return got
}

// inputs returns records as a stage gets them.
func inputs(records []*kgo.Record) []wireRecord {
	var keys kafka.HeaderKeys
	out := make([]wireRecord, len(records))
	for i, r := range records {
		out[i].Key = r.Key
		out[i].Headers, out[i].Value = kafka.AppendHeaders(&keys, out[i].Headers, r)
	}
	return out
}

// TestFetchedRecords: whatever headers records have, compressed or not, the stage sees
// them as they were written, also in memory that was used before.
func TestFetchedRecords(t *testing.T) {
	t.Parallel()
	memory := kafka.NewFetchPool(1 << 20)
	some := rapid.OneOf(rapid.Just([]byte(nil)), rapid.SliceOfN(rapid.Byte(), 0, 300))
	header := rapid.Custom(func(t *rapid.T) kgo.RecordHeader {
		key := rapid.OneOf(rapid.SampledFrom([]string{"", "\x00", "source", "traceparent"}), rapid.String()).Draw(t, "key")
		return kgo.RecordHeader{Key: key, Value: some.Draw(t, "value")}
	})
	record := rapid.Custom(func(t *rapid.T) wireRecord {
		return wireRecord{Key: some.Draw(t, "key"), Value: some.Draw(t, "value"), Headers: rapid.SliceOfN(header, 0, 80).Draw(t, "headers")}
	})
	headerless := cmp.FilterValues(func(a, b []kgo.RecordHeader) bool { return len(a)+len(b) == 0 }, cmp.Ignore())
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(record, 1, 8).Draw(t, "records")
		var records []byte
		for i := range want {
			records = want[i].append(records, int32(i))
		}
		compressed := rapid.Bool().Draw(t, "compressed")
		codec := rapid.SampledFrom([]kgo.CompressionCodec{kgo.Lz4Compression(), kgo.ZstdCompression(), kgo.GzipCompression(), kgo.SnappyCompression()}).Draw(t, "codec")
		got := fetch(memory, []kgo.Pool{memory}, batchOf(t, records, len(want), codec, compressed))
		if got.Err != nil || len(got.Records) != len(want) {
			t.Fatalf("%d records of %d, %v", len(got.Records), len(want), got.Err)
		}
		inputs := inputs(got.Records)
		for i := range inputs {
			if diff := cmp.Diff(want[i], inputs[i], headerless); diff != "" {
				t.Fatalf("record %d (-want +got):\n%s", i, diff)
			}
		}
		for _, r := range got.Records {
			r.Recycle()
		}
	})
}

// TestBrokenBatches: of a batch that is broken the client keeps as many records as
// without what the engine does to it.
func TestBrokenBatches(t *testing.T) {
	t.Parallel()
	memory := kafka.NewFetchPool(1 << 20)
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	var records []byte
	const n = 5
	for i := range n {
		r := wireRecord{Key: []byte("key"), Value: []byte("value"), Headers: []kgo.RecordHeader{{Key: "a", Value: []byte("1")}, {Key: "b", Value: nil}}}
		records = r.append(records, int32(i))
	}
	for range 1000 {
		broken := bytes.Clone(records)
		for range 1 + random.IntN(3) {
			broken[random.IntN(len(broken))] = byte(random.Uint32())
		}
		broken = broken[:1+random.IntN(len(broken))]
		p := batchOf(t, broken, n, kgo.Lz4Compression(), true)
		got, want := fetch(memory, []kgo.Pool{memory}, p), fetch(kgo.DefaultDecompressor(), nil, p)
		if len(got.Records) != len(want.Records) || (got.Err == nil) != (want.Err == nil) {
			t.Fatalf("seed %d, %x: %d records, %v; the client alone: %d, %v", seed, broken, len(got.Records), got.Err, len(want.Records), want.Err)
		}
		for i, in := range inputs(got.Records) {
			alone, ours := want.Records[i], in
			plain := wireRecord{Key: alone.Key, Value: alone.Value}
			plain.Headers = append(plain.Headers, alone.Headers...)
			if diff := cmp.Diff(plain, ours, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("seed %d, %x: (-client alone +ours)\n%s", seed, broken, diff)
			}
		}
	}
}

// TestMessagesOfOldFormats: what a client of Kafka's first versions wrote compressed, one
// message that holds the others, is read as it was written, whatever they say of themselves.
func TestMessagesOfOldFormats(t *testing.T) {
	t.Parallel()
	message := func(offset int64, attributes int8, key, value []byte) []byte {
		m := kmsg.MessageV1{Offset: offset, Magic: 1, Attributes: attributes, Timestamp: 5, Key: key, Value: value}
		const before, beforeCRC = 12, 16 // offset and length; those and the sum itself
		m.MessageSize = int32(len(m.AppendTo(nil)) - before)
		m.CRC = int32(crc32.ChecksumIEEE(m.AppendTo(nil)[beforeCRC:]))
		return m.AppendTo(nil)
	}
	values := [][]byte{[]byte(`{"name":"status_changed"}`), {}, {0, 0, 0, 0, 7, 1}, bytes.Repeat([]byte{0xff}, 30)}
	tests := map[string]int8{"as they are written": 0, "that say they are compressed": 3}
	for name, attributes := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var inner []byte
			for i, v := range values {
				inner = append(inner, message(int64(i), attributes, []byte("key"), v)...)
			}
			compressor, err := kgo.DefaultCompressor(kgo.Lz4Compression())
			if err != nil {
				t.Fatal(err)
			}
			out, _ := compressor.Compress(new(bytes.Buffer), inner)
			p := kmsg.NewFetchResponseTopicPartition()
			p.HighWatermark, p.LastStableOffset = int64(len(values)), int64(len(values))
			p.RecordBatches = message(int64(len(values))-1, 3, nil, bytes.Clone(out))
			memory := kafka.NewFetchPool(1 << 20)
			got, want := fetch(memory, []kgo.Pool{memory}, &p), fetch(kgo.DefaultDecompressor(), nil, &p)
			if len(want.Records) != len(values) || len(got.Records) != len(want.Records) || got.Err != nil {
				t.Fatalf("%d records of %d, %v; the client alone: %d, %v", len(got.Records), len(values), got.Err, len(want.Records), want.Err)
			}
			for i, in := range inputs(got.Records) {
				if !bytes.Equal(in.Value, values[i]) {
					t.Errorf("message %d: %q, want %q", i, in.Value, values[i])
				}
			}
		})
	}
}

// BenchmarkFetch is what it costs to make records of a compressed batch and to give them
// back: with the client's own decompressor, and with the engine's.
func BenchmarkFetch(b *testing.B) {
	const n = 250
	var records []byte
	keys := []string{
		"source", "provider", "assurance", "secret-id", "request-id", "received-at", "kind", "content-type", "traceparent",
	}
	random := rand.New(rand.NewPCG(1, 1))
	for i := range n {
		r := wireRecord{Key: []byte("0123456789abcdef"), Value: make([]byte, 900)}
		for j := range r.Value {
			r.Value[j] = "0123456789abcdef"[random.IntN(16)]
		}
		for _, k := range keys {
			r.Headers = append(r.Headers, kgo.RecordHeader{Key: k, Value: []byte("0123456789abcdef")})
		}
		records = r.append(records, int32(i))
	}
	p := batchOf(b, records, n, kgo.Lz4Compression(), true)
	memory := kafka.NewFetchPool(1 << 20)
	run := func(with kgo.Decompressor, pools []kgo.Pool) func(*testing.B) {
		return func(b *testing.B) {
			b.Helper()
			b.ReportAllocs()
			var keys kafka.HeaderKeys
			var headers []kgo.RecordHeader
			for b.Loop() {
				got := fetch(with, pools, p)
				headers = headers[:0]
				for _, r := range got.Records {
					headers, _ = kafka.AppendHeaders(&keys, headers, r)
				}
				for _, r := range got.Records {
					r.Recycle()
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/record")
		}
	}
	b.Run("client", run(kgo.DefaultDecompressor(), nil))
	b.Run("engine", run(memory, []kgo.Pool{memory}))
}
