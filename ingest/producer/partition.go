package producer

import "github.com/twmb/franz-go/pkg/kgo"

// partitioner hashes keys as Kafka's Java client does, but over the configured number
// of partitions. If somebody adds partitions to the topic, every key stays in its
// partition, where the state of its entity is.
type partitioner struct {
	kgo.Partitioner

	topics map[string]*topic
}

func newPartitioner(topics map[string]*topic) partitioner {
	return partitioner{Partitioner: kgo.StickyKeyPartitioner(nil), topics: topics}
}

// ForTopic implements kgo.Partitioner.
func (p partitioner) ForTopic(name string) kgo.TopicPartitioner {
	by := p.Partitioner.ForTopic(name)
	t := p.topics[name]
	if t == nil || t.partitions == 0 {
		return by
	}
	return fixedCount{TopicPartitioner: by, count: int(t.partitions)}
}

// fixedCount partitions over a count of its own. Where the topic has fewer partitions,
// kgo fails the records whose partition is missing.
type fixedCount struct {
	kgo.TopicPartitioner

	count int
}

// Partition implements kgo.TopicPartitioner.
func (p fixedCount) Partition(r *kgo.Record, _ int) int {
	return p.TopicPartitioner.Partition(r, p.count)
}
