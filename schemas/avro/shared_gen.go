// Code generated from the .avsc files by schemas/internal/gen. DO NOT EDIT.

package avro

import "time"

// Assurance is a string with documented values.
type Assurance string

// The values of Assurance; the zero value is written as UNKNOWN.
const (
	// AssuranceUnknown: a value that this version does not know.
	AssuranceUnknown Assurance = "UNKNOWN"
	// AssuranceSharedSecret: the sender knew a secret; nothing ties the secret to
	// the body.
	AssuranceSharedSecret Assurance = "SHARED_SECRET"
	// AssuranceSignedBody: the whole body is signed.
	AssuranceSignedBody Assurance = "SIGNED_BODY"
	// AssuranceSignedID: account and callback id are signed, the body is not.
	AssuranceSignedID Assurance = "SIGNED_ID"
)

func (v Assurance) appendTo(dst []byte) ([]byte, error) {
	if v == "" {
		v = AssuranceUnknown
	}
	return appendString(dst, string(v))
}

func decodeAssurance(d *decoder) (Assurance, error) {
	b, err := d.bytes()
	if err != nil {
		return "", err
	}
	switch string(b) {
	case "UNKNOWN", "":
		return AssuranceUnknown, nil
	case "SHARED_SECRET":
		return AssuranceSharedSecret, nil
	case "SIGNED_BODY":
		return AssuranceSignedBody, nil
	case "SIGNED_ID":
		return AssuranceSignedID, nil
	}
	s, err := newValue(b)
	return Assurance(s), err
}

// AttemptStatus is a string with documented values.
type AttemptStatus string

// The values of AttemptStatus; the zero value is written as UNKNOWN.
const (
	// AttemptStatusUnknown: a value that this version does not know; LOX24: any
	// other number.
	AttemptStatusUnknown AttemptStatus = "UNKNOWN"
	// AttemptStatusError: ended by a technical error; LOX24: 100.
	AttemptStatusError AttemptStatus = "ERROR"
	// AttemptStatusFailed: ended without success; LOX24: 20.
	AttemptStatusFailed AttemptStatus = "FAILED"
	// AttemptStatusInProgress: under way; LOX24: 5.
	AttemptStatusInProgress AttemptStatus = "IN_PROGRESS"
	// AttemptStatusNew: not started; LOX24: 0.
	AttemptStatusNew AttemptStatus = "NEW"
	// AttemptStatusSuccess: ended with success; LOX24: 10.
	AttemptStatusSuccess AttemptStatus = "SUCCESS"
)

func (v AttemptStatus) appendTo(dst []byte) ([]byte, error) {
	if v == "" {
		v = AttemptStatusUnknown
	}
	return appendString(dst, string(v))
}

func decodeAttemptStatus(d *decoder) (AttemptStatus, error) {
	b, err := d.bytes()
	if err != nil {
		return "", err
	}
	switch string(b) {
	case "UNKNOWN", "":
		return AttemptStatusUnknown, nil
	case "ERROR":
		return AttemptStatusError, nil
	case "FAILED":
		return AttemptStatusFailed, nil
	case "IN_PROGRESS":
		return AttemptStatusInProgress, nil
	case "NEW":
		return AttemptStatusNew, nil
	case "SUCCESS":
		return AttemptStatusSuccess, nil
	}
	s, err := newValue(b)
	return AttemptStatus(s), err
}

// CallStatus is a string with documented values.
type CallStatus string

// The values of CallStatus; the zero value is written as UNKNOWN.
const (
	// CallStatusUnknown: a word for which the source's configuration has no
	// meaning.
	CallStatusUnknown CallStatus = "UNKNOWN"
	// CallStatusAccepted: the provider's answer accepts the request.
	CallStatusAccepted CallStatus = "ACCEPTED"
	// CallStatusDelivered: a status callback: the call succeeded.
	CallStatusDelivered CallStatus = "DELIVERED"
	// CallStatusFailed: a status callback: the call failed.
	CallStatusFailed CallStatus = "FAILED"
	// CallStatusPending: a status callback: not yet ended.
	CallStatusPending CallStatus = "PENDING"
	// CallStatusRefused: the provider's answer refuses the request.
	CallStatusRefused CallStatus = "REFUSED"
	// CallStatusUnreachable: the provider gave no answer.
	CallStatusUnreachable CallStatus = "UNREACHABLE"
)

func (v CallStatus) appendTo(dst []byte) ([]byte, error) {
	if v == "" {
		v = CallStatusUnknown
	}
	return appendString(dst, string(v))
}

func decodeCallStatus(d *decoder) (CallStatus, error) {
	b, err := d.bytes()
	if err != nil {
		return "", err
	}
	switch string(b) {
	case "UNKNOWN", "":
		return CallStatusUnknown, nil
	case "ACCEPTED":
		return CallStatusAccepted, nil
	case "DELIVERED":
		return CallStatusDelivered, nil
	case "FAILED":
		return CallStatusFailed, nil
	case "PENDING":
		return CallStatusPending, nil
	case "REFUSED":
		return CallStatusRefused, nil
	case "UNREACHABLE":
		return CallStatusUnreachable, nil
	}
	s, err := newValue(b)
	return CallStatus(s), err
}

// Change: The record or timer that made the last change.
type Change struct {
	// Cause: Why it changed.
	Cause ChangeCause `json:"cause"`
	// Topic: Raw topic of the record that changed it; null where no record did.
	Topic Optional[string] `json:"topic"`
	// Partition: Partition of that raw record.
	Partition Optional[int32] `json:"partition"`
	// Offset: Offset of that raw record.
	Offset Optional[int64] `json:"offset"`
	// EventID: Id of the event as used for deduplication; null where no record
	// changed it.
	EventID Optional[string] `json:"event_id"`
}

