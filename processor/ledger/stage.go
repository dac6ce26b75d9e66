package ledger

import (
	"bytes"
	"fmt"
	"iter"
	"strconv"
	"time"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// The counters, by source. Those of missed attempts are counted by
// the stage that knows of attempts, all others here.
const (
	CounterAccepted        = "accepted"
	CounterReplayed        = "replayed"
	CounterDecoded         = "decoded"
	CounterDuplicates      = "duplicates"
	CounterDeadLetters     = "dead_letters"
	CounterUnaccounted     = "unaccounted"
	CounterMissed          = "missed_attempts"
	CounterMissedWithdrawn = "missed_attempts_withdrawn"
	// CounterSkipped is of the partition; its source is empty.
	CounterSkipped = "skipped_offsets"
)

// key is the state key of a partition's account.
const key = "\x01ledger"

// entrySize is room for a usual entry.
const entrySize = 256

// Stage is a stage of a raw topic that keeps account. Make it with Keep.
type Stage struct {
	stage.Stage

	provider string
}

var _ stage.Auditor = (*Stage)(nil)

// Keep returns the stage with an account of it. Whatever else the stage can do,
// it still can.
func Keep(provider string, wrapped stage.Stage) stage.Stage {
	kept := &Stage{Stage: wrapped, provider: provider}
	if reporter, ok := wrapped.(stage.WatermarkReporter); ok {
		return &reporting{Stage: kept, WatermarkReporter: reporter}
	}
	return kept
}

// reporting is a Stage that tells its clock.
type reporting struct {
	*Stage
	stage.WatermarkReporter
}

// Recycle implements stage.Recycler.
func (s *Stage) Recycle(event stage.Event) {
	if inner, ok := s.Stage.(stage.Recycler); ok {
		inner.Recycle(event)
	}
}

// Audit implements stage.Auditor.
func (s *Stage) Audit(tx stage.Tx, handled iter.Seq[stage.Outcome], counted []stage.Count) error {
	b, err := open(tx)
	if err != nil {
		return err
	}
	var batch tally
	for h := range handled {
		if b.topic != h.In.Topic {
			b.topic = h.In.Topic
		}
		r := read(h.In, tx.WallClock())
		if r.erasure {
			batch.skipped += b.advance(h.In.Offset) // no fact, and no part of the account
			continue
		}
		if err := s.begin(tx, b, r.received); err != nil {
			return err
		}
		batch.skipped += b.advance(h.In.Offset)
		b.replayed = b.replayed || r.replayed
		ending := endingOf(h.Outputs)
		b.minute.line(r.source).add(&r, ending)
		batch.line(r.source).add(&r, ending)
	}
	for i := range counted {
		if err := s.missed(tx, b, &counted[i]); err != nil {
			return err
		}
	}
	s.store(tx, b)
	batch.count(tx)
	return nil
}

// missed adds missed delivery attempts that the stage counted.
func (s *Stage) missed(tx stage.Tx, b *state, c *stage.Count) error {
	if c.Name != CounterMissed && c.Name != CounterMissedWithdrawn {
		return nil
	}
	if err := s.begin(tx, b, tx.Watermark()); err != nil {
		return err
	}
	counts := &b.minute.line([]byte(c.Label)).counts
	if c.Name == CounterMissed {
		counts.MissedAttempts += c.N
	} else {
		counts.MissedAttemptsWithdrawn += c.N
	}
	return nil
}

// OnTimer closes a minute that is over; every other deadline is the stage's.
func (s *Stage) OnTimer(tx stage.Tx, due []byte) error {
	if !bytes.Equal(due, []byte(key)) {
		return s.Stage.OnTimer(tx, due)
	}
	b, err := open(tx)
	if err != nil {
		return err
	}
	if now := tx.Watermark().Truncate(time.Minute); b.open && now.After(b.begun) {
		if err := s.close(tx, b); err != nil {
			return err
		}
		b.begun = now // not open: nothing has happened in it yet
	}
	s.store(tx, b)
	return nil
}

// begin moves the state to the minute of a time, if that is later than where it is,
// and closes the minute before.
func (s *Stage) begin(tx stage.Tx, b *state, at time.Time) error {
	begun := at.Truncate(time.Minute)
	if b.open && !begun.After(b.begun) {
		return nil
	}
	if b.open {
		if err := s.close(tx, b); err != nil {
			return err
		}
	}
	if begun.After(b.begun) {
		b.begun = begun
	}
	if b.closed && !b.begun.After(b.last) {
		b.begun = b.last.Add(time.Minute)
	}
	b.open = true
	return nil
}

// close emits the entry of the open minute.
func (s *Stage) close(tx stage.Tx, b *state) error {
	b.sequence++
	entry := b.entry()
	entry.Provider, entry.Partition, entry.ProcessedAt = s.provider, tx.Partition(), tx.WallClock()
	value, err := entry.AppendAvro(wire.AppendPlaceholder(tx.Buffer(entrySize)))
	if err != nil {
		return fmt.Errorf("encode a ledger entry: %w", err)
	}
	tx.Emit(stage.Output{Topic: schemas.Ledger, Key: Key(s.provider, tx.Partition()), Value: value})
	b.last, b.closed, b.open = b.begun, true, false
	b.from, b.minute = b.next, tally{}
	return nil
}

// store writes the state, due when the open minute is over.
func (*Stage) store(tx stage.Tx, b *state) {
	var due time.Time
	if b.open {
		due = b.begun.Add(time.Minute)
	}
	tx.Put([]byte(key), b.appendTo(tx.Buffer(entrySize)), due)
}

// Key is the key of a partition's entries.
func Key(provider string, partition int32) []byte {
	return strconv.AppendInt(append([]byte(provider), '/'), int64(partition), 10)
}
