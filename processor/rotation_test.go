package processor_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/schemas"
)

// TestRotationPartsNoCase: a case whose correlation id is a phone is one journey, whenever
// before, in or after the overlap of two keys it is verified and paid, in any order.
func TestRotationPartsNoCase(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		keys := []privacy.Key{
			{ID: "k1", Secret: []byte("0123456789abcdef0123456789abcdef"), Until: noon(100 * time.Minute)},
			{ID: "k2", Secret: []byte("fedcba9876543210fedcba9876543210"), From: noon(50 * time.Minute)},
		}
		pseudonymiser, err := privacy.New(privacy.Config{Keys: rapid.Permutation(keys).Draw(r, "keys")})
		if err != nil {
			r.Fatal(err)
		}
		d := deps(t)
		d.Privacy = pseudonymiser
		memory, err := processor.NewMemory(processor.DefaultConfig(), d, 2)
		if err != nil {
			r.Fatal(err)
		}
		minute := func() time.Duration { return time.Duration(rapid.IntRange(0, 180).Draw(r, "minute")) * time.Minute }
		h := &history{}
		h.addVerification(1, "+447700900123", minute(), 0)
		h.addPayment(1000, "0044 7700 900123", minute(), "NEW/OPEN", "FINISHED/FINISHED")
		p := &pipeline{memory: memory, last: map[string]map[string]any{}}
		p.feed(t, rapid.Permutation(h.records).Draw(r, "order")...)
		p.end(t)
		var journeys []string
		for name, fields := range p.last {
			if key, ok := strings.CutPrefix(name, schemas.EnrichedJourneys+" "); ok {
				journeys = append(journeys, key)
				if fields["outcome"] != "COMPLETE" {
					r.Errorf("%s is %v", key, fields["outcome"])
				}
			}
		}
		if len(journeys) != 1 || !strings.HasPrefix(journeys[0], "phone:k1:") {
			r.Errorf("journeys %v, want one, under the oldest key", journeys)
		}
	})
}
