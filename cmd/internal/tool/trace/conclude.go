package trace

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-hq/tributary/cmd/internal/tool/trace/why"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// conclude sorts the steps, counts deliveries and explains each result.
func (t *tracer) conclude() {
	for _, key := range slices.Sorted(maps.Keys(t.entities)) {
		e := t.entities[key]
		t.count(e)
		slices.SortStableFunc(e.Steps, compareSteps)
		e.Why = t.explainEntity(e)
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
		j.Why = t.explainJourney(j)
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
			s.Waiting, s.Says = true, "not processed yet"
			e.Waiting++
		} else if s.Says == "" {
			s.Says = "how it ended is not in the topics any more"
		}
	}
}

// explainJourney explains why a journey is not complete.
func (t *tracer) explainJourney(j *Journey) []string {
	var out []string
	if s, ok := j.Snapshot.(*avro.JourneySnapshot); ok {
		out = why.Journey(s, t.config.Now())
	} else if n := len(j.Steps); n > 0 && j.Steps[n-1].Kind == StepEnded {
		return []string{"It ended at " + why.Clock(j.Steps[n-1].At) + ": its members were forgotten, or left it."}
	} else {
		out = append(out, "There is no snapshot of it: the journey stage has not come so far, or retention has taken it.")
	}
	waiting := 0
	for _, m := range j.Members {
		if e := t.entities[m]; e != nil {
			waiting += e.Waiting
		}
	}
	if waiting > 0 {
		out = append(out, fmt.Sprintf("%d records of its members are received and not processed yet: see tributary lag.", waiting))
	}
	return append(out, deadLetter(j.Steps)...)
}

// explainEntity explains the state of an entity.
func (t *tracer) explainEntity(e *Entity) []string {
	var out []string
	switch {
	case e.Snapshot == nil && e.Waiting > 0:
		out = append(out, "It is received and not processed yet: see tributary lag.")
	case e.Snapshot == nil && e.DeadLetters > 0 && e.Facts == 0:
		out = append(out, "Nothing of it could be handled: see tributary deadletter show.")
	case e.ended && !e.erased.IsZero():
		out = append(out, "It was forgotten on request of "+why.Clock(e.erased)+".")
	case e.ended:
		out = append(out, "Its snapshot has ended: its time was over.")
	}
	switch s := e.Snapshot.(type) {
	case *avro.VerificationSnapshot:
		out = append(out, why.Verification(s, t.config.Now())...)
	case *avro.PaymentSnapshot:
		out = append(out, why.Payment(s)...)
	}
	if len(e.Journeys) == 0 && e.Snapshot != nil && e.Kind != "account" {
		out = append(out, "It has no correlation id, so it is part of no journey.")
	}
	return append(out, deadLetter(e.Steps)...)
}

// deadLetter names the cause of the first dead letter.
func deadLetter(steps []Step) []string {
	for i := range steps {
		if s := &steps[i]; s.Kind == StepDeadLetter {
			return []string{fmt.Sprintf("A record could not be handled (%s): %s.", s.State, cmp.Or(s.Says, "no detail"))}
		}
	}
	return nil
}
