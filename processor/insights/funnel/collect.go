package funnel

import (
	"iter"
	"slices"
	"sync"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/statecodec"
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

type collecting struct {
	stage.Stage

	// rooms is a pool for reuse.
	rooms sync.Pool
}

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
	return c.emit(tx, counts)
}

// room is reused memory: the labels that are differences, and their sum.
type room struct {
	differences []string
	sum         Difference
	bytes       []byte
}

// emit sums the counted differences and emits them, those of one country in as few records as
// possible.
func (c *collecting) emit(tx stage.Tx, counts []stage.Count) error {
	b, ok := c.rooms.Get().(*room)
	if !ok {
		b = &room{}
	}
	defer func() {
		clear(b.differences) // they refer to the transaction's memory
		b.differences = b.differences[:0]
		c.rooms.Put(b)
	}()
	for i := range counts {
		if counts[i].Name == Counter {
			b.differences = append(b.differences, counts[i].Label)
		}
	}
	slices.Sort(b.differences)
	left := b.differences
	for len(left) > 0 {
		country, n := countryOf(left[0]), 1
		for n < len(left) && n < most && countryOf(left[n]) == country {
			n++
		}
		if err := b.emitCountry(tx, country, left[:n]); err != nil {
			return err
		}
		left = left[n:]
	}
	return nil
}

// countryOf returns the country of a difference.
func countryOf(difference string) string {
	r := reader{left: difference}
	return r.text()
}

// most is how many differences a record holds: far fewer than would fill one.
const most = 2000

// emitCountry emits differences of one country, in order.
func (b *room) emitCountry(tx stage.Tx, country string, differences []string) error {
	const usual, each = 64, 128
	list := tx.Buffer(usual + each*len(differences))
	for left := differences; len(left) > 0; {
		n, err := b.sum.sum(left)
		switch {
		case err != nil:
			return err
		case n == 1:
			list = statecodec.AppendString(list, left[0])
		case !b.sum.IsZero():
			b.bytes = b.sum.appendElements(b.sum.appendTo(b.bytes[:0]))
			list = statecodec.AppendBytes(list, b.bytes)
		}
		left = left[n:]
	}
	if len(list) == 0 {
		return nil
	}
	input := avro.InsightsInput{Kind: avro.InsightsInputKindFunnel, Funnel: avro.Some(avro.FunnelChanges{Country: text(country), Differences: list})}
	key := append(append(tx.Buffer(len(keyPrefix)+len(country)), keyPrefix...), country...)
	return entity.Emit(tx, schemas.InternalInsights, key, &input, usual+len(list), nil) //nolint:wrapcheck // names the topic
}

// keyPrefix begins the key of a country's differences.
const keyPrefix = "country/"

func text(s string) avro.Optional[string] { return avro.Optional[string]{Value: s, Set: s != ""} }
