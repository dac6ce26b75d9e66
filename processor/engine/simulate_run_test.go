package engine_test

import (
	"fmt"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/chaos/check"
	"github.com/tributary-hq/tributary/processor/chaos/tally"
	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/engine/internal/simulate"
	"github.com/tributary-hq/tributary/processor/stage"
)

const (
	simOutput = "output" // plain bytes
	simStage  = "tally"
)

// schedule is a schedule of the tally stage, whose records are facts.
type schedule struct {
	simulate.Schedule

	mutation func(*engine.Deps)
	// act is what an administrator does; nil in schedules of other faults.
	act *adminAct
}

// outcome is the result of a schedule.
type outcome struct {
	violations []check.Violation
	trace      []string
	injected   map[string]int
	fatal      []string
}

// simulation is a schedule on its way.
type simulation struct {
	*simulate.Run

	plan *schedule
	// mayGoOn says that the act left in the log all records of the changelog that were
	// committed, which mustHave holds.
	mayGoOn    bool
	mustHave   []*kgo.Record
	violations []check.Violation
}

// run plays a schedule to its end.
func (p *schedule) run(tracing bool) outcome {
	s := &simulation{plan: p, Run: simulate.New(&p.Schedule, simulate.Stage{
		Spec: engine.Spec{
			Name: simStage, Input: input, Changelog: changelog, Outputs: []string{simOutput}, DeadLetter: deadLetters, WallClock: true,
		},
		Stage: func() stage.Stage { return tally.Stage{Output: simOutput, Clocks: true} },
		Configure: func(_ *engine.Config, deps *engine.Deps) {
			if p.mutation != nil {
				p.mutation(deps)
			}
		},
	}, tracing)}
	defer s.Close()
	if p.act != nil {
		s.playAct()
	} else {
		s.play()
	}
	for _, failure := range s.Failures {
		s.sayf("driver", "%s", failure)
	}
	return outcome{violations: s.violations, trace: s.World.Trace, injected: s.World.Injected, fatal: s.Fatal}
}

func (s *simulation) sayf(rule, format string, args ...any) {
	s.violations = append(s.violations, check.Violation{Rule: rule, Detail: fmt.Sprintf(format, args...)})
}

// play plays a schedule without an act and checks its results.
func (s *simulation) play() {
	if err := s.Play(); err != nil {
		s.sayf("stuck", "%v", err)
		return
	}
	s.violations = append(s.violations, s.result(s.Earliest-1500).Check()...)
}

// story tells a failing schedule to a reader: the trace of the smallest one that still
// fails.
func story(failing *schedule) string {
	small := *failing
	small.Schedule = *simulate.Shrink(&failing.Schedule, 300, func(p *simulate.Schedule) bool {
		next := *failing
		next.Schedule = *p
		return len(next.run(false).violations) > 0
	})
	out := small.run(true)
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d, with %d of %d faults, %d of %d records and %d of %d hosts:\n", small.Seed,
		len(small.Faults), len(failing.Faults), len(small.Records), len(failing.Records), len(small.Hosts), len(failing.Hosts))
	for _, v := range out.violations {
		fmt.Fprintf(&b, "  %v\n", v)
	}
	for i := range small.Faults {
		fmt.Fprintf(&b, "  fault: %v\n", &small.Faults[i])
	}
	for _, pause := range small.Pauses {
		fmt.Fprintf(&b, "  paused: %d to %d ms, each further host %d ms later\n", pause.From, pause.To, pause.Late)
	}
	for i := range small.Records {
		f := &small.Records[i]
		fmt.Fprintf(&b, "  record: %5d ms, partition %d, key %s: %s\n", f.At, f.Partition, f.Key, f.Value)
	}
	b.WriteString(strings.Join(out.trace, "\n"))
	return b.String()
}

// factOf returns the fact of a record of the traffic.
func factOf(r *simulate.Record) check.Fact {
	fact, err := check.ParseFact(r.Value)
	if err != nil {
		return check.Fact{} // a marker
	}
	return fact
}
