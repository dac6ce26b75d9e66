package trace

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tributary-hq/tributary/schemas"
)

// fetchBytes is the size limit of a fetch from one partition.
const fetchBytes = 8 << 20

// place is a partition of a topic, named without prefix.
type place struct {
	topic     string
	partition int32
}

// haystack holds the topics to search, with their offsets when the trace began.
type haystack struct {
	names   schemas.Names
	client  *kgo.Client
	admin   *kadm.Client
	mu      sync.Mutex // details
	details kadm.TopicDetails
	starts  kadm.ListedOffsets
	// ends are the last stable offsets: records after them may belong to open
	// transactions.
	ends kadm.ListedOffsets
	// patience is how long a fetch of a partition may return nothing.
	patience time.Duration
	now      func() time.Time

	// records and bytes count the offsets and decompressed bytes searched.
	records, bytes atomic.Int64
	progress       Progress
	done           atomic.Int64
}

// look lists the topics and their start and end offsets.
func (h *haystack) look(ctx context.Context) error {
	var topics []string
	for _, row := range schemas.Table() {
		topics = append(topics, h.names.Topic(row.Name))
	}
	var err error
	if h.details, err = h.admin.ListTopics(ctx, topics...); err != nil {
		return fmt.Errorf("look at the topics: %w", err)
	}
	there := slices.DeleteFunc(topics, func(topic string) bool { return h.partitions(h.bare(topic)) == 0 })
	if len(there) == 0 {
		return fmt.Errorf("the prefix %q has none of the topics raw.*, decoded.*, enriched.*: %w", h.names.Prefix, kerr.UnknownTopicOrPartition)
	}
	if h.starts, err = h.admin.ListStartOffsets(ctx, there...); err == nil {
		err = h.starts.Error()
	}
	if err != nil {
		return fmt.Errorf("look where the topics begin: %w", err)
	}
	if h.ends, err = h.admin.ListCommittedOffsets(ctx, there...); err == nil {
		err = h.ends.Error()
	}
	if err != nil {
		return fmt.Errorf("look where the topics end: %w", err)
	}
	return nil
}

func (h *haystack) bare(topic string) string { return topic[len(h.names.Prefix):] }

// partitions returns the number of partitions of a topic, 0 if it does not exist.
func (h *haystack) partitions(topic string) int32 {
	d, ok := h.details[h.names.Topic(topic)]
	if !ok || d.Err != nil {
		return 0
	}
	return int32(len(d.Partitions)) //nolint:gosec // a partition count
}

// job is a range of offsets of a partition to search for needles.
type job struct {
	place

	from, to int64
	needles  [][]byte
}

// jobs returns a job for each partition wanted, limited to the records written between
// two times; zero for no limit.
func (h *haystack) jobs(ctx context.Context, from, to time.Time, want map[place][][]byte) ([]job, error) {
	var topics []string
	for at := range want {
		if name := h.names.Topic(at.topic); !slices.Contains(topics, name) {
			topics = append(topics, name)
		}
	}
	slices.Sort(topics)
	if len(topics) == 0 {
		return nil, nil
	}
	after, err := h.after(ctx, from, topics)
	if err != nil {
		return nil, err
	}
	before, err := h.after(ctx, to, topics)
	if err != nil {
		return nil, err
	}
	var out []job
	for at, needles := range want {
		name := h.names.Topic(at.topic)
		start, ok := h.starts.Lookup(name, at.partition)
		end, _ := h.ends.Lookup(name, at.partition)
		if !ok {
			continue
		}
		j := job{place: at, from: start.Offset, to: end.Offset, needles: needles}
		if o, ok := after.Lookup(name, at.partition); ok {
			j.from = max(j.from, o.Offset)
		}
		if o, ok := before.Lookup(name, at.partition); ok {
			j.to = min(j.to, o.Offset)
		}
		if j.from < j.to {
			out = append(out, j)
		}
	}
	// The longest first, so that no long job starts when all others are done.
	slices.SortFunc(out, func(a, b job) int {
		return cmp.Or(cmp.Compare(b.to-b.from, a.to-a.from), cmp.Compare(a.topic, b.topic), cmp.Compare(a.partition, b.partition))
	})
	return out, nil
}

func (h *haystack) after(ctx context.Context, at time.Time, topics []string) (kadm.ListedOffsets, error) {
	if at.IsZero() {
		return nil, nil //nolint:nilnil // none is an answer
	}
	listed, err := h.admin.ListOffsetsAfterMilli(ctx, at.UnixMilli(), topics...)
	if err == nil {
		err = listed.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("look for what was written at %s: %w", at.UTC().Format(time.RFC3339), err)
	}
	return listed, nil
}

// whole assigns the seeker's needles to every partition of topics.
func (h *haystack) whole(s *seeker, topics []string) map[place][][]byte {
	want := map[place][][]byte{}
	for _, topic := range topics {
		needles := s.needlesOf(topic)
		for p := range h.partitions(topic) {
			want[place{topic, p}] = needles
		}
	}
	return want
}

// pieceOffsets is how many offsets of a partition are searched before the search moves
// to the next partition.
const pieceOffsets = 200_000

// newestFirst cuts jobs into pieces and sorts those at the ends of the partitions
// first: people mostly ask about recent cases.
func newestFirst(jobs []job) []job {
	type piece struct {
		job

		age int64 // by how many pieces it is from the end
	}
	var pieces []piece
	for i := range jobs {
		for to, age := jobs[i].to, int64(0); to > jobs[i].from; age++ {
			p := piece{jobs[i], age}
			p.from, p.to = max(jobs[i].from, to-pieceOffsets), to
			pieces = append(pieces, p)
			to = p.from
		}
	}
	slices.SortStableFunc(pieces, func(a, b piece) int { return cmp.Compare(a.age, b.age) })
	out := make([]job, len(pieces))
	for i := range pieces {
		out[i] = pieces[i].job
	}
	return out
}

