package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/otel/trace"

	"github.com/tributary-hq/tributary/ingest/intake"
	"github.com/tributary-hq/tributary/ingest/producer"
	"github.com/tributary-hq/tributary/ingest/relay"
	"github.com/tributary-hq/tributary/schemas"
)

// Deps are the dependencies that the program passes to ingest.
type Deps struct {
	// Kafka are the client's settings: brokers, TLS, SASL, client id, logger.
	Kafka []kgo.Opt
	// Names adds the configured prefix to the topics.
	Names schemas.Names
	// Logger may be nil.
	Logger *slog.Logger
	// Registerer may be nil.
	Registerer prometheus.Registerer
	// Tracer takes the traces; nil means that there are none.
	Tracer trace.TracerProvider
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Fail is called if the listener ends without Stop. It may be nil.
	Fail func(error)
	// Sources reads the configured sources again, for Refresh. Nil means that they
	// are unchanged and only their secrets are read again.
	Sources func(ctx context.Context) ([]Source, error)
	// Partitions are the configured partition counts of the raw topics, by name without
	// prefix. Keys are hashed over this count even if the topic has more partitions;
	// for a topic that is not listed, over its own count.
	Partitions map[string]int32

	mutated producer.Mutated
}

// Service is ingest. Make it with New.
type Service struct {
	cfg     Config
	deps    Deps
	metrics *metrics
	tracing tracing
	proxies []netip.Prefix
	bodies  *intake.Bodies
	router  router
	calls   *relay.Client
	handler http.Handler

	reload    sync.Mutex // one reload at a time
	sources   []Source   // guarded by reload
	endpoints atomic.Pointer[map[string]*endpoint]
	producer  atomic.Pointer[producer.Producer]
	draining  atomic.Bool

	certificates *certificates // nil without TLS

	server   *http.Server
	listener net.Listener
	served   chan struct{}

	// headroom is never written, so it takes no memory, but it counts as live: the
	// collector runs after that much more garbage. The live heap is a few MiB, as much as
	// the garbage of some hundred webhooks. A larger GOGC would have the same effect, but
	// would also double the memory that bodies of strangers take.
	headroom []byte
}

// collectorHeadroom saved a tenth of the CPU at 8,000 webhooks a second.
const collectorHeadroom = 16 << 20

// New checks the settings and makes a service that does nothing yet: no file is
// read, no port is open, no broker is called.
func New(cfg Config, deps Deps) (*Service, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if deps.Logger == nil {
		deps.Logger = slog.New(slog.DiscardHandler)
	}
	if deps.Now == nil {
		deps.Now = time.Now
	}
	var f faults
	s := &Service{
		cfg: cfg, deps: deps, sources: cfg.Sources, tracing: newTracing(deps.Tracer),
		proxies: networks(&f, "trusted_proxies", cfg.TrustedProxies),
		router:  newRouter(),
		calls:   relay.NewClient(),
	}
	s.metrics = newMetrics(deps.Now)
	s.metrics.slots.Set(float64(cfg.MaxConnections))
	s.bodies = intake.NewBodies(cfg.MaxInFlightBytes, cfg.MaxBodyBytes, s.metrics.inFlight)
	if cfg.TLS.CertFile != "" {
		s.certificates = &certificates{files: cfg.TLS, now: deps.Now, logger: deps.Logger, expiry: s.metrics.certificate, reloads: s.metrics.reloads}
	}
	s.endpoints.Store(&map[string]*endpoint{})
	s.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.exchange(r.Context(), w, r) })
	return s, nil
}

