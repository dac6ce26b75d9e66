package task

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"github.com/tributary-hq/tributary/processor/stage"
)

// Config describes the stage of a Task.
type Config struct {
	Stage stage.Stage
	// Name is the stage's name, for dead letters and errors.
	Name string
	// DeadLetter is the topic of dead letters, without prefix.
	DeadLetter string
	// Version is the release that dead letters name, Namespace begins the names of their
	// headers.
	Version, Namespace string
	// Topics are the topics that the stage may emit to, the dead-letter topic included, by
	// their names without prefix.
	Topics map[string]Topic
	// MaxState is the maximum size of a state entry.
	MaxState int
	// WatermarkInterval is how far a watermark must advance before it is reported.
	WatermarkInterval time.Duration
	// LatestOnly drops the revisions of an entity, in a topic of snapshots, that are followed
	// by a newer one in the same transaction.
	LatestOnly bool
	// Emitted is called with the outputs of each applied record and may add headers to
	// them. May be nil.
	Emitted func(c *Context, in *stage.Input, outputs []stage.Output)
}

// Task calls a stage for records and timers and turns permanent errors into dead letters.
type Task struct {
	Config

	// repeats are the topics of duplicates.
	repeats []string
	// DeadLetters counts the dead letters of the current transaction by cause, Fired the
	// timers that fired in it.
	DeadLetters map[stage.Cause]int
	Fired       int
}

// New returns the task of a stage.
func New(config Config) *Task {
	t := &Task{Config: config, DeadLetters: map[stage.Cause]int{}}
	for name, topic := range config.Topics {
		if topic.Repeats {
			t.repeats = append(t.repeats, name)
		}
	}
	return t
}

// Fork returns a task of the same configuration for another instance of the stage.
func (t *Task) Fork(s stage.Stage) *Task {
	config := t.Config
	config.Stage = s
	return New(config)
}

// ResetCounts begins to count the dead letters and timers of another transaction.
func (t *Task) ResetCounts() {
	clear(t.DeadLetters)
	t.Fired = 0
}

// Record is an input record with the result of Stage.Decode.
type Record struct {
	In    stage.Input
	Event stage.Event
	Err   error
}

// PanicError means that the stage panicked: it is a bug, so a retry does not help.
type PanicError struct{ text string }

// Error implements error.
func (e *PanicError) Error() string { return e.text }

// Decode parses a record. It may run concurrently with Decode calls for other records.
func (t *Task) Decode(r *Record) {
	defer t.catch(&r.In, &r.Err)
	r.Event, r.Err = t.Stage.Decode(&r.In)
}

// catch turns a stage's panic into a PanicError. The panic value is not logged, because it
// may contain record data, unless it is a runtime error.
func (t *Task) catch(in *stage.Input, err *error) { //nolint:gocritic // a deferred call sets the error returned
	p := recover()
	if p == nil {
		return
	}
	cause := fmt.Sprintf("%T", p)
	if fault, ok := p.(runtime.Error); ok {
		cause = fault.Error()
	}
	*err = &PanicError{fmt.Sprintf("stage %s panicked at %s/%d, offset %d: %s\n%s", t.Name, in.Topic, in.Partition, in.Offset, cause, debug.Stack())}
}

// Apply applies a record and, for a stage.Auditor, keeps its outputs for the audit hook.
// fact is true if the record had a new effect: see isFact.
func (t *Task) Apply(c *Context, r *Record) (fact bool, err error) {
	from, counted := len(c.outputs), len(c.counts)
	if err := t.apply(c, r); err != nil {
		return false, err
	}
	fact = t.isFact(c.outputs[from:])
	if t.Emitted != nil {
		t.Emitted(c, &r.In, c.outputs[from:])
	}
	c.again(&r.In, from, counted)
	if _, audits := t.Stage.(stage.Auditor); audits && r.In.Offset >= c.rebuild.Accounted {
		c.handled = append(c.handled, handled{record: r, from: from, to: len(c.outputs)})
	}
	return fact, nil
}

// apply calls the stage for a record and dead-letters the record on a permanent error.
func (t *Task) apply(c *Context, r *Record) error {
	err := r.Err
	if err == nil {
		from := c.savepoint()
		err = c.finish(from, t.callApply(c, r))
	}
	if err == nil {
		return nil
	}
	return t.sendToDeadLetter(c, r, err)
}

