// Code generated from the .avsc files by schemas/internal/gen. DO NOT EDIT.

package avro

import "time"

// Assurance: What the proof of a fact covers. SHARED_SECRET: the sender knew a
// secret, nothing ties it to the body. SIGNED_ID: account and callback id are
// signed, the body is not. SIGNED_BODY: the whole body is signed. UNKNOWN: not
// known to this version.
type Assurance string

// The symbols of Assurance; the default is UNKNOWN.
const (
	AssuranceUnknown      Assurance = "UNKNOWN"
	AssuranceSharedSecret Assurance = "SHARED_SECRET"
	AssuranceSignedID     Assurance = "SIGNED_ID"
	AssuranceSignedBody   Assurance = "SIGNED_BODY"
)

func (e Assurance) appendTo(dst []byte) ([]byte, error) {
	switch e {
	case AssuranceUnknown, "":
		return append(dst, 0), nil
	case AssuranceSharedSecret:
		return append(dst, 2), nil
	case AssuranceSignedID:
		return append(dst, 4), nil
	case AssuranceSignedBody:
		return append(dst, 6), nil
	default:
		return dst, ErrSymbol
	}
}

func decodeAssurance(d *decoder) (Assurance, error) {
	i, err := d.long()
	if err != nil {
		return "", err
	}
	switch i {
	case 0:
		return AssuranceUnknown, nil
	case 1:
		return AssuranceSharedSecret, nil
	case 2:
		return AssuranceSignedID, nil
	case 3:
		return AssuranceSignedBody, nil
	default:
		return "", ErrSymbol
	}
}

// AttemptStatus: Where a code or one attempt to deliver it stands, normalised.
// LOX24: 0 NEW, 5 IN_PROGRESS, 10 SUCCESS, 20 FAILED, 100 ERROR; any other
// number UNKNOWN.
type AttemptStatus string

// The symbols of AttemptStatus; the default is UNKNOWN.
const (
	AttemptStatusUnknown    AttemptStatus = "UNKNOWN"
	AttemptStatusNew        AttemptStatus = "NEW"
	AttemptStatusInProgress AttemptStatus = "IN_PROGRESS"
	AttemptStatusSuccess    AttemptStatus = "SUCCESS"
	AttemptStatusFailed     AttemptStatus = "FAILED"
	AttemptStatusError      AttemptStatus = "ERROR"
)

func (e AttemptStatus) appendTo(dst []byte) ([]byte, error) {
	switch e {
	case AttemptStatusUnknown, "":
		return append(dst, 0), nil
	case AttemptStatusNew:
		return append(dst, 2), nil
	case AttemptStatusInProgress:
		return append(dst, 4), nil
	case AttemptStatusSuccess:
		return append(dst, 6), nil
	case AttemptStatusFailed:
		return append(dst, 8), nil
	case AttemptStatusError:
		return append(dst, 10), nil
	default:
		return dst, ErrSymbol
	}
}

func decodeAttemptStatus(d *decoder) (AttemptStatus, error) {
	i, err := d.long()
	if err != nil {
		return "", err
	}
	switch i {
	case 0:
		return AttemptStatusUnknown, nil
	case 1:
		return AttemptStatusNew, nil
	case 2:
		return AttemptStatusInProgress, nil
	case 3:
		return AttemptStatusSuccess, nil
	case 4:
		return AttemptStatusFailed, nil
	case 5:
		return AttemptStatusError, nil
	default:
		return "", ErrSymbol
	}
}

// CallStatus: Status of a call, normalised. ACCEPTED and REFUSED: the
// provider's answer. UNREACHABLE: no answer was had. PENDING, DELIVERED and
// FAILED: a status callback; which words mean them is the source's
// configuration, for none are documented.
type CallStatus string

// The symbols of CallStatus; the default is UNKNOWN.
const (
	CallStatusUnknown     CallStatus = "UNKNOWN"
	CallStatusAccepted    CallStatus = "ACCEPTED"
	CallStatusRefused     CallStatus = "REFUSED"
	CallStatusUnreachable CallStatus = "UNREACHABLE"
	CallStatusPending     CallStatus = "PENDING"
	CallStatusDelivered   CallStatus = "DELIVERED"
	CallStatusFailed      CallStatus = "FAILED"
)