func (r *Change) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = r.Cause.appendTo(dst); err != nil {
		return dst, at("cause", err)
	}
	if r.Topic.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Topic.Value); err != nil {
			return dst, at("topic", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.Partition.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, int64(r.Partition.Value))
	} else {
		dst = append(dst, 0)
	}
	if r.Offset.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.Offset.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.EventID.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.EventID.Value); err != nil {
			return dst, at("event_id", err)
		}
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func (r *Change) decodeFrom(d *decoder) error {
	var err error
	if r.Cause, err = decodeChangeCause(d); err != nil {
		return at("cause", err)
	}
	if r.Topic.Set, err = d.isSet(); err != nil {
		return at("topic", err)
	}
	if r.Topic.Set {
		if r.Topic.Value, err = d.string(); err != nil {
			return at("topic", err)
		}
	}
	if r.Partition.Set, err = d.isSet(); err != nil {
		return at("partition", err)
	}
	if r.Partition.Set {
		if r.Partition.Value, err = d.int(); err != nil {
			return at("partition", err)
		}
	}
	if r.Offset.Set, err = d.isSet(); err != nil {
		return at("offset", err)
	}
	if r.Offset.Set {
		if r.Offset.Value, err = d.long(); err != nil {
			return at("offset", err)
		}
	}
	if r.EventID.Set, err = d.isSet(); err != nil {
		return at("event_id", err)
	}
	if r.EventID.Set {
		if r.EventID.Value, err = d.string(); err != nil {
			return at("event_id", err)
		}
	}
	return nil
}

// ChangeCause is a string with documented values.
type ChangeCause string

// The values of ChangeCause; the zero value is written as UNKNOWN.
const (
	// ChangeCauseUnknown: a value that this version does not know.
	ChangeCauseUnknown ChangeCause = "UNKNOWN"
	// ChangeCauseDeadline: something was absent for too long.
	ChangeCauseDeadline ChangeCause = "DEADLINE"
	// ChangeCauseRecord: a raw record.
	ChangeCauseRecord ChangeCause = "RECORD"
	// ChangeCauseRemoval: a member left when its correlation id was corrected.
	ChangeCauseRemoval ChangeCause = "REMOVAL"
)

func (v ChangeCause) appendTo(dst []byte) ([]byte, error) {
	if v == "" {
		v = ChangeCauseUnknown
	}
	return appendString(dst, string(v))
}

func decodeChangeCause(d *decoder) (ChangeCause, error) {
	b, err := d.bytes()
	if err != nil {
		return "", err
	}
	switch string(b) {
	case "UNKNOWN", "":
		return ChangeCauseUnknown, nil
	case "DEADLINE":
		return ChangeCauseDeadline, nil
	case "RECORD":
		return ChangeCauseRecord, nil
	case "REMOVAL":
		return ChangeCauseRemoval, nil
	}
	s, err := newValue(b)
	return ChangeCause(s), err
}

// Channel is a string with documented values.
type Channel string

// The values of Channel; the zero value is written as UNKNOWN.
const (
	// ChannelUnknown: a value that this version does not know; the string as sent
	// is in the field beside.
	ChannelUnknown Channel = "UNKNOWN"
	// ChannelCall: a phone call of Unibell that brings the code.
	ChannelCall Channel = "CALL"
	// ChannelSMS: a text message.
	ChannelSMS Channel = "SMS"
	// ChannelTelegram: a message in Telegram.
	ChannelTelegram Channel = "TELEGRAM"
	// ChannelVoice: a phone call that reads the code out.
	ChannelVoice Channel = "VOICE"
)

func (v Channel) appendTo(dst []byte) ([]byte, error) {
	if v == "" {
		v = ChannelUnknown
	}
	return appendString(dst, string(v))
}

func decodeChannel(d *decoder) (Channel, error) {
	b, err := d.bytes()
	if err != nil {
		return "", err
	}
	switch string(b) {
	case "UNKNOWN", "":
		return ChannelUnknown, nil
	case "CALL":
		return ChannelCall, nil
	case "SMS":
		return ChannelSMS, nil
	case "TELEGRAM":
		return ChannelTelegram, nil
	case "VOICE":
		return ChannelVoice, nil
	}
	s, err := newValue(b)
	return Channel(s), err
}

// DocumentStatus is a string with documented values.
type DocumentStatus string

// The values of DocumentStatus; the zero value is written as UNKNOWN.
const (
	// DocumentStatusUnknown: a value that this version does not know; the string
	// as sent is in the field beside.
	DocumentStatusUnknown DocumentStatus = "UNKNOWN"
	// DocumentStatusAwaitingAgreementUploading: the agreement is to be uploaded.
	DocumentStatusAwaitingAgreementUploading DocumentStatus = "AWAITING_AGREEMENT_UPLOADING"
	// DocumentStatusAwaitingDocumentsUploading: the account's documents are to be
	// uploaded.
	DocumentStatusAwaitingDocumentsUploading DocumentStatus = "AWAITING_DOCUMENTS_UPLOADING"
	// DocumentStatusAwaitingVerification: the documents wait for the provider's
	// check.
	DocumentStatusAwaitingVerification DocumentStatus = "AWAITING_VERIFICATION"
	// DocumentStatusRejected: the documents are rejected.
	DocumentStatusRejected DocumentStatus = "REJECTED"
	// DocumentStatusVerified: the documents are verified.
	DocumentStatusVerified DocumentStatus = "VERIFIED"
	// DocumentStatusWaitingForConfirmationDocuments: further documents are to be
	// uploaded.
	DocumentStatusWaitingForConfirmationDocuments DocumentStatus = "WAITING_FOR_CONFIRMATION_DOCUMENTS"
	// DocumentStatusWaitingPeriodExpired: the documents were not uploaded in time.
	DocumentStatusWaitingPeriodExpired DocumentStatus = "WAITING_PERIOD_EXPIRED"
)

