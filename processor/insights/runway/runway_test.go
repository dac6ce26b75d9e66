package runway_test

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
	"github.com/tributary-hq/tributary/processor/insights/runway"
	"github.com/tributary-hq/tributary/processor/insights/signal"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stagetest"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

const account = "voximplant:123"

var begin = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// report is the value of an input: the upstream stage's observation and status of the account.
type report struct {
	At time.Time
	O  *runway.Observation
	S  *runway.Status
}

// stub is a stage that does nothing else.
type stub struct {
	detector runway.Detector
	keeper   signal.Keeper
}

func (*stub) Decode(in *stage.Input) (stage.Event, error) {
	r := &report{}
	return r, json.Unmarshal(in.Value, r)
}

func (s *stub) Apply(tx stage.Tx, in *stage.Input, event stage.Event) error {
	r, _ := event.(*report)
	return s.detector.Apply(tx, string(in.Key), r.At, r.O, r.S)
}

func (s *stub) OnTimer(tx stage.Tx, key []byte) error {
	if runway.IsEntry(key) {
		return s.detector.OnTimer(tx, key)
	}
	return s.keeper.OnTimer(tx, key)
}

func newDriver(tb failer, dependents ...runway.Dependent) *enginetest.Driver {
	tb.Helper()
	s := &stub{keeper: signal.Keeper{Retention: 35 * 24 * time.Hour}}
	s.detector = runway.Detector{Settings: runway.DefaultSettings(), Keeper: &s.keeper}
	s.detector.Settings.Dependents = dependents
	if err := s.detector.Settings.Validate(); err != nil {
		tb.Fatal(err)
	}
	d, err := enginetest.NewDriver(enginetest.DriverConfig{Name: "runway", Stage: s, Outputs: []string{schemas.Signals}, DeadLetter: "deadletter.runway.v1"})
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

type failer interface {
	Helper()
	Fatal(args ...any)
}

func input(t failer, r *report) stage.Input {
	t.Helper()
	value, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return stage.Input{Topic: "accounts", Key: []byte(account), Value: value, Timestamp: begin}
}

func feed(t failer, d *enginetest.Driver, reports ...report) (signals []*avro.Signal) {
	t.Helper()
	for i := range reports {
		out, err := d.Feed(input(t, &reports[i]))
		if err != nil {
			t.Fatal(err)
		}
		signals = append(signals, read(t, out)...)
	}
	return signals
}

// advance returns the signals that a watermark brings.
func advance(t failer, d *enginetest.Driver, to time.Time) []*avro.Signal {
	t.Helper()
	out, err := d.AdvanceTo(0, to)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, out)
}

func read(t failer, out []stage.Output) []*avro.Signal {
	t.Helper()
	var signals []*avro.Signal
	for _, o := range out {
		s := &avro.Signal{}
		_, body, err := wire.Parse(o.Value)
		if err == nil {
			err = s.DecodeAvro(body)
		}
		if err != nil {
			t.Fatal(err)
		}
		signals = append(signals, s)
	}
	return signals
}

func figure(t failer, s *avro.Signal, name string) avro.SignalEvidence {
	t.Helper()
	i := slices.IndexFunc(s.Evidence, func(e avro.SignalEvidence) bool { return e.Name == name })
	if i < 0 {
		t.Fatal("no figure " + name)
	}
	return s.Evidence[i]
}

func balance(n uint64, at time.Time, minor int64) report {
	return report{At: at, O: &runway.Observation{Number: n, At: at, BalanceMinor: minor, Currency: "USD"}}
}

