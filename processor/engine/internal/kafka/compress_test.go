package kafka_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/pierrec/lz4/v4"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
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
	compressor := kafka.NewLZ4()
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

// TestUncompressWithoutMemory: a block that begins with few bytes and a repetition of them
// is what the library's fastest way is for, which does not ask whether there is memory.
func TestUncompressWithoutMemory(t *testing.T) {
	t.Parallel()
	src := []byte(strings.Repeat("ab", 50) + "what is not repeated")
	frame, codec := kafka.NewLZ4().Compress(&bytes.Buffer{}, src)
	if codec != kgo.CodecLz4 {
		t.Fatalf("codec %d", codec)
	}
	for _, dst := range [][]byte{nil, {}, make([]byte, 0, 1)} {
		if got, ok := kafka.UncompressLZ4(dst, frame); !ok || !bytes.Equal(got, src) {
			t.Errorf("with room for %d: %q, %t", cap(dst), got, ok)
		}
	}
}

// TestUncompressedFrames: what is read without the library's reader is what that reads,
// of all frames that Kafka's clients may write; what else there is is left to it.
func TestUncompressedFrames(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	src := []byte(strings.Repeat(`{"id":"5f0c","state":"delivered"}`, 10000))
	for range len(src) / 50 {
		src[random.IntN(len(src))] = byte(random.Uint32())
	}
	for range 100 {
		part := src[:random.IntN(len(src))]
		sizes := []lz4.BlockSize{lz4.Block64Kb, lz4.Block256Kb, lz4.Block1Mb, lz4.Block4Mb}
		options := []lz4.Option{
			lz4.BlockSizeOption(sizes[random.IntN(len(sizes))]), lz4.ChecksumOption(random.IntN(2) == 0), lz4.BlockChecksumOption(random.IntN(2) == 0),
		}
		if random.IntN(2) == 0 {
			options = append(options, lz4.SizeOption(uint64(len(part))))
		}
		var frame bytes.Buffer
		w := lz4.NewWriter(&frame)
		if err := w.Apply(options...); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(part); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		room := make([]byte, 0, random.IntN(2*len(part)+1))
		got, ok := kafka.UncompressLZ4(room, frame.Bytes())
		if !ok || !bytes.Equal(got, part) {
			t.Fatalf("seed %d, %d bytes, %v: %d bytes, %v", seed, len(part), options, len(got), ok)
		}
		broken := bytes.Clone(frame.Bytes())
		if cut := random.IntN(len(broken)); cut < len(broken) {
			if _, ok := kafka.UncompressLZ4(nil, broken[:cut]); ok {
				t.Fatalf("seed %d: a frame cut at %d of %d was read", seed, cut, len(broken))
			}
		}
		broken[random.IntN(len(broken))] ^= byte(1 << random.IntN(8))
		got, ok = kafka.UncompressLZ4(nil, broken)
		want, err := io.ReadAll(lz4.NewReader(bytes.NewReader(broken)))
		if ok && err == nil && !bytes.Equal(got, want) {
			t.Fatalf("seed %d: %d bytes of a broken frame, the library reads %d others", seed, len(got), len(want))
		}
	}
	for name, frame := range map[string]string{
		"nothing": "", "another magic": "\x03\x22\x4d\x18\x60\x50\xfb\x00\x00\x00\x00", "version 2": "\x04\x22\x4d\x18\xa0\x50\xfb\x00\x00\x00\x00",
		"blocks that depend": "\x04\x22\x4d\x18\x40\x50\xfb\x00\x00\x00\x00", "a dictionary": "\x04\x22\x4d\x18\x61\x50\xfb\x00\x00\x00\x00",
		"a block over the most": "\x04\x22\x4d\x18\x60\x50\xfb\x00\x00\x05\x00", "more behind it": "\x04\x22\x4d\x18\x60\x50\xfb\x00\x00\x00\x00\x00",
	} {
		if got, ok := kafka.UncompressLZ4(nil, []byte(frame)); ok {
			t.Errorf("%s: read as %x", name, got)
		}
	}
}
