package sim

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// ask sends an admin request and returns the broker's answer unchanged.
func (s *Session) ask(ctx context.Context, kind string) error {
	return s.call(ctx, kind, func() error { return nil })
}

// FetchOffsets answers the group's committed offsets: if stable, only those that no
// open transaction is about to change.
func (s *Session) FetchOffsets(ctx context.Context, stable bool) (kadm.OffsetResponses, error) {
	if err := s.ask(ctx, "OffsetFetch"); err != nil {
		return nil, err
	}
	out := kadm.OffsetResponses{}
	for p := range s.cluster.group.partitions {
		offset, err := s.cluster.fetchOffset(p, stable)
		if offset < 0 && err == nil {
			continue
		}
		leader, ok := s.cluster.leaders[p]
		if !ok {
			leader = -1
		}
		out.Add(kadm.OffsetResponse{Offset: kadm.Offset{Topic: s.input, Partition: p, At: offset, LeaderEpoch: leader, Metadata: s.cluster.notes[p]}, Err: err})
	}
	return out, nil
}

// ListTopics answers with the topics' ids.
func (s *Session) ListTopics(ctx context.Context, topics ...string) (kadm.TopicDetails, error) {
	if err := s.ask(ctx, "Metadata"); err != nil {
		return nil, err
	}
	return s.cluster.Details(topics...), nil
}

// Details describes topics, or all of them if none is named.
func (c *Cluster) Details(topics ...string) kadm.TopicDetails {
	if len(topics) == 0 {
		topics = slices.Collect(maps.Keys(c.topics))
	}
	out := kadm.TopicDetails{}
	for _, name := range topics {
		detail := kadm.TopicDetail{Topic: name, ID: c.topics[name].ID, Partitions: kadm.PartitionDetails{}}
		for p := range c.topics[name].parts {
			detail.Partitions[int32(p)] = kadm.PartitionDetail{Topic: name, Partition: int32(p)}
		}
		out[name] = detail
	}
	return out
}

func (s *Session) list(ctx context.Context, topics []string, offset func(*Partition) int64) (kadm.ListedOffsets, error) {
	if err := s.ask(ctx, "ListOffsets"); err != nil {
		return nil, err
	}
	out := kadm.ListedOffsets{}
	for _, name := range topics {
		out[name] = map[int32]kadm.ListedOffset{}
		for p, part := range s.cluster.topics[name].parts {
			p := int32(p)
			out[name][p] = kadm.ListedOffset{Topic: name, Partition: p, Offset: offset(part)}
		}
	}
	return out, nil
}

// ListStartOffsets answers the first offsets that are still there.
func (s *Session) ListStartOffsets(ctx context.Context, topics ...string) (kadm.ListedOffsets, error) {
	return s.list(ctx, topics, func(p *Partition) int64 { return p.start })
}

// EpochEnds answers where the logs end that were written up to leader epochs.
func (s *Session) EpochEnds(ctx context.Context, topic string, epochs map[int32]int32) (map[int32]int64, error) {
	if err := s.ask(ctx, "OffsetForLeaderEpoch"); err != nil {
		return nil, err
	}
	out := map[int32]int64{}
	for p, epoch := range epochs {
		out[p] = s.cluster.part(tp{topic, p}).epochEnd(epoch)
	}
	return out, nil
}

// ListEndOffsets answers high watermarks.
func (s *Session) ListEndOffsets(ctx context.Context, topics ...string) (kadm.ListedOffsets, error) {
	return s.list(ctx, topics, (*Partition).end)
}

// ListCommittedOffsets answers last stable offsets.
func (s *Session) ListCommittedOffsets(ctx context.Context, topics ...string) (kadm.ListedOffsets, error) {
	return s.list(ctx, topics, (*Partition).stable)
}

// DescribeProducers answers which transactions are open on partitions.
func (s *Session) DescribeProducers(ctx context.Context, topics kadm.TopicsSet) (kadm.DescribedProducersTopics, error) {
	if err := s.ask(ctx, "DescribeProducers"); err != nil {
		return nil, err
	}
	out := kadm.DescribedProducersTopics{}
	for name, partitions := range topics {
		parts := kadm.DescribedProducersPartitions{}
		for p := range partitions {
			active := kadm.DescribedProducers{}
			part := s.cluster.part(tp{name, p})
			for pid, epoch := range part.epochs {
				first, open := part.open[pid]
				if !open {
					first = -1
				}
				active[pid] = kadm.DescribedProducer{Topic: name, Partition: p, ProducerID: pid, ProducerEpoch: epoch, CurrentTxnStartOffset: first}
			}
			parts[p] = kadm.DescribedProducersPartition{Topic: name, Partition: p, ActiveProducers: active}
		}
		out[name] = kadm.DescribedProducersTopic{Topic: name, Partitions: parts}
	}
	return out, nil
}

