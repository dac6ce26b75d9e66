package frontier_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/insights/frontier"
	"github.com/tributary-hq/tributary/processor/insights/rates"
	"github.com/tributary-hq/tributary/processor/insights/signal"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stagetest"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

var begin = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// code is one code of a made-up market, as it would go: when Telegram would succeed (0:
// never), when it would fail by itself (0: never), and when the user leaves.
type code struct{ success, failure, leaves float64 }

// costs are those of a market, in minor units.
const telegram, sms = 1, 8

// play returns the outcome of a code with a timeout, from the code's story and not from counts.
func (c code) play(timeout float64) (end frontier.End, wait float64, cost int64, verified bool) {
	switch {
	case c.success > 0 && c.success <= timeout && (c.failure == 0 || c.success < c.failure):
		return frontier.Succeeded, c.success, telegram, true
	case c.failure > 0 && c.failure <= timeout:
		return frontier.Failed, c.failure, telegram + sms, c.leaves > c.failure
	default:
		// The first code works on while the user is there.
		return frontier.GivenUp, timeout, telegram + sms, c.leaves > timeout || c.success > 0
	}
}

func market(random *rand.Rand, n int, patience float64) []code {
	codes := make([]code, n)
	for i := range codes {
		c := code{leaves: random.ExpFloat64() * patience}
		switch r := random.Float64(); {
		case r < 0.6:
			c.success = 1 + random.ExpFloat64()*20
		case r < 0.8:
			c.failure = 1 + random.Float64()*10
		}
		codes[i] = c
	}
	return codes
}

func perVerified(codes []code, timeout float64) float64 {
	var cost, verified float64
	for _, c := range codes {
		_, _, paid, ok := c.play(timeout)
		cost += float64(paid)
		if ok {
			verified++
		}
	}
	return cost / verified
}

func waitOf(c code, timeout float64) frontier.Wait {
	end, wait, cost, verified := c.play(timeout)
	w := frontier.Wait{End: end, Bucket: frontier.BucketOf(time.Duration(wait * float64(time.Second))), Codes: 1, Priced: 1, FirstMinor: telegram, NextMinor: cost - telegram}
	if verified {
		w.Verified = 1
	}
	return w
}

func TestBuckets(t *testing.T) {
	t.Parallel()
	last := int32(-1)
	for s := range 9000 {
		b := frontier.BucketOf(time.Duration(s) * time.Second)
		if b < last || b > last+1 {
			t.Fatalf("%d s is in bucket %d, the second before in %d", s, b, last)
		}
		last = b
	}
	for d, want := range map[time.Duration]int32{-time.Second: 0, 0: 0, time.Millisecond: 1, 30 * time.Second: 30, 120 * time.Second: 120, 121 * time.Second: 121, 130 * time.Second: 121} {
		if got := frontier.BucketOf(d); got != want {
			t.Errorf("BucketOf(%v) = %d, want %d", d, got, want)
		}
	}
}

// TestCurveIsThatOfTheMarket: codes were given up after 60 s; the estimated cost of a shorter
// timeout is the cost of the same codes played with it.
func TestCurveIsThatOfTheMarket(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 1))
	codes := market(random, 60000, 400)
	var d frontier.Day
	for _, c := range codes {
		d.Add(waitOf(c, 60))
	}
	j, ok := frontier.Judge(d)
	if !ok || j.Usual != 60 || j.Codes != 60000 {
		t.Fatalf("Judge() = %+v, %v", j, ok)
	}
	if want := perVerified(codes, 60); math.Abs(j.PerVerified-want) > 1e-9 {
		t.Errorf("a verified user cost %v, counted %v", j.PerVerified, want)
	}
	for _, p := range j.Curve {
		if want := perVerified(codes, p.Seconds); math.Abs(p.PerVerified/want-1) > 0.04 {
			t.Errorf("with %v s: %v per verified user, played %v", p.Seconds, p.PerVerified, want)
		}
	}
}

// TestALongerWait: some codes were given up after 10 s and some after 60 s, so that the longer
// wait is known to save the second channel.
func TestALongerWait(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(2, 1))
	codes := market(random, 20000, 4000)
	var d frontier.Day
	for i, c := range codes {
		d.Add(waitOf(c, []float64{10, 10, 10, 60}[i%4]))
	}
	j, ok := frontier.Judge(d)
	if !ok || !j.Holds() || j.Usual != 10 || j.Best.Seconds != 60 {
		t.Fatalf("Judge() = %+v, %v", j, ok)
	}
	want := perVerified(codes, 60)
	if math.Abs(j.Best.PerVerified/want-1) > 0.03 {
		t.Errorf("with 60 s: %v per verified user, played %v", j.Best.PerVerified, want)
	}
	if j.Low <= 0 || j.Low > j.Saving || j.High < j.Saving {
		t.Errorf("the saving is %v (%v to %v)", j.Saving, j.Low, j.High)
	}
}

