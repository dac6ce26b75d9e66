package lox24

import (
	"bytes"
	"fmt"
	"sync"
	"time"

	"github.com/tributary-hq/tributary/processor/block"
	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/erasure"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stage/dedupe"
	"github.com/tributary-hq/tributary/processor/verification"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// Name is the stage's name: of its consumer group, its topics, its metrics.
const Name = schemas.FamilyLOX24

// Stage is the LOX24 stage, a stage.Stage and a stage.WatermarkReporter.
type Stage struct {
	config        Config
	verifications verification.Repository
	// events and webhooks are pools.
	events, webhooks sync.Pool
	// entities are memory for verifications; each is in use during one Apply.
	entities sync.Pool
}

var _ erasure.Eraser = (*Stage)(nil)

// New returns the stage; the settings must be valid.
func New(config Config) *Stage {
	return &Stage{config: config, verifications: verification.Repository{
		MinWait: config.MinWait, Grace: config.Grace, Retention: config.Retention, Metrics: config.Metrics, Insights: config.Insights,
		Blocks: config.Privacy.Blocks(config.Retention),
	}}
}

// Apply deduplicates a webhook and merges it into its verification.
func (s *Stage) Apply(tx stage.Tx, in *stage.Input, decoded stage.Event) error {
	e, ok := decoded.(*event)
	if !ok {
		return fmt.Errorf("lox24: an event of type %T", decoded)
	}
	tx.AdvanceWatermark(e.receivedAt)
	switch e.kind {
	case kindSMS:
		return s.applyPlain(tx, in, e, smsPrefix)
	case kindUnknown:
		return s.applyPlain(tx, in, e, unknownPrefix)
	default:
		return s.applyCode(tx, in, e)
	}
}

// applyCode merges an event into its verification.
func (s *Stage) applyCode(tx stage.Tx, in *stage.Input, e *event) error {
	entry, err := tx.Get(e.key)
	if err != nil {
		return fmt.Errorf("read a verification: %w", err)
	}
	v, ok := s.entities.Get().(*verification.Entity)
	if !ok {
		v = &verification.Entity{}
	}
	defer s.entities.Put(v)
	if err := v.Read(entry, tx); err != nil {
		return err
	}
	repeated, err := s.repeated(tx, in, &v.Window, e.key, e)
	if err != nil || repeated {
		return err
	}
	if err := s.verifications.DecideBlock(tx, v, &e.fact); err != nil {
		return err
	}
	if err := e.emit(tx); err != nil {
		return err
	}
	s.verifications.Apply(v, &e.fact)
	origin := e.origin(in)
	change := entity.ChangeBy(&origin, e.id)
	return s.verifications.Save(tx, e.key, v, &change, e.trace)
}

// emit emits the decoded event, whose phone has a block if that was decided on.
func (e *event) emit(tx stage.Tx) (err error) {
	if e.fact.Block.AsOf == 0 {
		err = e.decoded.Emit(tx, e.key, e.trace)
	} else {
		phone := entity.WithBlock(e.fact.Phone.Value, &e.fact.Block)
		err = e.decoded.EmitWithPhone(tx, e.key, &e.fact.Phone.Value, &phone, e.trace)
	}
	if err == nil {
		e.faults.Count(tx)
	}
	return err
}

// repeated emits a duplicate if the event's id is stored, and returns an error for a
// stale event.
func (s *Stage) repeated(tx stage.Tx, in *stage.Input, window *dedupe.Window, state []byte, e *event) (bool, error) {
	origin := e.origin(in)
	known, err := entity.Observe(tx, window, &entity.Occurrence{
		Key: e.key, State: state, Origin: origin, ReceivedAt: e.receivedAt, ID: e.id, EventID: e.id, By: avro.KnownByEventID, Tag: e.tag(e.tagged[:0]),
		EventTime: e.created, AcceptStale: e.source.AcceptStale, Attempt: e.number, Trace: e.trace,
	}, s.window(e.kind))
	if err == nil {
		err = s.track(tx, e, known.First, known.Tag, known.Repeated)
	}
	return known.Repeated, err
}

// window returns how long the ids of a kind of event are stored. An unknown event may
// have no time by which it could be stale, so its id is kept as long as a verification.
func (s *Stage) window(k kind) dedupe.Policy {
	keep := dedupe.Kept(s.config.Span)
	if k == kindUnknown {
		keep = s.config.Retention
	}
	return dedupe.Policy{Span: s.config.Span, Keep: keep}
}

// OnTimer processes the timer of an entry: the expiry of a verification without an
// outcome, or the end of the entry.
func (s *Stage) OnTimer(tx stage.Tx, key []byte) error {
	switch {
	case dedupe.IsEntry(key):
		tx.Delete(key)
		return nil
	case block.IsEntry(key):
		return s.verifications.Blocks.OnTimer(tx, key)
	case isAttempts(key):
		return s.expireAttempts(tx, key)
	case bytes.HasPrefix(key, []byte(smsPrefix)), bytes.HasPrefix(key, []byte(unknownPrefix)):
		return entity.Delete(tx, key)
	default:
		return s.verifications.OnTimer(tx, key)
	}
}

// ReportWatermark sends the partition's watermark to the journey stage.
func (s *Stage) ReportWatermark(tx stage.Tx, partition int32, watermark time.Time) error {
	return entity.ReportWatermark(tx, Name, partition, s.config.JourneyPartitions, watermark)
}

// Erase deletes the verification with the key, and the entries of SMS and unknown
// events with the same id.
func (s *Stage) Erase(tx stage.Tx, r *erasure.Request) error {
	for _, prefix := range []string{smsPrefix, unknownPrefix} {
		if err := s.erasePlain(tx, append([]byte(prefix), r.Key...)); err != nil {
			return err
		}
	}
	return s.verifications.Erase(tx, r)
}
