package unibellcall_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/unibellcall"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// The stories of package verification test the outcomes; these tests cover the other cases.

// TestBindingIsKept: a binding known long before, and beyond the holding time,
// still releases a status at once; after the retention nothing is left.
func TestBindingIsKept(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	binding := status(0)
	binding.Kind, binding.VerificationID = avro.UnibellInputKindBinding, avro.Some(call)
	for range 2 {
		if got := topics(feed(t, m, request, binding)); got != "" {
			t.Errorf("a binding alone emits %s", got)
		}
	}
	feed(t, m, "", clockAt(100*time.Hour))
	if got, want := topics(feed(t, m, request, status(100*time.Hour))), schemas.InternalUnibell+" "+call; got != want {
		t.Errorf("emitted %q, want %q", got, want)
	}
	feed(t, m, "", clockAt(820*time.Hour))
	if n := m.Entries(0); n != 1 { // the table of clocks
		t.Errorf("%d entries are left:\n%s", n, m.Dump(0))
	}
}

// TestNeverBound: a status shown on its own takes further ones of its request, and
// ends with the retention.
func TestNeverBound(t *testing.T) {
	t.Parallel()
	const snapshot, attempt = schemas.EnrichedVerifications + " " + request, schemas.FactsAttempts + " " + request + "/93d9"
	m := newMemory(t)
	if got := topics(feed(t, m, request, status(0))); got != "" {
		t.Errorf("a held status emits %s", got)
	}
	if got, want := topics(feed(t, m, "", clockAt(72*time.Hour))), snapshot+", "+attempt; got != want {
		t.Errorf("emitted %q, want %q", got, want)
	}
	if got, want := topics(feed(t, m, request, status(73*time.Hour))), snapshot+", "+attempt; got != want {
		t.Errorf("emitted %q, want %q", got, want)
	}
	if got, want := topics(feed(t, m, "", clockAt(800*time.Hour))), attempt+" tombstone, "+snapshot+" tombstone"; got != want {
		t.Errorf("emitted %q, want %q", got, want)
	}
	if n := m.Entries(0); n != 1 {
		t.Errorf("%d entries are left:\n%s", n, m.Dump(0))
	}
}

// TestClockGoesOn: the stage tells every partition of the journey how far it is.
func TestClockGoesOn(t *testing.T) {
	t.Parallel()
	outputs := feed(t, newMemory(t), "", clockAt(time.Minute))
	partitions := map[int32]bool{}
	for i := range outputs {
		_, body, err := wire.Parse(outputs[i].Value)
		var in avro.JourneyInput
		if err == nil {
			err = in.DecodeAvro(body)
		}
		if err != nil || in.Kind != avro.JourneyInputKindClock || in.UpstreamStage.Value != unibellcall.Name || !in.Clock.Value.Equal(noon(time.Minute)) {
			t.Errorf("told %+v, %v", in, err)
		}
		partitions[outputs[i].Partition] = true
	}
	if len(partitions) != 2 {
		t.Errorf("told to partitions %v, want both", partitions)
	}
}

// TestRefused: an input that the stage before cannot have written.
func TestRefused(t *testing.T) {
	t.Parallel()
	bound := status(0)
	bound.Kind = avro.UnibellInputKindBinding
	for name, in := range map[string]*avro.UnibellInput{
		"unknown kind":            {},
		"clock without a time":    {Kind: avro.UnibellInputKindClock},
		"fact without a fact":     {Kind: avro.UnibellInputKindFact},
		"binding without an id":   bound,
		"key with the zero byte":  status(0),
		"value that is no record": nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			record := stage.Input{Key: []byte("a\x00b"), Value: []byte("\x00\x00\x00\x00\x01\xff")}
			if in != nil {
				value, err := in.AppendAvro(wire.AppendPlaceholder(nil))
				if err != nil {
					t.Fatal(err)
				}
				record.Value = value
			}
			if in == bound {
				record.Key = []byte(request)
			}
			_, err := unibellcall.New(unibellcall.DefaultConfig()).Decode(&record)
			if _, ok := errors.AsType[*stage.PermanentError](err); !ok {
				t.Errorf("Decode() = %v, want a permanent error", err)
			}
		})
	}
}

func TestValidateReportsAll(t *testing.T) {
	t.Parallel()
	err := (&unibellcall.Config{Hold: time.Hour}).Validate()
	for _, want := range []string{"wait", "hold", "retention", "journey_partitions"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Validate() = %v, want it to name %s", err, want)
		}
	}
}

// TestCallsUnderOneReference: each placed call is an attempt, in whatever order the
// requests, answers and statuses come.
func TestCallsUnderOneReference(t *testing.T) {
	t.Parallel()
	fact := func(after time.Duration, kind avro.UnibellCallKind, placed, provider string, is avro.CallStatus) *avro.UnibellInput {
		c := avro.UnibellCall{
			Origin: avro.Origin{Source: "shop", Provider: "unibell", RequestID: placed}, ReceivedAt: noon(after),
			EventID: string(kind) + placed + provider, Kind: kind, VerificationID: avro.Some(call),
		}
		if provider != "" {
			c.CallRequestID = avro.Some(provider)
		}
		if is != "" {
			c.Status = avro.Some(is)
		}
		return &avro.UnibellInput{Kind: avro.UnibellInputKindFact, Call: avro.Some(c), VerificationID: avro.Some(call), StatusCallback: true}
	}
	facts := []*avro.UnibellInput{
		fact(0, avro.UnibellCallKindRequest, "a", "", ""),
		fact(1*time.Second, avro.UnibellCallKindAnswer, "a", "p-a", avro.CallStatusAccepted),
		fact(2*time.Second, avro.UnibellCallKindRequest, "b", "", ""),
		fact(3*time.Second, avro.UnibellCallKindAnswer, "b", "p-b", avro.CallStatusRefused),
		fact(4*time.Second, avro.UnibellCallKindRequest, "c", "", ""),
		fact(5*time.Second, avro.UnibellCallKindAnswer, "c", "p-c", avro.CallStatusAccepted),
		fact(9*time.Second, avro.UnibellCallKindStatus, "s1", "p-a", avro.CallStatusFailed), // after the success of another call
		fact(7*time.Second, avro.UnibellCallKindStatus, "s2", "", avro.CallStatusDelivered), // of the newest
	}
	const want = "a FAILED, b FAILED, c SUCCESS; SUCCESS by call after 2 fallbacks, 8 facts, created 0s"
	for seed := range uint64(50) {
		order := rand.New(rand.NewPCG(seed, 0)).Perm(len(facts))
		m := newMemory(t)
		var last avro.VerificationSnapshot
		for _, i := range order {
			for _, o := range feed(t, m, call, facts[i]) {
				if o.Topic != schemas.EnrichedVerifications {
					continue
				}
				_, body, err := wire.Parse(o.Value)
				if err != nil {
					t.Fatal(err)
				}
				last = avro.VerificationSnapshot{}
				if err := last.DecodeAvro(body); err != nil {
					t.Fatal(err)
				}
			}
		}
		var attempts []string
		for _, a := range last.Attempts {
			attempts = append(attempts, a.ID+" "+string(a.Status))
		}
		slices.Sort(attempts)
		got := fmt.Sprintf("%s; %s by %s after %d fallbacks, %d facts, created %v", strings.Join(attempts, ", "), last.Outcome,
			last.DeliveredChannelRaw.Value, last.FailedAttempts, last.Facts, last.CreatedAt.Sub(noon(0)))
		if got != want {
			t.Fatalf("seed %d, order %v:\n got %s\nwant %s", seed, order, got, want)
		}
	}
}
