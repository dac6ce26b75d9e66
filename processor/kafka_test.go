package processor_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
)

// kafkaPartitions is how many partitions every topic of these tests has.
const kafkaPartitions = 2

// TestOnKafka runs all stages on a broker, takes the process and its disk away in
// the middle, and compares what a consumer has in the end with the same in memory.
func TestOnKafka(t *testing.T) {
	t.Parallel()
	records := exampleHistory(t)
	repeats := records[:4]
	// Past every deadline of the history, but within the span in which repeats are
	// known.
	now := noon(20 * time.Hour)

	want := newPipeline(t)
	want.feed(t, records...)
	want.feed(t, repeats...)
	want.advance(t, now)
	want.advance(t, now)

	c := newCluster(t)
	first := c.start(t, "a", now)
	half := len(records) / 2
	c.send(t, records[:half])
	c.until(t, func(got *pipeline) bool { return got.total() == half })
	if err := first.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	// While nobody runs, records come. The next process has an empty disk.
	c.send(t, records[half:])
	second := c.start(t, "a", now)
	c.send(t, repeats)
	got := c.until(t, func(got *pipeline) bool {
		return got.total() == len(records)+len(repeats) && cmp.Equal(want.last, got.last)
	})
	if !second.Ready() {
		t.Errorf("not ready after all was done: %+v", second.Health())
	}
	if err := second.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got.account != want.account {
		t.Errorf("account = %+v, in memory %+v", got.account, want.account)
	}
	// Every fact has an age once, a repeat none.
	ages := map[string]int{}
	for _, m := range c.metrics {
		addAges(t, m, ages)
	}
	facts := ages[processor.StageLOX24] + ages[processor.StageUAPAY] + ages[processor.StageVoximplant] + ages[processor.StageUnibell]
	if facts != want.account.decoded || ages[processor.StageJourney] == 0 || ages[processor.StageUnibellCall] == 0 {
		t.Errorf("ages by stage = %v of %d facts", ages, want.account.decoded)
	}
	for _, m := range c.metrics {
		checkNewest(t, m, noon(0), ages)
	}
	if diff := cmp.Diff(want.last, got.last); diff != "" {
		t.Errorf("last snapshots (-in memory +on Kafka):\n%s", diff)
	}
}

// addAges adds how many ages each stage has observed.
func addAges(t *testing.T, from prometheus.Gatherer, to map[string]int) {
	t.Helper()
	families, err := from.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() != "tributary_processor_received_to_committed_seconds" {
			continue
		}
		for _, m := range family.GetMetric() {
			for _, label := range m.GetLabel() {
				if label.GetName() == "stage" {
					to[label.GetValue()] += int(m.GetHistogram().GetSampleCount())
				}
			}
		}
	}
}

// checkNewest checks that every stage with ages tells when its newest fact was received.
func checkNewest(t *testing.T, from prometheus.Gatherer, began time.Time, ages map[string]int) {
	t.Helper()
	families, err := from.Gather()
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, family := range families {
		if family.GetName() != "tributary_processor_newest_fact_timestamp_seconds" {
			continue
		}
		for _, m := range family.GetMetric() {
			told++
			if at := time.UnixMilli(int64(1000 * m.GetGauge().GetValue())); at.Before(began) {
				t.Errorf("the newest fact of %v was received at %s, before all", m.GetLabel(), at)
			}
		}
	}
	if len(ages) > 0 && told == 0 {
		t.Error("no stage tells its newest fact")
	}
}

// TestStartSaysWhatIsMissing: without topics the start fails and says what to do.
func TestStartSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	fake, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fake.Close)
	c := &cluster{kafka: []kgo.Opt{kgo.SeedBrokers(fake.ListenAddrs()...)}}
	p, err := processor.New(c.config(t, "a"), c.deps(t, noon(0)))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(t.Context()); err == nil || !strings.Contains(err.Error(), "tributary topics apply") {
		t.Errorf("Start() = %v, want an error that says how to create the topics", err)
	}
	if err := p.Stop(t.Context()); err != nil {
		t.Errorf("Stop() of what never started = %v", err)
	}
	if p.Ready() || p.Health() != nil {
		t.Error("what never started is ready or has health")
	}
}

