package engine

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
	"github.com/tributary-hq/tributary/processor/engine/internal/pace"
	"github.com/tributary-hq/tributary/processor/engine/internal/restore"
)

// idleSession is one to which nothing comes: a poll takes a millisecond.
type idleSession struct {
	kafka.Session

	now *time.Time
}

// PollRecords implements session.
func (s idleSession) PollRecords(context.Context, int) kgo.Fetches {
	*s.now = s.now.Add(time.Millisecond)
	return nil
}

// Collects is for how long a worker waits for the records of a round while none come. It has a
// partition that is ready and one that is not, which left deadlines to the round or did not;
// after a round that was not committed both have been compared with the broker.
func Collects(ctx context.Context, interval time.Duration, left, leftUnready, aborted bool) (time.Duration, error) {
	now := time.UnixMilli(0)
	w := &worker{
		config: &Config{CommitInterval: interval, MaxRoundRecords: 10}, deps: &Deps{Now: func() time.Time { return now }},
		session: idleSession{now: &now}, round: newRound(""), pace: pace.Pace{Interval: interval, Least: interval},
		parts: map[int32]*owned{0: {ready: true, more: left, left: left}, 1: {more: leftUnready, left: leftUnready}},
	}
	if aborted {
		for _, part := range w.parts {
			part.take(&restore.Result{}, Rebuild{})
		}
	}
	w.pace.Collected(now)
	began := now
	_, err := w.collect(ctx)
	return now.Sub(began), err
}
