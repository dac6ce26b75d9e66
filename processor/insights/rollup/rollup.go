package rollup

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/tributary-hq/tributary/processor/block"
	"github.com/tributary-hq/tributary/processor/insights/funnel"
	"github.com/tributary-hq/tributary/processor/insights/rates"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/statecodec"
)

// The counters.
const (
	// CounterLate counts differences of windows whose retention is over.
	CounterLate = "funnel_late"
	// CounterBeyond counts differences of blocks beyond the limit.
	CounterBeyond = "funnel_beyond_max_blocks"
)

// Config is the settings of a roll-up.
type Config struct {
	// Retention is how long after its end a window of a quarter-hour or an hour is kept,
	// DayRetention one of a day.
	Retention, DayRetention time.Duration
	// MaxBlocks limits the blocks of a country in one window.
	MaxBlocks int
	// Blocks is the rule by which a place has rows of its own.
	Blocks block.Rule
	// Rates converts amounts; nil converts nothing.
	Rates *rates.Table
}

// IsEntry reports whether a state key belongs to this package.
func IsEntry(key []byte) bool {
	for _, prefix := range [...]string{nodePrefix, limitPrefix, shownPrefix} {
		if bytes.HasPrefix(key, []byte(prefix)) {
			return true
		}
	}
	return false
}

// update is one application of differences to a partition's nodes.
type update struct {
	config *Config
	tx     stage.Tx
	nodes  map[string]*node
	// free are nodes that were allocated together.
	free []node
	// latest are the nodes that were asked for last: differences come in the order of their places.
	latest [latestNodes]*node
	limits map[string]*limit
	// shown are the places that have enough numbers now.
	shown map[place]bool
}

// limit counts the blocks of a country in a window.
type limit struct {
	window

	blocks int
	dirty  bool
}

// Sums yields differences, one for each dimensions. A difference is valid until yield returns,
// its texts are valid until the transaction ends. Sums may be called several times.
type Sums func(yield func(d *funnel.Difference) error) error

// Apply adds differences to the rows, and emits the rows that changed.
func (c *Config) Apply(tx stage.Tx, sums Sums) error {
	u := &update{config: c, tx: tx, nodes: map[string]*node{}, limits: map[string]*limit{}, shown: map[place]bool{}}
	if err := u.decide(sums); err != nil {
		return err
	}
	if err := sums(u.add); err != nil {
		return err
	}
	return u.store()
}

// ends returns when a window's retention is over.
func (c *Config) ends(w window) time.Time {
	if w.kind == day {
		return w.end().Add(c.DayRetention)
	}
	return w.end().Add(c.Retention)
}

