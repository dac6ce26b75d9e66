package pumping_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/insights/pumping"
	"github.com/tributary-hq/tributary/processor/stage"
)

// calls is a stage that calls a function with its transaction, and one with a due timer.
type calls struct {
	call  func(tx stage.Tx) error
	timer func(tx stage.Tx, key []byte) error
}

func (*calls) Decode(*stage.Input) (stage.Event, error) { return nil, nil }

func (c *calls) Apply(tx stage.Tx, _ *stage.Input, _ stage.Event) error { return c.call(tx) }

// OnTimer is only called if a minute was not evaluated before.
func (c *calls) OnTimer(tx stage.Tx, key []byte) error {
	if c.timer == nil {
		return errors.New("a timer is due")
	}
	return c.timer(tx, key)
}

// traffic is the traffic of one country, minute by minute.
type traffic struct {
	t        rapid.TB
	driver   *enginetest.Driver
	stage    *calls
	detector *pumping.Detector
	now      time.Time
	claims   []pumping.Claim
	next     uint64
}

func begin() time.Time { return time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC) }

func newTraffic(t rapid.TB, k int) *traffic {
	s := &calls{}
	driver, err := enginetest.NewDriver(enginetest.DriverConfig{Name: "test", Stage: s, DeadLetter: "dead"})
	if err != nil {
		t.Fatal(err)
	}
	return &traffic{t: t, driver: driver, stage: s, detector: pumping.New(pumping.DefaultConfig(), k, []byte("p")), now: begin()}
}

func (f *traffic) timer(tx stage.Tx, key []byte) error {
	claims, err := f.detector.OnTimer(tx, key)
	f.claims = append(f.claims, claims...)
	return err
}

func (f *traffic) do(call func(tx stage.Tx) error) {
	f.stage.call = call
	if _, err := f.driver.Feed(stage.Input{Key: []byte("k")}); err != nil {
		f.t.Fatal(err)
	}
}

// minute counts codes for blocks, each with a number of its own, evaluates and goes on by a
// minute.
func (f *traffic) minute(all ...pumping.Observation) {
	f.do(func(tx stage.Tx) error {
		for i := range all {
			o := &all[i]
			if o.Minute.IsZero() {
				o.Minute = f.now
			}
			for range o.Codes {
				f.next += 0x9e3779b97f4a7c15
				o.Numbers = append(o.Numbers, f.next)
			}
		}
		if err := f.detector.Observe(tx, "UA", all...); err != nil {
			return err
		}
		f.now = f.now.Add(time.Minute)
		tx.AdvanceWatermark(f.now)
		claims, err := f.detector.Evaluate(tx, "UA", f.now)
		f.claims = append(f.claims, claims...)
		return err
	})
}

// usual is a minute of honest traffic of one area: a code every three minutes, for blocks
// that differ.
func (f *traffic) usual() []pumping.Observation {
	n := int64(f.now.Sub(begin()) / time.Minute)
	if n%3 != 0 {
		return nil
	}
	o := codes("+38067"+string(rune('0'+n/3%10))+string(rune('0'+n/30%10))+"7", 1, 1)
	if n%12 == 0 {
		o.Verified, o.Paid = 0, 0
	}
	return []pumping.Observation{o}
}

func codes(block string, codes, verified int64) pumping.Observation {
	return pumping.Observation{
		Block: block, Area: block[:6], Carrier: "Kyivstar", Source: "lox24", Channel: "SMS", Codes: codes, Verified: verified, Paid: verified,
		Costs: []pumping.Cost{{Currency: "EUR", Minor: 7 * codes}},
	}
}

func (f *traffic) hours(n int) {
	for range n * 60 {
		f.minute(f.usual()...)
	}
}

