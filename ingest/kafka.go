package ingest

import (
	"slices"

	"github.com/tributary-hq/tributary/ingest/producer"
	"github.com/tributary-hq/tributary/ingest/proof"
	"github.com/tributary-hq/tributary/schemas"
)

// receipt says where a record lies.
type receipt = producer.Receipt

// newProducer makes the producer of the raw topics.
func (s *Service) newProducer() (*producer.Producer, error) {
	option, _ := compression(s.cfg.Compression)
	topics := make(map[string]int32)
	for _, name := range schemas.RawTopics() {
		topics[s.deps.Names.Topic(name)] = s.deps.Partitions[name]
	}
	return producer.New(producer.Config{
		Kafka: s.deps.Kafka, Compression: option, Linger: s.cfg.Linger, AnswerDeadline: s.cfg.AnswerDeadline,
		ProbeInterval: s.cfg.KafkaCheckInterval, MaxBufferedBytes: s.cfg.MaxBufferedBytes, BatchBytes: recordBytes,
		Topics: topics, InUse: s.rawTopics, Now: s.deps.Now, Logger: s.deps.Logger, Mutated: s.deps.mutated,
	}, s.metrics.kafka)
}

// rawTopics returns the topics that the sources of now write to.
func (s *Service) rawTopics() []string {
	var out []string
	for _, e := range *s.endpoints.Load() {
		out = append(out, s.deps.Names.Topic(e.row.Raw))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func unavailable(reason string) *proof.Refusal { return proof.Unavailable(reason) }
