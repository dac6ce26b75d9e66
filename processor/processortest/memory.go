// Package processortest runs the product's stages without Kafka and without a disk, for tests.
//
//	raw records ─► Memory: processor.NewStages, an enginetest.Driver for each ─► every output
package processortest

import (
	"fmt"
	"slices"
	"time"

	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/contract"
	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
)

// Memory runs every stage in memory with the complete engine except Kafka and the disk.
// Property tests use it, and as a model with which a run on a real broker is compared. It
// is not safe for use by several goroutines.
type Memory struct {
	partitions int32
	stages     map[string]*enginetest.Driver
	// readers maps each topic to the stage that reads it.
	readers map[string]string
	offsets map[topicPartition]int64
	queue   []stage.Input
	// Held keeps the records that stages send to other stages unread until Release, so
	// that tests can let the upstream stages run ahead of those downstream.
	Held bool
}

type topicPartition struct {
	topic     string
	partition int32
}

// NewMemory returns a pipeline without state, in which every topic has the given number
// of partitions. Of deps it uses the sources, the privacy and the wall clock.
func NewMemory(config processor.Config, deps processor.Deps, partitions int32) (*Memory, error) {
	m := &Memory{
		partitions: partitions, stages: map[string]*enginetest.Driver{}, readers: map[string]string{}, offsets: map[topicPartition]int64{},
	}
	made, err := processor.NewStages(config, deps, partitions)
	if err != nil {
		return nil, fmt.Errorf("make the stages: %w", err)
	}
	for name, s := range made {
		topics, _ := processor.TopicsOf(name)
		m.readers[topics.Input] = name
		m.stages[name], err = enginetest.NewDriver(enginetest.DriverConfig{
			Topics: contract.TestTopics, Namespace: contract.Namespace,
			Name: name, Stage: s, Outputs: topics.Outputs, DeadLetter: topics.DeadLetter, Partitions: m.partitions, Now: deps.Now,
		})
		if err != nil {
			return nil, fmt.Errorf("stage %s: %w", name, err)
		}
	}
	return m, nil
}

// Feed processes a raw record, its topic without prefix, and all internal records that
// follow from it. It returns every emitted record, in order, internal ones included.
// Memory assigns partition and offset.
func (m *Memory) Feed(in stage.Input) ([]stage.Output, error) {
	in.Partition = stage.PartitionOf(in.Key, m.partitions)
	m.enqueue(in)
	return m.run()
}

// AdvanceTo advances the watermarks of the stages that read raw topics, as the wall
// clock does once they have read to the end, and processes all records that follow from
// it.
func (m *Memory) AdvanceTo(at time.Time) ([]stage.Output, error) {
	var out []stage.Output
	for _, name := range processor.StageNames() {
		running := m.stages[name]
		if topics, _ := processor.TopicsOf(name); running == nil || !isRaw(topics.Input) {
			continue
		}
		for partition := range m.partitions {
			emitted, err := running.AdvanceTo(partition, at)
			if err != nil {
				return out, fmt.Errorf("stage %s: %w", name, err)
			}
			m.route(emitted)
			out = append(out, emitted...)
		}
	}
	emitted, err := m.run()
	return append(out, emitted...), err
}

// Release lets the downstream stages read the records that were held back.
func (m *Memory) Release() ([]stage.Output, error) {
	m.Held = false
	return m.run()
}

// Stage returns the engine of a stage, nil if it does not run.
func (m *Memory) Stage(name string) *enginetest.Driver { return m.stages[name] }

// run processes the queue until it is empty or has only records that are held back.
func (m *Memory) run() ([]stage.Output, error) {
	var out []stage.Output
	for {
		i := slices.IndexFunc(m.queue, func(in stage.Input) bool { return !m.Held || isRaw(in.Topic) })
		if i < 0 {
			return out, nil
		}
		in := m.queue[i]
		m.queue = slices.Delete(m.queue, i, i+1)
		name := m.readers[in.Topic]
		emitted, err := m.stages[name].Feed(in)
		if err != nil {
			return out, fmt.Errorf("stage %s: %w", name, err)
		}
		m.route(emitted)
		out = append(out, emitted...)
	}
}

func isRaw(topic string) bool {
	p, ok := schemas.ProviderOfTopic(topic)
	return ok && p.Raw == topic
}

// route queues the outputs that a stage reads.
func (m *Memory) route(outputs []stage.Output) {
	for i := range outputs {
		o := &outputs[i]
		m.enqueue(stage.Input{
			Topic: o.Topic, Partition: o.Partition, Timestamp: o.Timestamp, Key: o.Key, Value: o.Value, Headers: o.Headers,
		})
	}
}

func (m *Memory) enqueue(in stage.Input) {
	if _, read := m.readers[in.Topic]; !read {
		return
	}
	at := topicPartition{in.Topic, in.Partition}
	in.Offset = m.offsets[at]
	m.offsets[at]++
	m.queue = append(m.queue, in)
}
