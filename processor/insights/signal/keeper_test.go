package signal_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/insights/signal"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stagetest"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

const retention = 24 * time.Hour

var begin = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// command is an action of a detector, as the value of a record.
type command struct {
	At       time.Time    `json:"at"`
	Report   *avro.Signal `json:"report,omitempty"`
	Until    time.Time    `json:"until,omitzero"`
	Withdraw string       `json:"withdraw,omitempty"`
	Claim    string       `json:"claim,omitempty"`
	// Last is a report with which the signal is withdrawn.
	Last *avro.Signal `json:"last,omitempty"`
}

// detector is a stage that runs the commands in its records.
type detector struct{ keeper signal.Keeper }

func (*detector) Decode(in *stage.Input) (stage.Event, error) {
	c := &command{}
	return c, json.Unmarshal(in.Value, c)
}

func (d *detector) Apply(tx stage.Tx, _ *stage.Input, event stage.Event) error {
	c, _ := event.(*command)
	tx.AdvanceWatermark(c.At)
	switch {
	case c.Last != nil:
		return d.keeper.WithdrawWith(tx, c.Last)
	case c.Report == nil:
		return d.keeper.Withdraw(tx, c.Withdraw, c.At, c.Claim)
	case !c.Until.IsZero():
		return d.keeper.ReportUntil(tx, c.Report, c.Until)
	default:
		return d.keeper.Report(tx, c.Report)
	}
}

func (d *detector) OnTimer(tx stage.Tx, key []byte) error {
	if !signal.IsEntry(key) {
		return fmt.Errorf("a timer of %q", key)
	}
	return d.keeper.OnTimer(tx, key)
}

