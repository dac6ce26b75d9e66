package uapay

import (
	"bytes"
	"encoding/base64"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/money"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/processor/tolerance"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/jsonscan"
)

// claims is a callback's content as sent. Absent and null are the same.
type claims struct {
	PaymentID, InvoiceID, OperationID    string
	ExternalID, OperationExternalID      string
	PaymentNumber                        string
	Amount, PaymentAmount                avro.Optional[int64]
	Reversal, Pending                    avro.Optional[int64]
	Commission                           avro.Optional[int64]
	Currency                             string
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
	// extraInfo is the text as it stands: in quotes, or JSON where it is not a text that
	// holds JSON. Few sources ask for it.
	extraInfo []byte
	// faults are the fields that were left empty.
	faults tolerance.Faults
}

// reader reads claims. One is used for one callback after the other.
type reader struct {
	claims
	scanner jsonscan.Scanner
	members members
}

// ExtraInfo is the text of extraInfo.
func (c *claims) ExtraInfo() string {
	if len(c.extraInfo) == 0 || c.extraInfo[0] != '"' {
		return statecodec.View(c.extraInfo)
	}
	return statecodec.View(jsonscan.New(c.extraInfo).Bytes())
}

// amount is the payment's amount: a P2P callback names it paymentAmount, one about an
// invoice amount.
func (c *claims) amount() avro.Optional[int64] {
	if c.PaymentAmount.Set && (c.OperationID != "" || !c.Amount.Set) {
		return c.PaymentAmount
	}
	return c.Amount
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
		return room, stage.Permanentf(stage.CauseUndecodable, "token: %d parts, a JWT has 3", n)
	}
	_, rest, _ := bytes.Cut(token, []byte("."))
	encoded, _, _ := bytes.Cut(rest, []byte("."))
	payload, err = base64.RawURLEncoding.AppendDecode(room[:0], encoded)
	if err != nil {
		return payload, stage.Permanentf(stage.CauseUndecodable, "token: the claims are not base64url")
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
		return nil, entity.Unreadable("", err)
	}
	if n != 1 {
		return nil, stage.Permanentf(stage.CauseUndecodable, "body: %d token keys, want one", n)
	}
	return token, nil
}

func (c *reader) read(payload []byte) error {
	s := &c.scanner
	s.Reset(payload)
	faults := c.faults
	faults.Reset()
	c.claims = claims{faults: faults}
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
		c.claim(s, statecodec.View(key))
		if s.Err() == nil {
			c.members.add(key, payload[start:s.Offset()])
		}
	}
	if err := s.End(); err != nil {
		return entity.Unreadable("claims", err)
	}
	if c.members.repeated() {
		return stage.Permanentf(stage.CauseUndecodable, "claims: a key stands there twice")
	}
	if !entity.ValidID(c.PaymentID) {
		return stage.Permanentf(stage.CauseSchemaMismatch, "claims: paymentId: %s", entity.NoID)
	}
	if c.OperationID != "" && !entity.ValidID(c.OperationID) {
		return stage.Permanentf(stage.CauseSchemaMismatch, "claims: operationId: %s", entity.NoID)
	}
	return c.needed()
}

// needed refuses a callback that cannot be understood without a claim that cannot be
// read: its amounts, its statuses, or every time by which it has its place in the order.
// Any other claim is left empty and counted.
func (c *claims) needed() error {
	for _, claim := range [...]struct {
		name string
		used bool
	}{
		{"amount", !c.amount().Set},
		{"paymentAmount", !c.amount().Set},
		{"reversalAmount", true},
		{"status", true},
		{"paymentStatus", true},
		{"operationStatus", true},
		{"operationId", true},
		{"iat", c.PostbackAt.IsZero()},
		{"postbackTime", c.IssuedAt.IsZero()},
	} {
		if claim.used && c.faults.Has(claim.name) {
			return stage.Permanentf(stage.CauseSchemaMismatch, "claims.%s: the value has no one meaning, and the payment depends on it", claim.name)
		}
	}
	return nil
}

// ids returns the provider's ids but for that of the payment.
func (c *claims) ids() [5]*string {
	return [...]*string{&c.InvoiceID, &c.OperationID, &c.PaymentNumber, &c.CardFromID, &c.CardToID}
}

// words returns the provider's words, such as statuses.
func (c *claims) words() [9]*string {
	return [...]*string{
		&c.Status, &c.PaymentStatus, &c.OperationStatus, &c.OperationType, &c.Type, &c.SystemType, &c.PaymentSystem, &c.PaymentType,
		&c.Currency,
	}
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
	case "paymentNumber":
		return &c.PaymentNumber
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
	case "amount":
		return &c.Amount
	case "paymentAmount":
		return &c.PaymentAmount
	case "reversalAmount":
		return &c.Reversal
	case "paymentPendingAmount":
		return &c.Pending
	case "paymentCommission":
		return &c.Commission
	}
	return nil
}

func (c *claims) times(key string) *time.Time {
	switch key {
	case "createDate":
		return &c.CreateDate
	case "payDate":
		return &c.PayDate
	case "holdDate":
		return &c.HoldDate
	case "iat":
		return &c.IssuedAt
	case "postbackTime":
		return &c.PostbackAt
	}
	return nil
}

// claim reads the value of one claim, which is not null, in every form that has one
// meaning: documentation and samples differ in types, and so do senders.
func (c *claims) claim(s *jsonscan.Scanner, key string) {
	var reading jsonscan.Reading
	if text := c.texts(key); text != nil {
		var is []byte
		is, reading = s.LenientText()
		*text = statecodec.View(is)
	} else if amount := c.amounts(key); amount != nil {
		amount.Value, reading = s.LenientInt64()
		amount.Set = reading == jsonscan.Read
	} else if at := c.times(key); at != nil {
		*at, reading = s.LenientTime()
	} else {
		reading = c.other(s, key)
	}
	if reading == jsonscan.Unread {
		c.faults.Unread(strings.Clone(key)) // the key is a part of the callback
	}
}

func (c *claims) other(s *jsonscan.Scanner, key string) jsonscan.Reading {
	switch key {
	case "currency":
		text, reading := s.LenientText()
		if c.Currency = money.Currency(statecodec.View(text)); reading == jsonscan.Unread {
			c.Currency = money.None
		}
		return reading
	case "reason":
		if raw := s.Raw(); !empty(raw) {
			c.Reason = statecodec.View(raw)
		}
	case "extraInfo":
		if raw := s.Raw(); !empty(raw) {
			c.extraInfo = raw
		}
	case "confirmation":
		c.Confirmation = !empty(s.Raw())
	default:
		s.Skip() // key, the secret, among them
	}
	return jsonscan.Read
}

// empty reports whether a value is an empty object, in JSON or as PHP and others write it.
func empty(raw []byte) bool {
	if len(raw) > 1 && (raw[0] == '{' || raw[0] == '[') {
		return len(bytes.TrimSpace(raw[1:len(raw)-1])) == 0
	}
	return string(raw) == "false" || string(raw) == `""`
}
