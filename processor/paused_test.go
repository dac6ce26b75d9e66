package processor_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// TestPausedPipeline: a stage that is paused before its processes start processes nothing,
// also after a restart, while the other stages go on. The processes stay ready and say who
// paused it. No journey counts a member as missing meanwhile, because the watermark of the
// paused stage holds that of the journeys. After the resume all is as if it had not been.
func TestPausedPipeline(t *testing.T) {
	t.Parallel()
	records := exampleHistory(t)
	now := noon(20 * time.Hour)
	want := newPipeline(t)
	want.feed(t, records...)
	want.advance(t, now)
	want.advance(t, now)
	if len(missing(want)) == 0 {
		t.Fatal("no journey of the example misses a member")
	}

	c := newCluster(t)
	c.pause(t, processor.StageLOX24, 1, true)
	c.send(t, records)
	one, two := c.start(t, "a", now), c.start(t, "b", now)
	others := len(slices.DeleteFunc(slices.Clone(records), func(r stage.Input) bool { return r.Topic == schemas.RawLOX24 }))
	c.until(t, func(got *pipeline) bool { return got.total() == others })
	c.checkPaused(t, one, two)
	if err := one.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	one = c.start(t, "a", now)
	got := c.until(t, func(p *pipeline) bool { return p.total() >= others })
	c.checkPaused(t, one, two)
	if got.total() != others || len(missing(got)) > 0 {
		t.Errorf("while the stage was paused, %d of %d records had an outcome, and these journeys miss a member: %v", got.total(), others, missing(got))
	}

	c.pause(t, processor.StageLOX24, 2, false)
	got = c.until(t, func(got *pipeline) bool { return got.total() == len(records) && cmp.Equal(want.last, got.last) })
	if got.account != want.account {
		t.Errorf("account = %+v, in memory %+v", got.account, want.account)
	}
	if diff := cmp.Diff(want.last, got.last); diff != "" {
		t.Errorf("last snapshots (-in memory +on Kafka):\n%s", diff)
	}
	for _, p := range []*processor.Processor{one, two} {
		awaitWhy(t, p, "")
		if err := p.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// awaitWhy waits until a process is ready and says something.
func awaitWhy(t *testing.T, p *processor.Processor, why string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for !p.Ready() || p.Why() != why {
		select {
		case <-look.C:
		case <-ctx.Done():
			t.Fatalf("ready %t, why %q, want ready and %q", p.Ready(), p.Why(), why)
		}
	}
}

// missing returns the journeys that miss a member.
func missing(p *pipeline) (out []string) {
	for name, fields := range p.last {
		if strings.HasPrefix(name, schemas.EnrichedJourneys+" ") && fields["missing"] != string(avro.JourneyMissingNone) {
			out = append(out, name)
		}
	}
	return out
}

// checkPaused checks that processes are ready, say that the stage lox24 is paused, and have
// committed nothing of it.
func (c *cluster) checkPaused(t *testing.T, processes ...*processor.Processor) {
	t.Helper()
	const why = "stage lox24 is paused by ann@host since 2026-06-01 12:00 UTC: a wrong release"
	for _, p := range processes {
		awaitWhy(t, p, why)
	}
	offsets, err := kadm.NewClient(c.client).FetchOffsets(t.Context(), c.names.Group(processor.StageLOX24))
	if err != nil {
		t.Fatal(err)
	}
	offsets.Each(func(o kadm.OffsetResponse) {
		if o.At > 0 {
			t.Errorf("the paused stage has committed %d of %s/%d", o.At, o.Topic, o.Partition)
		}
	})
}

// pause writes a record of a stage.
func (c *cluster) pause(t *testing.T, name string, revision int64, paused bool) {
	t.Helper()
	r := avro.Pause{Stage: name, Revision: revision, Paused: paused, At: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC), Actor: "ann@host", Purpose: "a wrong release"}
	value, err := r.AppendAvro(wire.Append(nil, 1))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.client.ProduceSync(t.Context(), &kgo.Record{Topic: c.names.Topic(schemas.InternalPauses), Key: []byte(name), Value: value}).FirstErr(); err != nil {
		t.Fatal(err)
	}
}
