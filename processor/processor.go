package processor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/otel/trace"

	"github.com/tributary-hq/tributary/processor/contract"
	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/ledger"
	"github.com/tributary-hq/tributary/processor/pause"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/schemas"
)

// Deps are the dependencies that the program passes to the processor.
type Deps struct {
	// Kafka are the options of every client: brokers, TLS, SASL, client id.
	Kafka []kgo.Opt
	// Names has the prefix of topics and groups.
	Names schemas.Names
	// Sources are the configured sources. Records of others are dead letters.
	Sources []source.Source
	// ReadSources reads the configured sources again, for Refresh; nil means that they
	// do not change.
	ReadSources func(ctx context.Context) ([]source.Source, error)
	// Privacy makes pseudonyms of phones and of ids.
	Privacy *privacy.Pseudonymiser
	// SchemaIDs returns the registry's ids of all Avro topics, by topic without
	// prefix. It is called once, by Start.
	SchemaIDs func(ctx context.Context) (map[string]uint32, error)
	// Partitions returns the configured partition count of a topic, without prefix. A
	// stage refuses to start on an input with another count. Nil accepts the count that
	// the cluster has at the start.
	Partitions func(topic string) int32
	// Version goes into dead letters.
	Version string
	// Logger receives the log records for operators; nil discards them.
	Logger *slog.Logger
	// Metrics is where the engine's metrics are registered; nil means nowhere.
	Metrics prometheus.Registerer
	// Tracer makes a span for each transaction and for each traced record; nil makes
	// none.
	Tracer trace.TracerProvider
	// Now is the wall clock; nil means time.Now.
	Now func() time.Time
	// Fail is called once with the error that ends a worker for good: the process
	// should end. If it is nil, only Health reports the error.
	Fail func(error)
}

// Processor runs the stages. Make it with New; Start and Stop are called once each.
type Processor struct {
	config Config
	deps   Deps
	engine *engine.Engine

	reload   sync.Mutex // one reload at a time
	sources  *source.Set
	reloads  *reloads
	counters *ledger.Metrics
	brokers  *brokers
	stateDir *stateDir
	pauses   *pause.Board
}

// New checks the settings. It starts nothing and connects to nothing.
func New(config Config, deps Deps) (*Processor, error) {
	if err := config.Validate(); err != nil {
		return nil, fmt.Errorf("processor: %w", err)
	}
	if deps.SchemaIDs == nil {
		return nil, errors.New("processor: no way to resolve schema ids")
	}
	if deps.Privacy == nil {
		return nil, errors.New("processor: no pseudonymiser")
	}
	if deps.Logger == nil {
		deps.Logger = slog.New(slog.DiscardHandler)
	}
	deps.Sources = slices.Clone(deps.Sources)
	p := &Processor{config: config, deps: deps, sources: source.NewSet(deps.Sources), brokers: newBrokers()}
	p.sources.OnDefaults = p.warnOfDefaults()
	p.pauses = pause.New(pause.Config{Kafka: deps.Kafka, Names: deps.Names, Logger: deps.Logger, Now: deps.Now})
	return p, nil
}

