package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine/internal/failure"
	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
)

// watchTopics checks once per session timeout that the input and the changelog are
// still the topics that the session began with. Otherwise a deleted or recreated topic
// would be noticed minutes later or never: a deleted input looks like an idle one.
func (w *worker) watchTopics(ctx context.Context) error {
	now := w.deps.Now()
	if now.Sub(w.lastWatched) < w.config.SessionTimeout {
		return nil
	}
	w.lastWatched = now
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	details, err := w.admin.ListTopics(ctx, w.input, w.changelog)
	if err != nil {
		return nil // an unavailable broker says nothing about the topics
	}
	for _, topic := range []string{w.input, w.changelog} {
		if errors.Is(details[topic].Err, kerr.UnknownTopicOrPartition) {
			err := fmt.Errorf("%w: topic %s does not exist%s", failure.ErrGroup, topic, w.deps.hint(ProblemTopicMissing, w.spec.Name))
			w.status.Failed(err)
			if suppressed, ok := w.lines.Allow(err.Error(), now); ok {
				w.logger.ErrorContext(ctx, "a topic of the stage does not exist", slog.String("topic", topic), slog.Int("held_back", suppressed))
			}
			return nil
		}
		if details[topic].Err != nil {
			return nil // a leader is being elected
		}
	}
	if err := w.restorer.CheckPartitions(details); err != nil {
		return asFatal(err)
	}
	for p, part := range w.parts {
		switch {
		case !part.ready:
		case part.topicID != [16]byte(details[w.input].ID):
			return fmt.Errorf("%w: %s was made anew", failure.ErrRejoin, w.input)
		case part.pos.TopicID != [16]byte(details[w.changelog].ID):
			return fmt.Errorf("%w: %s was made anew under partition %d", failure.ErrRejoin, w.changelog, p)
		}
	}
	return nil
}

// lookTimeout is the timeout of such a check: an unavailable broker must not keep a
// worker from the partitions of the others.
const lookTimeout = 5 * time.Second

// remade reports whether an error means that the client has cached a topic id that no
// longer exists. Only a new client finds the recreated topic.
func remade(err error) bool {
	return errors.Is(err, kerr.UnknownTopicID) || errors.Is(err, kerr.UnknownTopicOrPartition) || errors.Is(err, kerr.InconsistentTopicID)
}

// longestWait limits the pause between two attempts within a session.
const longestWait = 2 * time.Second

// waitAfterFailures pauses with exponential backoff in the number of consecutive
// transactions with a failed produce.
func (w *worker) waitAfterFailures(ctx context.Context) error {
	w.failures++
	return w.deps.scheduler.Sleep(ctx, min(longestWait, 25*time.Millisecond<<min(w.failures-1, 7))) //nolint:wrapcheck // the error of the context
}

// noteGap logs and counts missing offsets before a polled record. If retention deletes
// records faster than they are read, the client resets to the first existing one: the log
// then begins behind the gap. Else the offsets are those of an aborted transaction, which
// held nothing that ingest accepted. It only works for stages that poll control records;
// for the others, each marker would be a gap.
func (w *worker) noteGap(ctx context.Context, part *owned, r *kgo.Record, fetches kgo.Fetches) {
	if !w.spec.WallClock || !part.ready || r.Offset <= part.polled || part.polled < 0 {
		return
	}
	cause, level := kafka.GapCause(fetches, r, part.polled), slog.LevelWarn
	if cause == kafka.GapRetention {
		level = slog.LevelError
	}
	w.metrics.inputGaps.WithLabelValues(w.spec.Name, cause).Add(float64(r.Offset - part.polled))
	w.logger.Log(ctx, level, "offsets of the input hold no record", slog.String("cause", cause),
		slog.String("topic", r.Topic), slog.Int("partition", int(r.Partition)), slog.Int64("from", part.polled), slog.Int64("to", r.Offset))
}
