package engine_test

import (
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/chaos/check"
	"github.com/tributary-hq/tributary/processor/engine/internal/store"
)

// result reads the offsets, records and state that the run left.
func (s *simulation) result(due int64) *check.Run {
	c := s.World.Cluster
	r := &check.Run{Offsets: c.Offsets(), Drained: true, DueBy: due, Skew: s.Spread}
	for i := range s.plan.Records {
		if f := &s.plan.Records[i]; !f.Marker {
			r.Accepted = append(r.Accepted, factOf(f).ID)
		}
	}
	for p := range s.plan.Partitions {
		r.Input = append(r.Input, plain(c.Committed(input, p))...)
		r.Output = append(r.Output, plain(c.Committed(simOutput, p))...)
		for _, d := range c.Committed(deadLetters, p) {
			r.Dead = append(r.Dead, deadLetter(d))
		}
	}
	state, err := s.State()
	if err != nil {
		s.sayf("driver", "read the changelog: %v", err)
	}
	r.State = checked(state)
	for _, part := range s.Complete() {
		r.Stores = append(r.Stores, check.Store{Name: part.Process, Partitions: []int32{part.Partition}, Entries: checked(part.Entries)})
	}
	return r
}

func checked(entries []store.Entry) (out []check.Entry) {
	for _, e := range entries {
		out = append(out, check.Entry(e))
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
