package signal

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// The counters of signals by kind and severity, as "PUMPING/CRITICAL": raised minus
// withdrawn are open. A change of severity counts as both.
const (
	CounterRaised    = "signals_raised"
	CounterWithdrawn = "signals_withdrawn"
)

// prefix begins the state keys.
const prefix = "\x01signal/"

// usualSize is the usual size of a signal, in bytes.
const usualSize = 1024

// Keeper keeps the signals of one stage in its state.
type Keeper struct {
	// Retention is how long a withdrawn signal is kept before its tombstone.
	Retention time.Duration
}

// ID returns the id of a signal about a subject of several parts. A part's own slash is
// written as %2F, so that different subjects have different ids.
func ID(kind avro.SignalKind, subject ...string) string {
	id := []byte(kind)
	for _, part := range subject {
		part = strings.ReplaceAll(strings.ReplaceAll(part, "%", "%25"), "/", "%2F")
		id = append(append(id, '/'), part...)
	}
	return string(id)
}

// IsEntry reports whether a state key belongs to this package.
func IsEntry(key []byte) bool { return bytes.HasPrefix(key, []byte(prefix)) }

// Report raises a signal that is not open, and updates an open one if a figure differs. The
// caller sets the id, the kind, as_of and the claim with its figures; Report sets the rest.
func (k *Keeper) Report(tx stage.Tx, s *avro.Signal) error {
	return k.report(tx, s, time.Time{})
}

// ReportUntil is Report for a statement that stays true, such as one about a past day: it is
// not withdrawn but ends with a tombstone at the given time.
func (k *Keeper) ReportUntil(tx stage.Tx, s *avro.Signal, end time.Time) error {
	return k.report(tx, s, end)
}

func (k *Keeper) report(tx stage.Tx, s *avro.Signal, end time.Time) error {
	before, err := load(tx, s.SignalID)
	if err != nil {
		return err
	}
	last := &before.signal
	s.State, s.RaisedAt, s.WithdrawnAt = avro.SignalStateUpdated, last.RaisedAt, avro.Optional[time.Time]{}
	if !before.isOpen() {
		s.State, s.RaisedAt = avro.SignalStateRaised, s.AsOf
	} else if same(last, s) {
		return nil
	}
	s.UpdatedAt = s.AsOf
	return k.save(tx, &before, &saved{signal: *s, end: end})
}

// Withdraw withdraws an open signal; nothing happens if it is not open. The signal keeps its
// figures; a claim that is not empty replaces its claim.
func (k *Keeper) Withdraw(tx stage.Tx, id string, at time.Time, claim string) error {
	before, err := load(tx, id)
	if err != nil || !before.isOpen() {
		return err
	}
	after := saved{signal: before.signal, end: at.Add(k.Retention)}
	s := &after.signal
	s.State, s.AsOf, s.UpdatedAt, s.WithdrawnAt = avro.SignalStateWithdrawn, at, at, avro.Some(at)
	if claim != "" {
		s.Claim = claim
	}
	return k.save(tx, &before, &after)
}

// WithdrawWith is Withdraw with figures that replace those of the last report, as of s.AsOf. The
// severity stays.
func (k *Keeper) WithdrawWith(tx stage.Tx, s *avro.Signal) error {
	before, err := load(tx, s.SignalID)
	if err != nil || !before.isOpen() {
		return err
	}
	s.State, s.Severity, s.RaisedAt = avro.SignalStateWithdrawn, before.signal.Severity, before.signal.RaisedAt
	s.UpdatedAt, s.WithdrawnAt = s.AsOf, avro.Some(s.AsOf)
	return k.save(tx, &before, &saved{signal: *s, end: s.AsOf.Add(k.Retention)})
}

// IsOpen reports whether the signal holds now.
func (*Keeper) IsOpen(tx stage.Tx, id string) (bool, error) {
	s, err := load(tx, id)
	return s.isOpen(), err
}

// OnTimer ends a signal.
func (*Keeper) OnTimer(tx stage.Tx, key []byte) error {
	id := strings.TrimPrefix(string(key), prefix)
	before, err := load(tx, id)
	if err != nil {
		return err
	}
	if before.end.IsZero() || tx.Watermark().Before(before.end) {
		tx.Put(key, before.appendTo(tx.Buffer(usualSize)), before.end)
		return nil
	}
	if before.isOpen() {
		count(tx, CounterWithdrawn, &before.signal)
	}
	tx.Delete(key)
	tx.Emit(stage.Output{Topic: schemas.Signals, Key: []byte(id)})
	return nil
}

// save emits a revision and stores it.
func (*Keeper) save(tx stage.Tx, before, after *saved) error {
	s, last := &after.signal, &before.signal
	// The revision before may have been made at a later time, if the caller's time went back.
	if s.UpdatedAt.Before(last.UpdatedAt) {
		s.UpdatedAt = last.UpdatedAt
	}
	s.Revision, s.ProcessedAt = entity.NextRevision(tx, last.Revision), tx.WallClock()
	if was, is := before.isOpen(), after.isOpen(); was != is || last.Severity != s.Severity {
		if was {
			count(tx, CounterWithdrawn, last)
		}
		if is {
			count(tx, CounterRaised, s)
		}
	}
	tx.Put(keyOf(tx, s.SignalID), after.appendTo(tx.Buffer(usualSize)), after.end)
	return entity.Emit(tx, schemas.Signals, append(tx.Buffer(len(s.SignalID)), s.SignalID...), s, usualSize, nil)
}

func count(tx stage.Tx, name string, s *avro.Signal) {
	tx.Count(name, string(s.Kind)+"/"+string(s.Severity), 1)
}

func keyOf(tx stage.Tx, id string) []byte {
	return append(append(tx.Buffer(len(prefix)+len(id)), prefix...), id...)
}

// load reads a signal; the zero value is one that does not exist.
func load(tx stage.Tx, id string) (saved, error) {
	entry, err := tx.Get(keyOf(tx, id))
	if err != nil || entry == nil {
		return saved{}, err
	}
	s, err := parse(entry)
	if err != nil {
		return saved{}, fmt.Errorf("read a signal: %w", err)
	}
	s.signal.SignalID = id
	return s, nil
}

// same reports whether two revisions show the same to a reader.
func same(last, now *avro.Signal) bool {
	a, b := saved{signal: *last}, saved{signal: *now}
	for _, s := range []*avro.Signal{&a.signal, &b.signal} {
		s.State, s.AsOf, s.RaisedAt, s.UpdatedAt = "", time.Time{}, time.Time{}, time.Time{}
		s.WithdrawnAt, s.Revision = avro.Optional[time.Time]{}, 0
	}
	return bytes.Equal(a.appendTo(nil), b.appendTo(nil))
}
