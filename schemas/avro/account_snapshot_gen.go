// Code generated from the .avsc files by schemas/internal/gen. DO NOT EDIT.

package avro

import "time"

// AccountCallerID: A caller id that is about to expire.
type AccountCallerID struct {
	// Phone: The caller id, as pseudonym. It belongs to the company, so its block
	// is always null.
	Phone Phone `json:"phone"`
	// ExpirationDate: Day on which it expires (UTC).
	ExpirationDate Optional[time.Time] `json:"expiration_date"`
}

func (r *AccountCallerID) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = r.Phone.appendTo(dst); err != nil {
		return dst, at("phone", err)
	}
	if r.ExpirationDate.Set {
		dst = append(dst, 2)
		if dst, err = appendDate(dst, r.ExpirationDate.Value); err != nil {
			return dst, at("expiration_date", err)
		}
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func decodeAccountCallerID(d *decoder) (AccountCallerID, error) {
	var r AccountCallerID
	err := r.decodeFrom(d)
	return r, err
}

func (r *AccountCallerID) decodeFrom(d *decoder) error {
	var err error
	if err = r.Phone.decodeFrom(d); err != nil {
		return at("phone", err)
	}
	if r.ExpirationDate.Set, err = d.isSet(); err != nil {
		return at("expiration_date", err)
	}
	if r.ExpirationDate.Set {
		if r.ExpirationDate.Value, err = d.date(); err != nil {
			return at("expiration_date", err)
		}
	}
	return nil
}

// AccountCertificate: A push certificate that expires or has expired.
type AccountCertificate struct {
	// PushCredentialID: The provider's id of the push credential.
	PushCredentialID int64 `json:"push_credential_id"`
	// ExpirationDate: Day on which it expires (UTC).
	ExpirationDate Optional[time.Time] `json:"expiration_date"`
	// Expired: Whether it has expired.
	Expired bool `json:"expired"`
}

func (r *AccountCertificate) appendTo(dst []byte) ([]byte, error) {
	var err error
	dst = appendLong(dst, r.PushCredentialID)
	if r.ExpirationDate.Set {
		dst = append(dst, 2)
		if dst, err = appendDate(dst, r.ExpirationDate.Value); err != nil {
			return dst, at("expiration_date", err)
		}
	} else {
		dst = append(dst, 0)
	}
	dst = appendBool(dst, r.Expired)
	return dst, nil
}

func decodeAccountCertificate(d *decoder) (AccountCertificate, error) {
	var r AccountCertificate
	err := r.decodeFrom(d)
	return r, err
}

func (r *AccountCertificate) decodeFrom(d *decoder) error {
	var err error
	if r.PushCredentialID, err = d.long(); err != nil {
		return at("push_credential_id", err)
	}
	if r.ExpirationDate.Set, err = d.isSet(); err != nil {
		return at("expiration_date", err)
	}
	if r.ExpirationDate.Set {
		if r.ExpirationDate.Value, err = d.date(); err != nil {
			return at("expiration_date", err)
		}
	}
	if r.Expired, err = d.bool(); err != nil {
		return at("expired", err)
	}
	return nil
}

// AccountRegulationAddress: A proof of address.
type AccountRegulationAddress struct {
	// RegulationAddressID: The provider's id of the address.
	RegulationAddressID int64 `json:"regulation_address_id"`
	// StatusRaw: Status as sent; null if only an upload was reported. An upload
	// changes no status.
	StatusRaw Optional[string] `json:"status_raw"`
	// Status: Status, normalised.
	Status RegulationAddressStatus `json:"status"`
}

func (r *AccountRegulationAddress) appendTo(dst []byte) ([]byte, error) {
	var err error
	dst = appendLong(dst, r.RegulationAddressID)
	if r.StatusRaw.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.StatusRaw.Value); err != nil {
			return dst, at("status_raw", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if dst, err = r.Status.appendTo(dst); err != nil {
		return dst, at("status", err)
	}
	return dst, nil
}

func decodeAccountRegulationAddress(d *decoder) (AccountRegulationAddress, error) {
	var r AccountRegulationAddress
	err := r.decodeFrom(d)
	return r, err
}

func (r *AccountRegulationAddress) decodeFrom(d *decoder) error {
	var err error
	if r.RegulationAddressID, err = d.long(); err != nil {
		return at("regulation_address_id", err)
	}
	if r.StatusRaw.Set, err = d.isSet(); err != nil {
		return at("status_raw", err)
	}
	if r.StatusRaw.Set {
		if r.StatusRaw.Value, err = d.string(); err != nil {
			return at("status_raw", err)
		}
	}
	if r.Status, err = decodeRegulationAddressStatus(d); err != nil {
		return at("status", err)
	}
	return nil
}

// AccountSIPRegistration: A SIP registration that fails.
type AccountSIPRegistration struct {
	// SIPRegistrationID: The provider's id of the SIP registration.
	SIPRegistrationID int64 `json:"sip_registration_id"`
	// StatusCode: SIP status code as sent.
	StatusCode Optional[string] `json:"status_code"`
	// ErrorMessage: Why it failed; free text, only where the source's
	// configuration allows it.
	ErrorMessage Optional[string] `json:"error_message"`
	// Since: When the failure was first received, since the registration last
	// recovered.
	Since Optional[time.Time] `json:"since"`
}

func (r *AccountSIPRegistration) appendTo(dst []byte) ([]byte, error) {
	var err error
	dst = appendLong(dst, r.SIPRegistrationID)
	if r.StatusCode.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.StatusCode.Value); err != nil {
			return dst, at("status_code", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.ErrorMessage.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.ErrorMessage.Value); err != nil {
			return dst, at("error_message", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.Since.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.Since.Value); err != nil {
			return dst, at("since", err)
		}
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func decodeAccountSIPRegistration(d *decoder) (AccountSIPRegistration, error) {
	var r AccountSIPRegistration
	err := r.decodeFrom(d)
	return r, err
}

func (r *AccountSIPRegistration) decodeFrom(d *decoder) error {
	var err error
	if r.SIPRegistrationID, err = d.long(); err != nil {
		return at("sip_registration_id", err)
	}
	if r.StatusCode.Set, err = d.isSet(); err != nil {
		return at("status_code", err)
	}
	if r.StatusCode.Set {
		if r.StatusCode.Value, err = d.string(); err != nil {
			return at("status_code", err)
		}
	}
	if r.ErrorMessage.Set, err = d.isSet(); err != nil {
		return at("error_message", err)
	}
	if r.ErrorMessage.Set {
		if r.ErrorMessage.Value, err = d.string(); err != nil {
			return at("error_message", err)
		}
	}
	if r.Since.Set, err = d.isSet(); err != nil {
		return at("since", err)
	}
	if r.Since.Set {
		if r.Since.Value, err = d.time(); err != nil {
			return at("since", err)
		}
	}
	return nil
}

// AccountSnapshot: One row is one state of one Voximplant account after all
// callbacks known so far, for its operator to act on. The topic has every state
// until compaction; the row of the highest revision replaces all others of its
// account_id, and a tombstone (no value) ends it. Rows are kept for as long as
// the account has no tombstone. Do not filter before choosing the newest row:
// `frozen` is true in old rows of accounts that are active now. Amounts of
// enriched topics are in minor units; decoded.voximplant.account-callback.v1
// has the decimals as sent.
type AccountSnapshot struct {
	// AccountID: The Kafka key: voximplant: and the provider's id of the account.
	AccountID string `json:"account_id"`
	// ProviderID: The provider's id of the account, decimal digits.
	ProviderID string `json:"provider_id"`
	// Provider: voximplant.
	Provider string `json:"provider"`
	// Source: Id of the configured source.
	Source string `json:"source"`
	// Frozen: Whether the account is frozen now, by the newest callback that says
	// so; false, too, if none did: then frozen_changed_at is null.
	Frozen bool `json:"frozen"`
	// FrozenChangedAt: When the first callback with this state of frozen was
	// received, since the last one with the other state; null if no callback had
	// one.
	FrozenChangedAt Optional[time.Time] `json:"frozen_changed_at"`
	// BalanceMinor: Balance in minor units of currency (cents), rounded half to
	// even; in units of 1/100 while the currency is not known. Null if no callback
	// had one.
	BalanceMinor Optional[int64] `json:"balance_minor"`
	// Currency: Currency of the account, ISO 4217; XXX if the provider sent no
	// such code, null if it sent none.
	Currency Optional[string] `json:"currency"`
	// BelowMinBalance: Whether the minimum balance was reached since the account
	// was last topped up.
	BelowMinBalance bool `json:"below_min_balance"`
	// MinBalanceAt: When the newest callback about the minimum balance was first
	// received.
	MinBalanceAt Optional[time.Time] `json:"min_balance_at"`
	// RequiredMinor: Money needed for the next charge in minor units of currency,
	// rounded half to even; null if none was asked for, or money was paid in or
	// subscriptions were renewed since.
	RequiredMinor Optional[int64] `json:"required_minor"`
	// InsufficientFundsMinor: Money that lacks for the next charge in minor units
	// of currency, rounded half to even; null as required_minor is.
	InsufficientFundsMinor Optional[int64] `json:"insufficient_funds_minor"`
	// CardFailed: Whether a payment by card failed and none succeeded since.
	CardFailed bool `json:"card_failed"`
	// CardExpired: Whether the card has expired and none paid since.
	CardExpired bool `json:"card_expired"`
	// CardExpiresInMonth: Whether the card expires within a month: until it has,
	// or a card pays more than 31 days later.
	CardExpiresInMonth bool `json:"card_expires_in_month"`
	// LastPaymentAt: When the newest callback about money paid in was first
	// received.
	LastPaymentAt Optional[time.Time] `json:"last_payment_at"`
	// FailingSIPRegistrations: The SIP registrations that fail, sorted by id.
	FailingSIPRegistrations []AccountSIPRegistration `json:"failing_sip_registrations"`
	// Subscriptions: Subscriptions that a callback named, sorted by the next
	// renewal, type and name.
	Subscriptions []AccountSubscription `json:"subscriptions"`
	// ExpiringCallerIDs: Caller ids about to expire.
	ExpiringCallerIDs []AccountCallerID `json:"expiring_callerids"`
	// AgreementExpiration: Day on which the waiting period for documents ends
	// (UTC).
	AgreementExpiration Optional[time.Time] `json:"agreement_expiration"`
	// AgreementExpired: Whether that period has ended and was not restored or set
	// anew since.
	AgreementExpired bool `json:"agreement_expired"`
	// ExpiredDocumentIDs: The provider's ids of documents whose period has ended,
	// sorted.
	ExpiredDocumentIDs []int64 `json:"expired_document_ids"`
	// Certificates: Push certificates that expire or have expired, sorted by id.
	Certificates []AccountCertificate `json:"certificates"`
	// DocumentStatusRaw: Status of the account's documents as sent.
	DocumentStatusRaw Optional[string] `json:"document_status_raw"`
	// DocumentStatus: Status of the account's documents, normalised; UNKNOWN if no
	// callback reported it.
	DocumentStatus DocumentStatus `json:"document_status"`
	// RegulationAddresses: Proofs of address, sorted by id.
	RegulationAddresses []AccountRegulationAddress `json:"regulation_addresses"`
	// A2PSMSEnabled: Whether application-to-person SMS are enabled; null if no
	// callback reported it.
	A2PSMSEnabled Optional[bool] `json:"a2p_sms_enabled"`
	// LastCallbackType: Type of the newest callback as sent.
	LastCallbackType Optional[string] `json:"last_callback_type"`
	// LastCallbackID: The provider's id of the newest callback.
	LastCallbackID Optional[string] `json:"last_callback_id"`
	// Revision: Number of this snapshot of the key, from 1. The processor leaves
	// some out if it runs with latest_only.
	Revision int64 `json:"revision"`
	// Facts: Number of distinct facts applied.
	Facts int64 `json:"facts"`
	// ChangedBy: The record or timer that made this revision.
	ChangedBy Change `json:"changed_by"`
	// FirstEventAt: When the first callback was received; the provider sends no
	// time.
	FirstEventAt Optional[time.Time] `json:"first_event_at"`
	// LastEventAt: When the newest callback, the one of the highest id, was first
	// received; the provider sends no time.
	LastEventAt Optional[time.Time] `json:"last_event_at"`
	// ProcessedAt: When the processor made this snapshot.
	ProcessedAt time.Time `json:"processed_at"`
	// Assurance: The weakest assurance of the facts.
	Assurance Assurance `json:"assurance"`
}

// Schema returns the name of the .avsc file.
func (*AccountSnapshot) Schema() string { return "enriched.accounts.v1" }

// AppendAvro appends the record's Avro body. An error is a *FieldError, and the
// bytes appended until then are of no use.
func (r *AccountSnapshot) AppendAvro(dst []byte) ([]byte, error) { return r.appendTo(dst) }

// DecodeAvro reads an Avro body, which must be of this schema's version. An error
// leaves the record half read.
func (r *AccountSnapshot) DecodeAvro(b []byte) error {
	d := decoder{b: b}
	*r = AccountSnapshot{}
	if err := r.decodeFrom(&d); err != nil {
		return err
	}
	return d.end()
}

func (r *AccountSnapshot) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = appendString(dst, r.AccountID); err != nil {
		return dst, at("account_id", err)
	}
	if dst, err = appendString(dst, r.ProviderID); err != nil {
		return dst, at("provider_id", err)
	}
	if dst, err = appendString(dst, r.Provider); err != nil {
		return dst, at("provider", err)
	}
	if dst, err = appendString(dst, r.Source); err != nil {
		return dst, at("source", err)
	}
	dst = appendBool(dst, r.Frozen)
	if r.FrozenChangedAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.FrozenChangedAt.Value); err != nil {
			return dst, at("frozen_changed_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.BalanceMinor.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.BalanceMinor.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.Currency.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Currency.Value); err != nil {
			return dst, at("currency", err)
		}
	} else {
		dst = append(dst, 0)
	}
	dst = appendBool(dst, r.BelowMinBalance)
	if r.MinBalanceAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.MinBalanceAt.Value); err != nil {
			return dst, at("min_balance_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.RequiredMinor.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.RequiredMinor.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.InsufficientFundsMinor.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.InsufficientFundsMinor.Value)
	} else {
		dst = append(dst, 0)
	}
	dst = appendBool(dst, r.CardFailed)
	dst = appendBool(dst, r.CardExpired)
	dst = appendBool(dst, r.CardExpiresInMonth)
	if r.LastPaymentAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.LastPaymentAt.Value); err != nil {
			return dst, at("last_payment_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if n := len(r.FailingSIPRegistrations); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.FailingSIPRegistrations {
			if dst, err = r.FailingSIPRegistrations[i].appendTo(dst); err != nil {
				return dst, at("failing_sip_registrations", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	if n := len(r.Subscriptions); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.Subscriptions {
			if dst, err = r.Subscriptions[i].appendTo(dst); err != nil {
				return dst, at("subscriptions", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	if n := len(r.ExpiringCallerIDs); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.ExpiringCallerIDs {
			if dst, err = r.ExpiringCallerIDs[i].appendTo(dst); err != nil {
				return dst, at("expiring_callerids", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	if r.AgreementExpiration.Set {
		dst = append(dst, 2)
		if dst, err = appendDate(dst, r.AgreementExpiration.Value); err != nil {
			return dst, at("agreement_expiration", err)
		}
	} else {
		dst = append(dst, 0)
	}
	dst = appendBool(dst, r.AgreementExpired)
	if n := len(r.ExpiredDocumentIDs); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.ExpiredDocumentIDs {
			dst = appendLong(dst, r.ExpiredDocumentIDs[i])
		}
	}
	dst = append(dst, 0)
	if n := len(r.Certificates); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.Certificates {
			if dst, err = r.Certificates[i].appendTo(dst); err != nil {
				return dst, at("certificates", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	if r.DocumentStatusRaw.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.DocumentStatusRaw.Value); err != nil {
			return dst, at("document_status_raw", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if dst, err = r.DocumentStatus.appendTo(dst); err != nil {
		return dst, at("document_status", err)
	}
	if n := len(r.RegulationAddresses); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.RegulationAddresses {
			if dst, err = r.RegulationAddresses[i].appendTo(dst); err != nil {
				return dst, at("regulation_addresses", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	if r.A2PSMSEnabled.Set {
		dst = append(dst, 2)
		dst = appendBool(dst, r.A2PSMSEnabled.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.LastCallbackType.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.LastCallbackType.Value); err != nil {
			return dst, at("last_callback_type", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.LastCallbackID.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.LastCallbackID.Value); err != nil {
			return dst, at("last_callback_id", err)
		}
	} else {
		dst = append(dst, 0)
	}
	dst = appendLong(dst, r.Revision)
	dst = appendLong(dst, r.Facts)
	if dst, err = r.ChangedBy.appendTo(dst); err != nil {
		return dst, at("changed_by", err)
	}
	if r.FirstEventAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.FirstEventAt.Value); err != nil {
			return dst, at("first_event_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.LastEventAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.LastEventAt.Value); err != nil {
			return dst, at("last_event_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if dst, err = appendTime(dst, r.ProcessedAt); err != nil {
		return dst, at("processed_at", err)
	}
	if dst, err = r.Assurance.appendTo(dst); err != nil {
		return dst, at("assurance", err)
	}
	return dst, nil
}

func (r *AccountSnapshot) decodeFrom(d *decoder) error {
	var err error
	if r.AccountID, err = d.string(); err != nil {
		return at("account_id", err)
	}
	if r.ProviderID, err = d.string(); err != nil {
		return at("provider_id", err)
	}
	if r.Provider, err = d.string(); err != nil {
		return at("provider", err)
	}
	if r.Source, err = d.string(); err != nil {
		return at("source", err)
	}
	if r.Frozen, err = d.bool(); err != nil {
		return at("frozen", err)
	}
	if r.FrozenChangedAt.Set, err = d.isSet(); err != nil {
		return at("frozen_changed_at", err)
	}
	if r.FrozenChangedAt.Set {
		if r.FrozenChangedAt.Value, err = d.time(); err != nil {
			return at("frozen_changed_at", err)
		}
	}
	if r.BalanceMinor.Set, err = d.isSet(); err != nil {
		return at("balance_minor", err)
	}
	if r.BalanceMinor.Set {
		if r.BalanceMinor.Value, err = d.long(); err != nil {
			return at("balance_minor", err)
		}
	}
	if r.Currency.Set, err = d.isSet(); err != nil {
		return at("currency", err)
	}
	if r.Currency.Set {
		if r.Currency.Value, err = d.string(); err != nil {
			return at("currency", err)
		}
	}
	if r.BelowMinBalance, err = d.bool(); err != nil {
		return at("below_min_balance", err)
	}
	if r.MinBalanceAt.Set, err = d.isSet(); err != nil {
		return at("min_balance_at", err)
	}
	if r.MinBalanceAt.Set {
		if r.MinBalanceAt.Value, err = d.time(); err != nil {
			return at("min_balance_at", err)
		}
	}
	if r.RequiredMinor.Set, err = d.isSet(); err != nil {
		return at("required_minor", err)
	}
	if r.RequiredMinor.Set {
		if r.RequiredMinor.Value, err = d.long(); err != nil {
			return at("required_minor", err)
		}
	}
	if r.InsufficientFundsMinor.Set, err = d.isSet(); err != nil {
		return at("insufficient_funds_minor", err)
	}
	if r.InsufficientFundsMinor.Set {
		if r.InsufficientFundsMinor.Value, err = d.long(); err != nil {
			return at("insufficient_funds_minor", err)
		}
	}
	if r.CardFailed, err = d.bool(); err != nil {
		return at("card_failed", err)
	}
	if r.CardExpired, err = d.bool(); err != nil {
		return at("card_expired", err)
	}
	if r.CardExpiresInMonth, err = d.bool(); err != nil {
		return at("card_expires_in_month", err)
	}
	if r.LastPaymentAt.Set, err = d.isSet(); err != nil {
		return at("last_payment_at", err)
	}
	if r.LastPaymentAt.Set {
		if r.LastPaymentAt.Value, err = d.time(); err != nil {
			return at("last_payment_at", err)
		}
	}
	if r.FailingSIPRegistrations, err = decodeArray(d, 4, decodeAccountSIPRegistration); err != nil {
		return at("failing_sip_registrations", err)
	}
	if r.Subscriptions, err = decodeArray(d, 6, decodeAccountSubscription); err != nil {
		return at("subscriptions", err)
	}
	if r.ExpiringCallerIDs, err = decodeArray(d, 7, decodeAccountCallerID); err != nil {
		return at("expiring_callerids", err)
	}
	if r.AgreementExpiration.Set, err = d.isSet(); err != nil {
		return at("agreement_expiration", err)
	}
	if r.AgreementExpiration.Set {
		if r.AgreementExpiration.Value, err = d.date(); err != nil {
			return at("agreement_expiration", err)
		}
	}
	if r.AgreementExpired, err = d.bool(); err != nil {
		return at("agreement_expired", err)
	}
	if r.ExpiredDocumentIDs, err = decodeArray(d, 1, (*decoder).long); err != nil {
		return at("expired_document_ids", err)
	}
	if r.Certificates, err = decodeArray(d, 3, decodeAccountCertificate); err != nil {
		return at("certificates", err)
	}
	if r.DocumentStatusRaw.Set, err = d.isSet(); err != nil {
		return at("document_status_raw", err)
	}
	if r.DocumentStatusRaw.Set {
		if r.DocumentStatusRaw.Value, err = d.string(); err != nil {
			return at("document_status_raw", err)
		}
	}
	if r.DocumentStatus, err = decodeDocumentStatus(d); err != nil {
		return at("document_status", err)
	}
	if r.RegulationAddresses, err = decodeArray(d, 3, decodeAccountRegulationAddress); err != nil {
		return at("regulation_addresses", err)
	}
	if r.A2PSMSEnabled.Set, err = d.isSet(); err != nil {
		return at("a2p_sms_enabled", err)
	}
	if r.A2PSMSEnabled.Set {
		if r.A2PSMSEnabled.Value, err = d.bool(); err != nil {
			return at("a2p_sms_enabled", err)
		}
	}
	if r.LastCallbackType.Set, err = d.isSet(); err != nil {
		return at("last_callback_type", err)
	}
	if r.LastCallbackType.Set {
		if r.LastCallbackType.Value, err = d.string(); err != nil {
			return at("last_callback_type", err)
		}
	}
	if r.LastCallbackID.Set, err = d.isSet(); err != nil {
		return at("last_callback_id", err)
	}
	if r.LastCallbackID.Set {
		if r.LastCallbackID.Value, err = d.string(); err != nil {
			return at("last_callback_id", err)
		}
	}
	if r.Revision, err = d.long(); err != nil {
		return at("revision", err)
	}
	if r.Facts, err = d.long(); err != nil {
		return at("facts", err)
	}
	if err = r.ChangedBy.decodeFrom(d); err != nil {
		return at("changed_by", err)
	}
	if r.FirstEventAt.Set, err = d.isSet(); err != nil {
		return at("first_event_at", err)
	}
	if r.FirstEventAt.Set {
		if r.FirstEventAt.Value, err = d.time(); err != nil {
			return at("first_event_at", err)
		}
	}
	if r.LastEventAt.Set, err = d.isSet(); err != nil {
		return at("last_event_at", err)
	}
	if r.LastEventAt.Set {
		if r.LastEventAt.Value, err = d.time(); err != nil {
			return at("last_event_at", err)
		}
	}
	if r.ProcessedAt, err = d.time(); err != nil {
		return at("processed_at", err)
	}
	if r.Assurance, err = decodeAssurance(d); err != nil {
		return at("assurance", err)
	}
	return nil
}

// AccountSubscription: A subscription that needs attention.
type AccountSubscription struct {
	// TypeRaw: Type as sent: PHONE_NUM, SIP_REGISTRATION, PLAN.
	TypeRaw Optional[string] `json:"type_raw"`
	// Type: Type, normalised.
	Type SubscriptionType `json:"type"`
	// Name: Name; free text, only where the source's configuration allows it.
	Name Optional[string] `json:"name"`
	// CostMinor: Cost in minor units of the account's currency, rounded half to
	// even.
	CostMinor Optional[int64] `json:"cost_minor"`
	// NextRenewal: Day of the next renewal (UTC).
	NextRenewal Optional[time.Time] `json:"next_renewal"`
	// State: Last reported state: renewed, frozen (not paid), detached (taken
	// away) or unverified_detached (taken away for lack of documents).
	State Optional[string] `json:"state"`
}

func (r *AccountSubscription) appendTo(dst []byte) ([]byte, error) {
	var err error
	if r.TypeRaw.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.TypeRaw.Value); err != nil {
			return dst, at("type_raw", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if dst, err = r.Type.appendTo(dst); err != nil {
		return dst, at("type", err)
	}
	if r.Name.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Name.Value); err != nil {
			return dst, at("name", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.CostMinor.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.CostMinor.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.NextRenewal.Set {
		dst = append(dst, 2)
		if dst, err = appendDate(dst, r.NextRenewal.Value); err != nil {
			return dst, at("next_renewal", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.State.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.State.Value); err != nil {
			return dst, at("state", err)
		}
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func decodeAccountSubscription(d *decoder) (AccountSubscription, error) {
	var r AccountSubscription
	err := r.decodeFrom(d)
	return r, err
}

func (r *AccountSubscription) decodeFrom(d *decoder) error {
	var err error
	if r.TypeRaw.Set, err = d.isSet(); err != nil {
		return at("type_raw", err)
	}
	if r.TypeRaw.Set {
		if r.TypeRaw.Value, err = d.string(); err != nil {
			return at("type_raw", err)
		}
	}
	if r.Type, err = decodeSubscriptionType(d); err != nil {
		return at("type", err)
	}
	if r.Name.Set, err = d.isSet(); err != nil {
		return at("name", err)
	}
	if r.Name.Set {
		if r.Name.Value, err = d.string(); err != nil {
			return at("name", err)
		}
	}
	if r.CostMinor.Set, err = d.isSet(); err != nil {
		return at("cost_minor", err)
	}
	if r.CostMinor.Set {
		if r.CostMinor.Value, err = d.long(); err != nil {
			return at("cost_minor", err)
		}
	}
	if r.NextRenewal.Set, err = d.isSet(); err != nil {
		return at("next_renewal", err)
	}
	if r.NextRenewal.Set {
		if r.NextRenewal.Value, err = d.date(); err != nil {
			return at("next_renewal", err)
		}
	}
	if r.State.Set, err = d.isSet(); err != nil {
		return at("state", err)
	}
	if r.State.Set {
		if r.State.Value, err = d.string(); err != nil {
			return at("state", err)
		}
	}
	return nil
}
