package lag

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// search looks for the first record in [from, to).
type search struct {
	at       place
	from, to int64
	// committed skips aborted records as well as markers; without it, only markers are
	// skipped.
	committed bool
	max       int32
}

// found is the result of a search: the record, or none.
type found struct {
	record bool
	offset int64
	at     time.Time
	err    error
}

const (
	// firstBytes is the fetch size limit of a partition in the first request. Brokers
	// send the first batch of one partition whatever its size, and leave out partitions
	// whose batches do not fit.
	firstBytes = 16 << 10
	mostBytes  = 4 << 20
	askBytes   = 16 << 20
	// maxAsks bounds a search through a log with nothing but markers and aborted
	// records.
	maxAsks = 200
)

var errNotFound = errors.New("no record found in so many batches of markers and aborted records")

// find runs searches, with one request in flight to each leader.
func find(ctx context.Context, client *kgo.Client, topics kadm.TopicDetails, searches []search) map[search]found {
	results := map[search]found{}
	byLeader := map[int32][]*search{}
	origin := map[*search]search{}
	for _, s := range searches {
		detail, ok := topics[s.at.topic].Partitions[s.at.partition]
		if !ok || detail.Leader < 0 {
			results[s] = found{err: errors.New("the partition has no leader")}
			continue
		}
		key := s
		s.max = firstBytes
		one := &s
		origin[one] = key
		byLeader[detail.Leader] = append(byLeader[detail.Leader], one)
	}
	var mu sync.Mutex
	var group sync.WaitGroup
	for leader, open := range byLeader {
		group.Go(func() {
			findAt(ctx, client.Broker(int(leader)), topics, open, func(s *search, f found) {
				mu.Lock()
				defer mu.Unlock()
				results[origin[s]] = f
			})
		})
	}
	group.Wait()
	return results
}

// findAt runs the searches of one leader until each has its result.
func findAt(ctx context.Context, broker *kgo.Broker, topics kadm.TopicDetails, open []*search, done func(*search, found)) {
	for range maxAsks {
		if len(open) == 0 {
			return
		}
		var asked, later []*search
		taken := map[place]bool{}
		for _, s := range open {
			// A request has one isolation level, and a partition only once.
			if s.committed == open[0].committed && !taken[s.at] {
				taken[s.at] = true
				asked = append(asked, s)
				continue
			}
			later = append(later, s)
		}
		left, err := ask(ctx, broker, topics, asked, done)
		open = slices.Concat(left, later)
		if err != nil {
			for _, s := range open {
				done(s, found{err: err})
			}
			return
		}
	}
	for _, s := range open {
		done(s, found{err: errNotFound})
	}
}

// ask sends one fetch request and returns the searches without a result. Those whose
// partition brought nothing come first, so that the broker serves them next.
func ask(ctx context.Context, broker *kgo.Broker, topics kadm.TopicDetails, asked []*search, done func(*search, found)) ([]*search, error) {
	kresp, err := broker.RetriableRequest(ctx, request(topics, asked))
	if err != nil {
		return asked, fmt.Errorf("read the next unread records: %w", err)
	}
	resp, ok := kresp.(*kmsg.FetchResponse)
	if !ok {
		return asked, fmt.Errorf("read the next unread records: an answer of type %T", kresp)
	}
	waiting, names := map[place]*search{}, map[[16]byte]string{}
	for _, s := range asked {
		waiting[s.at], names[topics[s.at.topic].ID] = s, s.at.topic
	}
	var hungry, fed []*search
	// One decompressor for all: each allocates 8 MiB for LZ4.
	decompressor := kgo.DefaultDecompressor()
	for i := range resp.Topics {
		t := &resp.Topics[i]
		name := cmp.Or(t.Topic, names[t.TopicID])
		for j := range t.Partitions {
			s := waiting[place{name, t.Partitions[j].Partition}]
			if s == nil {
				continue
			}
			delete(waiting, s.at)
			before := s.from
			answer, over := s.take(&t.Partitions[j], decompressor)
			switch {
			case over:
				done(s, answer)
			case s.from == before:
				s.max = min(4*s.max, mostBytes)
				hungry = append(hungry, s)
			default:
				fed = append(fed, s)
			}
		}
	}
	for _, s := range waiting {
		hungry = append(hungry, s)
	}
	return append(hungry, fed...), nil
}

// request builds a fetch request without a session. The broker fills the response in
// the order of the partitions.
func request(topics kadm.TopicDetails, asked []*search) *kmsg.FetchRequest {
	req := kmsg.NewPtrFetchRequest()
	req.MaxBytes, req.MinBytes = askBytes, 0
	if asked[0].committed {
		req.IsolationLevel = 1
	}
	for _, s := range asked {
		part := kmsg.NewFetchRequestTopicPartition()
		part.Partition, part.FetchOffset, part.PartitionMaxBytes = s.at.partition, s.from, s.max
		if last := len(req.Topics) - 1; last >= 0 && req.Topics[last].Topic == s.at.topic {
			req.Topics[last].Partitions = append(req.Topics[last].Partitions, part)
			continue
		}
		topic := kmsg.NewFetchRequestTopic()
		topic.Topic, topic.TopicID = s.at.topic, topics[s.at.topic].ID
		topic.Partitions = append(topic.Partitions, part)
		req.Topics = append(req.Topics, topic)
	}
	return req
}

// take reads one partition of a response; over is false if more must be fetched.
func (s *search) take(part *kmsg.FetchResponseTopicPartition, decompressor kgo.Decompressor) (answer found, over bool) {
	isolation := kgo.ReadUncommitted()
	if s.committed {
		isolation = kgo.ReadCommitted()
	}
	fetched, next := kgo.ProcessFetchPartition(kgo.ProcessFetchPartitionOpts{
		Offset: s.from, IsolationLevel: isolation, Topic: s.at.topic, Partition: s.at.partition, KeepControlRecords: true,
	}, part, decompressor, nil)
	for _, r := range fetched.Records {
		if r.Offset >= s.to {
			return found{}, true
		}
		if r.Offset >= s.from && !r.Attrs.IsControl() {
			return found{record: true, offset: r.Offset, at: r.Timestamp}, true
		}
	}
	if fetched.Err != nil {
		return found{err: fmt.Errorf("read %s/%d at offset %d: %w", s.at.topic, s.at.partition, s.from, fetched.Err)}, true
	}
	s.from = max(s.from, next)
	return found{}, s.from >= s.to
}
