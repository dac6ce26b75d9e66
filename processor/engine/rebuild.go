package engine

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
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
	return []byte(rebuildKey), entry.Append(nil, payload, 0)
}

// ParseRebuild decodes the record of ChangelogEntry; found is false for any other
// record.
func ParseRebuild(key, value []byte) (r Rebuild, found bool, err error) {
	if string(key) != rebuildKey {
		return r, false, nil
	}
	payload, _, err := entry.Parse(value)
	if err != nil {
		return r, true, err
	}
	r, err = parseRebuild(payload)
	return r, true, err
}

// readRebuild returns the stored Rebuild, zero if there is none.
func readRebuild(from entry.Reader) (r Rebuild, err error) {
	e, err := from.Get([]byte(rebuildKey), entry.Heap{})
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
			err = fmt.Errorf("%w: a rebuild that is cut", entry.ErrUnreadable)
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

// FirstRevision implements stage.Tx.
func (s *scope) FirstRevision() int64 { return s.rebuild.Revisions }

// misses reports whether the facts of an input offset were never emitted.
func (r Rebuild) misses(offset int64) bool {
	_, found := slices.BinarySearch(r.Missing, offset)
	return found
}

// span is a range of a scope's outputs.
type span struct{ from, to int }

// again marks the outputs of a record, from index from on, if an earlier run has
// emitted them already; dropTold removes them after the audit hook has run. Its counts
// are dropped if the audit already contains them.
func (s *scope) again(in *stage.Input, from, counted int) {
	if in.Offset < s.rebuild.Until && !s.rebuild.misses(in.Offset) {
		s.told = append(s.told, span{from, len(s.outputs)})
	}
	s.uncount(in.Offset, counted)
}

// uncount drops the counts from index counted on, if offset at was audited already.
func (s *scope) uncount(at int64, counted int) {
	if at < s.rebuild.Accounted {
		s.counts = s.counts[:counted]
	}
}

// dropTold removes the outputs that were emitted before, except snapshots and the
// internal records that carry snapshots between stages.
func (s *scope) dropTold() {
	if len(s.told) == 0 {
		return
	}
	kept := s.outputs[:s.told[0].from]
	next := s.told[0].from
	for _, t := range s.told {
		kept = append(kept, s.outputs[next:t.from]...)
		for i := t.from; i < t.to; i++ {
			if s.topics[s.outputs[i].Topic].Snapshots {
				kept = append(kept, s.outputs[i])
			}
		}
		next = t.to
	}
	s.outputs, s.told = append(kept, s.outputs[next:]...), s.told[:0]
}
