package engine

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
	"github.com/tributary-hq/tributary/processor/stage"
)

// errReserved is returned to a stage that uses a state key of the engine.
var errReserved = errors.New("state keys that begin with 0x00 are the engine's")

// errNotRescheduled is returned if OnTimer neither deleted the entry nor changed its
// deadline.
var errNotRescheduled = errors.New("the deadline is still due after OnTimer")

// overhead is an upper bound of a record's size in a batch beyond key, value and
// headers.
const overhead = 128

// scope is the task context of one partition during a transaction. It implements Tx.
type scope struct {
	partition int32
	overlay   *overlay
	arena     *arena
	topics    map[string]outputTopic
	maxState  int
	wall      time.Time // wall clock at the beginning of the transaction
	clock     int64     // watermark, unix ms
	more      bool      // due timers are left for the next transaction
	outputs   []stage.Output
	rebuild   Rebuild
	told      []span      // outputs that were emitted before a rebuild
	handled   []handledAt // for a stage.Auditor
	counts    []stage.Count
	err       error // first error of a Put, Delete or Emit in this call
	// lent is the beginning of the last Buffer until it is Put; only then the room
	// before the payload is unused. loose is the beginning of the last Buffer until it
	// is trimmed.
	lent, loose *byte
}

var _ stage.Tx = (*scope)(nil)

// Partition implements stage.Tx.
func (s *scope) Partition() int32 { return s.partition }

// Watermark implements stage.Tx.
func (s *scope) Watermark() time.Time { return time.UnixMilli(s.clock).UTC() }

// WallClock implements stage.Tx.
func (s *scope) WallClock() time.Time { return s.wall }

// AdvanceWatermark implements stage.Tx.
func (s *scope) AdvanceWatermark(to time.Time) {
	s.clock = max(s.clock, min(to.UnixMilli(), s.wall.UnixMilli()))
}

// Get implements stage.Tx.
func (s *scope) Get(key []byte) ([]byte, error) { return s.overlay.get(key) }

// Scan implements stage.Tx.
func (s *scope) Scan(prefix []byte, yield func(key, value []byte) bool) error {
	return s.overlay.scan(prefix, yield)
}

// Put implements stage.Tx.
func (s *scope) Put(key, value []byte, deadline time.Time) {
	if value == nil {
		value = []byte{}
	}
	if n := len(key) + len(value) + overhead; n > s.maxState {
		s.fail(stage.Permanentf(stage.CauseTooLarge, "a state entry of %d bytes is over the changelog's limit of %d", n, s.maxState))
		return
	}
	// The room before a Buffer can be used once: for the first Put of its beginning.
	roomy := len(value) > 0 && &value[0] == s.lent
	if roomy {
		s.lent = nil
	}
	s.put(key, s.trim(value), entry.Millis(deadline), roomy)
}

// Delete implements stage.Tx.
func (s *scope) Delete(key []byte) { s.set(key, nil, 0) }

func (s *scope) set(key, value []byte, deadline int64) { s.put(key, value, deadline, false) }

func (s *scope) put(key, value []byte, deadline int64, roomy bool) {
	if len(key) == 0 || key[0] == entry.Prefix {
		s.fail(errReserved)
		return
	}
	if err := s.overlay.put(key, value, deadline, roomy); err != nil {
		s.fail(err)
	}
}

// Emit implements stage.Tx.
func (s *scope) Emit(out stage.Output) {
	topic, ok := s.topics[out.Topic]
	if !ok {
		s.fail(fmt.Errorf("topic %s is none of the stage's outputs", out.Topic))
		return
	}
	if size := outputSize(&out); size > topic.MaxBytes {
		s.fail(stage.Permanentf(stage.CauseTooLarge, "a record of %d bytes is over the limit of %s, %d", size, out.Topic, topic.MaxBytes))
		return
	}
	if topic.Complete != nil && out.Value != nil {
		if err := topic.Complete(out.Value); err != nil {
			s.fail(fmt.Errorf("a value for %s: %w", out.Topic, err))
			return
		}
	}
	out.Value = s.trim(out.Value)
	if !out.ToPartition {
		out.Partition = stage.PartitionOf(out.Key, topic.partitions)
	}
	if out.Timestamp.IsZero() {
		out.Timestamp = s.wall
	}
	s.outputs = append(s.outputs, out)
}

// outputSize returns an upper bound of a record's size in a batch.
func outputSize(out *stage.Output) int {
	size := overhead + len(out.Key) + len(out.Value)
	for i := range out.Headers {
		size += len(out.Headers[i].Key) + len(out.Headers[i].Value) + 2
	}
	return size
}

// Buffer implements stage.Tx. The buffer is preceded by entryRoom bytes, so that the head of
// a state entry can be written in front of a payload without a copy.
func (s *scope) Buffer(n int) []byte {
	if n <= 0 {
		return nil
	}
	b := s.arena.buffer(entry.Room + n)[entry.Room:entry.Room]
	s.lent = &b[:1][0]
	s.loose = s.lent
	return b
}

// trim returns the unused capacity of the last Buffer to the arena. Stages request an
// upper bound; dense memory is faster to read and copy.
func (s *scope) trim(value []byte) []byte {
	if len(value) > 0 && &value[0] == s.loose {
		s.loose = nil
		s.arena.trim(value)
	}
	return slices.Clip(value)
}

func (s *scope) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

// savepoint is the state of a scope before a call of the stage.
type savepoint struct {
	outputs, counts int
	clock           int64
}

// begin returns a savepoint.
func (s *scope) begin() savepoint {
	s.overlay.savepoint()
	s.err = nil
	return savepoint{outputs: len(s.outputs), counts: len(s.counts), clock: s.clock}
}

// finish ends a call of the stage; on an error it rolls back to the savepoint.
func (s *scope) finish(from savepoint, err error) error {
	if err == nil {
		err = s.err
	}
	if err != nil {
		s.overlay.rollback()
		s.outputs, s.counts, s.clock = s.outputs[:from.outputs], s.counts[:from.counts], from.clock
	}
	return err
}

// attempt runs one call of the stage; on an error it rolls back the call's effects.
func (s *scope) attempt(call func() error) error {
	from := s.begin()
	return s.finish(from, call())
}

// reset prepares the scope for another transaction.
func (s *scope) reset(partition int32, below entry.Reader, clock int64, wall time.Time) {
	s.overlay.reset(below)
	clear(s.outputs)
	clear(s.handled)
	clear(s.counts)
	s.outputs, s.told, s.handled, s.counts = s.outputs[:0], s.told[:0], s.handled[:0], s.counts[:0]
	s.partition, s.clock, s.wall, s.more = partition, clock, wall, false
	s.err, s.lent, s.loose = nil, nil, nil
}

// deadLetterHeaders returns the record's headers, followed by the cause and the origin
// of the dead letter.
func (m *machine) deadLetterHeaders(in *stage.Input, cause *stage.PermanentError, now time.Time) []stage.Header {
	headers := make([]stage.Header, 0, len(in.Headers)+8)
	headers = append(headers, in.Headers...)
	add := func(key, value string) {
		headers = append(headers, stage.Header{Key: m.namespace + "-dlq-" + key, Value: []byte(value)})
	}
	add("cause", string(cause.Cause))
	add("detail", cause.Detail)
	add("stage", m.name)
	add("topic", in.Topic)
	add("partition", strconv.Itoa(int(in.Partition)))
	add("offset", strconv.FormatInt(in.Offset, 10))
	add("version", m.version)
	add("time", strconv.FormatInt(now.UnixMilli(), 10))
	return headers
}
