package engine

import (
	"fmt"
	"iter"
)

// Handled is an applied input record with the outputs that it produced.
type Handled struct {
	In *Input
	// Outputs are the emitted records. For a dead-lettered record, it is only the dead
	// letter.
	Outputs []Output
}

// Count is an increment that a stage reported: see Counter.
type Count struct {
	// Figure names the counter, Source is its source label.
	Figure, Source string
	N              int64
}

// Counter is a second interface of the engine's Tx. An increment reaches the metrics
// only if the transaction commits; an increment of a failed stage call is dropped.
type Counter interface {
	Count(figure, source string, n int64)
}

// Accountant is a Stage with an audit hook: it records the outcome of each input
// record.
type Accountant interface {
	// Account is called at the end of a transaction, once per partition that handled a
	// record or counted something. It gets every handled record in offset order,
	// including dead-lettered ones, and all counts. Its puts and outputs belong to the
	// same transaction, so the audit is as exact as the state. An error never dead-
	// letters a record: the transaction is aborted and retried.
	Account(tx Tx, handled iter.Seq[Handled], counted []Count) error
}

// handledAt is a handled record and the range of the scope's outputs that it emitted.
type handledAt struct {
	in       *Input
	from, to int
}

var _ Counter = (*scope)(nil)

// Count implements Counter.
func (s *scope) Count(figure, source string, n int64) {
	s.counts = append(s.counts, Count{Figure: figure, Source: source, N: n})
}

// handle applies a record and, for an Accountant, keeps its outputs for the audit hook.
// fact is true if the record had a new effect: see isFact.
func (m *machine) handle(s *scope, d *decoded) (fact bool, err error) {
	from, counted := len(s.outputs), len(s.counts)
	if err := m.apply(s, d); err != nil {
		return false, err
	}
	fact = isFact(s.outputs[from:], m.deadLetter)
	m.traces.carry(s, &d.in, s.outputs[from:])
	s.again(&d.in, from, counted)
	if _, keeps := m.stage.(Accountant); keeps && d.in.Offset >= s.rebuild.Accounted {
		s.handled = append(s.handled, handledAt{in: &d.in, from: from, to: len(s.outputs)})
	}
	return fact, nil
}

// account calls the stage's audit hook for a partition's part of the transaction.
func (m *machine) account(s *scope) error {
	accountant, keeps := m.stage.(Accountant)
	if !keeps || len(s.handled)+len(s.counts) == 0 {
		return nil
	}
	counted, outputs := s.counts, s.outputs
	each := func(yield func(Handled) bool) {
		for i := range s.handled {
			h := &s.handled[i]
			if !yield(Handled{In: h.in, Outputs: outputs[h.from:h.to:h.to]}) {
				return
			}
		}
	}
	if err := s.attempt(func() error { return accountant.Account(s, each, counted) }); err != nil {
		return fmt.Errorf("stage %s, partition %d: keep account: %w", m.name, s.partition, err)
	}
	return nil
}

// countUp reports the counts of a committed transaction to Spec.Counted.
func (w *worker) countUp() {
	if w.spec.Counted == nil {
		return
	}
	for _, s := range w.round.scopes {
		for i := range s.counts {
			w.spec.Counted(s.counts[i])
		}
	}
}