// TestVoiceStops is the story of the claim: money is spent, runs low, comes in.
func TestVoiceStops(t *testing.T) {
	t.Parallel()
	d := newDriver(t, runway.Dependent{Account: "123", Channel: "voice", Source: "otp"})
	// 5.00 USD an hour, every half-hour, from 250.00: a top-up of 100.00 in between.
	minor, at := int64(25000), begin
	for n := range uint64(40) {
		o := balance(n+1, at, minor)
		if n == 20 {
			minor += 10000
			o.O.BalanceMinor, o.O.Paid = minor, true
		}
		feed(t, d, o)
		at, minor = at.Add(30*time.Minute), minor-250
	}
	last := at.Add(-30 * time.Minute) // 25250 left: 50.5 h
	raised := advance(t, d, last.Add(time.Minute))
	if len(raised) != 1 || raised[0].State != avro.SignalStateRaised || raised[0].Severity != avro.SignalSeverityWarning {
		t.Fatalf("raised %+v", raised)
	}
	s := raised[0]
	want := "Verification by voice of source otp stops in about 2 d: account voximplant:123 had 252.50 USD left 0 s ago and spends 5.00 USD per hour (95 %: 5.00 USD to 5.00 USD)."
	if s.Claim != want {
		t.Errorf("claim %q\n want %q", s.Claim, want)
	}
	if ends := figure(t, s, "ends_at"); ends.Value.Value != float64(last.Add(50*time.Hour+30*time.Minute).Unix()) {
		t.Errorf("it ends at %v", time.Unix(int64(ends.Value.Value), 0).UTC())
	}
	if s.Channel.Value != avro.ChannelVoice || s.Source.Value != "otp" || s.AccountID.Value != account || s.Confidence < 0.99 {
		t.Errorf("signal %+v", s)
	}
	later := advance(t, d, last.Add(41*time.Hour))
	if len(later) != 1 || later[0].Severity != avro.SignalSeverityCritical || !strings.Contains(later[0].Claim, "stops in about 10 h: ") {
		t.Fatalf("later %+v", later)
	}
	refill := balance(41, last.Add(42*time.Hour), 100000)
	refill.O.Paid = true
	feed(t, d, refill)
	end := advance(t, d, last.Add(43*time.Hour))
	if len(end) != 1 || end[0].State != avro.SignalStateWithdrawn || end[0].Claim != "Account voximplant:123 has money again or spends less." {
		t.Errorf("end %+v", end)
	}
}

// TestNoise: balances that say nothing raise nothing.
func TestNoise(t *testing.T) {
	t.Parallel()
	for name, minors := range map[string][]int64{
		"few":          {1000, 900, 800},
		"nothing goes": {1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000},
		"one charge":   {1000, 1000, 1000, 1000, 500, 500, 500, 500, 500, 500},
		"only refills": {100, 200, 300, 400, 500, 600, 700, 800},
		"lasts long":   {1000000, 999990, 999980, 999970, 999960, 999950, 999940, 999930},
	} {
		d := newDriver(t)
		for i, minor := range minors {
			feed(t, d, balance(uint64(i), begin.Add(time.Duration(i)*time.Hour), minor))
		}
		if got := advance(t, d, begin.Add(48*time.Hour)); len(got) != 0 {
			t.Errorf("%s: %s", name, got[0].Claim)
		}
	}
}

// TestWhatExpires plays the claims of an account's state.
func TestWhatExpires(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return begin.AddDate(0, 0, n) }
	const unknown = "; what depends on it is not configured (insights.runway.dependents)."
	for name, test := range map[string]struct {
		status runway.Status
		days   int
		want   []string
	}{
		"caller ids": {
			runway.Status{CallerIDDays: []time.Time{day(20), day(21), day(40)}},
			10,
			[]string{"INFO 2 caller ids of account voximplant:123 expire, the first on 2026-03-21, in 10 d" + unknown},
		},
		"a certificate tomorrow": {
			runway.Status{CertificateDays: []time.Time{day(1)}},
			0,
			[]string{"CRITICAL 1 push certificate of account voximplant:123 expires, the first on 2026-03-02, in 24 h" + unknown},
		},
		"expired, and nobody says more": {runway.Status{CallerIDDays: []time.Time{day(1)}}, 20, nil},
		"frozen, no agreement, no card": {
			runway.Status{Frozen: true, FrozenAt: begin, CardFails: true, AgreementEnded: true, LackingMinor: 150, Currency: "USD"},
			0,
			[]string{
				"CRITICAL Account voximplant:123 is frozen since 2026-03-01 00:00 UTC and does not work" + unknown,
				"WARNING Account voximplant:123 lacks 1.50 USD for its next charge" + unknown,
				"WARNING The card of account voximplant:123 has failed or expired, so nothing refills its balance" + unknown,
				"CRITICAL The waiting period for documents of account voximplant:123 has ended, its numbers may be taken away" + unknown,
			},
		},
		"an agreement": {
			runway.Status{AgreementDay: day(5)},
			0,
			[]string{"WARNING The waiting period for documents of account voximplant:123 ends on 2026-03-06, in 5 d" + unknown},
		},
	} {
		d := newDriver(t)
		test.status.Revision = 1
		if test.days > 0 {
			advance(t, d, day(test.days))
		}
		signals := feed(t, d, report{At: day(test.days), S: &test.status})
		var got []string
		for _, s := range append(signals, advance(t, d, day(test.days).Add(2*time.Minute))...) {
			got = append(got, string(s.Severity)+" "+s.Claim)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		feed(t, d, report{At: day(test.days), S: &runway.Status{Revision: 2}})
		for _, s := range advance(t, d, day(test.days).Add(time.Hour)) {
			if s.State != avro.SignalStateWithdrawn {
				t.Errorf("%s: %s is %s when all is well", name, s.SignalID, s.State)
			}
		}
	}
}

