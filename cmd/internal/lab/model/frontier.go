package model

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/lab/model/claims"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// frontier is the codes that one claim about a wait is about.
type frontier struct {
	codes []claims.Code
	last  time.Time // when the newest fact about one of them was received
}

// Frontiers compares the open claims about waits with the codes.
func (m *Model) Frontiers(open map[string]*avro.Signal, sure, now time.Time) Comparison {
	groups := m.frontiers(open, sure, now)
	var got claims.Comparison
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		// The claims are evaluated at the full hour.
		if g := groups[key]; g.last.Add(scorecardDelay).Truncate(time.Hour).Add(time.Hour).After(sure) {
			got.Undecided++
		} else {
			got.Frontier(key, g.codes, open[key])
		}
	}
	for key := range open {
		if groups[key] == nil {
			got.Differences = append(got.Differences, claims.Difference{Key: key, Field: "the codes", Facts: "absent", Claim: "there"})
		}
	}
	return comparisonOf("frontier", &got)
}

// frontiers gathers the codes by the key of their claim: those that were ordered since the day with which an
// open claim begins.
func (m *Model) frontiers(open map[string]*avro.Signal, sure, now time.Time) map[string]*frontier {
	groups := map[string]*frontier{}
	for _, c := range m.codes {
		v := c.judge(m, now, sure)
		code, ok := c.wait(&v)
		if !ok {
			continue
		}
		key := strings.Join([]string{string(avro.SignalKindFallbackFrontier), v.provider, v.Country, v.First, c.currency}, "/")
		if s := open[key]; s != nil && v.Created < s.EvidenceSince.Value.UnixMilli() {
			continue
		}
		if groups[key] == nil {
			groups[key] = &frontier{}
		}
		g := groups[key]
		g.codes = append(g.codes, code)
		for i := range c.events {
			if at := c.events[i].received; at.After(g.last) {
				g.last = at
			}
		}
	}
	return groups
}

// wait returns how the first channel of a code ended; ok is false if the strategy has no other channel, if its
// first is not the one that has a timeout, or if the code is still open.
func (c *code) wait(v *verification) (out claims.Code, ok bool) {
	tries := c.tries()
	if len(c.strategy) < 2 || len(tries) == 0 || !strings.EqualFold(tries[0].channel, "telegram") {
		return out, false
	}
	first := tries[0]
	begin := first.started
	if begin == 0 {
		begin = v.Created / 1000
	}
	isNext := func(t *try) bool { return t.status != 0 && !strings.EqualFold(t.channel, first.channel) }
	out.Verified = v.Outcome == "SUCCESS"
	var ended int64
	switch next := slices.IndexFunc(tries, isNext); {
	case next >= 0:
		ended = tries[next].started
		if first.status == loxFailed || first.status == loxError {
			ended = first.processed
		}
		out.End = claims.Failed
		if c.timeout > 0 && ended-begin >= int64(c.timeout/time.Second)-1 { // times have whole seconds
			out.End = claims.GivenUp
		}
	case out.Verified:
		ended = v.at
		if first.status == loxSuccess {
			ended = min(ended, first.processed)
		}
	case v.Outcome == "PENDING" || v.Outcome == "UNKNOWN":
		return out, false
	default:
		out.End, ended = claims.Kept, begin+24*3600
	}
	out.After(time.Duration(ended-begin) * time.Second)
	out.Priced = true
	for _, t := range tries {
		switch {
		case t.status == 0:
		case t.cost == nil:
			out.Priced = false
		case strings.EqualFold(t.channel, first.channel):
			out.First += *t.cost
		default:
			out.Next += *t.cost
		}
	}
	if !out.Priced {
		out.First, out.Next = 0, 0
	}
	return out, true
}