func (e CallStatus) appendTo(dst []byte) ([]byte, error) {
	switch e {
	case CallStatusUnknown, "":
		return append(dst, 0), nil
	case CallStatusAccepted:
		return append(dst, 2), nil
	case CallStatusRefused:
		return append(dst, 4), nil
	case CallStatusUnreachable:
		return append(dst, 6), nil
	case CallStatusPending:
		return append(dst, 8), nil
	case CallStatusDelivered:
		return append(dst, 10), nil
	case CallStatusFailed:
		return append(dst, 12), nil
	default:
		return dst, ErrSymbol
	}
}

func decodeCallStatus(d *decoder) (CallStatus, error) {
	i, err := d.long()
	if err != nil {
		return "", err
	}
	switch i {
	case 0:
		return CallStatusUnknown, nil
	case 1:
		return CallStatusAccepted, nil
	case 2:
		return CallStatusRefused, nil
	case 3:
		return CallStatusUnreachable, nil
	case 4:
		return CallStatusPending, nil
	case 5:
		return CallStatusDelivered, nil
	case 6:
		return CallStatusFailed, nil
	default:
		return "", ErrSymbol
	}
}

// Change: What changed a snapshot last.
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

// ChangeCause: Why a snapshot changed. RECORD: a raw record. DEADLINE:
// something was absent for too long. REMOVAL: a member left when its
// correlation id was corrected.
type ChangeCause string

// The symbols of ChangeCause; the default is UNKNOWN.
const (
	ChangeCauseUnknown  ChangeCause = "UNKNOWN"
	ChangeCauseRecord   ChangeCause = "RECORD"
	ChangeCauseDeadline ChangeCause = "DEADLINE"
	ChangeCauseRemoval  ChangeCause = "REMOVAL"
)

func (e ChangeCause) appendTo(dst []byte) ([]byte, error) {
	switch e {
	case ChangeCauseUnknown, "":
		return append(dst, 0), nil
	case ChangeCauseRecord:
		return append(dst, 2), nil
	case ChangeCauseDeadline:
		return append(dst, 4), nil
	case ChangeCauseRemoval:
		return append(dst, 6), nil
	default:
		return dst, ErrSymbol
	}
}

func decodeChangeCause(d *decoder) (ChangeCause, error) {
	i, err := d.long()
	if err != nil {
		return "", err
	}
	switch i {
	case 0:
		return ChangeCauseUnknown, nil
	case 1:
		return ChangeCauseRecord, nil
	case 2:
		return ChangeCauseDeadline, nil
	case 3:
		return ChangeCauseRemoval, nil
	default:
		return "", ErrSymbol
	}
}

// Channel: The way a code reaches a person, normalised. CALL: the person calls
// and hears the code (Unibell). UNKNOWN: a value this version does not know;
// the string as sent stands beside it.
type Channel string

// The symbols of Channel; the default is UNKNOWN.
const (
	ChannelUnknown  Channel = "UNKNOWN"
	ChannelTelegram Channel = "TELEGRAM"
	ChannelVoice    Channel = "VOICE"
	ChannelSMS      Channel = "SMS"
	ChannelCall     Channel = "CALL"
)

func (e Channel) appendTo(dst []byte) ([]byte, error) {
	switch e {
	case ChannelUnknown, "":
		return append(dst, 0), nil
	case ChannelTelegram:
		return append(dst, 2), nil
	case ChannelVoice:
		return append(dst, 4), nil
	case ChannelSMS:
		return append(dst, 6), nil
	case ChannelCall:
		return append(dst, 8), nil
	default:
		return dst, ErrSymbol
	}
}

