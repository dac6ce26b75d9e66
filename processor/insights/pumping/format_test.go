package pumping_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/contract"
	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/insights/pumping"
	"github.com/tributary-hq/tributary/processor/insights/rates"
	"github.com/tributary-hq/tributary/processor/insights/signal"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stagetest"
	"github.com/tributary-hq/tributary/schemas"
)

// reporting is a stage that observes and reports as the insights stage does.
type reporting struct {
	detector *pumping.Detector
	keeper   signal.Keeper
}

// step is an input of reporting: a watermark with observations of the minute before it.
type step struct {
	Now          time.Time
	Observations []pumping.Observation
}

func (reporting) Decode(in *stage.Input) (stage.Event, error) {
	s := step{}
	err := json.Unmarshal(in.Value, &s)
	return s, err
}

func (r reporting) Apply(tx stage.Tx, _ *stage.Input, event stage.Event) error {
	s, _ := event.(step)
	tx.AdvanceWatermark(s.Now)
	return r.detector.Observe(tx, "UA", s.Observations...)
}

func (r reporting) OnTimer(tx stage.Tx, key []byte) error {
	if !r.detector.IsEntry(key) {
		return r.keeper.OnTimer(tx, key)
	}
	claims, err := r.detector.OnTimer(tx, key)
	for i := range claims {
		if err == nil {
			err = r.keeper.Report(tx, claims[i].Signal(&rates.Table{}))
		}
	}
	return err
}

func steps(t *testing.T, from, to int, perMinute int64) (out []stage.Input) {
	t.Helper()
	number := uint64(from)
	for n := from; n < to; n++ {
		o := codes("+38067123", perMinute, 0)
		o.Minute, o.Provider = begin().Add(time.Duration(n)*time.Minute), "lox24"
		for range perMinute {
			number++
			o.Numbers = append(o.Numbers, number*0x9e3779b97f4a7c15)
		}
		value, err := json.Marshal(step{Now: begin().Add(time.Duration(n+1) * time.Minute), Observations: []pumping.Observation{o}})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, stage.Input{Key: []byte("UA"), Value: value})
	}
	return out
}

// TestStateFormats: released state entries of a country and its subjects stay readable.
func TestStateFormats(t *testing.T) {
	t.Parallel()
	c := stagetest.Formats{
		New: func() *enginetest.Driver {
			driver, err := enginetest.NewDriver(enginetest.DriverConfig{
				Topics: contract.TestTopics, Namespace: contract.Namespace, Name: "pumping", Outputs: []string{schemas.Signals}, DeadLetter: schemas.DeadLetterInsights,
				Stage: reporting{pumping.New(pumping.DefaultConfig(), 20, []byte("\x01pumping/")), signal.Keeper{Retention: time.Hour}},
			})
			if err != nil {
				t.Fatal(err)
			}
			return driver
		},
		History: steps(t, 1, 6, 6), Next: steps(t, 6, 12, 6),
		Main:   "\x01pumping/UA\x00s\x01+38067123",
		Others: []string{"\x01pumping/UA\x00c\x00"},
	}
	c.Check(t)
}

// TestCatchUp: an attack that is over when the watermark gets to it is claimed all the same.
func TestCatchUp(t *testing.T) {
	t.Parallel()
	f := newTraffic(t, 20)
	f.hours(2)
	for range 10 {
		o := codes("+38067123", 6, 0)
		o.Minute = f.now
		for range o.Codes {
			f.next += 0x9e3779b97f4a7c15
			o.Numbers = append(o.Numbers, f.next)
		}
		f.do(func(tx stage.Tx) error { return f.detector.Observe(tx, "UA", o) })
		f.now = f.now.Add(time.Minute)
	}
	f.stage.timer = f.timer
	if _, err := f.driver.AdvanceTo(0, f.now.Add(5*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if len(f.claims) < 2 || f.claims[0].Change != pumping.Raised || f.claims[0].At.Sub(f.now) > 0 || f.claims[len(f.claims)-1].Change != pumping.Withdrawn {
		t.Errorf("claims are %+v, want one raised and withdrawn", f.claims)
	}
}
