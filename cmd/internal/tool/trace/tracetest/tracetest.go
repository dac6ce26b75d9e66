// Package tracetest runs a small pipeline for tests: an embedded broker and registry,
// the real processor, and webhooks that are written straight into the raw topics.
//
//	Start ─► Run: processor ─► Verification, Payment: webhooks ─► Await: a record of an output topic
package tracetest

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/lab/embedded"
	"github.com/tributary-hq/tributary/cmd/internal/tool/audit"
	"github.com/tributary-hq/tributary/cmd/internal/tool/topics"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/registry"
)

// Phone is the number of every verification, Key the secret of its pseudonym.
const (
	Phone = "+4915112345678"
	Key   = "0123456789abcdef0123456789abcdef"
)

// Prefix is that of the topics and groups.
const Prefix = "case."

// TB is the part of testing.TB that this package uses: a *testing.T or *testing.B.
type TB interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Error(args ...any)
	Logf(format string, args ...any)
	TempDir() string
	Cleanup(f func())
	Context() context.Context
}

// Stack is a small pipeline.
type Stack struct {
	// Kafka are the options of its clients.
	Kafka  []kgo.Opt
	Names  schemas.Names
	Topics topics.Config
	// Sources are the configured ones.
	Sources []source.Source
	// Privacy makes the pseudonyms.
	Privacy *privacy.Pseudonymiser

	// WithoutInsights leaves the insights stage out: the test writes the rows and claims.
	WithoutInsights bool
	// Logger is the processor's; nil means none.
	Logger *slog.Logger
	// Failed receives the error of a processor that ends by itself. If it is nil, such
	// an error fails the test.
	Failed chan error

	client    *kgo.Client
	registry  *registry.Client
	processor *processor.Processor
	state     string
	sent      int
}

// Start makes topics and schemas, on an embedded broker unless others are given. It ends with
// the test.
func Start(tb TB, brokers ...string) *Stack {
	tb.Helper()
	broker, err := embedded.Start()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = broker.Close() })
	partitions := topics.DefaultConfig().Partitions
	if len(brokers) == 0 {
		brokers, partitions = broker.Brokers(), 2
	}
	s := &Stack{
		Kafka: []kgo.Opt{kgo.SeedBrokers(brokers...), kgo.MetadataMinAge(50 * time.Millisecond)}, Names: schemas.Names{Prefix: Prefix},
		Topics: topics.DefaultConfig(), state: tb.TempDir(), Sources: []source.Source{
			{ID: "shop-lox24", Provider: "lox24"}, {ID: "shop-uapay", Provider: "uapay"}, {ID: "shop-unibell", Provider: "unibell", StatusCallback: true},
		},
	}
	s.Topics.Partitions, s.Topics.ReplicationFactor, s.Topics.MinInsyncReplicas = partitions, 1, 1
	if s.client, err = kgo.NewClient(s.Kafka...); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.client.Close)
	admin := kadm.NewClient(s.client)
	changes, err := topics.Diff(tb.Context(), admin, topics.Want(&s.Topics, s.Names))
	if err == nil {
		err = topics.Apply(tb.Context(), admin, 1, changes, nil)
	}
	if err != nil {
		tb.Fatal(err)
	}
	if s.registry, err = registry.New(registry.Config{URLs: []string{broker.RegistryURL()}, Names: s.Names}); err != nil {
		tb.Fatal(err)
	}
	if _, err := s.registry.Register(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	s.Privacy, err = privacy.New(privacy.Config{Keys: []privacy.Key{{ID: "k1", Secret: []byte(Key)}}})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// Registry returns the client of the schema registry.
func (s *Stack) Registry() *registry.Client { return s.registry }

// SchemaIDs returns the registry's ids by topic.
func (s *Stack) SchemaIDs(ctx context.Context) (map[string]uint32, error) {
	ids, err := s.registry.Resolve(ctx)
	return ids.ByTopic, err
}

// Run starts a processor, which runs until Stop or the end of the test.
func (s *Stack) Run(tb TB) {
	tb.Helper()
	config := processor.DefaultConfig()
	config.Workers = map[string]int{}
	for _, stage := range processor.StageNames() {
		config.Workers[stage] = 1
	}
	config.Insights.Enabled = !s.WithoutInsights
	e := &config.Engine
	e.InstanceID, e.StateDir, e.CommitInterval = "case", s.state, 20*time.Millisecond
	p, err := processor.New(config, processor.Deps{
		Kafka: s.Kafka, Names: s.Names, Sources: s.Sources, Privacy: s.Privacy, Version: "case", Now: time.Now, Fail: s.fail(tb),
		Logger: s.Logger, ReadSources: func(context.Context) ([]source.Source, error) { return s.Sources, nil },
		SchemaIDs: s.SchemaIDs,
	})
	if err == nil {
		err = p.Start(tb.Context())
	}
	if err != nil {
		tb.Fatal(err)
	}
	s.processor = p
	tb.Cleanup(func() { s.Stop(tb) })
}

func (s *Stack) fail(tb TB) func(error) {
	failed := s.Failed
	return func(err error) {
		if failed == nil {
			tb.Error(err)
			return
		}
		select {
		case failed <- err:
		default:
		}
	}
}

// Status returns the status of the processor.
func (s *Stack) Status() processor.Detail { return s.processor.Detail() }

// Refresh makes the running processor reload Sources, as SIGHUP does.
func (s *Stack) Refresh(tb TB) error {
	tb.Helper()
	return s.processor.Refresh(tb.Context())
}

// Forget deletes the processor's state directory.
func (s *Stack) Forget(tb TB) {
	tb.Helper()
	s.state = tb.TempDir()
}

// Stop ends the processor; its members leave their groups, as when their sessions
// time out.
func (s *Stack) Stop(tb TB) {
	tb.Helper()
	if s.processor == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(tb.Context()), time.Minute)
	defer cancel()
	if err := s.processor.Stop(ctx); err != nil {
		tb.Error(err)
	}
	s.processor = nil
	admin := kadm.NewClient(s.client)
	for _, stage := range processor.StageNames() {
		group := s.Names.Group(stage)
		if _, err := admin.LeaveGroup(ctx, kadm.LeaveGroup(group).InstanceIDs(group+".case.0")); err != nil {
			tb.Logf("leave %s: %v", group, err)
		}
	}
}

// Await reads a topic, named without prefix, from its beginning and returns the first
// record for which wanted is true.
func (s *Stack) Await(tb TB, topic string, wanted func(r *kgo.Record) bool) *kgo.Record {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), time.Minute)
	defer cancel()
	client, err := kgo.NewClient(append(s.Kafka, kgo.ConsumeTopics(s.Names.Topic(topic)), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.FetchMaxWait(50*time.Millisecond))...)
	if err != nil {
		tb.Fatal(err)
	}
	defer client.Close()
	for {
		fetches := client.PollFetches(ctx)
		if ctx.Err() != nil {
			tb.Fatalf("what was waited for did not come to %s", topic)
		}
		for it := fetches.RecordIter(); !it.Done(); {
			if r := it.Next(); wanted(r) {
				return r
			}
		}
	}
}

// Closes fails the test unless an audit of all topics adds up.
func (s *Stack) Closes(t TB) {
	t.Helper()
	r, err := audit.Run(t.Context(), audit.Config{Kafka: s.Kafka, Names: s.Names})
	if err != nil {
		t.Fatal(err)
	}
	if !r.AddsUp {
		for _, d := range r.Listed {
			t.Error(fmt.Sprintf("the account does not add up: %+v", *d))
		}
	}
}
