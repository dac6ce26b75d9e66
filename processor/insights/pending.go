package insights

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/tributary-hq/tributary/processor/insights/funnel"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
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
func (s *Stage) keep(tx stage.Tx, in *stage.Input) error {
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
	tx.Put(key, append(append(tx.Buffer(1+len(in.Value)), pendingVersion), in.Value...), time.Time{})
	pending += uint64(len(in.Value))
	if pending > mostPending {
		return s.emit(tx)
	}
	value := statecodec.AppendTime(statecodec.AppendUint(append(tx.Buffer(24), pendingVersion), pending), due)
	tx.Put([]byte(emissionKey), value, due)
	return nil
}

// emit sums the pending differences, passes them on and removes them.
func (s *Stage) emit(tx stage.Tx) error {
	keys, values, err := pending(tx)
	if err != nil {
		return err
	}
	differences, err := decodeAll(values)
	if err != nil {
		return err
	}
	if err := s.rollup.Apply(tx, funnel.ByWindow(differences)); err != nil {
		return err //nolint:wrapcheck // says what failed
	}
	for _, key := range keys {
		tx.Delete(key)
	}
	tx.Delete([]byte(emissionKey))
	return nil
}

// pending returns the records that are pending.
func pending(tx stage.Tx) (keys, values [][]byte, err error) {
	err = tx.Scan([]byte(pendingPrefix), func(key, value []byte) bool {
		keys, values = append(keys, bytes.Clone(key)), append(values, bytes.Clone(value))
		return true
	})
	if err != nil {
		return nil, nil, fmt.Errorf("read the pending differences: %w", err)
	}
	return keys, values, nil
}

func decodeAll(values [][]byte) (all []funnel.Difference, err error) {
	for _, value := range values {
		if value[0] > pendingVersion {
			return nil, fmt.Errorf("read the pending differences: %w", stage.ErrNewerState)
		}
		var input avro.InsightsInput
		_, body, err := wire.Parse(value[1:])
		if err == nil {
			err = input.DecodeAvro(body)
		}
		if err != nil {
			return nil, fmt.Errorf("read the pending differences: %w", err)
		}
		changes := &input.Funnel.Value
		for i := range changes.Changes {
			var d funnel.Difference
			d.Of(changes.Country.Value, &changes.Changes[i])
			all = append(all, d)
		}
	}
	return all, nil
}
