package uapay

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/processor/tolerance"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/jsonscan"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// callback is a decoded record. It holds only what Apply needs, because thousands of
// them wait in memory, and it is reused.
type callback struct {
	source *source.Source
	// key is "uapay:" and the provider's id of the payment, or its pseudonym.
	key []byte
	// provider and sourceID are those in the record's headers.
	provider, sourceID string
	received           time.Time
	// newest is the later of iat and postbackTime; zero: it has neither.
	newest time.Time
	// trace is the record's trace context.
	trace []raw.Header
	// id is the hash of the claims in hexadecimal digits.
	id   [2 * sha256.Size]byte
	fact Fact
	// notes are the claims that were left empty.
	notes tolerance.Notes
	// payload is the text of the claims; strings of the fact refer to it.
	payload []byte
	decoded entity.Encoded
}

// eventID is the id as text, valid as long as the callback.
func (cb *callback) eventID() string { return statecodec.View(cb.id[:]) }

// reading is reusable memory for one Decode.
type reading struct {
	reader
	envelope raw.Envelope
	decoded  avro.UAPAYPayment
}

// Recycle implements engine.Recycler. Until its reuse the callback keeps its record alive.
func (s *Stage) Recycle(used engine.Event) {
	if cb, ok := used.(*callback); ok {
		s.callbacks.Put(cb)
	}
}

// Decode parses a raw record.
func (s *Stage) Decode(in *engine.Input) (engine.Event, error) {
	envelope, err := raw.ParseShared(in.Headers)
	if err != nil {
		return nil, engine.Permanentf(engine.CauseUndecodable, "%v", err)
	}
	r, ok := s.readings.Get().(*reading)
	if !ok {
		r = &reading{}
	}
	defer s.readings.Put(r)
	cb, ok := s.callbacks.Get().(*callback)
	if !ok {
		cb = &callback{}
	}
	r.envelope = envelope
	if err := s.read(cb, r, in); err != nil {
		s.callbacks.Put(cb)
		return nil, err
	}
	return cb, nil
}

// read decodes a record into cb.
func (s *Stage) read(cb *callback, r *reading, in *engine.Input) error {
	c, e := &r.claims, &r.envelope
	var err error
	if cb.payload, err = r.parse(in.Value, cb.payload); err != nil {
		return err
	}
	if provider, id, _ := bytes.Cut(in.Key, []byte(":")); string(provider) != raw.ProviderUAPAY || string(id) != c.PaymentID {
		return engine.Permanentf(engine.CauseUndecodable, "the record's key is not that of its paymentId")
	}
	cb.provider, cb.sourceID, cb.received = e.Provider, e.Source, e.ReceivedAt
	cb.source, cb.trace = s.sources.Find(e.Source, e.Provider), raw.Trace(in.Headers)
	cb.key = in.Key
	if id := s.pseudonyms.ID(cb.source, c.PaymentID); id != c.PaymentID {
		c.PaymentID, cb.key = id, []byte(raw.ProviderUAPAY+":"+id)
	}
	for _, text := range c.ids() {
		*text = s.pseudonyms.ID(cb.source, *text)
	}
	for _, text := range c.words() {
		*text = s.pseudonyms.Word(cb.source, *text)
	}
	cb.newest = later(c.IssuedAt, c.PostbackAt)
	hash := r.members.hash()
	hex.Encode(cb.id[:], hash[:])
	f := &cb.fact
	*f = Fact{slots: f.slots[:0]}
	copy(f.ID[:], hash[:])
	cb.notes.Take(&c.notes)
	s.fill(cb, r, in)
	cb.decoded.Encode(schemas.DecodedUAPAYPayment, &r.decoded)
	return nil
}

// fill fills in the decoded record and the fact.
func (s *Stage) fill(cb *callback, r *reading, in *engine.Input) {
	c, e, d := &r.claims, &r.envelope, &r.decoded
	*d = avro.UAPAYPayment{
		Origin:  entity.OriginOf(in, e),
		EventID: cb.eventID(), Kind: avro.PaymentKindInvoice,
		PaymentID: statecodec.View(cb.key), ProviderID: c.PaymentID, InvoiceID: entity.Text(c.InvoiceID), OperationID: entity.Text(c.OperationID),
		CorrelationIDs: s.correlate(cb, c, d.CorrelationIDs[:0]), PaymentNumber: entity.Text(c.PaymentNumber),
		AmountMinor: c.amount(), PendingAmountMinor: c.Pending, CommissionMinor: c.Commission, ReversalAmountMinor: c.Reversal, Currency: cmp.Or(c.Currency, currency),
		Status: entity.Text(c.Status), PaymentStatus: entity.Text(c.PaymentStatus), OperationStatus: entity.Text(c.OperationStatus),
		Type: entity.Text(c.Type), SystemType: entity.Text(c.SystemType), PaymentSystem: entity.Text(c.PaymentSystem), PaymentType: entity.Text(c.PaymentType),
		OperationType: entity.Text(c.OperationType), CardFromID: entity.Text(c.CardFromID), CardToID: entity.Text(c.CardToID),
		CardFromMasked:     exposed(cb.source, "cardFromMasked", c.CardFromMasked),
		CardToMasked:       exposed(cb.source, "cardToMasked", c.CardToMasked),
		CardFromHolderName: exposed(cb.source, "cardFromHolderName", c.Holder),
		ReceiptPath:        exposed(cb.source, "receiptPath", c.ReceiptPath),
		Reason:             exposed(cb.source, "reason", c.Reason),
		ExtraInfoFields:    s.fields(cb.source, c), HasConfirmation: c.Confirmation,
		CreatedAt: entity.Time(c.CreateDate), PaidAt: entity.Time(c.PayDate), HeldAt: entity.Time(c.HoldDate),
		IssuedAt: entity.Time(c.IssuedAt), PostbackAt: entity.Time(c.PostbackAt),
	}
	if c.OperationID != "" {
		d.Kind = avro.PaymentKindP2P
	}
	// The operation's own id takes precedence in a P2P callback.
	for _, id := range [...]string{c.ExternalID, c.OperationExternalID} {
		if id = strings.TrimSpace(id); id != "" && s.pseudonyms.ID(cb.source, id) == id {
			d.ExternalID = avro.Some(id)
		}
	}
	cb.fact.fill(cb, c, d)
	d.Phase = phaseAtRank(cb.fact.rank)
}

