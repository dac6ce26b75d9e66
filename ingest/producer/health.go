package producer

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// health is the state of the connection to Kafka, by topic, because Kafka may refuse
// one topic and take another. The producer reports the result of every record, the
// probe the state of topics without records, and the client's hook failed connections.
// It is safe for use by several goroutines.
type health struct {
	now    func() time.Time
	logger *slog.Logger
	errors *prometheus.CounterVec
	// fresh is how long a cause explains the timeouts that follow it.
	fresh  time.Duration
	topics map[string]*topic // never changed
	// dial is the newest failure of a connection, last the newest of any.
	dial, last atomic.Pointer[Cause]
	acks       ackTimes
	// look wakes the probe; its capacity is 1.
	look chan struct{}

	// mu guards the transitions between working and away. It is not taken while all
	// topics work.
	mu sync.Mutex
}

// topic is the health of one topic.
type topic struct {
	name string
	// partitions is the configured count, 0 for any.
	partitions int32
	// awaySince is when the topic first failed after it last worked, in Unix
	// nanoseconds; 0 while it works.
	awaySince atomic.Int64
	// acked counts the writes that worked.
	acked atomic.Uint64
	last  atomic.Pointer[Cause]
	// remade is set when Kafka no longer knows the topic's id.
	remade atomic.Bool
	// small is set once the log has reported that the topic refuses batches of our
	// size.
	small atomic.Bool

	// seen, guarded by health.mu, is set if the probe itself has found the topic away
	// since the last successful write.
	seen bool
}

// Cause is the kind of an error and its time.
type Cause struct {
	Kind string
	At   time.Time
}

// Away is a topic to which records cannot be written.
type Away struct {
	// Topic has the prefix.
	Topic string
	// Since is the time of the first failed write after the last successful one.
	Since time.Time
	// Kind is the kind of the topic's newest error.
	Kind string
}

func newHealth(cfg *Config, m *Metrics) *health {
	h := &health{
		now: cfg.Now, logger: cfg.Logger, errors: m.errors, fresh: cfg.AnswerDeadline + freshCause,
		look: make(chan struct{}, 1), topics: make(map[string]*topic, len(cfg.Topics)),
	}
	for name, partitions := range cfg.Topics {
		h.topics[name] = &topic{name: name, partitions: partitions}
	}
	return h
}

// OnBrokerConnect implements kgo.HookBrokerConnect. It is called for every attempt,
// after TLS and SASL, and so gets the reason why Kafka cannot be reached; the producer
// only gets a timeout.
func (h *health) OnBrokerConnect(_ kgo.BrokerMetadata, _ time.Duration, _ net.Conn, err error) {
	if err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, kgo.ErrClientClosed) {
		c := h.note(nil, err)
		h.dial.Store(c)
	}
}

