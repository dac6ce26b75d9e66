package sim

import (
	"context"
	"maps"
	"slices"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// PauseFetchPartitions stops the fetching of partitions.
func (s *Session) PauseFetchPartitions(partitions map[string][]int32) map[string][]int32 {
	for _, p := range partitions[s.input] {
		s.paused[p] = true
	}
	return nil
}

// ResumeFetchPartitions lets them be fetched again.
func (s *Session) ResumeFetchPartitions(partitions map[string][]int32) {
	for _, p := range partitions[s.input] {
		delete(s.paused, p)
	}
}

// PollRecords returns up to n available records.
func (s *Session) PollRecords(_ context.Context, n int) kgo.Fetches {
	w := s.world
	w.yield(int64(w.Chance(2)), nil)
	if s.closed {
		return kgo.NewErrFetch(kgo.ErrClientClosed)
	}
	if len(s.errs) > 0 {
		err := s.errs[0]
		s.errs = s.errs[1:]
		return kgo.NewErrFetch(err)
	}
	if f := w.At(s.short, "req:Fetch"); f != nil && f.Err != "" {
		return kgo.NewErrFetch(brokerError(f.Err))
	}
	var records []*kgo.Record
	owned := slices.Sorted(maps.Keys(s.owned))
	w.rng.Shuffle(len(owned), func(i, j int) { owned[i], owned[j] = owned[j], owned[i] })
	for _, p := range owned {
		at, known := s.position[p]
		if !known {
			continue
		}
		part := s.cluster.part(tp{s.input, p})
		if s.ids[s.input] != s.cluster.topics[s.input].ID {
			return kgo.NewErrFetch(kerr.UnknownTopicID)
		}
		if end := s.consumedEnd(part, p); at > end {
			// The leader epoch shows that the log was truncated: the client resets to
			// the truncation point.
			s.position[p] = end
			return lostFetch(s.input, p, &kgo.ErrDataLoss{Topic: s.input, Partition: p, ConsumedTo: at, ResetTo: end})
		}
		if s.paused[p] {
			continue
		}
		got := part.read(s.input, p, at, min(n-len(records), 1+w.Chance(12)), true, s.control)
		if len(got) > 0 {
			s.position[p] = got[len(got)-1].Offset + 1
			s.head[p], s.leader[p] = s.position[p], got[len(got)-1].LeaderEpoch
			w.Logf("%-10s polls %d/%d to %d", s.short, p, got[0].Offset, got[len(got)-1].Offset)
		}
		records = append(records, got...)
	}
	if len(records) == 0 {
		idle := int64(1 + w.Chance(4))
		if w.Healed {
			idle *= 20 // nothing is to be found between two rounds any more
		}
		w.yield(idle, nil)
		return nil
	}
	return fetches(s.input, records, func(p int32) int64 { return s.cluster.part(tp{s.input, p}).stable() })
}

// lostFetch is the client's answer for a partition whose position was reset, paused or not.
func lostFetch(topic string, p int32, err error) kgo.Fetches {
	return kgo.Fetches{{Topics: []kgo.FetchTopic{{Topic: topic, Partitions: []kgo.FetchPartition{{Partition: p, Err: err}}}}}}
}

// consumedEnd is the end of the log that the client has read.
func (s *Session) consumedEnd(part *Partition, p int32) int64 {
	if leader, ok := s.leader[p]; ok {
		return min(part.end(), part.epochEnd(leader))
	}
	return part.end()
}

// fetches puts records of a topic into the form in which a client gives them. stable returns
// the last stable offset of a partition; nil: none is known.
func fetches(topic string, records []*kgo.Record, stable func(p int32) int64) kgo.Fetches {
	byPartition := map[int32]int{}
	out := kgo.FetchTopic{Topic: topic}
	for _, r := range records {
		i, ok := byPartition[r.Partition]
		if !ok {
			i = len(out.Partitions)
			byPartition[r.Partition] = i
			out.Partitions = append(out.Partitions, kgo.FetchPartition{Partition: r.Partition})
			if stable != nil {
				out.Partitions[i].LastStableOffset = stable(r.Partition)
			}
		}
		out.Partitions[i].Records = append(out.Partitions[i].Records, r)
	}
	return kgo.Fetches{{Topics: []kgo.FetchTopic{out}}}
}

// CommittedOffsets are the client's own notes of them.
func (s *Session) CommittedOffsets() map[string]map[int32]kgo.EpochOffset {
	out := map[int32]kgo.EpochOffset{}
	for p, at := range s.committed {
		out[p] = kgo.EpochOffset{Epoch: -1, Offset: at}
	}
	return map[string]map[int32]kgo.EpochOffset{s.input: out}
}
