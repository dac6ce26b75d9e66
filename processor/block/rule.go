package block

import (
	"bytes"
	"fmt"
	"time"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/statecodec"
)

// Rule decides which block of a number may be shown. Its state is that of the stage's
// partition.
type Rule struct {
	// K is how many different numbers of a level must have been seen; 0 gives no block.
	K int
	// Retention is how long a number counts, by received_at. It must not be longer than that
	// of the entities, so that no number outlives them.
	Retention time.Duration
}

// DefaultK is the usual K.
const DefaultK = 20

// entryPrefix begins the state keys of levels; the level follows.
const entryPrefix = "block "

// entryVersion is the format of their entries.
const entryVersion = 1

// IsEntry reports whether a state key is that of a level.
func IsEntry(key []byte) bool { return bytes.HasPrefix(key, []byte(entryPrefix)) }

func entryKey(tx stage.Tx, level string) []byte {
	return append(append(tx.Buffer(len(entryPrefix)+len(level)), entryPrefix...), level...)
}

// Decide records that a number was seen and returns the decision on its block. It is called
// once for each entity and number.
func (r *Rule) Decide(tx stage.Tx, n *Number, at time.Time) (Decision, error) {
	if r.K <= 0 || n.Full == "" {
		return Decision{}, nil
	}
	decision := Decision{Number: *n, AsOf: statecodec.InstantOf(at)}
	s := Set{numbers: make([]seen, 0, r.K+1)}
	// A longer level that has enough numbers says that the shorter ones have enough, too:
	// they are not even read.
	for length := len(n.Full); length >= n.Root; length-- {
		enough, err := r.observe(tx, &s, n.Full[:length], n.Hash, at)
		if err != nil {
			return Decision{}, err
		}
		if enough {
			decision.Public = length
			return decision, nil
		}
	}
	return decision, nil
}

// DecideOnce returns the earlier decision if that was on the same number, else a new one.
func (r *Rule) DecideOnce(tx stage.Tx, earlier *Decision, n *Number, at time.Time) (Decision, error) {
	if earlier.AsOf != 0 && earlier.Hash == n.Hash {
		return *earlier, nil
	}
	return r.Decide(tx, n, at)
}

// observe adds a number to a level, which is read into s.
func (r *Rule) observe(tx stage.Tx, s *Set, level string, hash uint64, at time.Time) (enough bool, err error) {
	key := entryKey(tx, level)
	s.Reset()
	if err := load(tx, key, s); err != nil {
		return false, err
	}
	enough, changed := s.Observe(hash, at, r.K, r.Retention)
	if changed {
		r.put(tx, key, s)
	}
	return enough, nil
}

// load reads a level into an empty set.
func load(tx stage.Tx, key []byte, into *Set) error {
	entry, err := tx.Get(key)
	if err != nil {
		return fmt.Errorf("read the numbers of a block: %w", err)
	}
	if entry == nil {
		return nil
	}
	r, _ := statecodec.NewReader(entry, entryVersion)
	into.ReadFrom(r)
	if err := r.Done(); err != nil {
		return fmt.Errorf("read the numbers of a block: %w", err)
	}
	return nil
}

// put stores a level, or deletes it if no number is left.
func (r *Rule) put(tx stage.Tx, key []byte, s *Set) {
	if s.Len() == 0 {
		tx.Delete(key)
		return
	}
	const room, each = 16, 9
	tx.Put(key, s.AppendTo(append(tx.Buffer(room+each*s.Len()), entryVersion)), s.Due(r.Retention))
}

// OnTimer removes the numbers of a level whose time is over.
func (r *Rule) OnTimer(tx stage.Tx, key []byte) error {
	var s Set
	if err := load(tx, key, &s); err != nil {
		return err
	}
	s.Expire(tx.Watermark(), r.Retention)
	r.put(tx, key, &s)
	return nil
}

// Forget removes a number from all of its levels.
func (r *Rule) Forget(tx stage.Tx, n *Number) error {
	for length := len(n.Full); length >= max(n.Root, 1); length-- {
		key := entryKey(tx, n.Full[:length])
		var s Set
		if err := load(tx, key, &s); err != nil {
			return err
		}
		if s.Remove(n.Hash) {
			r.put(tx, key, &s)
		}
	}
	return nil
}