func decodeChannel(d *decoder) (Channel, error) {
	i, err := d.long()
	if err != nil {
		return "", err
	}
	switch i {
	case 0:
		return ChannelUnknown, nil
	case 1:
		return ChannelTelegram, nil
	case 2:
		return ChannelVoice, nil
	case 3:
		return ChannelSMS, nil
	case 4:
		return ChannelCall, nil
	default:
		return "", ErrSymbol
	}
}

// DocumentStatus: Where the verification of an account's documents stands,
// normalised.
type DocumentStatus string

// The symbols of DocumentStatus; the default is UNKNOWN.
const (
	DocumentStatusUnknown                         DocumentStatus = "UNKNOWN"
	DocumentStatusAwaitingDocumentsUploading      DocumentStatus = "AWAITING_DOCUMENTS_UPLOADING"
	DocumentStatusAwaitingAgreementUploading      DocumentStatus = "AWAITING_AGREEMENT_UPLOADING"
	DocumentStatusAwaitingVerification            DocumentStatus = "AWAITING_VERIFICATION"
	DocumentStatusWaitingForConfirmationDocuments DocumentStatus = "WAITING_FOR_CONFIRMATION_DOCUMENTS"
	DocumentStatusVerified                        DocumentStatus = "VERIFIED"
	DocumentStatusRejected                        DocumentStatus = "REJECTED"
	DocumentStatusWaitingPeriodExpired            DocumentStatus = "WAITING_PERIOD_EXPIRED"
)

func (e DocumentStatus) appendTo(dst []byte) ([]byte, error) {
	switch e {
	case DocumentStatusUnknown, "":
		return append(dst, 0), nil
	case DocumentStatusAwaitingDocumentsUploading:
		return append(dst, 2), nil
	case DocumentStatusAwaitingAgreementUploading:
		return append(dst, 4), nil
	case DocumentStatusAwaitingVerification:
		return append(dst, 6), nil
	case DocumentStatusWaitingForConfirmationDocuments:
		return append(dst, 8), nil
	case DocumentStatusVerified:
		return append(dst, 10), nil
	case DocumentStatusRejected:
		return append(dst, 12), nil
	case DocumentStatusWaitingPeriodExpired:
		return append(dst, 14), nil
	default:
		return dst, ErrSymbol
	}
}

