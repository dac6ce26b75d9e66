package standard_test

import (
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stagetest"
)

// TestStateFormats: events of every release so far are read, those of a later one refused.
func TestStateFormats(t *testing.T) {
	t.Parallel()
	c := stagetest.Formats{
		New: func() *enginetest.Driver { return newMemory(t) },
		History: []stage.Input{
			webhook("order-17", "msg_1", shipped, noon(0), 0),
			webhook("order-17", "msg_2", `{"type":"order.packed","data":{"order":"order-17","invoice":"i-1"}}`, noon(time.Minute), 1),
		},
		Next: []stage.Input{
			webhook("order-17", "msg_1", shipped, noon(time.Hour), 2),
			webhook("order-17", "msg_3", shipped, noon(time.Hour), 3),
		},
		Main: "standard:shipping:order-17",
	}
	c.Check(t)
}
