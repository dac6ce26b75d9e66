package journey

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/tributary-hq/tributary/processor/insights/funnel"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// aggregate is a journey with access to the state entries of its members.
type aggregate struct {
	journey
	tx        stage.Tx
	key       []byte
	retention time.Duration

	// The fields below are reused: found is the result of find, input the decoded record, sum
	// and snapshotBuffer are memory for a snapshot.
	found          member
	input          avro.JourneyInput
	sum            totals
	snapshotBuffer avro.JourneySnapshot
	// was and is are the contribution to the funnel before and after a record.
	was, is funnel.Contribution
}

// find returns the member and its index in listed, -1 if it has an entry of its own; nil if
// there is no such member.
func (b *aggregate) find(id string) (m *member, index int, err error) {
	for i := range b.listed {
		if b.listed[i].id == id {
			b.found = b.listed[i]
			return &b.found, i, nil
		}
	}
	if b.others == 0 {
		return nil, -1, nil
	}
	entry, err := b.tx.Get(b.memberKey(id))
	if err != nil || entry == nil {
		return nil, -1, err
	}
	found, err := parseMember(entry)
	return &found, -1, err
}

func (b *aggregate) memberKey(id string) []byte {
	return appendMemberKey(b.tx.Buffer(len(b.key)+len(id)+8), b.key, id)
}

// insert adds a new member.
func (b *aggregate) insert(m *member) {
	last := len(b.listed) - 1
	switch {
	case len(b.listed) < Listed:
	case compareMembers(m, &b.listed[last]) > 0:
		b.spill(m)
		return
	default:
		b.spill(&b.listed[last])
		b.listed = b.listed[:last]
	}
	b.list(m)
}

// list inserts a member into listed, in order.
func (b *aggregate) list(m *member) {
	// The search starts at the end, because a new member is nearly always the last.
	i := len(b.listed)
	for i > 0 && compareMembers(&b.listed[i-1], m) >= 0 {
		i--
	}
	b.listed = slices.Insert(b.listed, i, *m)
}

// spill writes a member into an entry of its own.
func (b *aggregate) spill(m *member) {
	m.put(b.tx, b.key)
	b.others++
	b.rest.add(m, b.retention)
}

// remove removes a member returned by find.
func (b *aggregate) remove(m *member, index int) error {
	if index < 0 {
		return b.unspill(m)
	}
	b.listed = slices.Delete(b.listed, index, index+1)
	if b.others == 0 {
		return nil
	}
	next, err := b.smallest()
	if err != nil {
		return err
	}
	b.listed = append(b.listed, *next)
	return b.unspill(next)
}

// replace replaces a member returned by find by a newer state of it.
func (b *aggregate) replace(old *member, index int, m *member) error {
	order := compareMembers(m, old)
	switch {
	case index >= 0 && order <= 0:
		b.listed = slices.Delete(b.listed, index, index+1)
		b.list(m)
		return nil
	case order != 0:
		if err := b.remove(old, index); err != nil {
			return err
		}
		b.insert(m)
		return nil
	default:
		m.put(b.tx, b.key)
		return b.rescan(b.rest.replace(old, m, b.retention))
	}
}

// unspill deletes a member's own entry.
func (b *aggregate) unspill(m *member) error {
	b.tx.Delete(b.memberKey(m.id))
	b.others--
	if b.others == 0 {
		b.rest = totals{}
		return nil
	}
	return b.rescan(b.rest.replace(m, nil, b.retention))
}

// rescan recomputes the minima and maxima of the members with own entries if a removal requires it.
func (b *aggregate) rescan(needed bool) error {
	if !needed {
		return nil
	}
	b.rest.minmax = minmax{}
	return b.each(func(m *member) { b.rest.include(m, b.retention) })
}

// smallest returns the first of the members with own entries.
func (b *aggregate) smallest() (least *member, err error) {
	err = b.each(func(m *member) {
		if least == nil || compareMembers(m, least) < 0 {
			found := *m
			least = &found
		}
	})
	if err == nil && least == nil {
		err = fmt.Errorf("journey: %d members are missing from the state", b.others)
	}
	return least, err
}

// each calls yield with every member that has an entry of its own.
func (b *aggregate) each(yield func(m *member)) error {
	var broken error
	err := b.tx.Scan(appendMemberPrefix(b.tx.Buffer(len(b.key)+8), b.key), func(_, value []byte) bool {
		// A member's strings refer to its entry, which is valid only during this call.
		m, err := parseMember(append(b.tx.Buffer(len(value)), value...))
		if err != nil {
			broken = err
			return false
		}
		yield(&m)
		return true
	})
	if err == nil {
		err = broken
	}
	return err
}

// clear deletes every entry of the journey.
func (b *aggregate) clear() error {
	var keys [][]byte
	if b.others > 0 {
		err := b.tx.Scan(appendMemberPrefix(b.tx.Buffer(len(b.key)+8), b.key), func(key, _ []byte) bool {
			keys = append(keys, bytes.Clone(key))
			return true
		})
		if err != nil {
			return err
		}
	}
	for _, key := range keys {
		b.tx.Delete(key)
	}
	b.tx.Delete(appendMainKey(b.tx.Buffer(len(b.key)+1), b.key))
	return nil
}
