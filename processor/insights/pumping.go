package insights

import (
	"github.com/tributary-hq/tributary/processor/insights/pumping"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// pumpingPrefix begins the state keys of the detector of pumping.
const pumpingPrefix = "\x01pumping/"

// observe passes the differences of a country to the detector of pumping.
func (s *Stage) observe(tx stage.Tx, in *avro.FunnelChanges) error {
	observations := make([]pumping.Observation, 0, len(in.Changes))
	for i := range in.Changes {
		c := &in.Changes[i]
		o := pumping.Observation{
			Minute: c.OrderedMinute, Block: c.FullBlock.Value, Area: c.Area.Value, Carrier: c.Carrier.Value,
			Provider: c.Provider, Source: c.Source, Channel: string(c.Channel.Value),
			Codes: c.Requested - c.Untracked, Verified: c.Verified, Paid: c.Paid, CostUnknown: c.CostUnknown,
		}
		for j := range c.CostChanges {
			o.Costs = append(o.Costs, pumping.Cost{Currency: c.CostChanges[j].Currency.Value, Minor: c.CostChanges[j].CostMinor})
		}
		for j := range c.Phones {
			if c.Phones[j].Uses > 0 && o.Codes > 0 {
				o.Numbers = append(o.Numbers, uint64(c.Phones[j].Hash)) //nolint:gosec // the bits as they are
			}
		}
		observations = append(observations, o)
	}
	return s.pumping.Observe(tx, in.Country.Value, observations...)
}

// evaluatePumping evaluates a country and reports the claims about it.
func (s *Stage) evaluatePumping(tx stage.Tx, key []byte) error {
	claims, err := s.pumping.OnTimer(tx, key)
	for i := range claims {
		if err != nil {
			break
		}
		c := &claims[i]
		if c.Change == pumping.Withdrawn {
			err = s.detectors.keeper.Withdraw(tx, c.SignalID(), c.At, c.Sentence())
		} else {
			err = s.detectors.keeper.Report(tx, c.Signal(s.config.Rates))
		}
	}
	return err
}
