package uapay

import (
	"bytes"
	"encoding/base64"
	"time"
	"unsafe"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/verification"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/jsonscan"
)

// claims is a callback's content as sent. Absent and null are the same.
type claims struct {
	PaymentID, InvoiceID, OperationID    string
	ExternalID, OperationExternalID      string
	PaymentNumber                        string
	Amount, Reversal, Pending            avro.Optional[int64]
	Commission                           avro.Optional[int64]
	Status, PaymentStatus                string
	OperationStatus, OperationType       string
	Type, SystemType                     string
	PaymentSystem, PaymentType           string
	CardFromMasked, CardToMasked, Holder string
	CardFromID, CardToID                 string
	ReceiptPath, Reason                  string
	Confirmation                         bool
	CreateDate, PayDate, HoldDate        time.Time
	IssuedAt, PostbackAt                 time.Time
	// extraInfo is the text as it stands, in quotes: few sources ask for it.
	extraInfo []byte
}

// reader reads claims. One is used for one callback after the other.
type reader struct {
	claims
	scanner jsonscan.Scanner
	members members
}

// ExtraInfo is the text of extraInfo.
func (c *claims) ExtraInfo() string {
	if c.extraInfo == nil {
		return ""
	}
	return view(jsonscan.New(c.extraInfo).Bytes())
}

// parse reads the claims out of a callback's body. The signature was verified by
// ingest before the record was written. The claims are parts of payload, which is made
// in the room where it is enough.
func (c *reader) parse(body, room []byte) (payload []byte, err error) {
	token, err := tokenOf(&c.scanner, body)
	if err != nil {
		return room, err
	}
	const parts = 3
	if n := bytes.Count(token, []byte(".")) + 1; n != parts {
		return room, engine.Permanentf(engine.CauseUndecodable, "token: %d parts, a JWT has 3", n)
	}
	_, rest, _ := bytes.Cut(token, []byte("."))
	encoded, _, _ := bytes.Cut(rest, []byte("."))
	payload, err = base64.RawURLEncoding.AppendDecode(room[:0], encoded)
	if err != nil {
		return payload, engine.Permanentf(engine.CauseUndecodable, "token: the claims are not base64url")
	}
	return payload, c.read(payload)
}

func tokenOf(s *jsonscan.Scanner, body []byte) (token []byte, err error) {
	s.Reset(body)
	n := 0
	s.BeginObject()
	for {
		key, more := s.NextKey()
		if !more {
			break
		}
		if string(key) == "token" {
			n++
			token = s.Bytes()
		} else {
			s.Skip()
		}
	}
	if err := s.End(); err != nil {
		return nil, verification.Unreadable("", err)
	}
	if n != 1 {
		return nil, engine.Permanentf(engine.CauseUndecodable, "body: %d token keys, want one", n)
	}
	return token, nil
}

func (c *reader) read(payload []byte) error {
	s := &c.scanner
	s.Reset(payload)
	c.claims = claims{}
	c.members.reset()
	s.BeginObject()
	for {
		key, more := s.NextKey()
		if !more {
			break
		}
		if s.Null() {
			continue
		}
		start := s.Offset()
		if err := c.claim(s, view(key)); err != nil {
			return err
		}
		if s.Err() == nil {
			c.members.add(key, payload[start:s.Offset()])
		}
	}
	if err := s.End(); err != nil {
		return verification.Unreadable("claims", err)
	}
	if c.members.repeated() {
		return engine.Permanentf(engine.CauseUndecodable, "claims: a key stands there twice")
	}
	if !verification.ValidID(c.PaymentID) {
		return engine.Permanentf(engine.CauseSchemaMismatch, "claims: paymentId: %s", verification.NoID)
	}
	if c.OperationID != "" && !verification.ValidID(c.OperationID) {
		return engine.Permanentf(engine.CauseSchemaMismatch, "claims: operationId: %s", verification.NoID)
	}
	return nil
}

// view is a part of the claims as text: they are the callback's own, and never change.
func view(b []byte) string {
	return unsafe.String(unsafe.SliceData(b), len(b)) //nolint:gosec // as the comment says
}

