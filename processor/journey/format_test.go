package journey_test

import (
	"fmt"
	"testing"

	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/journey"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stagetest"
)

// TestStateFormats: journeys of every release so far are read, those of a later one
// refused.
func TestStateFormats(t *testing.T) {
	t.Parallel()
	tell := func(lines ...string) []stage.Input {
		var out []stage.Input
		for _, line := range lines {
			out = append(out, record(t, parse(t, line)))
		}
		return out
	}
	history := []string{
		"0s verification lox24:gone rev=1 outcome=FAILED channel=call", "1s removal lox24:gone rev=2",
		"1s verification lox24:v1 rev=1 outcome=SUCCESS channel=sms", "1m payment uapay:p1 rev=1 phase=HELD amount=1000",
	}
	for i := range journey.Listed { // so many that some have entries of their own
		history = append(history, fmt.Sprintf("2m verification lox24:w%03d rev=1 outcome=FAILED channel=call", i))
	}
	c := stagetest.Formats{
		New:     func() *enginetest.Driver { return newMemory(t) },
		History: tell(history...),
		Next: tell("2h payment uapay:p1 rev=2 first=1m phase=PAID amount=1000 paid=1m", "2h verification lox24:w049 rev=2 outcome=SUCCESS channel=call",
			"2h verification lox24:gone rev=1 outcome=FAILED channel=call"),
		Main: "jorder-17", Others: []string{"m\x08order-17lox24:w049"},
	}
	c.Check(t)
}
