package engine

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"
)

// The headers that a dead letter has beside the record's own.
const (
	HeaderCause     = "tributary-dlq-cause"
	HeaderDetail    = "tributary-dlq-detail"
	HeaderStage     = "tributary-dlq-stage"
	HeaderTopic     = "tributary-dlq-topic"
	HeaderPartition = "tributary-dlq-partition"
	HeaderOffset    = "tributary-dlq-offset"
	HeaderVersion   = "tributary-dlq-version"
	HeaderTime      = "tributary-dlq-time"
)

// maxDue is how many deadlines a partition fires in one round; what is left
// fires in the next.
const maxDue = 5000

// machine drives a stage over a scope. It is all of the engine that decides what
// a record does, and it is the same in memory and on Kafka.
type machine struct {
	stage      Stage
	name       string
	deadLetter string // topic, "" drops into an error
	version    string
	// counts of the current round
	buried map[Cause]int
	fired  int
	// traces are the worker's, nil in memory
	traces *traces
}

// decoded is a record with what Decode made of it.
type decoded struct {
	in    Input
	event Event
	err   error
}

// decode parses a record. It may run beside itself.
func (m *machine) decode(d *decoded) {
	defer m.catch(&d.in, &d.err)
	d.event, d.err = m.stage.Decode(&d.in)
}

// catch makes a stage's panic an error that ends the worker: it is a fault of the
// program, which no retry mends. What was panicked with may hold a value of the
// record and is not shown, unless it is the runtime's own.
func (m *machine) catch(in *Input, err *error) { //nolint:gocritic // a deferred call sets the error returned
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

// expireStage calls the stage for the deadline of key.
func (m *machine) expireStage(s *scope, key []byte) (err error) {
	in := Input{Topic: "a deadline", Partition: s.partition, Offset: -1}
	defer m.catch(&in, &err)
	return m.stage.Expire(s, key)
}

// apply handles one record: the stage's effect, or a dead letter.
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

// bury makes a dead letter of a record that can never be handled.
func (m *machine) bury(s *scope, d *decoded, err error) error {
	var permanent *PermanentError
	if !errors.As(err, &permanent) {
		return fmt.Errorf("stage %s, %s/%d at offset %d: %w", m.name, d.in.Topic, d.in.Partition, d.in.Offset, err)
	}
	m.buried[permanent.Cause]++
	return s.attempt(func() error {
		s.Emit(Output{
			Topic: m.deadLetter, Key: d.in.Key, Value: d.in.Value, Timestamp: d.in.Timestamp,
			Headers: deadLetterHeaders(&d.in, m.name, m.version, permanent, s.wall),
		})
		return nil
	})
}

// expire fires what is due, deadlines that fall due meanwhile included, and leaves it to
// the next round, as the scope then says, if it is too much for one.
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

func (m *machine) expireOne(s *scope, d *dueEntry) error {
	c, err := s.overlay.load(d.key)
	if err != nil {
		return err
	}
	if c.payload == nil || c.deadline != d.deadline {
		return nil // an earlier deadline of this round has moved it
	}
	m.fired++
	err = s.attempt(func() error {
		if err := m.expireStage(s, d.key); err != nil {
			return err
		}
		if c.payload != nil && c.deadline == d.deadline {
			return errNotRescheduled
		}
		return nil
	})
	var permanent *PermanentError
	if err == nil {
		return nil
	}
	if !errors.As(err, &permanent) {
		return fmt.Errorf("stage %s, partition %d: expire: %w", m.name, s.partition, err)
	}
	// A deadline whose effect can never be written is buried with its key, and
	// the entry stays without it: it must not block the partition for ever.
	m.buried[permanent.Cause]++
	in := Input{Partition: s.partition, Offset: -1, Key: d.key}
	return s.attempt(func() error {
		s.set(d.key, c.payload, 0)
		s.Emit(Output{Topic: m.deadLetter, Key: d.key, Headers: deadLetterHeaders(&in, m.name, m.version, permanent, s.wall)})
		return nil
	})
}

// report lets the stage tell its clock if it moved far enough since last, and no deadline is
// left that is due by it.
func (m *machine) report(s *scope, last int64, interval time.Duration) (reported bool, err error) {
	reporter, ok := m.stage.(ClockReporter)
	if !ok || s.more || s.clock == 0 || s.clock-last < interval.Milliseconds() || s.clock == last {
		return false, nil
	}
	err = s.attempt(func() error { return reporter.ReportClock(s, s.partition, time.UnixMilli(s.clock).UTC()) })
	if err != nil {
		return false, fmt.Errorf("stage %s, partition %d: report the clock: %w", m.name, s.partition, err)
	}
	return true, nil
}
