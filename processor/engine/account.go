package engine

import (
	"fmt"

	"github.com/tributary-hq/tributary/processor/stage"
)

// handledAt is a handled record and the range of the scope's outputs that it emitted.
type handledAt struct {
	in       *stage.Input
	from, to int
}

// Count implements stage.Tx.
func (s *scope) Count(name, label string, n int64) {
	s.counts = append(s.counts, stage.Count{Name: name, Label: label, N: n})
}

// handle applies a record and, for a stage.Auditor, keeps its outputs for the audit hook.
// fact is true if the record had a new effect: see isFact.
func (m *machine) handle(s *scope, d *decoded) (fact bool, err error) {
	from, counted := len(s.outputs), len(s.counts)
	if err := m.apply(s, d); err != nil {
		return false, err
	}
	fact = m.isFact(s.outputs[from:])
	m.traces.carry(s, &d.in, s.outputs[from:])
	s.again(&d.in, from, counted)
	if _, keeps := m.stage.(stage.Auditor); keeps && d.in.Offset >= s.rebuild.Accounted {
		s.handled = append(s.handled, handledAt{in: &d.in, from: from, to: len(s.outputs)})
	}
	return fact, nil
}

// account calls the stage's audit hook for a partition's part of the transaction.
func (m *machine) account(s *scope) error {
	accountant, keeps := m.stage.(stage.Auditor)
	if !keeps || len(s.handled)+len(s.counts) == 0 {
		return nil
	}
	counted, outputs := s.counts, s.outputs
	each := func(yield func(stage.Outcome) bool) {
		for i := range s.handled {
			h := &s.handled[i]
			if !yield(stage.Outcome{In: h.in, Outputs: outputs[h.from:h.to:h.to]}) {
				return
			}
		}
	}
	if err := s.attempt(func() error { return accountant.Audit(s, each, counted) }); err != nil {
		return fmt.Errorf("stage %s, partition %d: keep account: %w", m.name, s.partition, err)
	}
	return nil
}

// countUp reports the counts of a committed transaction to Spec.Counted.
func (w *worker) countUp() {
	if w.spec.OnCount == nil {
		return
	}
	for _, s := range w.round.scopes {
		for i := range s.counts {
			w.spec.OnCount(s.counts[i])
		}
	}
}
