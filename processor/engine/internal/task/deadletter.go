package task

import (
	"fmt"
	"strconv"
	"time"

	"github.com/tributary-hq/tributary/processor/stage"
)

// sendToDeadLetter emits a dead letter for a record that failed permanently. It returns
// any other error.
func (t *Task) sendToDeadLetter(c *Context, r *Record, err error) error {
	permanent, ok := asPermanent(err)
	if !ok {
		return fmt.Errorf("stage %s, %s/%d at offset %d: %w", t.Name, r.In.Topic, r.In.Partition, r.In.Offset, err)
	}
	t.DeadLetters[permanent.Cause]++
	return c.attempt(func() error {
		c.Emit(stage.Output{
			Topic: t.DeadLetter, Key: r.In.Key, Value: r.In.Value, Timestamp: r.In.Timestamp,
			Headers: t.deadLetterHeaders(&r.In, permanent, c.wall),
		})
		return nil
	})
}

// deadLetterHeaders returns the record's headers, followed by the cause and the origin
// of the dead letter.
func (t *Task) deadLetterHeaders(in *stage.Input, cause *stage.PermanentError, now time.Time) []stage.Header {
	headers := make([]stage.Header, 0, len(in.Headers)+8)
	headers = append(headers, in.Headers...)
	add := func(key, value string) {
		headers = append(headers, stage.Header{Key: t.Namespace + "-dlq-" + key, Value: []byte(value)})
	}
	add("cause", string(cause.Cause))
	add("detail", cause.Detail)
	add("stage", t.Name)
	add("topic", in.Topic)
	add("partition", strconv.Itoa(int(in.Partition)))
	add("offset", strconv.FormatInt(in.Offset, 10))
	add("version", t.Version)
	add("time", strconv.FormatInt(now.UnixMilli(), 10))
	return headers
}
