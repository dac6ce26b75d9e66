package pause_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/goleak"

	"github.com/tributary-hq/tributary/processor/pause"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// place is a broker, with or without the topic.
type place struct {
	kafka  []kgo.Opt
	client *kgo.Client
	names  schemas.Names
	now    atomic.Int64 // Unix ms
	log    lines
}

func newPlace(t *testing.T) *place {
	t.Helper()
	fake, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fake.Close)
	p := &place{kafka: []kgo.Opt{kgo.SeedBrokers(fake.ListenAddrs()...)}, names: schemas.Names{Prefix: "acme."}}
	p.connect(t)
	p.now.Store(noon.UnixMilli())
	return p
}

func (p *place) connect(t *testing.T) {
	t.Helper()
	client, err := kgo.NewClient(p.kafka...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	p.client = client
}

var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

func (p *place) topic() string { return p.names.Topic(schemas.InternalPauses) }

func (p *place) create(t *testing.T) {
	t.Helper()
	if _, err := kadm.NewClient(p.client).CreateTopic(t.Context(), 3, 1, nil, p.topic()); err != nil {
		t.Fatal(err)
	}
}

func (p *place) write(t *testing.T, records ...avro.Pause) {
	t.Helper()
	for i := range records {
		value, err := records[i].AppendAvro(wire.Append(nil, 1))
		if err != nil {
			t.Fatal(err)
		}
		if err := p.client.ProduceSync(t.Context(), &kgo.Record{Topic: p.topic(), Key: []byte(records[i].Stage), Value: value}).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
}

// board starts a board; it is stopped at the end of the test.
func (p *place) board(t *testing.T) *pause.Board {
	t.Helper()
	b := pause.New(pause.Config{
		Kafka: p.kafka, Names: p.names, Again: time.Millisecond, Logger: slog.New(slog.NewTextHandler(&p.log, nil)),
		Now: func() time.Time { return time.UnixMilli(p.now.Load()).UTC() },
	})
	b.Start(t.Context())
	t.Cleanup(b.Stop)
	return b
}

func paused(stage string, revision int64, until time.Time) avro.Pause {
	r := avro.Pause{Stage: stage, Revision: revision, Paused: true, At: noon, Actor: "ann@host", Purpose: "a wrong release"}
	if !until.IsZero() {
		r.Until = avro.Some(until)
	}
	return r
}

func await(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !done(); {
		if time.Now().After(deadline) {
			t.Fatalf("in vain: %s", what)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		<-ctx.Done()
		cancel()
	}
}

// TestStartReadsAll: what the topic holds is known when Start returns, the last record of
// each stage counts, and later records are followed.
func TestStartReadsAll(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.create(t)
	resumed := paused("uapay", 3, time.Time{})
	resumed.Paused = false
	p.write(t, paused("lox24", 1, time.Time{}), paused("uapay", 1, time.Time{}), resumed, paused("journey", 2, time.Time{}), paused("journey", 1, noon))
	b := p.board(t)
	var stages []string
	for _, x := range b.All() {
		stages = append(stages, x.Stage+" "+x.String())
	}
	const text = "paused by ann@host since 2026-11-30 12:00 UTC: a wrong release"
	if got, want := strings.Join(stages, "\n"), "journey "+text+"\nlox24 "+text; got != want {
		t.Errorf("All() = %s, want %s", got, want)
	}
	p.write(t, paused("uapay", 4, time.Time{}))
	await(t, "the pause of uapay", func() bool { _, ok := b.Of("uapay"); return ok })
	if got := b.Revision("uapay"); got != 4 {
		t.Errorf("Revision() = %d, want 4", got)
	}
}

// TestPauseEndsByItself: a pause with an end is over at that time, without a record.
func TestPauseEndsByItself(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.create(t)
	p.write(t, paused("lox24", 1, noon.Add(time.Hour)))
	b := p.board(t)
	reg := prometheus.NewRegistry()
	b.Register(reg, []string{"lox24"})
	p.now.Store(noon.Add(time.Hour).UnixMilli() - 1)
	if _, ok := b.Of("lox24"); !ok {
		t.Error("the pause ends too early")
	}
	checkMetrics(t, reg, 1, float64(noon.Unix()), float64(noon.Add(time.Hour).Unix()))
	p.now.Add(1)
	if x, ok := b.Of("lox24"); ok {
		t.Errorf("%s is in force at its end", &x)
	}
	checkMetrics(t, reg, 0, 0, 0)
}

// checkMetrics compares the metrics of a board with one stage.
func checkMetrics(t *testing.T, reg prometheus.Gatherer, paused, since, until float64) {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, f := range families {
		got[f.GetName()] = f.GetMetric()[0].GetGauge().GetValue()
	}
	const name = "tributary_processor_paused"
	want := map[string]float64{name: paused, name + "_since_timestamp_seconds": since, name + "_until_timestamp_seconds": until}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("metrics (-want +got):\n%s", diff)
	}
}

// TestMissingTopic: without the topic nothing is paused, a warning names the remedy once,
// and the topic is followed as soon as it exists.
func TestMissingTopic(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	b := p.board(t)
	if len(b.All()) != 0 || b.Err() == nil {
		t.Errorf("without a topic: %v, %v", b.All(), b.Err())
	}
	p.create(t)
	p.write(t, paused("lox24", 1, time.Time{}))
	await(t, "the pause of lox24", func() bool { _, ok := b.Of("lox24"); return ok && b.Err() == nil })
	if log := p.log.String(); strings.Count(log, "tributary topics apply") != 1 {
		t.Errorf("the log does not warn once: %s", log)
	}
}

// TestRecreatedTopic: when somebody deletes the topic, the pauses stay in force; when it is
// made anew, those of the new topic are, and the log says so.
func TestRecreatedTopic(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.kafka = append(p.kafka, kgo.MetadataMinAge(10*time.Millisecond))
	p.create(t)
	p.write(t, paused("lox24", 5, time.Time{}), paused("uapay", 5, time.Time{}))
	b := p.board(t)
	if _, err := kadm.NewClient(p.client).DeleteTopics(t.Context(), p.topic()); err != nil {
		t.Fatal(err)
	}
	await(t, "the error", func() bool { return b.Err() != nil })
	if got := len(b.All()); got != 2 {
		t.Errorf("without the topic %d stages are paused, want 2", got)
	}
	p.create(t)
	p.connect(t) // a client remembers the id of a topic
	p.write(t, paused("uapay", 1, time.Time{}))
	await(t, "the new topic", func() bool { _, ok := b.Of("lox24"); return !ok && b.Err() == nil })
	await(t, "the new pause", func() bool { return b.Revision("uapay") == 1 })
	if !strings.Contains(p.log.String(), "no record of its pause any more") {
		t.Errorf("the log does not say that lox24 is resumed: %s", p.log.String())
	}
}

// TestUnreadableRecord: a record that cannot be read is skipped with a warning.
func TestUnreadableRecord(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.create(t)
	for _, value := range []string{"", "{}", "\x00\x00\x00\x00\x01\xff"} {
		if err := p.client.ProduceSync(t.Context(), &kgo.Record{Topic: p.topic(), Key: []byte("lox24"), Value: []byte(value)}).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	p.write(t, paused("lox24", 1, time.Time{}))
	if _, ok := p.board(t).Of("lox24"); !ok || strings.Count(p.log.String(), "a pause cannot be read") != 3 {
		t.Errorf("paused %t, log: %s", ok, p.log.String())
	}
}

// lines is a log that several goroutines write.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
