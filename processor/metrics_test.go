package processor_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/business"
	"github.com/tributary-hq/tributary/processor/processortest"
	"github.com/tributary-hq/tributary/schemas"
)

// TestFiguresAreTheLastSnapshots: whatever the order, the repeats and the deadlines,
// what was counted less what was withdrawn is what the last snapshots say.
func TestFiguresAreTheLastSnapshots(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		records := draw(r)
		if len(records) == 0 {
			return
		}
		p := newPipeline(t)
		shuffled := rapid.Permutation(records).Draw(r, "order")
		for i := range shuffled {
			p.memory.Held = rapid.IntRange(0, 2).Draw(r, "held") == 0
			p.feed(t, shuffled[i])
			if rapid.IntRange(0, 3).Draw(r, "repeated") == 0 {
				p.feed(t, again(t, &shuffled[i], time.Minute))
			}
			if rapid.IntRange(0, 4).Draw(r, "advance") == 0 {
				p.advance(t, noon(time.Duration(rapid.IntRange(0, 600).Draw(r, "to"))*time.Minute))
			}
		}
		p.end(t)
		if diff := cmp.Diff(figuresOf(p.last), counted(p.memory)); diff != "" {
			r.Errorf("figures (-last snapshots +counted):\n%s", diff)
		}
	})
}

// counted is what is in force of what the stages counted.
func counted(m *processortest.Memory) map[string]int64 {
	sum := map[string]int64{}
	for _, stage := range processor.StageNames() {
		for _, c := range m.Stage(stage).Counts() {
			switch c.Name {
			case business.Counter:
				sum[c.Label] += c.N
			case business.CounterWithdrawn:
				sum[c.Label] -= c.N
			}
			if sum[c.Label] == 0 {
				delete(sum, c.Label)
			}
		}
	}
	return sum
}

// figuresOf reads the same out of the snapshots, as a consumer would.
func figuresOf(last map[string]map[string]any) map[string]int64 {
	sum := map[string]int64{}
	add := func(n float64, parts ...string) {
		if n != 0 {
			sum[strings.ToLower(parts[0])+"/"+strings.Join(parts[1:], "/")] += int64(n)
		}
	}
	for name, s := range last {
		topic, _, _ := strings.Cut(name, " ")
		switch topic {
		case schemas.EnrichedVerifications:
			addVerification(add, s)
		case schemas.EnrichedPayments:
			addPayment(add, s)
		case schemas.EnrichedJourneys:
			if outcome := word(s["outcome"], ""); outcome != "in_progress" {
				add(1, "journeys", outcome)
			}
		}
	}
	return sum
}

func addVerification(add func(float64, ...string), s map[string]any) {
	country := "unknown"
	if phone, ok := s["phone"].(map[string]any); ok && phone["country"] != nil {
		country = fmt.Sprint(phone["country"])
	}
	channel, outcome := word(s["delivered_channel"], "none"), word(s["outcome"], "")
	if outcome != "pending" {
		add(1, "verifications", outcome, channel, country)
	}
	if outcome == "success" && number(s["channel_switches"]) > 0 {
		add(1, "fallback_verifications", channel, country)
	}
	currency := "none"
	if s["currency"] != nil {
		currency = fmt.Sprint(s["currency"])
	}
	add(number(s["cost_minor"]), "verification_cost_minor", channel, country, currency)
	attempts, _ := s["attempts"].([]any)
	for _, a := range attempts {
		attempt, _ := a.(map[string]any)
		switch end := word(attempt["status"], ""); end {
		case "success", "failed", "error":
			add(1, "attempts", end, word(attempt["channel"], "none"), country)
		}
	}
}

func addPayment(add func(float64, ...string), s map[string]any) {
	phase, currency := word(s["phase"], ""), fmt.Sprint(s["currency"])
	add(1, "payments", phase)
	add(number(s["gross_minor"]), "paid_minor", currency)
	add(number(s["refunded_minor"]), "refunded_minor", currency)
}

func word(symbol any, none string) string {
	if symbol == nil {
		return none
	}
	return strings.ToLower(fmt.Sprint(symbol))
}

func number(v any) float64 {
	n, _ := v.(float64)
	return n
}