// errEnough ends a search after a hit.
var errEnough = errors.New("enough")

// search searches several partitions concurrently, until yield returns false. It
// yields, one at a time, all records of each batch that contains a needle; most of
// these records do not contain it themselves.
func (h *haystack) search(ctx context.Context, step string, jobs []job, yield func(topic string, r *kgo.Record) (more bool)) error {
	err := h.searchAll(ctx, step, jobs, yield)
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

func (h *haystack) searchAll(ctx context.Context, step string, jobs []job, yield func(topic string, r *kgo.Record) bool) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var total int64
	for i := range jobs {
		total += jobs[i].to - jobs[i].from
	}
	h.done.Store(0)
	h.progress.Step(step, total)
	var mu sync.Mutex
	var group sync.WaitGroup
	var next atomic.Int64
	// More goroutines than cores: one waits for a fetch while another searches.
	for range min(2*runtime.GOMAXPROCS(0), len(jobs)) {
		group.Go(func() {
			s := newSieve()
			for i := next.Add(1) - 1; i < int64(len(jobs)); i = next.Add(1) - 1 {
				if err := h.through(ctx, s, &jobs[i], func(r *kgo.Record) {
					mu.Lock()
					defer mu.Unlock()
					if !yield(jobs[i].topic, r) {
						cancel(errEnough)
					}
				}); err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	group.Wait()
	return context.Cause(ctx)
}

// through searches one partition.
func (h *haystack) through(ctx context.Context, s *sieve, j *job, yield func(*kgo.Record)) error {
	moved := h.now()
	for at := j.from; at < j.to; {
		rp, err := h.fetch(ctx, j, at)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		switch {
		case errors.Is(err, kerr.OffsetOutOfRange) && rp.LogStartOffset > at:
			at, moved = rp.LogStartOffset, h.now() // retention was here meanwhile
			continue
		case err != nil && !kerr.IsRetriable(err):
			return fmt.Errorf("read %s/%d at offset %d: %w", h.names.Topic(j.topic), j.partition, at, err)
		}
		out := passed{}
		if err == nil {
			if out, err = s.pass(h.names.Topic(j.topic), at, j.to, rp, j.needles); err != nil {
				return fmt.Errorf("read %s/%d at offset %d: %w", h.names.Topic(j.topic), j.partition, at, err)
			}
		}
		if out.next <= at {
			if h.now().Sub(moved) > h.patience {
				return fmt.Errorf("%s/%d gave nothing for %s at offset %d of %d: has the partition a leader?",
					h.names.Topic(j.topic), j.partition, h.patience, at, j.to)
			}
			if err := h.again(ctx, j, err); err != nil {
				return err
			}
			continue
		}
		for _, r := range out.records {
			if r.Offset >= at && r.Offset < j.to {
				yield(r)
			}
		}
		h.records.Add(min(out.next, j.to) - at)
		h.bytes.Add(out.bytes)
		h.progress.At(h.done.Add(min(out.next, j.to) - at))
		at, moved = out.next, h.now()
	}
	return nil
}

// fetch requests batches from a partition's leader. An error of the partition is
// returned together with its response, which has the log start offset.
func (h *haystack) fetch(ctx context.Context, j *job, from int64) (*kmsg.FetchResponseTopicPartition, error) {
	h.mu.Lock()
	detail := h.details[h.names.Topic(j.topic)]
	h.mu.Unlock()
	req := kmsg.NewPtrFetchRequest()
	req.MaxWaitMillis, req.MinBytes, req.MaxBytes = 500, 1, fetchBytes
	req.IsolationLevel, req.SessionEpoch = 1, -1
	topic := kmsg.NewFetchRequestTopic()
	topic.Topic, topic.TopicID = h.names.Topic(j.topic), detail.ID
	partition := kmsg.NewFetchRequestTopicPartition()
	partition.Partition, partition.FetchOffset, partition.PartitionMaxBytes = j.partition, from, fetchBytes
	topic.Partitions = append(topic.Partitions, partition)
	req.Topics = append(req.Topics, topic)
	empty := &kmsg.FetchResponseTopicPartition{}
	res, err := h.client.Broker(int(detail.Partitions[j.partition].Leader)).RetriableRequest(ctx, req)
	if err != nil {
		return empty, err
	}
	fetched, ok := res.(*kmsg.FetchResponse)
	if !ok {
		return empty, fmt.Errorf("an answer of type %T to a fetch", res)
	}
	if err := kerr.ErrorForCode(fetched.ErrorCode); err != nil {
		return empty, err
	}
	if len(fetched.Topics) != 1 || len(fetched.Topics[0].Partitions) != 1 {
		return empty, nil
	}
	rp := &fetched.Topics[0].Partitions[0]
	return rp, kerr.ErrorForCode(rp.ErrorCode)
}

// again waits before the next fetch of a partition. After an error it looks up the
// partition's leader, which may have changed.
func (h *haystack) again(ctx context.Context, j *job, why error) error {
	const wait = 100 * time.Millisecond
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if why == nil {
		return nil
	}
	details, err := h.admin.ListTopics(kadm.WithAuthorizedOps(ctx), h.names.Topic(j.topic))
	if err != nil || details.Error() != nil {
		return nil // it is asked again, and patience ends
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.details[h.names.Topic(j.topic)] = details[h.names.Topic(j.topic)]
	return nil
}
