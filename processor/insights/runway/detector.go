package runway

import (
	"bytes"
	"fmt"
	"time"

	"github.com/tributary-hq/tributary/processor/insights/signal"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas/avro"
)

const (
	// prefix begins the state keys.
	prefix = "\x01runway/"
	// soon is the time after an observation until the account is evaluated, so that many
	// callbacks cost one evaluation; interval is that between evaluations without one.
	soon     = time.Minute
	interval = 15 * time.Minute
	// usualSize is the usual size of a state entry, in bytes.
	usualSize = 1024
)

// Detector claims until when accounts work.
type Detector struct {
	Settings Settings
	Keeper   *signal.Keeper
}

// IsEntry reports whether a state key belongs to this package.
func IsEntry(key []byte) bool { return bytes.HasPrefix(key, []byte(prefix)) }

// Apply adds an observation and a status of an account at a time; either may be nil.
func (*Detector) Apply(tx stage.Tx, id string, at time.Time, o *Observation, s *Status) error {
	key := append(append(tx.Buffer(len(prefix)+len(id)), prefix...), id...)
	entry, err := tx.Get(key)
	if err != nil {
		return fmt.Errorf("read an account's runway: %w", err)
	}
	a, err := parse(id, entry)
	if err != nil {
		return err
	}
	if o != nil {
		a.Observe(*o)
	}
	if at.After(a.at) {
		a.at = at
	}
	if s != nil {
		a.SetStatus(*s)
	}
	// A pending evaluation is not put off: callbacks may come faster than the watermark.
	if due := a.at.Truncate(soon).Add(soon); a.due.IsZero() || due.Before(a.due) {
		a.due = due
	}
	put(tx, key, a)
	return nil
}

// OnTimer evaluates an account.
func (d *Detector) OnTimer(tx stage.Tx, key []byte) error {
	id := string(bytes.TrimPrefix(key, []byte(prefix)))
	entry, err := tx.Get(key)
	if err != nil {
		return fmt.Errorf("read an account's runway: %w", err)
	}
	a, err := parse(id, entry)
	if err != nil {
		return err
	}
	if now := tx.Watermark().Truncate(time.Second); now.After(a.at) {
		a.at = now
	}
	if err := d.report(tx, a); err != nil {
		return err
	}
	a.due = a.at.Truncate(interval).Add(interval)
	put(tx, key, a)
	return nil
}

func put(tx stage.Tx, key []byte, a *Account) { tx.Put(key, a.appendTo(tx.Buffer(usualSize)), a.due) }

func (d *Detector) report(tx stage.Tx, a *Account) error {
	var failed error
	open := func(subject string) bool {
		is, err := d.Keeper.IsOpen(tx, signal.ID(avro.SignalKindAccountRunway, a.id, subject))
		if err != nil {
			failed = err
		}
		return is
	}
	for _, f := range a.evaluate(&d.Settings, a.at, open) {
		var err error
		if f.signal != nil {
			err = d.Keeper.Report(tx, f.signal)
		} else {
			err = d.Keeper.Withdraw(tx, signal.ID(avro.SignalKindAccountRunway, a.id, f.subject), a.at, f.end)
		}
		if err != nil {
			return err
		}
	}
	return failed
}
