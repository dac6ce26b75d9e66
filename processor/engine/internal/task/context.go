package task

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
	"github.com/tributary-hq/tributary/processor/stage"
)

// errReserved is returned to a stage that uses a state key of the engine.
var errReserved = errors.New("state keys that begin with 0x00 are the engine's")

// overhead is an upper bound of a record's size in a batch beyond key, value and
// headers.
const overhead = 128

// Context is the task context of one partition during a transaction. It implements
// stage.Tx.
type Context struct {
	partition int32
	buffer    *WriteBuffer
	arena     *Arena
	topics    map[string]Topic
	maxState  int
	wall      time.Time // wall clock at the beginning of the transaction
	// watermark is the current watermark, begun the one at the beginning, unix ms.
	watermark, begun int64
	// timersLeft is true if due timers are left for the next transaction.
	timersLeft bool
	outputs    []stage.Output
	rebuild    entry.Rebuild
	// newer are the revisions seen by dropSuperseded.
	newer    map[revisionOf]struct{}
	repeated []span    // outputs that were emitted before a rebuild
	handled  []handled // for a stage.Auditor
	counts   []stage.Count
	err      error // first error of a Put, Delete or Emit in this call
	// lent is the beginning of the last Buffer until it is Put; only then the room
	// before the payload is unused. loose is the beginning of the last Buffer until it
	// is trimmed.
	lent, loose *byte
}

// handled is a handled record and the range of the outputs that it emitted.
type handled struct {
	record   *Record
	from, to int
}

var _ stage.Tx = (*Context)(nil)

// Partition implements stage.Tx.
func (c *Context) Partition() int32 { return c.partition }

// Watermark implements stage.Tx.
func (c *Context) Watermark() time.Time { return time.UnixMilli(c.watermark).UTC() }

// WallClock implements stage.Tx.
func (c *Context) WallClock() time.Time { return c.wall }

// AdvanceWatermark implements stage.Tx.
func (c *Context) AdvanceWatermark(to time.Time) {
	c.watermark = max(c.watermark, min(to.UnixMilli(), c.wall.UnixMilli()))
}

// Get implements stage.Tx.
func (c *Context) Get(key []byte) ([]byte, error) { return c.buffer.Get(key) }

// Scan implements stage.Tx.
func (c *Context) Scan(prefix []byte, yield func(key, value []byte) bool) error {
	return c.buffer.Scan(prefix, yield)
}

// Put implements stage.Tx.
func (c *Context) Put(key, value []byte, deadline time.Time) {
	if value == nil {
		value = []byte{}
	}
	if n := len(key) + len(value) + overhead; n > c.maxState {
		c.fail(stage.Permanentf(stage.CauseTooLarge, "a state entry of %d bytes is over the changelog's limit of %d", n, c.maxState))
		return
	}
	// The room before a Buffer can be used once: for the first Put of its beginning.
	roomy := len(value) > 0 && &value[0] == c.lent
	if roomy {
		c.lent = nil
	}
	c.put(key, c.trim(value), entry.Millis(deadline), roomy)
}

// Delete implements stage.Tx.
func (c *Context) Delete(key []byte) { c.set(key, nil, 0) }

func (c *Context) set(key, value []byte, deadline int64) { c.put(key, value, deadline, false) }

func (c *Context) put(key, value []byte, deadline int64, roomy bool) {
	if len(key) == 0 || key[0] == entry.Prefix {
		c.fail(errReserved)
		return
	}
	if err := c.buffer.put(key, value, deadline, roomy); err != nil {
		c.fail(err)
	}
}

// Emit implements stage.Tx.
func (c *Context) Emit(out stage.Output) {
	topic, ok := c.topics[out.Topic]
	if !ok {
		c.fail(fmt.Errorf("topic %s is none of the stage's outputs", out.Topic))
		return
	}
	if size := outputSize(&out); size > topic.MaxBytes {
		c.fail(stage.Permanentf(stage.CauseTooLarge, "a record of %d bytes is over the limit of %s, %d", size, out.Topic, topic.MaxBytes))
		return
	}
	if topic.Complete != nil && out.Value != nil {
		if err := topic.Complete(out.Value); err != nil {
			c.fail(fmt.Errorf("a value for %s: %w", out.Topic, err))
			return
		}
	}
	out.Value = c.trim(out.Value)
	if !out.ToPartition {
		out.Partition = stage.PartitionOf(out.Key, topic.Partitions)
	}
	if out.Timestamp.IsZero() {
		out.Timestamp = c.wall
	}
	c.outputs = append(c.outputs, out)
}

