package uapay

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// callback is what Decode makes of a raw record.
type callback struct {
	envelope raw.Envelope
	source   *source.Source
	decoded  avro.UAPAYPayment
	fact     Fact
	// newest is the latest time the provider wrote into the callback.
	newest time.Time
	claims claims
}

// take returns a callback with the memory of one that is over, if there is one.
func (s *Stage) take() *callback {
	if cb, ok := s.callbacks.Get().(*callback); ok {
		return cb
	}
	return &callback{}
}

// Recycle implements engine.Recycler.
func (s *Stage) Recycle(used engine.Event) {
	cb, ok := used.(*callback)
	if !ok {
		return
	}
	clear(cb.claims.members)
	*cb = callback{claims: claims{payload: cb.claims.payload[:0], members: cb.claims.members[:0]}}
	s.callbacks.Put(cb)
}

// Decode parses a raw record.
func (s *Stage) Decode(in *engine.Input) (engine.Event, error) {
	envelope, err := raw.ParseShared(in.Headers)
	if err != nil {
		return nil, engine.Permanentf(engine.CauseUndecodable, "%v", err)
	}
	cb := s.take()
	c := &cb.claims
	if err := c.parse(in.Value); err != nil {
		return nil, err
	}
	if provider, id, _ := bytes.Cut(in.Key, []byte(":")); string(provider) != raw.ProviderUAPAY || string(id) != c.PaymentID {
		return nil, engine.Permanentf(engine.CauseUndecodable, "the record's key is not that of its paymentId")
	}
	cb.envelope, cb.source = envelope, s.sources.Find(envelope.Source, envelope.Provider)
	cb.newest = later(c.IssuedAt, c.PostbackAt)
	s.fill(cb, c, in)
	return cb, nil
}

func (s *Stage) fill(cb *callback, c *claims, in *engine.Input) {
	e := &cb.envelope
	correlations, ids := s.correlate(cb.source, c, e.ReceivedAt)
	d := &cb.decoded
	*d = avro.UAPAYPayment{
		Origin: avro.Origin{
			Source: e.Source, Provider: e.Provider, Assurance: assuranceOf(e.Assurance), SecretID: e.SecretID, RequestID: e.RequestID,
			ReceivedAt: e.ReceivedAt, Topic: in.Topic, Partition: in.Partition, Offset: in.Offset,
		},
		EventID: hex.EncodeToString(c.hash[:]), Kind: avro.PaymentKindInvoice,
		PaymentID: view(in.Key), ProviderID: c.PaymentID, InvoiceID: some(c.InvoiceID), OperationID: some(c.OperationID),
		CorrelationIDs: ids, PaymentNumber: some(c.PaymentNumber),
		AmountMinor: c.Amount, PendingAmountMinor: c.Pending, CommissionMinor: c.Commission, ReversalAmountMinor: c.Reversal, Currency: "UAH",
		Status: some(c.Status), PaymentStatus: some(c.PaymentStatus), OperationStatus: some(c.OperationStatus),
		Type: some(c.Type), SystemType: some(c.SystemType), PaymentSystem: some(c.PaymentSystem), PaymentType: some(c.PaymentType),
		OperationType: some(c.OperationType), CardFromID: some(c.CardFromID), CardToID: some(c.CardToID),
		CardFromMasked:     exposed(cb.source, "cardFromMasked", c.CardFromMasked),
		CardToMasked:       exposed(cb.source, "cardToMasked", c.CardToMasked),
		CardFromHolderName: exposed(cb.source, "cardFromHolderName", c.Holder),
		ReceiptPath:        exposed(cb.source, "receiptPath", c.ReceiptPath),
		Reason:             exposed(cb.source, "reason", c.Reason),
		ExtraInfoFields:    fields(cb.source, c.ExtraInfo), HasConfirmation: c.Confirmation,
		CreatedAt: someTime(c.CreateDate), PaidAt: someTime(c.PayDate), HeldAt: someTime(c.HoldDate),
		IssuedAt: someTime(c.IssuedAt), PostbackAt: someTime(c.PostbackAt),
	}
	if c.OperationID != "" {
		d.Kind = avro.PaymentKindP2P
	}
	for _, id := range []string{c.ExternalID, c.OperationExternalID} {
		if id = strings.TrimSpace(id); id != "" && s.pseudonyms.CorrelationID(id, e.ReceivedAt) == id {
			d.ExternalID = avro.Some(id)
		}
	}
	cb.fact = factOf(cb, c, correlations)
	d.Phase = cb.fact.phase()
}

