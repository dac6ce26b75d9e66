package scorecard_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/insights/logbucket"
	"github.com/tributary-hq/tributary/processor/insights/scorecard"
	"github.com/tributary-hq/tributary/processor/insights/signal"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stagetest"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

var begin = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

const retention = 5 * 24 * time.Hour

type report struct {
	Minute time.Time
	Counts scorecard.Counts
}

type stub struct {
	detector scorecard.Detector
	keeper   signal.Keeper
}

func (*stub) Decode(in *stage.Input) (stage.Event, error) {
	r := &report{}
	return r, json.Unmarshal(in.Value, r)
}

func (s *stub) Apply(tx stage.Tx, in *stage.Input, event stage.Event) error {
	r, _ := event.(*report)
	return s.detector.Apply(tx, string(in.Key), r.Minute, &r.Counts)
}

func (s *stub) OnTimer(tx stage.Tx, key []byte) error {
	if scorecard.IsEntry(key) {
		return s.detector.OnTimer(tx, key)
	}
	return s.keeper.OnTimer(tx, key)
}

type failer interface {
	Helper()
	Fatal(args ...any)
}

func newDriver(tb failer) *enginetest.Driver {
	tb.Helper()
	return newDriverOf(tb, scorecard.DefaultSettings())
}

func newDriverOf(tb failer, settings scorecard.Settings) *enginetest.Driver {
	tb.Helper()
	s := &stub{keeper: signal.Keeper{Retention: retention}}
	s.detector = scorecard.Detector{Keeper: &s.keeper, Settings: settings}
	d, err := enginetest.NewDriver(enginetest.DriverConfig{Name: "scorecard", Stage: s, Outputs: []string{schemas.Signals}, DeadLetter: "deadletter.scorecard.v1"})
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

func input(t failer, r *report) stage.Input {
	t.Helper()
	value, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return stage.Input{Topic: "providers", Key: []byte("lox24"), Value: value, Timestamp: begin}
}

// play returns the revisions, nil for a tombstone.
func play(t failer, d *enginetest.Driver, to time.Time, reports ...report) (all []*avro.Signal) {
	t.Helper()
	var in []stage.Input
	for i := range reports {
		in = append(in, input(t, &reports[i]))
	}
	out, err := d.Feed(in...)
	if err != nil {
		t.Fatal(err)
	}
	more, err := d.AdvanceTo(0, to)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range append(out, more...) {
		var s *avro.Signal
		if o.Value != nil {
			s = &avro.Signal{}
			_, body, err := wire.Parse(o.Value)
			if err == nil {
				err = s.DecodeAvro(body)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		all = append(all, s)
	}
	return all
}

func TestDay(t *testing.T) {
	t.Parallel()
	d := newDriver(t)
	minute := begin.Add(10*time.Hour + 5*time.Minute)
	counts := scorecard.Counts{Facts: 2000, Duplicates: 60, Missed: 4, Unknown: 1}
	counts.Late(logbucket.Of(3*time.Second), 1500)
	counts.Late(logbucket.Of(40*time.Second), 400)
	counts.Late(logbucket.Of(4*time.Minute), 100)
	got := play(t, d, begin.Add(11*time.Hour), report{minute, counts})
	if len(got) != 1 {
		t.Fatalf("%d signals", len(got))
	}
	want := "lox24 on 2026-03-01: 2,000 facts, half within 3 s, 90 % within 41 s, 99 % within 4 min of the event; " +
		"60 repeats, 4 missed attempts, 0 regressions, 0 conflicts, 1 unknown name, 0 dead letters."
	s := got[0]
	if s.Claim != want || s.Severity != avro.SignalSeverityInfo || s.SignalID != "PROVIDER_SCORECARD/lox24/2026-03-01" || !s.AsOf.Equal(begin.Add(11*time.Hour)) {
		t.Errorf("signal %+v\nwant %q", s, want)
	}
	if got := play(t, d, begin.Add(13*time.Hour)); len(got) != 0 {
		t.Errorf("%d revisions without anything new", len(got))
	}
	late := scorecard.Counts{Facts: 100, DeadLetters: 90}
	late.Late(logbucket.Of(time.Hour), 500)
	got = play(t, d, begin.Add(25*time.Hour), report{begin.Add(23*time.Hour + 59*time.Minute), late})
	if len(got) != 1 || got[0].Severity != avro.SignalSeverityWarning || !got[0].AsOf.Equal(begin.Add(24*time.Hour)) {
		t.Fatalf("signals %+v", got)
	}
	if suffix := "; beyond the bounds: lateness (20 % beyond 5 min, bound 10 %), dead letters (4 %, bound 1 %)."; !strings.HasSuffix(got[0].Claim, suffix) {
		t.Errorf("claim %q, want the end %q", got[0].Claim, suffix)
	}
	if got = play(t, d, begin.Add(30*time.Hour), report{begin, scorecard.Counts{Facts: 1}}); len(got) != 1 || got[0].State != avro.SignalStateUpdated {
		t.Errorf("late counts: %+v", got)
	}
	if got = play(t, d, begin.Add(24*time.Hour+retention)); len(got) != 1 || got[0] != nil || d.Entries(0) != 0 {
		t.Errorf("the end: %+v, %d entries", got, d.Entries(0))
	}
	if got := play(t, d, begin.Add(40*24*time.Hour), report{begin, scorecard.Counts{Facts: 1}}); len(got) != 0 || d.Entries(0) != 0 {
		t.Errorf("a day of long ago: %+v", got)
	}
}

// TestFewRecordsDecideNothing: shares of few records are not beyond a bound.
func TestFewRecordsDecideNothing(t *testing.T) {
	t.Parallel()
	for name, counts := range map[string]scorecard.Counts{
		"one repeat of three":      {Facts: 2, Duplicates: 1},
		"one missed of forty":      {Facts: 40, Missed: 1},
		"one conflict of hundred":  {Facts: 100, Conflicts: 1},
		"more withdrawn than told": {Facts: 100, Missed: -3},
	} {
		got := play(t, newDriver(t), begin.Add(time.Hour), report{begin, counts})
		if len(got) != 1 || got[0].Severity != avro.SignalSeverityInfo {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestSettings: each bound decides about its own figure, and no setting below it is refused.
func TestSettings(t *testing.T) {
	t.Parallel()
	late := scorecard.Counts{Facts: 1000}
	late.Late(logbucket.Of(time.Hour), 300)
	late.Late(logbucket.Of(time.Second), 700)
	for name, c := range map[string]struct {
		counts scorecard.Counts
		allow  func(*scorecard.Settings)
	}{
		"late share":      {late, func(s *scorecard.Settings) { s.LateShare = 0.5 }},
		"late":            {late, func(s *scorecard.Settings) { s.Late = 2 * time.Hour }},
		"repeats":         {scorecard.Counts{Facts: 600, Duplicates: 400}, func(s *scorecard.Settings) { s.Repeats = 0.5 }},
		"missed attempts": {scorecard.Counts{Facts: 1000, Missed: 50}, func(s *scorecard.Settings) { s.MissedAttempts = 0.1 }},
		"regressions":     {scorecard.Counts{Facts: 1000, Regressions: 50}, func(s *scorecard.Settings) { s.Regressions = 0.1 }},
		"conflicts":       {scorecard.Counts{Facts: 1000, Conflicts: 50}, func(s *scorecard.Settings) { s.Conflicts = 0.1 }},
		"unknown names":   {scorecard.Counts{Facts: 1000, Unknown: 50}, func(s *scorecard.Settings) { s.UnknownNames = 0.1 }},
		"dead letters":    {scorecard.Counts{Facts: 950, DeadLetters: 50}, func(s *scorecard.Settings) { s.DeadLetters = 0.1 }},
		"few records":     {scorecard.Counts{Facts: 100, DeadLetters: 20}, func(s *scorecard.Settings) { s.MinRecords = 21 }},
	} {
		settings := scorecard.DefaultSettings()
		for _, want := range []avro.SignalSeverity{avro.SignalSeverityWarning, avro.SignalSeverityInfo} {
			if err := settings.Validate(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			got := play(t, newDriverOf(t, settings), begin.Add(time.Hour), report{begin, c.counts})
			if len(got) != 1 || got[0].Severity != want {
				t.Errorf("%s: %+v, want %s", name, got, want)
			}
			c.allow(&settings)
		}
	}
	bad := scorecard.Settings{LateShare: 1.5, Repeats: math.NaN(), MissedAttempts: -1}
	err := bad.Validate()
	for _, key := range []string{"late:", "late_share:", "repeats:", "missed_attempts:", "regressions:", "conflicts:", "unknown_names:", "dead_letters:", "min_records:"} {
		if err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("Validate() = %v, want a fault of %s", err, key)
		}
	}
}

// TestFigures makes a day of records and counts them a second time: the quantiles from the
// sorted times, the rest with a loop.
func TestFigures(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 1))
		var reports []report
		var late []float64
		naive := map[string]float64{}
		for range 3000 {
			c := scorecard.Counts{}
			switch random.IntN(20) {
			case 0:
				c.Duplicates = 1
				naive["repeats"]++
			case 1:
				c.DeadLetters = 1
				naive["dead_letters"]++
			default:
				c.Facts = 1
				naive["facts"]++
				d := time.Duration(random.ExpFloat64() * float64(20*time.Second))
				c.Late(logbucket.Of(d), 1)
				late = append(late, d.Seconds())
				if random.IntN(50) == 0 {
					c.Missed, c.Regressions, c.Unknown = 1, 1, 2
					naive["missed_attempts"]++
					naive["regressions"]++
					naive["unknown_names"] += 2
				}
			}
			reports = append(reports, report{begin.Add(time.Duration(random.IntN(1440)) * time.Minute), c})
		}
		slices.Sort(late)
		for name, q := range map[string]float64{"lateness_p50": 0.5, "lateness_p90": 0.9, "lateness_p99": 0.99} {
			naive[name] = late[int(math.Ceil(q*float64(len(late))))-1]
		}
		got := play(t, newDriver(t), begin.Add(24*time.Hour), reports...)
		last := got[len(got)-1]
		for _, e := range last.Evidence {
			want, known := naive[e.Name]
			if strings.HasSuffix(e.Name, "_share") || !known && e.Value.Value == 0 {
				continue
			}
			if tolerance := map[bool]float64{true: 0.08, false: 0}[e.Unit == "s"]; math.Abs(e.Value.Value-want) > tolerance*want {
				t.Errorf("seed %d: %s is %v, counted %v", seed, e.Name, e.Value.Value, want)
			}
		}
	}
}

// TestOrder: the last scorecard is a function of the sum of the counts.
func TestOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		var reports []report
		for range rapid.IntRange(1, 20).Draw(rt, "minutes") {
			c := scorecard.Counts{Facts: rapid.Int64Range(0, 50).Draw(rt, "facts"), Duplicates: rapid.Int64Range(0, 9).Draw(rt, "repeats"), Missed: rapid.Int64Range(-2, 3).Draw(rt, "missed")}
			c.Late(rapid.Int32Range(0, logbucket.Last).Draw(rt, "bucket"), c.Facts)
			reports = append(reports, report{begin.Add(time.Duration(rapid.IntRange(0, 2000).Draw(rt, "minute")) * time.Minute), c})
		}
		last := func(reports []report) map[string]string {
			out := map[string]string{}
			for _, s := range play(rt, newDriver(rt), begin.Add(50*time.Hour), reports...) {
				out[s.SignalID] = fmt.Sprint(s.Claim, s.Severity, s.Evidence)
			}
			return out
		}
		if diff := cmp.Diff(last(reports), last(rapid.Permutation(reports).Draw(rt, "order"))); diff != "" {
			rt.Errorf("in another order:\n%s", diff)
		}
	})
}

func TestStateFormats(t *testing.T) {
	t.Parallel()
	counts := scorecard.Counts{Facts: 1, Duplicates: 2, DeadLetters: 3, Missed: 4, Regressions: 5, Conflicts: 6, Unknown: 7}
	counts.Late(9, 1)
	c := stagetest.Formats{
		New:     func() *enginetest.Driver { return newDriver(t) },
		History: []stage.Input{input(t, &report{begin, counts})},
		Next:    []stage.Input{input(t, &report{begin.Add(time.Hour), counts})},
		Main:    "\x01scorecard/lox24/2026-03-01",
	}
	c.Check(t)
}
