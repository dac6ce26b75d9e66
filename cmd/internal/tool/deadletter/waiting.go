package deadletter

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/dlq"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// Waiting exports the number of dead letters that are neither replayed nor deleted by
// retention. It is a prometheus.Collector. It reads the dead-letter topics once, outside
// any group, and follows them; of a letter it keeps 32 bytes. Its labels are provider
// (or internal stage), source, stage and cause.
type Waiting struct {
	kafka  []kgo.Opt
	names  schemas.Names
	logger *slog.Logger
	desc   *prometheus.Desc
	client *kgo.Client
	cancel context.CancelFunc
	done   chan struct{}

	mu sync.Mutex
	// labels are the distinct labels; letters refer to them by index.
	labels []waitingLabels
	// letters are the waiting letters of a partition by offset. replayed are replays
	// whose letter was not read yet.
	letters  map[Ref]map[int64]int32
	replayed map[Ref]bool
	counts   []int64
	// left are the partitions not read to the end that they had at the start. Until
	// there are none, nothing is exported.
	left map[Ref]int64
}

type waitingLabels struct{ provider, source, stage, cause string }

var _ prometheus.Collector = (*Waiting)(nil)

// NewWaiting returns a collector that reads once Start is called.
func NewWaiting(kafka []kgo.Opt, names schemas.Names, logger *slog.Logger) *Waiting {
	desc := prometheus.NewDesc("tributary_dead_letters_waiting", "Dead letters that were not replayed, by provider or internal stage, source, stage and cause.",
		[]string{"provider", "source", "stage", "cause"}, nil)
	return &Waiting{kafka: kafka, names: names, logger: logger, desc: desc, letters: map[Ref]map[int64]int32{}, replayed: map[Ref]bool{}}
}

// Start connects and begins to read. Without the right to read a dead-letter topic the
// metric is absent and a warning names the topic.
func (w *Waiting) Start(ctx context.Context) error {
	topics := []string{w.names.Topic(schemas.InternalReplays)}
	for _, name := range schemas.DeadLetterTopics() {
		topics = append(topics, w.names.Topic(name))
	}
	var err error
	w.client, err = kgo.NewClient(append(slices.Clone(w.kafka), kgo.ConsumeTopics(topics...), kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.KeepControlRecords(), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))...)
	if err != nil {
		return fmt.Errorf("make a Kafka client: %w", err)
	}
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	w.cancel, w.done = cancel, make(chan struct{})
	// The goroutine ends with Stop, which cancels its context.
	go w.run(running, topics)
	return nil
}

// Stop ends the reading. It may be called without Start.
func (w *Waiting) Stop(context.Context) error {
	if w.cancel != nil {
		w.cancel()
		<-w.done
		w.client.Close()
	}
	return nil
}

// expiry is how often letters that retention deleted are dropped.
const expiry = time.Minute

func (w *Waiting) run(ctx context.Context, topics []string) {
	defer close(w.done)
	admin := kadm.NewClient(w.client)
	warned := map[string]bool{}
	var last time.Time
	for ctx.Err() == nil {
		if time.Since(last) > expiry {
			if err := w.bounds(ctx, admin, topics); err != nil && !warned[""] {
				warned[""] = true
				w.logger.WarnContext(ctx, "cannot count the waiting dead letters", slog.String("error", err.Error()))
			}
			last = time.Now()
		}
		polling, cancel := context.WithTimeout(ctx, expiry)
		fetches := w.client.PollFetches(polling)
		cancel()
		fetches.EachError(func(topic string, _ int32, err error) {
			if ctx.Err() == nil && !errors.Is(err, context.DeadlineExceeded) && !warned[topic] {
				warned[topic] = true
				w.logger.WarnContext(ctx, "cannot count the waiting dead letters", slog.String("topic", topic), slog.String("error", err.Error()))
			}
		})
		w.mu.Lock()
		fetches.EachRecord(w.read)
		w.mu.Unlock()
	}
}