// TestBurst: a burst is raised about its block with its figures, updated and withdrawn.
func TestBurst(t *testing.T) {
	t.Parallel()
	f := newTraffic(t, 20)
	f.hours(3)
	if len(f.claims) > 0 {
		t.Fatalf("claims about honest traffic: %+v", f.claims)
	}
	from := f.now
	for range 20 {
		f.minute(append(f.usual(), codes("+38067123", 6, 0))...)
	}
	f.hours(3)
	if len(f.claims) < 3 {
		t.Fatalf("got %d claims, want some", len(f.claims))
	}
	raised, last := f.claims[0], f.claims[len(f.claims)-1]
	if raised.Change != pumping.Raised || raised.Level != pumping.LevelBlock || raised.Prefix != "+380671" || raised.Open != 6 || raised.Reason != pumping.NotVerified {
		t.Errorf("first claim is %+v, want a block raised, named by the digits of which 20 numbers were seen", raised)
	}
	if c := f.claims[1]; c.Change != pumping.Updated || c.Prefix != "+38067123" || c.Open != 4 || c.At.Sub(raised.At) > 2*time.Minute {
		t.Errorf("second claim is %+v, want block +38067123 as soon as 20 numbers of it were seen", c)
	}
	if d := raised.At.Sub(from); d > 5*time.Minute {
		t.Errorf("raised after %v, want at most 5m", d)
	}
	if raised.Expected < 0.6 || raised.Seen > 0.05 || raised.High >= raised.Expected/2 || raised.Confidence < 0.9 {
		t.Errorf("evidence is %+v", raised)
	}
	if last.Change != pumping.Withdrawn || last.Codes != 120 || last.Numbers != 120 || !last.Since.Equal(from) || len(last.Costs) != 1 || last.Costs[0].Minor != 840 ||
		last.Source != "lox24" || last.Channel != "SMS" || last.Carrier != "Kyivstar" {
		t.Errorf("last claim is %+v, want 120 codes since %v withdrawn", last, from)
	}
	for _, c := range f.claims[2:] {
		if c.ID != 1 || c.Change == pumping.Updated && c.At.Sub(f.claims[1].At) < 5*time.Minute {
			t.Errorf("another claim: %+v", c)
		}
	}
	f.hours(30)
	if f.claims[len(f.claims)-1].ID != 1 {
		t.Errorf("a claim about honest traffic: %+v", f.claims[len(f.claims)-1])
	}
}

// TestCodesAheadOfTheWatermark: codes that come before the watermark has passed their minute count
// once it has, whatever was withdrawn meanwhile.
func TestCodesAheadOfTheWatermark(t *testing.T) {
	t.Parallel()
	f := newTraffic(t, 20)
	f.hours(3)
	const minutes = 20
	var later []pumping.Observation
	for n := range minutes {
		o := codes("+38067123", 7, 0)
		o.Minute = f.now.Add(5*time.Hour + time.Duration(n)*time.Minute)
		later = append(later, o)
	}
	for range minutes {
		f.minute(append(append(f.usual(), later...), codes("+38067123", 6, 0))...)
		later = nil
	}
	f.hours(9)
	var withdrawn []pumping.Claim
	for _, c := range f.claims {
		if c.Change == pumping.Withdrawn {
			withdrawn = append(withdrawn, c)
		}
	}
	if len(withdrawn) != 2 || withdrawn[0].Codes != 6*minutes || withdrawn[1].Codes != 7*minutes || withdrawn[1].Costs[0].Minor != 7*7*minutes {
		t.Errorf("withdrawn: %+v, want 120 and 140 codes", withdrawn)
	}
}

// TestHistoryIsNoPartOfAClaim: what a block had before a claim stays out of it, also when it gets
// too old to be kept by the minute.
func TestHistoryIsNoPartOfAClaim(t *testing.T) {
	t.Parallel()
	f := newTraffic(t, 20)
	f.hours(1)
	for range 3 * 60 {
		f.minute(append(f.usual(), codes("+38067123", 1, 1))...)
	}
	f.hours(24)
	for range 90 {
		f.minute(append(f.usual(), codes("+38067123", 4, 0))...)
	}
	f.hours(3)
	last := f.claims[len(f.claims)-1]
	if last.Change != pumping.Withdrawn || last.Codes != 4*90 || last.Verified != 0 || last.Costs[0].Minor != 7*4*90 {
		t.Errorf("withdrawn: %+v, want 360 codes", last)
	}
}

// TestCampaign: a burst that converts raises nothing.
func TestCampaign(t *testing.T) {
	t.Parallel()
	f := newTraffic(t, 20)
	f.hours(3)
	for n := range 40 {
		f.minute(append(f.usual(), codes("+38067123", 8, int64(4+n%3)))...)
	}
	f.hours(3)
	if len(f.claims) > 0 {
		t.Errorf("claims about a campaign: %+v", f.claims)
	}
}

// TestOutage: codes of honest numbers that nobody gets raise nothing, also if people try
// again.
func TestOutage(t *testing.T) {
	t.Parallel()
	f := newTraffic(t, 20)
	f.hours(6)
	for range 60 {
		all := f.usual()
		for i := range all {
			all[i].Verified, all[i].Paid = 0, 0
			again := all[i]
			again.Codes, again.Numbers = 0, nil // a repeat by the same number
			all = append(all, again)
		}
		f.minute(all...)
	}
	f.hours(3)
	if len(f.claims) > 0 {
		t.Errorf("claims about an outage: %+v", f.claims)
	}
}

// TestNotPaid: codes that are typed and never paid raise a claim once payments are due.
func TestNotPaid(t *testing.T) {
	t.Parallel()
	f := newTraffic(t, 20)
	f.hours(6)
	for range 30 {
		o := codes("+38067123", 3, 3)
		o.Paid = 0
		f.minute(append(f.usual(), o)...)
	}
	f.hours(6)
	if len(f.claims) < 2 || f.claims[0].Reason != pumping.NotPaid || f.claims[0].Prefix != "+38067123" || f.claims[len(f.claims)-1].Change != pumping.Withdrawn {
		t.Errorf("claims are %+v, want one about nobody paying, raised and withdrawn", f.claims)
	}
}