// texts returns where the text of a claim goes; nil if it is no text.
func (c *claims) texts(key string) *string {
	switch key {
	case "paymentId":
		return &c.PaymentID
	case "invoiceId":
		return &c.InvoiceID
	case "operationId":
		return &c.OperationID
	case "externalId":
		return &c.ExternalID
	case "operationExternalId":
		return &c.OperationExternalID
	case "status":
		return &c.Status
	case "paymentStatus":
		return &c.PaymentStatus
	case "operationStatus":
		return &c.OperationStatus
	case "operationType":
		return &c.OperationType
	case "type":
		return &c.Type
	case "systemType":
		return &c.SystemType
	case "paymentSystem":
		return &c.PaymentSystem
	case "paymentType":
		return &c.PaymentType
	}
	return c.personal(key)
}

// personal are the texts that leave the restricted topics only where allowed.
func (c *claims) personal(key string) *string {
	switch key {
	case "cardFromMasked":
		return &c.CardFromMasked
	case "cardToMasked":
		return &c.CardToMasked
	case "cardFromHolderName":
		return &c.Holder
	case "cardFromId":
		return &c.CardFromID
	case "cardToId":
		return &c.CardToID
	case "receiptPath":
		return &c.ReceiptPath
	}
	return nil
}

func (c *claims) amounts(key string) *avro.Optional[int64] {
	switch key {
	case "amount", "paymentAmount":
		return &c.Amount
	case "reversalAmount":
		return &c.Reversal
	case "paymentPendingAmount":
		return &c.Pending
	case "paymentCommission":
		return &c.Commission
	}
	return nil
}

// claim reads the value of one claim, which is not null.
func (c *claims) claim(s *jsonscan.Scanner, key string) error {
	if text := c.texts(key); text != nil {
		*text = view(s.Bytes())
		return nil
	}
	if amount := c.amounts(key); amount != nil {
		*amount = avro.Some(s.Int64())
		return nil
	}
	switch key {
	case "paymentNumber":
		c.PaymentNumber = view(s.Text())
	case "reason":
		c.Reason = view(s.Raw())
	case "extraInfo":
		c.extraInfo = s.RawString()
	case "confirmation":
		s.Skip()
		c.Confirmation = true
	case "createDate":
		return date(s, key, &c.CreateDate)
	case "payDate":
		return date(s, key, &c.PayDate)
	case "holdDate":
		return date(s, key, &c.HoldDate)
	case "iat":
		return number(s, key, time.Second, &c.IssuedAt)
	case "postbackTime":
		return number(s, key, time.Millisecond, &c.PostbackAt)
	default:
		s.Skip() // key, the secret, among them
	}
	return nil
}

// date reads an ISO 8601 time; the docs type some as integers, all samples are text.
func date(s *jsonscan.Scanner, key string, into *time.Time) error {
	text := view(s.Bytes())
	if text == "" {
		return nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return engine.Permanentf(engine.CauseSchemaMismatch, "claims: %s is no ISO 8601 time", key)
	}
	*into = at.UTC().Truncate(time.Millisecond)
	return nil
}

// number reads a unix time in the unit; postbackTime is documented as text and
// sampled as a number, so both are read.
func number(s *jsonscan.Scanner, key string, unit time.Duration, into *time.Time) error {
	text := s.Text()
	if s.Err() != nil {
		return nil //nolint:nilerr // the scanner keeps its error for the end
	}
	n, ok := plainNumber(text)
	if !ok && len(text) > 0 {
		inner := jsonscan.New(text)
		n = inner.Int64()
		ok = inner.End() == nil
	}
	// The years 1970 to 9999, so that what follows cannot overflow.
	const last = 253402300799
	if !ok || n < 0 || n > last*int64(time.Second/unit) {
		return engine.Permanentf(engine.CauseOutOfRange, "claims: %s is no unix time", key)
	}
	if unit == time.Second {
		n *= 1000
	}
	*into = time.UnixMilli(n).UTC()
	return nil
}

// plainNumber reads a number of 1 to 18 digits that does not begin with 0.
func plainNumber(text []byte) (n int64, ok bool) {
	const most = 18
	if len(text) == 0 || len(text) > most || text[0] == '0' {
		return 0, false
	}
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}