// TestAShorterWait: users who leave early make a long wait dear.
func TestAShorterWait(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 1))
	codes := market(random, 20000, 30)
	for i := range codes {
		if codes[i].success > 12 { // Telegram reaches at once or never
			codes[i].success = 0
		}
	}
	var d frontier.Day
	for i, c := range codes {
		d.Add(waitOf(c, []float64{60, 60, 60, 20}[i%4]))
	}
	j, ok := frontier.Judge(d)
	// A shorter one than 30 s cannot be configured.
	if !ok || !j.Holds() || j.Best.Seconds != 30 || j.Usual != 60 {
		t.Fatalf("Judge() = %+v, %v", j, ok)
	}
}

// TestNoiseClaimsNothing: with the same timeout for all and chance alone, few seeds may look
// as if another one were better, and none with few codes.
func TestNoiseClaimsNothing(t *testing.T) {
	t.Parallel()
	const seeds = 50
	wrong := 0
	for seed := range uint64(seeds) {
		random := rand.New(rand.NewPCG(seed, 4))
		codes := market(random, 2000, 1e9)
		var d, few frontier.Day
		for i, c := range codes {
			d.Add(waitOf(c, 45))
			if i < 150 {
				few.Add(waitOf(c, []float64{10, 60}[i%2]))
			}
		}
		if j, ok := frontier.Judge(d); ok && j.Holds() {
			wrong++
		}
		if j, ok := frontier.Judge(few); ok && j.Holds() {
			t.Errorf("seed %d: a claim about %d codes", seed, j.Codes)
		}
	}
	if wrong > 0 {
		t.Errorf("%d of %d seeds claim something", wrong, seeds)
	}
}

// TestUnknownCost: codes without a known cost raise nothing.
func TestUnknownCost(t *testing.T) {
	t.Parallel()
	var d frontier.Day
	d.Add(frontier.Wait{End: frontier.GivenUp, Bucket: 30, Codes: 1000, Verified: 500})
	d.Add(frontier.Wait{End: frontier.Succeeded, Bucket: 5, Codes: 1000, Verified: 1000})
	if j, ok := frontier.Judge(d); ok {
		t.Errorf("Judge() = %+v", j)
	}
}

type report struct {
	Ordered time.Time
	Waits   []frontier.Wait
}

type stub struct {
	detector frontier.Detector
	keeper   signal.Keeper
}

func (*stub) Decode(in *stage.Input) (stage.Event, error) {
	r := &report{}
	return r, json.Unmarshal(in.Value, r)
}

func (s *stub) Apply(tx stage.Tx, _ *stage.Input, event stage.Event) error {
	r, _ := event.(*report)
	return s.detector.Apply(tx, frontier.Group{Provider: "lox24", Country: "UA", Channel: avro.ChannelTelegram, Currency: "EUR"}, r.Ordered, r.Waits...)
}

func (s *stub) OnTimer(tx stage.Tx, key []byte) error {
	if frontier.IsEntry(key) {
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
	table, err := rates.Read([]byte("as_of: 2026-03-01\nto: UAH\nrates:\n  EUR: 50\n"))
	if err != nil {
		tb.Fatal(err)
	}
	s := &stub{keeper: signal.Keeper{Retention: 24 * time.Hour}}
	s.detector = frontier.Detector{Keeper: &s.keeper, Rates: table}
	d, err := enginetest.NewDriver(enginetest.DriverConfig{Name: "frontier", Stage: s, Outputs: []string{schemas.Signals}, DeadLetter: "deadletter.frontier.v1"})
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
	return stage.Input{Topic: "waits", Key: []byte("country/UA"), Value: value, Timestamp: begin}
}

func play(t failer, d *enginetest.Driver, to time.Time, reports ...report) (last []*avro.Signal) {
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
		if o.Value == nil {
			last = append(last, nil)
			continue
		}
		s := &avro.Signal{}
		_, body, err := wire.Parse(o.Value)
		if err == nil {
			err = s.DecodeAvro(body)
		}
		if err != nil {
			t.Fatal(err)
		}
		last = append(last, s)
	}
	return last
}

