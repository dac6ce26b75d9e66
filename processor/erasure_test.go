package processor_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// erasureOf asks to forget the entity of a record, right behind it.
func erasureOf(t *testing.T, of *stage.Input) stage.Input {
	t.Helper()
	envelope, err := raw.Parse(of.Headers)
	if err != nil {
		t.Fatal(err)
	}
	asked := raw.Envelope{Source: "forget", Provider: envelope.Provider, Kind: raw.KindErasure, ReceivedAt: envelope.ReceivedAt, Items: 1}
	return stage.Input{
		Topic: of.Topic, Partition: of.Partition, Offset: of.Offset + 1_000_000, Timestamp: of.Timestamp, Key: slices.Clone(of.Key), Headers: raw.Append[stage.Header](nil, &asked),
	}
}

// TestAnErasureIsAsIfItHadNotBeen: of an entity that is forgotten amid a history
// nothing is left but what came later; all others are untouched.
func TestAnErasureIsAsIfItHadNotBeen(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		records := draw(r)
		if len(records) == 0 {
			return
		}
		at := rapid.IntRange(0, len(records)-1).Draw(r, "forgotten")
		key := string(records[at].Key)
		if strings.Contains(key, ":sha256:") || strings.HasPrefix(key, "unibell:") {
			return // no entity; and a call has two keys, see below
		}
		erased := newPipeline(t)
		erased.feed(t, records[:at+1]...)
		erased.feed(t, erasureOf(t, &records[at]))
		for name := range erased.last {
			if strings.HasSuffix(name, " "+key) {
				r.Errorf("%s is still there", name)
			}
		}
		erased.feed(t, records[at+1:]...)
		erased.end(t)

		without := newPipeline(t)
		without.feed(t, slices.DeleteFunc(slices.Clone(records[:at+1]), func(in stage.Input) bool { return string(in.Key) == key })...)
		without.feed(t, records[at+1:]...)
		without.end(t)
		if diff := cmp.Diff(without.last, erased.last); diff != "" {
			r.Errorf("last snapshots (-never there +forgotten):\n%s", diff)
		}
		if erased.account.decoded+erased.account.duplicates+erased.account.buried != len(records) {
			r.Errorf("%d records ended as %+v: an erasure is none", len(records), erased.account)
		}
	})
}

// TestACallIsForgottenUnderBothItsKeys: what Unibell told by its request id, too.
func TestACallIsForgottenUnderBothItsKeys(t *testing.T) {
	t.Parallel()
	p := newPipeline(t)
	records := exampleHistory(t)
	p.feed(t, records...)
	keys := map[string]bool{}
	for i := range records {
		if key := string(records[i].Key); strings.HasPrefix(key, "unibell:") && !keys[key] {
			keys[key] = true
			p.feed(t, erasureOf(t, &records[i]))
		}
	}
	if len(keys) != 2 {
		t.Fatalf("the history has the keys %v of calls, want a reference and a request id", keys)
	}
	p.end(t)
	for name := range p.last {
		if strings.Contains(name, "unibell") || strings.HasSuffix(name, " order-5") {
			t.Errorf("%s is still there", name)
		}
	}
	if n := len(p.last); n == 0 {
		t.Error("nothing else is there")
	}
}

// TestAnErasureReachesJourneysThatOutliveTheState: of a verification whose own time is
// over the request says where it was a member.
func TestAnErasureReachesJourneysThatOutliveTheState(t *testing.T) {
	t.Parallel()
	p := newPipeline(t)
	records := exampleHistory(t)
	p.feed(t, records...)
	p.end(t)
	p.advance(t, noon(40*24*time.Hour))
	for _, in := range records {
		if !strings.HasPrefix(string(in.Key), "lox24:") {
			continue
		}
		if p.last[schemas.EnrichedVerifications+" "+string(in.Key)] != nil {
			t.Fatalf("%s has not ended by its retention", in.Key)
		}
		asked := erasureOf(t, &in)
		asked.Headers = append(asked.Headers, stage.Header{Key: raw.HeaderErasureJourneys, Value: []byte(`["order-1","order-2","order-3"]`)})
		p.feed(t, asked)
	}
	left := p.last[schemas.EnrichedJourneys+" order-1"]
	if left == nil || left["verifications"] != 0.0 || left["payments"] == 0.0 {
		t.Errorf("order-1 = %v, want its payment alone", left)
	}
	if p.last[schemas.EnrichedJourneys+" order-2"] != nil {
		t.Error("order-2 had a verification alone and is still there")
	}
}

// TestAnErasureReachesRowsThatOutliveTheState: of an entity without state the request names
// the rows.
func TestAnErasureReachesRowsThatOutliveTheState(t *testing.T) {
	t.Parallel()
	p := newPipeline(t)
	records := exampleHistory(t)
	p.feed(t, records[0])
	asked := erasureOf(t, &records[0])
	asked.Headers = append(asked.Headers, stage.Header{Key: raw.HeaderErasureRows, Value: []byte(`["lost"]`)})
	row := schemas.FactsAttempts + " " + string(records[0].Key) + "/lost"
	p.last[row] = map[string]any{}
	p.feed(t, asked)
	if p.last[row] != nil {
		t.Error("the row is still there")
	}
}

// TestAnErasureWithoutAKeyIsBuried: it asks for nothing.
func TestAnErasureWithoutAKeyIsBuried(t *testing.T) {
	t.Parallel()
	p := newPipeline(t)
	records := exampleHistory(t)
	p.feed(t, records...)
	before := p.account.buried
	asked := erasureOf(t, &records[0])
	asked.Key = nil
	p.feed(t, asked)
	if p.account.buried != before+1 {
		t.Errorf("%d dead letters, want one more than %d", p.account.buried, before)
	}
}
