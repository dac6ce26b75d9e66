package lz4_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	reference "github.com/pierrec/lz4/v4"
	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/lz4"
)

// read is what another implementation reads.
func read(tb testing.TB, frame []byte) []byte {
	tb.Helper()
	out, err := io.ReadAll(reference.NewReader(bytes.NewReader(frame)))
	if err != nil {
		tb.Fatalf("another reader: %v", err)
	}
	return out
}

func compare(tb testing.TB, c *lz4.Compressor, in []byte) {
	tb.Helper()
	frame := c.Append([]byte("before"), in)
	rest, ok := bytes.CutPrefix(frame, []byte("before"))
	if !ok || !bytes.Equal(read(tb, rest), in) {
		tb.Fatalf("%d bytes do not come back; they end in %s", len(in), hex.EncodeToString(in[max(0, len(in)-32):]))
	}
	if len(rest) > lz4.Bound(len(in)) {
		tb.Fatalf("%d bytes made %d, over the bound of %d", len(in), len(rest), lz4.Bound(len(in)))
	}
}

// TestComesBack: of any bytes, random, repeated or both, around the sizes of blocks.
func TestComesBack(t *testing.T) {
	t.Parallel()
	c := lz4.New()
	random := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{0, 1, 4, 5, 12, 13, 14, 64, 255, 270, 1 << 10, 64<<10 - 1, 64 << 10, 64<<10 + 1, 200_000, 1 << 20} {
		for _, letters := range []int{1, 2, 4, 40, 256} {
			in := make([]byte, size)
			for i := range in {
				in[i] = byte(random.IntN(letters))
			}
			compare(t, c, in)
			if size > 1000 {
				compare(t, c, bytes.Repeat(in[:random.IntN(900)+1], 90))
			}
		}
	}
}

func TestComesBackWhateverItIs(t *testing.T) {
	t.Parallel()
	c := lz4.New()
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 1, 40), 1, 20).Draw(t, "words")
		var in []byte
		for _, i := range rapid.SliceOfN(rapid.IntRange(0, len(words)-1), 0, 400).Draw(t, "order") {
			in = append(in, words[i]...)
		}
		out, err := io.ReadAll(reference.NewReader(bytes.NewReader(c.Append(nil, in))))
		if err != nil || !bytes.Equal(out, in) {
			t.Fatalf("%d bytes came back as %d: %v", len(in), len(out), err)
		}
	})
}

func FuzzComesBack(f *testing.F) {
	f.Add([]byte("a batch of records, a batch of records, and what differs"))
	c := lz4.New()
	f.Fuzz(func(t *testing.T, in []byte) { compare(t, c, in) })
}

// records are like a batch of snapshots: the same names, other ids.
func records(n int) []byte {
	random := rand.New(rand.NewPCG(3, 4))
	var out []byte
	for i := range n {
		out = fmt.Appendf(out, "\x00\x00\x00\x01\x07main-lox24\x24%016x-%016x\x0eviber\x0asms\x10voice_call%08x\x02\x04\x06success%d", random.Uint64(), random.Uint64(), random.Uint32(), i)
	}
	return out
}

// TestCompresses: about as well as the other implementation does.
func TestCompresses(t *testing.T) {
	t.Parallel()
	in := records(5000)
	var other bytes.Buffer
	w := reference.NewWriter(&other)
	_, err := w.Write(in)
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	ours := len(lz4.New().Append(nil, in))
	t.Logf("%d bytes: %d, the other %d", len(in), ours, other.Len())
	if ours > other.Len()*11/10 {
		t.Errorf("%d bytes compress to %d, the other implementation's to %d", len(in), ours, other.Len())
	}
}

func BenchmarkAppend(b *testing.B) {
	in, c := records(5000), lz4.New()
	dst := make([]byte, 0, lz4.Bound(len(in)))
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		dst = c.Append(dst[:0], in)
	}
}

func BenchmarkReference(b *testing.B) {
	in := records(5000)
	var out bytes.Buffer
	w := reference.NewWriter(&out)
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		out.Reset()
		w.Reset(&out)
		_, _ = w.Write(in)
		_ = w.Close()
	}
}
