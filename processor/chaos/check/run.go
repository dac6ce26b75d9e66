package check

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Record is a record as a read-committed consumer gets it.
type Record struct {
	Partition int32
	Offset    int64
	// Timestamp is unix ms.
	Timestamp int64
	Key       string
	// Value nil is a tombstone.
	Value []byte
}

// Dead is a dead letter: its origin according to its headers, and its content.
type Dead struct {
	Source Source
	Key    string
	Value  []byte
}

// Entry is an entry of the state. The engine's own entries, whose keys begin with
// 0x00, are to be left out.
type Entry struct {
	Partition int32
	Key       string
	Payload   string
	// Deadline is unix ms, 0 for none.
	Deadline int64
}

// Run is the result of a run. Slices may be in any order.
type Run struct {
	// Accepted are the IDs that were acknowledged to the sender.
	Accepted []string
	// Input, Output and Dead are read committed.
	Input  []Record
	Output []Record
	Dead   []Dead
	// State is the compacted content of the changelogs: the last entry of each key,
	// without tombstones.
	State []Entry
	// Stores are state stores, by any name, of partitions whose owner has restored
	// them to the end and written its last round: each must be State's part for the
	// partitions it says it holds.
	Stores []Store
	// Offsets are the group's committed input offsets.
	Offsets map[int32]int64
	// Drained says that the run was left alone until all was handled: then no record
	// may be without its effect.
	Drained bool
	// DueBy is the time, unix ms, up to which every deadline must have fired; 0 asks
	// for none.
	DueBy int64
	// Skew is how far the processes' wall clocks may lie apart, milliseconds.
	Skew int64
}

// Store is one process's copy of partitions.
type Store struct {
	Name       string
	Partitions []int32
	Entries    []Entry
}

// Violation is a sentence of the promise that does not hold.
type Violation struct {
	// Rule is one of the Rule constants.
	Rule   string
	Detail string
}

// String implements fmt.Stringer.
func (v Violation) String() string { return v.Rule + ": " + v.Detail }

// The rules.
const (
	RuleLost     = "lost"     // a record without its effect, or accepted and not stored
	RuleTwice    = "twice"    // a record or deadline with more than one effect
	RuleOrder    = "order"    // an effect out of its record's order
	RuleSum      = "sum"      // an effect that says something else than the fold
	RuleInvented = "invented" // an effect of nothing
	RuleDeadline = "deadline" // a deadline that did not fire, or before its time
	RuleState    = "state"    // a state that is not the fold
	RuleOffsets  = "offsets"  // committed offsets that do not fit the effects
	RuleClock    = "clock"    // a clock that went back, or beyond the wall clock
)

// Check returns the violations, nil if there are none.
func (r *Run) Check() []Violation {
	c := &checker{run: r, keys: map[string]*entity{}, bySource: map[Source]*fact{}, clocks: map[int32]int64{}}
	c.readInput()
	c.accepted()
	c.dead()
	c.effects()
	c.remains()
	c.offsets()
	c.states()
	return c.found
}

type fact struct {
	Fact

	key     string
	at      Source
	time    int64
	effects int
}

// entity is the fold of a key over the effects read so far.
type entity struct {
	key       string
	facts     []*fact // in order
	next      int
	n         int64
	chain     uint64
	seen      map[string]Source
	deadlines map[string]*fact
	ended     map[*fact]string // deadlines that are over, and how
}

func (f *fact) deadline() int64 { return f.time + f.After }

type checker struct {
	run      *Run
	keys     map[string]*entity
	bySource map[Source]*fact
	clocks   map[int32]int64
	found    []Violation
}

func (c *checker) sayf(rule, format string, args ...any) {
	c.found = append(c.found, Violation{Rule: rule, Detail: fmt.Sprintf(format, args...)})
}

func byPlace(a, b Record) int {
	return cmp.Or(cmp.Compare(a.Partition, b.Partition), cmp.Compare(a.Offset, b.Offset))
}

func (c *checker) readInput() {
	for _, r := range slices.SortedFunc(slices.Values(c.run.Input), byPlace) {
		parsed, err := ParseFact(r.Value)
		if err != nil {
			c.sayf(RuleInvented, "input %d/%d: %v", r.Partition, r.Offset, err)
			continue
		}
		f := &fact{Fact: parsed, key: r.Key, at: Source{r.Partition, r.Offset}, time: r.Timestamp}
		if c.bySource[f.at] != nil {
			c.sayf(RuleInvented, "input %v is there twice", f.at)
			continue
		}
		c.bySource[f.at] = f
		e := c.keys[r.Key]
		if e == nil {
			e = &entity{key: r.Key, seen: map[string]Source{}, deadlines: map[string]*fact{}, ended: map[*fact]string{}}
			c.keys[r.Key] = e
		}
		if f.Kind != Poison {
			e.facts = append(e.facts, f)
		}
	}
}

