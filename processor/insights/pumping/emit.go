package pumping

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-hq/tributary/processor/insights/wilson"
)

func sorted(set map[reference]bool) []reference {
	return slices.SortedFunc(maps.Keys(set), func(a, b reference) int {
		return cmp.Or(cmp.Compare(a.level, b.level), strings.Compare(a.name, b.name))
	})
}

// emit appends the claim of a subject as it is now.
func (e *evaluation) emit(s *subject, change Change) error {
	c, m, sum := s.claim, e.measure(s), e.explained(s)
	rate := m.sum(s, c.since, e.now+1)
	successes, trials := rate.independent()
	out := Claim{
		ID: c.id, Change: change, Reason: c.reason, Level: s.level, Country: e.code,
		Channel: common(s.channels),
		Since:   timeOf(c.since), RaisedAt: timeOf(c.raised), At: timeOf(e.now),
		Codes: sum.codes, Numbers: sum.numbers, Verified: sum.verified, Paid: sum.paid, CostUnknown: sum.costUnknown,
		Expected: c.expected, Confidence: 1 - atMost(successes, trials, e.d.config.Ratio*c.expected),
	}
	if trials > 0 {
		out.Seen = successes / trials
	}
	out.Low, out.High = wilson.Limits(successes, trials, wilson.Z95)
	out.Provider, out.Source, _ = strings.Cut(common(s.sources), "/")
	for i, currency := range s.currencies {
		out.Costs = append(out.Costs, Cost{currency, sum.costs[i]})
	}
	if s.level == LevelCarrier {
		out.Carrier = s.name
	}
	if err := e.name(s, &out); err != nil {
		return err
	}
	c.named = len(out.Prefix)
	c.emitted, c.codes, c.verified, c.paid = e.now, sum.codes, sum.verified, sum.paid
	e.change(s)
	e.claims = append(e.claims, out)
	return nil
}

// name sets the prefix of a claim about a block or an area: the longest one that nearly
// all of its codes have in common, if at least k distinct numbers with it were seen, else
// the longest shorter one for which that holds.
func (e *evaluation) name(s *subject, out *Claim) error {
	if s.level != LevelBlock && s.level != LevelArea || e.d.k <= 0 {
		return nil
	}
	area, prefix := s.name, s.name
	if s.level == LevelBlock {
		area, out.Carrier = s.area, s.carrier
	}
	var all []*subject
	if err := e.known(area, func(b *subject) {
		if b.area == area {
			all = append(all, b)
		}
	}); err != nil {
		return err
	}
	if s.level == LevelArea {
		prefix = narrow(all, area, s.claim.since)
	}
	for ; len(prefix) >= len(area); prefix = prefix[:len(prefix)-1] {
		if distinct(all, prefix) >= e.d.k {
			out.Prefix, out.Area = prefix, area
			break
		}
	}
	if out.Prefix != "" && len(all) > 0 {
		out.Open = len(all[0].name) + 4 - len(out.Prefix)
	}
	return nil
}

// distinct returns the number of distinct numbers with a prefix.
func distinct(blocks []*subject, prefix string) (n int) {
	for _, b := range blocks {
		if strings.HasPrefix(b.name, prefix) {
			n += len(b.numbers)
		}
	}
	return n
}

// narrow adds digits to a prefix as long as nearly all codes since a minute have them.
func narrow(blocks []*subject, prefix string, since int64) string {
	const nearly = 0.9
	codes := func(prefix string) (n int64) {
		for _, b := range blocks {
			if strings.HasPrefix(b.name, prefix) && b.claim == nil {
				sum := b.series.between(since, 1<<62)
				n += sum.codes
			}
		}
		return n
	}
	for all := codes(prefix); ; {
		next := ""
		for digit := '0'; digit <= '9'; digit++ {
			if longer := prefix + string(digit); float64(codes(longer)) >= nearly*float64(all) {
				next = longer
			}
		}
		if next == "" || all == 0 {
			return prefix
		}
		prefix = next
	}
}
