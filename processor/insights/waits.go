package insights

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/insights/frontier"
	"github.com/tributary-hq/tributary/processor/insights/funnel"
	"github.com/tributary-hq/tributary/processor/stage"
)

// waits are how the first channels of codes ended, by frontier and day.
type waits map[waitKey]*dayWaits

// waitKey identifies the codes of one frontier that were ordered on one day.
type waitKey struct {
	frontier.Group

	day int64
}

// dayWaits are the waits of a day; first is the minute in which the first of the codes was
// ordered.
type dayWaits struct {
	first int64
	list  []frontier.Wait
}

const dayMinutes = 24 * 60

// add adds the waits of a difference. Those of one currency are one group.
func (all waits) add(d *funnel.Difference) {
	for i := range d.Waits {
		w := &d.Waits[i]
		key := waitKey{frontier.Group{Provider: d.Provider, Country: d.Country, Channel: d.Channel, Currency: w.Currency}, d.Minute / dayMinutes}
		of := all[key]
		if of == nil {
			of = &dayWaits{first: d.Minute}
			all[key] = of
		}
		of.first = min(of.first, d.Minute)
		of.list = append(of.list, frontier.Wait{
			End: frontier.End(w.End) - 1, Bucket: w.Bucket, Codes: w.Ended, Verified: w.Verified, Priced: w.Priced, FirstMinor: w.First, NextMinor: w.Next,
		})
	}
}

// apply passes the waits on.
func (all waits) apply(tx stage.Tx, to *frontier.Detector) error {
	for _, key := range slices.SortedFunc(maps.Keys(all), waitKey.compare) {
		ordered := funnel.TimeOf(all[key].first)
		if err := to.Apply(tx, key.Group, ordered, all[key].list...); err != nil {
			return fmt.Errorf("waits of %s: %w", ordered.Format(time.DateOnly), err)
		}
	}
	return nil
}

func (k waitKey) compare(o waitKey) int {
	return cmp.Or(
		cmp.Compare(k.day, o.day), strings.Compare(k.Country, o.Country), strings.Compare(k.Provider, o.Provider),
		cmp.Compare(k.Channel, o.Channel), strings.Compare(k.Currency, o.Currency),
	)
}
