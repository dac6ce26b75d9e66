// Package feed reads the data that the console shows. Each part is read by one poll for all viewers, and
// only while somebody looks; see package poll.
//
//	committed offsets, ends ─► lag.Watcher, trend.History ─► Readers
//	ends, ends of an hour ago ─► Topics
//	ledger.v1, its last hour ─► Ledger
//	metrics of ingest and processors ─► Processes
//	readiness of the processors ─► States
//	deadletter.*, if they grew ─► Letters
//	enriched.journeys.v1 of the last day ─► Money
//
// Promise: no consumer group is joined, and no offset is committed.
package feed

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/console/poll"
	"github.com/tributary-hq/tributary/cmd/internal/tool/scan"
	"github.com/tributary-hq/tributary/cmd/internal/tool/tail"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// Config is where to read.
type Config struct {
	// Kafka are the options of every client.
	Kafka []kgo.Opt
	Names schemas.Names
	// Own maps the stages' groups to the topics that each must read.
	Own map[string][]string
	// Processes have the metrics of ingest and processors; none means that the refusals are not
	// known.
	Processes []Process
	// Alertmanager is its address; empty: alerts are not shown.
	Alertmanager string
	// Schema returns a schema of the registry, for sample rows.
	Schema tail.SchemaFunc
	Logger *slog.Logger
	// Now is the clock of the records; nil means time.Now.
	Now func() time.Time
	// Idle is how long reading goes on after the last look; 0 means that of package poll.
	Idle time.Duration
	// Pace multiplies the time between two reads of each poll; 0 means 1. Tests use a small one.
	Pace float64
}

// Feed has all polls. Make it with New, end it with Close.
type Feed struct {
	Readers   *poll.Poll[*Readers]
	Topics    *poll.Poll[*Topics]
	Ledger    *poll.Poll[*Ledger]
	Processes *poll.Poll[*Processes]
	States    *poll.Poll[*States]
	Alerts    *poll.Poll[*Alerts]
	Letters   *poll.Poll[*Letters]
	// Money has the hours since yesterday, MoneyLong the days of a month.
	Money     *poll.Poll[*MoneyRows]
	MoneyLong *poll.Poll[*MoneyRows]
	Signals   *poll.Poll[*Signals]

	config Config
	closes []func()

	mu      sync.Mutex
	client  *kgo.Client
	reading int // polls that read
}

// New returns a feed that has not connected.
func New(config Config) *Feed {
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Pace <= 0 {
		config.Pace = 1
	}
	f := &Feed{config: config}
	readers := &readers{feed: f}
	f.Readers = start(f, readers.read, poll.Options{Every: 3 * time.Second, End: readers.close})
	topics := &topicReader{feed: f}
	f.Topics = start(f, topics.read, poll.Options{Every: 5 * time.Second})
	ledger := &ledgerReader{feed: f, next: map[int32]int64{}}
	f.Ledger = start(f, ledger.read, poll.Options{Every: 10 * time.Second})
	processes := &processReader{config: &f.config}
	f.Processes = start(f, processes.read, poll.Options{Every: 5 * time.Second})
	f.States = start(f, f.states, poll.Options{Every: 2 * time.Second})
	f.Alerts = start(f, f.alerts, poll.Options{Every: 15 * time.Second})
	letters := &letterReader{feed: f}
	f.Letters = start(f, letters.read, poll.Options{Every: 10 * time.Second, Timeout: time.Minute})
	money, signals := &MoneyRows{feed: f, window: avro.FunnelWindowHour, days: MoneyDays, entities: true}, &signalReader{feed: f}
	f.Money = start(f, money.read, poll.Options{Every: 15 * time.Second, Timeout: 2 * time.Minute})
	long := &MoneyRows{feed: f, window: avro.FunnelWindowDay, days: MoneyLongDays}
	f.MoneyLong = start(f, long.read, poll.Options{Every: time.Minute, Timeout: 2 * time.Minute})
	f.Signals = start(f, signals.read, poll.Options{Every: 15 * time.Second})
	return f
}

// start makes a poll that Close ends.
func start[T any](f *Feed, read func(context.Context) (T, error), options poll.Options) *poll.Poll[T] {
	options.Now, options.Every, options.Idle = f.config.Now, time.Duration(float64(options.Every)*f.config.Pace), f.config.Idle
	end := options.End
	options.Begin, options.End = f.begin, func() {
		if end != nil {
			end()
		}
		f.end()
	}
	p := poll.New(read, options)
	f.closes = append(f.closes, p.Close)
	return p
}

// Close ends every poll and connection.
func (f *Feed) Close() {
	for _, end := range f.closes {
		end()
	}
}

// begin counts a poll that reads.
func (f *Feed) begin() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reading++
}

// end closes the connections when no poll reads any more: an open client asks Kafka for metadata.
func (f *Feed) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reading--
	if f.reading == 0 && f.client != nil {
		f.client.Close()
		f.client = nil
	}
}

// Now returns the time of the records.
func (f *Feed) Now() time.Time { return f.config.Now() }

// admin returns a client for small requests, which is made once.
func (f *Feed) admin() (*kadm.Client, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.client == nil {
		client, err := kgo.NewClient(f.config.Kafka...)
		if err != nil {
			return nil, fmt.Errorf("make a Kafka client: %w", err)
		}
		f.client = client
	}
	return kadm.NewClient(f.client), nil
}

// follow yields the committed records of a topic from the offsets in next on, and moves them. The
// first time it begins with the records of since.
func (f *Feed) follow(ctx context.Context, topic string, next map[int32]int64, since time.Time, yield func(*kgo.Record) error) error {
	admin, err := f.admin()
	if err != nil {
		return err
	}
	ends, err := admin.ListCommittedOffsets(ctx, topic)
	if err == nil {
		err = ends.Error()
	}
	if err != nil {
		return fmt.Errorf("look how far %s goes: %w", topic, err)
	}
	var begins kadm.ListedOffsets
	if len(next) == 0 {
		if begins, err = admin.ListOffsetsAfterMilli(ctx, since.UnixMilli(), topic); err != nil {
			return fmt.Errorf("look where %s is since %v: %w", topic, since, err)
		}
	}
	ranges := map[int32]scan.Range{}
	ends.Each(func(end kadm.ListedOffset) {
		from, known := next[end.Partition]
		if !known {
			begin, _ := begins.Lookup(topic, end.Partition)
			from = max(begin.Offset, 0)
		}
		if from < end.Offset {
			ranges[end.Partition] = scan.Range{From: from, To: end.Offset}
		}
	})
	err = scan.Each(ctx, scan.Config{Kafka: f.config.Kafka, Patience: 10 * time.Second}, "", scan.Ranges{topic: ranges}, yield)
	if err != nil {
		return err
	}
	for p, r := range ranges {
		next[p] = r.To
	}
	ends.Each(func(end kadm.ListedOffset) {
		if _, known := next[end.Partition]; !known {
			next[end.Partition] = end.Offset
		}
	})
	return nil
}
