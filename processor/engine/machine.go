package engine

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
	"github.com/tributary-hq/tributary/processor/stage"
)

// maxDue is the maximum number of timers that fire in one transaction of a partition.
// The rest fires in the next transaction.
const maxDue = 5000

// machine calls a stage for records and timers and turns errors into dead letters. It
// is independent of Kafka, so that the test driver and the engine process a record
// alike.
type machine struct {
	stage      stage.Stage
	name       string
	deadLetter string // topic name, without prefix
	version    string
	// namespace begins the names of the dead-letter headers.
	namespace string
	// repeats are the topics of duplicates: see Topic.
	repeats []string
	// Counters of the current transaction: dead letters by cause, timers fired.
	buried map[stage.Cause]int
	fired  int
	// traces are the worker's; nil in the test driver.
	traces *traces
}

// decoded is a record with the result of Stage.Decode.
type decoded struct {
	in    stage.Input
	event stage.Event
	err   error
}

// decode parses a record. It may run concurrently with decode calls for other records.
func (m *machine) decode(d *decoded) {
	defer m.catch(&d.in, &d.err)
	d.event, d.err = m.stage.Decode(&d.in)
}

// catch turns a stage's panic into an error that ends the worker: it is a bug, so a
// retry does not help. The panic value is not logged, because it may contain record
// data, unless it is a runtime error.
func (m *machine) catch(in *stage.Input, err *error) { //nolint:gocritic // a deferred call sets the error returned
	p := recover()
	if p == nil {
		return
	}
	what := fmt.Sprintf("%T", p)
	if fault, ok := p.(runtime.Error); ok {
		what = fault.Error()
	}
	*err = &fatalError{fmt.Errorf("stage %s panicked at %s/%d, offset %d: %s\n%s", m.name, in.Topic, in.Partition, in.Offset, what, debug.Stack())}
}

// applyOne calls the stage for a record.
func (m *machine) applyOne(s *scope, d *decoded) (err error) {
	defer m.catch(&d.in, &err)
	return m.stage.Apply(s, &d.in, d.event)
}

// expireStage calls the stage for the due timer of a key.
func (m *machine) expireStage(s *scope, key []byte) (err error) {
	in := stage.Input{Topic: "a deadline", Partition: s.partition, Offset: -1}
	defer m.catch(&in, &err)
	return m.stage.OnTimer(s, key)
}

// apply calls the stage for a record and dead-letters the record on a permanent error.
func (m *machine) apply(s *scope, d *decoded) error {
	err := d.err
	if err == nil {
		from := s.begin()
		err = s.finish(from, m.applyOne(s, d))
	}
	if err == nil {
		return nil
	}
	return m.bury(s, d, err)
}

// bury emits a dead letter for a record that failed permanently. It returns any other
// error.
func (m *machine) bury(s *scope, d *decoded, err error) error {
	var permanent *stage.PermanentError
	if !errors.As(err, &permanent) {
		return fmt.Errorf("stage %s, %s/%d at offset %d: %w", m.name, d.in.Topic, d.in.Partition, d.in.Offset, err)
	}
	m.buried[permanent.Cause]++
	return s.attempt(func() error {
		s.Emit(stage.Output{
			Topic: m.deadLetter, Key: d.in.Key, Value: d.in.Value, Timestamp: d.in.Timestamp,
			Headers: m.deadLetterHeaders(&d.in, permanent, s.wall),
		})
		return nil
	})
}

// expire fires all due timers, including those that fired timers make due. If maxDue is
// reached, the rest is left to the next transaction and s.more is set.
func (m *machine) expire(s *scope) error {
	for budget := maxDue; budget > 0; {
		due, more, err := s.overlay.due(s.clock, budget)
		if err != nil {
			return fmt.Errorf("stage %s, partition %d: look for due deadlines: %w", m.name, s.partition, err)
		}
		budget -= len(due)
		for i := range due {
			if err := m.expireOne(s, &due[i]); err != nil {
				return err
			}
		}
		if more || len(due) == 0 {
			s.more = more
			return nil
		}
	}
	s.more = true
	return nil
}

func (m *machine) expireOne(s *scope, d *entry.Timer) error {
	c, err := s.overlay.load(d.Key)
	if err != nil {
		return err
	}
	if c.payload == nil || c.deadline != d.Deadline {
		return nil // an earlier timer of this transaction changed the deadline
	}
	m.fired++
	err = s.attempt(func() error {
		if err := m.expireStage(s, d.Key); err != nil {
			return err
		}
		if c.payload != nil && c.deadline == d.Deadline {
			return errNotRescheduled
		}
		return nil
	})
	var permanent *stage.PermanentError
	if err == nil {
		return nil
	}
	if !errors.As(err, &permanent) {
		return fmt.Errorf("stage %s, partition %d: expire: %w", m.name, s.partition, err)
	}
	// A timer that fails permanently is dead-lettered with its key. The entry is kept
	// without a timer, because the timer would block the partition forever.
	m.buried[permanent.Cause]++
	in := stage.Input{Partition: s.partition, Offset: -1, Key: d.Key}
	return s.attempt(func() error {
		s.set(d.Key, c.payload, 0)
		s.Emit(stage.Output{Topic: m.deadLetter, Key: d.Key, Headers: m.deadLetterHeaders(&in, permanent, s.wall)})
		return nil
	})
}

// report lets the stage emit its watermark if it advanced by at least interval since
// the last report. It waits until no due timer is left, because downstream stages rely
// on the watermark being complete.
func (m *machine) report(s *scope, last int64, interval time.Duration) (reported bool, err error) {
	reporter, ok := m.stage.(stage.WatermarkReporter)
	if !ok || s.more || s.clock == 0 || s.clock-last < interval.Milliseconds() || s.clock == last {
		return false, nil
	}
	err = s.attempt(func() error { return reporter.ReportWatermark(s, s.partition, time.UnixMilli(s.clock).UTC()) })
	if err != nil {
		return false, fmt.Errorf("stage %s, partition %d: report the clock: %w", m.name, s.partition, err)
	}
	return true, nil
}
