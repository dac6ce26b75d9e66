package failpoint

import (
	"context"
	"sync"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
	"github.com/tributary-hq/tributary/processor/engine/internal/scheduler"
	"github.com/tributary-hq/tributary/processor/engine/internal/seam"
)

// Break breaks every engine created with these Deps.
func Break(d *engine.Deps, m Mutation) {
	b := &broken{mutation: m, sessions: map[string]*brokenSession{}}
	wrapCluster(d, func(c kafka.Cluster) kafka.Cluster { return brokenCluster{c, b} })
	wrapRestore(d, func(w *seam.Worker, next seam.Restore) seam.Restore { return b.restore(w, next) })
	if m == NoLease {
		d.Seams.Leases = func(seam.Leases) seam.Leases { return noLeases{} }
	}
}

// broken is a broken process.
type broken struct {
	mutation Mutation
	mu       sync.Mutex
	// sessions are the last sessions, by transactional id.
	sessions map[string]*brokenSession
}

// session returns the last session of a worker.
func (b *broken) session(id string) *brokenSession {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.sessions[id]
}

// noLeases implements NoLease.
type noLeases struct{}

// Take implements seam.Leases.
func (noLeases) Take(context.Context, scheduler.Scheduler, string, int32) (func(), error) {
	return func() {}, nil
}

type brokenCluster struct {
	kafka.Cluster

	broken *broken
}

// Join implements kafka.Cluster.
func (c brokenCluster) Join(ctx context.Context, m *kafka.Member) (kafka.Session, kafka.Admin, error) {
	session, admin, err := c.Cluster.Join(ctx, m)
	if err != nil {
		return nil, nil, err //nolint:wrapcheck // a wrapper
	}
	s := &brokenSession{Session: session, mutation: c.broken.mutation, input: m.Topic, read: map[int32]int64{}}
	s.admin = &brokenAdmin{Admin: admin, session: s}
	c.broken.mu.Lock()
	defer c.broken.mu.Unlock()
	c.broken.sessions[m.ID] = s
	return s, s.admin, nil
}

// Read implements kafka.Cluster.
func (c brokenCluster) Read(r *kafka.ReadRequest) (kafka.Reader, error) {
	request := *r
	request.Uncommitted = c.broken.mutation == ReadUncommitted
	reader, err := c.Cluster.Read(&request)
	if err != nil {
		return nil, err //nolint:wrapcheck // a wrapper
	}
	switch c.broken.mutation {
	case SkipReplay:
		return mappedReader{reader, func(r *kgo.Record) {
			// From the log's beginning there is no stored state.
			if request.From[r.Partition].EpochOffset().Offset > 0 {
				r.Attrs = kgo.NewRecordAttrs(kgo.RecordAttrsOpts{Control: true})
			}
		}}, nil
	case DropTimers:
		return mappedReader{reader, dropTimer}, nil
	default:
		return reader, nil
	}
}

// mappedReader changes the records that are read.
type mappedReader struct {
	kafka.Reader

	change func(*kgo.Record)
}

// PollFetches implements kafka.Reader.
func (r mappedReader) PollFetches(ctx context.Context) kgo.Fetches {
	fetches := r.Reader.PollFetches(ctx)
	fetches.EachRecord(func(record *kgo.Record) {
		if !record.Attrs.IsControl() {
			r.change(record)
		}
	})
	return fetches
}

// dropTimer removes the deadline of a changelog record.
func dropTimer(r *kgo.Record) {
	if payload, _, err := entry.Parse(r.Value); err == nil {
		r.Value = entry.Append(nil, payload, 0)
	}
}

type brokenAdmin struct {
	kafka.Admin

	session *brokenSession
	// partitions are the partition counts at the first look, by topic.
	partitions map[string]int
}

// FetchOffsets implements kafka.Admin.
func (a *brokenAdmin) FetchOffsets(ctx context.Context, group string, stable bool) (kadm.OffsetResponses, error) {
	return a.Admin.FetchOffsets(ctx, group, stable && a.session.mutation != UnstableOffsets) //nolint:wrapcheck // a wrapper
}

// EndTransaction implements kafka.Admin.
func (a *brokenAdmin) EndTransaction(ctx context.Context, id string, as kafka.Producer, open kadm.TopicsSet, group string, commit bool) error {
	return a.Admin.EndTransaction(ctx, id, as, open, group, commit && a.session.mutation != HangingAborted) //nolint:wrapcheck // a wrapper
}

// DescribeProducers implements kafka.Admin.
func (a *brokenAdmin) DescribeProducers(ctx context.Context, topics kadm.TopicsSet) (kadm.DescribedProducersTopics, error) {
	described, err := a.Admin.DescribeProducers(ctx, topics)
	if err != nil || a.session.mutation != HangingUnseen {
		return described, err //nolint:wrapcheck // a wrapper
	}
	own := a.session.producer.Load()
	for _, topic := range described {
		for _, partition := range topic.Partitions {
			delete(partition.ActiveProducers, own)
		}
	}
	return described, nil
}

// ListTopics implements kafka.Admin.
func (a *brokenAdmin) ListTopics(ctx context.Context, topics ...string) (kadm.TopicDetails, error) {
	details, err := a.Admin.ListTopics(ctx, topics...)
	if err != nil || a.session.mutation != AnyPartitions {
		return details, err //nolint:wrapcheck // a wrapper
	}
	a.session.mu.Lock()
	defer a.session.mu.Unlock()
	if a.partitions == nil {
		a.partitions = map[string]int{}
	}
	for name, topic := range details {
		if a.partitions[name] == 0 {
			a.partitions[name] = len(topic.Partitions)
		}
		for p := range topic.Partitions {
			if int(p) >= a.partitions[name] {
				delete(topic.Partitions, p)
			}
		}
	}
	return details, nil
}
