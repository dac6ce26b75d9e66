package ingest

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/ingest/proof"
)

// receipt says where a record lies.
type receipt struct {
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	Offset    int64  `json:"offset"`
}

// producer writes records and waits for every in-sync replica, but not for ever.
type producer struct {
	client   *kgo.Client
	deadline time.Duration
	metrics  *metrics
	now      func() time.Time
	link     *link
	harmed   harmed
}

// newProducer makes the client. It connects when the check asks, or for a record.
func newProducer(cfg *Config, deps *Deps, m *metrics) (*producer, error) {
	compression, _ := codec(cfg.Compression)
	way := &link{now: deps.Now, logger: deps.Logger, errors: m.kafkaErrors, fresh: cfg.AnswerDeadline + freshCause, look: make(chan struct{}, 1)}
	opts := []kgo.Opt{
		kgo.RequiredAcks(kgo.AllISRAcks()),
		kgo.ProducerLinger(cfg.Linger),
		kgo.ProducerBatchCompression(compression),
		kgo.ProducerBatchMaxBytes(recordBytes),
		kgo.MaxBufferedBytes(int(cfg.MaxBufferedBytes)),
		// What was never sent within the deadline is given up, so that the buffer of an
		// outage is empty when Kafka is back. What was sent may still be stored.
		kgo.RecordDeliveryTimeout(max(cfg.AnswerDeadline, time.Second)),
		kgo.UnknownTopicRetries(-1),
		kgo.MetadataMinAge(minMetadataAge),
		kgo.RetryBackoffFn(func(int) time.Duration { return retryBackoff }),
		kgo.WithHooks(way),
	}
	// Ours come last: no setting of the connection may weaken what a 200 means.
	client, err := kgo.NewClient(append(slices.Clone(deps.Kafka), opts...)...)
	if err != nil {
		return nil, err
	}
	return &producer{client: client, deadline: cfg.AnswerDeadline, metrics: m, now: deps.Now, link: way, harmed: deps.harmed}, nil
}

// How soon the cluster is looked up and tried again after a failure: the first
// call after an outage should not wait for an exponential backoff.
const (
	minMetadataAge = 250 * time.Millisecond
	retryBackoff   = 250 * time.Millisecond
	// A cause seen within the answer deadline and this explains a timeout.
	freshCause = 10 * time.Second
)

// write produces the records and waits for all of them. The records are stored
// as a whole or not at all only where there is one. The error is a *proof.Refusal.
func (p *producer) write(ctx context.Context, records []kgo.Record) ([]receipt, error) {
	started := p.now()
	results := make(chan error, len(records))
	promise := func(_ *kgo.Record, err error) { results <- err }
	// The record outlives a caller that went away: what was accepted is written.
	ctx = context.WithoutCancel(ctx)
	for i := range records {
		p.client.TryProduce(ctx, &records[i], promise)
	}
	if p.harmed.by(HarmAnswerEarly) {
		return receipts(records), nil
	}
	timer := time.NewTimer(p.deadline)
	defer timer.Stop()
	var failed error
	for range records {
		select {
		case err := <-results:
			if err != nil {
				failed = errors.Join(failed, err)
			}
		case <-timer.C:
			p.link.failed(kgo.ErrRecordTimeout)
			return nil, unavailable("kafka_timeout")
		}
	}
	if failed != nil && !p.harmed.by(HarmIgnoreFailedProduce) {
		return nil, p.refusal(failed)
	}
	took := p.now().Sub(started)
	p.link.worked(took)
	p.metrics.ack.Observe(took.Seconds())
	return receipts(records), nil
}

func receipts(records []kgo.Record) []receipt {
	out := make([]receipt, len(records))
	for i := range records {
		r := &records[i]
		out[i] = receipt{Topic: r.Topic, Partition: r.Partition, Offset: r.Offset}
	}
	return out
}

// refusal sorts what a produce can end in.
func (p *producer) refusal(err error) *proof.Refusal {
	switch {
	case errors.Is(err, kgo.ErrMaxBuffered):
		return unavailable("buffer_full")
	case errors.Is(err, kerr.MessageTooLarge):
		return &proof.Refusal{
			Status: http.StatusRequestEntityTooLarge, Reason: "record_too_large", Detail: "the record is larger than its topic takes",
		}
	case errors.Is(err, kgo.ErrRecordTimeout):
		p.link.failed(err)
		return unavailable("kafka_timeout")
	}
	p.link.failed(err)
	return unavailable("kafka_error")
}

// close writes what is buffered and ends the client.
func (p *producer) close(ctx context.Context) error {
	err := p.client.Flush(ctx)
	p.client.Close()
	return err
}

func unavailable(reason string) *proof.Refusal {
	return &proof.Refusal{
		Status: http.StatusServiceUnavailable, Reason: reason, Detail: "the record could not be stored in time; send it again",
	}
}
