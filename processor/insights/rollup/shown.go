package rollup

import (
	"bytes"
	"fmt"

	"github.com/tributary-hq/tributary/processor/block"
	"github.com/tributary-hq/tributary/processor/insights/funnel"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/statecodec"
)

// phone is a phone of a difference that was added or taken back.
type phone struct {
	country, area, block string
	hash                 uint64
	n                    int64
}

// decide records the phones that differences add, and gives places that have enough numbers
// now rows of their own in every window. A phone that one of them takes back is forgotten
// first, even if other verifications have it: it counts again with the next of them.
func (u *update) decide(sums Sums) error {
	var phones []phone
	err := sums(func(d *funnel.Difference) error {
		if d.Block == "" || d.Area == "" {
			return nil
		}
		for _, p := range d.Phones {
			phones = append(phones, phone{d.Country, d.Area, d.Block, p.Value, p.N})
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, sign := range [...]int64{-1, 1} {
		for i := range phones {
			p := &phones[i]
			if p.n*sign <= 0 {
				continue
			}
			for _, at := range [...]place{{p.country, areaLevel, p.area}, {p.country, blockLevel, p.block}} {
				number := block.Number{Full: at.text, Area: len(at.text), Root: len(at.text), Hash: p.hash}
				if err := u.see(at, &number, sign); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// see records or forgets a phone of a place.
func (u *update) see(at place, number *block.Number, sign int64) error {
	if sign < 0 {
		return u.config.Blocks.Forget(u.tx, number) //nolint:wrapcheck // says what was read
	}
	if u.shown[at] {
		return nil // a set with enough numbers takes no further ones
	}
	now, err := u.config.Blocks.Decide(u.tx, number, u.tx.Watermark())
	if err != nil {
		return err //nolint:wrapcheck // says what was read
	}
	key := shownKey(u.tx, at)
	entry, err := u.tx.Get(key)
	switch {
	case err != nil:
		return fmt.Errorf("read whether a place is shown: %w", err)
	case now.Public == 0:
		if entry != nil {
			u.tx.Delete(key)
		}
		return nil
	}
	u.shown[at] = true
	if entry != nil {
		return nil
	}
	// As long as the entry is there, all windows of the place are shown.
	u.tx.Put(key, append(u.tx.Buffer(1), 1), u.tx.Watermark().Add(u.config.Retention))
	return u.reveal(at)
}

func shownKey(tx stage.Tx, at place) []byte {
	return appendPlace(tx.Buffer(len(at.country)+len(at.text)+len(shownPrefix)+3), shownPrefix, at)
}

// isShown reports whether a place has rows of its own in the windows that begin now.
func (u *update) isShown(at place) (bool, error) {
	if u.shown[at] {
		return true, nil
	}
	entry, err := u.tx.Get(shownKey(u.tx, at))
	if err != nil {
		return false, fmt.Errorf("read whether a place is shown: %w", err)
	}
	return entry != nil, nil
}

// reveal gives a place rows of its own in the windows in which it has none.
func (u *update) reveal(at place) error {
	nodes, err := u.windows(at)
	if err != nil {
		return err
	}
	for _, n := range nodes {
		if err := u.show(n); err != nil {
			return err
		}
	}
	return nil
}

// windows returns the nodes of a place.
func (u *update) windows(at place) (nodes []*node, err error) {
	var keys [][]byte
	if err := u.tx.Scan(appendPlace(nil, nodePrefix, at), func(key, _ []byte) bool {
		keys = append(keys, bytes.Clone(key))
		return true
	}); err != nil {
		return nil, fmt.Errorf("look for the windows of a place: %w", err)
	}
	for _, key := range keys {
		p, w, ok := parseKey(statecodec.View(key))
		if !ok || p != at {
			continue
		}
		n, err := u.node(p, w)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, n)
	}
	return nodes, nil
}

// show moves a node's sums out of the rest.
func (u *update) show(n *node) error {
	if n.shown {
		return nil
	}
	n.shown, n.dirty = true, true
	for i := range n.rows {
		n.rows[i].changed = true
	}
	if n.level == areaLevel {
		// No block of the area is shown yet: all of them are in the country's rest.
		if err := u.move(n, place{n.country, areaRest, ""}, -1); err != nil {
			return err
		}
		if err := u.move(n, place{n.country, blockRest, ""}, -1); err != nil {
			return err
		}
		return u.move(n, place{n.country, blockRest, n.text}, 1)
	}
	return u.showBlock(n)
}

// showBlock moves a quarter-hour of a block out of the rests of its windows. The longer windows
// of the block begin with that: until now they were only in the rest.
func (u *update) showBlock(n *node) error {
	for _, w := range windowsOf(n.start) {
		area, err := u.node(place{n.country, areaLevel, n.area}, w)
		if err != nil {
			return err
		}
		if err := u.show(area); err != nil {
			return err
		}
		if w.kind != quarterHour {
			to, err := u.node(n.place, w)
			if err != nil {
				return err
			}
			if len(to.rows) == 0 {
				if full, err := u.full(n.country, w); err != nil {
					return err
				} else if full {
					continue
				}
				to.area, to.shown = n.area, true
			}
			if err := to.merge(n); err != nil {
				return err
			}
		}
		rest, err := u.node(place{n.country, blockRest, n.area}, w)
		if err != nil {
			return err
		}
		rest.shown = true
		rest.move(n, -1)
	}
	return nil
}

// move adds a node's sums to a rest, with a sign.
func (u *update) move(n *node, rest place, sign int64) error {
	to, err := u.node(rest, n.window)
	if err != nil {
		return err
	}
	to.shown = true
	to.move(n, sign)
	return nil
}
