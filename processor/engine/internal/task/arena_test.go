package task_test

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/engine/internal/task"
)

// TestArenaKeepsWhatItGave: whatever is asked for, in this round and the next, no
// two slices share a byte.
func TestArenaKeepsWhatItGave(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		arena := &task.Arena{}
		for range rapid.IntRange(1, 3).Draw(t, "rounds") {
			var given [][]byte
			for i, n := range rapid.SliceOfN(rapid.OneOf(rapid.IntRange(0, 100), rapid.IntRange(0, 300_000)), 1, 40).Draw(t, "sizes") {
				given = append(given, append(arena.Buffer(n), bytes.Repeat([]byte{byte(i)}, n)...))
			}
			for i, b := range given {
				if want := bytes.Repeat([]byte{byte(i)}, len(b)); !bytes.Equal(b, want) {
					t.Fatalf("slice %d of %d bytes was written over", i, len(b))
				}
			}
			arena.Reset()
		}
	})
}

// TestArenaTakesBackWhatIsNotUsed: a round of values that are much smaller than the buffers
// for them takes no more than the values.
func TestArenaTakesBackWhatIsNotUsed(t *testing.T) {
	t.Parallel()
	const values, size = 1000, 50
	arena := &task.Arena{}
	for range values {
		arena.Trim(append(arena.Buffer(10_000), make([]byte, size)...))
	}
	if n := arena.Size(); n > 4*values*size {
		t.Errorf("%d values of %d bytes take %d", values, size, n)
	}
}

// TestArenaStartsSmall: a round of a few bytes costs a few kilobytes.
func TestArenaStartsSmall(t *testing.T) {
	t.Parallel()
	arena := &task.Arena{}
	arena.Buffer(100)
	if n := arena.Size(); n > 8<<10 {
		t.Errorf("an arena with 100 bytes in use takes %d", n)
	}
}
