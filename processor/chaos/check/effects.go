package check

import "slices"

// effects follows the output. All effects of a key stand in one partition of the
// output, in the order in which they happened, so the fold goes along them: where
// the order of a deadline and a record is not given, they say which was first.
func (c *checker) effects() {
	for _, r := range slices.SortedFunc(slices.Values(c.run.Output), byPlace) {
		effect, err := ParseEffect(r.Value)
		if err != nil {
			c.sayf(RuleInvented, "output %d/%d: %v", r.Partition, r.Offset, err)
			continue
		}
		if effect.Kind == Watermark {
			c.clock(effect, r)
			continue
		}
		e := c.keys[r.Key]
		if e == nil {
			c.sayf(RuleInvented, "output %d/%d has key %s, which no record of the input has", r.Partition, r.Offset, r.Key)
			continue
		}
		if effect.Kind == Fired {
			c.fired(e, effect, r)
			continue
		}
		c.effect(e, effect)
	}
}

func (c *checker) clock(effect Effect, r Record) {
	p := effect.Source.Partition
	if effect.N < c.clocks[p] {
		c.sayf(RuleClock, "the clock of partition %d went from %d back to %d (output %d/%d)", p, c.clocks[p], effect.N, r.Partition, r.Offset)
	}
	if effect.N > r.Timestamp+c.run.Skew {
		c.sayf(RuleClock, "the clock of partition %d was %d at %d", p, effect.N, r.Timestamp)
	}
	c.clocks[p] = max(c.clocks[p], effect.N)
}

func (c *checker) fired(e *entity, effect Effect, r Record) {
	f := e.deadlines[effect.ID]
	switch {
	case f == nil:
		rule, why := RuleInvented, "no such deadline"
		if set := c.bySource[effect.Source]; set != nil && e.ended[set] != "" {
			rule, why = RuleTwice, "it was "+e.ended[set]+" before"
		}
		c.sayf(rule, "the deadline of %v (key %s, id %s) fires: %s", effect.Source, e.key, effect.ID, why)
	case f.at != effect.Source || f.deadline() != effect.N:
		c.sayf(RuleSum, "the deadline of key %s, id %s fires as of %v at %d, want %v at %d", e.key, effect.ID, effect.Source, effect.N, f.at, f.deadline())
	case r.Timestamp+c.run.Skew < f.deadline():
		c.sayf(RuleDeadline, "the deadline of %v at %d fires at %d", f.at, f.deadline(), r.Timestamp)
	}
	if f != nil {
		delete(e.deadlines, effect.ID)
		e.ended[f] = Fired
	}
}

// effect takes the effect of a record.
func (c *checker) effect(e *entity, effect Effect) {
	f := c.bySource[effect.Source]
	if f == nil || f.key != e.key || f.Kind == Poison {
		c.sayf(RuleInvented, "an effect (%s, key %s) of %v, which is no such record", effect.Kind, e.key, effect.Source)
		return
	}
	f.effects++
	if f.effects > 1 {
		c.sayf(RuleTwice, "%v (%s of key %s) has had its effect %d times", f.at, f.Kind, f.key, f.effects)
		return
	}
	if e.next < len(e.facts) && e.facts[e.next] == f {
		e.next++
	} else {
		// A missing effect is reported as lost; the fold continues behind it.
		c.sayf(RuleOrder, "the effect of %v (key %s) is not the next", f.at, e.key)
		e.next = slices.Index(e.facts, f) + 1
	}
	if want := e.apply(f); want != effect {
		c.sayf(RuleSum, "%v (%s of key %s) says %+v, want %+v", f.at, f.Kind, e.key, effect, want)
	}
}

// apply folds a fact and returns the effect that it must have.
func (e *entity) apply(f *fact) Effect {
	want := Effect{ID: f.ID, Source: f.at}
	if _, known := e.seen[f.ID]; known {
		want.Kind = Repeated
		return want
	}
	switch f.Kind {
	case Count, Due:
		e.n++
		e.chain = Chain(e.chain, f.ID)
		e.seen[f.ID] = f.at
		if f.Kind == Due {
			e.deadlines[f.ID] = f
		}
		want.Kind, want.N, want.Chain = Counted, e.n, e.chain
	case Withdraw:
		want.Kind = Missed
		if set := e.deadlines[f.Of]; set != nil {
			delete(e.deadlines, f.Of)
			e.ended[set] = Withdrawn
			want.Kind = Withdrawn
		}
	case Forget:
		want.Kind, want.N = Forgotten, e.n
		for _, set := range e.deadlines {
			e.ended[set] = Forgotten
		}
		e.n, e.chain = 0, 0
		clear(e.seen)
		clear(e.deadlines)
	}
	return want
}
