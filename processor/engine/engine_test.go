package engine_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/otel/trace"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/engine/failpoint"
	"github.com/tributary-hq/tributary/processor/stage"
)

// The counter stage on Kafka.
const (
	input       = "input"
	output      = "output"
	changelog   = "changelog"
	deadLetters = "input.dead"
)

// sums is a stage whose output says what it counted: any loss, repetition or state
// from an aborted round shows as a gap or a repeat in a key's numbers.
type sums struct{}

func (sums) Decode(in *stage.Input) (stage.Event, error) {
	if string(in.Value) == "poison" {
		return nil, stage.Permanentf(stage.CauseUndecodable, "as asked")
	}
	return nil, nil //nolint:nilnil // the key says it all
}

func (sums) Apply(tx stage.Tx, in *stage.Input, _ stage.Event) error {
	tx.AdvanceWatermark(in.Timestamp)
	entry, err := tx.Get(in.Key)
	if err != nil {
		return err
	}
	n := uint64(1)
	if entry != nil {
		n += binary.BigEndian.Uint64(entry)
	}
	count := binary.BigEndian.AppendUint64(tx.Buffer(8), n)
	var deadline time.Time
	if strings.HasPrefix(string(in.Key), "due") {
		deadline = in.Timestamp.Add(time.Minute)
	}
	tx.Put(in.Key, count, deadline)
	tx.Emit(stage.Output{Topic: output, Key: in.Key, Value: []byte(strconv.FormatUint(n, 10))})
	return nil
}

func (sums) OnTimer(tx stage.Tx, key []byte) error {
	tx.Delete(key)
	tx.Emit(stage.Output{Topic: output, Key: key, Value: []byte("expired")})
	return nil
}

// bench is a cluster with the topics of the counter stage under a prefix of its own.
type bench struct {
	t       *testing.T
	kafka   []kgo.Opt
	names   testNames
	fake    *kfake.Cluster // nil on a real broker
	client  *kgo.Client
	sent    map[string]int
	poison  int
	stateAt string
	// tune changes the settings of engines started from now on.
	tune func(*engine.Config)
	// stage is what runs, counted is told what it counts.
	stage   stage.Stage
	counted func(stage.Count)
	// replayed and metrics are the engine's; nil for none.
	replayed func(*stage.Input) bool
	metrics  prometheus.Registerer
	// paused is Spec.Paused.
	paused func() bool
	// tracer makes spans, if it is set.
	tracer trace.TracerProvider
	// failed gets the error that ends a worker for good.
	failed chan error
}

const partitions = 4

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, sent: map[string]int{}, stateAt: t.TempDir(), tune: func(*engine.Config) {}, stage: sums{}, failed: make(chan error, 16)}
	brokers := strings.Split(os.Getenv("TRIBUTARY_KAFKA_BROKERS"), ",")
	if brokers[0] == "" {
		fake, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.BrokerConfigs(map[string]string{"group.min.session.timeout.ms": "100"}))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(fake.Close)
		b.fake, brokers = fake, fake.ListenAddrs()
	}
	b.names.Prefix = "t" + strconv.FormatUint(rand.Uint64(), 10) + "."
	b.kafka = []kgo.Opt{kgo.SeedBrokers(brokers...)}
	client, err := kgo.NewClient(append(b.kafka, kgo.ManualFlushing())...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	b.client = client
	compact := "compact"
	for topic, policy := range map[string]map[string]*string{input: nil, output: nil, deadLetters: nil, changelog: {"cleanup.policy": &compact}} {
		if _, err := kadm.NewClient(client).CreateTopic(t.Context(), partitions, 1, policy, b.names.Topic(topic)); err != nil {
			t.Fatalf("create %s: %v", topic, err)
		}
	}
	b.awaitTopics(input, output, deadLetters, changelog)
	return b
}

// awaitTopics waits until a real broker shows topics that it has just made, and
// tells their ids.
func (b *bench) awaitTopics(topics ...string) map[string]kadm.TopicID {
	b.t.Helper()
	ids := make(map[string]kadm.TopicID, len(topics))
	for _, topic := range topics {
		for name := b.names.Topic(topic); ; {
			details, err := kadm.NewClient(b.client).ListTopics(b.t.Context(), name)
			if err != nil {
				b.t.Fatal(err)
			}
			if len(details[name].Partitions) == partitions && details.Error() == nil {
				ids[topic] = details[name].ID
				break
			}
		}
	}
	return ids
}

