package demo

import (
	"fmt"
	"maps"
	"slices"

	"github.com/tributary-hq/tributary/cmd/internal/lab/model"
	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
)

// Faults compares the webhooks sent, the records in the topics and the model, and
// returns every difference as a sentence.
func Faults(sent map[string]simulator.Count, t *model.Result) []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, p := range slices.Sorted(maps.Keys(sent)) {
		c, a, e := sent[p], t.Accounts[p], t.Expected[p]
		if c.Forged != c.Refused {
			add("%s: %d forged, %d of them refused", p, c.Forged, c.Refused)
		}
		if c.Lost > 0 {
			add("%s: %d authentic webhooks were not accepted", p, c.Lost)
		}
		// A try that had no 200 may be stored, so that there can be more, never fewer.
		if a.Raw < c.Accepted || a.Raw > c.Accepted+c.Uncertain {
			add("%s: %d records accepted, %d in the raw topic", p, c.Accepted, a.Raw)
		}
		if c.Uncertain == 0 && c.Digest != e.Digest {
			add("%s: the bodies in the raw topic are not those that were accepted", p)
		}
		if !a.AddsUp() {
			add("%s: %d raw records, but %d decoded + %d duplicates + %d dead letters", p, a.Raw, a.Decoded, a.Duplicates, a.DeadLetters)
		}
		if a.Decoded != e.Decoded || a.Duplicates != e.Duplicates || a.DeadLetters != e.DeadLetters {
			add("%s: the model expects %d decoded, %d duplicates, %d dead letters; there are %d, %d, %d",
				p, e.Decoded, e.Duplicates, e.DeadLetters, a.Decoded, a.Duplicates, a.DeadLetters)
		}
	}
	if n := t.Different(); n > 0 {
		add("%d journeys, payments, verifications, rows or claims differ from the model's", n)
	}
	for _, b := range t.Breaches {
		add("signals.v1: %s", b)
	}
	for _, d := range t.Differences() {
		out = append(out, d.String())
	}
	return out
}