// cluster is a broker with every topic, under a prefix.
type cluster struct {
	metrics []*prometheus.Registry
	kafka   []kgo.Opt
	names   schemas.Names
	client  *kgo.Client
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	fake, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fake.Close)
	c := &cluster{kafka: []kgo.Opt{kgo.SeedBrokers(fake.ListenAddrs()...)}, names: schemas.Names{Prefix: "test."}}
	if c.client, err = kgo.NewClient(c.kafka...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.client.Close)
	for _, topic := range schemas.Table() {
		policy := topic.Policy()
		configs := map[string]*string{"cleanup.policy": &policy}
		if _, err := kadm.NewClient(c.client).CreateTopic(t.Context(), kafkaPartitions, 1, configs, c.names.Topic(topic.Name)); err != nil {
			t.Fatalf("create %s: %v", topic.Name, err)
		}
	}
	return c
}

func (*cluster) config(t *testing.T, instance string) processor.Config {
	t.Helper()
	config := processor.DefaultConfig()
	config.Engine.InstanceID = instance
	config.Engine.StateDir = filepath.Join(t.TempDir(), "state")
	config.Engine.CommitInterval = 20 * time.Millisecond
	config.Engine.WatermarkInterval = 50 * time.Millisecond
	config.Insights.EmitInterval = 100 * time.Millisecond
	config.Workers = map[string]int{}
	for _, name := range processor.StageNames() {
		config.Workers[name] = 1
	}
	return config
}

func (c *cluster) deps(t *testing.T, now time.Time) processor.Deps {
	t.Helper()
	d := deps(t)
	d.Kafka, d.Names = c.kafka, c.names
	began := time.Now()
	d.Now = func() time.Time { return now.Add(time.Since(began)) }
	d.SchemaIDs = func(context.Context) (map[string]uint32, error) {
		ids := map[string]uint32{}
		for i, topic := range schemas.Table() {
			if topic.Format == schemas.FormatAvro {
				ids[topic.Name] = uint32(i + 1)
			}
		}
		return ids, nil
	}
	return d
}

func (c *cluster) start(t *testing.T, instance string, now time.Time) *processor.Processor {
	t.Helper()
	d := c.deps(t, now)
	metrics := prometheus.NewRegistry()
	d.Metrics = metrics
	c.metrics = append(c.metrics, metrics)
	d.Fail = func(err error) { t.Errorf("a worker ended: %v", err) }
	p, err := processor.New(c.config(t, instance), d)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return p
}

func (c *cluster) send(t *testing.T, records []stage.Input) {
	t.Helper()
	var out []*kgo.Record
	for i := range records {
		r := &kgo.Record{
			Topic: c.names.Topic(records[i].Topic), Key: records[i].Key, Value: records[i].Value, Timestamp: records[i].Timestamp,
		}
		for _, h := range records[i].Headers {
			r.Headers = append(r.Headers, kgo.RecordHeader(h))
		}
		out = append(out, r)
	}
	if err := c.client.ProduceSync(t.Context(), out...).FirstErr(); err != nil {
		t.Fatal(err)
	}
}

// until reads all outputs from their beginning until done says so, or the test
// has taken too long, and returns what it has then.
func (c *cluster) until(t *testing.T, done func(*pipeline) bool) *pipeline {
	t.Helper()
	var topics []string
	for _, topic := range schemas.Table() {
		if topic.Family == schemas.FamilyOutput {
			topics = append(topics, c.names.Topic(topic.Name))
		}
	}
	client, err := kgo.NewClient(append([]kgo.Opt{
		kgo.ConsumeTopics(topics...), kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchMaxWait(50 * time.Millisecond),
	}, c.kafka...)...)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
	defer cancel()
	got := newPipeline(t)
	for !done(got) && ctx.Err() == nil {
		client.PollFetches(ctx).EachRecord(func(r *kgo.Record) {
			o := stage.Output{Topic: strings.TrimPrefix(r.Topic, c.names.Prefix), Key: r.Key, Value: r.Value}
			for _, h := range r.Headers {
				o.Headers = append(o.Headers, stage.Header(h))
			}
			got.consume(t, []stage.Output{o})
		})
	}
	return got
}

func (p *pipeline) total() int { return p.account.decoded + p.account.duplicates + p.account.buried }