func (v DocumentStatus) appendTo(dst []byte) ([]byte, error) {
	if v == "" {
		v = DocumentStatusUnknown
	}
	return appendString(dst, string(v))
}

func decodeDocumentStatus(d *decoder) (DocumentStatus, error) {
	b, err := d.bytes()
	if err != nil {
		return "", err
	}
	switch string(b) {
	case "UNKNOWN", "":
		return DocumentStatusUnknown, nil
	case "AWAITING_AGREEMENT_UPLOADING":
		return DocumentStatusAwaitingAgreementUploading, nil
	case "AWAITING_DOCUMENTS_UPLOADING":
		return DocumentStatusAwaitingDocumentsUploading, nil
	case "AWAITING_VERIFICATION":
		return DocumentStatusAwaitingVerification, nil
	case "REJECTED":
		return DocumentStatusRejected, nil
	case "VERIFIED":
		return DocumentStatusVerified, nil
	case "WAITING_FOR_CONFIRMATION_DOCUMENTS":
		return DocumentStatusWaitingForConfirmationDocuments, nil
	case "WAITING_PERIOD_EXPIRED":
		return DocumentStatusWaitingPeriodExpired, nil
	}
	s, err := newValue(b)
	return DocumentStatus(s), err
}

// Milestone: A type of event that a sender reported for a correlation id.
type Milestone struct {
	// Source: Id of the configured source.
	Source string `json:"source"`
	// Type: Type of the event, as the sender names it; a pseudonym if it does not
	// look like a word. Empty if the events name none.
	Type string `json:"type"`
	// FirstAt: Earliest time of such an event by the sender's clock; null if none
	// has a time.
	FirstAt Optional[time.Time] `json:"first_at"`
	// LastAt: Latest time of such an event by the sender's clock; null if none has
	// a time.
	LastAt Optional[time.Time] `json:"last_at"`
	// Events: Number of such events.
	Events int64 `json:"events"`
}

