package audit

import (
	"context"
	"hash/maphash"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// sums are the totals of one entity, of its rows or in its snapshot: attempts by result, or
// money by kind in minor units.
type sums struct {
	attempts, succeeded, failed int64
	gross, refunded, released   int64
}

func (s *sums) add(o *sums, sign int64) {
	s.attempts += sign * o.attempts
	s.succeeded += sign * o.succeeded
	s.failed += sign * o.failed
	s.gross += sign * o.gross
	s.refunded += sign * o.refunded
	s.released += sign * o.released
}

// derived holds both sides of the comparison of one entity with its rows.
type derived struct {
	rows, snapshot sums
	// revision is that of the last snapshot, 0 if there is none; newest the highest of
	// the rows.
	revision, newest int64
	since            time.Time
}

// emitted is the last version of a row.
type emitted struct {
	entity uint64
	sums   sums
}

// derivations are the entities of a fact topic, by the hash of their key, and its rows, by
// that of theirs.
type derivations struct {
	entities map[uint64]*derived
	rows     map[uint64]emitted
}

func (a *auditor) hash(key []byte) uint64 { return maphash.Bytes(a.seed, key) }

func (a *auditor) derivationsOf(topic string) *derivations {
	d := a.derived[topic]
	if d == nil {
		d = &derivations{entities: map[uint64]*derived{}, rows: map[uint64]emitted{}}
		a.derived[topic] = d
	}
	return d
}

func (d *derivations) of(hash uint64) *derived {
	x := d.entities[hash]
	if x == nil {
		x = &derived{}
		d.entities[hash] = x
	}
	return x
}

// deriveFrom takes a snapshot that has rows in a fact topic; a nil snapshot is a tombstone.
func (a *auditor) deriveFrom(key []byte, snapshot avro.Snapshot) {
	p, _ := schemas.ProviderOfKey(string(key))
	if p.Facts == "" {
		return
	}
	x := a.derivationsOf(p.Facts).of(a.hash(key))
	x.snapshot, x.revision, x.since = sums{}, 0, time.Time{}
	switch s := snapshot.(type) {
	case *avro.VerificationSnapshot:
		x.revision, x.since = s.Revision, s.CreatedAt
		for i := range s.Attempts {
			one := sumsOf(s.Attempts[i].Status)
			x.snapshot.add(&one, 1)
		}
	case *avro.PaymentSnapshot:
		x.revision, x.since = s.Revision, s.CreatedAt
		x.snapshot = sums{gross: s.GrossMinor, refunded: s.RefundedMinor, released: s.ReleasedMinor}
	}
}

func sumsOf(result avro.AttemptStatus) sums {
	s := sums{attempts: 1}
	switch result {
	case avro.AttemptStatusSuccess:
		s.succeeded = 1
	case avro.AttemptStatusFailed, avro.AttemptStatusError:
		s.failed = 1
	default:
	}
	return s
}

// readRows reads the fact topics.
func (a *auditor) readRows(ctx context.Context) error {
	return a.each(ctx, "reading attempts and movements", a.whole(schemas.FactTopics()...), func(topic string, r *kgo.Record) error {
		d, row := a.derivationsOf(topic), a.hash(r.Key)
		if before, ok := d.rows[row]; ok {
			d.of(before.entity).rows.add(&before.sums, -1)
			delete(d.rows, row)
		}
		if r.Value == nil {
			return nil
		}
		_, body, err := wire.Parse(r.Value)
		record, _ := avro.New(topic)
		if err == nil && record != nil {
			err = record.DecodeAvro(body)
		}
		now, entity, revision := emitted{}, "", int64(0)
		switch v := record.(type) {
		case *avro.DeliveryAttempt:
			entity, revision, now.sums = v.VerificationID, v.Revision, sumsOf(v.Status)
		case *avro.Movement:
			entity, revision = v.PaymentID, v.Revision
			switch v.Kind {
			case avro.MovementKindPaid:
				now.sums.gross = v.AmountMinor
			case avro.MovementKindRefunded:
				now.sums.refunded = -v.AmountMinor
			case avro.MovementKindReleased:
				now.sums.released = -v.AmountMinor
			default:
			}
		}
		if err != nil || entity == "" {
			a.unreadable(r)
			return nil //nolint:nilerr // a difference, and no failure
		}
		now.entity = a.hash([]byte(entity))
		d.rows[row] = now
		x := d.of(now.entity)
		x.newest = max(x.newest, revision)
		x.rows.add(&now.sums, 1)
		return nil
	})
}

// concludeRows compares the totals of each entity's rows with its snapshot. An entity is in
// flight if a row has a higher revision than the snapshot, which was read earlier, or if it is
// so old that its topic's retention may have deleted rows.
func (a *auditor) concludeRows(ctx context.Context) error {
	for _, topic := range schemas.FactTopics() {
		d := a.derivationsOf(topic)
		row, _ := schemas.Find(topic)
		kept := a.config.Now().Add(-row.Retention)
		out := Rows{Topic: topic, Rows: int64(len(d.rows))}
		wrong := map[uint64]bool{}
		for hash, x := range d.entities {
			switch {
			case x.revision == 0:
			case x.newest > x.revision, x.since.Before(kept):
				out.InFlight++
			case x.rows != x.snapshot:
				out.Entities++
				out.Differences++
				wrong[hash] = true
			default:
				out.Entities++
			}
		}
		a.report.Rows = append(a.report.Rows, out)
		if len(wrong) > 0 {
			if err := a.nameRows(ctx, topic, wrong); err != nil {
				return err
			}
		}
	}
	return nil
}

// nameRows reads the snapshots again to find the keys of the entities that differ.
func (a *auditor) nameRows(ctx context.Context, topic string, wrong map[uint64]bool) error {
	return a.each(ctx, "looking for the snapshots that differ from their rows", a.whole(schemas.EnrichedTopics()...), func(_ string, r *kgo.Record) error {
		hash := a.hash(r.Key)
		if !wrong[hash] {
			return nil
		}
		delete(wrong, hash)
		x := a.derivationsOf(topic).of(hash)
		rows, snapshot := x.rows.attempts, x.snapshot.attempts
		if topic == schemas.FactsMoney {
			rows, snapshot = x.rows.gross-x.rows.refunded-x.rows.released, x.snapshot.gross-x.snapshot.refunded-x.snapshot.released
		}
		a.report.differ(&Difference{Kind: KindRows, Topic: topic, Partition: -1, Offset: -1, Key: string(r.Key), Expected: rows, Applied: snapshot})
		return nil
	})
}
