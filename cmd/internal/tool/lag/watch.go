package lag

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/pause"
)

// Config selects the groups to watch, and how they are judged.
type Config struct {
	// Kafka are the client's options: brokers, TLS, SASL.
	Kafka []kgo.Opt
	// Groups are patterns of group names, as in path.Match. Empty means the groups of
	// Own.
	Groups []string
	// Own maps our groups to the topics, by their names on the cluster, that each must
	// read. They are reported even if the broker does not know them. Without a
	// committed offset they begin at the log start.
	Own map[string][]string
	// Window is how long a group is watched before it is judged. Default 15 s. It must
	// be longer than the time between two commits of a group.
	Window time.Duration
	// Restores returns the progress of groups that are restoring their state; nil if no
	// source is configured.
	Restores func(ctx context.Context) (map[string]Restore, error)
	// Paused returns the groups whose stages are paused; nil if that is not known.
	Paused func() map[string]pause.Pause
	// Now is the clock of the records; nil means time.Now. BrokerNow is that of the brokers,
	// by which they date the begin of a transaction; nil means Now.
	Now       func() time.Time
	BrokerNow func() time.Time
}

// DefaultWindow is longer than the default commit interval of most clients, 5 s.
const DefaultWindow = 15 * time.Second

// Watcher observes groups repeatedly and keeps one window of observations. Make it with
// New; Observe is called from one goroutine.
type Watcher struct {
	config Config
	client *kgo.Client
	admin  *kadm.Client
	tracks map[string]map[place]*track
	began  time.Time

	mu   sync.Mutex
	last *Report
}