// bounds drops the letters before the log starts. The first call notes the ends up to
// which the topics have to be read before anything is exported.
func (w *Waiting) bounds(ctx context.Context, admin *kadm.Client, topics []string) error {
	starts, err := admin.ListStartOffsets(ctx, topics...)
	if err == nil {
		err = starts.Error()
	}
	if err != nil {
		return fmt.Errorf("look where the dead letters begin: %w", err)
	}
	ends, err := admin.ListCommittedOffsets(ctx, topics...)
	if err == nil {
		err = ends.Error()
	}
	if err != nil {
		return fmt.Errorf("look how far the dead letters go: %w", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	first := w.left == nil
	if first {
		w.left = map[Ref]int64{}
	}
	starts.Each(func(start kadm.ListedOffset) {
		at := Ref{Topic: start.Topic, Partition: start.Partition}
		if end, ok := ends.Lookup(start.Topic, start.Partition); first && ok && end.Offset > start.Offset {
			w.left[at] = end.Offset
		}
		for offset := range w.letters[at] {
			if offset < start.Offset {
				w.drop(at, offset)
			}
		}
	})
	return nil
}

// read counts a dead letter, or the replay of one.
func (w *Waiting) read(r *kgo.Record) {
	at := Ref{Topic: r.Topic, Partition: r.Partition}
	if end, ok := w.left[at]; ok && r.Offset+1 >= end {
		delete(w.left, at)
	}
	if r.Attrs.IsControl() {
		return
	}
	if r.Topic == w.names.Topic(schemas.InternalReplays) {
		ref, err := ParseRef(string(r.Key), w.names)
		if err != nil || r.Value == nil {
			return
		}
		partition := Ref{Topic: ref.Topic, Partition: ref.Partition}
		if _, known := w.letters[partition][ref.Offset]; known {
			w.drop(partition, ref.Offset)
		} else {
			w.replayed[ref] = true
		}
		return
	}
	ref := Ref{Topic: r.Topic, Partition: r.Partition, Offset: r.Offset}
	index := w.label(r)
	if w.replayed[ref] {
		delete(w.replayed, ref)
		return
	}
	if w.letters[at] == nil {
		w.letters[at] = map[int64]int32{}
	}
	w.letters[at][r.Offset] = index
	w.counts[index]++
}

// label returns the index of a letter's labels.
func (w *Waiting) label(r *kgo.Record) int32 {
	var l waitingLabels
	for _, name := range schemas.DeadLetterTopics() {
		if r.Topic == w.names.Topic(name) {
			l.provider = Short(name)
		}
	}
	for _, h := range r.Headers {
		switch h.Key {
		case raw.HeaderSource:
			l.source = string(h.Value)
		case dlq.HeaderStage:
			l.stage = string(h.Value)
		case dlq.HeaderCause:
			l.cause = string(h.Value)
		}
	}
	index := slices.Index(w.labels, l)
	if index < 0 {
		index = len(w.labels)
		w.labels, w.counts = append(w.labels, l), append(w.counts, 0)
	}
	return int32(index) //nolint:gosec // few labels
}

func (w *Waiting) drop(at Ref, offset int64) {
	w.counts[w.letters[at][offset]]--
	delete(w.letters[at], offset)
}

// Describe implements prometheus.Collector.
func (w *Waiting) Describe(out chan<- *prometheus.Desc) { out <- w.desc }

// Collect implements prometheus.Collector. A count that fell to zero stays as zero, so
// that an alert on it ends.
func (w *Waiting) Collect(out chan<- prometheus.Metric) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.left == nil || len(w.left) > 0 {
		return
	}
	for i, l := range w.labels {
		out <- prometheus.MustNewConstMetric(w.desc, prometheus.GaugeValue, float64(w.counts[i]), l.provider, l.source, l.stage, l.cause)
	}
}
