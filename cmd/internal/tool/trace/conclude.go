package trace

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// conclude sorts the steps, counts deliveries and explains each result.
func (t *tracer) conclude() {
	for _, key := range slices.Sorted(maps.Keys(t.entities)) {
		e := t.entities[key]
		t.count(e)
		slices.SortStableFunc(e.Steps, compareSteps)
		e.Why = explainEntity(e, t.config.Now())
		t.report.Entities = append(t.report.Entities, e)
	}
	slices.SortStableFunc(t.report.Entities, func(a, b *Entity) int { return cmp.Or(a.first.Compare(b.first), cmp.Compare(a.Key, b.Key)) })
	for _, key := range slices.Sorted(maps.Keys(t.journeys)) {
		j := t.journeys[key]
		for _, member := range slices.Sorted(maps.Keys(j.inputs)) {
			if j.inputs[member] && !slices.Contains(j.Members, member) {
				j.Members = append(j.Members, member)
			}
		}
		slices.SortStableFunc(j.Steps, compareSteps)
		j.Why = explainJourney(j, t.entities, t.config.Now())
		t.report.Journeys = append(t.report.Journeys, j)
	}
}

// compareSteps orders by time, then by stage, then by position.
func compareSteps(a, b Step) int {
	return cmp.Or(a.At.Compare(b.At), cmp.Compare(rank(a.Kind), rank(b.Kind)), strings.Compare(a.Topic, b.Topic),
		cmp.Compare(a.Partition, b.Partition), cmp.Compare(a.Offset, b.Offset))
}

func rank(kind string) int {
	return slices.Index([]string{StepReceived, StepDecoded, StepDuplicate, StepDeadLetter, StepSnapshot, StepRow, StepJourney, StepErasure, StepEnded}, kind)
}

// count counts an entity's deliveries by outcome, and marks those not processed yet.
func (t *tracer) count(e *Entity) {
	e.Deliveries = len(e.raws)
	for _, outcome := range e.raws {
		switch outcome {
		case StepDecoded:
			e.Facts++
		case StepDuplicate:
			e.Duplicates++
		case StepDeadLetter:
			e.DeadLetters++
		}
	}
	for i := range e.Steps {
		s := &e.Steps[i]
		if s.Kind != StepReceived || e.raws[s.Position] != StepReceived {
			continue
		}
		if at, ok := t.applied[s.Topic].Lookup(s.Topic, s.Partition); !ok || s.Offset >= at.At {
			s.Waiting = true
			s.Says = "not processed yet"
			e.Waiting++
		} else if s.Says == "" {
			s.Says = "how it ended is not in the topics any more"
		}
	}
}
