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

	provider, topic string
	// scores is set if the counts of each minute go to the insights stage, too.
	scores bool
}

var (
	_ stage.Auditor = (*Stage)(nil)
	_ stage.Starter = (*Stage)(nil)
)

// Keep returns the stage with a ledger. topic is the raw topic as named on the cluster.
// scores is set if the counts of each minute go to the insights stage, too. The wrapped
// stage's other interfaces are kept.
func Keep(provider, topic string, wrapped stage.Stage, scores bool) stage.Stage {
	kept := &Stage{Stage: wrapped, provider: provider, topic: topic, scores: scores}
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

// Start implements stage.Starter: the ledger of a partition without records begins at
// its first watermark.
func (s *Stage) Start(tx stage.Tx) error {
	b, err := open(tx)
	if err != nil || b.open {
		return err
	}
	if err := s.moveTo(tx, b, tx.Watermark()); err != nil {
		return err
	}
	s.store(tx, b)
	return nil
}

// Audit implements stage.Auditor.
func (s *Stage) Audit(tx stage.Tx, handled iter.Seq[stage.Outcome], counted []stage.Count) error {
	b, err := open(tx)
	if err != nil {
		return err
	}
	var batch tally
	for h := range handled {
		r := read(h.In, tx.WallClock())
		if r.erasure {
			batch.skipped += b.advance(h.In.Offset) // no fact, and no part of the account
			continue
		}
		if err := s.moveTo(tx, b, r.received); err != nil {
			return err
		}
		batch.skipped += b.advance(h.In.Offset)
		b.replayed = b.replayed || r.replayed
		ending := endingOf(h.Outputs)
		b.minute.line(r.source).add(&r, ending)
		batch.line(r.source).add(&r, ending)
		s.score(b, ending, h.Event)
	}
	for i := range counted {
		if err := s.missed(tx, b, &counted[i]); err != nil {
			return err
		}
		s.scoreCount(b, &counted[i])
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
	if err := s.moveTo(tx, b, tx.Watermark()); err != nil {
		return err
	}
	counts := &b.minute.line([]byte(c.Label)).counts
	if c.Name == CounterMissed {
		counts.missed += c.N
	} else {
		counts.withdrawn += c.N
	}
	return nil
}

// OnTimer closes the minutes that are over; every other timer is the wrapped stage's.
func (s *Stage) OnTimer(tx stage.Tx, due []byte) error {
	if !bytes.Equal(due, []byte(key)) {
		return s.Stage.OnTimer(tx, due)
	}
	b, err := open(tx)
	if err != nil {
		return err
	}
	if err := s.moveTo(tx, b, tx.Watermark()); err != nil {
		return err
	}
	s.store(tx, b)
	return nil
}

// longestGap limits the entries of minutes without a record that are emitted at once: of
// a longer jump of the watermark, only the last day has them.
const longestGap = 24 * time.Hour

// moveTo opens the minute of a time, if it is later than the open one, and closes each
// minute before it.
func (s *Stage) moveTo(tx stage.Tx, b *state, at time.Time) error {
	minute := at.Truncate(time.Minute)
	if !b.open {
		b.begun, b.open = minute, true
		return nil
	}
	for b.begun.Before(minute) {
		if err := s.close(tx, b); err != nil {
			return err
		}
		b.begun = b.begun.Add(time.Minute)
		if earliest := minute.Add(-longestGap); b.begun.Before(earliest) {
			b.begun = earliest
		}
	}
	return nil
}

// close emits the entry of the open minute.
func (s *Stage) close(tx stage.Tx, b *state) error {
	b.sequence++
	entry := b.entry()
	entry.Provider, entry.Topic, entry.Partition, entry.ProcessedAt = s.provider, s.topic, tx.Partition(), tx.WallClock()
	value, err := entry.AppendAvro(wire.AppendPlaceholder(tx.Buffer(entrySize)))
	if err != nil {
		return fmt.Errorf("encode a ledger entry: %w", err)
	}
	tx.Emit(stage.Output{Topic: schemas.Ledger, Key: Key(s.provider, tx.Partition()), Value: value})
	b.from, b.minute = b.next, tally{}
	return s.emitScore(tx, b)
}

// store writes the state, due when the open minute is over.
func (*Stage) store(tx stage.Tx, b *state) {
	var due time.Time
	if b.open { // not if the partition held erasures alone
		due = b.begun.Add(time.Minute)
	}
	tx.Put([]byte(key), b.appendTo(tx.Buffer(entrySize)), due)
}

// Key is the key of a partition's entries.
func Key(provider string, partition int32) []byte {
	return strconv.AppendInt(append([]byte(provider), '/'), int64(partition), 10)
}
