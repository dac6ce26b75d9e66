package lox24

import (
	"fmt"
	"time"

	"github.com/tributary-hq/tributary/processor/block"
	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stage/dedupe"
	"github.com/tributary-hq/tributary/processor/statecodec"
)

// smsPrefix and unknownPrefix begin the state keys of SMS and of the entities of
// unknown events, because these could share an id with a verify code; plainVersion is
// the format of their entries.
const (
	smsPrefix     = "sms "
	unknownPrefix = "event "
	plainVersion  = 1
)

// plain is the state of an entity that is no verification: an SMS, or that of unknown events.
type plain struct {
	// last is the latest received_at.
	last   time.Time
	window dedupe.Window
	// decision is the decision on the block of the number that an SMS came from.
	decision block.Decision
}

func readPlain(tx stage.Tx, key []byte) (p plain, err error) {
	entry, err := tx.Get(key)
	if err != nil {
		return p, fmt.Errorf("read the ids of an entity: %w", err)
	}
	if entry == nil {
		return p, nil
	}
	r, _ := statecodec.NewReader(entry, plainVersion)
	p.last = r.Time()
	p.window.ReadFrom(r)
	p.decision.ReadFrom(r)
	if err := r.Done(); err != nil {
		return p, fmt.Errorf("read the ids of an entity: %w", err)
	}
	return p, nil
}

// applyPlain deduplicates an event that does not belong to a verification. Its entry
// holds only ids and the number's block, for as long as they are needed.
func (s *Stage) applyPlain(tx stage.Tx, in *stage.Input, e *event, prefix string) error {
	key := append(append(tx.Buffer(len(prefix)+len(e.key)), prefix...), e.key...)
	p, err := readPlain(tx, key)
	if err != nil {
		return err
	}
	repeated, err := s.repeated(tx, in, &p.window, key, e)
	if err != nil || repeated {
		return err
	}
	if e.fact.Block.Full != "" {
		p.decision, err = s.verifications.Blocks.DecideOnce(tx, &p.decision, &e.fact.Block.Number, e.receivedAt)
		if err != nil {
			return err
		}
		e.fact.Block = p.decision
	}
	if err := e.emit(tx); err != nil {
		return err
	}
	if e.receivedAt.After(p.last) {
		p.last = e.receivedAt
	}
	keep := s.window(e.kind).Keep
	if p.decision.Full != "" { // as long as the number may be in the sets of blocks, so that an erasure finds it
		keep = max(keep, s.config.Retention)
	}
	value := statecodec.AppendTime(append(tx.Buffer(128), plainVersion), p.last)
	tx.Put(key, p.decision.AppendTo(p.window.AppendTo(value)), p.last.Add(keep+time.Millisecond))
	return nil
}

// erasePlain removes the number of an entity from the sets of blocks, and its entries.
func (s *Stage) erasePlain(tx stage.Tx, key []byte) error {
	p, err := readPlain(tx, key)
	if err == nil {
		err = s.verifications.Blocks.Forget(tx, &p.decision.Number)
	}
	if err != nil {
		return err
	}
	return entity.Delete(tx, key)
}