func (c *checker) accepted() {
	there := map[string]bool{}
	for _, f := range c.bySource {
		there[f.ID] = true
	}
	for _, id := range c.run.Accepted {
		if !there[id] {
			c.sayf(RuleLost, "%s was accepted and is not in the input", id)
		}
	}
}

func (c *checker) dead() {
	for _, d := range c.run.Dead {
		f := c.bySource[d.Source]
		switch {
		case f == nil || f.Kind != Poison:
			c.sayf(RuleInvented, "a dead letter of %v, which is no poison", d.Source)
			continue
		case f.key != d.Key || !bytes.Equal(f.Encode(), d.Value):
			c.sayf(RuleSum, "the dead letter of %v is not the record", d.Source)
		}
		f.effects++
		if f.effects > 1 {
			c.sayf(RuleTwice, "%v has %d dead letters", d.Source, f.effects)
		}
	}
}

// remains reports facts without an effect.
func (c *checker) remains() {
	for _, at := range slices.SortedFunc(maps.Keys(c.bySource), compareSources) {
		f := c.bySource[at]
		if c.run.Drained && f.effects == 0 {
			c.sayf(RuleLost, "%v (%s of key %s) has no effect", at, f.Kind, f.key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(c.keys)) {
		e := c.keys[key]
		for _, id := range slices.Sorted(maps.Keys(e.deadlines)) {
			if f := e.deadlines[id]; f.deadline() <= c.run.DueBy {
				c.sayf(RuleDeadline, "the deadline of %v (key %s, id %s) at %d has not fired by %d", f.at, key, id, f.deadline(), c.run.DueBy)
			}
		}
	}
}

func compareSources(a, b Source) int {
	return cmp.Or(cmp.Compare(a.Partition, b.Partition), cmp.Compare(a.Offset, b.Offset))
}

// offsets holds that exactly the records below a partition's committed offset have
// had their effect.
func (c *checker) offsets() {
	for _, at := range slices.SortedFunc(maps.Keys(c.bySource), compareSources) {
		committed, done := c.run.Offsets[at.Partition], c.bySource[at].effects > 0
		switch {
		case done && at.Offset >= committed:
			c.sayf(RuleOffsets, "%v has had its effect and the group has committed %d", at, committed)
		case !done && at.Offset < committed:
			c.sayf(RuleOffsets, "%v is committed (%d) without an effect", at, committed)
		}
	}
}

// states holds the state against the fold.
func (c *checker) states() {
	want := map[string]string{}
	partitions := map[string]int32{}
	put := func(e *entity, key, line string) {
		want[key] = line
		partitions[key] = e.facts[0].at.Partition
	}
	for _, e := range c.keys {
		if e.n > 0 {
			put(e, EntityKey(e.key), fmt.Sprintf("%d %d, deadline 0", e.n, e.chain))
		}
		for id, at := range e.seen {
			put(e, SeenKey(e.key, id), fmt.Sprintf("%d %d, deadline 0", at.Partition, at.Offset))
		}
		for id, f := range e.deadlines {
			put(e, DeadlineKey(e.key, id), fmt.Sprintf("%d %d %d, deadline %d", f.at.Partition, f.at.Offset, f.deadline(), f.deadline()))
		}
	}
	c.compare("the changelogs' state", want, c.run.State)
	for _, s := range c.run.Stores {
		part := map[string]string{}
		for key, line := range want {
			if slices.Contains(s.Partitions, partitions[key]) {
				part[key] = line
			}
		}
		c.compare("store "+s.Name, part, s.Entries)
	}
}

func (c *checker) compare(what string, want map[string]string, entries []Entry) {
	got := map[string]string{}
	for _, e := range entries {
		if _, twice := got[e.Key]; twice {
			c.sayf(RuleState, "%s has %s twice", what, e.Key)
		}
		got[e.Key] = fmt.Sprintf("%s, deadline %d", e.Payload, e.Deadline)
	}
	var lines []string
	for key, line := range want {
		if have, ok := got[key]; !ok {
			lines = append(lines, fmt.Sprintf("%s has no %s, want %s", what, key, line))
		} else if have != line {
			lines = append(lines, fmt.Sprintf("%s has %s = %s, want %s", what, key, have, line))
		}
	}
	for key, line := range got {
		if _, ok := want[key]; !ok {
			lines = append(lines, fmt.Sprintf("%s has %s = %s, want none", what, key, line))
		}
	}
	slices.Sort(lines)
	const show = 5
	if len(lines) > show {
		lines = append(lines[:show], fmt.Sprintf("and %d more", len(lines)-show))
	}
	if len(lines) > 0 {
		c.sayf(RuleState, "%s", strings.Join(lines, "; "))
	}
}
