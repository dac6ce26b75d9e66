package verification

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// rowSize is the usual size of an attempt's row, in bytes.
const rowSize = 512

// emitAttempts emits the rows of the attempts that changed, from the snapshot just made.
func (e *Entity) emitAttempts(tx stage.Tx, key []byte, trace []stage.Header) error {
	s, row, p := &e.snapshot, &e.row, &e.snapshot.Phone.Value
	attempts := e.joined()
	e.rows.Begin()
	before := "" // the channel of the attempt before
	for i := range s.Attempts {
		a := &s.Attempts[i]
		id := entity.RowKey(tx, key, a.ID)
		*row = avro.DeliveryAttempt{
			AttemptID: statecodec.View(id), VerificationID: s.VerificationID, JourneyID: s.JourneyID, CustomerID: s.CustomerID,
			Provider: s.Provider, Source: s.Source, Country: s.Country, NumberType: p.NumberType, Carrier: p.Carrier, Block: p.Block, BlockAsOf: p.BlockAsOf,
			Channel: a.Channel, ChannelRaw: a.ChannelRaw, Position: a.Position,
			IsFallback: before != "" && a.ChannelRaw != "" && !strings.EqualFold(a.ChannelRaw, before), StartedAt: entity.TimeOf(startOf(attempts, a.ID)),
			Status: a.Status, Error: a.Error, CostMinor: a.CostMinor, Currency: s.Currency, Assurance: s.Assurance, ProcessedAt: time.UnixMilli(0),
		}
		before = cmp.Or(a.ChannelRaw, before)
		if rank(a.Status) == rankEnd {
			row.EndedAt = a.StatusAt
		}
		changed, err := e.rows.Changed(a.ID, row)
		if err != nil {
			return entity.Unwritable(schemas.FactsAttempts, err)
		}
		if !changed {
			continue
		}
		row.Revision, row.ChangedBy, row.ProcessedAt = s.Revision, s.ChangedBy, s.ProcessedAt
		if err := entity.Emit(tx, schemas.FactsAttempts, id, row, rowSize, trace); err != nil {
			return err
		}
	}
	e.rows.Withdraw(tx, schemas.FactsAttempts, key)
	return nil
}

func startOf(attempts []attempt, id string) statecodec.Instant {
	for i := range attempts {
		if attempts[i].id == id {
			return attempts[i].started
		}
	}
	return 0
}

// end emits the tombstones of the snapshot and the attempts and deletes the state.
func (e *Entity) end(tx stage.Tx, key []byte) error {
	e.rows.End(tx, schemas.FactsAttempts, key)
	return entity.End(tx, schemas.EnrichedVerifications, key)
}

// Withdraw ends the verification with the key, whose facts belong to another one.
func (r *Repository) Withdraw(tx stage.Tx, key []byte) error {
	e, err := load(tx, key)
	if err != nil {
		return err
	}
	r.withdraw(tx, e)
	return e.end(tx, key)
}

func load(tx stage.Tx, key []byte) (*Entity, error) {
	entry, err := tx.Get(key)
	if err != nil {
		return nil, fmt.Errorf("read a verification: %w", err)
	}
	return Parse(entry)
}
