package model

import (
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/schemas/avro"
)

// Funnel holds the sums over the funnel's rows of one window size and level, for the codes of one
// provider, source, country and first channel.
type Funnel struct {
	Requested, Delivered, Verified, Expired, Failed, Untracked int
	// Cost is that of codes in all currencies; the simulator has one.
	Cost           int64
	CostUnknown    int
	Paid, Refunded int
	Gross, Back    int64

	// Undecided is set if one of the codes or journeys is.
	Undecided bool `json:"-"`
}

// funnels are the sums by the key of their group.
type funnels map[string]*Funnel

func (f funnels) of(provider, source, country, channel string) *Funnel {
	key := strings.Join([]string{provider, source, country, channel}, "/")
	if f[key] == nil {
		f[key] = &Funnel{}
	}
	return f[key]
}

// Funnel computes the sums. All window sizes and levels have the same.
func (m *Model) Funnel(sure, now time.Time) map[string]*Funnel {
	groups := funnels{}
	journeys := m.gather(sure, now)
	for _, c := range m.codes {
		v := c.judge(m, now, sure)
		groups.add(&v)
	}
	for _, c := range m.calls {
		v := c.judge(m, now, sure)
		groups.add(&v)
	}
	for _, members := range journeys {
		groups.pay(members, members.journey(&m.settings, now, sure))
	}
	out := map[string]*Funnel{}
	for _, window := range []string{"QUARTER_HOUR", "HOUR", "DAY"} {
		for _, level := range []string{"COUNTRY", "AREA", "BLOCK"} {
			for key, f := range groups {
				out[strings.Join([]string{window, level, key}, "/")] = f
			}
		}
	}
	return out
}

// add counts a code.
func (f funnels) add(v *verification) {
	to := f.of(v.provider, v.source, v.Country, v.First)
	to.Undecided = to.Undecided || v.Undecided
	to.Requested++
	to.Cost += v.Cost
	if !v.priced {
		to.CostUnknown++
	}
	if v.Delivered != "" {
		to.Delivered++
	}
	switch v.Outcome {
	case "SUCCESS":
		to.Verified++
	case "EXPIRED":
		to.Expired++
	case "FAILED", "ERROR":
		to.Failed++
	case "UNKNOWN":
		to.Untracked++
	}
}

// pay counts the money of a journey, at the code that counts for it. Where the model does not
// claim which that is, no code's group is compared.
func (f funnels) pay(m *members, j *Journey) {
	if !j.EverPaid || len(m.verifications) == 0 {
		return
	}
	if j.VerificationProvider == unclaimed {
		for i := range m.verifications {
			v := &m.verifications[i]
			f.of(v.provider, v.source, v.Country, v.First).Undecided = true
		}
		return
	}
	to := f.of(j.VerificationProvider, j.VerificationSource, j.Country, j.FirstChannel)
	to.Undecided = to.Undecided || j.Undecided
	to.Paid++
	to.Gross += j.Gross
	to.Back += j.Refunded
	if j.Refund != "NONE" {
		to.Refunded++
	}
}

// funnelRow reads a row of the funnel.
func (e *entities) funnelRow(r *kgo.Record) error {
	delete(e.funnel, string(r.Key))
	if r.Value == nil {
		return nil
	}
	row := &avro.FunnelRow{}
	err := decode(r.Value, row.DecodeAvro)
	e.funnel[string(r.Key)] = row
	return err
}

// funnelSums adds the rows up.
func (e *entities) funnelSums() map[string]*Funnel {
	out := map[string]*Funnel{}
	for _, row := range e.funnel {
		key := strings.Join([]string{string(row.Window), string(row.Level), row.Provider, row.Source, row.Country.Value, string(row.Channel.Value)}, "/")
		f := out[key]
		if f == nil {
			f = &Funnel{}
			out[key] = f
		}
		f.Requested += int(row.Requested)
		f.Delivered += int(row.Delivered)
		f.Verified += int(row.Verified)
		f.Expired += int(row.Expired)
		f.Failed += int(row.Failed)
		f.Untracked += int(row.Untracked)
		f.CostUnknown += int(row.CostUnknown)
		f.Paid += int(row.Paid)
		f.Refunded += int(row.Refunded)
		for i := range row.Costs {
			f.Cost += row.Costs[i].CostMinor
		}
		for i := range row.Revenue {
			f.Gross += row.Revenue[i].GrossMinor
			f.Back += row.Revenue[i].RefundedMinor
		}
	}
	return out
}
