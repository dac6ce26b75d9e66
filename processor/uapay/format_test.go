package uapay_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/payment"
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
	history := []stage.Input{at(0, 0, "NEW", "PENDING", nil), at(time.Minute, 1, "PAID", "HOLDED", nil)}
	// So many callbacks that the first ones have entries of their own, and an aggregate.
	for i := range payment.MaxFacts + 8 {
		status, changes := "PENDING", map[string]any{"other": i}
		if i < 8 {
			status, changes = "REJECTED", map[string]any{"reversalAmount": 100 + i, "operationId": fmt.Sprintf("operation-%d", i%3), "externalId": fmt.Sprintf("order-%d", i)}
		}
		history = append(history, at(time.Hour+time.Duration(i)*time.Second, int64(2+i), "FINISHED", status, changes))
	}
	repeats := slices.Clone(history[:10])
	for i := range repeats {
		repeats[i].Offset = int64(1000 + i)
	}
	c := stagetest.Formats{
		New:     func() *enginetest.Driver { return newMemory(t, nil) },
		History: history,
		Next:    append(repeats, at(2*time.Hour, 2000, "FINISHED", "FINISHED", map[string]any{"reversalAmount": 100})),
		Main:    "uapay:" + paymentID,
	}
	lived := c.New()
	if _, err := lived.Feed(history...); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(lived.Dump(0)) { // the facts that have entries of their own
		key, err := strconv.Unquote(line[:strings.LastIndex(line, `"`)+1])
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(key, c.Main+"\x00f") {
			c.Others = append(c.Others, key)
		}
	}
	if len(c.Others) < 2 {
		t.Fatalf("%d facts have entries of their own", len(c.Others))
	}
	c.Check(t)
}
