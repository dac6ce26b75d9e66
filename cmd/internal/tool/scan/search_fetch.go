package scan

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
)

// locate finds the leaders of the partitions.
func (s *search) locate(ctx context.Context, parts []*part) error {
	var topics []string
	for _, p := range parts {
		if !slices.Contains(topics, p.topic) {
			topics = append(topics, p.topic)
		}
	}
	metadata, err := kadm.NewClient(s.client).Metadata(ctx, topics...)
	if err != nil {
		return fmt.Errorf("look for the leaders: %w", err)
	}
	for _, p := range parts {
		topic := metadata.Topics[p.topic]
		p.id, p.leader = topic.ID, -1
		if at, ok := topic.Partitions[p.partition]; ok {
			p.leader = at.Leader
		}
	}
	return nil
}

// one searches the range of a partition.
func (s *search) one(ctx context.Context, p *part) error {
	moved := s.config.Now()
	for p.next < p.to && ctx.Err() == nil {
		answer, err := s.fetch(ctx, p)
		before := p.next
		if err == nil {
			err = s.take(p, answer)
		}
		switch {
		case err != nil && (!kerr.IsRetriable(err) || s.config.Now().Sub(moved) > s.config.Patience):
			return err
		case p.next > before:
			moved = s.config.Now()
			continue
		case err == nil && s.config.Now().Sub(moved) > s.config.Patience:
			return fmt.Errorf("%s/%d (at offset %d of %d) gave nothing for %s: a transaction may be open there, or the partition has no leader",
				p.topic, p.partition, p.next, p.to, s.config.Patience)
		}
		if err := s.again(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// again waits a moment, and asks for the leader anew.
func (s *search) again(ctx context.Context, p *part) error {
	const moment = 200 * time.Millisecond
	if timespan.Wait(ctx, moment) != nil {
		return nil //nolint:nilerr // the caller looks at the context
	}
	return s.locate(ctx, []*part{p})
}

// fetch asks the leader for the next batches.
func (s *search) fetch(ctx context.Context, p *part) (*kmsg.FetchResponseTopicPartition, error) {
	const most = 4 << 20
	r := kmsg.NewPtrFetchRequest()
	r.MaxWaitMillis, r.MinBytes, r.MaxBytes, r.IsolationLevel = 250, 1, most, 1
	partition := kmsg.NewFetchRequestTopicPartition()
	partition.Partition, partition.FetchOffset, partition.PartitionMaxBytes = p.partition, p.next, most
	topic := kmsg.NewFetchRequestTopic()
	topic.Topic, topic.TopicID, topic.Partitions = p.topic, p.id, []kmsg.FetchRequestTopicPartition{partition}
	r.Topics = []kmsg.FetchRequestTopic{topic}
	response, err := s.client.Broker(int(p.leader)).RetriableRequest(ctx, r)
	if err != nil {
		return nil, fmt.Errorf("read %s/%d: %w", p.topic, p.partition, err)
	}
	answer, ok := response.(*kmsg.FetchResponse)
	if !ok || kerr.ErrorForCode(answer.ErrorCode) == nil && (len(answer.Topics) != 1 || len(answer.Topics[0].Partitions) != 1) {
		return nil, fmt.Errorf("read %s/%d: the broker's answer is for other partitions", p.topic, p.partition)
	}
	if err := kerr.ErrorForCode(answer.ErrorCode); err != nil {
		return nil, fmt.Errorf("read %s/%d: %w", p.topic, p.partition, err)
	}
	return &answer.Topics[0].Partitions[0], nil
}
