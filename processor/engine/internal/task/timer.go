package task

import (
	"errors"
	"fmt"

	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
	"github.com/tributary-hq/tributary/processor/stage"
)

// maxDue is the maximum number of timers that fire in one transaction of a partition.
// The rest fires in the next transaction.
const maxDue = 5000

// errNotRescheduled is returned if OnTimer neither deleted the entry nor changed its
// deadline.
var errNotRescheduled = errors.New("the deadline is still due after OnTimer")

// fireTimers fires all due timers, including those that fired timers make due. If maxDue
// is reached, the rest is left to the next transaction and c.timersLeft is set.
func (t *Task) fireTimers(c *Context) error {
	for budget := maxDue; budget > 0; {
		due, more, err := c.buffer.Due(c.watermark, budget)
		if err != nil {
			return fmt.Errorf("stage %s, partition %d: look for due timers: %w", t.Name, c.partition, err)
		}
		budget -= len(due)
		for i := range due {
			if err := t.fire(c, &due[i]); err != nil {
				return err
			}
		}
		if more || len(due) == 0 {
			c.timersLeft = more
			return nil
		}
	}
	c.timersLeft = true
	return nil
}

func (t *Task) fire(c *Context, timer *entry.Timer) error {
	e, err := c.buffer.load(timer.Key)
	if err != nil {
		return err
	}
	if e.Payload == nil || e.Deadline != timer.Deadline {
		return nil // an earlier timer of this transaction changed the deadline
	}
	t.Fired++
	err = c.attempt(func() error {
		if err := t.callOnTimer(c, timer.Key); err != nil {
			return err
		}
		if e.Payload != nil && e.Deadline == timer.Deadline {
			return errNotRescheduled
		}
		return nil
	})
	if err == nil {
		return nil
	}
	permanent, ok := asPermanent(err)
	if !ok {
		return fmt.Errorf("stage %s, partition %d: timer: %w", t.Name, c.partition, err)
	}
	// A timer that fails permanently is dead-lettered with its key. The entry is kept
	// without a timer, because the timer would block the partition forever.
	t.DeadLetters[permanent.Cause]++
	in := stage.Input{Partition: c.partition, Offset: -1, Key: timer.Key}
	return c.attempt(func() error {
		c.set(timer.Key, e.Payload, 0)
		c.Emit(stage.Output{Topic: t.DeadLetter, Key: timer.Key, Headers: t.deadLetterHeaders(&in, permanent, c.wall)})
		return nil
	})
}

// callOnTimer calls the stage for the due timer of a key.
func (t *Task) callOnTimer(c *Context, key []byte) (err error) {
	in := stage.Input{Topic: "a timer", Partition: c.partition, Offset: -1}
	defer t.catch(&in, &err)
	return t.Stage.OnTimer(c, key)
}
