package insights

import (
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/tributary-hq/tributary/processor/insights/funnel"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// Differences are kept as they came until the next emission, which sums them: most of a route
// and a place change several times between two emissions.

// The first bytes of the state keys.
const (
	pendingPrefix = "\x02p"
	// emissionKey is the entry whose timer emits; its value is the bytes pending.
	emissionKey = "\x02e"
)

// pendingVersion begins the entries.
const pendingVersion = 1

// mostPending bounds the pending differences, in bytes: an emission that has to read more does
// not wait for its time.
const mostPending = 4 << 20

// keep stores a record's differences for the next emission.
func (s *Stage) keep(tx stage.Tx, in *stage.Input, changes *avro.FunnelChanges) error {
	if !funnel.Valid(changes.Differences) {
		return stage.Permanentf(stage.CauseUndecodable, "insights input: differences of another format")
	}
	entry, err := tx.Get([]byte(emissionKey))
	if err != nil {
		return fmt.Errorf("read the size of pending differences: %w", err)
	}
	pending, due := uint64(0), tx.Watermark().Add(s.config.EmitInterval)
	if entry != nil {
		r, _ := statecodec.NewReader(entry, pendingVersion)
		pending, due = r.Uint(), r.Time()
		if err := r.Done(); err != nil {
			return fmt.Errorf("read the size of pending differences: %w", err)
		}
	}
	key := binary.BigEndian.AppendUint64(append(tx.Buffer(len(pendingPrefix)+8), pendingPrefix...), uint64(in.Offset)) //nolint:gosec // not negative
	tx.Put(key, append(append(tx.Buffer(1+len(changes.Differences)), pendingVersion), changes.Differences...), time.Time{})
	pending += uint64(len(changes.Differences))
	value := statecodec.AppendTime(statecodec.AppendUint(append(tx.Buffer(24), pendingVersion), pending), due)
	tx.Put([]byte(emissionKey), value, due)
	if pending > mostPending {
		return s.emit(tx)
	}
	return nil
}

// batch is the differences of one emission, and reused memory.
type batch struct {
	keys, values []byte
	sizes        []int
	differences  []string
	observing
}

// emit passes the sums of the pending differences on and removes them.
func (s *Stage) emit(tx stage.Tx) error {
	if entry, err := tx.Get([]byte(emissionKey)); err != nil || entry == nil {
		return err //nolint:wrapcheck // the engine's
	}
	b, ok := s.batches.Get().(*batch)
	if !ok {
		b = &batch{}
	}
	defer func() {
		b.reset()
		s.batches.Put(b)
	}()
	if err := b.read(tx); err != nil {
		return err
	}
	if err := s.observe(tx, b); err != nil {
		return err
	}
	if err := s.rollup.Apply(tx, b.sums); err != nil {
		return err //nolint:wrapcheck // says what failed
	}
	const keySize = len(pendingPrefix) + 8
	for keys := b.keys; len(keys) > 0; keys = keys[keySize:] {
		tx.Delete(append(tx.Buffer(keySize), keys[:keySize]...))
	}
	tx.Delete([]byte(emissionKey))
	return nil
}

// sums yields the sums of the differences.
func (b *batch) sums(yield func(d *funnel.Difference) error) error {
	return funnel.Sum(b.differences, yield) //nolint:wrapcheck // says what failed
}

// read reads the pending differences.
func (b *batch) read(tx stage.Tx) error {
	newer := false
	err := tx.Scan([]byte(pendingPrefix), func(key, value []byte) bool {
		if newer = value[0] > pendingVersion; newer {
			return false
		}
		b.keys, b.values, b.sizes = append(b.keys, key...), append(b.values, value[1:]...), append(b.sizes, len(value)-1)
		return true
	})
	if newer {
		err = stage.ErrNewerState
	}
	values := b.values
	for _, size := range b.sizes {
		if err == nil {
			b.differences, err = funnel.Split(b.differences, values[:size])
		}
		values = values[size:]
	}
	if err != nil {
		return fmt.Errorf("read the pending differences: %w", err)
	}
	slices.Sort(b.differences)
	return nil
}

// reset empties the batch and keeps its memory.
func (b *batch) reset() {
	clear(b.differences)
	b.keys, b.values, b.sizes, b.differences = b.keys[:0], b.values[:0], b.sizes[:0], b.differences[:0]
	b.observing.reset()
}
