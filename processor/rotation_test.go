package processor_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/processortest"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
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
		memory, err := processortest.NewMemory(processor.DefaultConfig(), d, 2)
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
		checkCustomers(r, pseudonymiser, h, p)
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

// checkCustomers checks that a record's customer is the number under the newest key in force
// when its first fact was received.
func checkCustomers(r *rapid.T, pseudonymiser *privacy.Pseudonymiser, h *history, p *pipeline) {
	first := map[string]time.Time{}
	for i := range h.records {
		in := &h.records[i]
		if at, ok := first[in.Topic]; !ok || in.Timestamp.Before(at) {
			first[in.Topic] = in.Timestamp
		}
	}
	customer := func(phone string, at time.Time) string {
		return string(privacy.AppendCustomer(nil, &pseudonymiser.Phone(phone, at).Pseudonyms[0]))
	}
	verified, paid := customer("+4915112345678", first[schemas.RawLOX24]), customer("+447700900123", first[schemas.RawUAPAY])
	for name, fields := range p.last {
		topic, _, _ := strings.Cut(name, " ")
		want := map[string]string{schemas.EnrichedVerifications: verified, schemas.EnrichedPayments: paid, schemas.EnrichedJourneys: verified}[topic]
		if want != "" && fields["customer_id"] != want {
			r.Errorf("%s: customer %v, want %s", name, fields["customer_id"], want)
		}
		if topic == schemas.EnrichedJourneys && fields["customers"] != 2.0 {
			r.Errorf("%s: %v customers, want the phone verified and that of the correlation id", name, fields["customers"])
		}
	}
}

// TestOneOrderOfTwoShops: equal correlation ids of two namespaces are two journeys, and every
// record names its own.
func TestOneOrderOfTwoShops(t *testing.T) {
	t.Parallel()
	d := deps(t)
	d.Sources = nil
	p := &pipeline{last: map[string]map[string]any{}}
	var records []stage.Input
	for n, shop := range []string{"north", "south"} {
		for _, provider := range []string{"lox24", "uapay"} {
			d.Sources = append(d.Sources, source.Source{ID: shop + "-" + provider, Provider: provider, Namespace: shop})
		}
		h := &history{shop: shop}
		h.addVerification(1+n, "17", 0, 1)
		h.addPayment(1000+n, "17", time.Minute, "FINISHED/FINISHED")
		records = append(records, h.records...)
	}
	var err error
	if p.memory, err = processortest.NewMemory(processor.DefaultConfig(), d, 2); err != nil {
		t.Fatal(err)
	}
	p.feed(t, records...)
	p.end(t)
	members := map[string]int{}
	for name, fields := range p.last {
		topic, key, _ := strings.Cut(name, " ")
		id, _ := fields["journey_id"].(string)
		switch topic {
		case schemas.EnrichedJourneys:
			if id != key || fields["correlation_id"] != "17" || fields["payments"] != 1.0 || fields["outcome"] != "COMPLETE" {
				t.Errorf("journey %s: %v", key, fields)
			}
			members[id] += 10
		case schemas.EnrichedPayments, schemas.EnrichedVerifications:
			members[id]++
		}
	}
	if diff := cmp.Diff(map[string]int{"north:17": 12, "south:17": 12}, members); diff != "" {
		t.Errorf("10 for a journey and 1 for a member (-want +got):\n%s", diff)
	}
}
