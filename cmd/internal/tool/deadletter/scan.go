package deadletter

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/schemas"
)

// Filter selects dead letters; empty fields match all.
type Filter struct {
	// Providers are short topic names (see Short): providers or internal stages.
	Providers, Causes, Stages, Sources []string
	// From and To limit the time of the failure: [From, To).
	From, To time.Time
	// Key is the record's key, EventID an id in the body or the request id.
	Key, EventID string
	// Refs are the positions of single dead letters; empty means all.
	Refs []Ref
	// Replayed, if not nil, selects those that were, or were not, replayed.
	Replayed *bool
}

func in(list []string, s string) bool { return len(list) == 0 || slices.Contains(list, s) }

func (f *Filter) matches(l *Letter) bool {
	switch {
	case !in(f.Providers, l.Kind), !in(f.Causes, l.Cause), !in(f.Stages, l.Stage), !in(f.Sources, l.Source),
		!f.From.IsZero() && l.DeadLettered.Before(f.From), !f.To.IsZero() && !l.DeadLettered.Before(f.To),
		f.Key != "" && l.Key != f.Key,
		f.EventID != "" && l.RequestID != f.EventID && !slices.Contains(l.Events, f.EventID),
		len(f.Refs) > 0 && !slices.Contains(f.Refs, l.Ref),
		f.Replayed != nil && *f.Replayed != (l.Replayed != nil):
		return false
	}
	return true
}

// Reader reads the dead letters of a cluster. Make it with NewReader.
type Reader struct {
	kafka []kgo.Opt
	names schemas.Names
	// ends are the last stable offsets when the reader was opened; later dead letters
	// are not read.
	ends kadm.ListedOffsets
	// Patience is how long a read may return nothing before it fails. Default 30 s.
	Patience time.Duration
	notes    map[string]*Note
}

// NewReader returns a reader; nothing connects yet.
func NewReader(kafka []kgo.Opt, names schemas.Names) *Reader {
	const patience = 30 * time.Second
	return &Reader{kafka: kafka, names: names, Patience: patience}
}

// Open reads the ends of the dead-letter topics, and all notes of replays.
func (r *Reader) Open(ctx context.Context) error {
	client, err := kgo.NewClient(r.kafka...)
	if err != nil {
		return fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	return r.open(ctx, kadm.NewClient(client))
}

func (r *Reader) open(ctx context.Context, admin *kadm.Client) error {
	topics := []string{r.names.Topic(schemas.InternalReplays)}
	for _, name := range schemas.DeadLetterTopics() {
		topics = append(topics, r.names.Topic(name))
	}
	ends, err := admin.ListCommittedOffsets(ctx, topics...)
	if err == nil {
		err = ends.Error()
	}
	if err != nil {
		return fmt.Errorf("look how far the dead letters go: %w", err)
	}
	r.ends = ends
	r.notes = map[string]*Note{}
	return r.read(ctx, topics[:1], nil, func(record *kgo.Record) error {
		note, err := noteOf(record.Value)
		if err != nil {
			return fmt.Errorf("%s/%d at offset %d: %w", record.Topic, record.Partition, record.Offset, err)
		}
		r.notes[string(record.Key)] = note
		return nil
	})
}

// Each yields the dead letters that match a filter; those of a partition in order.
func (r *Reader) Each(ctx context.Context, f *Filter, yield func(*Letter) error) error {
	byTopic := map[string]string{}
	var topics []string
	for _, name := range schemas.DeadLetterTopics() {
		if topic := r.names.Topic(name); in(f.Providers, Short(name)) {
			byTopic[topic] = name
			topics = append(topics, topic)
		}
	}
	return r.read(ctx, topics, f.Refs, func(record *kgo.Record) error {
		l := letterOf(record, byTopic[record.Topic])
		l.Replayed = r.notes[l.String()]
		if !f.matches(l) {
			return nil
		}
		return yield(l)
	})
}

// read yields the committed records of topics up to the ends. If refs are given, it
// reads only the offsets between the first and the last of them in each partition.
func (r *Reader) read(ctx context.Context, topics []string, refs []Ref, yield func(*kgo.Record) error) error {
	client, err := kgo.NewClient(append(append([]kgo.Opt{}, r.kafka...),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		// A partition often ends with a transaction marker, by which the end is
		// recognised.
		kgo.KeepControlRecords(),
		// If retention deletes the offset to read, reading goes on at the new log
		// start.
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchMaxWait(250*time.Millisecond),
	)...)
	if err != nil {
		return fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	left, err := r.assign(ctx, client, topics, refs)
	if err != nil {
		return err
	}
	for len(left) > 0 {
		waiting, cancel := context.WithTimeoutCause(ctx, r.Patience, errSilent)
		fetches := client.PollFetches(waiting)
		silent := errors.Is(context.Cause(waiting), errSilent)
		cancel()
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if silent && fetches.Empty() {
			return fmt.Errorf("%w of %s: a partition has no leader, or a transaction is open there (tributary lag tells)", errSilent, r.Patience)
		}
		if err := fetches.Err0(); err != nil && !silent {
			return fmt.Errorf("read dead letters: %w", err)
		}
		for it := fetches.RecordIter(); !it.Done(); {
			record := it.Next()
			at := Ref{Topic: record.Topic, Partition: record.Partition}
			end, ok := left[at]
			if !ok {
				continue
			}
			if record.Offset+1 >= end {
				delete(left, at)
			}
			if record.Offset < end && !record.Attrs.IsControl() {
				if err := yield(record); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

var errSilent = errors.New("nothing came within the patience")

// assign starts reading, and returns the end offset of each partition.
func (r *Reader) assign(ctx context.Context, client *kgo.Client, topics []string, refs []Ref) (map[Ref]int64, error) {
	starts, err := kadm.NewClient(client).ListStartOffsets(ctx, topics...)
	if err != nil {
		return nil, fmt.Errorf("look where the dead letters begin: %w", err)
	}
	left := map[Ref]int64{}
	from := map[string]map[int32]kgo.Offset{}
	for _, topic := range topics {
		for p, end := range r.ends[topic] {
			start, _ := starts.Lookup(topic, p)
			low, high := start.Offset, end.Offset
			if len(refs) > 0 {
				low, high = bounds(refs, topic, p, low, high)
			}
			if low >= high {
				continue
			}
			if from[topic] == nil {
				from[topic] = map[int32]kgo.Offset{}
			}
			from[topic][p] = kgo.NewOffset().At(low)
			left[Ref{Topic: topic, Partition: p}] = high
		}
	}
	client.AddConsumePartitions(from)
	return left, nil
}

// bounds narrows a partition's offsets to those between its first and last ref.
func bounds(refs []Ref, topic string, partition int32, start, end int64) (low, high int64) {
	low, high = end, start
	for _, ref := range refs {
		if ref.Topic == topic && ref.Partition == partition && ref.Offset >= start && ref.Offset < end {
			low, high = min(low, ref.Offset), max(high, ref.Offset+1)
		}
	}
	return low, high
}