// correlate finds the callback's correlation ids: one a slot, and all of them once.
func (s *Stage) correlate(src *source.Source, c *claims, at time.Time) (slots []slot, ids []string) {
	ids = []string{}
	for _, where := range src.Correlation {
		var text string
		switch where.Field {
		case "externalId":
			text = c.ExternalID
		case "operationExternalId":
			text = c.OperationExternalID
		case "extraInfo":
			text = c.ExtraInfo
		}
		if id := s.pseudonyms.Correlate(where, text, at); id != "" {
			slots = append(slots, slot{name: where.Field + where.Pointer, id: id})
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return slots, slices.Compact(ids)
}

// factOf makes the fact of a callback.
func factOf(cb *callback, c *claims, slots []slot) Fact {
	f := Fact{
		// The retry that was made first tells when it happened; of a P2P callback
		// postbackTime, to the millisecond, else iat, to the second.
		At: c.PostbackAt, ReceivedAt: cb.envelope.ReceivedAt, Assurance: cb.decoded.Origin.Assurance, P2P: c.OperationID != "",
		Status: c.Status, PaymentStatus: c.PaymentStatus, OperationStatus: c.OperationStatus,
		created: c.CreateDate, paid: c.PayDate, held: c.HoldDate, slots: slots,
		reversalMax: c.Reversal, reversalSum: c.Reversal.Value,
	}
	if f.At.IsZero() {
		f.At = c.IssuedAt
	}
	if f.At.IsZero() {
		f.At = cb.envelope.ReceivedAt
	}
	copy(f.ID[:], c.hash[:])
	f.texts = [textCount]string{
		cb.envelope.Source, cb.source.Namespace, c.PaymentID, c.InvoiceID, c.PaymentNumber, c.Status, c.PaymentStatus,
		c.Type, c.SystemType, c.PaymentSystem, c.PaymentType,
	}
	f.amounts = [amountCount]avro.Optional[int64]{c.Amount, c.Pending, c.Commission}
	if cb.decoded.ExternalID.Set {
		f.externals = []string{cb.decoded.ExternalID.Value}
	}
	if c.OperationID != "" {
		f.operations = []operation{{
			id: c.OperationID, kind: c.OperationType, status: c.OperationStatus, external: cb.decoded.ExternalID.Value, at: f.At,
		}}
	}
	f.refused = f.refuses()
	if r := rank(f.phase()); r > 0 {
		f.phaseAt[r], f.phaseReceived[r] = f.At, f.ReceivedAt
	}
	f.FirstAt = f.At
	return f
}

// fields returns what the source's configuration allows of extraInfo.
func fields(src *source.Source, extraInfo string) map[string]string {
	out := map[string]string{}
	for _, pointer := range src.PayloadFields {
		if value, ok := privacy.Pointer(extraInfo, pointer); ok {
			out[pointer] = value
		}
	}
	return out
}

func exposed(src *source.Source, field, value string) avro.Optional[string] {
	if !src.Exposes(field) {
		return avro.Optional[string]{}
	}
	return some(value)
}

func some(text string) avro.Optional[string] {
	return avro.Optional[string]{Value: text, Set: text != ""}
}

func someTime(at time.Time) avro.Optional[time.Time] {
	return avro.Optional[time.Time]{Value: at, Set: !at.IsZero()}
}

func assuranceOf(text string) avro.Assurance {
	switch text {
	case raw.AssuranceSharedSecret:
		return avro.AssuranceSharedSecret
	case raw.AssuranceSignedID:
		return avro.AssuranceSignedID
	case raw.AssuranceSignedBody:
		return avro.AssuranceSignedBody
	default:
		return avro.AssuranceUnknown
	}
}

// Dates implements engine.Dated.
func (cb *callback) Dates() engine.Dates {
	return engine.Dates{Provider: cb.envelope.Provider, Happened: cb.newest, Received: cb.envelope.ReceivedAt}
}
