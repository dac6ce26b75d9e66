package reset_test

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/reset"
	"github.com/tributary-hq/tributary/cmd/internal/tool/scan"
	"github.com/tributary-hq/tributary/cmd/internal/tool/trace/tracetest"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

func config(s *tracetest.Stack, stage string) *reset.Config {
	return &reset.Config{Kafka: s.Kafka, Names: s.Names, Topics: s.Topics, Stage: stage}
}

func prepare(t *testing.T, o *reset.Config) *reset.Plan {
	t.Helper()
	p, err := reset.NewPlan(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func adminOf(t *testing.T, s *tracetest.Stack) *kadm.Client {
	t.Helper()
	client, err := kgo.NewClient(s.Kafka...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return kadm.NewClient(client)
}

// journeys returns the last snapshot of each journey.
func journeys(t *testing.T, s *tracetest.Stack, keys ...string) map[string]avro.JourneySnapshot {
	t.Helper()
	topic := s.Names.Topic(schemas.EnrichedJourneys)
	last, err := scan.Last(t.Context(), scan.Config{Kafka: s.Kafka}, map[string][]string{topic: keys}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]avro.JourneySnapshot{}
	for key, r := range last[topic] {
		out[key] = journeyOf(t, r)
	}
	return out
}

func journeyOf(t *testing.T, r *kgo.Record) avro.JourneySnapshot {
	t.Helper()
	var j avro.JourneySnapshot
	_, body, err := wire.Parse(r.Value)
	if err == nil {
		err = j.DecodeAvro(body)
	}
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// count returns how many records a topic holds.
func count(t *testing.T, s *tracetest.Stack, admin *kadm.Client, topic string) int {
	t.Helper()
	ends, err := admin.ListCommittedOffsets(t.Context(), s.Names.Topic(topic))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for p, end := range ends[s.Names.Topic(topic)] {
		client, err := kgo.NewClient(append(s.Kafka, kgo.KeepControlRecords(), kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.FetchMaxWait(50*time.Millisecond),
			kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{s.Names.Topic(topic): {p: kgo.NewOffset().AtStart()}}))...)
		if err != nil {
			t.Fatal(err)
		}
		for at := int64(0); at < end.Offset; {
			client.PollFetches(t.Context()).EachRecord(func(r *kgo.Record) {
				at = r.Offset + 1
				if !r.Attrs.IsControl() {
					n++
				}
			})
		}
		client.Close()
	}
	return n
}

// history sends what becomes of three orders, and awaits it.
func history(t *testing.T, s *tracetest.Stack) {
	t.Helper()
	for range 2 { // the second time they are repeats
		s.Verification(t, 1, "order-1", 1, "channel.success", 5)
		s.Verification(t, 1, "order-1", 2, "success", 10)
		s.Verification(t, 2, "order-2", 1, "failed", 20)
	}
	s.Payment(t, 1, "order-1", "NEW", "OPEN")
	s.Payment(t, 1, "order-1", "FINISHED", "FINISHED")
	s.Webhook(t, "lox24", "lox24:poison", []byte("no json"))
	s.Await(t, schemas.EnrichedJourneys, func(r *kgo.Record) bool {
		j := journeyOf(t, r)
		return j.Outcome == avro.JourneyOutcomeComplete && j.Facts == 4
	})
	s.Await(t, schemas.EnrichedJourneys, func(r *kgo.Record) bool { return journeyOf(t, r).Outcome == avro.JourneyOutcomeVerificationFailed })
	s.Await(t, schemas.DeadLetterLOX24, func(*kgo.Record) bool { return true })
}

// awaitVerified waits until what came later is applied to the state that was made
// again.
func awaitVerified(t *testing.T, s *tracetest.Stack) {
	t.Helper()
	s.Await(t, schemas.EnrichedJourneys, func(r *kgo.Record) bool {
		j := journeyOf(t, r)
		return j.CorrelationID == "order-2" && j.Verified
	})
}

// TestReset: every stage is made again; journeys end as they were, facts are there
// once, revisions go on, and what comes later is applied to what was made.
func TestReset(t *testing.T) {
	t.Parallel()
	s := tracetest.Start(t)
	s.Run(t)
	history(t, s)
	p := prepare(t, config(s, "lox24"))
	if err := reset.Apply(t.Context(), config(s, "lox24"), p); !errors.Is(err, reset.ErrMembers) || p.Again != 7 || p.Lost != 0 {
		t.Fatalf("with a processor: %v of %+v, want it to be refused", err, p)
	}
	s.Stop(t)
	admin := adminOf(t, s)
	once := []string{schemas.DecodedLOX24VerifyCode, schemas.DecodedUAPAYPayment, schemas.Duplicates, schemas.DeadLetterLOX24}
	before, counts := journeys(t, s, "order-1", "order-2"), map[string]int{}
	for _, topic := range once {
		counts[topic] = count(t, s, admin, topic)
	}
	for _, stage := range processor.StageNames() {
		if err := reset.Apply(t.Context(), config(s, stage), prepare(t, config(s, stage))); err != nil {
			t.Fatal(err)
		}
	}
	s.Run(t)
	s.Verification(t, 2, "order-2", 2, "success", 10)
	s.Await(t, schemas.EnrichedJourneys, func(r *kgo.Record) bool {
		j := journeyOf(t, r)
		return j.CorrelationID == "order-2" && j.Verified && j.Facts == 2
	})
	s.Await(t, schemas.EnrichedJourneys, func(r *kgo.Record) bool {
		j := journeyOf(t, r)
		return j.CorrelationID == "order-1" && j.Revision > before["order-1"].Revision && j.Facts == 4 && j.Outcome == avro.JourneyOutcomeComplete
	})
	after := journeys(t, s, "order-1")
	ofTheArrival := cmpopts.IgnoreFields(avro.JourneySnapshot{}, "Revision", "ProcessedAt", "ChangedBy")
	if d := cmp.Diff(before["order-1"], after["order-1"], ofTheArrival); d != "" {
		t.Errorf("order-1 (-before +made again):\n%s", d)
	}
	got := map[string]int{}
	for _, topic := range once {
		got[topic] = count(t, s, admin, topic)
	}
	want := maps.Clone(counts)
	want[schemas.DecodedLOX24VerifyCode]++ // the one that came later
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("records (-want +got):\n%s", d)
	}
	s.Closes(t)
}

// TestABrokenResetIsNoTrap: whatever it died of, no processor goes on with what is
// left, and it can be run again.
func TestABrokenResetIsNoTrap(t *testing.T) {
	t.Parallel()
	s := tracetest.Start(t)
	s.Run(t)
	history(t, s)
	s.Stop(t)
	admin := adminOf(t, s)
	// It died before the group went: the new changelog stands before the old offsets.
	group := s.Names.Group("lox24")
	offsets, err := admin.FetchOffsets(t.Context(), group)
	if err != nil {
		t.Fatal(err)
	}
	o := config(s, "lox24")
	if err := reset.Apply(t.Context(), o, prepare(t, o)); err != nil {
		t.Fatal(err)
	}
	if _, err := admin.CommitOffsets(t.Context(), group, offsets.Offsets()); err != nil {
		t.Fatal(err)
	}
	s.Failed = make(chan error, 1)
	s.Run(t)
	if err := <-s.Failed; !errors.Is(err, engine.ErrUnfinishedReset) || !strings.Contains(err.Error(), "run tributary reset --stage lox24 again") {
		t.Errorf("a processor says %v", err)
	}
	s.Stop(t)
	s.Failed = nil
	// It died before the changelog was made anew.
	if _, err := admin.DeleteTopics(t.Context(), s.Names.Topic(schemas.ChangelogLOX24)); err != nil {
		t.Fatal(err)
	}
	p := prepare(t, o)
	if p.Entries != -1 {
		t.Errorf("plan %+v, want a missing changelog", p)
	}
	if err := reset.Apply(t.Context(), o, p); err != nil {
		t.Fatal(err)
	}
	s.Run(t)
	s.Await(t, schemas.EnrichedVerifications, func(r *kgo.Record) bool {
		var v avro.VerificationSnapshot
		_, body, err := wire.Parse(r.Value)
		return err == nil && v.DecodeAvro(body) == nil && v.Revision > p.Revisions && v.Facts == 2
	})
}

// TestWhatRetentionTook: it is counted, and dated.
func TestWhatRetentionTook(t *testing.T) {
	t.Parallel()
	s := tracetest.Start(t)
	s.Run(t)
	history(t, s)
	s.Stop(t)
	admin := adminOf(t, s)
	until := kadm.Offsets{}
	raw := s.Names.Topic(schemas.RawLOX24)
	starts, err := admin.ListEndOffsets(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	var lost int64
	starts.Each(func(end kadm.ListedOffset) {
		until.AddOffset(raw, end.Partition, end.Offset/2, -1)
		lost += end.Offset / 2
	})
	if _, err := admin.DeleteRecords(t.Context(), until); err != nil {
		t.Fatal(err)
	}
	p := prepare(t, config(s, "lox24"))
	if p.Lost != lost || p.Again != 7-lost || p.Since.IsZero() || time.Since(p.Since) > time.Hour {
		t.Errorf("plan %+v, want %d lost, of 7", p, lost)
	}
}

func TestNoSuchStage(t *testing.T) {
	t.Parallel()
	if _, err := reset.NewPlan(t.Context(), &reset.Config{Stage: "telegram"}); err == nil || !strings.Contains(err.Error(), "lox24") {
		t.Errorf("error %v, want one that names the stages", err)
	}
}