// ListTransactions answers in which state the transactions of producers are, or of all
// if none is named.
func (s *Session) ListTransactions(ctx context.Context, producers []int64, _ []string) (kadm.ListedTransactions, error) {
	if err := s.ask(ctx, "ListTransactions"); err != nil {
		return nil, err
	}
	out := kadm.ListedTransactions{}
	for _, t := range s.cluster.order {
		if len(producers) == 0 || slices.Contains(producers, t.pid) {
			out[t.id] = kadm.ListedTransaction{TxnID: t.id, ProducerID: t.pid, State: [...]string{"Empty", "Ongoing", "PrepareCommit"}[t.state]}
		}
	}
	return out, nil
}

// Orphans answers which partitions no member of a stable group has.
func (s *Session) Orphans(ctx context.Context, _, _ string) (partitions []int32, first string, err error) {
	if err := s.ask(ctx, "DescribeGroups"); err != nil {
		return nil, "", err
	}
	g := &s.cluster.group
	if g.preparing {
		return nil, "", nil
	}
	for _, m := range g.sorted() {
		if first == "" || m.instance < first {
			first = m.instance
		}
	}
	return s.cluster.orphans(), first, nil
}

// LeaveAs takes a member out of the group.
func (s *Session) LeaveAs(ctx context.Context, _, instance string) error {
	return s.call(ctx, "LeaveGroup", func() error {
		m := s.cluster.group.byInstance(instance)
		if m == nil {
			return kerr.UnknownMemberID
		}
		s.cluster.group.thrownOut(s.cluster, m, kerr.UnknownMemberID)
		s.cluster.leave(m.id)
		return nil
	})
}

// TakeOver fences the owner of a transactional id.
func (s *Session) TakeOver(ctx context.Context, id string, timeout time.Duration) (pid int64, epoch int16, err error) {
	err = s.call(ctx, "TakeOver", func() (err error) {
		pid, epoch, err = s.cluster.initProducer(id, timeout.Milliseconds(), -1)
		return err
	})
	return pid, epoch, err
}

// EpochPerTransaction answers the brokers' transaction version.
func (s *Session) EpochPerTransaction(ctx context.Context) (bool, error) {
	return s.cluster.Epochs, s.ask(ctx, "ApiVersions")
}

// Marker answers whether a partition's log has a marker of a producer's epoch, and
// which.
func (s *Session) Marker(ctx context.Context, topic string, partition int32, pid int64, epoch int16) (commit, ok bool, err error) {
	err = s.ask(ctx, "Fetch")
	commit, ok = s.cluster.part(tp{topic, partition}).marker(pid, epoch)
	return commit, ok, err
}

// OffsetNotes answers the metadata of the group's offsets.
func (s *Session) OffsetNotes(ctx context.Context) ([]string, error) {
	err := s.ask(ctx, "OffsetFetch")
	return slices.Collect(maps.Values(s.cluster.notes)), err
}

// EndAs ends the open partitions of a transaction, and its pending group offsets. On a
// broker these are several requests, and a client that dies between them leaves a
// transaction that is aborted later; here they are one step.
func (s *Session) EndAs(ctx context.Context, pid int64, epoch int16, open kadm.TopicsSet, offsets, commit bool) error {
	return s.call(ctx, "Settle", func() error {
		var places []tp
		for _, t := range open.IntoList() {
			for _, p := range t.Partitions {
				places = append(places, tp{t.Topic, p})
			}
		}
		if offsets {
			places = append(places, tp{offsetsTopic, 0})
		}
		return s.cluster.endAs(pid, epoch, places, commit)
	})
}

// Reader reads partitions outside of any group.
type Reader struct {
	host      *Host
	short     string
	topic     string
	committed bool
	position  map[int32]int64
}

// Read makes a Reader from positions on, markers included.
func (h *Host) Read(short, topic string, from map[int32]int64, committed bool) *Reader {
	return &Reader{host: h, short: short, topic: topic, committed: committed, position: from}
}

// PollFetches returns the available records.
func (r *Reader) PollFetches(context.Context) kgo.Fetches {
	w := r.host.world
	w.yield(int64(w.Chance(3)), nil)
	if f := w.At(r.short, "req:Restore"); f != nil && f.Err != "" {
		return kgo.NewErrFetch(brokerError(f.Err))
	}
	var records []*kgo.Record
	for p := range int32(len(w.Cluster.topics[r.topic].parts)) { //nolint:gosec // a few partitions
		at, wanted := r.position[p]
		if !wanted {
			continue
		}
		got := w.Cluster.part(tp{r.topic, p}).read(r.topic, p, at, 1+w.Chance(40), r.committed, true)
		if len(got) > 0 {
			r.position[p] = got[len(got)-1].Offset + 1
		}
		records = append(records, got...)
	}
	if len(records) == 0 {
		w.yield(int64(5+w.Chance(50)), nil)
		return nil
	}
	return fetches(r.topic, records, nil)
}

// Close ends the reader.
func (*Reader) Close() {}