func newDriver(tb testing.TB) *enginetest.Driver {
	tb.Helper()
	d, err := enginetest.NewDriver(enginetest.DriverConfig{
		Name: "signals", Stage: &detector{keeper: signal.Keeper{Retention: retention}}, Outputs: []string{schemas.Signals}, DeadLetter: "deadletter.signals.v1",
	})
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

type failer interface {
	Helper()
	Fatal(args ...any)
}

func input(t failer, c *command) stage.Input {
	t.Helper()
	value, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return stage.Input{Topic: "commands", Key: []byte("k"), Value: value, Timestamp: c.At}
}

// feed returns the emitted revisions; nil stands for a tombstone.
func feed(t failer, d *enginetest.Driver, c *command) []*avro.Signal {
	t.Helper()
	out, err := d.Feed(input(t, c))
	if err != nil {
		t.Fatal(err)
	}
	return read(t, out)
}

func read(t failer, out []stage.Output) []*avro.Signal {
	t.Helper()
	var signals []*avro.Signal
	for _, o := range out {
		if o.Topic != schemas.Signals {
			t.Fatal(fmt.Sprintf("a record of %s: %s", o.Topic, o.Headers))
		}
		if o.Value == nil {
			signals = append(signals, nil)
			continue
		}
		s := &avro.Signal{}
		_, body, err := wire.Parse(o.Value)
		if err == nil {
			err = s.DecodeAvro(body)
		}
		if err != nil || s.SignalID != string(o.Key) {
			t.Fatal(fmt.Sprintf("key %s, signal %s: %v", o.Key, s.SignalID, err))
		}
		signals = append(signals, s)
	}
	return signals
}

func pumping(id string, at time.Time, codes int64) *avro.Signal {
	return &avro.Signal{
		SignalID: id, Kind: avro.SignalKindPumping, Severity: avro.SignalSeverityWarning, AsOf: at, Codes: avro.Some(codes),
		Claim: fmt.Sprintf("%d codes to nobody", codes), Confidence: 0.75,
	}
}

func TestLifecycle(t *testing.T) {
	t.Parallel()
	d := newDriver(t)
	id := signal.ID(avro.SignalKindPumping, "UA", "38050/1")
	if id != "PUMPING/UA/38050%2F1" {
		t.Errorf("ID() = %s", id)
	}
	step := func(what string, c *command, want ...string) {
		t.Helper()
		var got []string
		for _, s := range feed(t, d, c) {
			if s == nil {
				got = append(got, "tombstone")
				continue
			}
			line := fmt.Sprintf("%s r%d %s raised %s updated %s as of %s", s.State, s.Revision, s.Claim, s.RaisedAt.Sub(begin), s.UpdatedAt.Sub(begin), s.AsOf.Sub(begin))
			if s.WithdrawnAt.Set {
				line += fmt.Sprintf(" withdrawn %s", s.WithdrawnAt.Value.Sub(begin))
			}
			got = append(got, line)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	at := func(minutes int) time.Time { return begin.Add(time.Duration(minutes) * time.Minute) }
	step("withdraw nothing", &command{At: at(0), Withdraw: id})
	step("raise", &command{At: at(1), Report: pumping(id, at(1), 10)}, "RAISED r1 10 codes to nobody raised 1m0s updated 1m0s as of 1m0s")
	step("the same later", &command{At: at(2), Report: pumping(id, at(2), 10)})
	step("another figure", &command{At: at(3), Report: pumping(id, at(3), 11)}, "UPDATED r2 11 codes to nobody raised 1m0s updated 3m0s as of 3m0s")
	step("withdraw", &command{At: at(4), Withdraw: id, Claim: "over"}, "WITHDRAWN r3 over raised 1m0s updated 4m0s as of 4m0s withdrawn 4m0s")
	step("withdraw again", &command{At: at(5), Withdraw: id, Claim: "over, I say"})
	step("raise again with the last figures", &command{At: at(6), Report: pumping(id, at(6), 11)}, "RAISED r4 11 codes to nobody raised 6m0s updated 6m0s as of 6m0s")
	step("no tombstone of an open signal", &command{At: at(6).Add(2 * retention), Withdraw: "other"})
	late := at(6).Add(2 * retention)
	step("withdraw for good", &command{At: late, Withdraw: id},
		"WITHDRAWN r5 11 codes to nobody raised 6m0s updated 48h6m0s as of 48h6m0s withdrawn 48h6m0s")
	step("retention is not over", &command{At: late.Add(retention - time.Second), Withdraw: "other"})
	step("retention is over", &command{At: late.Add(retention), Withdraw: "other"}, "tombstone")
	if n := d.Entries(0); n != 0 {
		t.Errorf("%d entries are left", n)
	}
	step("a day", &command{At: late.Add(retention), Report: pumping(id, late.Add(retention), 1), Until: late.Add(3 * retention)},
		"RAISED r1 1 codes to nobody raised 72h6m0s updated 72h6m0s as of 72h6m0s")
	step("its end", &command{At: late.Add(3 * retention), Withdraw: "other"}, "tombstone")
	open := map[string]int64{}
	for _, c := range d.Counts() {
		open[c.Label] += map[string]int64{signal.CounterRaised: c.N, signal.CounterWithdrawn: -c.N}[c.Name]
	}
	if diff := cmp.Diff(map[string]int64{"PUMPING/WARNING": 0}, open); diff != "" {
		t.Errorf("raised minus withdrawn (-want +got):\n%s", diff)
	}
}

// model is a second statement of the lifecycle: the history of the reports of one signal.
type model struct {
	open     bool
	raised   time.Time
	revision int64
	shown    string
	end      time.Time
	severity avro.SignalSeverity
}

// expire reports whether a tombstone is due.
func (m *model) expire(now time.Time) bool {
	if m.end.IsZero() || now.Before(m.end) {
		return false
	}
	*m = model{}
	return true
}

func (m *model) apply(c *command) (emits bool) {
	if c.Report == nil {
		if !m.open {
			return false
		}
		m.open, m.end = false, c.At.Add(retention)
		m.revision++
		return true
	}
	shown := fmt.Sprint(c.Report.Claim, c.Report.Codes, c.Report.Severity, c.Report.Confidence)
	if m.open && shown == m.shown {
		return false
	}
	if !m.open {
		m.raised = c.At
	}
	m.open, m.shown, m.end, m.severity = true, shown, time.Time{}, c.Report.Severity
	m.revision++
	return true
}

// TestAnyHistory plays histories of several signals, each command one to three times, and
// compares each emission with the model.
func TestAnyHistory(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		d, models, now := newDriver(t), map[string]*model{}, begin
		for range rapid.IntRange(1, 30).Draw(rt, "steps") {
			now = now.Add(time.Duration(rapid.SampledFrom([]int{0, 1, 60, 2000}).Draw(rt, "minutes")) * time.Minute)
			id := rapid.SampledFrom([]string{"PUMPING/a", "PUMPING/b"}).Draw(rt, "id")
			c := &command{At: now, Withdraw: id}
			if rapid.Bool().Draw(rt, "report") {
				c.Report = pumping(id, now, rapid.Int64Range(1, 2).Draw(rt, "codes"))
				c.Report.Severity = rapid.SampledFrom([]avro.SignalSeverity{avro.SignalSeverityWarning, avro.SignalSeverityCritical}).Draw(rt, "severity")
			}
			if models[id] == nil {
				models[id] = &model{}
			}
			for range rapid.IntRange(1, 3).Draw(rt, "times") {
				check(rt, models, id, c, feed(rt, d, c))
			}
		}
		open := map[string]int64{}
		for _, m := range models {
			if m.open {
				open["PUMPING/"+string(m.severity)]++
			}
		}
		for _, c := range d.Counts() {
			open[c.Label] -= map[string]int64{signal.CounterRaised: c.N, signal.CounterWithdrawn: -c.N}[c.Name]
		}
		for label, n := range open {
			if n != 0 {
				rt.Errorf("%s: the open signals minus those counted are %d", label, n)
			}
		}
	})
}

// check compares the signals that a command emitted with the model. Timers fire after the
// record, so the record uses an overdue entry first.
func check(t *rapid.T, models map[string]*model, id string, c *command, got []*avro.Signal) {
	t.Helper()
	m, want := models[id], 0
	if m.apply(c) {
		want++
		if len(got) == 0 || got[0] == nil {
			t.Fatal("nothing was emitted")
		}
		s := got[0]
		state := avro.SignalStateWithdrawn
		switch {
		case c.Report != nil && m.raised.Equal(c.At) && s.State == avro.SignalStateRaised:
			state = avro.SignalStateRaised
		case c.Report != nil:
			state = avro.SignalStateUpdated
		}
		if s.State != state || s.Revision != m.revision || !s.RaisedAt.Equal(m.raised) || s.WithdrawnAt.Set == m.open || !s.UpdatedAt.Equal(c.At) {
			t.Fatalf("emitted %+v, want %s of %+v", s, state, m)
		}
	}
	for _, other := range models {
		if other.expire(c.At) {
			want++
		}
	}
	tombstones := len(got) - len(slices.DeleteFunc(slices.Clone(got), func(s *avro.Signal) bool { return s == nil }))
	if len(got) != want {
		t.Fatalf("%d emitted, %d of them tombstones, want %d", len(got), tombstones, want)
	}
}

// TestOrderOfOtherSignals: the last revisions do not depend on how the reports of different
// signals interleave.
func TestOrderOfOtherSignals(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		var queues [2][]*command
		for i := range queues {
			for n := range rapid.IntRange(1, 6).Draw(rt, "steps") {
				id, at := fmt.Sprintf("PUMPING/%d", i), begin.Add(time.Duration(n)*time.Minute)
				c := &command{At: at, Withdraw: id}
				if rapid.IntRange(0, 3).Draw(rt, "withdraw") > 0 {
					c.Report = pumping(id, at, rapid.Int64Range(1, 3).Draw(rt, "codes"))
				}
				queues[i] = append(queues[i], c)
			}
		}
		play := func(name string) map[string]*avro.Signal {
			d, left, last := newDriver(t), queues, map[string]*avro.Signal{}
			for len(left[0])+len(left[1]) > 0 {
				i := rapid.IntRange(0, 1).Draw(rt, name)
				if len(left[i]) == 0 {
					i = 1 - i
				}
				for _, s := range feed(rt, d, left[i][0]) {
					last[s.SignalID] = s
				}
				left[i] = left[i][1:]
			}
			return last
		}
		if diff := cmp.Diff(play("first"), play("second")); diff != "" {
			rt.Errorf("another order, other signals:\n%s", diff)
		}
	})
}

