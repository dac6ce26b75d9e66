package reset_test

import (
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/audit"
	"github.com/tributary-hq/tributary/cmd/internal/tool/forget"
	"github.com/tributary-hq/tributary/cmd/internal/tool/reset"
	"github.com/tributary-hq/tributary/cmd/internal/tool/trace"
	"github.com/tributary-hq/tributary/cmd/internal/tool/trace/tracetest"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

func carry(t *testing.T, o *reset.Config) *reset.Plan {
	t.Helper()
	p := prepare(t, o)
	if err := reset.Apply(t.Context(), o, p); err != nil {
		t.Fatal(err)
	}
	return p
}

// awaitMadeAgain waits until a verification was emitted with all its facts by a reset.
func awaitMadeAgain(t *testing.T, s *tracetest.Stack, revisions, facts int64) {
	t.Helper()
	s.Await(t, schemas.EnrichedVerifications, func(r *kgo.Record) bool {
		var v avro.VerificationSnapshot
		_, body, err := wire.Parse(r.Value)
		return err == nil && v.DecodeAvro(body) == nil && v.Revision > revisions && v.Facts == facts
	})
}

// TestResetTwice: a stage that has not caught up with a reset is reset again, also by
// one that died when it had deleted the changelog; no fact is emitted twice.
func TestResetTwice(t *testing.T) {
	t.Parallel()
	s := tracetest.Start(t)
	s.Run(t)
	history(t, s)
	s.Stop(t)
	o, admin := config(s, "lox24"), adminOf(t, s)
	decoded := count(t, s, admin, schemas.DecodedLOX24VerifyCode)
	first := carry(t, o)
	again := prepare(t, o)
	if again.Again != first.Again || again.Partitions[0].Committed != first.Partitions[0].Committed || again.Partitions[0].Accounted != first.Partitions[0].Accounted {
		t.Fatalf("plan %+v, want what the first reset found: %+v", again, first)
	}
	carry(t, o)
	// What a third one leaves that dies between the two changelogs.
	p := prepare(t, o)
	offsets := kadm.Offsets{}
	for i := range p.Partitions {
		offsets.AddOffset(p.Input, p.Partitions[i].Partition, p.Partitions[i].Committed, -1)
	}
	if err := admin.CommitAllOffsets(t.Context(), p.Group, offsets); err != nil {
		t.Fatal(err)
	}
	if _, err := admin.DeleteTopics(t.Context(), p.Changelog); err != nil {
		t.Fatal(err)
	}
	last := carry(t, o)
	s.Run(t)
	awaitMadeAgain(t, s, last.Revisions, 2)
	s.Verification(t, 2, "order-2", 2, "success", 10)
	awaitMadeAgain(t, s, last.Revisions, 2)
	awaitVerified(t, s)
	if n := count(t, s, admin, schemas.DecodedLOX24VerifyCode); n != decoded+1 {
		t.Errorf("%d facts, want the %d there were and one", n, decoded)
	}
	s.Closes(t)
}

// TestMissingFactsAreEmitted: records that ended in nothing are found, have their facts
// emitted by a reset that is asked to, each once, and the account closes.
func TestMissingFactsAreEmitted(t *testing.T) {
	t.Parallel()
	s := tracetest.Start(t)
	s.Run(t)
	history(t, s)
	s.Stop(t)
	o, admin := config(s, "lox24"), adminOf(t, s)
	o.Missing = true
	topic := s.Names.Topic(schemas.DecodedLOX24VerifyCode)
	decoded := count(t, s, admin, schemas.DecodedLOX24VerifyCode)
	ends, err := admin.ListEndOffsets(t.Context(), topic)
	if err != nil {
		t.Fatal(err)
	}
	until := ends.Offsets()
	if _, err := admin.DeleteRecords(t.Context(), until); err != nil {
		t.Fatal(err)
	}
	report, err := audit.Run(t.Context(), audit.Config{Kafka: s.Kafka, Names: s.Names})
	if err != nil || report.AddsUp {
		t.Fatalf("%+v, %v: the account adds up without its facts", report, err)
	}
	p := prepare(t, o)
	if p.Missing != int64(decoded) {
		t.Errorf("%d records are missing, want %d", p.Missing, decoded)
	}
	carry(t, o)
	// What an earlier reset was to tell is not forgotten by the next.
	o.Missing = false
	last := carry(t, o)
	s.Run(t)
	awaitMadeAgain(t, s, last.Revisions, 2)
	for range decoded {
		s.Await(t, schemas.DecodedLOX24VerifyCode, func(*kgo.Record) bool { return true })
	}
	s.Verification(t, 2, "order-2", 2, "success", 10)
	awaitVerified(t, s)
	s.Closes(t)
}

// TestForgottenStaysForgotten: a rebuild meets an erasure in its place, so what was
// forgotten is emitted once more and then ended again.
func TestForgottenStaysForgotten(t *testing.T) {
	t.Parallel()
	s := tracetest.Start(t)
	s.Run(t)
	history(t, s)
	o := forget.Config{
		Trace: trace.Config{Kafka: s.Kafka, Names: s.Names, Sources: s.Sources}, Query: trace.Query{ID: tracetest.VerificationKey(2)}, By: "the test", Wait: time.Minute,
	}
	plan, _, err := forget.NewPlan(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if result, err := forget.Apply(t.Context(), o, plan); err != nil || len(result.Waiting) > 0 {
		t.Fatalf("%+v, %v", result, err)
	}
	s.Closes(t)
	s.Stop(t)
	p := carry(t, config(s, "lox24"))
	s.Run(t)
	awaitMadeAgain(t, s, p.Revisions, 2)
	s.Await(t, schemas.EnrichedVerifications, func(r *kgo.Record) bool {
		return r.Value == nil && string(r.Key) == tracetest.VerificationKey(2) && r.Timestamp.UnixMilli() >= p.Revisions
	})
	s.Await(t, schemas.EnrichedJourneys, func(r *kgo.Record) bool {
		return r.Value == nil && string(r.Key) == "order-2" && r.Timestamp.UnixMilli() >= p.Revisions
	})
	s.Closes(t)
}
