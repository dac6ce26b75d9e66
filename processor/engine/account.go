package engine

import (
	"fmt"
	"iter"
)

// Handled is a record of a round and what it made.
type Handled struct {
	In *Input
	// Outputs are what it made; if it was buried, the dead letter alone.
	Outputs []Output
}

// Count is something a stage has counted: see Counter.
type Count struct {
	// Figure names what is counted, Source whose it is.
	Figure, Source string
	N              int64
}

// Counter is what the engine's Tx can do besides: a stage counts what becomes a
// metric if the round is committed, and is forgotten with it if it is not. What is
// counted by a call that fails is not counted.
type Counter interface {
	Count(figure, source string, n int64)
}

// Accountant is a Stage that keeps an account of what became of its records.
type Accountant interface {
	// Account is called at the end of a round, once for each partition that handled
	// a record or counted something: with every record that the round handled, in
	// order, buried ones included, and all that was counted for it. What it puts and
	// emits is part of the round's transaction, so the account is as exact as the
	// state. No error of it buries anything: the round is done again.
	Account(tx Tx, handled iter.Seq[Handled], counted []Count) error
}

// handledAt is a record that was handled, and which of the scope's outputs are its.
type handledAt struct {
	in       *Input
	from, to int
}

var _ Counter = (*scope)(nil)

// Count implements Counter.
func (s *scope) Count(figure, source string, n int64) {
	s.counts = append(s.counts, Count{Figure: figure, Source: source, N: n})
}

// handle applies a record and notes what it made, for a stage that keeps account. It
// says whether the record's effect is that of a fact.
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

// account lets the stage account for what a partition did in the round.
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

// countUp tells what the committed round has counted.
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
