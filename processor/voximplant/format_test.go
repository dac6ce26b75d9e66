package voximplant_test

import (
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stagetest"
)

// TestStateFormats: accounts of every release so far are read, those of a later one
// refused.
func TestStateFormats(t *testing.T) {
	t.Parallel()
	first := record(callback(1, "min_balance", `{"min_balance":{"balance":4.5}}`), noon(0), 0)
	again := first
	again.Offset = 2
	c := stagetest.Formats{
		New:     func() *enginetest.Driver { return newMemory(t) },
		History: []stage.Input{first},
		Next:    []stage.Input{again, record(callback(2, "min_balance", `{"min_balance":{"balance":3.5}}`), noon(time.Hour), 3)},
		Main:    string(first.Key),
	}
	c.Check(t)
}
