package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/lab/embedded"
	"github.com/tributary-hq/tributary/cmd/internal/lab/model"
	"github.com/tributary-hq/tributary/cmd/internal/lab/model/claims"
	"github.com/tributary-hq/tributary/cmd/internal/lab/model/pseudonym"
	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/cmd/internal/tool/topics"
	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/block"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/registry"
)

// The demo's own settings.
const (
	partitions = 2
	// clockLag is how far a clock stays behind, in time of the wall clock: longer
	// than a record is on its way.
	clockLag      = 600 * time.Millisecond
	clockInterval = 100 * time.Millisecond
	fenceAfter    = 2 * time.Second
	stopTimeout   = 10 * time.Second
	readyTimeout  = 20 * time.Second
	// hold is how long a payment may be held in the demo: seven days would need too
	// long even so.
	hold = 45 * time.Minute
	// metadataAge is how often a client may look at the cluster.
	metadataAge = 50 * time.Millisecond
)

// stack is everything that runs.
type stack struct {
	clock     *clock
	accounts  simulator.Accounts
	embedded  *embedded.Stack
	unibell   *httptest.Server
	ingest    *ingest.Service
	processor *processor.Processor
	// run starts a processor with the stages of config.
	run      func(context.Context) error
	privacy  *privacy.Pseudonymiser
	config   processor.Config
	sources  []source.Source
	client   []kgo.Opt
	stateDir string
	// metrics are those of ingest; those of the processor are new with each processor.
	metrics    *prometheus.Registry
	processors atomic.Pointer[prometheus.Registry]
	// started is the last processor that has started.
	started atomic.Pointer[processor.Processor]
	failed  chan error
}

// Gather implements prometheus.Gatherer.
func (s *stack) Gather() ([]*dto.MetricFamily, error) {
	return prometheus.Gatherers{s.metrics, s.processors.Load()}.Gather()
}

// state returns the status of the processor.
func (s *stack) state() processor.Detail { return s.started.Load().Detail() }

// start runs the stack. The clock's speed is needed for settings that are of the
// wall clock.
func start(ctx context.Context, c *clock, speed float64, hold time.Duration, o *Options) (s *stack, err error) {
	s = &stack{clock: c, accounts: simulator.DefaultAccounts(), metrics: prometheus.NewRegistry(), failed: make(chan error, 1)}
	defer func() { //nolint:contextcheck // a stop has its own time
		if err != nil {
			err = errors.Join(err, s.stop())
		}
	}()
	if len(o.Brokers) > 0 {
		s.embedded = embedded.Beside(o.Brokers)
	} else if s.embedded, err = embedded.Start(); err != nil {
		return s, err
	}
	// The topics are new: a client that looked before they were there looks again soon.
	s.client = []kgo.Opt{kgo.SeedBrokers(s.embedded.Brokers()...), kgo.MetadataMinAge(metadataAge)}
	if err := s.createTopics(ctx); err != nil {
		return s, err
	}
	reg, err := registry.New(registry.Config{URLs: []string{s.embedded.RegistryURL()}})
	if err != nil {
		return s, err
	}
	if _, err = reg.Register(ctx); err != nil {
		return s, fmt.Errorf("register the schemas: %w", err)
	}
	s.privacy, err = privacy.New(privacy.Config{Keys: phoneKeys(), BlockK: block.DefaultK})
	if err != nil {
		return s, err
	}
	s.unibell = httptest.NewServer(simulator.Unibell())
	s.sources = ProcessorSources(s.accounts)
	if err := s.startIngest(ctx, o.Logger); err != nil {
		return s, err
	}
	if err := s.configure(speed, hold); err != nil {
		return s, err
	}
	s.run = func(ctx context.Context) error { return s.startProcessor(ctx, reg, o.Logger) }
	err = s.run(ctx)
	return s, err
}

func (s *stack) createTopics(ctx context.Context) error {
	client, err := kgo.NewClient(s.client...)
	if err != nil {
		return err
	}
	defer client.Close()
	config := topics.Config{Partitions: partitions, ReplicationFactor: 1, MinInsyncReplicas: 1}
	admin := kadm.NewClient(client)
	changes, err := topics.Diff(ctx, admin, topics.Want(&config, schemas.Names{}))
	if err != nil {
		return err
	}
	if len(changes) < len(schemas.Table()) {
		return errors.New("the cluster has topics of tributary: the demo needs one without them")
	}
	return topics.Apply(ctx, admin, config.ReplicationFactor, changes, nil)
}