// TestSignal plays the life of a claim: raised, and withdrawn when its days are over.
func TestSignal(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(2, 1))
	var reports []report
	for i, c := range market(random, 4000, 4000) {
		reports = append(reports, report{Ordered: begin.Add(time.Duration(i) * 10 * time.Second), Waits: []frontier.Wait{waitOf(c, []float64{10, 10, 10, 60}[i%4])}})
	}
	d := newDriver(t)
	got := play(t, d, begin.Add(13*time.Hour), reports...)
	if len(got) != 1 {
		t.Fatalf("%d signals", len(got))
	}
	s := got[0]
	if !strings.HasPrefix(s.Claim, "A longer wait for Telegram in UA, 60 s instead of 10 s before the next channel, would have cost 0.0") {
		t.Error(s.Claim)
	}
	t.Log(s.Claim)
	if s.SignalID != "FALLBACK_FRONTIER/lox24/UA/TELEGRAM/EUR" || s.State != avro.SignalStateRaised || s.Codes.Value != 4000 || s.CostUnknown.Value != 0 {
		t.Errorf("signal %+v", s)
	}
	if want := s.CostMinor.Value * 50; s.CostConvertedMinor.Value != want || s.ConvertedCurrency.Value != "UAH" || s.Rate.Value != 50 || s.RateAsOf.Value.Format(time.DateOnly) != "2026-03-01" {
		t.Errorf("converted %d, want %d", s.CostConvertedMinor.Value, want)
	}
	if got := play(t, d, begin.Add(7*24*time.Hour)); len(got) != 0 {
		t.Errorf("%d revisions without a new code", len(got))
	}
	end := play(t, d, begin.Add(9*24*time.Hour))
	if len(end) != 1 || end[0].State != avro.SignalStateWithdrawn {
		t.Errorf("at the end %v", end)
	}
	play(t, d, begin.Add(12*24*time.Hour))
	if d.Entries(0) != 0 {
		t.Errorf("%d entries are left", d.Entries(0))
	}
}

// TestOrderAndCorrection: the last signals are a function of the sum of the waits, whatever
// their order, and a code that turns out to have ended otherwise leaves nothing behind.
func TestOrderAndCorrection(t *testing.T) {
	t.Parallel()
	var base []report
	random := rand.New(rand.NewPCG(5, 1))
	for i, c := range market(random, 300, 4000) {
		w := waitOf(c, []float64{10, 60}[i%2])
		w.Codes, w.Verified, w.Priced, w.FirstMinor, w.NextMinor = 10*w.Codes, 10*w.Verified, 10*w.Priced, 10*w.FirstMinor, 10*w.NextMinor
		base = append(base, report{Ordered: begin.Add(time.Duration(i) * time.Minute), Waits: []frontier.Wait{w}})
	}
	last := func(t failer, reports []report) []*avro.Signal {
		return play(t, newDriver(t), begin.Add(48*time.Hour), reports...)
	}
	want := last(t, base)
	if len(want) == 0 {
		t.Fatal("no signal")
	}
	rapid.Check(t, func(rt *rapid.T) {
		reports := slices.Clone(base)
		for range rapid.IntRange(0, 5).Draw(rt, "corrections") {
			wrong := frontier.Wait{End: frontier.End(rapid.IntRange(0, 3).Draw(rt, "end")), Bucket: rapid.Int32Range(0, 200).Draw(rt, "bucket"), Codes: 1}
			right := wrong
			right.Codes = -1
			reports = append(reports, report{Ordered: begin, Waits: []frontier.Wait{wrong}}, report{Ordered: begin, Waits: []frontier.Wait{right}})
		}
		if diff := cmp.Diff(want, last(rt, rapid.Permutation(reports).Draw(rt, "order"))); diff != "" {
			rt.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestStateFormats(t *testing.T) {
	t.Parallel()
	c := stagetest.Formats{
		New: func() *enginetest.Driver { return newDriver(t) },
		History: []stage.Input{input(t, &report{Ordered: begin, Waits: []frontier.Wait{
			{End: frontier.Ended, Bucket: 218, Codes: 1}, {End: frontier.GivenUp, Bucket: 30, Codes: 7, Verified: 6, Priced: 5, FirstMinor: 4, NextMinor: 3},
		}})},
		Next: []stage.Input{input(t, &report{Ordered: begin, Waits: []frontier.Wait{{End: frontier.Succeeded, Bucket: 1, Codes: 1}}})},
		Main: "\x01frontier/day/lox24/UA/TELEGRAM/EUR/2026-03-02",
	}
	c.Check(t)
}
