package ledger_test

import (
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stagetest"
)

// TestStateFormats: books of every release so far are read, those of a later one
// refused.
func TestStateFormats(t *testing.T) {
	t.Parallel()
	c := stagetest.Formats{
		New: func() *enginetest.Driver { return newMemory(t) },
		History: []stage.Input{
			record(0, 0, "shop", "decoded"), record(1, time.Second, "shop", "duplicate"), record(2, 2*time.Minute, "app", "stale"),
			record(5, 2*time.Minute, "app", "missed"),
		},
		Next: []stage.Input{record(6, 2*time.Minute, "shop", "decoded"), record(8, 10*time.Minute, "shop", "twice"), record(9, 20*time.Minute, "app", "decoded")},
		Main: "\x01ledger",
	}
	c.Check(t)
}