// naive computes a burn from all balances in its own way: money and time of the pairs of
// neighbours, without refills, and the spread of the pairs by leaving each out (jackknife).
func naive(all []runway.Observation) (rate, half float64) {
	slices.SortFunc(all, func(a, b runway.Observation) int { return int(a.Number) - int(b.Number) })
	var hours, minor []float64
	for i, o := range all {
		if i == 0 || o.Paid || o.BalanceMinor > all[i-1].BalanceMinor {
			continue
		}
		hours = append(hours, o.At.Sub(all[i-1].At).Hours())
		minor = append(minor, float64(all[i-1].BalanceMinor-o.BalanceMinor))
	}
	without := func(leave int) float64 {
		h, m := 0.0, 0.0
		for i := range hours {
			if i != leave {
				h, m = h+hours[i], m+minor[i]
			}
		}
		return m / h
	}
	rate = without(-1)
	n, squares := float64(len(hours)), 0.0
	for i := range hours {
		squares += math.Pow(without(i)-rate, 2)
	}
	return rate, 2.03 * math.Sqrt(squares*(n-1)/n) // t at 35 degrees of freedom
}

// TestBurnIsThatOfTheBalances compares the figures of the claim with a recomputation, and
// the interval with the burn that the balances were made with.
func TestBurnIsThatOfTheBalances(t *testing.T) {
	t.Parallel()
	const seeds = 200
	covered := 0
	for seed := range uint64(seeds) {
		random := rand.New(rand.NewPCG(seed, 1))
		rate := 200 + random.Float64()*2000 // minor per hour
		d, all, minor := newDriver(t), []runway.Observation{}, 40*rate
		for n := range 40 {
			at := begin.Add(time.Duration(n) * 30 * time.Minute).Add(time.Duration(random.IntN(60)) * time.Second)
			minor -= rate / 2 * (0.7 + 0.6*random.Float64())
			o := runway.Observation{Number: uint64(n), At: at, Currency: "USD", Paid: random.IntN(10) == 0}
			if o.Paid {
				minor += 2 * rate
			}
			o.BalanceMinor = int64(minor)
			all = append(all, o)
			feed(t, d, report{At: at, O: &o})
		}
		got := advance(t, d, all[39].At.Add(2*time.Minute))
		if len(got) != 1 {
			t.Fatalf("seed %d: %d signals", seed, len(got))
		}
		again, half := naive(all)
		burn := figure(t, got[0], "burn_per_hour")
		for _, pair := range [][2]float64{{burn.Value.Value, again}, {burn.Low.Value, again - half}, {burn.High.Value, again + half}} {
			if math.Abs(pair[0]-pair[1]) > pair[1]*0.01+0.5 { // three digits, and another way to the interval
				t.Errorf("seed %d: burn %v (%v to %v), recomputed %v ± %v", seed, burn.Value.Value, burn.Low.Value, burn.High.Value, again, half)
			}
		}
		if burn.Low.Value <= rate && rate <= burn.High.Value {
			covered++
		}
	}
	t.Logf("the 95 %% interval has the true burn in %d of %d cases", covered, seeds)
	if covered < seeds*91/100 {
		t.Errorf("the interval has the true burn in %d of %d cases", covered, seeds)
	}
}

