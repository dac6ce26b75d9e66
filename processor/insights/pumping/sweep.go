package pumping

import (
	"cmp"
	"slices"
)

// sweepMinutes is the least time between two sweeps, fullMinutes that of a country which has as many
// blocks as it may have.
const (
	sweepMinutes = 60
	fullMinutes  = 5
)

// sweep removes blocks that are idle: all of those without codes for as long as the
// baseline reaches back, and if there are nearly too many, those that are idle longest.
func (e *evaluation) sweep() error {
	limit := int64(e.d.config.MaxBlocks)
	if since := e.now - e.c.swept; since < fullMinutes || since < sweepMinutes && e.c.blocks < limit {
		return nil
	}
	e.c.swept = e.now
	type idle struct {
		name string
		last int64
	}
	var all []idle
	var b subject
	var failed error
	from := e.key(kindSubject, LevelBlock, "")
	err := e.tx.Scan(from, func(key, value []byte) bool {
		if failed = b.readFrom(value); failed != nil {
			return false
		}
		last := b.first
		if len(b.series) > 0 {
			last = b.series[len(b.series)-1].start
		}
		if b.claim == nil && last < e.now-lags {
			all = append(all, idle{string(key[len(from):]), last})
		}
		return true
	})
	if err == nil {
		err = failed
	}
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b idle) int { return cmp.Or(cmp.Compare(a.last, b.last), cmp.Compare(a.name, b.name)) })
	excess := e.c.blocks - limit/2
	if e.c.blocks < limit*3/4 {
		excess = 0
	}
	for i, b := range all {
		if int64(i) >= excess && b.last > e.now-baselineMinutes {
			break
		}
		r := reference{LevelBlock, b.name}
		e.tx.Delete(e.key(kindSubject, LevelBlock, b.name))
		e.deactivate(r)
		delete(e.changed, r)
		e.subjects[r] = nil
		e.c.blocks--
	}
	return nil
}
