package pause

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// Config is where the pauses are read from.
type Config struct {
	// Kafka are the client's options.
	Kafka []kgo.Opt
	Names schemas.Names
	// Logger logs each change; nil discards it.
	Logger *slog.Logger
	// Now is the wall clock, by which pauses end; nil means time.Now.
	Now func() time.Time
	// Again is the time between two attempts to read the topic; default 5 s.
	Again time.Duration
}

// Board holds the last record of each stage. Make it with New. It is safe for concurrent
// use.
type Board struct {
	config Config
	topic  string
	cancel context.CancelFunc
	done   chan struct{}

	mu      sync.Mutex
	records map[string]*avro.Pause
	// err is why the topic cannot be read now.
	err error
}

// patience is how long Start waits for a Kafka that does not answer.
const patience = 10 * time.Second

// ErrTopic means that the topic does not exist, or that this user may not read it.
var ErrTopic = errors.New("'tributary topics apply' creates topics, 'tributary topics acl' gives rights")

// errUnread is a board's error until it has read the topic.
var errUnread = errors.New("the pauses of stages could not be read in time")

// New returns a board that has read nothing: no stage is paused.
func New(config Config) *Board {
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Again <= 0 {
		config.Again = 5 * time.Second
	}
	return &Board{err: errUnread, config: config, topic: config.Names.Topic(schemas.InternalPauses), records: map[string]*avro.Pause{}}
}

// Start reads the topic to its end and then follows it. It does not fail: without the topic
// nothing is paused. It waits for a Kafka that does not answer, but not for long.
func (b *Board) Start(ctx context.Context) {
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	b.cancel, b.done = cancel, make(chan struct{})
	first := make(chan struct{})
	// Ended by Stop, which waits.
	go func() {
		defer close(b.done)
		b.run(running, sync.OnceFunc(func() { close(first) }))
	}()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-first:
	case <-ctx.Done():
	case <-timer.C:
		b.config.Logger.WarnContext(ctx, "the pauses of stages could not be read in time: a stage that is paused runs until they are", slog.String("topic", b.topic))
	}
}

// Stop ends the reading. It may be called without Start.
func (b *Board) Stop() {
	if b.cancel != nil {
		b.cancel()
		<-b.done
	}
}

// run reads the topic again and again until ctx ends. It calls ready when the topic was
// read to its end, or cannot be read.
func (b *Board) run(ctx context.Context, ready func()) {
	said := ""
	for {
		err := b.follow(ctx, func() {
			if said != "" {
				b.config.Logger.InfoContext(ctx, "the pauses of stages are read", slog.String("topic", b.topic))
			}
			said = ""
			ready()
		})
		if ctx.Err() != nil {
			return
		}
		b.failed(err)
		if err.Error() != said {
			said = err.Error()
			b.config.Logger.WarnContext(ctx, "the pauses of stages cannot be read: no stage can be paused or resumed", slog.String("topic", b.topic), slog.String("error", said))
		}
		if errors.Is(err, ErrTopic) {
			ready()
		}
		timer := time.NewTimer(b.config.Again)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return
		}
	}
}

func (b *Board) failed(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.err = err
}

// Err returns why the topic cannot be read, nil if it can.
func (b *Board) Err() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

