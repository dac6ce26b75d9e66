package bench

import (
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/environment"
)

// CompareStored holds what was answered 200 against what is in a raw topic.
func CompareStored(wantRecords, haveRecords int64, wantDigest, haveDigest uint64) []string {
	return compareStored("uapay", stored{wantRecords, wantDigest}, stored{haveRecords, haveDigest})
}

// PeerJourneyFaults compares a peer's journeys with a model that has one: order-1, verified,
// with one verification and two payments.
func PeerJourneyFaults(values map[string][]byte) []string {
	have := map[string]peerJourney{}
	for id, value := range values {
		j, err := parsePeerJourney(value)
		if err != nil {
			return []string{err.Error()}
		}
		have[id] = j
	}
	return comparePeerJourneys(map[string]peerJourney{"order-1": {true, 1, 2}}, have)
}

// Firsts counts the scenarios of a load, and the webhooks that were taken for their first.
func Firsts(o environment.Options, load environment.Load) (orders, first int) {
	f := newFirsts()
	seen := map[string]bool{}
	for plan := load.Plan(&o, load.Start(&o)); ; {
		s, more := plan.Next()
		if !more {
			return len(seen), first
		}
		seen[s.Order] = true
		if f.first(s) {
			first++
		}
	}
}
