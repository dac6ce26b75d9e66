package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// watchTopics looks, once in a session timeout, whether the input and the changelog are
// still the topics that the session began with. What an administrator does to a topic
// shows nowhere else for minutes, or never: an input that was deleted is only quiet.
func (w *worker) watchTopics(ctx context.Context) error {
	now := w.deps.Now()
	if now.Sub(w.lastWatched) < w.config.SessionTimeout {
		return nil
	}
	w.lastWatched = now
	ctx, cancel := context.WithTimeout(ctx, lookFor)
	defer cancel()
	details, err := w.admin.ListTopics(ctx, w.input, w.changelog)
	if err != nil {
		return nil // brokers that are away are no change of the topics
	}
	for _, topic := range []string{w.input, w.changelog} {
		if errors.Is(details[topic].Err, kerr.UnknownTopicOrPartition) {
			err := fmt.Errorf("%w: topic %s does not exist: run tributary topics apply", errGroup, topic)
			w.setError(err)
			if held, ok := w.quiet.may(err.Error(), now); ok {
				w.logger.ErrorContext(ctx, "a topic of the stage does not exist", slog.String("topic", topic), slog.Int("held_back", held))
			}
			return nil
		}
		if details[topic].Err != nil {
			return nil // a leader is being elected
		}
	}
	if err := w.checkPartitions(details); err != nil {
		return err
	}
	for p, part := range w.parts {
		switch {
		case !part.ready:
		case part.topicID != [16]byte(details[w.input].ID):
			return fmt.Errorf("%w: %s was made anew", errRejoin, w.input)
		case part.pos.topicID != [16]byte(details[w.changelog].ID):
			return fmt.Errorf("%w: %s was made anew under partition %d", errRejoin, w.changelog, p)
		}
	}
	return nil
}

// remade says whether an error means that the client knows a topic by an id that is no
// more. Only a new client finds the topic that has the name now.
func (w *worker) remade(err error) bool {
	if w.deps.harmed.by(HarmOneClient) {
		return false
	}
	return errors.Is(err, kerr.UnknownTopicID) || errors.Is(err, kerr.UnknownTopicOrPartition) || errors.Is(err, kerr.InconsistentTopicID)
}

// longestWait bounds the wait between two attempts within a session.
const longestWait = 2 * time.Second

// waitAfterFailures waits the longer the more rounds in a row were not written.
func (w *worker) waitAfterFailures(ctx context.Context) error {
	w.failures++
	return w.deps.turns.pause(ctx, min(longestWait, 25*time.Millisecond<<min(w.failures-1, 7))) //nolint:wrapcheck // the context's own
}

// noteGap says that records are missing before the one that was polled: the client resets
// to the first record that there is when retention was faster. Only stages that poll
// markers know of a gap: for the others each marker is one.
func (w *worker) noteGap(part *owned, r *kgo.Record) {
	if !w.spec.WallClock || !part.ready || r.Offset <= part.polled || part.polled < 0 {
		return
	}
	w.logger.Error("offsets of the input hold no record any more: removed before they were read, or a replay that was aborted; check retention",
		slog.String("topic", r.Topic), slog.Int("partition", int(r.Partition)), slog.Int64("from", part.polled), slog.Int64("to", r.Offset))
}