// correlate finds the callback's correlation ids. It puts one per place into the fact's
// slots and appends the distinct ones to ids.
func (s *Stage) correlate(cb *callback, c *claims, ids []string) []string {
	f := &cb.fact
	for _, where := range cb.source.Correlation {
		var text string
		switch where.Field {
		case "externalId":
			text = c.ExternalID
		case "operationExternalId":
			text = c.OperationExternalID
		case "extraInfo":
			text = c.ExtraInfo()
		}
		if id := s.pseudonyms.Correlate(cb.source, where, text); id != "" {
			f.slots = append(f.slots, slot{name: where.Field + where.Pointer, operation: c.OperationID, id: id})
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// fill fills in every field of the fact except its id and slots.
func (f *Fact) fill(cb *callback, c *claims, d *avro.UAPAYPayment) {
	// postbackTime (P2P only) has milliseconds, iat has seconds.
	f.At, f.ReceivedAt = statecodec.InstantOf(c.PostbackAt), statecodec.InstantOf(cb.received)
	if f.At == 0 {
		f.At = statecodec.InstantOf(c.IssuedAt)
	}
	f.created, f.paid = statecodec.InstantOf(c.CreateDate), statecodec.InstantOf(c.PayDate)
	f.held = statecodec.InstantOf(c.HoldDate)
	if f.At == 0 {
		f.At, f.Dated = statecodec.Later(f.created, statecodec.Later(f.paid, f.held)), true
	}
	f.Assurance, f.P2P = d.Origin.Assurance, c.OperationID != ""
	f.texts = [textCount]string{
		cb.sourceID, cb.source.Namespace, c.PaymentID, c.InvoiceID, c.PaymentNumber, c.Status, c.PaymentStatus,
		c.Type, c.SystemType, c.PaymentSystem, c.PaymentType, c.Currency,
	}
	f.amounts, f.reversal = [amountCount]avro.Optional[int64]{d.AmountMinor, c.Pending, c.Commission}, c.Reversal
	f.contradicts = c.Amount.Set && c.PaymentAmount.Set && c.Amount.Value != c.PaymentAmount.Value
	for _, amount := range [...]avro.Optional[int64]{c.Amount, c.PaymentAmount, c.Pending, c.Commission, c.Reversal} {
		f.contradicts = f.contradicts || amount.Set && amount.Value < 0
	}
	f.external = d.ExternalID.Value
	f.operation = operation{id: c.OperationID, kind: c.OperationType, status: c.OperationStatus, external: f.external}
	f.judge(c.Status, c.PaymentStatus, c.OperationStatus)
	for _, status := range [...]string{c.Status, c.PaymentStatus, c.OperationStatus} {
		if status != "" && phaseOf(status) == avro.PaymentPhaseUnknown {
			cb.notes.Unknown(tolerance.KindStatus, status)
		}
	}
}

// fields returns the fields of extraInfo that the source's payload_fields allow.
func (s *Stage) fields(src *source.Source, c *claims) map[string]string {
	if len(src.PayloadFields) == 0 {
		return nil
	}
	out, extraInfo := map[string]string{}, c.ExtraInfo()
	for _, pointer := range src.PayloadFields {
		if value, ok := jsonscan.Lookup(extraInfo, pointer); ok {
			out[pointer] = s.pseudonyms.Text(src, value)
		}
	}
	return out
}

func exposed(src *source.Source, field, value string) avro.Optional[string] {
	if !src.Exposes(field) {
		return avro.Optional[string]{}
	}
	return entity.Text(value)
}

// Dates implements engine.Dated.
func (cb *callback) Dates() engine.Dates {
	return engine.Dates{Provider: cb.provider, Happened: cb.newest, Received: cb.received}
}

// later returns the later of two times; a zero time is absent.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
