package detection_test

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/processor/insights/pumping"
)

// The thresholds were tuned on seeds below heldOut; the seeds measured begin there.
const heldOut = 2000

var (
	seeds   = flag.Int("seeds", 1, "seeds of attacks, and as many quiet ones")
	first   = flag.Uint64("first", heldOut, "the first seed")
	spacing = flag.Duration("spacing", 20*time.Second, "event time between two customers")
)

const (
	// length is that of a run.
	length = 24 * time.Hour
	// within is the time in which an attack must be found.
	within = 5 * time.Minute
	// enough is the code of a slow attack from which on the time counts.
	enough = 25
	// k is the k-rule's.
	k = 20
)

// run is a day of traffic.
type run struct {
	incidents []simulator.Incident
	claims    []pumping.Claim
	// codes are the times of the codes of the incidents, by kind.
	codes map[string][]time.Time
	start time.Time
	bytes int
}

// newPlan returns the webhooks of a day.
func newPlan(profile string, seed uint64) (*simulator.Plan, time.Time) {
	start := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	return simulator.NewPlan(simulator.Options{
		Seed: seed, Start: start, Accounts: simulator.DefaultAccounts(), Profile: profile,
		Scenarios: int(length / *spacing), Spacing: *spacing, Repeats: 0.1, Disorder: 0.1, Delays: 0.01, Forgeries: 0.02,
	}), start
}

// play plays a day of a profile and returns the claims about it.
func play(t *testing.T, profile string, seed uint64) *run {
	t.Helper()
	plan, start := newPlan(profile, seed)
	r := &run{codes: map[string][]time.Time{}, start: start}
	states, o, next := map[string]*memory{}, newObserver(), start
	detector := pumping.New(pumping.DefaultConfig(), k, []byte("p"))
	for {
		s, more := plan.Next()
		if !more || s.Due > length {
			break
		}
		for now := start.Add(s.Due); !now.Before(next); next = next.Add(time.Minute) {
			for _, country := range slices.Sorted(maps.Keys(states)) {
				states[country].watermark = next
				claims, err := detector.Evaluate(states[country], country, next)
				if err != nil {
					t.Fatal(err)
				}
				r.claims = append(r.claims, claims...)
			}
		}
		country, observations := o.observe(s, start)
		for i := range observations {
			ob := &observations[i]
			if states[country] == nil {
				states[country] = newMemory()
				states[country].watermark = next.Add(-time.Minute)
			}
			if ob.Codes > 0 {
				r.codes[s.Scenario] = append(r.codes[s.Scenario], ob.Minute)
			}
			if err := detector.Observe(states[country], country, *ob); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, m := range states {
		r.bytes += m.size()
	}
	r.incidents = plan.Incidents()
	return r
}

// about reports whether a claim is about an attack: it names a range within its area, or
// one that its block is in, while it lasts.
func (r *run) about(c *pumping.Claim, i *simulator.Incident) bool {
	from, to := r.start.Add(i.At), r.start.Add(i.End())
	return i.Attack() && c.Country == i.Country && strings.HasPrefix(i.Prefix, c.Area) && c.Area != "" &&
		!c.At.Before(from) && c.RaisedAt.Before(to.Add(10*time.Minute))
}

// delay returns the time until the first claim about an attack, nil if there is none, from
// the begin of a short attack, and from the 20th code of a slow one.
func (r *run) delay(i *simulator.Incident) (delay, fromBegin time.Duration, claim *pumping.Claim) {
	from := r.start.Add(i.At)
	begin := from
	if i.Kind == simulator.LowAndSlow {
		from = slices.SortedFunc(slices.Values(r.codes[i.Kind]), time.Time.Compare)[enough-1].Add(time.Minute)
	}
	for j := range r.claims {
		if c := &r.claims[j]; r.about(c, i) {
			return c.At.Sub(from), c.At.Sub(begin), c
		}
	}
	return -1, -1, nil
}

// ordered returns how many codes of a kind of incident had been ordered before a time.
func (r *run) ordered(kind string, at time.Time) (n int) {
	for _, t := range r.codes[kind] {
		if t.Before(at) {
			n++
		}
	}
	return n
}

// figures are those of an attack's shape.
type figures struct {
	attacks, found, late int
	delays, fromBegin    []time.Duration
	// codes are how many codes of the attack had been ordered by then.
	codes  []int
	levels map[string]int
}

// TestDetection measures recall and precision on attacks, and false alarms on quiet days.
func TestDetection(t *testing.T) {
	t.Parallel()
	measure(t, *seeds, play)
}

// measure plays days with attacks and quiet days, and reports the detected attacks and the false alarms.
func measure(t *testing.T, seeds int, play func(t *testing.T, profile string, seed uint64) *run) {
	t.Helper()
	shapes := map[string]*figures{}
	for _, kind := range simulator.Attacks() {
		shapes[kind] = &figures{levels: map[string]int{}}
	}
	var mu sync.Mutex
	claims, wrong, quietAlarms, bytes := 0, 0, 0, 0
	each(seeds, func(n int) {
		r := play(t, simulator.Pumping, *first+uint64(n))
		mu.Lock()
		defer mu.Unlock()
		bytes = max(bytes, r.bytes)
		for i := range r.incidents {
			in := &r.incidents[i]
			if !in.Attack() || in.At+within > length {
				continue
			}
			f := shapes[in.Kind]
			f.attacks++
			delay, fromBegin, c := r.delay(in)
			switch {
			case c == nil:
				t.Logf("seed %d: %s at %v+%v %s, %d codes: not found", *first+uint64(n), in.Kind, in.At, in.Length, in.Prefix, in.Codes)
				continue
			case delay > within:
				f.late++
				t.Logf("seed %d: %s at %v+%v %s, %d codes: found after %v", *first+uint64(n), in.Kind, in.At, in.Length, in.Prefix, in.Codes, delay)
			default:
				f.found++
			}
			f.delays, f.fromBegin = append(f.delays, delay), append(f.fromBegin, fromBegin)
			f.levels[c.Level.String()]++
			f.codes = append(f.codes, r.ordered(in.Kind, c.At))
		}
		for i := range r.claims {
			c := &r.claims[i]
			if c.Change != pumping.Raised {
				continue
			}
			claims++
			if !slices.ContainsFunc(r.incidents, func(in simulator.Incident) bool { return r.true(c, &in) }) {
				wrong++
				t.Logf("seed %d: wrong: %s", *first+uint64(n), show(c))
			}
		}
	})
	each(seeds, func(n int) {
		r := play(t, simulator.Quiet, *first+uint64(n))
		mu.Lock()
		defer mu.Unlock()
		for i := range r.claims {
			if c := &r.claims[i]; c.Change == pumping.Raised {
				quietAlarms++
				t.Logf("seed %d: false alarm on a quiet day: %s", *first+uint64(n), show(c))
			}
		}
	})
	report(t, shapes, seeds, claims, wrong, quietAlarms, bytes)
}

// true reports whether a raised claim is right: it is about an attack, or will be when
// enough numbers were seen to name it.
func (r *run) true(raised *pumping.Claim, i *simulator.Incident) bool {
	return slices.ContainsFunc(r.claims, func(c pumping.Claim) bool {
		return c.ID == raised.ID && c.Country == raised.Country && r.about(&c, i)
	})
}

// each calls a function for 0 to n-1, as many at a time as there are processors.
func each(n int, do func(n int)) {
	var group sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i := range n {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			do(i)
		})
	}
	group.Wait()
}