// add adds a difference to its windows. The longer windows of a block follow its quarter-hour: they
// contain only the quarter-hours that show the block.
func (u *update) add(d *funnel.Difference) error {
	hidden := false
	for _, w := range windowsOf(d.Minute) {
		if !u.tx.Watermark().Before(u.config.ends(w)) {
			u.tx.Count(CounterLate, string(w.kind.name()), 1)
			continue
		}
		country, err := u.node(place{d.Country, countryLevel, ""}, w)
		if err != nil {
			return err
		}
		country.shown = true
		country.add(d)
		area, err := u.addArea(w, d)
		if err != nil {
			return err
		}
		if hidden || d.Block == "" {
			err = u.addRest(w, place{d.Country, blockRest, area}, d)
		} else {
			hidden, err = u.addBlock(w, d, area)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// addArea adds a difference to its area, and to the rest if the area is not shown. It returns
// the area if it is.
func (u *update) addArea(w window, d *funnel.Difference) (shown string, err error) {
	if d.Area != "" {
		at := place{d.Country, areaLevel, d.Area}
		area, err := u.node(at, w)
		if err != nil {
			return "", err
		}
		// A block with enough numbers has an area with enough.
		if u.shown[at] || u.shown[place{d.Country, blockLevel, d.Block}] {
			if err := u.show(area); err != nil {
				return "", err
			}
		}
		area.add(d)
		if area.shown {
			return d.Area, nil
		}
	}
	return "", u.addRest(w, place{d.Country, areaRest, ""}, d)
}

// addBlock adds a difference to its block, or to the rest of the area. It reports whether that is
// a quarter-hour that is not shown.
func (u *update) addBlock(w window, d *funnel.Difference, area string) (hidden bool, err error) {
	at, rest := place{d.Country, blockLevel, d.Block}, place{d.Country, blockRest, area}
	b, err := u.node(at, w)
	if err != nil {
		return false, err
	}
	if len(b.rows) == 0 {
		if full, err := u.full(d.Country, w); err != nil {
			return false, err
		} else if full {
			u.tx.Count(CounterBeyond, string(w.kind.name()), 1)
			return w.kind == quarterHour, u.addRest(w, rest, d)
		}
		b.area = d.Area
		if b.shown, err = u.isShown(at); err != nil {
			return false, err
		}
	} else if u.shown[at] {
		if err := u.show(b); err != nil {
			return false, err
		}
	}
	b.add(d)
	if b.shown {
		return false, nil
	}
	return w.kind == quarterHour, u.addRest(w, rest, d)
}

func (u *update) addRest(w window, at place, d *funnel.Difference) error {
	rest, err := u.node(at, w)
	if err != nil {
		return err
	}
	rest.shown = true
	rest.add(d)
	return nil
}

// node returns the node of a place in a window.
func (u *update) node(p place, w window) (*node, error) {
	slot := &u.latest[w.kind.index()*levels+p.level.index()]
	if n := *slot; n != nil && n.place == p && n.window == w {
		return n, nil
	}
	n, err := u.find(p, w)
	*slot = n
	return n, err
}

// find returns a node that is not one of the latest.
func (u *update) find(p place, w window) (*node, error) {
	const room = 64
	key := appendWindow(appendPlace(u.tx.Buffer(room), nodePrefix, p), w)
	if n := u.nodes[statecodec.View(key)]; n != nil {
		return n, nil
	}
	entry, err := u.tx.Get(key)
	if err != nil {
		return nil, fmt.Errorf("read a window: %w", err)
	}
	if len(u.free) == 0 {
		const slab = 64
		u.free = make([]node, slab)
	}
	n := &u.free[0]
	u.free = u.free[1:]
	n.place, n.window = p, w
	if entry != nil {
		if err := n.readFrom(entry); err != nil {
			return nil, err
		}
	}
	u.nodes[statecodec.View(key)] = n // the key is valid as long as the transaction is
	return n, nil
}

// limitVersion is the format of a limit's entry.
const limitVersion = 1

// full reports whether a window has no room for another block of a country; otherwise the
// block is counted.
func (u *update) full(country string, w window) (bool, error) {
	key := appendWindow(append(append(append([]byte{}, limitPrefix...), country...), 0), w)
	l := u.limits[string(key)]
	if l == nil {
		entry, err := u.tx.Get(key)
		if err != nil {
			return false, fmt.Errorf("read the number of blocks: %w", err)
		}
		l = &limit{window: w}
		if entry != nil {
			r, _ := statecodec.NewReader(entry, limitVersion)
			l.blocks = int(r.Uint()) //nolint:gosec // written from an int
			if err := r.Done(); err != nil {
				return false, fmt.Errorf("read the number of blocks: %w", err)
			}
		}
		u.limits[string(key)] = l
	}
	if l.blocks >= u.config.MaxBlocks {
		return true, nil
	}
	l.blocks++
	l.dirty = true
	return false, nil
}

// store emits the rows that changed and writes the nodes.
func (u *update) store() error {
	for _, key := range slices.Sorted(maps.Keys(u.nodes)) {
		n := u.nodes[key]
		if !n.dirty {
			continue
		}
		if err := n.emit(u.tx, u.config.Rates); err != nil {
			return err
		}
		const room, each = 64, 160
		value, err := n.appendTo(u.tx.Buffer(room + each*len(n.rows)))
		if err != nil {
			return err
		}
		u.tx.Put([]byte(key), value, u.config.ends(n.window))
	}
	for _, key := range slices.Sorted(maps.Keys(u.limits)) {
		if l := u.limits[key]; l.dirty {
			u.tx.Put([]byte(key), statecodec.AppendUint(append(u.tx.Buffer(16), limitVersion), uint64(l.blocks)), u.config.ends(l.window)) //nolint:gosec // a count
		}
	}
	return nil
}

// OnTimer removes an entry whose time is over, with its rows.
func (*Config) OnTimer(tx stage.Tx, key []byte) error {
	if p, w, ok := parseKey(string(key)); ok && bytes.HasPrefix(key, []byte(nodePrefix)) {
		entry, err := tx.Get(key)
		if err != nil {
			return fmt.Errorf("read a window: %w", err)
		}
		n := &node{place: p, window: w}
		if err := n.readFrom(entry); err != nil {
			return err
		}
		for i := range n.rows {
			if n.rows[i].emitted {
				n.withdraw(tx, &n.rows[i])
			}
		}
	}
	tx.Delete(key)
	return nil
}
