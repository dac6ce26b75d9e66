package model

import (
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// Funnel holds the sums over the funnel's rows of one window size and level, for LOX24's codes of one
// country, source and first channel.
type Funnel struct {
	Requested, Verified, Expired, Failed int
	// Cost is that of codes in all currencies; the simulator has one.
	Cost           int64
	Paid, Refunded int
	Gross, Back    int64

	// Undecided is set if one of the codes or journeys is.
	Undecided bool `json:"-"`
}

// Funnel computes the sums. All window sizes and levels have the same.
func (m *Model) Funnel(sure, now time.Time) map[string]*Funnel {
	groups := map[string]*Funnel{}
	of := func(country, source, channel string) *Funnel {
		key := strings.Join([]string{country, source, channel}, "/")
		if groups[key] == nil {
			groups[key] = &Funnel{}
		}
		return groups[key]
	}
	for _, c := range m.codes {
		v := c.judge(m, now, sure)
		f := of(v.Country, v.source, v.First)
		f.Requested++
		f.Cost += v.Cost
		f.Undecided = f.Undecided || v.Undecided
		switch v.Outcome {
		case "SUCCESS":
			f.Verified++
		case "EXPIRED":
			f.Expired++
		case "FAILED", "ERROR":
			f.Failed++
		}
	}
	for _, j := range m.Journeys(sure, now) {
		if j.VerificationProvider != raw.ProviderLOX24 {
			continue
		}
		f := of(j.Country, j.VerificationSource, j.FirstChannel)
		f.Undecided = f.Undecided || j.Undecided
		if !j.EverPaid {
			continue
		}
		f.Paid++
		f.Gross += j.Gross
		f.Back += j.Refunded
		if j.Refund != "NONE" {
			f.Refunded++
		}
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

// funnelRow reads a row of the funnel.
func (e *entities) funnelRow(r *kgo.Record) error {
	delete(e.funnel, string(r.Key))
	if r.Value == nil {
		return nil
	}
	row := &avro.FunnelRow{}
	err := decode(r.Value, row.DecodeAvro)
	if row.Provider == raw.ProviderLOX24 {
		e.funnel[string(r.Key)] = row
	}
	return err
}

// funnelSums adds the rows up.
func (e *entities) funnelSums() map[string]*Funnel {
	out := map[string]*Funnel{}
	for _, row := range e.funnel {
		key := strings.Join([]string{string(row.Window), string(row.Level), row.Country.Value, row.Source, string(row.Channel.Value)}, "/")
		f := out[key]
		if f == nil {
			f = &Funnel{}
			out[key] = f
		}
		f.Requested += int(row.Requested)
		f.Verified += int(row.Verified)
		f.Expired += int(row.Expired)
		f.Failed += int(row.Failed)
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