func show(c *pumping.Claim) string {
	return fmt.Sprintf("%s %s %q %s reason %d since %s at %s: %d codes, %d numbers, %d verified, expected %.2f seen %.2f", c.Country, c.Level, c.Prefix, c.Carrier, c.Reason,
		c.Since.Format("15:04"), c.At.Format("15:04"), c.Codes, c.Numbers, c.Verified, c.Expected, c.Seen)
}

func report(t *testing.T, shapes map[string]*figures, seeds, claims, wrong, quietAlarms, bytes int) {
	t.Helper()
	t.Logf("%-17s %7s %6s %5s %6s %7s | delay %6s %6s | from begin %7s %7s | codes %6s %4s | level", "shape", "attacks", "found", "late", "missed", "recall", "median", "max", "median", "max", "median", "max")
	for _, kind := range simulator.Attacks() {
		f := shapes[kind]
		recall := float64(f.found) / float64(max(1, f.attacks))
		t.Logf("%-17s %7d %6d %5d %6d %7.3f | delay %6v %6v | from begin %7v %7v | codes %6d %4d | %v", kind, f.attacks, f.found, f.late, f.attacks-f.found-f.late, recall,
			middle(f.delays), most(f.delays), middle(f.fromBegin), most(f.fromBegin), middle(f.codes), most(f.codes), f.levels)
		if recall < 0.95 {
			t.Errorf("recall of %s is %.3f, want at least 0.95", kind, recall)
		}
	}
	precision := 1 - float64(wrong)/float64(max(1, claims))
	t.Logf("claims %d, wrong %d, precision %.3f; quiet days %d, false alarms %d; state at most %d bytes for all countries", claims, wrong, precision, seeds, quietAlarms, bytes)
	if precision < 0.95 || quietAlarms > 0 {
		t.Errorf("precision is %.3f, want at least 0.95; false alarms on quiet days %d, want 0", precision, quietAlarms)
	}
}

func middle[T cmp.Ordered](of []T) (m T) {
	if len(of) > 0 {
		m = slices.Sorted(slices.Values(of))[len(of)/2]
	}
	return m
}

func most[T cmp.Ordered](of []T) (m T) {
	if len(of) > 0 {
		m = slices.Max(of)
	}
	return m
}
