package funnel

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// Collect returns a stage whose differences are summed and emitted at the end of each
// transaction. The wrapped stage's other interfaces are kept.
func Collect(wrapped stage.Stage) stage.Stage {
	c := &collecting{Stage: wrapped}
	if reporter, ok := wrapped.(stage.WatermarkReporter); ok {
		return &reporting{c, reporter}
	}
	return c
}

type collecting struct{ stage.Stage }

// reporting is a collecting stage that reports its watermark.
type reporting struct {
	*collecting
	stage.WatermarkReporter
}

var (
	_ stage.Auditor = (*collecting)(nil)
	_ stage.Starter = (*collecting)(nil)
)

// Recycle implements stage.Recycler.
func (c *collecting) Recycle(event stage.Event) {
	if inner, ok := c.Stage.(stage.Recycler); ok {
		inner.Recycle(event)
	}
}

// Start implements stage.Starter.
func (c *collecting) Start(tx stage.Tx) error {
	if inner, ok := c.Stage.(stage.Starter); ok {
		return inner.Start(tx) //nolint:wrapcheck // the stage's own
	}
	return nil
}

// Audit implements stage.Auditor.
func (c *collecting) Audit(tx stage.Tx, outcomes iter.Seq[stage.Outcome], counts []stage.Count) error {
	if inner, ok := c.Stage.(stage.Auditor); ok {
		if err := inner.Audit(tx, outcomes, counts); err != nil {
			return err //nolint:wrapcheck // the stage's own
		}
	}
	differences, err := sum(counts)
	if err != nil || len(differences) == 0 {
		return err
	}
	return emit(tx, differences)
}

// sum returns the sums of the differences by their dimensions, sorted.
func sum(counts []stage.Count) ([]Difference, error) {
	var list []Difference
	index := map[Dimensions]int{}
	for i := range counts {
		if counts[i].Name != Counter {
			continue
		}
		var d Difference
		if err := d.readFrom(counts[i].Label); err != nil {
			return nil, fmt.Errorf("read a difference of the funnel: %w", err)
		}
		if at, ok := index[d.Dimensions]; ok {
			list[at].Merge(&d)
			continue
		}
		index[d.Dimensions] = len(list)
		list = append(list, d)
	}
	list = slices.DeleteFunc(list, func(d Difference) bool { return d.IsZero() })
	slices.SortFunc(list, func(a, b Difference) int { return a.compare(&b.Dimensions) })
	return list, nil
}

// ByWindow returns the sums of differences by quarter-hour, route and block, sorted.
func ByWindow(differences []Difference) []Difference {
	const window = 15
	var list []Difference
	index := map[Dimensions]int{}
	for i := range differences {
		d := &differences[i]
		d.Minute -= (d.Minute%window + window) % window
		d.Carrier = ""
		if at, ok := index[d.Dimensions]; ok {
			list[at].Merge(d)
			continue
		}
		index[d.Dimensions] = len(list)
		list = append(list, *d)
	}
	list = slices.DeleteFunc(list, func(d Difference) bool { return d.IsZero() })
	slices.SortFunc(list, func(a, b Difference) int { return a.compare(&b.Dimensions) })
	return list
}

// compare orders dimensions, those of one country together.
func (d *Dimensions) compare(o *Dimensions) int {
	return cmp.Or(
		strings.Compare(d.Country, o.Country), cmp.Compare(d.Minute, o.Minute), strings.Compare(d.Block, o.Block), strings.Compare(d.Area, o.Area),
		strings.Compare(d.Provider, o.Provider), strings.Compare(d.Source, o.Source), strings.Compare(string(d.Channel), string(o.Channel)),
		strings.Compare(d.Carrier, o.Carrier),
	)
}

// most is how many differences a record holds: far fewer than would fill one.
const most = 1000

// emit emits the differences, those of one country in as few records as possible.
func emit(tx stage.Tx, list []Difference) error {
	input := avro.InsightsInput{Kind: avro.InsightsInputKindFunnel}
	input.Funnel.Set = true
	changes := &input.Funnel.Value
	for len(list) > 0 {
		country, n := list[0].Country, 0
		changes.Country = text(country)
		changes.Changes = slices.Grow(changes.Changes[:0], min(len(list), most))
		for ; n < len(list) && n < most && list[n].Country == country; n++ {
			changes.Changes = changes.Changes[:n+1]
			list[n].change(&changes.Changes[n])
		}
		const size = 192 // of a usual difference
		key := append(append(tx.Buffer(len(keyPrefix)+len(country)), keyPrefix...), country...)
		if err := entity.Emit(tx, schemas.InternalInsights, key, &input, size*n, nil); err != nil {
			return err //nolint:wrapcheck // names the topic
		}
		list = list[n:]
	}
	return nil
}

// keyPrefix begins the key of a country's differences.
const keyPrefix = "country/"
