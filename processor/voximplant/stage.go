package voximplant

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"github.com/tributary-hq/tributary/processor/block"
	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/erasure"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stage/dedupe"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// Name is the stage's name.
const Name = schemas.FamilyVoximplant

// Stage is the stage. Make it with New.
type Stage struct {
	config     Config
	sources    *source.Set
	pseudonyms *privacy.Pseudonymiser
	types      map[string]decoder
	blocks     block.Rule
}

// usualSize is the usual size of a snapshot and of a state entry, in bytes.
const usualSize = 1024

var _ stage.Stage = (*Stage)(nil)

// New returns the stage; the settings are to be valid.
func New(config Config, sources *source.Set, pseudonyms *privacy.Pseudonymiser) *Stage {
	return &Stage{
		config: config, sources: sources, pseudonyms: pseudonyms, types: decoders(), blocks: pseudonyms.Blocks(config.NumberRetention),
	}
}

// Apply merges a callback into its account, or emits a duplicate if it is a repeat.
func (s *Stage) Apply(tx stage.Tx, in *stage.Input, event stage.Event) error {
	cb, ok := event.(*callback)
	if !ok {
		return fmt.Errorf("voximplant: an event of type %T", event)
	}
	at := cb.envelope.ReceivedAt
	tx.AdvanceWatermark(at)
	entry, err := tx.Get(in.Key)
	if err != nil {
		return err
	}
	a, err := parseAccount(entry)
	if err != nil {
		return err
	}
	d, trace := &cb.decoded, raw.Trace(in.Headers)
	change := entity.ChangeBy(&d.Origin, d.EventID)
	known, err := entity.Observe(tx, &a.window, &entity.Occurrence{
		Key: in.Key, State: in.Key, Origin: d.Origin, ReceivedAt: d.ReceivedAt, ID: d.CallbackID, EventID: d.EventID, By: avro.KnownByCallbackID,
		Forgotten: a.sequence.Forgotten(cb.sequence, tx.Watermark(), s.config.Span), AcceptStale: cb.source.AcceptStale, Trace: trace,
	}, dedupe.Policy{Span: s.config.Span, Keep: dedupe.KeptInSequence(s.config.Span)})
	if err != nil {
		return err
	}
	if known.Repeated {
		if !at.Before(known.First.ReceivedAt) {
			return nil
		}
		return s.repeat(tx, in.Key, a, cb, &change, trace)
	}
	if err := s.emit(tx, in.Key, cb, trace); err != nil {
		return err
	}
	a.sequence.Add(cb.sequence, tx.Watermark(), s.config.Span)
	a.apply(cb)
	return s.save(tx, in.Key, a, cb, &change, trace)
}

// emit emits the decoded callback. The number that an SMS came from gets its block.
func (s *Stage) emit(tx stage.Tx, key []byte, cb *callback, trace []stage.Header) error {
	d := &cb.decoded
	if cb.number.Full != "" {
		place, err := s.blocks.Decide(tx, &cb.number, d.ReceivedAt)
		if err != nil {
			return err
		}
		shown := *d // a decoded event is not changed: the transaction may be done again
		from := &shown.SMSInbound.Value.SourceNumber.Value
		*from = entity.WithBlock(*from, &place)
		d = &shown
	}
	if err := entity.Emit(tx, schemas.DecodedVoximplantAccountCallback, key, d, usualSize, trace); err != nil {
		return err
	}
	cb.faults.Count(tx)
	return nil
}

// repeat handles a repeat with an earlier received_at than the first: it lowers the
// times of the registers that the callback set, and emits a snapshot if that changes
// it.
func (s *Stage) repeat(tx stage.Tx, key []byte, a *Account, cb *callback, change *avro.Change, trace []stage.Header) error {
	before, err := s.comparable(tx, key, a)
	if err != nil {
		return err
	}
	a.lower(cb.sequence, cb.envelope.ReceivedAt)
	after, err := s.comparable(tx, key, a)
	if err != nil {
		return err
	}
	if !bytes.Equal(before, after) {
		return s.save(tx, key, a, cb, change, trace)
	}
	tx.Put(key, a.appendTo(tx.Buffer(usualSize)), time.Time{})
	return nil
}

// comparable returns the encoded snapshot without the fields that change with every arrival.
func (s *Stage) comparable(tx stage.Tx, key []byte, a *Account) ([]byte, error) {
	snapshot := s.snapshot(string(key), a)
	snapshot.ProcessedAt = a.first
	value, err := snapshot.AppendAvro(tx.Buffer(usualSize))
	if err != nil {
		return nil, entity.Unwritable(schemas.EnrichedAccounts, err)
	}
	return value, nil
}

// save emits the snapshot of an account that a callback changed, and stores the account.
func (s *Stage) save(tx stage.Tx, key []byte, a *Account, cb *callback, change *avro.Change, trace []stage.Header) error {
	a.revision = entity.NextRevision(tx, a.revision)
	snapshot := s.snapshot(string(key), a)
	snapshot.ChangedBy, snapshot.ProcessedAt = *change, tx.WallClock()
	if err := entity.Emit(tx, schemas.EnrichedAccounts, key, &snapshot, usualSize, trace); err != nil {
		return err
	}
	if err := s.emitInsights(tx, key, &snapshot, cb); err != nil {
		return err
	}
	tx.Put(key, a.appendTo(tx.Buffer(usualSize)), time.Time{})
	return nil
}

// OnTimer removes the numbers of a block, or a callback's id, whose time is over. An account
// itself has no timer: it is kept for ever.
func (s *Stage) OnTimer(tx stage.Tx, key []byte) error {
	switch {
	case block.IsEntry(key):
		return s.blocks.OnTimer(tx, key)
	case dedupe.IsEntry(key):
		tx.Delete(key)
		return nil
	default:
		return errors.New("voximplant: an account has no deadline")
	}
}

// Erase deletes an account. The hashes of the numbers from which it got SMS end with
// Config.NumberRetention.
func (*Stage) Erase(tx stage.Tx, r *erasure.Request) error {
	return entity.End(tx, schemas.EnrichedAccounts, bytes.Clone(r.Key))
}