// TestConvertedAfterAll: a claim is withdrawn when its codes turn out to have been typed.
func TestConvertedAfterAll(t *testing.T) {
	t.Parallel()
	f := newTraffic(t, 20)
	f.hours(3)
	from := f.now
	for range 8 {
		f.minute(codes("+38067123", 6, 0))
	}
	if len(f.claims) == 0 {
		t.Fatal("no claim")
	}
	var late []pumping.Observation
	for n := range 8 {
		o := codes("+38067123", 0, 5)
		o.Minute = from.Add(time.Duration(n) * time.Minute)
		late = append(late, o)
	}
	f.minute(late...)
	if last := f.claims[len(f.claims)-1]; last.Change != pumping.Withdrawn || last.Verified != 40 {
		t.Errorf("last claim is %+v, want it withdrawn", last)
	}
}

// TestRotating: ranges in turn are one claim about their area, narrowed to the digits that
// they have in common.
func TestRotating(t *testing.T) {
	t.Parallel()
	f := newTraffic(t, 20)
	f.hours(3)
	for n := range 20 {
		f.minute(append(f.usual(), codes("+380675"+string(rune('0'+n%10))+"3", 8, 0))...)
	}
	f.hours(2)
	ids := map[int64]bool{}
	for _, c := range f.claims {
		ids[c.ID] = true
	}
	const range5 = "+380675"
	if first := f.claims[0]; len(ids) != 1 || first.Level != pumping.LevelArea || !strings.HasPrefix(range5, first.Prefix) || first.Area != "+38067" {
		t.Errorf("%d claims, the first is %+v, want one about area +38067", len(ids), first)
	}
}

// TestNamedByTheKRule: no claim names a prefix with which fewer than k distinct numbers were
// ordered.
func TestNamedByTheKRule(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.IntRange(0, 60).Draw(t, "k")
		f, ordered := newTraffic(t, k), map[string]int64{}
		for range 20 {
			var all []pumping.Observation
			for range rapid.IntRange(0, 3).Draw(t, "blocks") {
				o := codes(rapid.SampledFrom([]string{"+38067123", "+38067124", "+38067999", "+38050123"}).Draw(t, "block"), rapid.Int64Range(0, 5).Draw(t, "codes"), 0)
				all, ordered[o.Block] = append(all, o), ordered[o.Block]+o.Codes
			}
			seen := len(f.claims)
			f.minute(all...)
			for _, c := range f.claims[seen:] {
				named := int64(0)
				for block, n := range ordered {
					if strings.HasPrefix(block, c.Prefix) {
						named += n
					}
				}
				if c.Prefix != "" && (k == 0 || named < int64(k)) {
					t.Fatalf("prefix %q of %d numbers is named, k is %d", c.Prefix, named, k)
				}
			}
		}
	})
}

// TestBlocksAreBounded: more blocks than the limit do not make more state, and an attack on
// another one is still found.
func TestBlocksAreBounded(t *testing.T) {
	t.Parallel()
	f, config := newTraffic(t, 20), pumping.DefaultConfig()
	config.MaxBlocks = 50
	f.detector = pumping.New(config, 20, []byte("p"))
	for n := range 600 {
		f.minute(codes("+38067"+string(rune('0'+n/100))+string(rune('0'+n/10%10))+string(rune('0'+n%10)), 1, 1))
	}
	if n := f.driver.Entries(0); n > 2*50+20 {
		t.Errorf("%d entries for at most 50 blocks", n)
	}
	for range 20 {
		f.minute(codes("+38067999", 6, 0))
	}
	if len(f.claims) == 0 {
		t.Error("no claim")
	}
}

// TestReplay: the same observations make the same claims and the same state.
func TestReplay(t *testing.T) {
	t.Parallel()
	play := func() (*traffic, string) {
		f := newTraffic(t, 20)
		f.hours(2)
		for n := range 20 {
			f.minute(append(f.usual(), codes("+3806712"+string(rune('0'+n%3)), 8, 0))...)
		}
		f.hours(1)
		return f, f.driver.Dump(0)
	}
	one, first := play()
	_, second := play()
	if first != second || len(one.claims) == 0 {
		t.Error("the state differs, or there is no claim")
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	config := pumping.DefaultConfig()
	if err := config.Validate(); err != nil {
		t.Errorf("the defaults are refused: %v", err)
	}
	config = pumping.Config{}
	err := config.Validate()
	for _, name := range []string{"ratio", "volume", "min_codes", "min_numbers", "min_verified", "pay_within", "conversion", "z:", "calm", "update_interval", "max_blocks"} {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("the zero configuration's error does not name %s: %v", name, err)
		}
	}
}