func decodeDocumentStatus(d *decoder) (DocumentStatus, error) {
	i, err := d.long()
	if err != nil {
		return "", err
	}
	switch i {
	case 0:
		return DocumentStatusUnknown, nil
	case 1:
		return DocumentStatusAwaitingDocumentsUploading, nil
	case 2:
		return DocumentStatusAwaitingAgreementUploading, nil
	case 3:
		return DocumentStatusAwaitingVerification, nil
	case 4:
		return DocumentStatusWaitingForConfirmationDocuments, nil
	case 5:
		return DocumentStatusVerified, nil
	case 6:
		return DocumentStatusRejected, nil
	case 7:
		return DocumentStatusWaitingPeriodExpired, nil
	default:
		return "", ErrSymbol
	}
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

// Origin: Where a fact came from and how it was proven.
type Origin struct {
	// Source: Id of the configured source that received it.
	Source string `json:"source"`
	// Provider: Id of the provider, such as lox24.
	Provider string `json:"provider"`
	// Assurance: What the proof covers.
	Assurance Assurance `json:"assurance"`
	// SecretID: Name of the secret that proved it, never the secret.
	SecretID string `json:"secret_id"`
	// RequestID: Id of the HTTP request; the items of one batch share it.
	RequestID string `json:"request_id"`
	// ReceivedAt: When ingest had read the request.
	ReceivedAt time.Time `json:"received_at"`
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
	if dst, err = appendTime(dst, r.ReceivedAt); err != nil {
		return dst, at("received_at", err)
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
	if r.ReceivedAt, err = d.time(); err != nil {
		return at("received_at", err)
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

// PaymentKind: Which of UAPAY's two callbacks it is. P2P includes
// card-to-account and account-to-card.
type PaymentKind string

// The symbols of PaymentKind; the default is UNKNOWN.
const (
	PaymentKindUnknown PaymentKind = "UNKNOWN"
	PaymentKindInvoice PaymentKind = "INVOICE"
	PaymentKindP2P     PaymentKind = "P2P"
)

func (e PaymentKind) appendTo(dst []byte) ([]byte, error) {
	switch e {
	case PaymentKindUnknown, "":
		return append(dst, 0), nil
	case PaymentKindInvoice:
		return append(dst, 2), nil
	case PaymentKindP2P:
		return append(dst, 4), nil
	default:
		return dst, ErrSymbol
	}
}

func decodePaymentKind(d *decoder) (PaymentKind, error) {
	i, err := d.long()
	if err != nil {
		return "", err
	}
	switch i {
	case 0:
		return PaymentKindUnknown, nil
	case 1:
		return PaymentKindInvoice, nil
	case 2:
		return PaymentKindP2P, nil
	default:
		return "", ErrSymbol
	}
}

// PaymentPhase: The one phase derived from all statuses of a payment. HELD:
// authorised, not yet captured. REFUSED: rejected, canceled or closed.
// RETURNED: given back, what was paid or a hold that was released. UNKNOWN: no
// status that this version knows.
type PaymentPhase string

// The symbols of PaymentPhase; the default is UNKNOWN.
const (
	PaymentPhaseUnknown  PaymentPhase = "UNKNOWN"
	PaymentPhaseNew      PaymentPhase = "NEW"
	PaymentPhasePending  PaymentPhase = "PENDING"
	PaymentPhaseHeld     PaymentPhase = "HELD"
	PaymentPhaseRefused  PaymentPhase = "REFUSED"
	PaymentPhasePaid     PaymentPhase = "PAID"
	PaymentPhaseReturned PaymentPhase = "RETURNED"
)

func (e PaymentPhase) appendTo(dst []byte) ([]byte, error) {
	switch e {
	case PaymentPhaseUnknown, "":
		return append(dst, 0), nil
	case PaymentPhaseNew:
		return append(dst, 2), nil
	case PaymentPhasePending:
		return append(dst, 4), nil
	case PaymentPhaseHeld:
		return append(dst, 6), nil
	case PaymentPhaseRefused:
		return append(dst, 8), nil
	case PaymentPhasePaid:
		return append(dst, 10), nil
	case PaymentPhaseReturned:
		return append(dst, 12), nil
	default:
		return dst, ErrSymbol
	}
}

func decodePaymentPhase(d *decoder) (PaymentPhase, error) {
	i, err := d.long()
	if err != nil {
		return "", err
	}
	switch i {
	case 0:
		return PaymentPhaseUnknown, nil
	case 1:
		return PaymentPhaseNew, nil
	case 2:
		return PaymentPhasePending, nil
	case 3:
		return PaymentPhaseHeld, nil
	case 4:
		return PaymentPhaseRefused, nil
	case 5:
		return PaymentPhasePaid, nil
	case 6:
		return PaymentPhaseReturned, nil
	default:
		return "", ErrSymbol
	}
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

// RegulationAddressStatus: Where the verification of a proof of address stands,
// normalised.
type RegulationAddressStatus string

// The symbols of RegulationAddressStatus; the default is UNKNOWN.
const (
	RegulationAddressStatusUnknown    RegulationAddressStatus = "UNKNOWN"
	RegulationAddressStatusInProgress RegulationAddressStatus = "IN_PROGRESS"
	RegulationAddressStatusPending    RegulationAddressStatus = "PENDING"
	RegulationAddressStatusVerified   RegulationAddressStatus = "VERIFIED"
	RegulationAddressStatusDeclined   RegulationAddressStatus = "DECLINED"
)

func (e RegulationAddressStatus) appendTo(dst []byte) ([]byte, error) {
	switch e {
	case RegulationAddressStatusUnknown, "":
		return append(dst, 0), nil
	case RegulationAddressStatusInProgress:
		return append(dst, 2), nil
	case RegulationAddressStatusPending:
		return append(dst, 4), nil
	case RegulationAddressStatusVerified:
		return append(dst, 6), nil
	case RegulationAddressStatusDeclined:
		return append(dst, 8), nil
	default:
		return dst, ErrSymbol
	}
}

func decodeRegulationAddressStatus(d *decoder) (RegulationAddressStatus, error) {
	i, err := d.long()
	if err != nil {
		return "", err
	}
	switch i {
	case 0:
		return RegulationAddressStatusUnknown, nil
	case 1:
		return RegulationAddressStatusInProgress, nil
	case 2:
		return RegulationAddressStatusPending, nil
	case 3:
		return RegulationAddressStatusVerified, nil
	case 4:
		return RegulationAddressStatusDeclined, nil
	default:
		return "", ErrSymbol
	}
}

// SubscriptionType: What a subscription is for, normalised.
type SubscriptionType string

// The symbols of SubscriptionType; the default is UNKNOWN.
const (
	SubscriptionTypeUnknown         SubscriptionType = "UNKNOWN"
	SubscriptionTypePhoneNum        SubscriptionType = "PHONE_NUM"
	SubscriptionTypeSIPRegistration SubscriptionType = "SIP_REGISTRATION"
	SubscriptionTypePlan            SubscriptionType = "PLAN"
)

func (e SubscriptionType) appendTo(dst []byte) ([]byte, error) {
	switch e {
	case SubscriptionTypeUnknown, "":
		return append(dst, 0), nil
	case SubscriptionTypePhoneNum:
		return append(dst, 2), nil
	case SubscriptionTypeSIPRegistration:
		return append(dst, 4), nil
	case SubscriptionTypePlan:
		return append(dst, 6), nil
	default:
		return dst, ErrSymbol
	}
}

func decodeSubscriptionType(d *decoder) (SubscriptionType, error) {
	i, err := d.long()
	if err != nil {
		return "", err
	}
	switch i {
	case 0:
		return SubscriptionTypeUnknown, nil
	case 1:
		return SubscriptionTypePhoneNum, nil
	case 2:
		return SubscriptionTypeSIPRegistration, nil
	case 3:
		return SubscriptionTypePlan, nil
	default:
		return "", ErrSymbol
	}
}

// UnibellCall: A fact about a Unibell call, each exactly once. The code that is
// spoken is left out.
type UnibellCall struct {
	// Origin: Where the fact came from.
	Origin Origin `json:"origin"`
	// EventID: What tells this fact from others of the call; repeats share it.
	EventID string `json:"event_id"`
	// Kind: What is told of the call.
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
	// RequestID: The provider's id of the request.
	RequestID Optional[string] `json:"request_id"`
	// CorrelationIDs: The correlation ids of the call; one that does not look like
	// an id is a pseudonym, phone: or hmac:. Empty if the reference was made by
	// ingest.
	CorrelationIDs []string `json:"correlation_ids"`
	// SourceAddr: The number the call is made from, as pseudonym; requests and
	// some statuses.
	SourceAddr Optional[Phone] `json:"source_addr"`
	// DestAddr: The number that is called, as pseudonym; requests and some
	// statuses.
	DestAddr Optional[Phone] `json:"dest_addr"`
	// Status: Status as sent; null for requests.
	Status Optional[string] `json:"status"`
	// CallStatus: Status, normalised; null for requests.
	CallStatus Optional[CallStatus] `json:"call_status"`
	// HTTPStatus: HTTP status of the answer; null where there was none.
	HTTPStatus Optional[int32] `json:"http_status"`
	// Unreachable: Why no answer was had: timeout, refused, dns, other.
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

// AppendAvro appends the record's Avro body. An error is a *FieldError; what was
// appended until then is of no use.
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
	if r.RequestID.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.RequestID.Value); err != nil {
			return dst, at("request_id", err)
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
	if r.Status.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Status.Value); err != nil {
			return dst, at("status", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.CallStatus.Set {
		dst = append(dst, 2)
		if dst, err = r.CallStatus.Value.appendTo(dst); err != nil {
			return dst, at("call_status", err)
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
	if r.RequestID.Set, err = d.isSet(); err != nil {
		return at("request_id", err)
	}
	if r.RequestID.Set {
		if r.RequestID.Value, err = d.string(); err != nil {
			return at("request_id", err)
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
	if r.Status.Set, err = d.isSet(); err != nil {
		return at("status", err)
	}
	if r.Status.Set {
		if r.Status.Value, err = d.string(); err != nil {
			return at("status", err)
		}
	}
	if r.CallStatus.Set, err = d.isSet(); err != nil {
		return at("call_status", err)
	}
	if r.CallStatus.Set {
		if r.CallStatus.Value, err = decodeCallStatus(d); err != nil {
			return at("call_status", err)
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

// UnibellCallKind: What is told of a call. REQUEST: our caller's request.
// ANSWER: the provider's answer to it. STATUS: a status callback.
type UnibellCallKind string

// The symbols of UnibellCallKind; the default is UNKNOWN.
const (
	UnibellCallKindUnknown UnibellCallKind = "UNKNOWN"
	UnibellCallKindRequest UnibellCallKind = "REQUEST"
	UnibellCallKindAnswer  UnibellCallKind = "ANSWER"
	UnibellCallKindStatus  UnibellCallKind = "STATUS"
)

func (e UnibellCallKind) appendTo(dst []byte) ([]byte, error) {
	switch e {
	case UnibellCallKindUnknown, "":
		return append(dst, 0), nil
	case UnibellCallKindRequest:
		return append(dst, 2), nil
	case UnibellCallKindAnswer:
		return append(dst, 4), nil
	case UnibellCallKindStatus:
		return append(dst, 6), nil
	default:
		return dst, ErrSymbol
	}
}

func decodeUnibellCallKind(d *decoder) (UnibellCallKind, error) {
	i, err := d.long()
	if err != nil {
		return "", err
	}
	switch i {
	case 0:
		return UnibellCallKindUnknown, nil
	case 1:
		return UnibellCallKindRequest, nil
	case 2:
		return UnibellCallKindAnswer, nil
	case 3:
		return UnibellCallKindStatus, nil
	default:
		return "", ErrSymbol
	}
}

// VerificationOutcome: How a verification ended, normalised. PENDING: no
// outcome yet. EXPIRED: none by the deadline; a real outcome that comes later
// replaces it. Of several Unibell calls under one reference a success counts
// whenever it is reported. UNKNOWN: it cannot be told, for the provider sends
// no status to this source or one this version does not know.
type VerificationOutcome string

// The symbols of VerificationOutcome; the default is UNKNOWN.
const (
	VerificationOutcomeUnknown VerificationOutcome = "UNKNOWN"
	VerificationOutcomePending VerificationOutcome = "PENDING"
	VerificationOutcomeExpired VerificationOutcome = "EXPIRED"
	VerificationOutcomeSuccess VerificationOutcome = "SUCCESS"
	VerificationOutcomeFailed  VerificationOutcome = "FAILED"
	VerificationOutcomeError   VerificationOutcome = "ERROR"
)

func (e VerificationOutcome) appendTo(dst []byte) ([]byte, error) {
	switch e {
	case VerificationOutcomeUnknown, "":
		return append(dst, 0), nil
	case VerificationOutcomePending:
		return append(dst, 2), nil
	case VerificationOutcomeExpired:
		return append(dst, 4), nil
	case VerificationOutcomeSuccess:
		return append(dst, 6), nil
	case VerificationOutcomeFailed:
		return append(dst, 8), nil
	case VerificationOutcomeError:
		return append(dst, 10), nil
	default:
		return dst, ErrSymbol
	}
}

func decodeVerificationOutcome(d *decoder) (VerificationOutcome, error) {
	i, err := d.long()
	if err != nil {
		return "", err
	}
	switch i {
	case 0:
		return VerificationOutcomeUnknown, nil
	case 1:
		return VerificationOutcomePending, nil
	case 2:
		return VerificationOutcomeExpired, nil
	case 3:
		return VerificationOutcomeSuccess, nil
	case 4:
		return VerificationOutcomeFailed, nil
	case 5:
		return VerificationOutcomeError, nil
	default:
		return "", ErrSymbol
	}
}