// TestOrderAndRepetition: the last signals are a function of the set of the reports.
func TestOrderAndRepetition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		var reports []report
		minor, at := int64(20000), begin
		for n := range rapid.IntRange(1, 25).Draw(rt, "callbacks") {
			at = at.Add(time.Duration(rapid.IntRange(0, 120).Draw(rt, "minutes")) * time.Minute)
			minor -= rapid.Int64Range(-200, 1500).Draw(rt, "spent")
			r := balance(uint64(n), at, minor)
			r.O.Paid = rapid.IntRange(0, 9).Draw(rt, "paid") == 0
			r.S = &runway.Status{Revision: int64(n), Frozen: rapid.Bool().Draw(rt, "frozen"), FrozenAt: begin, CallerIDDays: []time.Time{begin.AddDate(0, 0, n)}}
			reports = append(reports, r)
			if rapid.IntRange(0, 5).Draw(rt, "early") == 0 { // the same callback, received earlier by another way
				again := *r.O
				again.At = again.At.Add(-10 * time.Minute)
				reports = append(reports, report{At: again.At, O: &again})
			}
		}
		play := func(reports []report) []string {
			d := newDriver(rt)
			feed(rt, d, reports...)
			var last []string
			for _, s := range advance(rt, d, at.Add(time.Hour)) {
				last = append(last, fmt.Sprintf("%s %s %s %+v", s.SignalID, s.Severity, s.Claim, s.Evidence))
			}
			return last
		}
		want := play(reports)
		shuffled := rapid.Permutation(append(slices.Clone(reports), reports[:len(reports)/2]...)).Draw(rt, "order")
		if diff := cmp.Diff(want, play(shuffled)); diff != "" {
			rt.Errorf("in another order (-want +got):\n%s", diff)
		}
	})
}

func TestStateFormats(t *testing.T) {
	t.Parallel()
	status := &runway.Status{
		Revision: 3, Source: "s", Frozen: true, FrozenAt: begin, BelowMinimum: true, LackingMinor: 7, Currency: "USD", CardFails: true, CardExpires: true,
		AgreementDay: begin, AgreementEnded: true, CallerIDDays: []time.Time{begin}, CertificateDays: []time.Time{begin, begin.AddDate(0, 0, 1)},
	}
	first, second := balance(1, begin, 100), balance(2, begin.Add(time.Hour), 90)
	second.O.Paid, second.S = true, status
	c := stagetest.Formats{
		New:     func() *enginetest.Driver { return newDriver(t) },
		History: []stage.Input{input(t, &first), input(t, &second)},
		Next:    []stage.Input{input(t, &first)},
		Main:    "\x01runway/" + account,
	}
	c.Check(t)
}

// spending plays the callbacks of an account, one in ten minutes for so many hours: it spends one dollar
// an hour on average, unevenly, and is paid for as soon as it has less than a limit.
func spending(t failer, seed uint64, balance, limit float64, hours int) (signals []*avro.Signal) {
	t.Helper()
	d, random := newDriver(t), rand.New(rand.NewPCG(seed, 11))
	for n := range 6 * hours {
		at := begin.Add(time.Duration(n) * 10 * time.Minute)
		balance -= random.ExpFloat64() / 6
		o := runway.Observation{Number: uint64(n), At: at, BalanceMinor: int64(balance * 100), Currency: "USD"}
		if balance < limit {
			balance += 50
			o.BalanceMinor, o.Paid = int64(balance*100), true
		}
		signals = append(signals, feed(t, d, report{At: at, O: &o})...)
		signals = append(signals, advance(t, d, at.Add(2*time.Minute))...)
	}
	return signals
}

// TestNoClaimByChance: an account that is paid for 100 hours before its end raises nothing, however uneven
// its first hours are.
func TestNoClaimByChance(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		if signals := spending(t, seed, 120, 100, 24); len(signals) > 0 {
			t.Errorf("seed %d: %s", seed, signals[0].Claim)
		}
	}
}

// TestClaimInTime: the claim about an account that nobody pays for is raised at least a day before its end.
func TestClaimInTime(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		signals := spending(t, seed, 96, 0, 72)
		if len(signals) == 0 || signals[0].Severity != avro.SignalSeverityWarning {
			t.Errorf("seed %d: %d signals", seed, len(signals))
		}
	}
}
