package unibellcall

import (
	"bytes"
	"fmt"
	"time"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// holdPrefix begins the state keys of request ids.
const holdPrefix = "hold "

// holdVersion is the format of their entries.
const holdVersion = 1

// hold is the state of a request id.
type hold struct {
	key []byte // of the request: unibell:<source>:request:<requestId>
	// bound is the verification it belongs to, empty while not known.
	bound string
	// own says that the facts are shown as a verification of their own.
	own bool
	// first and last are when the facts and bindings were received; zero: none yet.
	first, last time.Time
	// facts are the UnibellInput bodies held, in the order they came.
	facts [][]byte
}

func holdKey(tx stage.Tx, request []byte) []byte {
	return append(append(tx.Buffer(len(holdPrefix)+len(request)), holdPrefix...), request...)
}

func openHold(tx stage.Tx, request []byte) (*hold, error) {
	h := &hold{key: request}
	entry, err := tx.Get(holdKey(tx, request))
	if err != nil {
		return nil, fmt.Errorf("read a held request: %w", err)
	}
	if entry == nil {
		return h, nil
	}
	r, _ := statecodec.NewReader(entry, holdVersion)
	h.bound, h.own, h.first, h.last = r.String(), r.Bool(), r.Time(), r.Time()
	h.facts = make([][]byte, r.Len())
	for i := range h.facts {
		h.facts[i] = r.Bytes()
	}
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("read a held request: %w", err)
	}
	return h, nil
}

// store writes the entry. Its timer fires when the facts have been held too long, or
// when the retention ends.
func (s *Stage) store(tx stage.Tx, h *hold) {
	size := 64 + len(h.bound)
	for i := range h.facts {
		size += len(h.facts[i]) + 4
	}
	b := statecodec.AppendString(append(tx.Buffer(size), holdVersion), h.bound)
	b = statecodec.AppendBool(b, h.own)
	b = statecodec.AppendTime(statecodec.AppendTime(b, h.first), h.last)
	b = statecodec.AppendUint(b, uint64(len(h.facts)))
	for i := range h.facts {
		b = statecodec.AppendBytes(b, h.facts[i])
	}
	due := h.last.Add(s.config.Retention)
	if h.bound == "" && !h.own {
		due = h.first.Add(s.config.Hold)
	}
	tx.Put(holdKey(tx, h.key), b, due)
}

// received updates the first and last received_at.
func (h *hold) received(at time.Time) {
	if h.first.IsZero() || at.Before(h.first) {
		h.first = at
	}
	if at.After(h.last) {
		h.last = at
	}
}

// keep forwards a fact that has only a request id to its reference, or holds it until
// the reference is known.
func (s *Stage) keep(tx stage.Tx, key []byte, in *avro.UnibellInput, trace []stage.Header) error {
	h, err := openHold(tx, key)
	if err != nil {
		return err
	}
	h.received(in.Call.Value.ReceivedAt)
	if h.bound != "" {
		s.store(tx, h)
		return forward(tx, h.bound, in, trace)
	}
	body, err := in.AppendAvro(nil)
	if err != nil {
		return entity.Unwritable(schemas.InternalUnibell, err)
	}
	h.facts = append(h.facts, body)
	s.store(tx, h)
	if h.own {
		return s.apply(tx, h.key, in, trace)
	}
	return nil
}

// bind stores the reference of a request id, and forwards the held facts to it.
func (s *Stage) bind(tx stage.Tx, key []byte, in *avro.UnibellInput, trace []stage.Header) error {
	h, err := openHold(tx, key)
	if err != nil {
		return err
	}
	h.received(in.Call.Value.ReceivedAt)
	if h.bound != "" {
		s.store(tx, h)
		return nil
	}
	h.bound = in.VerificationID.Value
	for _, body := range h.facts {
		var held avro.UnibellInput
		if err := held.DecodeAvro(body); err != nil {
			return fmt.Errorf("read a held fact: %w", err)
		}
		if err := forward(tx, h.bound, &held, trace); err != nil {
			return err
		}
	}
	if h.own {
		if err := s.verifications.Withdraw(tx, h.key); err != nil {
			return err
		}
	}
	h.facts, h.own = nil, false
	s.store(tx, h)
	return nil
}

// forward emits a fact, keyed by its reference, to the stage's own input.
func forward(tx stage.Tx, id string, in *avro.UnibellInput, trace []stage.Header) error {
	out := *in
	out.VerificationID = avro.Some(id)
	out.Call.Value.VerificationID = out.VerificationID
	return entity.Emit(tx, schemas.InternalUnibell, append(tx.Buffer(len(id)), id...), &out, inputSize, trace)
}

// overdue shows facts that were held too long as a verification of their own, or
// deletes the entry at the end of its retention.
func (s *Stage) overdue(tx stage.Tx, request []byte) error {
	h, err := openHold(tx, request)
	if err != nil {
		return err
	}
	if h.bound != "" || h.own {
		if !tx.Watermark().Before(h.last.Add(s.config.Retention)) {
			tx.Delete(holdKey(tx, request))
			return nil
		}
		s.store(tx, h)
		return nil
	}
	h.own = true
	s.store(tx, h)
	for _, body := range h.facts {
		var held avro.UnibellInput
		if err := held.DecodeAvro(body); err != nil {
			return fmt.Errorf("read a held fact: %w", err)
		}
		if err := s.apply(tx, bytes.Clone(request), &held, nil); err != nil {
			return err
		}
	}
	return nil
}
