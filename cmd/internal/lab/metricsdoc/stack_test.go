package metricsdoc_test

import (
	"context"
	"log/slog"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/goleak"

	"github.com/tributary-hq/tributary/cmd/internal/lab/demo"
	"github.com/tributary-hq/tributary/cmd/internal/lab/embedded"
	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/cmd/internal/tool/deadletter"
	"github.com/tributary-hq/tributary/cmd/internal/tool/insights"
	"github.com/tributary-hq/tributary/cmd/internal/tool/lag"
	"github.com/tributary-hq/tributary/cmd/internal/tool/scan"
	"github.com/tributary-hq/tributary/cmd/internal/tool/topics"
	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/registry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// metric is one as it is described, whether it has samples or not.
type metric struct {
	name, help, kind string
	labels           []string
}

// recorder is a prometheus.Registerer that asks every collector what it describes.
type recorder struct{ collectors []prometheus.Collector }

// Register implements prometheus.Registerer.
func (r *recorder) Register(c prometheus.Collector) error {
	r.collectors = append(r.collectors, c)
	return nil
}

// MustRegister implements prometheus.Registerer.
func (r *recorder) MustRegister(all ...prometheus.Collector) {
	r.collectors = append(r.collectors, all...)
}

// Unregister implements prometheus.Registerer.
func (*recorder) Unregister(prometheus.Collector) bool { return false }

var descPattern = regexp.MustCompile(`^Desc\{fqName: ("(?:[^"\\]|\\.)*"), help: ("(?:[^"\\]|\\.)*")(?:, unit: "[^"]*")?, constLabels: \{\}, variableLabels: \{(.*)\}\}$`)

// metrics returns what was registered, by name.
func (r *recorder) metrics(t *testing.T) map[string]metric {
	t.Helper()
	out := map[string]metric{}
	for _, c := range r.collectors {
		kinds := kindsOf(t, c)
		for d := range drain(c.Describe) {
			parts := descPattern.FindStringSubmatch(d.String())
			if parts == nil {
				t.Fatalf("a description that cannot be read: %s", d)
			}
			m := metric{name: unquote(t, parts[1]), help: unquote(t, parts[2]), kind: kinds[d.String()]}
			if parts[3] != "" {
				m.labels = strings.Split(parts[3], ",")
			}
			if m.kind == "" {
				m.kind = kinds["*"]
			}
			if m.kind == "" {
				t.Errorf("%s has no sample in this test, and what it is cannot be told", m.name)
			}
			out[m.name] = m
		}
	}
	return out
}

// kindsOf returns the kinds of a collector's metrics by description, or of all of
// them by "*".
func kindsOf(t *testing.T, c prometheus.Collector) map[string]string {
	t.Helper()
	switch c.(type) {
	case *prometheus.CounterVec:
		return map[string]string{"*": "counter"}
	case *prometheus.GaugeVec:
		return map[string]string{"*": "gauge"}
	case *prometheus.HistogramVec:
		return map[string]string{"*": "histogram"}
	}
	// Their own collectors: the samples tell. A registry of its own writes them.
	own := prometheus.NewPedanticRegistry()
	if err := own.Register(c); err != nil {
		t.Fatal(err)
	}
	families, err := own.Gather()
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]string{}
	for _, f := range families {
		byName[f.GetName()] = strings.ToLower(f.GetType().String())
	}
	out := map[string]string{}
	for d := range drain(c.Describe) {
		if parts := descPattern.FindStringSubmatch(d.String()); parts != nil {
			out[d.String()] = byName[unquote(t, parts[1])]
		}
	}
	return out
}

// drain yields what a function sends.
func drain[T any](send func(chan<- T)) func(func(T) bool) {
	return func(yield func(T) bool) {
		var all []T
		into := make(chan T)
		go func() { send(into); close(into) }()
		for v := range into {
			all = append(all, v)
		}
		for _, v := range all {
			if !yield(v) {
				return
			}
		}
	}
}

