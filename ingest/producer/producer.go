package producer

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/ingest/proof"
)

// Config is the settings of a producer. Every field is required unless its comment says
// otherwise.
type Config struct {
	// Kafka are the client's settings: brokers, TLS, SASL, client id, logger.
	Kafka []kgo.Opt
	// Compression is the client's option for the batches.
	Compression kgo.Opt
	// Linger is how long records wait for others to share a batch. One whose Write is
	// the only one, while few come, does not wait.
	Linger time.Duration
	// AnswerDeadline bounds Write.
	AnswerDeadline time.Duration
	// ProbeInterval is about how often topics that take no records are asked for; 0
	// never asks.
	ProbeInterval time.Duration
	// MaxBufferedBytes bounds the records that wait for Kafka.
	MaxBufferedBytes int64
	// BatchBytes bounds a batch, and so a record.
	BatchBytes int32
	// Topics are the raw topics with their configured partition counts; 0 is whatever
	// the cluster has.
	Topics map[string]int32
	// InUse returns the topics that are written to now. The others are not asked for.
	InUse func() []string
	// Now is the clock.
	Now    func() time.Time
	Logger *slog.Logger
	// Mutated enables a failpoint; for tests.
	Mutated Mutated
}

// Receipt says where a record lies.
type Receipt struct {
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	Offset    int64  `json:"offset"`
}

// Producer writes records and waits for every in-sync replica, but not for ever. It is
// safe for use by several goroutines.
type Producer struct {
	cfg     Config
	client  *kgo.Client
	metrics *Metrics
	health  *health
	probe   *probe
	flusher flusher
	waits   waits
	// giveUp is closed when a stop no longer waits for Kafka.
	giveUp   chan struct{}
	givingUp sync.Once

	// mu guards alone, which is made when a batch was too large for the first time.
	mu    sync.Mutex
	alone *kgo.Client
}

// Short waits after a failure: the first webhook after an outage should not wait for an
// exponential backoff.
const (
	minMetadataAge = 250 * time.Millisecond
	retryBackoff   = 250 * time.Millisecond
	// An error explains the timeouts that follow it within the answer deadline plus
	// this time.
	freshCause = 10 * time.Second
)

// New makes the client. It connects when the probe asks, or for a record.
func New(cfg Config, m *Metrics) (*Producer, error) {
	p := &Producer{cfg: cfg, metrics: m, health: newHealth(&cfg, m), giveUp: make(chan struct{})}
	var err error
	if p.client, err = kgo.NewClient(p.options(kgo.ProducerLinger(cfg.Linger), kgo.MaxBufferedBytes(int(cfg.MaxBufferedBytes)))...); err != nil {
		return nil, err
	}
	p.probe = &probe{client: p.client, health: p.health, inUse: cfg.InUse, every: cfg.ProbeInterval, patience: cfg.AnswerDeadline, forget: p.forget}
	p.flusher.client, p.flusher.wake = p.client, make(chan struct{}, 1)
	m.watch(p)
	return p, nil
}

func (p *Producer) options(more ...kgo.Opt) []kgo.Opt {
	ours := []kgo.Opt{
		kgo.RequiredAcks(kgo.AllISRAcks()),
		p.cfg.Compression,
		kgo.ProducerBatchMaxBytes(p.cfg.BatchBytes),
		kgo.RecordPartitioner(newPartitioner(p.health.topics)),
		// Records that were not sent within the deadline fail, so that after an outage
		// the buffer holds none that nobody waits for. A record that was sent may still
		// be stored after its request was refused.
		kgo.RecordDeliveryTimeout(max(p.cfg.AnswerDeadline, time.Second)),
		kgo.UnknownTopicRetries(-1),
		kgo.MetadataMinAge(minMetadataAge),
		kgo.RetryBackoffFn(func(int) time.Duration { return retryBackoff }),
		kgo.WithHooks(p.health),
	}
	// Our options come last, so that no option of the connection weakens the promise of
	// a receipt.
	return slices.Concat(p.cfg.Kafka, ours, more)
}

// Start begins to probe and to flush; Close ends both. ctx only lends its values.
func (p *Producer) Start(ctx context.Context) {
	p.probe.start(ctx)
	p.flusher.start(ctx)
}

