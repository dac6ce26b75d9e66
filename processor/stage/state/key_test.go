package state_test

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/stage/state"
)

// anyText has many zero bytes and the bytes that the codec gives a meaning.
var anyText = rapid.Map(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom([]byte{0, 1, 2, 0xfe, 0xff, 'a'}), rapid.Byte()), 0, 8),
	func(b []byte) string { return string(b) })

type pair = state.Pair[string, state.Pair[int64, string]]

func pairKey() state.Key[pair] {
	return state.PairKey(state.StringKey(), state.PairKey(state.Int64Key(), state.StringKey()))
}

// checkKeys checks that encoded keys come back, keep their order, fit their size and
// are not the beginning of one another, and that no cut key is accepted.
func checkKeys[K any](t *rapid.T, codec state.Key[K], keys *rapid.Generator[K], compare func(a, b K) int) {
	a, b := keys.Draw(t, "a"), keys.Draw(t, "b")
	x, y := codec.Append(nil, a), codec.Append(nil, b)
	if got, want := bytes.Compare(x, y), compare(a, b); got != want {
		t.Fatalf("%v and %v compare as %d, encoded as %d", a, b, want, got)
	}
	if compare(a, b) != 0 && (bytes.HasPrefix(x, y) || bytes.HasPrefix(y, x)) {
		t.Fatalf("%x is the beginning of %x", x, y)
	}
	if len(x) > codec.Size(a) {
		t.Fatalf("%v takes %d bytes, announced as %d", a, len(x), codec.Size(a))
	}
	got, rest, err := codec.Parse(slices.Concat(x, y))
	if err != nil || compare(got, a) != 0 || !bytes.Equal(rest, y) {
		t.Fatalf("Parse(%x) = %v, %x, %v, want %v", x, got, rest, err, a)
	}
	if got, _, err := codec.Parse(x[:rapid.IntRange(0, len(x)-1).Draw(t, "cut")]); err == nil {
		t.Fatalf("a cut %x is read as %v", x, got)
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	anyInt := rapid.OneOf(rapid.Int64(), rapid.Int64Range(-3, 3))
	t.Run("string", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) { checkKeys(t, state.StringKey(), anyText, strings.Compare) })
	})
	t.Run("bytes", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			checkKeys(t, state.BytesKey(), rapid.Map(anyText, func(s string) []byte { return []byte(s) }), bytes.Compare)
		})
	})
	t.Run("int64", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) { checkKeys(t, state.Int64Key(), anyInt, cmp.Compare[int64]) })
	})
	t.Run("time", func(t *testing.T) {
		t.Parallel()
		times := rapid.Map(rapid.Int64Range(-62135596800000, 253402300799999), time.UnixMilli)
		rapid.Check(t, func(t *rapid.T) { checkKeys(t, state.TimeKey(), times, time.Time.Compare) })
	})
	t.Run("pair", func(t *testing.T) {
		t.Parallel()
		pairs := rapid.Custom(func(t *rapid.T) pair {
			return pair{First: anyText.Draw(t, "first"), Second: state.Pair[int64, string]{First: anyInt.Draw(t, "second"), Second: anyText.Draw(t, "third")}}
		})
		rapid.Check(t, func(t *rapid.T) {
			checkKeys(t, pairKey(), pairs, func(a, b pair) int {
				return cmp.Or(cmp.Compare(a.First, b.First), cmp.Compare(a.Second.First, b.Second.First), cmp.Compare(a.Second.Second, b.Second.Second))
			})
		})
	})
}

// TestAnyBytes reads arbitrary bytes as keys: an error or the key whose encoding they are.
func TestAnyBytes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		src := []byte(anyText.Draw(t, "bytes"))
		if k, rest, err := state.StringKey().Parse(src); err == nil && !bytes.Equal(append(state.StringKey().Append(nil, k), rest...), src) {
			t.Fatalf("%x is read as %q", src, k)
		}
	})
}