// failed reports a record that Kafka did not take.
func (h *health) failed(t *topic, err error) {
	h.note(t, err)
	if errors.Is(err, kerr.UnknownTopicID) {
		t.remade.Store(true)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.goneAway(t) || t.remade.Load() {
		select {
		case h.look <- struct{}{}:
		default:
		}
	}
}

// worked reports that Kafka acknowledged records of a topic, and how long that took.
func (h *health) worked(t *topic, took time.Duration) {
	h.acks.add(took)
	t.acked.Add(1)
	if t.awaySince.Load() != 0 {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.back(t)
	}
}

// checked reports the probe's results; nil means that Kafka would take a record. A nil
// ends an outage only if the probe had detected that outage itself. If records failed
// while the probe found nothing wrong, as with too few replicas in sync, only an
// acknowledged record shows that the outage is over.
func (h *health) checked(found map[*topic]error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var gone, back []*topic
	for t, err := range found {
		switch {
		case err != nil:
			h.note(t, err)
			t.seen = true
			gone = append(gone, t)
		case t.seen:
			back = append(back, t)
		}
	}
	h.goneAway(gone...)
	h.back(back...)
}

// goneAway marks topics as away and logs this once, not for each webhook, whose errors
// are only timeouts. It returns whether any topic was not away before. mu is held.
func (h *health) goneAway(topics ...*topic) bool {
	gone := slices.DeleteFunc(topics, func(t *topic) bool { return !t.awaySince.CompareAndSwap(0, h.now().UnixNano()) })
	if len(gone) == 0 {
		return false
	}
	kind := gone[0].last.Load().Kind
	h.logger.Warn("kafka does not take records: webhooks are answered 503 until it does",
		slog.Any("topics", names(gone)), slog.String("error_kind", kind), slog.String("advice", advice(kind)))
	return true
}

// advice returns the remedy for a kind of error.
func advice(kind string) string {
	switch kind {
	case "topic_authorization_failed":
		return "this user may not write the topics: 'tributary topics acl --principal ingest=User:NAME --apply' gives the role"
	case "sasl_authentication_failed":
		return "the brokers refuse the user or its password: kafka.sasl in the configuration"
	case "unknown_topic_or_partition", "unknown_topic_id":
		return "the topics do not exist: 'tributary topics apply' creates them"
	}
	return "look at the brokers, and at kafka in the configuration"
}

// back marks topics as working again and logs this once. mu is held.
func (h *health) back(topics ...*topic) {
	var away time.Duration
	back := slices.DeleteFunc(topics, func(t *topic) bool {
		t.seen = false
		since := t.awaySince.Swap(0)
		if since != 0 {
			away = max(away, h.now().Sub(time.Unix(0, since)))
		}
		return since == 0
	})
	if len(back) > 0 {
		h.logger.Info("kafka takes records again", slog.Any("topics", names(back)), slog.Duration("away", away))
	}
}

func names(topics []*topic) []string {
	out := make([]string, len(topics))
	for i, t := range topics {
		out[i] = t.name
	}
	slices.Sort(out)
	return out
}

// smallBatches logs, once for each topic, that the topic's limit is below our batch
// size.
func (h *health) smallBatches(t *topic, batch int32) {
	h.errors.WithLabelValues(errorKind(kerr.MessageTooLarge)).Inc()
	if t.small.CompareAndSwap(false, true) {
		h.logger.Warn("a raw topic takes smaller batches than ingest makes: webhooks that shared one are written one by one, which is slow; "+
			"tributary topics diff shows its max.message.bytes beside ours, tributary topics apply sets it back", slog.String("topic", t.name), slog.Int("batch_bytes", int(batch)))
	}
}

// note stores the error's kind. For a timeout it stores the recent error that explains
// it, if there is one.
func (h *health) note(t *topic, err error) *Cause {
	c := &Cause{Kind: errorKind(err), At: h.now().UTC()}
	h.errors.WithLabelValues(c.Kind).Inc()
	if t != nil {
		if c.Kind == kindTimeout {
			c.Kind = h.explain(t, c.At)
		}
		t.last.Store(c)
	}
	h.last.Store(c)
	return c
}

// explain returns the kind of the newest error that may have caused a timeout.
func (h *health) explain(t *topic, at time.Time) string {
	kind, newest := kindTimeout, at.Add(-h.fresh)
	for _, c := range []*Cause{h.dial.Load(), t.last.Load()} {
		if c != nil && c.Kind != kindTimeout && !c.At.Before(newest) {
			kind, newest = c.Kind, c.At
		}
	}
	return kind
}

// away returns the topics that are away, by name.
func (h *health) away() []Away {
	var out []Away
	for _, name := range slices.Sorted(maps.Keys(h.topics)) {
		t := h.topics[name]
		if since := t.awaySince.Load(); since != 0 {
			a := Away{Topic: name, Since: time.Unix(0, since).UTC()}
			if c := t.last.Load(); c != nil {
				a.Kind = c.Kind
			}
			out = append(out, a)
		}
	}
	return out
}

// Health is the state of the connection to Kafka.
type Health struct {
	// Away are the topics that take no records.
	Away []Away
	// Last is the newest error, kept after the outage ends; nil before the first.
	Last *Cause
	// AckP50 and AckP99 are quantiles of the newest times of acknowledgement, in
	// seconds; 0 before the first.
	AckP50, AckP99 float64
}

// Health returns the current state.
func (p *Producer) Health() Health {
	out := Health{Away: p.health.away(), Last: p.health.last.Load()}
	out.AckP50, out.AckP99 = p.health.acks.quantiles()
	return out
}
