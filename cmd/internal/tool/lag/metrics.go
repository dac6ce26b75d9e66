package lag

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Service observes until it is stopped and exports its last report as metrics. It is a
// prometheus.Collector. Groups, topics and partitions are labels, because the cluster
// bounds their number. Members, hosts and transactional ids have no bound and appear in
// the report only. The label ours is true for the groups of our stages, so that alerts
// about the groups of others page nobody.
type Service struct {
	watcher  *Watcher
	interval time.Duration
	logger   *slog.Logger
	desc     map[string]*prometheus.Desc
	failures atomic.Int64
	reported atomic.Int64 // unix ms of the last report
	failing  bool         // of run alone
	why      atomic.Value // string: why the last observation failed
	cancel   context.CancelFunc
	done     chan struct{}
}

var _ prometheus.Collector = (*Service)(nil)

// figure describes a metric: its name without prefix, its help, its labels besides
// group and ours.
type figure struct {
	name, help string
	labels     []string
}

func figures() []figure {
	partition := []string{"topic", "partition"}
	return []figure{
		{"records", "Offsets that the group has not read, up to the last stable one; 0 where none of them is a record.", partition},
		{"seconds", "Age of the oldest record that the group has not read, what an open transaction holds back included.", partition},
		{"held_records", "Offsets behind an open transaction, which readers of committed records do not get yet.", partition},
		{"lost_records", "Offsets that retention deleted before the group read them.", partition},
		{"beyond_records", "Offsets by which the committed offset lies beyond the log's end, or beyond the end of its leader epoch: the log has lost what the group read, or is another one.", partition},
		{"transaction_open_seconds", "For how long the transaction that holds records back has been open; 0 if none does.", partition},
		{"committed_offset", "The group's committed offset.", partition},
		{"end_offset", "End of the partition's log.", partition},
		{"group_read_records_per_second", "Offsets that the group reads a second, over the window.", nil},
		{"group_written_records_per_second", "Offsets written to what the group reads a second, over the window.", nil},
		{"group_catch_up_seconds", "How long reading the rest will take at the rates of the window; +Inf if it would not end.", nil},
		{"group_members", "Members of the group; absent where the broker does not tell.", nil},
		{"group_verdict", "1 for the group's verdict, 0 for the others: ok, watching, unknown, restoring, paused, catching up, falling behind, stuck, blocked, no members, beyond the end.", []string{"verdict"}},
		{"group_bad", "1 if somebody should act: the group is stuck, blocked, falling behind, has no members, has lost records or stands beyond the log's end.", nil},
	}
}

// NewService returns a service that observes every interval once Start is called.
func NewService(watcher *Watcher, interval time.Duration, logger *slog.Logger) *Service {
	s := &Service{watcher: watcher, interval: interval, logger: logger, desc: map[string]*prometheus.Desc{}}
	for _, f := range figures() {
		s.desc[f.name] = prometheus.NewDesc("tributary_lag_"+f.name, f.help, append([]string{"group", "ours"}, f.labels...), nil)
	}
	s.desc["failures"] = prometheus.NewDesc("tributary_lag_failures_total", "Looks at the cluster that failed.", nil, nil)
	s.desc["reported"] = prometheus.NewDesc("tributary_lag_last_success_timestamp_seconds", "Time of the last successful lag report.", nil, nil)
	return s
}

// Start connects and begins to observe. Later failures are logged and counted, and the
// lag metrics are absent until an observation succeeds again.
func (s *Service) Start(ctx context.Context) error {
	if err := s.watcher.Open(); err != nil {
		return fmt.Errorf("watch lag: %w", err)
	}
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.cancel, s.done = cancel, make(chan struct{})
	// The goroutine ends with Stop, which cancels its context.
	go s.run(running)
	return nil
}

// Stop ends the observation. It may be called without Start.
func (s *Service) Stop(context.Context) error {
	if s.cancel != nil {
		s.cancel()
		<-s.done
	}
	s.watcher.Close()
	return nil
}

