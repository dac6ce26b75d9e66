package lox24_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stagetest"
)

// TestStateFormats: verifications of every release so far are read, those of a later
// one refused.
func TestStateFormats(t *testing.T) {
	t.Parallel()
	const verification = "lox24:a1b2c3d4-e5f6-7890-abcd-ef1234567890"
	read := func(name string, offset int64) stage.Input {
		body, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		in := record(body, "shop")
		in.Key, in.Offset, in.Timestamp = []byte(verification), offset, received()
		return in
	}
	failed, success := read("channel_failed.json", 3), read("success.json", 5)
	again, neighbour := failed, failed
	again.Offset, neighbour.Offset = 7, 8
	neighbour.Value = bytes.ReplaceAll(failed.Value, []byte("+4915112345678"), []byte("+4915112345679"))
	neighbour.Value = bytes.ReplaceAll(neighbour.Value, []byte("a1b2c3d4-e5f6-7890-abcd-ef1234567890"), []byte("another"))
	neighbour.Key = []byte("lox24:another")
	c := stagetest.Formats{
		New:     func() *enginetest.Driver { return newMemory(t) },
		History: []stage.Input{failed},
		Next:    []stage.Input{again, success, neighbour},
		Main:    verification,
		Others:  []string{"block +491511234"},
	}
	c.Check(t)
}