// send writes n records over a few keys and remembers how many each key got.
func (b *bench) send(n int, at time.Time, keys ...string) {
	b.t.Helper()
	for i := range n {
		key := keys[i%len(keys)]
		value := "x"
		if key == "poison" {
			value, b.poison = "poison", b.poison+1
		} else {
			b.sent[key]++
		}
		b.client.Produce(b.t.Context(), &kgo.Record{Topic: b.names.Topic(input), Key: []byte(key), Value: []byte(value), Timestamp: at},
			func(_ *kgo.Record, err error) {
				if err != nil {
					b.t.Errorf("produce input: %v", err)
				}
			})
	}
	if err := b.client.Flush(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) config(instance string) engine.Config {
	c := engine.DefaultConfig()
	c.InstanceID = instance
	c.StateDir = b.stateAt + "/" + instance
	c.CommitInterval = 20 * time.Millisecond
	c.FenceAfter = 200 * time.Millisecond
	c.WatermarkInterval = 50 * time.Millisecond
	c.WatermarkIdleTimeout = 0
	c.SessionTimeout = 6 * time.Second // brokers allow no less
	b.tune(&c)
	return c
}

// shortSession lets the embedded broker notice soon that a worker has gone.
func (b *bench) shortSession() {
	if b.fake != nil {
		b.tune = func(c *engine.Config) { c.SessionTimeout = 2 * time.Second }
	}
}

// hint is what an operator can do about a problem.
func hint(problem engine.Problem, name string) string {
	switch problem {
	case engine.ProblemPartitions:
		return "the hint for partitions"
	case engine.ProblemStateLost:
		return "the hint for lost state of " + name
	default:
		return ""
	}
}

// start runs an engine with the stage. The caller stops it, or the test's end does.
func (b *bench) start(instance string, workers int, step failpoint.Hook) *engine.Engine {
	b.t.Helper()
	deps := engine.Deps{Kafka: b.kafka, Prefix: b.names.Prefix, Version: "test", Tracer: b.tracer, Metrics: b.metrics, Hint: hint, Fail: func(err error) { b.failed <- err }}
	if testing.Verbose() {
		deps.Logger = slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	failpoint.Install(&deps, step)
	e, err := engine.New(b.config(instance), []engine.Spec{{
		Name: "sums", Stage: b.stage, Input: input, Changelog: changelog, Outputs: []string{output}, DeadLetter: deadLetters,
		WallClock: true, Workers: workers, OnCount: b.counted, Replayed: b.replayed, Paused: b.paused,
	}}, deps)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := e.Start(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
	return e
}

func (b *bench) stop(e *engine.Engine) {
	b.t.Helper()
	if err := e.Stop(context.Background()); err != nil {
		b.t.Errorf("Stop() = %v", err)
	}
}

// read returns what is committed in a topic, by key, until done says so or the
// deadline of the test comes.
func (b *bench) read(topic string, done func(map[string][]string) bool) map[string][]string {
	b.t.Helper()
	reader, err := kgo.NewClient(append(b.kafka, kgo.ConsumeTopics(b.names.Topic(topic)), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.FetchMaxWait(50*time.Millisecond))...)
	if err != nil {
		b.t.Fatal(err)
	}
	defer reader.Close()
	ctx, cancel := context.WithTimeout(b.t.Context(), 2*time.Minute)
	defer cancel()
	got := map[string][]string{}
	for !done(got) {
		fetches := reader.PollFetches(ctx)
		if ctx.Err() != nil {
			b.t.Fatalf("read %s: not done in time, have %d keys: %v", topic, len(got), summary(got))
		}
		fetches.EachRecord(func(r *kgo.Record) { got[string(r.Key)] = append(got[string(r.Key)], string(r.Value)) })
	}
	return got
}

func summary(got map[string][]string) string {
	var out []string
	for k, v := range got {
		out = append(out, fmt.Sprintf("%s:%d", k, len(v)))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// check reads the output and holds every key's numbers against what was sent.
func (b *bench) check() {
	b.t.Helper()
	got := b.read(output, func(got map[string][]string) bool {
		for key, n := range b.sent {
			if len(got[key]) < n {
				return false
			}
		}
		return true
	})
	for key, n := range b.sent {
		for i, v := range got[key] {
			if v != strconv.Itoa(i+1) {
				b.t.Errorf("key %s: number %d is %s: lost, repeated or counted from an aborted round (%d sent)", key, i+1, v, n)
				break
			}
		}
		if len(got[key]) != n {
			b.t.Errorf("key %s: %d numbers, want %d", key, len(got[key]), n)
		}
	}
}

func keys(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("key-%d", i)
	}
	return out
}

func now() time.Time { return time.Now().Truncate(time.Millisecond) }

func TestEngineCounts(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.send(2000, now(), append(keys(17), "poison")...)
	e := b.start("one", 2, nil)
	b.check()
	b.send(2000, now(), keys(17)...)
	b.check()
	b.stop(e)
	dead := b.read(deadLetters, func(got map[string][]string) bool { return len(got["poison"]) >= b.poison })
	if len(dead["poison"]) != b.poison {
		t.Errorf("%d dead letters, want %d", len(dead["poison"]), b.poison)
	}
	// A new process on the same state goes on where the old one was.
	e = b.start("one", 2, nil)
	b.send(500, now(), keys(17)...)
	b.check()
	b.stop(e)
}

func TestEngineFiresDeadlinesWithoutRecords(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.send(8, now().Add(-2*time.Minute), "due-1", "due-2")
	e := b.start("one", 1, nil)
	defer b.stop(e)
	got := b.read(output, func(got map[string][]string) bool { return len(got["due-1"]) >= 5 && len(got["due-2"]) >= 5 })
	for _, key := range []string{"due-1", "due-2"} {
		if want := []string{"1", "2", "3", "4", "expired"}; !slices.Equal(got[key], want) {
			t.Errorf("%s = %v, want %v", key, got[key], want)
		}
	}
	// What has ended leaves a tombstone behind, so that compaction forgets it.
	log := b.read(changelog, func(got map[string][]string) bool {
		return slices.Contains(got["due-1"], "") && slices.Contains(got["due-2"], "")
	})
	for _, key := range []string{"due-1", "due-2"} {
		if last := log[key][len(log[key])-1]; last != "" {
			t.Errorf("the last entry of %s in the changelog is %x, want a tombstone", key, last)
		}
	}
}
