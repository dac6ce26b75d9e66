package demo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// injector breaks a demo that stays, and repairs it, on request:
//
//	POST /stage/NAME/stop, /stage/NAME/start    a stage of the processor
//	POST /kafka/stop, /kafka/start              the broker: it closes every connection
//	POST /transaction/open, /transaction/abort  a transaction of another program on raw.uapay.v1
//	POST /reader/start, /reader/stop            a consumer group that reads slower than it could
//	POST /record/poison                         a record that can never be decoded
//
// It listens on a loopback port and exists only in the demo.
type injector struct {
	stack   *stack
	server  *http.Server
	addr    string
	away    atomic.Bool
	readers sync.WaitGroup

	mu       sync.Mutex
	stopped  []string
	stranger *kgo.Client
	reader   context.CancelFunc
	poisoned int
}

// inject starts an injector; the caller stops it.
func (s *stack) inject(ctx context.Context) (*injector, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for faults: %w", err)
	}
	i := &injector{stack: s, addr: listener.Addr().String()}
	cluster := s.embedded.Cluster()
	cluster.Control(func(kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		if i.away.Load() {
			return nil, errors.New("away"), true
		}
		return nil, nil, false
	})
	mux := http.NewServeMux()
	for path, do := range map[string]func(context.Context, *http.Request) error{
		"/stage/{stage}/stop": i.stopStage, "/stage/{stage}/start": i.startStage,
		"/kafka/stop": i.kafka(true), "/kafka/start": i.kafka(false),
		"/transaction/open": i.openTransaction, "/transaction/abort": i.abortTransaction,
		"/reader/start": i.startReader, "/reader/stop": i.stopReader, "/record/poison": i.poison,
	} {
		mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
			i.mu.Lock()
			defer i.mu.Unlock()
			// A fault lasts longer than the request for it.
			if err := do(context.WithoutCancel(r.Context()), r); err != nil {
				http.Error(w, err.Error(), http.StatusConflict)
				return
			}
			_, _ = fmt.Fprintln(w, "done")
		})
	}
	i.server = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	// Ended by stop.
	go func() { _ = i.server.Serve(listener) }()
	return i, nil
}

func (i *injector) url() string { return "http://" + i.addr }

// stop ends every fault, so that the stack can be stopped.
func (i *injector) stop() {
	_ = i.server.Close()
	i.away.Store(false)
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.reader != nil {
		i.reader()
	}
	i.readers.Wait()
	if i.stranger != nil {
		i.stranger.Close()
	}
}

func (i *injector) stopStage(ctx context.Context, r *http.Request) error {
	stage := r.PathValue("stage")
	if !slices.Contains(processor.StageNames(), stage) || slices.Contains(i.stopped, stage) {
		return fmt.Errorf("%s is no stage that runs", stage)
	}
	i.stopped = append(i.stopped, stage)
	return i.restage(ctx)
}

func (i *injector) startStage(ctx context.Context, r *http.Request) error {
	at := slices.Index(i.stopped, r.PathValue("stage"))
	if at < 0 {
		return fmt.Errorf("%s was not stopped", r.PathValue("stage"))
	}
	i.stopped = slices.Delete(i.stopped, at, at+1)
	return i.restage(ctx)
}

// restage runs a processor with the stages that are not stopped.
func (i *injector) restage(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	if err := i.stack.processor.Stop(ctx); err != nil {
		return err
	}
	i.stack.config.Stages = slices.DeleteFunc(processor.StageNames(), func(s string) bool { return slices.Contains(i.stopped, s) })
	return i.stack.run(ctx)
}

func (i *injector) kafka(away bool) func(context.Context, *http.Request) error {
	return func(context.Context, *http.Request) error {
		i.away.Store(away)
		return nil
	}
}

func (i *injector) openTransaction(ctx context.Context, _ *http.Request) (err error) {
	if i.stranger != nil {
		return errors.New("it is open already")
	}
	const timeout = 10 * time.Minute
	i.stranger, err = kgo.NewClient(append(i.stack.client, kgo.TransactionalID("nightly-import"), kgo.TransactionTimeout(timeout), kgo.RecordPartitioner(kgo.ManualPartitioner()))...)
	if err != nil {
		return err
	}
	if err := i.stranger.BeginTransaction(); err != nil {
		return err
	}
	for p := range int32(partitions) {
		r := &kgo.Record{Topic: schemas.RawUAPAY, Partition: p, Key: []byte("uapay:import"), Value: []byte("{}"), Timestamp: i.stack.clock.Now()}
		if err := i.stranger.ProduceSync(ctx, r).FirstErr(); err != nil {
			return err
		}
	}
	return nil
}

func (i *injector) abortTransaction(ctx context.Context, _ *http.Request) error {
	if i.stranger == nil {
		return errors.New("no transaction is open")
	}
	err := i.stranger.EndTransaction(ctx, kgo.TryAbort)
	i.stranger.Close()
	i.stranger = nil
	return err
}

// LateGroup is the consumer group that reads late.
const LateGroup = "reports-nightly"

// startReader reads the journeys, a few records a second.
func (i *injector) startReader(ctx context.Context, _ *http.Request) error {
	if i.reader != nil {
		return errors.New("it reads already")
	}
	client, err := kgo.NewClient(append(i.stack.client, kgo.ConsumerGroup(LateGroup), kgo.ConsumeTopics(schemas.EnrichedJourneys),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.DisableAutoCommit(), kgo.ClientID("reports-job"))...)
	if err != nil {
		return err
	}
	ctx, i.reader = context.WithCancel(ctx)
	// Ended by stopReader or stop.
	i.readers.Go(func() {
		defer client.Close()
		const pause = 250 * time.Millisecond
		for timer := time.NewTimer(0); ctx.Err() == nil; timer.Reset(pause) {
			fetches := client.PollRecords(ctx, 1)
			_ = client.CommitRecords(ctx, fetches.Records()...)
			select {
			case <-timer.C:
			case <-ctx.Done():
			}
		}
	})
	return nil
}

func (i *injector) stopReader(context.Context, *http.Request) error {
	if i.reader == nil {
		return errors.New("it does not read")
	}
	i.reader()
	i.reader = nil
	return nil
}

// poison writes a record as ingest would, whose body is not JSON.
func (i *injector) poison(ctx context.Context, _ *http.Request) error {
	i.poisoned++
	now := i.stack.clock.Now()
	at := slices.IndexFunc(i.stack.sources, func(s source.Source) bool { return s.Provider == raw.ProviderLOX24 })
	envelope := raw.Envelope{
		Source: i.stack.sources[at].ID, Provider: raw.ProviderLOX24, Assurance: raw.AssuranceSharedSecret, SecretID: "first", ContentType: "application/json",
		RequestID: fmt.Sprintf("poisoned-%d", i.poisoned), ReceivedAt: now, Kind: raw.KindWebhook, Items: 1,
	}
	r := &kgo.Record{Topic: schemas.RawLOX24, Key: fmt.Appendf(nil, "lox24:poisoned-%d", i.poisoned), Value: []byte(`{"name":"verify_code.success","data":{"phone":"+4915112345678","code":`), Timestamp: now}
	for _, h := range raw.Append[raw.Header](nil, &envelope) {
		r.Headers = append(r.Headers, kgo.RecordHeader(h))
	}
	client, err := kgo.NewClient(i.stack.client...)
	if err != nil {
		return err
	}
	defer client.Close()
	return client.ProduceSync(ctx, r).FirstErr()
}
