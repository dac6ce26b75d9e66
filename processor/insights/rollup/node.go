package rollup

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/tributary-hq/tributary/processor/insights/funnel"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// level is the kind of a place; state keys have it.
type level byte

const (
	countryLevel level = 'c'
	areaLevel    level = 'a'
	blockLevel   level = 'b'
	// areaRest are the areas of a country without rows of their own, blockRest the blocks of
	// an area; the text of that is empty if the area has no rows either.
	areaRest  level = 'x'
	blockRest level = 'y'
)

// levels is the number of levels, latestNodes that of pairs of size and level.
const (
	levels      = 5
	latestNodes = kinds * levels
)

// index numbers the levels from 0.
func (l level) index() int {
	switch l {
	case countryLevel:
		return 0
	case areaLevel:
		return 1
	case blockLevel:
		return 2
	case areaRest:
		return 3
	default:
		return levels - 1
	}
}

// place is a country or a part of one.
type place struct {
	country string
	level   level
	// text is the area or the block, empty for a country.
	text string
}

// The first bytes of the state keys.
const (
	nodePrefix  = "\x02w"
	limitPrefix = "\x02n"
	shownPrefix = "\x02s"
)

// appendPlace appends the key prefix of a place's nodes.
func appendPlace(dst []byte, prefix string, p place) []byte {
	dst = append(append(append(dst, prefix...), p.country...), 0, byte(p.level))
	return append(append(dst, p.text...), 0)
}

// appendWindow appends a window to a key. Windows of one size are in order.
func appendWindow(dst []byte, w window) []byte {
	return binary.BigEndian.AppendUint64(append(dst, byte(w.kind)), uint64(w.start)) //nolint:gosec // bits
}

// windowSize is the length of a window in a key.
const windowSize = 9

// parseKey is the inverse of a node's key.
func parseKey(key string) (p place, w window, ok bool) {
	if len(key) < len(nodePrefix)+windowSize {
		return p, w, false
	}
	at := key[len(key)-windowSize:]
	w = window{kind(at[0]), int64(binary.BigEndian.Uint64([]byte(at[1:])))} //nolint:gosec // bits
	country, rest, ok := strings.Cut(key[len(nodePrefix):len(key)-windowSize], "\x00")
	if !ok || len(rest) < 2 {
		return p, w, false
	}
	return place{country: country, level: level(rest[0]), text: rest[1 : len(rest)-1]}, w, true
}

// node is a place in a window.
type node struct {
	place
	window

	// shown is set if the place has rows of its own; otherwise its codes are in the rest.
	shown bool
	// area is that of a block.
	area string
	rows []row
	// dirty is set if it differs from its state entry.
	dirty bool
}

// route is the dimensions of a row within a node.
type route struct {
	provider, source string
	channel          avro.Channel
}

func (r route) compare(o route) int {
	return cmp.Or(strings.Compare(r.provider, o.provider), strings.Compare(r.source, o.source), strings.Compare(string(r.channel), string(o.channel)))
}

// row is the sums of one route.
type row struct {
	route
	funnel.Sums

	numbers numbers
	// revision is that of the last record; emitted is set if that was no tombstone.
	revision int64
	emitted  bool
	// changed is set if the row differs from its last record.
	changed bool
}

// rest reports whether the node is a rest, whose different numbers are not known.
func (n *node) rest() bool { return n.level == areaRest || n.level == blockRest }

// row returns the row of a route, which is added if there is none.
func (n *node) row(of route) *row {
	i, found := slices.BinarySearchFunc(n.rows, of, func(r row, o route) int { return r.compare(o) })
	if !found {
		n.rows = slices.Insert(n.rows, i, row{route: of})
	}
	r := &n.rows[i]
	r.changed, n.dirty = true, true
	return r
}

// add adds a difference.
func (n *node) add(d *funnel.Difference) {
	r := n.row(route{d.Provider, d.Source, d.Channel})
	r.Add(&d.Sums, 1)
	if n.rest() {
		return
	}
	for _, phone := range d.Phones {
		r.numbers.add(phone.Value, phone.N)
	}
}

// move adds the sums of another node with a sign.
func (n *node) move(o *node, sign int64) {
	for i := range o.rows {
		n.row(o.rows[i].route).Add(&o.rows[i].Sums, sign)
	}
}

// merge adds the sums and the numbers of another node of the place.
func (n *node) merge(o *node) error {
	for i := range o.rows {
		from := &o.rows[i]
		to := n.row(from.route)
		to.Add(&from.Sums, 1)
		if err := to.numbers.merge(&from.numbers); err != nil {
			return err
		}
	}
	return nil
}

// nodeVersion is the format of a node's entry.
const nodeVersion = 1

func (n *node) appendTo(dst []byte) (_ []byte, err error) {
	dst = statecodec.AppendString(statecodec.AppendBool(append(dst, nodeVersion), n.shown), n.area)
	dst = statecodec.AppendUint(dst, uint64(len(n.rows)))
	for i := range n.rows {
		r := &n.rows[i]
		for _, text := range [...]string{r.provider, r.source, string(r.channel)} {
			dst = statecodec.AppendString(dst, text)
		}
		dst = statecodec.AppendBool(statecodec.AppendInt(dst, r.revision), r.emitted)
		if dst, err = r.numbers.appendTo(r.AppendTo(dst)); err != nil {
			return nil, err
		}
	}
	return dst, nil
}

// readFrom reads an entry. The texts of the node are parts of it.
func (n *node) readFrom(entry []byte) error {
	r, _ := statecodec.NewReader(entry, nodeVersion)
	n.shown, n.area = r.Bool(), r.Text()
	n.rows = make([]row, r.Len())
	for i := range n.rows {
		to := &n.rows[i]
		to.route = route{r.Text(), r.Text(), avro.Channel(r.Text())}
		to.revision, to.emitted = r.Int(), r.Bool()
		to.ReadFrom(r)
		if err := to.numbers.readFrom(r); err != nil {
			return err
		}
	}
	if err := r.Done(); err != nil {
		return fmt.Errorf("read a window: %w", err)
	}
	return nil
}