func (s *Service) run(ctx context.Context) {
	defer close(s.done)
	ticker := time.NewTicker(s.interval)
	defer ticker.Stop()
	for {
		s.observe(ctx)
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

func (s *Service) observe(ctx context.Context) {
	// Bounded, so that a cluster that does not answer counts as a failure.
	const patience = 3
	bounded, cancel := context.WithTimeout(ctx, patience*s.interval)
	defer cancel()
	r, err := s.watcher.Observe(bounded)
	switch {
	case err == nil:
		s.reported.Store(r.At.UnixMilli())
		if s.failing {
			s.logger.InfoContext(ctx, "lag is found out again")
		}
		s.failing = false
		s.why.Store("")
	case ctx.Err() == nil:
		s.failures.Add(1)
		if !s.failing {
			// Logged once for each outage: the failures are counted.
			s.logger.WarnContext(ctx, "lag cannot be found out", slog.String("error", err.Error()))
		}
		s.failing = true
		s.why.Store("lag cannot be found out: " + err.Error())
	}
}

// Why says why the last observation failed; "" if it did not.
func (s *Service) Why() string {
	why, _ := s.why.Load().(string)
	return why
}

// Fresh reports whether there is a recent report, and when it was made.
func (s *Service) Fresh() (ok bool, at time.Time) {
	r := s.watcher.Last()
	if r == nil {
		return false, at
	}
	const patience = 4
	return s.watcher.config.Now().Sub(r.At) < patience*s.interval, r.At
}

// Describe implements prometheus.Collector.
func (s *Service) Describe(out chan<- *prometheus.Desc) {
	for _, d := range s.desc {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (s *Service) Collect(out chan<- prometheus.Metric) {
	out <- prometheus.MustNewConstMetric(s.desc["failures"], prometheus.CounterValue, float64(s.failures.Load()))
	if at := s.reported.Load(); at > 0 {
		out <- prometheus.MustNewConstMetric(s.desc["reported"], prometheus.GaugeValue, float64(at)/1000)
	}
	if ok, _ := s.Fresh(); !ok {
		return
	}
	for _, g := range s.watcher.Last().Groups {
		s.collectGroup(out, &g)
	}
}

func (s *Service) collectGroup(out chan<- prometheus.Metric, g *Group) {
	ours := strconv.FormatBool(g.Ours)
	tell := func(name string, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(s.desc[name], prometheus.GaugeValue, value, append([]string{g.Group, ours}, labels...)...)
	}
	for i := range g.Partitions {
		p := &g.Partitions[i]
		if p.Err != "" || p.Verdict == VerdictUnknown {
			continue
		}
		partition := strconv.Itoa(int(p.Partition))
		tell("records", float64(p.Records), p.Topic, partition)
		tell("seconds", time.Duration(p.Age).Seconds(), p.Topic, partition)
		tell("held_records", float64(p.Held), p.Topic, partition)
		tell("lost_records", float64(p.Lost), p.Topic, partition)
		tell("beyond_records", float64(p.Beyond), p.Topic, partition)
		open := Span(0)
		if p.Transaction != nil {
			open = p.Transaction.Open
		}
		tell("transaction_open_seconds", time.Duration(open).Seconds(), p.Topic, partition)
		if p.Position >= 0 {
			tell("committed_offset", float64(p.Position), p.Topic, partition)
		}
		tell("end_offset", float64(p.End), p.Topic, partition)
	}
	tell("group_read_records_per_second", g.Out)
	tell("group_written_records_per_second", g.In)
	catchUp := math.Inf(1)
	if g.CatchUp != nil {
		catchUp = time.Duration(*g.CatchUp).Seconds()
	}
	tell("group_catch_up_seconds", catchUp)
	if g.Members >= 0 {
		tell("group_members", float64(g.Members))
	}
	for _, v := range Verdicts() {
		tell("group_verdict", one(v == g.Verdict), string(v))
	}
	tell("group_bad", one(g.Bad))
}

func one(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
