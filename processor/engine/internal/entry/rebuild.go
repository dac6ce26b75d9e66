package entry

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/tributary-hq/tributary/processor/stage"
)

// Rebuild describes a partition whose state is rebuilt by processing old input records
// again. The reset that emptied the changelog writes it as the first entry, and it is
// never deleted.
//
//	input:  ──────────── Accounted ──── Until ─────────►
//	state       rebuilt from the first input offset on
//	snapshots   emitted again, with revisions above Revisions
//	facts       only those of Missing   emitted
//	audit       skipped  recorded ────────────────────►
//
// So every fact is still emitted exactly once. Consumers of snapshots accept the rebuilt
// ones, because the higher revision wins.
type Rebuild struct {
	// Until is the first input offset whose effect was never committed.
	Until int64
	// Accounted is the first input offset that the stage's audit does not contain yet.
	Accounted int64
	// Revisions is an upper bound of the revisions of all snapshots emitted before.
	Revisions int64
	// Missing are the input offsets before Until, ascending, whose facts were never
	// emitted because of a bug in an earlier release. They are emitted now.
	Missing []int64
}

// rebuildKey is the key of the entry that contains a Rebuild.
const rebuildKey = "\x00rebuild"

// The format versions of its payload. Version 2 adds Missing.
const (
	rebuildVersion        = 1
	rebuildMissingVersion = 2
)

// ChangelogEntry returns the key and value of the changelog record that begins a
// rebuild.
func (r Rebuild) ChangelogEntry() (key, value []byte) {
	payload := []byte{rebuildVersion}
	for _, n := range []int64{r.Until, r.Accounted, r.Revisions} {
		payload = binary.AppendVarint(payload, n)
	}
	if len(r.Missing) > 0 {
		payload[0] = rebuildMissingVersion
		payload = binary.AppendVarint(payload, int64(len(r.Missing)))
		for _, at := range r.Missing {
			payload = binary.AppendVarint(payload, at)
		}
	}
	return []byte(rebuildKey), Append(nil, payload, 0)
}

// ParseRebuild decodes the record of ChangelogEntry; found is false for any other
// record.
func ParseRebuild(key, value []byte) (r Rebuild, found bool, err error) {
	if string(key) != rebuildKey {
		return r, false, nil
	}
	payload, _, err := Parse(value)
	if err != nil {
		return r, true, err
	}
	r, err = parseRebuild(payload)
	return r, true, err
}

// ReadRebuild returns the stored Rebuild, zero if there is none.
func ReadRebuild(from Reader) (r Rebuild, err error) {
	e, err := from.Get([]byte(rebuildKey), Heap{})
	if err != nil || e.Payload == nil {
		return r, err
	}
	return parseRebuild(e.Payload)
}

func parseRebuild(payload []byte) (r Rebuild, err error) {
	if len(payload) == 0 || payload[0] > rebuildMissingVersion {
		return r, fmt.Errorf("%w: a rebuild of another format", stage.ErrNewerState)
	}
	rest := payload[1:]
	next := func() (v int64) {
		v, size := binary.Varint(rest)
		if size <= 0 {
			err = fmt.Errorf("%w: a rebuild that is cut", ErrUnreadable)
			return 0
		}
		rest = rest[size:]
		return v
	}
	r = Rebuild{Until: next(), Accounted: next(), Revisions: next()}
	if payload[0] == rebuildMissingVersion && err == nil {
		for n := next(); n > 0 && err == nil; n-- {
			r.Missing = append(r.Missing, next())
		}
	}
	return r, err
}

// Misses reports whether the facts of an input offset were never emitted.
func (r Rebuild) Misses(offset int64) bool {
	_, found := slices.BinarySearch(r.Missing, offset)
	return found
}