// Start resolves the schema ids, checks the topics and starts the workers. It returns
// when they run; Health reports when their state is restored. The error for a missing
// topic or schema explains how to create it.
func (p *Processor) Start(ctx context.Context) error {
	ids, err := p.deps.SchemaIDs(ctx)
	if err != nil {
		return fmt.Errorf("processor: resolve the schema ids: %w", err)
	}
	partitions, err := p.partitions(ctx)
	if err != nil {
		return fmt.Errorf("processor: %w", err)
	}
	configured := p.deps.Partitions
	if configured == nil {
		configured = func(string) int32 { return 0 }
	}
	p.counters = ledger.NewMetrics(p.deps.Metrics)
	p.expect(p.deps.Sources)
	p.reloads = registerReloads(p.deps.Metrics)
	businessMetrics := p.businessMetrics()
	if p.deps.Metrics != nil {
		if err := p.deps.Metrics.Register(p.deps.Privacy); err != nil {
			return fmt.Errorf("processor: register the metrics of pseudonyms: %w", err)
		}
	}
	specs := make([]engine.Spec, 0, len(StageNames()))
	for _, name := range p.config.stages() {
		stage, err := newStage(name, &p.config, &p.deps, p.sources, partitions)
		if err != nil {
			return fmt.Errorf("processor: stage %s: %w", name, err)
		}
		r, _ := find(name)
		topics := r.topics
		specs = append(specs, engine.Spec{
			CommitInterval: p.config.commitInterval(name),
			Name:           name, Stage: stage, Input: topics.Input, Changelog: topics.Changelog, Outputs: topics.Outputs,
			Partitions: configured(topics.Input), DeadLetter: topics.DeadLetter, WallClock: r.readsRaw, Workers: p.config.workers(name),
			OnCount: businessMetrics(name, p.counters.Add(name)), Replayed: replayed, Paused: p.paused(name),
		})
	}
	p.config.Memory.apply()
	running, err := engine.New(p.config.Engine, specs, engine.Deps{
		Kafka: append(slices.Clip(p.deps.Kafka), kgo.WithHooks(p.brokers)), Prefix: p.deps.Names.Prefix, Namespace: contract.Namespace,
		Latencies: contract.Latencies(), Topics: contract.Topics(ids), Hint: hint, Version: p.deps.Version,
		Logger: p.deps.Logger, Metrics: p.deps.Metrics, Tracer: p.deps.Tracer, Now: p.deps.Now, Fail: p.deps.Fail,
	})
	if err != nil {
		return fmt.Errorf("processor: %w", err)
	}
	// A stage that is paused must not poll before that is known.
	p.pauses.Start(ctx)
	p.pauses.Register(p.deps.Metrics, p.config.stages())
	if err := running.Start(ctx); err != nil {
		p.pauses.Stop()
		return fmt.Errorf("processor: %w", err)
	}
	registerDisk(p.deps.Metrics, p.config.Engine.StateDir)
	registerClocks(p.deps.Metrics, p.deps.Privacy, p.deps.Now)
	p.stateDir = watchStateDir(ctx, p.config.Engine.StateDir, &p.deps)
	p.engine = running
	return nil
}

// paused returns the hook that reports whether an operator has paused a stage.
func (p *Processor) paused(stage string) func() bool {
	return func() bool {
		_, paused := p.pauses.Of(stage)
		return paused
	}
}

// Health returns the status of every worker; nil before Start.
func (p *Processor) Health() []engine.Status {
	if p.engine == nil {
		return nil
	}
	return p.engine.Health()
}

// expect begins the metrics of the account at zero for each source.
func (p *Processor) expect(sources []source.Source) {
	for i := range sources {
		if slices.Contains(p.config.stages(), sources[i].Provider) {
			p.counters.Expect(sources[i].Provider, sources[i].ID)
			p.deps.Privacy.Expect(&sources[i])
		}
	}
}

// partitions returns how many partitions each stage's input has on the cluster, by
// stage: the stages tell each other their clocks, partition by partition, and the
// cluster is the one place where all processes see the same.
func (p *Processor) partitions(ctx context.Context) (map[string]int32, error) {
	client, err := kgo.NewClient(p.deps.Kafka...)
	if err != nil {
		return nil, fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	listed, err := kadm.NewClient(client).ListTopics(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the topics: %w", err)
	}
	counts := map[string]int32{}
	var missing missingTopicsError
	for _, name := range StageNames() {
		if name == StageInsights && !p.config.Insights.Enabled {
			continue
		}
		topics, _ := TopicsOf(name)
		cluster := p.deps.Names.Topic(topics.Input)
		counts[name] = int32(len(listed[cluster].Partitions)) //nolint:gosec // a partition count
		if counts[name] == 0 {
			missing = append(missing, cluster)
		}
	}
	if len(missing) > 0 {
		return nil, missing
	}
	return counts, nil
}

// missingTopicsError are topics that the cluster does not have.
type missingTopicsError []string

// Error implements error.
func (m missingTopicsError) Error() string {
	return "these topics do not exist, or this user may not see them: " + strings.Join(m, ", ") + ": 'tributary topics apply' creates topics, 'tributary topics acl' gives rights"
}

// Unwrap returns the error that Kafka gives for such topics.
func (missingTopicsError) Unwrap() error { return kerr.UnknownTopicOrPartition }
