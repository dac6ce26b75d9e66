package engine

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Rebuild says that a partition's state is made again from its input, whose records
// have had their effect once before. It stands in the changelog in front of
// everything, put there by whoever emptied it, and stays.
//
//	input:  ──────────── Accounted ──── Until ─────────►
//	state       made again from all that is there
//	snapshots   told again, with revisions above Revisions
//	facts       not told again, but for Missing  told
//	account     kept already    kept ───────────►
//
// So every fact is still told exactly once, and consumers of snapshots, for whom the
// higher revision is the newer one, take what is made again for what it is.
type Rebuild struct {
	// Until is the first input offset whose effect was never committed.
	Until int64
	// Accounted is the first one that the stage's account does not have yet.
	Accounted int64
	// Revisions is no lower than the revision of any snapshot told before.
	Revisions int64
	// Missing are input offsets before Until, in order, whose facts were never told: a
	// release with a fault let them end in nothing. They are told now.
	Missing []int64
}

// rebuildKey is the entry that keeps a Rebuild.
const rebuildKey = "\x00rebuild"

// The formats of its payload: with version 2 there are missing offsets.
const (
	rebuildVersion        = 1
	rebuildMissingVersion = 2
)

// ErrUnfinishedReset says that a changelog was emptied to be rebuilt and the group
// still stands where it was.
var ErrUnfinishedReset = errors.New("a reset of the stage was not finished")

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
	return []byte(rebuildKey), appendEntry(nil, payload, 0)
}

// ParseRebuild reads what ChangelogEntry returned; found says whether the record is one.
func ParseRebuild(key, value []byte) (r Rebuild, found bool, err error) {
	if string(key) != rebuildKey {
		return r, false, nil
	}
	payload, _, err := parseEntry(value)
	if err != nil {
		return r, true, err
	}
	r, err = parseRebuild(payload)
	return r, true, err
}

// readRebuild reads the entry, zero where there is none.
func readRebuild(from stored) (r Rebuild, err error) {
	e, err := from.get([]byte(rebuildKey), &arena{})
	if err != nil || e.payload == nil {
		return r, err
	}
	return parseRebuild(e.payload)
}

func parseRebuild(payload []byte) (r Rebuild, err error) {
	if len(payload) == 0 || payload[0] > rebuildMissingVersion {
		return r, fmt.Errorf("%w: a rebuild of another format", ErrNewerState)
	}
	rest := payload[1:]
	next := func() (v int64) {
		v, size := binary.Varint(rest)
		if size <= 0 {
			err = fmt.Errorf("%w: a rebuild that is cut", errEntry)
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

// began refuses a rebuild of which nothing was made while the group has committed
// more than where the input begins: it would go on behind what is to be made again.
func (r *restored) began() error {
	if r.rebuild.Until > 0 && r.header == "" && r.committed > r.start {
		return &fatalError{fmt.Errorf("%w: partition %d: the changelog is to be rebuilt, and the group has committed offset %d: stop the processors and run tributary reset again",
			ErrUnfinishedReset, r.partition, r.committed)}
	}
	return nil
}

// FirstRevision returns what the revisions of a snapshot of a new entity begin
// behind: 0, or in a partition that was rebuilt what none of before was beyond.
func FirstRevision(tx Tx) int64 {
	if s, ok := tx.(*scope); ok {
		return s.rebuild.Revisions
	}
	return 0
}

// misses says whether the facts of an input offset were never told.
func (r Rebuild) misses(offset int64) bool {
	_, found := slices.BinarySearch(r.Missing, offset)
	return found
}

// span is a part of a scope's outputs.
type span struct{ from, to int }

// again notes the outputs of a record whose facts were told before, from the given
// one on: they are dropped when the account has seen them. What it counted is
// forgotten where the account has it already.
func (s *scope) again(in *Input, from, counted int) {
	if in.Offset < s.rebuild.Until && !s.rebuild.misses(in.Offset) {
		s.told = append(s.told, span{from, len(s.outputs)})
	}
	s.uncount(in.Offset, counted)
}

// uncount forgets what was counted, from the given one on, while the partition stands
// before what is accounted for.
func (s *scope) uncount(at int64, counted int) {
	if at < s.rebuild.Accounted {
		s.counts = s.counts[:counted]
	}
}

// dropTold drops what was told before: all but snapshots, and what tells other stages
// of them.
func (s *scope) dropTold() {
	if len(s.told) == 0 {
		return
	}
	kept := s.outputs[:s.told[0].from]
	next := s.told[0].from
	for _, t := range s.told {
		kept = append(kept, s.outputs[next:t.from]...)
		for i := t.from; i < t.to; i++ {
			if s.topics[s.outputs[i].Topic].snapshots {
				kept = append(kept, s.outputs[i])
			}
		}
		next = t.to
	}
	s.outputs, s.told = append(kept, s.outputs[next:]...), s.told[:0]
}

// tellsSnapshots says whether a topic, without prefix, holds the newest state of
// things rather than each fact once. internal.journey.v1 tells of them.
func tellsSnapshots(topic string) bool {
	return strings.HasPrefix(topic, "enriched.") || topic == "internal.journey.v1"
}
