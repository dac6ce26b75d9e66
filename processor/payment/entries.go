package payment

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/tributary-hq/tributary/processor/stage"
)

// entries are the state entries of a payment's earliest facts.
type entries struct {
	tx      stage.Tx
	payment []byte
}

// factMarker separates the payment's key from the fact's id in the key of the fact's entry.
const factMarker = "\x00f"

// factSize is the buffer size for a usual fact.
const factSize = 512

func (e *entries) key(id []byte) []byte {
	key := e.tx.Buffer(len(e.payment) + len(factMarker) + len(id))
	return append(append(append(key, e.payment...), factMarker...), id...)
}

func (e *entries) put(f *Fact) {
	e.tx.Put(e.key(f.ID[:]), f.appendTo(append(e.tx.Buffer(factSize), factVersion)), time.Time{})
}

// get returns a fact, nil if it has no entry.
func (e *entries) get(id [16]byte) (*Fact, error) {
	entry, err := e.tx.Get(e.key(id[:]))
	if err != nil || entry == nil {
		return nil, err
	}
	return parseFact(entry)
}

// all returns the facts in their order.
func (e *entries) all() (facts []Fact, err error) {
	var broken error
	err = e.tx.Scan(e.key(nil), func(_, value []byte) bool {
		var f *Fact
		// The texts of a fact refer to its entry, which is valid only during this call.
		if f, broken = parseFact(bytes.Clone(value)); broken == nil {
			facts = append(facts, *f)
		}
		return broken == nil
	})
	if err = cmp.Or(err, broken); err != nil {
		return nil, fmt.Errorf("read the facts of a payment: %w", err)
	}
	slices.SortFunc(facts, func(a, b Fact) int { return compare(&a, &b) })
	return facts, nil
}