// follow reads the topic from its start until an error. It calls ready once it has read the
// end that the topic had at first; until then the pauses of the last reading are in force,
// and then only those that the topic has now: somebody may have made it anew.
func (b *Board) follow(ctx context.Context, ready func()) error {
	client, err := kgo.NewClient(append(slices.Clip(b.config.Kafka), kgo.ConsumeTopics(b.topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))...)
	if err != nil {
		return fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	left, err := b.unread(ctx, kadm.NewClient(client))
	if err != nil {
		return err
	}
	for records := map[string]*avro.Pause{}; ; {
		if len(left) == 0 {
			b.replace(ctx, records)
			ready()
		}
		fetches := client.PollFetches(ctx)
		if ctx.Err() != nil {
			return ctx.Err() //nolint:wrapcheck // the end
		}
		for _, failed := range fetches.Errors() {
			return b.explain(failed.Err)
		}
		fetches.EachRecord(func(record *kgo.Record) {
			if r := b.parse(ctx, record); r != nil && (records[r.Stage] == nil || records[r.Stage].Revision <= r.Revision) {
				records[r.Stage] = r
			}
			if end, ok := left[record.Partition]; ok && record.Offset+1 >= end {
				delete(left, record.Partition)
			}
		})
	}
}

// unread returns the end offset of each partition that has records.
func (b *Board) unread(ctx context.Context, admin *kadm.Client) (map[int32]int64, error) {
	details, err := admin.ListTopics(ctx, b.topic)
	if err != nil {
		return nil, fmt.Errorf("describe %s: %w", b.topic, err)
	}
	if err := details[b.topic].Err; err != nil {
		return nil, b.explain(err)
	}
	starts, err := admin.ListStartOffsets(ctx, b.topic)
	if err == nil {
		err = starts.Error()
	}
	if err != nil {
		return nil, b.explain(err)
	}
	// The topic has no transactions and no markers: the last offset is a record, which
	// compaction leaves.
	ends, err := admin.ListEndOffsets(ctx, b.topic)
	if err == nil {
		err = ends.Error()
	}
	if err != nil {
		return nil, b.explain(err)
	}
	left := map[int32]int64{}
	ends.Each(func(o kadm.ListedOffset) {
		if start, _ := starts.Lookup(b.topic, o.Partition); start.Offset < o.Offset {
			left[o.Partition] = o.Offset
		}
	})
	return left, nil
}

// explain names the remedy of an error that only an operator can mend.
func (b *Board) explain(err error) error {
	if errors.Is(err, kerr.UnknownTopicOrPartition) || errors.Is(err, kerr.TopicAuthorizationFailed) || errors.Is(err, kerr.UnknownTopicID) {
		return fmt.Errorf("topic %s does not exist, or this user may not read it: %w", b.topic, ErrTopic)
	}
	return fmt.Errorf("read %s: %w", b.topic, err)
}

// parse returns the content of a record, nil with a warning if it cannot be read.
func (b *Board) parse(ctx context.Context, record *kgo.Record) *avro.Pause {
	r := &avro.Pause{}
	_, body, err := wire.Parse(record.Value)
	if err == nil {
		err = r.DecodeAvro(body)
	}
	if err != nil {
		b.config.Logger.WarnContext(ctx, "a pause cannot be read: a later release may have written it", slog.String("topic", b.topic),
			slog.Int("partition", int(record.Partition)), slog.Int64("offset", record.Offset), slog.String("error", err.Error()))
		return nil
	}
	return r
}

// replace makes the records the current ones and logs each stage that they pause or resume.
func (b *Board) replace(ctx context.Context, records map[string]*avro.Pause) {
	b.mu.Lock()
	before := b.records
	b.records, b.err = maps.Clone(records), nil
	b.mu.Unlock()
	now := b.config.Now()
	stages := maps.Clone(before)
	maps.Copy(stages, records)
	for _, stage := range slices.Sorted(maps.Keys(stages)) {
		was, is := before[stage], records[stage]
		if was == is || was != nil && is != nil && was.Revision == is.Revision && was.At.Equal(is.At) {
			continue
		}
		_, inForce := of(was, now)
		switch p, paused := of(is, now); {
		case paused:
			attrs := []slog.Attr{slog.String("stage", p.Stage), slog.String("by", p.By), slog.Time("since", p.Since)}
			if !p.Until.IsZero() {
				attrs = append(attrs, slog.Time("until", p.Until))
			}
			b.config.Logger.LogAttrs(ctx, slog.LevelInfo, "stage is paused", attrs...)
		case inForce && is == nil:
			b.config.Logger.WarnContext(ctx, "stage is resumed: the topic has no record of its pause any more", slog.String("stage", stage), slog.String("topic", b.topic))
		case inForce:
			b.config.Logger.InfoContext(ctx, "stage is resumed", slog.String("stage", stage), slog.String("by", p.By))
		}
	}
}

// Of returns the pause of a stage that is in force.
func (b *Board) Of(stage string) (Pause, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return of(b.records[stage], b.config.Now())
}

// All returns the pauses that are in force, by stage.
func (b *Board) All() []Pause {
	b.mu.Lock()
	defer b.mu.Unlock()
	now, out := b.config.Now(), []Pause{}
	for _, stage := range slices.Sorted(maps.Keys(b.records)) {
		if p, paused := of(b.records[stage], now); paused {
			out = append(out, p)
		}
	}
	return out
}

// Revision returns the revision of a stage's last record, 0 if it has none.
func (b *Board) Revision(stage string) int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	if r := b.records[stage]; r != nil {
		return r.Revision
	}
	return 0
}