// TestWithdrawalKeepsEveryFigure goes through the state entry with every field set.
func TestWithdrawalKeepsEveryFigure(t *testing.T) {
	t.Parallel()
	d, want := newDriver(t), full()
	raised := feed(t, d, &command{At: begin, Report: want})[0]
	got := feed(t, d, &command{At: begin.Add(time.Minute), Withdraw: want.SignalID})[0]
	if got.State != avro.SignalStateWithdrawn || got.Revision != 2 {
		t.Errorf("emitted %s, revision %d", got.State, got.Revision)
	}
	got.State, got.Revision, got.WithdrawnAt, got.UpdatedAt, got.AsOf = raised.State, raised.Revision, raised.WithdrawnAt, raised.UpdatedAt, raised.AsOf
	if diff := cmp.Diff(raised, got); diff != "" {
		t.Errorf("(-raised +withdrawn):\n%s", diff)
	}
}

// TestWithdrawalWithLastFigures: the figures are those of the withdrawal, the times of the claim
// and its severity stay; without an open claim there is nothing to withdraw.
func TestWithdrawalWithLastFigures(t *testing.T) {
	t.Parallel()
	d, at := newDriver(t), begin.Add(time.Hour)
	last := pumping("PUMPING/UA/1", at, 12)
	last.Severity = avro.SignalSeverityInfo
	if got := feed(t, d, &command{At: begin, Last: last}); len(got) != 0 {
		t.Errorf("withdrawn without a claim: %+v", got)
	}
	feed(t, d, &command{At: begin, Report: pumping("PUMPING/UA/1", begin, 10)})
	got := feed(t, d, &command{At: at, Last: last})[0]
	want := *last
	want.State, want.Severity, want.RaisedAt, want.UpdatedAt, want.WithdrawnAt = avro.SignalStateWithdrawn, avro.SignalSeverityWarning, begin, at, avro.Some(at)
	want.Revision, want.ProcessedAt, want.Evidence = 2, got.ProcessedAt, got.Evidence
	if diff := cmp.Diff(&want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if again := feed(t, d, &command{At: at, Last: last}); len(again) != 0 {
		t.Errorf("withdrawn twice: %+v", again)
	}
	if out, err := d.AdvanceTo(0, at.Add(retention)); err != nil || len(read(t, out)) != 1 || read(t, out)[0] != nil {
		t.Errorf("after the retention: %d records, %v, want a tombstone", len(out), err)
	}
}

// full returns a signal with every field set; each number is another one.
func full() *avro.Signal {
	s, n := &avro.Signal{}, int64(0)
	var fill func(v reflect.Value)
	fill = func(v reflect.Value) {
		n++
		switch {
		case v.Type() == reflect.TypeFor[time.Time]():
			v.Set(reflect.ValueOf(begin.Add(time.Duration(n) * 24 * time.Hour)))
		case v.Kind() == reflect.String:
			v.SetString(fmt.Sprintf("text %d", n))
		case v.Kind() == reflect.Int64:
			v.SetInt(n)
		case v.Kind() == reflect.Float64:
			v.SetFloat(float64(n) / 8)
		case v.Kind() == reflect.Bool:
			v.SetBool(true)
		case v.Kind() == reflect.Slice:
			v.Set(reflect.MakeSlice(v.Type(), 2, 2))
			fill(v.Index(0))
			fill(v.Index(1))
		default:
			for _, field := range v.Fields() {
				fill(field)
			}
		}
	}
	fill(reflect.ValueOf(s).Elem())
	s.Severity, s.AsOf = avro.SignalSeverityInfo, begin
	return s
}

func TestStateFormats(t *testing.T) {
	t.Parallel()
	report, id := full(), "text 2"
	c := stagetest.Formats{
		New:     func() *enginetest.Driver { return newDriver(t) },
		History: []stage.Input{input(t, &command{At: begin, Report: report})},
		Next:    []stage.Input{input(t, &command{At: begin.Add(time.Hour), Withdraw: id})},
		Main:    "\x01signal/" + id,
	}
	if report.SignalID != id {
		t.Fatalf("the id is %q", report.SignalID)
	}
	c.Check(t)
}