// Start reads the secrets, opens the port and serves. It does not wait for Kafka:
// without it every webhook is answered 503, and the log says so before the first.
func (s *Service) Start(ctx context.Context) (err error) {
	endpoints, err := open(s.cfg.Sources, nil, s.metrics)
	if err != nil {
		return fmt.Errorf("ingest cannot start: %w", err)
	}
	if s.certificates != nil {
		p, loadErr := s.certificates.load()
		if loadErr != nil {
			return fmt.Errorf("ingest cannot start: %w", loadErr)
		}
		s.certificates.use(p)
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", s.cfg.Listen)
	if err != nil {
		return fmt.Errorf("ingest cannot listen on %s: %w", s.cfg.Listen, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, listener.Close())
		}
	}()
	p, err := s.newProducer()
	if err != nil {
		return fmt.Errorf("ingest cannot make a Kafka client: %w", err)
	}
	if err = s.metrics.register(s.deps.Registerer); err != nil {
		p.Close(ctx)
		return err
	}
	s.endpoints.Store(&endpoints)
	s.producer.Store(p)
	s.listener = intake.NewConnections(listener, intake.ConnectionsConfig{
		Max: s.cfg.MaxConnections, PerAddress: s.cfg.MaxConnectionsPerAddress, Proxies: s.proxies,
		Open: s.metrics.connections, Closed: s.metrics.closed,
	})
	s.server = &http.Server{
		Handler:           s.handler,
		ConnContext:       intake.WithConn,
		ReadHeaderTimeout: s.cfg.ReadHeaderTimeout,
		ReadTimeout:       s.cfg.ReadTimeout,
		WriteTimeout:      s.writeTimeout(),
		IdleTimeout:       s.cfg.IdleTimeout,
		MaxHeaderBytes:    headerRoom,
		ErrorLog:          slog.NewLogLogger(s.deps.Logger.Handler(), slog.LevelDebug),
	}
	if s.certificates != nil {
		s.server.TLSConfig = s.certificates.listenerConfig()
	}
	s.served = make(chan struct{})
	s.headroom = make([]byte, collectorHeadroom)
	go s.serve()
	p.Start(ctx)
	s.deps.Logger.InfoContext(ctx, "ingest is listening", slog.String("address", s.Addr()), slog.Int("sources", len(endpoints)))
	return nil
}

// writeTimeout is longer than the slowest answer: reading a slow body, writing a
// record, a relayed call, and writing another record.
func (s *Service) writeTimeout() time.Duration {
	longest := defaultRelayTimeout
	for i := range s.cfg.Sources {
		longest = max(longest, s.cfg.Sources[i].Relay.Timeout)
	}
	return s.cfg.ReadTimeout + 2*s.cfg.AnswerDeadline + longest + s.cfg.ReadHeaderTimeout
}

func (s *Service) serve() {
	defer close(s.served)
	var err error
	if s.certificates != nil {
		err = s.server.ServeTLS(s.listener, "", "")
	} else {
		err = s.server.Serve(s.listener)
	}
	if !errors.Is(err, http.ErrServerClosed) && s.deps.Fail != nil {
		s.deps.Fail(fmt.Errorf("ingest stopped serving: %w", err))
	}
}

// Stop refuses new requests, waits for those in progress, flushes the producer, and
// closes. While Kafka is away it waits for stopPatience only, then answers 503. If ctx ends
// first, it cuts the connections; the senders then try again.
func (s *Service) Stop(ctx context.Context) error {
	s.draining.Store(true)
	if s.server == nil {
		return nil
	}
	p := s.producer.Load()
	if p != nil {
		p.StopProbe()
		defer giveUpAfter(ctx, p)()
	}
	err := s.server.Shutdown(ctx)
	if err != nil {
		err = errors.Join(fmt.Errorf("not every request ended: %w", err), s.server.Close())
	}
	<-s.served
	s.calls.CloseIdle()
	if p != nil {
		if n := p.Close(ctx); n > 0 {
			s.deps.Logger.WarnContext(ctx, "records were given up, as Kafka does not take them: their senders got 503 and send again", slog.Int64("records", n))
		}
	}
	return err
}

// stopPatience is how long a stop waits for a Kafka that is away.
const stopPatience = 3 * time.Second

// giveUpAfter has the requests that wait for Kafka answered 503 if it is away when the
// patience is over. The function returned ends the waiting.
func giveUpAfter(ctx context.Context, p *producer.Producer) (end func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	// Ended by the function returned.
	go func() {
		defer close(done)
		timer := time.NewTimer(stopPatience)
		defer timer.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-timer.C:
			}
			if len(p.Health().Away) > 0 {
				p.GiveUp()
				return
			}
			timer.Reset(100 * time.Millisecond)
		}
	}()
	return func() { cancel(); <-done }
}

// Addr returns the address of the open port, and "" before Start.
func (s *Service) Addr() string {
	if s.listener == nil {
		return ""
	}
	return s.listener.Addr().String()
}

// Handler returns the routes, for use with another HTTP server. Start must come first.
func (s *Service) Handler() http.Handler { return s.handler }