// Write produces the records, all to one topic, and waits for all of them. A single
// record is stored or not; several may be stored in part. The error is a
// *proof.Refusal.
func (p *Producer) Write(ctx context.Context, records []kgo.Record) ([]Receipt, error) {
	started := p.cfg.Now()
	t := p.health.topics[records[0].Topic]
	w := p.waits.get(len(records), p.cfg.AnswerDeadline)
	defer p.waits.put(w)
	// The record does not depend on the request's context: an accepted record is
	// written even if its sender closes the connection.
	ctx = context.WithoutCancel(ctx)
	for i := range records {
		p.client.TryProduce(ctx, &records[i], w.promise)
	}
	defer p.flusher.over()
	p.flusher.begin(started, p.cfg.Linger)
	if p.cfg.Mutated.by(AnswerEarly) {
		return receipts(records), nil
	}
	var failed error
	var large []*kgo.Record
	for range records {
		select {
		case o := <-w.results:
			w.pending--
			switch {
			case o.err == nil:
			case errors.Is(o.err, kerr.MessageTooLarge):
				large = append(large, o.record)
			default:
				failed = errors.Join(failed, o.err)
			}
		case <-w.timer.C:
			return nil, p.refusal(t, kgo.ErrRecordTimeout)
		case <-p.giveUp:
			return nil, p.refusal(t, kgo.ErrRecordTimeout)
		}
	}
	if failed == nil && len(large) > 0 {
		failed = p.oneByOne(ctx, t, large, p.cfg.AnswerDeadline-p.cfg.Now().Sub(started))
	}
	if failed != nil && !p.cfg.Mutated.by(IgnoreFailedProduce) {
		return nil, p.refusal(t, failed)
	}
	took := p.cfg.Now().Sub(started)
	p.health.worked(t, took)
	p.metrics.ack.Observe(took.Seconds())
	return receipts(records), nil
}

func receipts(records []kgo.Record) []Receipt {
	out := make([]Receipt, len(records))
	for i := range records {
		r := &records[i]
		out[i] = Receipt{Topic: r.Topic, Partition: r.Partition, Offset: r.Offset}
	}
	return out
}

// oneByOne writes the records of a batch that was larger than its topic's limit, each
// in a batch of its own. A record that fails here is too large by itself.
func (p *Producer) oneByOne(ctx context.Context, t *topic, records []*kgo.Record, within time.Duration) error {
	client, err := p.lone()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	results := make(chan error, len(records))
	var failed error
	for _, r := range records {
		// Produce blocks until the record before is done: this client buffers one
		// record.
		client.Produce(ctx, r, func(_ *kgo.Record, err error) { results <- err })
		select {
		case err := <-results:
			failed = errors.Join(failed, err)
		case <-ctx.Done():
			return kgo.ErrRecordTimeout
		}
	}
	if !errors.Is(failed, kerr.MessageTooLarge) {
		p.health.smallBatches(t, p.cfg.BatchBytes)
	}
	return failed
}

// lone returns the client that puts each record into a batch of its own.
func (p *Producer) lone() (*kgo.Client, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.alone != nil {
		return p.alone, nil
	}
	client, err := kgo.NewClient(p.options(kgo.ProducerLinger(0), kgo.MaxBufferedRecords(1))...)
	p.alone = client
	return client, err
}

// clients returns the clients that exist.
func (p *Producer) clients() []*kgo.Client {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.alone == nil {
		return []*kgo.Client{p.client}
	}
	return []*kgo.Client{p.client, p.alone}
}

// forget drops the clients' metadata of topics, topic ids included. Records that they
// have buffered for these topics fail.
func (p *Producer) forget(topics ...string) {
	for _, client := range p.clients() {
		client.PurgeTopicsFromProducing(slices.Clone(topics)...)
	}
}

// refusal maps the error of a produce to the answer.
func (p *Producer) refusal(t *topic, err error) *proof.Refusal {
	switch {
	case errors.Is(err, kgo.ErrMaxBuffered):
		return proof.Unavailable("buffer_full")
	case errors.Is(err, kerr.MessageTooLarge):
		return &proof.Refusal{
			Status: http.StatusRequestEntityTooLarge, Reason: "record_too_large", Detail: "the record is larger than its topic takes",
		}
	}
	p.health.failed(t, err)
	if errors.Is(err, kgo.ErrRecordTimeout) {
		return proof.Unavailable("kafka_timeout")
	}
	return proof.Unavailable("kafka_error")
}

// Buffered returns the records that wait for Kafka's acknowledgement, and their bytes.
func (p *Producer) Buffered() (records, bytes int64) {
	for _, client := range p.clients() {
		records += client.BufferedProduceRecords()
		bytes += client.BufferedProduceBytes()
	}
	return records, bytes
}

// StopProbe ends the probe and waits until it has ended.
func (p *Producer) StopProbe() { p.probe.end() }

// GiveUp ends every Write that waits for Kafka, and those that come: their senders get a
// 503 and send again.
func (p *Producer) GiveUp() { p.givingUp.Do(func() { close(p.giveUp) }) }

// lastFlush bounds the flush of Close: no Write waits any more, so the senders of the
// remaining records were refused.
const lastFlush = 500 * time.Millisecond

// Close ends the probe and the flusher, flushes the buffered records and closes the clients. It returns how
// many records it gave up. Call it when no Write waits.
func (p *Producer) Close(ctx context.Context) (givenUp int64) {
	p.probe.end()
	p.flusher.end()
	ctx, cancel := context.WithTimeout(ctx, lastFlush)
	defer cancel()
	for _, client := range p.clients() {
		if client.Flush(ctx) != nil {
			givenUp += client.BufferedProduceRecords()
		}
		client.Close()
	}
	return givenUp
}
