package payment

import (
	"cmp"
	"encoding/hex"
	"slices"
	"strconv"
	"time"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// The names of movements: the part of the movement's id behind the payment's id and a slash.
const (
	movementHeld = "held"
	movementPaid = "paid"
	// movementBack is a return of the whole amount that no callback gives an amount for.
	movementBack = "back"
)

// giveBack is a callback with an amount given back: the total so far, or one return.
type giveBack struct {
	id     [16]byte
	amount int64
	at     statecodec.Instant
}

// movement is one movement of money of a payment. Its amount is signed.
type movement struct {
	name   string
	kind   avro.MovementKind
	amount int64
	at     statecodec.Instant
}

// appendMovements appends the movements of a payment in order of time. They are a function of
// the set of callbacks and add up to its balance.
func (s *Stage) appendMovements(list []movement, all *aggregate) []movement {
	b := &all.balance
	if at := all.heldAt(); at != 0 {
		list = append(list, movement{movementHeld, avro.MovementKindHeld, all.amounts[AmountPaid].Value, at})
	}
	if b.everPaid {
		list = append(list, movement{movementPaid, avro.MovementKindPaid, b.gross, all.paidAt()})
	}
	from := len(list)
	list = s.appendReturns(list, all)
	kind := avro.MovementKindReleased
	if b.everPaid {
		kind = avro.MovementKindRefunded
	}
	for i := from; i < len(list); i++ {
		list[i].kind = kind
	}
	// Stable: held and paid come before a return of the same time.
	slices.SortStableFunc(list, func(a, b movement) int { return a.at.Compare(b.at) })
	return list
}

// appendReturns appends one movement for each return, in a fixed order.
//
// Where callbacks report the total given back so far, each new total is a movement of the
// difference to the greatest total reported before it, at the time of the first callback that
// reports it. It is named by the total, so that it keeps its id when an earlier total arrives
// late and takes a part of its amount.
func (s *Stage) appendReturns(list []movement, all *aggregate) []movement {
	reversal, _ := s.reversal(all)
	switch {
	case reversal == 0 && all.top() != PhaseRefunded:
		return list
	case reversal == 0:
		return append(list, movement{name: movementBack, amount: -all.amounts[AmountPaid].Value, at: all.balance.givenAt})
	}
	returns := all.returns
	if s.reportsEach(all) {
		slices.SortFunc(returns, func(a, b giveBack) int { return cmp.Or(a.at.Compare(b.at), slices.Compare(a.id[:], b.id[:])) })
		for i := range returns {
			const short = 8
			name := movementBack + "/" + hex.EncodeToString(returns[i].id[:short])
			list = append(list, movement{name: name, amount: -returns[i].amount, at: returns[i].at})
		}
		return list
	}
	slices.SortFunc(returns, func(a, b giveBack) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.amount, b.amount)) })
	var total int64
	for i := range returns {
		if g := &returns[i]; g.amount > total {
			name := movementBack + "/" + strconv.FormatInt(g.amount, 10)
			list = append(list, movement{name: name, amount: total - g.amount, at: g.at})
			total = g.amount
		}
	}
	return list
}

// reportsEach reports whether a callback reports one return instead of the total.
func (s *Stage) reportsEach(all *aggregate) bool {
	return s.sources.Find(all.texts[TextSource], s.provider.Name).Reversal == source.ReversalEach
}

// rowSize is the usual size of a movement's row, in bytes.
const rowSize = 384

// emitMovements emits the rows of the movements that changed, from the snapshot just made.
func (s *Stage) emitMovements(tx stage.Tx, key []byte, p *Entity, all *aggregate, trace []stage.Header) error {
	out, row := &p.snapshot, &p.row
	p.movements = s.appendMovements(p.movements[:0], all)
	p.rows.Begin()
	for i := range p.movements {
		m := &p.movements[i]
		id := entity.RowKey(tx, key, m.name)
		*row = avro.Movement{
			MovementID: statecodec.View(id), PaymentID: out.PaymentID, JourneyID: out.JourneyID, CustomerID: out.CustomerID,
			Provider: out.Provider, Source: out.Source, Kind: m.kind, AmountMinor: m.amount, Currency: out.Currency,
			MovementAt: m.at.Time(), MovementOrder: int32(i + 1), Assurance: out.Assurance, ProcessedAt: time.UnixMilli(0),
		}
		changed, err := p.rows.Changed(m.name, row)
		if err != nil {
			return entity.Unwritable(schemas.FactsMoney, err)
		}
		if !changed {
			continue
		}
		row.Revision, row.ChangedBy, row.ProcessedAt = out.Revision, out.ChangedBy, out.ProcessedAt
		if err := entity.Emit(tx, schemas.FactsMoney, id, row, rowSize, trace); err != nil {
			return err
		}
	}
	p.rows.Withdraw(tx, schemas.FactsMoney, key)
	return nil
}