func (r *Milestone) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = appendString(dst, r.Source); err != nil {
		return dst, at("source", err)
	}
	if dst, err = appendString(dst, r.Type); err != nil {
		return dst, at("type", err)
	}
	if r.FirstAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.FirstAt.Value); err != nil {
			return dst, at("first_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.LastAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.LastAt.Value); err != nil {
			return dst, at("last_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	dst = appendLong(dst, r.Events)
	return dst, nil
}

func decodeMilestone(d *decoder) (Milestone, error) {
	var r Milestone
	err := r.decodeFrom(d)
	return r, err
}

func (r *Milestone) decodeFrom(d *decoder) error {
	var err error
	if r.Source, err = d.string(); err != nil {
		return at("source", err)
	}
	if r.Type, err = d.string(); err != nil {
		return at("type", err)
	}
	if r.FirstAt.Set, err = d.isSet(); err != nil {
		return at("first_at", err)
	}
	if r.FirstAt.Set {
		if r.FirstAt.Value, err = d.time(); err != nil {
			return at("first_at", err)
		}
	}
	if r.LastAt.Set, err = d.isSet(); err != nil {
		return at("last_at", err)
	}
	if r.LastAt.Set {
		if r.LastAt.Value, err = d.time(); err != nil {
			return at("last_at", err)
		}
	}
	if r.Events, err = d.long(); err != nil {
		return at("events", err)
	}
	return nil
}

// NumberType is a string with documented values.
type NumberType string

// The values of NumberType; the zero value is written as UNKNOWN.
const (
	// NumberTypeUnknown: a value that this version does not know.
	NumberTypeUnknown NumberType = "UNKNOWN"
	// NumberTypeFixedLine: a number of a fixed line.
	NumberTypeFixedLine NumberType = "FIXED_LINE"
	// NumberTypeFixedLineOrMobile: either; the country's numbering plan does not
	// tell them apart.
	NumberTypeFixedLineOrMobile NumberType = "FIXED_LINE_OR_MOBILE"
	// NumberTypeMobile: a mobile number.
	NumberTypeMobile NumberType = "MOBILE"
	// NumberTypePager: a pager.
	NumberTypePager NumberType = "PAGER"
	// NumberTypePersonalNumber: a number that follows a person.
	NumberTypePersonalNumber NumberType = "PERSONAL_NUMBER"
	// NumberTypePremiumRate: the caller pays more than for a usual call.
	NumberTypePremiumRate NumberType = "PREMIUM_RATE"
	// NumberTypeSharedCost: the cost is shared between caller and called party.
	NumberTypeSharedCost NumberType = "SHARED_COST"
	// NumberTypeTollFree: free for the caller.
	NumberTypeTollFree NumberType = "TOLL_FREE"
	// NumberTypeUAN: a company's universal access number.
	NumberTypeUAN NumberType = "UAN"
	// NumberTypeVoicemail: a voice mailbox.
	NumberTypeVoicemail NumberType = "VOICEMAIL"
	// NumberTypeVoIP: a number of an internet telephony service.
	NumberTypeVoIP NumberType = "VOIP"
)

func (v NumberType) appendTo(dst []byte) ([]byte, error) {
	if v == "" {
		v = NumberTypeUnknown
	}
	return appendString(dst, string(v))
}

func decodeNumberType(d *decoder) (NumberType, error) {
	b, err := d.bytes()
	if err != nil {
		return "", err
	}
	switch string(b) {
	case "UNKNOWN", "":
		return NumberTypeUnknown, nil
	case "FIXED_LINE":
		return NumberTypeFixedLine, nil
	case "FIXED_LINE_OR_MOBILE":
		return NumberTypeFixedLineOrMobile, nil
	case "MOBILE":
		return NumberTypeMobile, nil
	case "PAGER":
		return NumberTypePager, nil
	case "PERSONAL_NUMBER":
		return NumberTypePersonalNumber, nil
	case "PREMIUM_RATE":
		return NumberTypePremiumRate, nil
	case "SHARED_COST":
		return NumberTypeSharedCost, nil
	case "TOLL_FREE":
		return NumberTypeTollFree, nil
	case "UAN":
		return NumberTypeUAN, nil
	case "VOICEMAIL":
		return NumberTypeVoicemail, nil
	case "VOIP":
		return NumberTypeVoIP, nil
	}
	s, err := newValue(b)
	return NumberType(s), err
}

// Origin: Where a fact came from and how it was proven.
type Origin struct {
	// Source: Id of the configured source that received it.
	Source string `json:"source"`
	// Provider: Id of the provider, such as lox24.
	Provider string `json:"provider"`
	// Assurance: Which part of the record the proof covers.
	Assurance Assurance `json:"assurance"`
	// SecretID: Name of the secret that proved it, never the secret.
	SecretID string `json:"secret_id"`
	// RequestID: Id of the HTTP request; the items of one batch share it.
	RequestID string `json:"request_id"`
	// Topic: Raw topic of the record, as named on the cluster.
	Topic string `json:"topic"`
	// Partition: Partition of the raw record.
	Partition int32 `json:"partition"`
	// Offset: Offset of the raw record.
	Offset int64 `json:"offset"`
}

func (r *Origin) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = appendString(dst, r.Source); err != nil {
		return dst, at("source", err)
	}
	if dst, err = appendString(dst, r.Provider); err != nil {
		return dst, at("provider", err)
	}
	if dst, err = r.Assurance.appendTo(dst); err != nil {
		return dst, at("assurance", err)
	}
	if dst, err = appendString(dst, r.SecretID); err != nil {
		return dst, at("secret_id", err)
	}
	if dst, err = appendString(dst, r.RequestID); err != nil {
		return dst, at("request_id", err)
	}
	if dst, err = appendString(dst, r.Topic); err != nil {
		return dst, at("topic", err)
	}
	dst = appendLong(dst, int64(r.Partition))
	dst = appendLong(dst, r.Offset)
	return dst, nil
}

func (r *Origin) decodeFrom(d *decoder) error {
	var err error
	if r.Source, err = d.string(); err != nil {
		return at("source", err)
	}
	if r.Provider, err = d.string(); err != nil {
		return at("provider", err)
	}
	if r.Assurance, err = decodeAssurance(d); err != nil {
		return at("assurance", err)
	}
	if r.SecretID, err = d.string(); err != nil {
		return at("secret_id", err)
	}
	if r.RequestID, err = d.string(); err != nil {
		return at("request_id", err)
	}
	if r.Topic, err = d.string(); err != nil {
		return at("topic", err)
	}
	if r.Partition, err = d.int(); err != nil {
		return at("partition", err)
	}
	if r.Offset, err = d.long(); err != nil {
		return at("offset", err)
	}
	return nil
}

// PaymentKind is a string with documented values.
type PaymentKind string

// The values of PaymentKind; the zero value is written as UNKNOWN.
const (
	// PaymentKindUnknown: a value that this version does not know.
	PaymentKindUnknown PaymentKind = "UNKNOWN"
	// PaymentKindInvoice: an invoice that a customer pays (callback of an
	// invoice).
	PaymentKindInvoice PaymentKind = "INVOICE"
	// PaymentKindP2P: a transfer from card to card, card to account or account to
	// card (callback of a P2P payment).
	PaymentKindP2P PaymentKind = "P2P"
)

func (v PaymentKind) appendTo(dst []byte) ([]byte, error) {
	if v == "" {
		v = PaymentKindUnknown
	}
	return appendString(dst, string(v))
}

func decodePaymentKind(d *decoder) (PaymentKind, error) {
	b, err := d.bytes()
	if err != nil {
		return "", err
	}
	switch string(b) {
	case "UNKNOWN", "":
		return PaymentKindUnknown, nil
	case "INVOICE":
		return PaymentKindInvoice, nil
	case "P2P":
		return PaymentKindP2P, nil
	}
	s, err := newValue(b)
	return PaymentKind(s), err
}

// PaymentPhase is a string with documented values.
type PaymentPhase string

// The values of PaymentPhase; the zero value is written as UNKNOWN.
const (
	// PaymentPhaseUnknown: no status that this version knows.
	PaymentPhaseUnknown PaymentPhase = "UNKNOWN"
	// PaymentPhaseHeld: authorised, not yet captured.
	PaymentPhaseHeld PaymentPhase = "HELD"
	// PaymentPhaseNew: created, nothing has happened yet.
	PaymentPhaseNew PaymentPhase = "NEW"
	// PaymentPhasePaid: captured.
	PaymentPhasePaid PaymentPhase = "PAID"
	// PaymentPhasePending: the customer or the bank is at it.
	PaymentPhasePending PaymentPhase = "PENDING"
	// PaymentPhaseRefunded: captured money went back whole; a callback alone does
	// not tell whether it was captured or held, so decoded callbacks never say
	// RELEASED.
	PaymentPhaseRefunded PaymentPhase = "REFUNDED"
	// PaymentPhaseRefused: rejected, canceled or closed.
	PaymentPhaseRefused PaymentPhase = "REFUSED"
	// PaymentPhaseReleased: a hold was given back whole and never captured.
	PaymentPhaseReleased PaymentPhase = "RELEASED"
)

func (v PaymentPhase) appendTo(dst []byte) ([]byte, error) {
	if v == "" {
		v = PaymentPhaseUnknown
	}
	return appendString(dst, string(v))
}

func decodePaymentPhase(d *decoder) (PaymentPhase, error) {
	b, err := d.bytes()
	if err != nil {
		return "", err
	}
	switch string(b) {
	case "UNKNOWN", "":
		return PaymentPhaseUnknown, nil
	case "HELD":
		return PaymentPhaseHeld, nil
	case "NEW":
		return PaymentPhaseNew, nil
	case "PAID":
		return PaymentPhasePaid, nil
	case "PENDING":
		return PaymentPhasePending, nil
	case "REFUNDED":
		return PaymentPhaseRefunded, nil
	case "REFUSED":
		return PaymentPhaseRefused, nil
	case "RELEASED":
		return PaymentPhaseReleased, nil
	}
	s, err := newValue(b)
	return PaymentPhase(s), err
}

// Phone: A phone number without the number. Two pseudonyms are carried while
// keys overlap.
type Phone struct {
	// Country: ISO 3166-1 alpha-2 code of the number's country; null if the number
	// is not a valid one.
	Country Optional[string] `json:"country"`
	// Pseudonyms: The number under each key valid when it was received, newest key
	// first; empty if no key is configured.
	Pseudonyms []Pseudonym `json:"pseudonyms"`
	// NumberType: Type of the number's block in the country's numbering plan; null
	// if the plan does not say.
	NumberType Optional[NumberType] `json:"number_type"`
	// Carrier: Operator to which the number's block was assigned, in English; null
	// if not known. A ported number may be with another one by now.
	Carrier Optional[string] `json:"carrier"`
	// Block: Beginning of the E.164 number, such as +38050123: without its last
	// four digits where at least privacy.block_k different numbers of that block
	// were seen within the retention, else the longest shorter beginning with that
	// many, down to the calling code. Null if there is none, if privacy.block_k is
	// 0, and for numbers that belong to the company.
	Block Optional[string] `json:"block"`
	// BlockAsOf: When block was decided: the received_at of the entity's first
	// fact with the number. Numbers seen later change it no more. Null if it was
	// not decided.
	BlockAsOf Optional[time.Time] `json:"block_as_of"`
}

func (r *Phone) appendTo(dst []byte) ([]byte, error) {
	var err error
	if r.Country.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Country.Value); err != nil {
			return dst, at("country", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if n := len(r.Pseudonyms); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.Pseudonyms {
			if dst, err = r.Pseudonyms[i].appendTo(dst); err != nil {
				return dst, at("pseudonyms", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	if r.NumberType.Set {
		dst = append(dst, 2)
		if dst, err = r.NumberType.Value.appendTo(dst); err != nil {
			return dst, at("number_type", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.Carrier.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Carrier.Value); err != nil {
			return dst, at("carrier", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.Block.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Block.Value); err != nil {
			return dst, at("block", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.BlockAsOf.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.BlockAsOf.Value); err != nil {
			return dst, at("block_as_of", err)
		}
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func decodePhone(d *decoder) (Phone, error) {
	var r Phone
	err := r.decodeFrom(d)
	return r, err
}

func (r *Phone) decodeFrom(d *decoder) error {
	var err error
	if r.Country.Set, err = d.isSet(); err != nil {
		return at("country", err)
	}
	if r.Country.Set {
		if r.Country.Value, err = d.string(); err != nil {
			return at("country", err)
		}
	}
	if r.Pseudonyms, err = decodeArray(d, 2, decodePseudonym); err != nil {
		return at("pseudonyms", err)
	}
	if r.NumberType.Set, err = d.isSet(); err != nil {
		return at("number_type", err)
	}
	if r.NumberType.Set {
		if r.NumberType.Value, err = decodeNumberType(d); err != nil {
			return at("number_type", err)
		}
	}
	if r.Carrier.Set, err = d.isSet(); err != nil {
		return at("carrier", err)
	}
	if r.Carrier.Set {
		if r.Carrier.Value, err = d.string(); err != nil {
			return at("carrier", err)
		}
	}
	if r.Block.Set, err = d.isSet(); err != nil {
		return at("block", err)
	}
	if r.Block.Set {
		if r.Block.Value, err = d.string(); err != nil {
			return at("block", err)
		}
	}
	if r.BlockAsOf.Set, err = d.isSet(); err != nil {
		return at("block_as_of", err)
	}
	if r.BlockAsOf.Set {
		if r.BlockAsOf.Value, err = d.time(); err != nil {
			return at("block_as_of", err)
		}
	}
	return nil
}

// Pseudonym: A phone number as HMAC-SHA-256 over its E.164 digits, equal across
// topics under the same key, so that it can be joined.
type Pseudonym struct {
	// KeyID: Which key made the HMAC; the key is chosen by the time the fact was
	// received.
	KeyID string `json:"key_id"`
	// HMAC: HMAC-SHA-256, 64 lower-case hexadecimal digits.
	HMAC string `json:"hmac"`
}

func (r *Pseudonym) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = appendString(dst, r.KeyID); err != nil {
		return dst, at("key_id", err)
	}
	if dst, err = appendString(dst, r.HMAC); err != nil {
		return dst, at("hmac", err)
	}
	return dst, nil
}

func decodePseudonym(d *decoder) (Pseudonym, error) {
	var r Pseudonym
	err := r.decodeFrom(d)
	return r, err
}

func (r *Pseudonym) decodeFrom(d *decoder) error {
	var err error
	if r.KeyID, err = d.string(); err != nil {
		return at("key_id", err)
	}
	if r.HMAC, err = d.string(); err != nil {
		return at("hmac", err)
	}
	return nil
}

// Refund is a string with documented values.
type Refund string

// The values of Refund; the zero value is written as UNKNOWN.
const (
	// RefundUnknown: a value that this version does not know.
	RefundUnknown Refund = "UNKNOWN"
	// RefundFull: all that was captured was given back.
	RefundFull Refund = "FULL"
	// RefundNone: nothing of a captured amount was given back.
	RefundNone Refund = "NONE"
	// RefundPartial: a part of the captured money was given back, and a part is
	// left.
	RefundPartial Refund = "PARTIAL"
)

func (v Refund) appendTo(dst []byte) ([]byte, error) {
	if v == "" {
		v = RefundUnknown
	}
	return appendString(dst, string(v))
}

func decodeRefund(d *decoder) (Refund, error) {
	b, err := d.bytes()
	if err != nil {
		return "", err
	}
	switch string(b) {
	case "UNKNOWN", "":
		return RefundUnknown, nil
	case "FULL":
		return RefundFull, nil
	case "NONE":
		return RefundNone, nil
	case "PARTIAL":
		return RefundPartial, nil
	}
	s, err := newValue(b)
	return Refund(s), err
}

// RegulationAddressStatus is a string with documented values.
type RegulationAddressStatus string

// The values of RegulationAddressStatus; the zero value is written as UNKNOWN.
const (
	// RegulationAddressStatusUnknown: a value that this version does not know; the
	// string as sent is in the field beside.
	RegulationAddressStatusUnknown RegulationAddressStatus = "UNKNOWN"
	// RegulationAddressStatusDeclined: the proof of address is declined.
	RegulationAddressStatusDeclined RegulationAddressStatus = "DECLINED"
	// RegulationAddressStatusInProgress: the provider checks the proof of address.
	RegulationAddressStatusInProgress RegulationAddressStatus = "IN_PROGRESS"
	// RegulationAddressStatusPending: the check has not begun.
	RegulationAddressStatusPending RegulationAddressStatus = "PENDING"
	// RegulationAddressStatusVerified: the proof of address is verified.
	RegulationAddressStatusVerified RegulationAddressStatus = "VERIFIED"
)

func (v RegulationAddressStatus) appendTo(dst []byte) ([]byte, error) {
	if v == "" {
		v = RegulationAddressStatusUnknown
	}
	return appendString(dst, string(v))
}

func decodeRegulationAddressStatus(d *decoder) (RegulationAddressStatus, error) {
	b, err := d.bytes()
	if err != nil {
		return "", err
	}
	switch string(b) {
	case "UNKNOWN", "":
		return RegulationAddressStatusUnknown, nil
	case "DECLINED":
		return RegulationAddressStatusDeclined, nil
	case "IN_PROGRESS":
		return RegulationAddressStatusInProgress, nil
	case "PENDING":
		return RegulationAddressStatusPending, nil
	case "VERIFIED":
		return RegulationAddressStatusVerified, nil
	}
	s, err := newValue(b)
	return RegulationAddressStatus(s), err
}

// SubscriptionType is a string with documented values.
type SubscriptionType string

// The values of SubscriptionType; the zero value is written as UNKNOWN.
const (
	// SubscriptionTypeUnknown: a value that this version does not know; the string
	// as sent is in the field beside.
	SubscriptionTypeUnknown SubscriptionType = "UNKNOWN"
	// SubscriptionTypePhoneNum: a phone number.
	SubscriptionTypePhoneNum SubscriptionType = "PHONE_NUM"
	// SubscriptionTypePlan: a tariff plan.
	SubscriptionTypePlan SubscriptionType = "PLAN"
	// SubscriptionTypeSIPRegistration: a SIP registration.
	SubscriptionTypeSIPRegistration SubscriptionType = "SIP_REGISTRATION"
)

func (v SubscriptionType) appendTo(dst []byte) ([]byte, error) {
	if v == "" {
		v = SubscriptionTypeUnknown
	}
	return appendString(dst, string(v))
}

func decodeSubscriptionType(d *decoder) (SubscriptionType, error) {
	b, err := d.bytes()
	if err != nil {
		return "", err
	}
	switch string(b) {
	case "UNKNOWN", "":
		return SubscriptionTypeUnknown, nil
	case "PHONE_NUM":
		return SubscriptionTypePhoneNum, nil
	case "PLAN":
		return SubscriptionTypePlan, nil
	case "SIP_REGISTRATION":
		return SubscriptionTypeSIPRegistration, nil
	}
	s, err := newValue(b)
	return SubscriptionType(s), err
}

// UnibellCall: A fact about a Unibell call, each exactly once. The code that is
// spoken is left out.
type UnibellCall struct {
	// Origin: Where the fact came from.
	Origin Origin `json:"origin"`
	// EventID: Id of the fact within the call: phase, request or status; repeats
	// of one fact share it.
	EventID string `json:"event_id"`
	// ReceivedAt: When ingest had read the request, by its clock.
	ReceivedAt time.Time `json:"received_at"`
	// Kind: Kind of report: the request, its answer or a status.
	Kind UnibellCallKind `json:"kind"`
	// VerificationID: Key of the verification: unibell:, source and reference;
	// null where only the request id is known.
	VerificationID Optional[string] `json:"verification_id"`
	// Reference: The caller's id of the request as sent; null if it is absent or a
	// phone number.
	Reference Optional[string] `json:"reference"`
	// ReferenceMade: Whether ingest made the reference because the caller sent
	// none.
	ReferenceMade bool `json:"reference_made"`
	// CallRequestID: The provider's id of the request.
	CallRequestID Optional[string] `json:"call_request_id"`
	// CorrelationIDs: The correlation ids of the call; one that does not look like
	// an id is a pseudonym, phone: or hmac:. Empty if the reference was made by
	// ingest.
	CorrelationIDs []string `json:"correlation_ids"`
	// SourceAddr: The number the call is made from, as pseudonym; requests and
	// some statuses.
	SourceAddr Optional[Phone] `json:"source_addr"`
	// DestAddr: The number that is called, as pseudonym; requests and some
	// statuses. It belongs to the company, so its block is always null.
	DestAddr Optional[Phone] `json:"dest_addr"`
	// StatusRaw: Status as sent; null for requests.
	StatusRaw Optional[string] `json:"status_raw"`
	// Status: Status, normalised; null for requests.
	Status Optional[CallStatus] `json:"status"`
	// HTTPStatus: HTTP status of the answer; null where there was none.
	HTTPStatus Optional[int32] `json:"http_status"`
	// Unreachable: Why the provider gave no answer: timeout, refused (no
	// connection), dns (no address) or other; null where it answered.
	Unreachable Optional[string] `json:"unreachable"`
	// Error: Error text of the provider; free text, only where the source's
	// configuration allows it.
	Error Optional[string] `json:"error"`
	// ErrorCode: Error code of the provider as sent.
	ErrorCode Optional[string] `json:"error_code"`
	// NetworkErrorCode: Error code of the network as sent (networkErrCode).
	NetworkErrorCode Optional[string] `json:"network_error_code"`
	// CallCreatedAt: When the provider made the call (createdDateTime).
	CallCreatedAt Optional[time.Time] `json:"call_created_at"`
	// StatusAt: When the status was reached (statusDateTime).
	StatusAt Optional[time.Time] `json:"status_at"`
}

// Schema returns the name of the .avsc file.
func (*UnibellCall) Schema() string { return "decoded.unibell.call.v1" }

// AppendAvro appends the record's Avro body. An error is a *FieldError, and the
// bytes appended until then are of no use.
func (r *UnibellCall) AppendAvro(dst []byte) ([]byte, error) { return r.appendTo(dst) }

// DecodeAvro reads an Avro body, which must be of this schema's version. An error
// leaves the record half read.
func (r *UnibellCall) DecodeAvro(b []byte) error {
	d := decoder{b: b}
	*r = UnibellCall{}
	if err := r.decodeFrom(&d); err != nil {
		return err
	}
	return d.end()
}

func (r *UnibellCall) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = r.Origin.appendTo(dst); err != nil {
		return dst, at("origin", err)
	}
	if dst, err = appendString(dst, r.EventID); err != nil {
		return dst, at("event_id", err)
	}
	if dst, err = appendTime(dst, r.ReceivedAt); err != nil {
		return dst, at("received_at", err)
	}
	if dst, err = r.Kind.appendTo(dst); err != nil {
		return dst, at("kind", err)
	}
	if r.VerificationID.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.VerificationID.Value); err != nil {
			return dst, at("verification_id", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.Reference.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Reference.Value); err != nil {
			return dst, at("reference", err)
		}
	} else {
		dst = append(dst, 0)
	}
	dst = appendBool(dst, r.ReferenceMade)
	if r.CallRequestID.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.CallRequestID.Value); err != nil {
			return dst, at("call_request_id", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if n := len(r.CorrelationIDs); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.CorrelationIDs {
			if dst, err = appendString(dst, r.CorrelationIDs[i]); err != nil {
				return dst, at("correlation_ids", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	if r.SourceAddr.Set {
		dst = append(dst, 2)
		if dst, err = r.SourceAddr.Value.appendTo(dst); err != nil {
			return dst, at("source_addr", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.DestAddr.Set {
		dst = append(dst, 2)
		if dst, err = r.DestAddr.Value.appendTo(dst); err != nil {
			return dst, at("dest_addr", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.StatusRaw.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.StatusRaw.Value); err != nil {
			return dst, at("status_raw", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.Status.Set {
		dst = append(dst, 2)
		if dst, err = r.Status.Value.appendTo(dst); err != nil {
			return dst, at("status", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.HTTPStatus.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, int64(r.HTTPStatus.Value))
	} else {
		dst = append(dst, 0)
	}
	if r.Unreachable.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Unreachable.Value); err != nil {
			return dst, at("unreachable", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.Error.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Error.Value); err != nil {
			return dst, at("error", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.ErrorCode.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.ErrorCode.Value); err != nil {
			return dst, at("error_code", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.NetworkErrorCode.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.NetworkErrorCode.Value); err != nil {
			return dst, at("network_error_code", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.CallCreatedAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.CallCreatedAt.Value); err != nil {
			return dst, at("call_created_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.StatusAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.StatusAt.Value); err != nil {
			return dst, at("status_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func (r *UnibellCall) decodeFrom(d *decoder) error {
	var err error
	if err = r.Origin.decodeFrom(d); err != nil {
		return at("origin", err)
	}
	if r.EventID, err = d.string(); err != nil {
		return at("event_id", err)
	}
	if r.ReceivedAt, err = d.time(); err != nil {
		return at("received_at", err)
	}
	if r.Kind, err = decodeUnibellCallKind(d); err != nil {
		return at("kind", err)
	}
	if r.VerificationID.Set, err = d.isSet(); err != nil {
		return at("verification_id", err)
	}
	if r.VerificationID.Set {
		if r.VerificationID.Value, err = d.string(); err != nil {
			return at("verification_id", err)
		}
	}
	if r.Reference.Set, err = d.isSet(); err != nil {
		return at("reference", err)
	}
	if r.Reference.Set {
		if r.Reference.Value, err = d.string(); err != nil {
			return at("reference", err)
		}
	}
	if r.ReferenceMade, err = d.bool(); err != nil {
		return at("reference_made", err)
	}
	if r.CallRequestID.Set, err = d.isSet(); err != nil {
		return at("call_request_id", err)
	}
	if r.CallRequestID.Set {
		if r.CallRequestID.Value, err = d.string(); err != nil {
			return at("call_request_id", err)
		}
	}
	if r.CorrelationIDs, err = decodeArray(d, 1, (*decoder).string); err != nil {
		return at("correlation_ids", err)
	}
	if r.SourceAddr.Set, err = d.isSet(); err != nil {
		return at("source_addr", err)
	}
	if r.SourceAddr.Set {
		if err = r.SourceAddr.Value.decodeFrom(d); err != nil {
			return at("source_addr", err)
		}
	}
	if r.DestAddr.Set, err = d.isSet(); err != nil {
		return at("dest_addr", err)
	}
	if r.DestAddr.Set {
		if err = r.DestAddr.Value.decodeFrom(d); err != nil {
			return at("dest_addr", err)
		}
	}
	if r.StatusRaw.Set, err = d.isSet(); err != nil {
		return at("status_raw", err)
	}
	if r.StatusRaw.Set {
		if r.StatusRaw.Value, err = d.string(); err != nil {
			return at("status_raw", err)
		}
	}
	if r.Status.Set, err = d.isSet(); err != nil {
		return at("status", err)
	}
	if r.Status.Set {
		if r.Status.Value, err = decodeCallStatus(d); err != nil {
			return at("status", err)
		}
	}
	if r.HTTPStatus.Set, err = d.isSet(); err != nil {
		return at("http_status", err)
	}
	if r.HTTPStatus.Set {
		if r.HTTPStatus.Value, err = d.int(); err != nil {
			return at("http_status", err)
		}
	}
	if r.Unreachable.Set, err = d.isSet(); err != nil {
		return at("unreachable", err)
	}
	if r.Unreachable.Set {
		if r.Unreachable.Value, err = d.string(); err != nil {
			return at("unreachable", err)
		}
	}
	if r.Error.Set, err = d.isSet(); err != nil {
		return at("error", err)
	}
	if r.Error.Set {
		if r.Error.Value, err = d.string(); err != nil {
			return at("error", err)
		}
	}
	if r.ErrorCode.Set, err = d.isSet(); err != nil {
		return at("error_code", err)
	}
	if r.ErrorCode.Set {
		if r.ErrorCode.Value, err = d.string(); err != nil {
			return at("error_code", err)
		}
	}
	if r.NetworkErrorCode.Set, err = d.isSet(); err != nil {
		return at("network_error_code", err)
	}
	if r.NetworkErrorCode.Set {
		if r.NetworkErrorCode.Value, err = d.string(); err != nil {
			return at("network_error_code", err)
		}
	}
	if r.CallCreatedAt.Set, err = d.isSet(); err != nil {
		return at("call_created_at", err)
	}
	if r.CallCreatedAt.Set {
		if r.CallCreatedAt.Value, err = d.time(); err != nil {
			return at("call_created_at", err)
		}
	}
	if r.StatusAt.Set, err = d.isSet(); err != nil {
		return at("status_at", err)
	}
	if r.StatusAt.Set {
		if r.StatusAt.Value, err = d.time(); err != nil {
			return at("status_at", err)
		}
	}
	return nil
}

// UnibellCallKind is a string with documented values.
type UnibellCallKind string

// The values of UnibellCallKind; the zero value is written as UNKNOWN.
const (
	// UnibellCallKindUnknown: a value that this version does not know.
	UnibellCallKindUnknown UnibellCallKind = "UNKNOWN"
	// UnibellCallKindAnswer: the provider's answer to the request.
	UnibellCallKindAnswer UnibellCallKind = "ANSWER"
	// UnibellCallKindRequest: the request of our caller to the provider.
	UnibellCallKindRequest UnibellCallKind = "REQUEST"
	// UnibellCallKindStatus: a status callback of the provider.
	UnibellCallKindStatus UnibellCallKind = "STATUS"
)

func (v UnibellCallKind) appendTo(dst []byte) ([]byte, error) {
	if v == "" {
		v = UnibellCallKindUnknown
	}
	return appendString(dst, string(v))
}

func decodeUnibellCallKind(d *decoder) (UnibellCallKind, error) {
	b, err := d.bytes()
	if err != nil {
		return "", err
	}
	switch string(b) {
	case "UNKNOWN", "":
		return UnibellCallKindUnknown, nil
	case "ANSWER":
		return UnibellCallKindAnswer, nil
	case "REQUEST":
		return UnibellCallKindRequest, nil
	case "STATUS":
		return UnibellCallKindStatus, nil
	}
	s, err := newValue(b)
	return UnibellCallKind(s), err
}

// VerificationOutcome is a string with documented values.
type VerificationOutcome string

// The values of VerificationOutcome; the zero value is written as UNKNOWN.
const (
	// VerificationOutcomeUnknown: cannot be determined: the provider sends no
	// status to this source, or one that this version does not know.
	VerificationOutcomeUnknown VerificationOutcome = "UNKNOWN"
	// VerificationOutcomeError: ended by a technical error of the provider.
	VerificationOutcomeError VerificationOutcome = "ERROR"
	// VerificationOutcomeExpired: no outcome by the deadline; a real outcome that
	// comes later replaces it.
	VerificationOutcomeExpired VerificationOutcome = "EXPIRED"
	// VerificationOutcomeFailed: not verified.
	VerificationOutcomeFailed VerificationOutcome = "FAILED"
	// VerificationOutcomePending: no outcome yet.
	VerificationOutcomePending VerificationOutcome = "PENDING"
	// VerificationOutcomeSuccess: verified; of several Unibell calls under one
	// reference one success is enough, whenever it is reported.
	VerificationOutcomeSuccess VerificationOutcome = "SUCCESS"
)

func (v VerificationOutcome) appendTo(dst []byte) ([]byte, error) {
	if v == "" {
		v = VerificationOutcomeUnknown
	}
	return appendString(dst, string(v))
}

func decodeVerificationOutcome(d *decoder) (VerificationOutcome, error) {
	b, err := d.bytes()
	if err != nil {
		return "", err
	}
	switch string(b) {
	case "UNKNOWN", "":
		return VerificationOutcomeUnknown, nil
	case "ERROR":
		return VerificationOutcomeError, nil
	case "EXPIRED":
		return VerificationOutcomeExpired, nil
	case "FAILED":
		return VerificationOutcomeFailed, nil
	case "PENDING":
		return VerificationOutcomePending, nil
	case "SUCCESS":
		return VerificationOutcomeSuccess, nil
	}
	s, err := newValue(b)
	return VerificationOutcome(s), err
}
