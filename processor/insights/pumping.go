package insights

import (
	"github.com/tributary-hq/tributary/processor/insights/funnel"
	"github.com/tributary-hq/tributary/processor/insights/pumping"
	"github.com/tributary-hq/tributary/processor/stage"
)

// pumpingPrefix begins the state keys of the detector of pumping.
const pumpingPrefix = "\x01pumping/"

// observing is the differences of a country as observations. The lists of an observation are
// parts of those here.
type observing struct {
	country      string
	observations []pumping.Observation
	costs        []pumping.Cost
	numbers      []uint64
}

func (o *observing) reset() {
	clear(o.observations)
	clear(o.costs)
	o.country, o.observations, o.costs, o.numbers = "", o.observations[:0], o.costs[:0], o.numbers[:0]
}

// observe passes the differences of an emission to the detectors.
func (s *Stage) observe(tx stage.Tx, b *batch) error {
	o := &b.observing
	flush := func() error {
		err := s.pumping.Observe(tx, o.country, o.observations...)
		o.reset()
		return err
	}
	waits := waits{}
	err := b.sums(func(d *funnel.Difference) error {
		if d.Country != o.country {
			if err := flush(); err != nil {
				return err
			}
			o.country = d.Country
		}
		o.add(d)
		waits.add(d)
		return nil
	})
	if err == nil {
		err = flush()
	}
	if err == nil {
		err = waits.apply(tx, &s.detectors.frontier)
	}
	return err
}

// add adds a difference.
func (o *observing) add(d *funnel.Difference) {
	costs, numbers := len(o.costs), len(o.numbers)
	ob := pumping.Observation{
		Minute: funnel.TimeOf(d.Minute), Block: d.Block, Area: d.Area, Carrier: d.Carrier,
		Provider: d.Provider, Source: d.Source, Channel: string(d.Channel),
		Codes: d.Counts[funnel.Requested] - d.Counts[funnel.Untracked], Verified: d.Counts[funnel.Verified], Paid: d.Counts[funnel.Paid],
		CostUnknown: d.Counts[funnel.CostUnknown],
	}
	for i := range d.Costs {
		o.costs = append(o.costs, pumping.Cost{Currency: d.Costs[i].Currency, Minor: d.Costs[i].Minor})
	}
	for i := range d.Phones {
		if d.Phones[i].N > 0 && ob.Codes > 0 {
			o.numbers = append(o.numbers, d.Phones[i].Value)
		}
	}
	ob.Costs, ob.Numbers = o.costs[costs:], o.numbers[numbers:]
	o.observations = append(o.observations, ob)
}

// evaluatePumping evaluates a country, with all differences that came, and reports the claims
// about it.
func (s *Stage) evaluatePumping(tx stage.Tx, key []byte) error {
	if err := s.emit(tx); err != nil {
		return err
	}
	claims, err := s.pumping.OnTimer(tx, key)
	for i := range claims {
		if err != nil {
			break
		}
		c := &claims[i]
		if c.Change == pumping.Withdrawn {
			err = s.detectors.keeper.WithdrawWith(tx, c.Signal(s.config.Rates))
		} else {
			err = s.detectors.keeper.Report(tx, c.Signal(s.config.Rates))
		}
	}
	return err
}