// New returns a watcher that has not connected yet.
func New(config Config) *Watcher {
	if config.Window <= 0 {
		config.Window = DefaultWindow
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.BrokerNow == nil {
		config.BrokerNow = config.Now
	}
	return &Watcher{config: config, tracks: map[string]map[place]*track{}}
}

// Open connects.
func (w *Watcher) Open() error {
	client, err := kgo.NewClient(w.config.Kafka...)
	if err != nil {
		return fmt.Errorf("make a Kafka client: %w", err)
	}
	w.client, w.admin = client, kadm.NewClient(client)
	return nil
}

// Close ends the connections. It may be called without Open.
func (w *Watcher) Close() {
	if w.client != nil {
		w.client.Close()
	}
}

// Last returns the last report, nil before the first.
func (w *Watcher) Last() *Report {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last
}

// look is the result of one observation of the cluster.
type look struct {
	at        time.Time
	groups    map[string]*members
	positions map[string]map[place]int64
	// epochs are the leader epochs that were committed with the offsets, where there
	// are any.
	epochs map[string]map[place]int32
	// epochEnds are the end offsets of these epochs; see readEpochs.
	epochEnds map[epochAt]int64
	topics    kadm.TopicDetails
	start     kadm.ListedOffsets
	stable    kadm.ListedOffsets
	end       kadm.ListedOffsets
	restores  map[string]Restore
	paused    map[string]pause.Pause
	warnings  []string
}

// warn turns an error of some shards into a warning, and returns any other error.
func (l *look) warn(err error) error {
	var shards *kadm.ShardErrors
	if err != nil && errors.As(err, &shards) && !shards.AllFailed {
		l.warnings = append(l.warnings, err.Error())
		return nil
	}
	return err
}

// Observe reads the offsets of all groups and logs and judges them together with the
// earlier observations of the window.
func (w *Watcher) Observe(ctx context.Context) (*Report, error) {
	l := &look{}
	if err := w.readPositions(ctx, l); err != nil {
		return nil, err
	}
	// Committed offsets are read before the ends, so that an end is never below an
	// offset committed later.
	if err := w.readEnds(ctx, l); err != nil {
		return nil, err
	}
	if err := w.readEpochs(ctx, l); err != nil {
		l.warnings = append(l.warnings, err.Error())
	}
	l.at = w.config.Now()
	if w.began.IsZero() {
		w.began = l.at
	}
	if w.config.Restores != nil {
		restores, err := w.config.Restores(ctx)
		if err != nil {
			l.warnings = append(l.warnings, err.Error())
		}
		l.restores = restores
	}
	if w.config.Paused != nil {
		l.paused = w.config.Paused()
	}
	w.remember(l)
	w.readNext(ctx, l)
	if err := w.readTransactions(ctx, l); err != nil {
		l.warnings = append(l.warnings, err.Error())
	}
	report := w.report(l)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last = report
	return report, nil
}

func (w *Watcher) readPositions(ctx context.Context, l *look) (err error) {
	if l.groups, err = listGroups(ctx, w.client, slices.Concat(w.config.Groups, slices.Collect(maps.Keys(w.config.Own)))); err != nil {
		return err
	}
	if err := l.warn(describe(ctx, w.admin, l.groups)); err != nil {
		return err
	}
	var expected kadm.TopicDetails
	if len(w.config.Own) > 0 {
		topics := slices.Compact(slices.Sorted(flat(maps.Values(w.config.Own))))
		expected, err = w.admin.ListTopics(ctx, topics...)
		if err := l.warn(err); err != nil {
			return fmt.Errorf("list the topics: %w", err)
		}
	}
	for name := range w.config.Own {
		if l.groups[name] == nil {
			l.groups[name] = &members{count: 0, owners: map[place]*Owner{}}
		}
	}
	l.positions, l.epochs = map[string]map[place]int64{}, map[string]map[place]int32{}
	fetched := w.admin.FetchManyOffsets(ctx, slices.Sorted(maps.Keys(l.groups))...)
	for name, m := range l.groups {
		if err := fetched[name].Err; err != nil && m.err == nil && m.kind != "" {
			m.err = fmt.Errorf("read its committed offsets: %w", err)
		}
		var places []place
		for _, topic := range w.config.Own[name] {
			for p := range expected[topic].Partitions {
				places = append(places, place{topic, p})
			}
		}
		l.positions[name] = positions(m, fetched[name].Fetched, places)
		l.epochs[name] = epochs(fetched[name].Fetched)
	}
	return nil
}

// readEnds lists the offsets of every topic that a group reads.
func (w *Watcher) readEnds(ctx context.Context, l *look) error {
	seen := map[string]bool{}
	for _, at := range l.positions {
		for p := range at {
			seen[p.topic] = true
		}
	}
	if len(seen) == 0 {
		return nil
	}
	topics := slices.Sorted(maps.Keys(seen))
	var group sync.WaitGroup
	errs := make([]error, 4)
	group.Go(func() { l.topics, errs[0] = w.admin.ListTopics(ctx, topics...) })
	group.Go(func() { l.start, errs[1] = w.admin.ListStartOffsets(ctx, topics...) })
	group.Go(func() { l.stable, errs[2] = w.admin.ListCommittedOffsets(ctx, topics...) })
	group.Go(func() { l.end, errs[3] = w.admin.ListEndOffsets(ctx, topics...) })
	group.Wait()
	for i := range errs {
		if err := l.warn(errs[i]); err != nil {
			return fmt.Errorf("list the offsets of %d topics: %w", len(topics), err)
		}
	}
	return nil
}

func flat(lists func(func([]string) bool)) func(func(string) bool) {
	return func(yield func(string) bool) {
		for list := range lists {
			for _, s := range list {
				if !yield(s) {
					return
				}
			}
		}
	}
}

// Run observes every interval until each group is judged, at most for the window. each
// may be nil; it is called with every report.
func (w *Watcher) Run(ctx context.Context, interval time.Duration, each func(*Report)) (*Report, error) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		report, err := w.Observe(ctx)
		if err != nil {
			return nil, err
		}
		if each != nil {
			each(report)
		}
		if !report.Watching() {
			return report, nil
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// Watching reports whether some group is not judged yet.
func (r *Report) Watching() bool {
	return slices.ContainsFunc(r.Groups, func(g Group) bool { return g.Verdict == VerdictWatching })
}
