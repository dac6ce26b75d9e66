package forget_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/forget"
	"github.com/tributary-hq/tributary/cmd/internal/tool/pauses"
	"github.com/tributary-hq/tributary/cmd/internal/tool/trace"
	"github.com/tributary-hq/tributary/cmd/internal/tool/trace/tracetest"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/pause"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

func config(s *tracetest.Stack, id string) forget.Config {
	return forget.Config{
		Trace: trace.Config{Kafka: s.Kafka, Names: s.Names, Sources: s.Sources}, Query: trace.Query{ID: id}, By: "the test", Wait: time.Minute,
	}
}

func journeyOf(r *kgo.Record) (j avro.JourneySnapshot, ok bool) {
	_, body, err := wire.Parse(r.Value)
	return j, err == nil && j.DecodeAvro(body) == nil
}

func prepare(t *testing.T, o forget.Config) *forget.Plan {
	t.Helper()
	p, _, err := forget.NewPlan(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func keys(p *forget.Plan) []string {
	var out []string
	for i := range p.Targets {
		out = append(out, p.Targets[i].Key)
	}
	slices.Sort(out)
	return out
}

// TestForget: a member beside a running processor, then the whole journey; nothing
// comes back by a restore, and what comes later begins anew.
func TestForget(t *testing.T) {
	t.Parallel()
	s := tracetest.Start(t)
	s.Run(t)
	s.Verification(t, 1, "order-1", 1, "channel.success", 5)
	s.Verification(t, 1, "order-1", 2, "success", 10)
	s.Payment(t, 1, "order-1", "FINISHED", "FINISHED")
	s.Verification(t, 2, "order-2", 1, "success", 10)
	s.Await(t, schemas.EnrichedJourneys, func(r *kgo.Record) bool {
		j, ok := journeyOf(r)
		return ok && j.Outcome == avro.JourneyOutcomeComplete
	})
	s.Await(t, schemas.EnrichedJourneys, func(r *kgo.Record) bool { return string(r.Key) == "order-2" })

	one := config(s, tracetest.VerificationKey(1))
	p := prepare(t, one)
	if d := cmp.Diff([]string{tracetest.VerificationKey(1)}, keys(p)); d != "" || !slices.Equal(p.Others, []string{tracetest.PaymentKey(1)}) || len(p.Idle) > 0 {
		t.Fatalf("plan %+v; keys (-want +got):\n%s", p, d)
	}
	raw := slices.IndexFunc(p.Stays, func(x forget.Stays) bool { return x.Topic == tracetest.Prefix+schemas.RawLOX24 })
	if raw < 0 || p.Stays[raw].Records != 2 || p.Stays[raw].Until.Before(time.Now().Add(6*24*time.Hour)) {
		t.Errorf("what stays: %+v, want two raw records for a week", p.Stays)
	}
	carry(t, one, p)
	left := s.Await(t, schemas.EnrichedJourneys, func(r *kgo.Record) bool {
		j, ok := journeyOf(r)
		return ok && j.CorrelationID == "order-1" && j.Verifications == 0
	})
	if j, _ := journeyOf(left); j.Payments != 1 || j.Facts != 1 {
		t.Errorf("the journey without its verification: %+v", j)
	}

	whole := config(s, "order-1")
	p = prepare(t, whole)
	if d := cmp.Diff([]string{tracetest.PaymentKey(1)}, keys(p)); d != "" {
		t.Errorf("what is left of order-1 (-want +got):\n%s", d)
	}
	carry(t, whole, p)
	s.Await(t, schemas.EnrichedJourneys, func(r *kgo.Record) bool { return string(r.Key) == "order-1" && r.Value == nil })
	s.Await(t, schemas.FactsAttempts, func(r *kgo.Record) bool {
		return strings.HasPrefix(string(r.Key), tracetest.VerificationKey(1)+"/") && r.Value == nil
	})
	s.Await(t, schemas.FactsMoney, func(r *kgo.Record) bool { return r.Value == nil })
	s.Closes(t)

	// Another machine, which has nothing but the changelog.
	s.Stop(t)
	s.Forget(t)
	s.Run(t)
	s.Verification(t, 1, "order-1", 3, "failed", 20)
	fresh := s.Await(t, schemas.EnrichedVerifications, func(r *kgo.Record) bool {
		var v avro.VerificationSnapshot
		_, body, err := wire.Parse(r.Value)
		return err == nil && v.DecodeAvro(body) == nil && v.Outcome == avro.VerificationOutcomeFailed
	})
	var v avro.VerificationSnapshot
	_, body, _ := wire.Parse(fresh.Value)
	if err := v.DecodeAvro(body); err != nil || v.Facts != 1 || v.Revision != 1 {
		t.Errorf("a late event makes %d facts at revision %d, want one entity anew", v.Facts, v.Revision)
	}
	s.Await(t, schemas.EnrichedJourneys, func(r *kgo.Record) bool {
		j, ok := journeyOf(r)
		return ok && j.CorrelationID == "order-1" && j.Verifications == 1 && j.Payments == 0
	})
	s.Closes(t)
}

func carry(t *testing.T, o forget.Config, p *forget.Plan) {
	t.Helper()
	result, err := forget.Apply(t.Context(), o, p)
	if err != nil || len(result.Waiting) > 0 || len(result.Forgotten) != len(p.Targets) {
		t.Fatalf("result %+v, %v", result, err)
	}
}

// TestPausedStage: the plan says which of the target's stages are paused, by whom and why.
// The erasure waits for the resume.
func TestPausedStage(t *testing.T) {
	t.Parallel()
	s := tracetest.Start(t)
	s.Run(t)
	s.Verification(t, 1, "order-1", 1, "success", 10)
	s.Await(t, schemas.EnrichedJourneys, func(r *kgo.Record) bool { return string(r.Key) == "order-1" })
	c := pauses.Config{Kafka: s.Kafka, Names: s.Names, SchemaIDs: s.SchemaIDs}
	ask := func(r pauses.Request) {
		t.Helper()
		plan, err := pauses.NewPlan(t.Context(), c, &r)
		if err == nil {
			err = pauses.Apply(t.Context(), c, plan, &r)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	ask(pauses.Request{Stages: []string{processor.StageLOX24, processor.StageUAPAY}, By: "ann@host", Why: "a wrong release"})
	o := config(s, "order-1")
	o.Wait = 0
	p := prepare(t, o)
	want := []pause.Pause{{Stage: processor.StageLOX24, By: "ann@host", Why: "a wrong release"}}
	if d := cmp.Diff(want, p.Paused, cmpopts.IgnoreFields(pause.Pause{}, "Since")); d != "" {
		t.Errorf("paused stages (-want +got):\n%s", d)
	}
	if result, err := forget.Apply(t.Context(), o, p); err != nil || len(result.Waiting) != 1 {
		t.Fatalf("result %+v, %v; want one that waits", result, err)
	}
	ask(pauses.Request{Stages: []string{processor.StageLOX24, processor.StageUAPAY}, By: "ann@host", Resume: true})
	s.Await(t, schemas.EnrichedVerifications, func(r *kgo.Record) bool { return r.Value == nil })
	if p := prepare(t, o); len(p.Paused) > 0 {
		t.Errorf("after the resume %+v are paused", p.Paused)
	}
	s.Closes(t)
}

// TestWithoutAProcessor: it is said to wait, and is done when one runs.
func TestWithoutAProcessor(t *testing.T) {
	t.Parallel()
	s := tracetest.Start(t)
	s.Run(t)
	s.Verification(t, 1, "order-1", 1, "success", 10)
	s.Await(t, schemas.EnrichedJourneys, func(r *kgo.Record) bool { return string(r.Key) == "order-1" })
	s.Stop(t)
	o := config(s, "order-1")
	o.Wait = 0
	p := prepare(t, o)
	if d := cmp.Diff([]string{"lox24", "journey"}, p.Idle); d != "" {
		t.Errorf("idle stages (-want +got):\n%s", d)
	}
	result, err := forget.Apply(t.Context(), o, p)
	if err != nil || len(result.Sent) != 1 || !slices.Equal(result.Waiting, []string{tracetest.VerificationKey(1)}) {
		t.Fatalf("result %+v, %v; want one that waits", result, err)
	}
	s.Run(t)
	s.Await(t, schemas.EnrichedVerifications, func(r *kgo.Record) bool { return r.Value == nil })
	s.Await(t, schemas.EnrichedJourneys, func(r *kgo.Record) bool { return r.Value == nil })
	s.Closes(t)
}

// TestAPersonByPhone: every verification of a number, and by request what was paid
// with them.
func TestAPersonByPhone(t *testing.T) {
	t.Parallel()
	s := tracetest.Start(t)
	s.Run(t)
	s.Verification(t, 1, "order-1", 1, "success", 10)
	s.Verification(t, 2, "order-2", 1, "success", 10)
	s.Payment(t, 2, "order-2", "FINISHED", "FINISHED")
	for _, order := range []string{"order-1", "order-2"} {
		s.Await(t, schemas.EnrichedJourneys, func(r *kgo.Record) bool {
			j, ok := journeyOf(r)
			return ok && j.CorrelationID == order && j.Verified && (order == "order-1" || j.Paid)
		})
	}
	o := config(s, "")
	o.Query.Pseudonyms = []string{s.Privacy.Phone(tracetest.Phone, time.Now()).Pseudonyms[0].HMAC}
	verifications := []string{tracetest.VerificationKey(1), tracetest.VerificationKey(2)}
	if d := cmp.Diff(verifications, keys(prepare(t, o))); d != "" {
		t.Errorf("targets (-want +got):\n%s", d)
	}
	o.Journeys = true
	if d := cmp.Diff(append(verifications, tracetest.PaymentKey(2)), keys(prepare(t, o))); d != "" {
		t.Errorf("targets with --journeys (-want +got):\n%s", d)
	}
}

// TestNothingIsThere: it is no error, and there is nothing to carry out.
func TestNothingIsThere(t *testing.T) {
	t.Parallel()
	s := tracetest.Start(t)
	o := config(s, "order-of-nobody")
	p := prepare(t, o)
	if len(p.Targets) > 0 {
		t.Errorf("targets: %+v", p.Targets)
	}
	if _, err := forget.Apply(context.WithoutCancel(t.Context()), o, p); err == nil {
		t.Error("carrying out nothing is no error")
	}
}

// TestEntitiesWhosePseudonymIsTheirKey: LOX24's and UAPAY's raw keys have ids that are no
// ids, so that the state lies in other partitions than the keys say. The ids are given as
// the providers have them; nothing of them is written into a topic by the erasure. Ten of
// each, so that the two partitions differ for some.
func TestEntitiesWhosePseudonymIsTheirKey(t *testing.T) {
	t.Parallel()
	s := tracetest.Start(t)
	s.Run(t)
	type target struct{ id, key, changelog, enriched, raw string }
	var targets []target
	for i := range 10 {
		person, payment := fmt.Sprintf("person-%d@example.com", i), fmt.Sprintf("payment-%d@example.com", i)
		s.VerificationOf(t, &s.Sources[0], person, i, "order-9", 1, "success", 10)
		s.PaymentOf(t, payment, i, "order-9", "FINISHED", "FINISHED")
		targets = append(targets,
			target{person, "lox24:" + s.Privacy.ID(&s.Sources[0], person), schemas.ChangelogLOX24, schemas.EnrichedVerifications, schemas.RawLOX24},
			target{payment, "uapay:" + s.Privacy.ID(&s.Sources[1], payment), schemas.ChangelogUAPAY, schemas.EnrichedPayments, schemas.RawUAPAY})
	}
	s.Await(t, schemas.EnrichedJourneys, func(r *kgo.Record) bool {
		j, ok := journeyOf(r)
		return ok && j.Verifications == 10 && j.Payments == 10
	})
	for _, x := range targets {
		o := config(s, x.id)
		o.Trace.Privacy = s.Privacy
		p := prepare(t, o)
		if d := cmp.Diff([]string{x.key}, keys(p)); d != "" {
			t.Fatalf("targets of %s (-want +got):\n%s", x.id, d)
		}
		raw := slices.IndexFunc(p.Stays, func(y forget.Stays) bool { return y.Topic == s.Names.Topic(x.raw) })
		if raw < 0 || p.Stays[raw].Records != 1 {
			t.Errorf("what stays of %s: %+v, want its raw record", x.id, p.Stays)
		}
		carry(t, o, p)
		gone(t, s, x.changelog, x.key)
		gone(t, s, x.enriched, x.key)
	}
	for _, row := range schemas.Table() {
		if strings.HasPrefix(row.Name, "raw.") {
			continue
		}
		if still := left(t, s, row.Name, "@example.com"); len(still) > 0 {
			t.Errorf("%s holds %q", row.Name, still)
		}
	}
	s.Closes(t)
}
