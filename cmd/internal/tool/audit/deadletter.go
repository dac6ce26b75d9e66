package audit

import (
	"context"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/audit/offsetset"
	"github.com/tributary-hq/tributary/schemas"
)

// isDeadLetter reports whether a topic, named without prefix, is a dead-letter topic.
func isDeadLetter(topic string) bool { return strings.HasPrefix(topic, "deadletter.") }

// readDeadLetters reads the dead letters of all stages.
func (a *auditor) readDeadLetters(ctx context.Context) error {
	topics := a.stretches(schemas.DeadLetterTopics()...)
	return a.each(ctx, "reading dead letters", topics, func(topic string, r *kgo.Record) error {
		o, ok := a.deadLetterOf(r)
		if !ok {
			a.report.differ(&Difference{
				Kind: KindUnreadable, Topic: r.Topic, Partition: r.Partition, Offset: r.Offset, Missing: "headers that name the record it is of",
			})
			return nil
		}
		if o.offset < 0 {
			a.report.DeadTimers++
			return nil
		}
		switch topic {
		case schemas.DeadLetterUnibellCall:
			a.deadLetter(schemas.InternalUnibell, o)
		case schemas.DeadLetterJourney:
			a.deadLetter(schemas.InternalJourney, o)
		default:
			a.end(deadLetter, providerOf(topic), o)
		}
		return nil
	})
}

// deadLetter marks an internal record as a dead letter.
func (a *auditor) deadLetter(topic string, o origin) {
	if a.deadLetters[topic] == nil {
		a.deadLetters[topic] = map[int32]*offsetset.Marks{}
	}
	if a.deadLetters[topic][o.partition] == nil {
		a.deadLetters[topic][o.partition] = offsetset.NewMarks()
	}
	a.deadLetters[topic][o.partition].Add(o.offset)
}