func unquote(t *testing.T, text string) string {
	t.Helper()
	out, err := strconv.Unquote(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// exposed are the metrics of ingest, of the processor and of lag, by name.
type exposed struct{ ingest, processor, lag map[string]metric }

// startAll runs ingest, a processor and lag on an embedded broker, and returns what
// they expose.
func startAll(t *testing.T) exposed {
	t.Helper()
	stack, err := embedded.Start()
	must(t, err)
	t.Cleanup(func() { check(t, stack.Close()) })
	kafka := []kgo.Opt{kgo.SeedBrokers(stack.Brokers()...), kgo.MetadataMinAge(50 * time.Millisecond)}
	client, err := kgo.NewClient(kafka...)
	must(t, err)
	defer client.Close()
	admin := kadm.NewClient(client)
	settings := topics.Config{Partitions: 1, ReplicationFactor: 1, MinInsyncReplicas: 1}
	changes, err := topics.Diff(t.Context(), admin, topics.Want(&settings, schemas.Names{}))
	must(t, err)
	must(t, topics.Apply(t.Context(), admin, 1, changes, nil))

	var all exposed
	all.ingest = ofIngest(t, kafka)
	all.processor = ofProcessor(t, kafka, stack.RegistryURL())
	// A group that has read one of two records has every figure of lag.
	for range 2 {
		must(t, client.ProduceSync(t.Context(), &kgo.Record{Topic: schemas.RawLOX24, Value: []byte("{}")}).FirstErr())
	}
	must(t, client.ProduceSync(t.Context(), &kgo.Record{Topic: schemas.DeadLetterLOX24, Value: []byte("{}")}).FirstErr())
	var offsets kadm.Offsets
	offsets.AddOffset(schemas.RawLOX24, 0, 1, -1)
	_, err = admin.CommitOffsets(t.Context(), "reader", offsets)
	must(t, err)
	all.lag = ofLag(t, kafka)
	return all
}

func ofIngest(t *testing.T, kafka []kgo.Opt) map[string]metric {
	t.Helper()
	accounts := simulator.DefaultAccounts()
	config := ingest.DefaultConfig()
	config.Listen, config.AccessLog, config.Sources = "127.0.0.1:0", false, demo.IngestSources(accounts, "http://127.0.0.1:1")
	r := &recorder{}
	s, err := ingest.New(config, ingest.Deps{Kafka: kafka, Registerer: r})
	must(t, err)
	must(t, s.Start(t.Context()))
	defer func() { check(t, s.Stop(context.WithoutCancel(t.Context()))) }()
	return r.metrics(t)
}

func ofProcessor(t *testing.T, kafka []kgo.Opt, registryURL string) map[string]metric {
	t.Helper()
	reg, err := registry.New(registry.Config{URLs: []string{registryURL}})
	must(t, err)
	_, err = reg.Register(t.Context())
	must(t, err)
	pseudonyms, err := privacy.New(privacy.Config{Keys: []privacy.Key{{ID: "test", Secret: []byte("a key for the pseudonyms of a test")}}})
	must(t, err)
	config := processor.DefaultConfig()
	config.Engine.InstanceID, config.Engine.StateDir = "test", t.TempDir()
	r, accounts := &recorder{}, simulator.DefaultAccounts()
	p, err := processor.New(config, processor.Deps{
		Kafka: kafka, Sources: demo.ProcessorSources(accounts), Privacy: pseudonyms, Metrics: r, Logger: slog.New(slog.DiscardHandler), Now: time.Now, Fail: func(error) {},
		SchemaIDs: func(ctx context.Context) (map[string]uint32, error) {
			ids, err := reg.Resolve(ctx)
			return ids.ByTopic, err
		},
	})
	must(t, err)
	must(t, p.Start(t.Context()))
	defer func() { check(t, p.Stop(context.WithoutCancel(t.Context()))) }()
	return r.metrics(t)
}

func ofLag(t *testing.T, kafka []kgo.Opt) map[string]metric {
	t.Helper()
	s := lag.NewService(lag.New(lag.Config{Kafka: kafka, Groups: []string{"reader"}}), 100*time.Millisecond, slog.New(slog.DiscardHandler))
	must(t, s.Start(t.Context()))
	defer func() { check(t, s.Stop(context.WithoutCancel(t.Context()))) }()
	waiting := deadletter.NewWaiting(kafka, schemas.Names{}, slog.New(slog.DiscardHandler))
	must(t, waiting.Start(t.Context()))
	defer func() { check(t, waiting.Stop(context.WithoutCancel(t.Context()))) }()
	gauges := insights.NewGauges(scan.Config{Kafka: kafka}, schemas.Names{}, time.Second, slog.New(slog.DiscardHandler), time.Now)
	must(t, gauges.Start(t.Context()))
	defer func() { check(t, gauges.Stop(context.WithoutCancel(t.Context()))) }()
	counted := func() bool {
		out, signals := make(chan prometheus.Metric, 1), make(chan prometheus.Metric, 100)
		waiting.Collect(out)
		gauges.Collect(signals)
		return len(out) > 0 && len(signals) > 0
	}
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for ok := false; !ok || !counted(); ok, _ = s.Fresh() {
		select {
		case <-ticker.C:
		case <-t.Context().Done():
			t.Fatal("lag was never found out")
		}
	}
	r := &recorder{}
	r.MustRegister(s, waiting, gauges)
	return r.metrics(t)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}
