package uapay

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/payment"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/jsonscan"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// callback is a decoded record. It is reused.
type callback struct {
	payment.Event

	// id is the hash of the claims in hexadecimal digits.
	id [2 * sha256.Size]byte
	// payload is the text of the claims; strings of the fact refer to it.
	payload []byte
}

// reading is reusable memory for one Decode.
type reading struct {
	reader
	envelope raw.Envelope
	decoded  avro.UAPAYPayment
}

// Decode parses a raw record.
func (s *Stage) Decode(in *stage.Input) (stage.Event, error) {
	envelope, err := raw.ParseShared(in.Headers)
	if err != nil {
		return nil, stage.Permanentf(stage.CauseUndecodable, "%v", err)
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
func (s *Stage) read(cb *callback, r *reading, in *stage.Input) error {
	c, e := &r.claims, &r.envelope
	var err error
	if cb.payload, err = r.parse(in.Value, cb.payload); err != nil {
		return err
	}
	if provider, id, _ := bytes.Cut(in.Key, []byte(":")); string(provider) != raw.ProviderUAPAY || string(id) != c.PaymentID {
		return stage.Permanentf(stage.CauseUndecodable, "the record's key is not that of its paymentId")
	}
	cb.Provider, cb.SourceID, cb.ReceivedAt = e.Provider, e.Source, e.ReceivedAt
	cb.Source, cb.Trace = s.sources.Find(e.Source, e.Provider), raw.Trace(in.Headers)
	cb.Key = in.Key
	if id := s.pseudonyms.ID(cb.Source, c.PaymentID); id != c.PaymentID {
		c.PaymentID, cb.Key = id, []byte(raw.ProviderUAPAY+":"+id)
	}
	for _, text := range c.ids() {
		*text = s.pseudonyms.ID(cb.Source, *text)
	}
	for _, text := range c.words() {
		*text = s.pseudonyms.Word(cb.Source, *text)
	}
	cb.EventTime = later(c.IssuedAt, c.PostbackAt)
	hash := r.members.hash()
	hex.Encode(cb.id[:], hash[:])
	cb.EventID = statecodec.View(cb.id[:])
	f := &cb.Fact
	*f = payment.Fact{Correlations: f.Correlations[:0]}
	copy(f.ID[:], hash[:])
	cb.Faults.Take(&c.faults)
	s.fill(cb, r, in)
	cb.Decoded.Encode(schemas.DecodedUAPAYPayment, &r.decoded)
	return nil
}

// fill fills in the decoded record and the fact.
func (s *Stage) fill(cb *callback, r *reading, in *stage.Input) {
	c, e, d := &r.claims, &r.envelope, &r.decoded
	*d = avro.UAPAYPayment{
		Origin:     entity.OriginOf(in, e),
		ReceivedAt: e.ReceivedAt,
		EventID:    cb.EventID, Kind: avro.PaymentKindInvoice,
		PaymentID: statecodec.View(cb.Key), ProviderID: c.PaymentID, InvoiceID: entity.Text(c.InvoiceID), OperationID: entity.Text(c.OperationID),
		CorrelationIDs: s.correlate(cb, c, d.CorrelationIDs[:0]), PaymentNumber: entity.Text(c.PaymentNumber),
		AmountMinor: c.amount(), PendingAmountMinor: c.Pending, CommissionMinor: c.Commission, ReversalAmountMinor: c.Reversal, Currency: cmp.Or(c.Currency, currency),
		StatusRaw: entity.Text(c.Status), PaymentStatusRaw: entity.Text(c.PaymentStatus), OperationStatusRaw: entity.Text(c.OperationStatus),
		Type: entity.Text(c.Type), SystemType: entity.Text(c.SystemType), PaymentSystem: entity.Text(c.PaymentSystem), PaymentType: entity.Text(c.PaymentType),
		OperationType: entity.Text(c.OperationType), CardFromID: entity.Text(c.CardFromID), CardToID: entity.Text(c.CardToID),
		CardFromMasked:     exposed(cb.Source, "cardFromMasked", c.CardFromMasked),
		CardToMasked:       exposed(cb.Source, "cardToMasked", c.CardToMasked),
		CardFromHolderName: exposed(cb.Source, "cardFromHolderName", c.Holder),
		ReceiptPath:        exposed(cb.Source, "receiptPath", c.ReceiptPath),
		Reason:             exposed(cb.Source, "reason", c.Reason),
		ExtraInfoFields:    s.fields(cb.Source, c), HasConfirmation: c.Confirmation,
		CreatedAt: entity.Time(c.CreateDate), PaidAt: entity.Time(c.PayDate), HeldAt: entity.Time(c.HoldDate),
		IssuedAt: entity.Time(c.IssuedAt), PostbackAt: entity.Time(c.PostbackAt),
	}
	if c.OperationID != "" {
		d.Kind = avro.PaymentKindP2P
	}
	// The operation's own id takes precedence in a P2P callback.
	for _, id := range [...]string{c.ExternalID, c.OperationExternalID} {
		if id = strings.TrimSpace(id); id != "" && s.pseudonyms.ID(cb.Source, id) == id {
			d.ExternalID = avro.Some(id)
		}
	}
	fillFact(cb, c, d)
	d.Phase = cb.Fact.Phase.Avro()
}

// correlate finds the callback's correlation ids. It puts one per place into the fact's
// correlations and appends the distinct ones to ids.
func (s *Stage) correlate(cb *callback, c *claims, ids []string) []string {
	f := &cb.Fact
	for _, where := range cb.Source.Correlation {
		var text string
		switch where.Field {
		case "externalId":
			text = c.ExternalID
		case "operationExternalId":
			text = c.OperationExternalID
		case "extraInfo":
			text = c.ExtraInfo()
		}
		if id := s.pseudonyms.Correlate(cb.Source, where, text); id != "" {
			found := payment.Correlation{Slot: where.Field + where.Pointer, Operation: c.OperationID, ID: id}
			if strings.HasPrefix(id, source.PhonePrefix) {
				found.Customer = s.pseudonyms.Customer(cb.Source, where, text, cb.ReceivedAt)
			}
			f.Correlations = append(f.Correlations, found)
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
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

// later returns the later of two times; a zero time is absent.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
