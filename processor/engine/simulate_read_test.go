package engine_test

import (
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/chaos/check"
	"github.com/tributary-hq/tributary/processor/engine"
)

// result reads the topics as they are.
func (s *simulation) result(due int64) *check.Run {
	c := s.world.Cluster
	r := &check.Run{Offsets: c.Offsets(), Drained: true, DueBy: due, Skew: s.spread}
	for _, f := range s.plan.facts {
		if f.key != "" {
			r.Accepted = append(r.Accepted, f.fact.ID)
		}
	}
	for p := range s.plan.partitions {
		r.Input = append(r.Input, plain(c.Committed(input, p))...)
		r.Output = append(r.Output, plain(c.Committed(simOutput, p))...)
		for _, d := range c.Committed(deadLetters, p) {
			r.Dead = append(r.Dead, deadLetter(d))
		}
		state, err := fold(p, c.Committed(changelog, p))
		s.must(err)
		r.State = append(r.State, state...)
	}
	return r
}

// storedPart is what a process has of a partition.
type storedPart struct {
	name      string
	partition int32
	offset    int64
	entries   []check.Entry
}

func (s *simulation) keepStored(p *simProcess) {
	for partition := range s.plan.partitions {
		entries, offset, err := p.engine.Entries(simStage, partition)
		s.must(err)
		part := storedPart{name: p.plan.name, partition: partition, offset: offset}
		for _, e := range entries {
			part.entries = append(part.entries, check.Entry(e))
		}
		s.stored = append(s.stored, part)
	}
}

// stores are the partitions of stopped processes that are as far as the changelogs.
func (s *simulation) stores() (out []check.Store) {
	for _, part := range s.stored {
		if part.offset >= s.world.Cluster.Last(changelog, part.partition) {
			out = append(out, check.Store{Name: part.name, Partitions: []int32{part.partition}, Entries: part.entries})
		}
	}
	return out
}

func plain(records []*kgo.Record) (out []check.Record) {
	for _, r := range records {
		out = append(out, check.Record{Partition: r.Partition, Offset: r.Offset, Timestamp: r.Timestamp.UnixMilli(), Key: string(r.Key), Value: r.Value})
	}
	return out
}

func deadLetter(r *kgo.Record) check.Dead {
	d := check.Dead{Key: string(r.Key), Value: r.Value}
	for _, h := range r.Headers {
		switch h.Key {
		case "engine-dlq-partition":
			_, _ = fmt.Sscan(string(h.Value), &d.Source.Partition) // shows as a wrong source
		case "engine-dlq-offset":
			_, _ = fmt.Sscan(string(h.Value), &d.Source.Offset)
		}
	}
	return d
}

// fold is what a changelog partition comes to.
func fold(partition int32, records []*kgo.Record) ([]check.Entry, error) {
	last := map[string][]byte{}
	for _, r := range records {
		last[string(r.Key)] = r.Value
	}
	var out []check.Entry
	for key, value := range last {
		if value == nil || key[0] == 0 {
			continue
		}
		e, err := engine.ParseStored(partition, []byte(key), value)
		if err != nil {
			return nil, err
		}
		out = append(out, check.Entry(e))
	}
	return out, nil
}