func (t *Task) callApply(c *Context, r *Record) (err error) {
	defer t.catch(&r.In, &err)
	return t.Stage.Apply(c, &r.In, r.Event)
}

// isFact reports whether the outputs of a record are a new effect. Records without
// outputs, duplicates and dead letters have none.
func (t *Task) isFact(outputs []stage.Output) bool {
	for i := range outputs {
		if outputs[i].Topic == t.DeadLetter || slices.Contains(t.repeats, outputs[i].Topic) {
			return false
		}
	}
	return len(outputs) > 0
}

// Ending is the state of a partition that the end of its part in a transaction needs.
type Ending struct {
	// TimersMayBeDue is true if timers may be due although the watermark did not advance.
	TimersMayBeDue bool
	// Applied is the input offset after the last applied record.
	Applied int64
	// Reported is the last watermark that was reported downstream, unix ms.
	Reported int64
}

// Finish starts a partition, fires its due timers, reports its watermark and calls the
// audit hook. It returns the last reported watermark. The report follows the timers: downstream
// stages fire their own timers by it, so all outputs before that watermark must have been
// emitted.
func (t *Task) Finish(c *Context, e Ending) (reported int64, err error) {
	if err := t.start(c); err != nil {
		return 0, err
	}
	if c.watermark != c.begun || e.TimersMayBeDue {
		counted := len(c.counts)
		if err := t.fireTimers(c); err != nil {
			return 0, err
		}
		c.uncount(e.Applied, counted)
	}
	if reported, err = t.reportWatermark(c, e.Reported); err != nil {
		return 0, err
	}
	if err := t.audit(c); err != nil {
		return 0, err
	}
	c.dropRepeated()
	if t.LatestOnly {
		c.dropSuperseded()
	}
	return reported, nil
}

// start calls a stage.Starter when the first watermark of a partition is known and no
// record was applied.
func (t *Task) start(c *Context) error {
	starter, ok := t.Stage.(stage.Starter)
	if !ok || c.begun != 0 || c.watermark == 0 || len(c.handled) > 0 {
		return nil
	}
	if err := c.attempt(func() error { return starter.Start(c) }); err != nil {
		return fmt.Errorf("stage %s, partition %d: start: %w", t.Name, c.partition, err)
	}
	return nil
}

// reportWatermark lets the stage emit its watermark if it advanced by at least the
// interval since the last report. It waits until no due timer is left, because downstream
// stages rely on the watermark being complete.
func (t *Task) reportWatermark(c *Context, last int64) (reported int64, err error) {
	reporter, ok := t.Stage.(stage.WatermarkReporter)
	if !ok || c.timersLeft || c.watermark == 0 || c.watermark-last < t.WatermarkInterval.Milliseconds() || c.watermark == last {
		return last, nil
	}
	err = c.attempt(func() error { return reporter.ReportWatermark(c, c.partition, time.UnixMilli(c.watermark).UTC()) })
	if err != nil {
		return 0, fmt.Errorf("stage %s, partition %d: report the watermark: %w", t.Name, c.partition, err)
	}
	return c.watermark, nil
}

// audit calls the stage's audit hook for a partition's part of the transaction.
func (t *Task) audit(c *Context) error {
	auditor, audits := t.Stage.(stage.Auditor)
	if !audits || len(c.handled)+len(c.counts) == 0 {
		return nil
	}
	counts, outputs := c.counts, c.outputs
	each := func(yield func(stage.Outcome) bool) {
		for i := range c.handled {
			h := &c.handled[i]
			if !yield(stage.Outcome{In: &h.record.In, Event: h.record.Event, Outputs: outputs[h.from:h.to:h.to]}) {
				return
			}
		}
	}
	if err := c.attempt(func() error { return auditor.Audit(c, each, counts) }); err != nil {
		return fmt.Errorf("stage %s, partition %d: audit hook: %w", t.Name, c.partition, err)
	}
	return nil
}

// asPermanent returns the permanent error in err, if there is one.
func asPermanent(err error) (permanent *stage.PermanentError, ok bool) {
	ok = errors.As(err, &permanent)
	return permanent, ok
}
