package engine

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// Rebuild says that a partition's state is made again from its input, whose records
// have had their effect once before. It stands in the changelog in front of
// everything, put there by whoever emptied it, and stays.
//
//	input:  ──────────── Accounted ──── Until ─────────►
//	state       made again from all that is there
//	snapshots   told again, with revisions above Revisions
//	facts       not told again                  told
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
}

// rebuildKey is the entry that keeps a Rebuild.
const rebuildKey = "\x00rebuild"

// rebuildVersion is the format of its payload.
const rebuildVersion = 1

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
	return []byte(rebuildKey), appendEntry(nil, payload, 0)
}

// readRebuild reads the entry, zero where there is none.
func readRebuild(from stored) (r Rebuild, err error) {
	payload, _, found, err := from.get([]byte(rebuildKey), &arena{})
	if err != nil || !found {
		return r, err
	}
	if len(payload) == 0 || payload[0] != rebuildVersion {
		return r, fmt.Errorf("%w: a rebuild of another format", ErrNewerState)
	}
	rest := payload[1:]
	for _, n := range []*int64{&r.Until, &r.Accounted, &r.Revisions} {
		v, size := binary.Varint(rest)
		if size <= 0 {
			return r, fmt.Errorf("%w: a rebuild that is cut", errEntry)
		}
		*n, rest = v, rest[size:]
	}
	return r, nil
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

// span is a part of a scope's outputs.
type span struct{ from, to int }

// again notes the outputs of a record whose facts were told before, from the given
// one on: they are dropped when the account has seen them. What it counted is
// forgotten where the account has it already.
func (s *scope) again(in *Input, from, counted int) {
	if in.Offset < s.rebuild.Until {
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
