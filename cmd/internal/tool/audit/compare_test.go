package audit

import (
	"testing"
	"time"
)

// TestCompareEntities: equal, undecided and different entities.
func TestCompareEntities(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		entity entity
		want   comparison
	}{
		"nothing at all":                    {entity{}, equal},
		"as expected":                       {entity{expected: 3, applied: 3, flags: snapped}, equal},
		"a fact is missing":                 {entity{expected: 3, applied: 2, flags: snapped}, different},
		"a fact too many":                   {entity{expected: 2, applied: 3, flags: snapped}, different},
		"no snapshot":                       {entity{expected: 1}, different},
		"began before the span":             {entity{expected: 2, applied: 3, flags: snapped | earlier}, equal},
		"lost one, began before the span":   {entity{expected: 4, applied: 3, flags: snapped | earlier}, different},
		"a snapshot from behind the cut":    {entity{expected: 1, flags: beyond}, undecided},
		"its time is over":                  {entity{expected: 1, flags: ended}, undecided},
		"begun anew after its time":         {entity{expected: 3, applied: 1, flags: snapped | restarted}, undecided},
		"a fact behind the cut":             {entity{expected: 1, applied: 2, flags: snapped | touched}, undecided},
		"held, not shown":                   {entity{expected: 1, flags: held}, equal},
		"held, shown as its own":            {entity{expected: 1, applied: 1, flags: held | snapped}, equal},
		"held, shown with a fact too many":  {entity{expected: 1, applied: 2, flags: held | snapped}, different},
		"a snapshot without facts":          {entity{applied: 1, flags: snapped}, different},
		"one that began before the span so": {entity{applied: 1, flags: snapped | earlier}, equal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := test.entity.compare(); got != test.want {
				t.Errorf("compare() = %v, want %v", got, test.want)
			}
		})
	}
}

func TestCompareJourneys(t *testing.T) {
	t.Parallel()
	now := time.Unix(1000, 0)
	for name, test := range map[string]struct {
		journey journey
		part    bool
		want    comparison
	}{
		"nothing at all":          {journey{}, false, equal},
		"as expected":             {journey{members: 2, counted: 2, facts: 5, applied: 5, flags: snapped}, false, equal},
		"a member is missing":     {journey{members: 2, counted: 1, facts: 5, applied: 3, flags: snapped}, false, different},
		"an old state":            {journey{members: 1, counted: 1, facts: 5, applied: 3, flags: snapped}, false, different},
		"no snapshot":             {journey{members: 1, facts: 1}, false, different},
		"all members have left":   {journey{flags: ended}, false, equal},
		"ended in time":           {journey{members: 1, facts: 1, until: 1000, flags: ended}, false, equal},
		"ended too soon":          {journey{members: 1, facts: 1, until: 1001, flags: ended}, false, different},
		"touched":                 {journey{members: 1, flags: touched}, false, undecided},
		"members before the span": {journey{members: 1, counted: 2, facts: 2, applied: 5, flags: snapped}, true, equal},
		"that alone in the whole": {journey{members: 1, counted: 2, facts: 2, applied: 5, flags: snapped}, false, different},
		"lost in a span":          {journey{members: 2, counted: 2, facts: 5, applied: 4, flags: snapped}, true, different},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := test.journey.compare(!test.part, now); got != test.want {
				t.Errorf("compare() = %v, want %v", got, test.want)
			}
		})
	}
}