func (s *stack) startIngest(ctx context.Context, logger *slog.Logger) (err error) {
	config := ingest.DefaultConfig()
	config.Listen, config.AccessLog = "127.0.0.1:0", false
	config.Linger = time.Millisecond
	config.Sources = IngestSources(s.accounts, s.unibell.URL)
	s.ingest, err = ingest.New(config, ingest.Deps{Kafka: s.client, Logger: logger, Registerer: s.metrics, Now: s.clock.Now, Fail: s.fail})
	if err != nil {
		return err
	}
	return s.ingest.Start(ctx)
}

// configure makes the settings of the processor.
func (s *stack) configure(speed float64, hold time.Duration) (err error) {
	if s.stateDir, err = os.MkdirTemp("", "tributary-demo-"); err != nil {
		return fmt.Errorf("make a folder for the state: %w", err)
	}
	fast := func(d time.Duration) time.Duration { return time.Duration(float64(d) * speed) }
	s.config = processor.DefaultConfig()
	s.config.Deadlines.Hold = hold
	s.config.Workers = map[string]int{}
	for _, name := range processor.StageNames() {
		s.config.Workers[name] = 1
	}
	e := &s.config.Engine
	e.InstanceID, e.StateDir, e.CommitInterval = "demo", s.stateDir, 50*time.Millisecond
	e.WatermarkIdleTimeout, e.WatermarkInterval, e.FenceAfter = fast(clockLag), fast(clockInterval), fast(fenceAfter)
	return nil
}

func (s *stack) startProcessor(ctx context.Context, reg *registry.Client, logger *slog.Logger) (err error) {
	metrics := prometheus.NewRegistry()
	s.processors.Store(metrics)
	s.processor, err = processor.New(s.config, processor.Deps{
		Kafka: s.client, Sources: s.sources, Privacy: s.privacy, Version: "demo", Logger: logger, Metrics: metrics, Now: s.clock.Now, Fail: s.fail,
		SchemaIDs: func(ctx context.Context) (map[string]uint32, error) {
			ids, err := reg.Resolve(ctx)
			return ids.ByTopic, err
		},
	})
	if err != nil {
		return err
	}
	if err := s.processor.Start(ctx); err != nil {
		return err
	}
	s.started.Store(s.processor)
	for began := time.Now(); !s.processor.Ready(); {
		if time.Since(began) > readyTimeout {
			return errors.New("the processor is not ready: " + fmt.Sprint(s.processor.Health()))
		}
		if err := s.wait(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

func (s *stack) fail(err error) {
	select {
	case s.failed <- err:
	default:
	}
}

// wait waits, unless something fails.
func (s *stack) wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case err := <-s.failed:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *stack) url() string { return "http://" + s.ingest.Addr() }

// phoneKeys are the demo's own: its pseudonyms need not be kept from being tried out.
func phoneKeys() []privacy.Key {
	return []privacy.Key{{ID: "demo", Secret: []byte("the demo's key for pseudonyms")}}
}

// settings are the model's.
func (s *stack) settings() model.Settings {
	return ModelSettings(&s.config, s.sources, phoneKeys())
}

// ModelSettings are those of a processor's configuration.
func ModelSettings(c *processor.Config, sources []source.Source, keys []privacy.Key) model.Settings {
	d := &c.Deadlines
	settings := model.Settings{
		Sources: sources, Span: c.DedupeSpan,
		Grace: d.VerificationGrace, Least: d.VerificationMin, Call: d.Call, Hold: d.Hold,
		Payment: d.JourneyPayment, Verification: d.JourneyVerification, Insights: c.Insights.Enabled,
		Runway: claims.Limits{Warn: c.Insights.Runway.Warn, Critical: c.Insights.Runway.Critical},
	}
	for _, k := range keys {
		settings.Keys = append(settings.Keys, pseudonym.Key(k))
	}
	return settings
}

// stop ends the components in the order of the data flow.
func (s *stack) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	var errs []error
	if s.ingest != nil {
		errs = append(errs, s.ingest.Stop(ctx))
	}
	if s.processor != nil {
		errs = append(errs, s.processor.Stop(ctx))
	}
	if s.unibell != nil {
		s.unibell.Close()
	}
	if s.embedded != nil {
		errs = append(errs, s.embedded.Close())
	}
	if s.stateDir != "" {
		errs = append(errs, os.RemoveAll(s.stateDir))
	}
	return errors.Join(errs...)
}
