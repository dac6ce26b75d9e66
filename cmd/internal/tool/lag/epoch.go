package lag

import (
	"context"
	"fmt"
	"math"

	"github.com/twmb/franz-go/pkg/kadm"
)

// epochAt is a leader epoch of a partition.
type epochAt struct {
	place

	epoch int32
}

// epochs are the leader epochs of the records before a group's committed offsets.
func epochs(fetched kadm.OffsetResponses) map[place]int32 {
	out := map[place]int32{}
	fetched.Each(func(o kadm.OffsetResponse) {
		if o.Err == nil && o.At >= 0 && o.LeaderEpoch >= 0 {
			out[place{o.Topic, o.Partition}] = o.LeaderEpoch
		}
	})
	return out
}

// readEpochs asks where the logs of the committed epochs end. A position behind that is
// of records that the log has lost, though it may have grown past it since.
func (w *Watcher) readEpochs(ctx context.Context, l *look) error {
	left := map[epochAt]bool{}
	for name, byPlace := range l.epochs {
		for at, epoch := range byPlace {
			if _, watched := l.positions[name][at]; watched {
				left[epochAt{at, epoch}] = true
			}
		}
	}
	l.epochEnds = map[epochAt]int64{}
	for len(left) > 0 {
		// A request has one epoch for each partition.
		request, asked := kadm.OffsetForLeaderEpochRequest{}, map[place]int32{}
		for e := range left {
			if _, taken := asked[e.place]; !taken {
				asked[e.place] = e.epoch
				request.Add(e.topic, e.partition, e.epoch)
				delete(left, e)
			}
		}
		answer, err := w.admin.OffsetForLeaderEpoch(ctx, request)
		if err = l.warn(err); err != nil {
			return fmt.Errorf("ask where the logs of the committed epochs end: %w", err)
		}
		for at, epoch := range asked {
			if found, ok := answer[at.topic][at.partition]; ok && found.Err == nil {
				l.epochEnds[epochAt{at, epoch}] = l.epochEnd(at, epoch, found.EndOffset)
			}
		}
	}
	return nil
}

// epochEnd judges an answer: a log that does not know the epoch, and whose own is lower,
// is another one of that name.
func (l *look) epochEnd(at place, epoch int32, end int64) int64 {
	switch leader := l.topics[at.topic].Partitions[at.partition].LeaderEpoch; {
	case end >= 0:
		return end
	case leader >= 0 && leader < epoch:
		return 0
	default:
		return math.MaxInt64
	}
}

// reach is up to where a group's position can be in a log: its end, or where the epoch
// of the committed offset ends.
func (l *look) reach(group string, at place, end int64) int64 {
	if epoch, ok := l.epochs[group][at]; ok {
		if epochEnd, ok := l.epochEnds[epochAt{at, epoch}]; ok {
			return min(end, epochEnd)
		}
	}
	return end
}
