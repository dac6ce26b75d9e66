package rollup

import (
	"time"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/insights/funnel"
	"github.com/tributary-hq/tributary/processor/insights/rates"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// recordSize is the usual size of a row.
const recordSize = 384

// emit emits the rows that changed, with amounts converted by a table. A row without anything in it is withdrawn.
func (n *node) emit(tx stage.Tx, table *rates.Table) error {
	for i := range n.rows {
		r := &n.rows[i]
		changed := r.changed
		r.changed = false
		switch {
		case !changed || !n.shown:
		case r.IsZero():
			if r.emitted {
				n.withdraw(tx, r)
			}
		default:
			r.revision = entity.NextRevision(tx, r.revision)
			r.emitted = true
			id := n.appendID(tx.Buffer(idSize), r.route)
			record := n.record(r, statecodec.View(id), tx.WallClock(), table)
			if err := entity.Emit(tx, schemas.InsightsFunnel, id, record, recordSize, nil); err != nil {
				return err //nolint:wrapcheck // names the topic
			}
		}
	}
	return nil
}

// withdraw emits the tombstone of a row.
func (n *node) withdraw(tx stage.Tx, r *row) {
	r.emitted = false
	tx.Emit(stage.Output{Topic: schemas.InsightsFunnel, Key: n.appendID(tx.Buffer(idSize), r.route)})
}

// idSize is the usual size of a row's key.
const idSize = 96

// appendID appends the key of a row.
func (n *node) appendID(dst []byte, of route) []byte {
	name, text := n.shownPlace()
	dst = append(append(dst, n.kind.name()...), '/')
	dst = append(n.begin().AppendFormat(dst, "2006-01-02T15:04Z"), '/')
	dst = append(append(dst, name...), '/')
	for _, part := range [...]string{n.country, text, of.provider, of.source} {
		dst = append(append(dst, part...), '/')
	}
	return append(dst, of.channel...)
}

// shownPlace returns the level and the place of the node's rows. Different nodes have
// different ones: the text of a rest begins with a star.
func (n *node) shownPlace() (name avro.FunnelLevel, text string) {
	switch n.level {
	case countryLevel:
		return avro.FunnelLevelCountry, ""
	case areaLevel:
		return avro.FunnelLevelArea, n.text
	case areaRest:
		return avro.FunnelLevelArea, "*"
	case blockLevel:
		return avro.FunnelLevelBlock, n.text
	default:
		return avro.FunnelLevelBlock, "*" + n.text
	}
}

// CountryRows returns the keys of the rows of country level, one for each size of window, that
// count a code which was ordered at a time.
func CountryRows(ordered time.Time, country, provider, source string, channel avro.Channel) []string {
	var ids []string
	for _, w := range windowsOf(funnel.MinuteOf(statecodec.InstantOf(ordered))) {
		n := node{place: place{country: country, level: countryLevel}, window: w}
		ids = append(ids, string(n.appendID(nil, route{provider, source, channel})))
	}
	return ids
}