// outputSize returns an upper bound of a record's size in a batch.
func outputSize(out *stage.Output) int {
	size := overhead + len(out.Key) + len(out.Value)
	for i := range out.Headers {
		size += len(out.Headers[i].Key) + len(out.Headers[i].Value) + 2
	}
	return size
}

// Count implements stage.Tx.
func (c *Context) Count(name, label string, n int64) {
	c.counts = append(c.counts, stage.Count{Name: name, Label: label, N: n})
}

// Buffer implements stage.Tx. The buffer is preceded by entry.Room bytes, so that the head of
// a state entry can be written in front of a payload without a copy.
func (c *Context) Buffer(n int) []byte {
	if n <= 0 {
		return nil
	}
	b := c.arena.Buffer(entry.Room + n)[entry.Room:entry.Room]
	c.lent = &b[:1][0]
	c.loose = c.lent
	return b
}

// trim returns the unused capacity of the last Buffer to the arena. Stages request an
// upper bound; dense memory is faster to read and copy.
func (c *Context) trim(value []byte) []byte {
	if len(value) > 0 && &value[0] == c.loose {
		c.loose = nil
		c.arena.Trim(value)
	}
	return slices.Clip(value)
}

func (c *Context) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

// savepoint is the state of a context before a call of the stage.
type savepoint struct {
	outputs, counts int
	watermark       int64
}

// savepoint returns the current state.
func (c *Context) savepoint() savepoint {
	c.buffer.savepoint()
	c.err = nil
	return savepoint{outputs: len(c.outputs), counts: len(c.counts), watermark: c.watermark}
}

// finish ends a call of the stage; on an error it rolls back to the savepoint.
func (c *Context) finish(from savepoint, err error) error {
	if err == nil {
		err = c.err
	}
	if err != nil {
		c.buffer.rollback()
		c.outputs, c.counts, c.watermark = c.outputs[:from.outputs], c.counts[:from.counts], from.watermark
	}
	return err
}

// attempt runs one call of the stage; on an error it rolls back the call's effects.
func (c *Context) attempt(call func() error) error {
	from := c.savepoint()
	return c.finish(from, call())
}

func newContext(a *Arena) *Context { return &Context{buffer: NewWriteBuffer(nil, a), arena: a} }

// begin prepares the context for a task's partition.
func (c *Context) begin(of *Task, from *Start) {
	c.topics, c.maxState = of.Topics, of.MaxState
	c.reset(from)
}

// reset prepares the context for another transaction.
func (c *Context) reset(from *Start) {
	c.buffer.reset(from.State)
	clear(c.outputs)
	clear(c.handled)
	clear(c.counts)
	c.outputs, c.repeated, c.handled, c.counts = c.outputs[:0], c.repeated[:0], c.handled[:0], c.counts[:0]
	c.partition, c.watermark, c.begun, c.wall, c.timersLeft = from.Partition, from.Watermark, from.Watermark, from.WallClock, false
	c.rebuild = from.Rebuild
	c.err, c.lent, c.loose = nil, nil, nil
}

// Outputs returns the emitted records.
func (c *Context) Outputs() []stage.Output { return c.outputs }

// Counts returns the counts.
func (c *Context) Counts() []stage.Count { return c.counts }

// Writes returns the pending writes: see WriteBuffer.Writes.
func (c *Context) Writes() []*Entry { return c.buffer.Writes() }

// WatermarkMillis returns the watermark in unix ms.
func (c *Context) WatermarkMillis() int64 { return c.watermark }

// TimersLeft reports whether due timers are left for the next transaction.
func (c *Context) TimersLeft() bool { return c.timersLeft }

// Fits reports whether a record is within the limit of its topic.
func (c *Context) Fits(out *stage.Output) bool {
	return outputSize(out) <= c.topics[out.Topic].MaxBytes
}
