package uapay_test

import (
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stagetest"
)

// TestStateFormats: payments of every release so far are read, those of a later one
// refused.
func TestStateFormats(t *testing.T) {
	t.Parallel()
	at := func(after time.Duration, offset int64, status, paymentStatus string, replaced map[string]any) stage.Input {
		return record(invoice(noon(after), status, paymentStatus, replaced), noon(after), offset)
	}
	held := at(time.Minute, 1, "PAID", "HOLDED", nil)
	again := held
	again.Offset = 3
	c := stagetest.Formats{
		New:     func() *enginetest.Driver { return newMemory(t, nil) },
		History: []stage.Input{at(0, 0, "NEW", "PENDING", nil), held},
		Next:    []stage.Input{again, at(time.Hour, 4, "FINISHED", "FINISHED", map[string]any{"reversalAmount": 100})},
		Main:    "uapay:" + paymentID,
	}
	c.Check(t)
}
