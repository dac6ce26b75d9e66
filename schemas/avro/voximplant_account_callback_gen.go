// Code generated from the .avsc files by schemas/internal/gen. DO NOT EDIT.

package avro

import "time"

// VoximplantA2PSMSActivated: Application-to-person SMS were activated or not.
type VoximplantA2PSMSActivated struct {
	// A2PEnabled: Whether they are enabled.
	A2PEnabled Optional[bool] `json:"a2p_enabled"`
}

func (r *VoximplantA2PSMSActivated) appendTo(dst []byte) ([]byte, error) {
	if r.A2PEnabled.Set {
		dst = append(dst, 2)
		dst = appendBool(dst, r.A2PEnabled.Value)
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func (r *VoximplantA2PSMSActivated) decodeFrom(d *decoder) error {
	var err error
	if r.A2PEnabled.Set, err = d.isSet(); err != nil {
		return at("a2p_enabled", err)
	}
	if r.A2PEnabled.Set {
		if r.A2PEnabled.Value, err = d.bool(); err != nil {
			return at("a2p_enabled", err)
		}
	}
	return nil
}

// VoximplantAccountCallback: A callback of Voximplant, each exactly once. The
// payload is in the field named as the type, of a type that has one; the hash
// is left out. A field whose value has no one meaning is null; decimals are
// rounded half to even at the sixth place.
type VoximplantAccountCallback struct {
	// Origin: Where the callback came from.
	Origin Origin `json:"origin"`
	// EventID: Account id and callback id; repeats of one callback share it.
	EventID string `json:"event_id"`
	// ReceivedAt: When ingest had read the request, by its clock. The provider
	// sends no time, so that this is the event's time.
	ReceivedAt time.Time `json:"received_at"`
	// AccountID: Key: voximplant: and the provider's id of the account.
	AccountID string `json:"account_id"`
	// ProviderID: The provider's id of the account, decimal digits.
	ProviderID string `json:"provider_id"`
	// CallbackID: The provider's id of the callback, decimal digits.
	CallbackID string `json:"callback_id"`
	// Type: Type of the callback as sent. It names the field that holds the
	// payload; account_is_frozen, account_is_unfrozen, activate_successful,
	// card_expired, card_expires_in_month, card_payment_failed,
	// certificate_expired, js_fail and reset_account_password_request have no
	// payload.
	Type string `json:"type"`
	// UnknownType: Whether the type is one this version does not know; the names
	// of its fields are in unknown_fields then.
	UnknownType bool `json:"unknown_type"`
	// UnknownFields: Names of the fields of the callback that this version does
	// not know, sorted; names only, no values.
	UnknownFields []string `json:"unknown_fields"`
	// Balance: Balance of the account in whole units of currency.
	Balance Optional[Decimal] `json:"balance"`
	// Currency: Code of the account's currency as sent: USD, RUR, EUR.
	Currency Optional[string] `json:"currency"`
	// LanguageCode: Language of notifications, ISO 639-1.
	LanguageCode Optional[string] `json:"language_code"`
	// AccountName: Name of the account, only where the source's configuration
	// allows it.
	AccountName Optional[string] `json:"account_name"`
	// AccountEmail: E-mail address of the account, only where the source's
	// configuration allows it.
	AccountEmail Optional[string] `json:"account_email"`
	// AccountFirstName: First name of the account's owner, only where the source's
	// configuration allows it.
	AccountFirstName Optional[string] `json:"account_first_name"`
	// AccountLastName: Last name of the account's owner, only where the source's
	// configuration allows it.
	AccountLastName Optional[string] `json:"account_last_name"`
	// AccountDocumentUploaded: Payload of a callback of this type; null for other
	// types.
	AccountDocumentUploaded Optional[VoximplantAccountDocumentUploaded] `json:"account_document_uploaded"`
	// AccountDocumentVerified: Payload of a callback of this type; null for other
	// types.
	AccountDocumentVerified Optional[VoximplantAccountDocumentVerified] `json:"account_document_verified"`
	// AccountDocumentStatusUpdated: Payload of a callback of this type; null for
	// other types.
	AccountDocumentStatusUpdated Optional[VoximplantAccountDocumentStatusUpdated] `json:"account_document_status_updated"`
	// RegulationAddressUploaded: Payload of a callback of this type; null for
	// other types.
	RegulationAddressUploaded Optional[VoximplantRegulationAddressUploaded] `json:"regulation_address_uploaded"`
	// RegulationAddressVerified: Payload of a callback of this type; null for
	// other types.
	RegulationAddressVerified Optional[VoximplantRegulationAddressVerified] `json:"regulation_address_verified"`
	// RegulationAddressDocumentsRequested: Payload of a callback of this type;
	// null for other types.
	RegulationAddressDocumentsRequested Optional[VoximplantRegulationAddressDocumentsRequested] `json:"regulation_address_documents_requested"`
	// CallHistoryReport: Payload of a callback of this type; null for other types.
	CallHistoryReport Optional[VoximplantHistoryReport] `json:"call_history_report"`
	// TransactionHistoryReport: Payload of a callback of this type; null for other
	// types.
	TransactionHistoryReport Optional[VoximplantHistoryReport] `json:"transaction_history_report"`
	// CardPayment: Payload of a callback of this type; null for other types.
	CardPayment Optional[VoximplantTransaction] `json:"card_payment"`
	// RobokassaPayment: Payload of a callback of this type; null for other types.
	RobokassaPayment Optional[VoximplantTransaction] `json:"robokassa_payment"`
	// WireTransfer: Payload of a callback of this type; null for other types.
	WireTransfer Optional[VoximplantTransaction] `json:"wire_transfer"`
	// MinBalance: Payload of a callback of this type; null for other types.
	MinBalance Optional[VoximplantMinBalance] `json:"min_balance"`
	// RenewedSubscriptions: Payload of a callback of this type; null for other
	// types.
	RenewedSubscriptions Optional[VoximplantSubscriptions] `json:"renewed_subscriptions"`
	// SIPRegistrationFail: Payload of a callback of this type; null for other
	// types.
	SIPRegistrationFail Optional[VoximplantSIPRegistrationFail] `json:"sip_registration_fail"`
	// SIPRegistrationRecovered: Payload of a callback of this type; null for other
	// types.
	SIPRegistrationRecovered Optional[VoximplantSIPRegistrationRecovered] `json:"sip_registration_recovered"`
	// SubscriptionIsFrozen: Payload of a callback of this type; null for other
	// types.
	SubscriptionIsFrozen Optional[VoximplantSubscriptions] `json:"subscription_is_frozen"`
	// SubscriptionIsDetached: Payload of a callback of this type; null for other
	// types.
	SubscriptionIsDetached Optional[VoximplantSubscriptions] `json:"subscription_is_detached"`
	// UnverifiedSubscriptionDetached: Payload of a callback of this type; null for
	// other types.
	UnverifiedSubscriptionDetached Optional[VoximplantSubscriptions] `json:"unverified_subscription_detached"`
	// ExpiringCallerID: Payload of a callback of this type; null for other types.
	ExpiringCallerID Optional[VoximplantExpiringCallerID] `json:"expiring_callerid"`
	// TranscriptionComplete: Payload of a callback of this type; null for other
	// types.
	TranscriptionComplete Optional[VoximplantTranscriptionComplete] `json:"transcription_complete"`
	// SMSInbound: Payload of a callback of this type; null for other types.
	SMSInbound Optional[VoximplantSMSInbound] `json:"sms_inbound"`
	// PhoneNumberActivationStatusChanged: Payload of a callback of this type; null
	// for other types.
	PhoneNumberActivationStatusChanged Optional[VoximplantPhoneNumberActivationStatusChanged] `json:"phone_number_activation_status_changed"`
	// BatchTaskCancellingCompleted: Payload of a callback of this type; null for
	// other types.
	BatchTaskCancellingCompleted Optional[VoximplantBatchTaskCancellingCompleted] `json:"batch_task_cancelling_completed"`
	// ExpiringAgreement: Payload of a callback of this type; null for other types.
	ExpiringAgreement Optional[VoximplantExpiringAgreement] `json:"expiring_agreement"`
	// ExpiredAgreement: Payload of a callback of this type; null for other types.
	ExpiredAgreement Optional[VoximplantExpiredAgreement] `json:"expired_agreement"`
	// RestoredAgreementStatus: Payload of a callback of this type; null for other
	// types.
	RestoredAgreementStatus Optional[VoximplantRestoredAgreementStatus] `json:"restored_agreement_status"`
	// NextChargeAlert: Payload of a callback of this type; null for other types.
	NextChargeAlert Optional[VoximplantNextChargeAlert] `json:"next_charge_alert"`
	// ExpiredCertificates: Payload of a callback of this type; null for other
	// types.
	ExpiredCertificates Optional[VoximplantCertificates] `json:"expired_certificates"`
	// ExpiringCertificates: Payload of a callback of this type; null for other
	// types.
	ExpiringCertificates Optional[VoximplantCertificates] `json:"expiring_certificates"`
	// A2PSMSActivated: Payload of a callback of this type; null for other types.
	A2PSMSActivated Optional[VoximplantA2PSMSActivated] `json:"a2p_sms_activated"`
	// InvoiceReceived: Payload of a callback of this type; null for other types.
	InvoiceReceived Optional[VoximplantInvoiceReceived] `json:"invoice_received"`
}

// Schema returns the name of the .avsc file.
func (*VoximplantAccountCallback) Schema() string { return "decoded.voximplant.account-callback.v1" }

// AppendAvro appends the record's Avro body. An error is a *FieldError, and the
// bytes appended until then are of no use.
func (r *VoximplantAccountCallback) AppendAvro(dst []byte) ([]byte, error) { return r.appendTo(dst) }

// DecodeAvro reads an Avro body, which must be of this schema's version. An error
// leaves the record half read.
func (r *VoximplantAccountCallback) DecodeAvro(b []byte) error {
	d := decoder{b: b}
	*r = VoximplantAccountCallback{}
	if err := r.decodeFrom(&d); err != nil {
		return err
	}
	return d.end()
}

func (r *VoximplantAccountCallback) appendTo(dst []byte) ([]byte, error) {
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
	if dst, err = appendString(dst, r.AccountID); err != nil {
		return dst, at("account_id", err)
	}
	if dst, err = appendString(dst, r.ProviderID); err != nil {
		return dst, at("provider_id", err)
	}
	if dst, err = appendString(dst, r.CallbackID); err != nil {
		return dst, at("callback_id", err)
	}
	if dst, err = appendString(dst, r.Type); err != nil {
		return dst, at("type", err)
	}
	dst = appendBool(dst, r.UnknownType)
	if n := len(r.UnknownFields); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.UnknownFields {
			if dst, err = appendString(dst, r.UnknownFields[i]); err != nil {
				return dst, at("unknown_fields", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	if r.Balance.Set {
		dst = append(dst, 2)
		if dst, err = appendDecimal(dst, r.Balance.Value); err != nil {
			return dst, at("balance", err)
		}
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
	if r.LanguageCode.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.LanguageCode.Value); err != nil {
			return dst, at("language_code", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.AccountName.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.AccountName.Value); err != nil {
			return dst, at("account_name", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.AccountEmail.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.AccountEmail.Value); err != nil {
			return dst, at("account_email", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.AccountFirstName.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.AccountFirstName.Value); err != nil {
			return dst, at("account_first_name", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.AccountLastName.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.AccountLastName.Value); err != nil {
			return dst, at("account_last_name", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.AccountDocumentUploaded.Set {
		dst = append(dst, 2)
		if dst, err = r.AccountDocumentUploaded.Value.appendTo(dst); err != nil {
			return dst, at("account_document_uploaded", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.AccountDocumentVerified.Set {
		dst = append(dst, 2)
		if dst, err = r.AccountDocumentVerified.Value.appendTo(dst); err != nil {
			return dst, at("account_document_verified", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.AccountDocumentStatusUpdated.Set {
		dst = append(dst, 2)
		if dst, err = r.AccountDocumentStatusUpdated.Value.appendTo(dst); err != nil {
			return dst, at("account_document_status_updated", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.RegulationAddressUploaded.Set {
		dst = append(dst, 2)
		if dst, err = r.RegulationAddressUploaded.Value.appendTo(dst); err != nil {
			return dst, at("regulation_address_uploaded", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.RegulationAddressVerified.Set {
		dst = append(dst, 2)
		if dst, err = r.RegulationAddressVerified.Value.appendTo(dst); err != nil {
			return dst, at("regulation_address_verified", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.RegulationAddressDocumentsRequested.Set {
		dst = append(dst, 2)
		if dst, err = r.RegulationAddressDocumentsRequested.Value.appendTo(dst); err != nil {
			return dst, at("regulation_address_documents_requested", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.CallHistoryReport.Set {
		dst = append(dst, 2)
		if dst, err = r.CallHistoryReport.Value.appendTo(dst); err != nil {
			return dst, at("call_history_report", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.TransactionHistoryReport.Set {
		dst = append(dst, 2)
		if dst, err = r.TransactionHistoryReport.Value.appendTo(dst); err != nil {
			return dst, at("transaction_history_report", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.CardPayment.Set {
		dst = append(dst, 2)
		if dst, err = r.CardPayment.Value.appendTo(dst); err != nil {
			return dst, at("card_payment", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.RobokassaPayment.Set {
		dst = append(dst, 2)
		if dst, err = r.RobokassaPayment.Value.appendTo(dst); err != nil {
			return dst, at("robokassa_payment", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.WireTransfer.Set {
		dst = append(dst, 2)
		if dst, err = r.WireTransfer.Value.appendTo(dst); err != nil {
			return dst, at("wire_transfer", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.MinBalance.Set {
		dst = append(dst, 2)
		if dst, err = r.MinBalance.Value.appendTo(dst); err != nil {
			return dst, at("min_balance", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.RenewedSubscriptions.Set {
		dst = append(dst, 2)
		if dst, err = r.RenewedSubscriptions.Value.appendTo(dst); err != nil {
			return dst, at("renewed_subscriptions", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.SIPRegistrationFail.Set {
		dst = append(dst, 2)
		if dst, err = r.SIPRegistrationFail.Value.appendTo(dst); err != nil {
			return dst, at("sip_registration_fail", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.SIPRegistrationRecovered.Set {
		dst = append(dst, 2)
		if dst, err = r.SIPRegistrationRecovered.Value.appendTo(dst); err != nil {
			return dst, at("sip_registration_recovered", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.SubscriptionIsFrozen.Set {
		dst = append(dst, 2)
		if dst, err = r.SubscriptionIsFrozen.Value.appendTo(dst); err != nil {
			return dst, at("subscription_is_frozen", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.SubscriptionIsDetached.Set {
		dst = append(dst, 2)
		if dst, err = r.SubscriptionIsDetached.Value.appendTo(dst); err != nil {
			return dst, at("subscription_is_detached", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.UnverifiedSubscriptionDetached.Set {
		dst = append(dst, 2)
		if dst, err = r.UnverifiedSubscriptionDetached.Value.appendTo(dst); err != nil {
			return dst, at("unverified_subscription_detached", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.ExpiringCallerID.Set {
		dst = append(dst, 2)
		if dst, err = r.ExpiringCallerID.Value.appendTo(dst); err != nil {
			return dst, at("expiring_callerid", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.TranscriptionComplete.Set {
		dst = append(dst, 2)
		if dst, err = r.TranscriptionComplete.Value.appendTo(dst); err != nil {
			return dst, at("transcription_complete", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.SMSInbound.Set {
		dst = append(dst, 2)
		if dst, err = r.SMSInbound.Value.appendTo(dst); err != nil {
			return dst, at("sms_inbound", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.PhoneNumberActivationStatusChanged.Set {
		dst = append(dst, 2)
		if dst, err = r.PhoneNumberActivationStatusChanged.Value.appendTo(dst); err != nil {
			return dst, at("phone_number_activation_status_changed", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.BatchTaskCancellingCompleted.Set {
		dst = append(dst, 2)
		if dst, err = r.BatchTaskCancellingCompleted.Value.appendTo(dst); err != nil {
			return dst, at("batch_task_cancelling_completed", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.ExpiringAgreement.Set {
		dst = append(dst, 2)
		if dst, err = r.ExpiringAgreement.Value.appendTo(dst); err != nil {
			return dst, at("expiring_agreement", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.ExpiredAgreement.Set {
		dst = append(dst, 2)
		if dst, err = r.ExpiredAgreement.Value.appendTo(dst); err != nil {
			return dst, at("expired_agreement", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.RestoredAgreementStatus.Set {
		dst = append(dst, 2)
		if dst, err = r.RestoredAgreementStatus.Value.appendTo(dst); err != nil {
			return dst, at("restored_agreement_status", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.NextChargeAlert.Set {
		dst = append(dst, 2)
		if dst, err = r.NextChargeAlert.Value.appendTo(dst); err != nil {
			return dst, at("next_charge_alert", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.ExpiredCertificates.Set {
		dst = append(dst, 2)
		if dst, err = r.ExpiredCertificates.Value.appendTo(dst); err != nil {
			return dst, at("expired_certificates", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.ExpiringCertificates.Set {
		dst = append(dst, 2)
		if dst, err = r.ExpiringCertificates.Value.appendTo(dst); err != nil {
			return dst, at("expiring_certificates", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.A2PSMSActivated.Set {
		dst = append(dst, 2)
		if dst, err = r.A2PSMSActivated.Value.appendTo(dst); err != nil {
			return dst, at("a2p_sms_activated", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.InvoiceReceived.Set {
		dst = append(dst, 2)
		if dst, err = r.InvoiceReceived.Value.appendTo(dst); err != nil {
			return dst, at("invoice_received", err)
		}
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func (r *VoximplantAccountCallback) decodeFrom(d *decoder) error {
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
	if r.AccountID, err = d.string(); err != nil {
		return at("account_id", err)
	}
	if r.ProviderID, err = d.string(); err != nil {
		return at("provider_id", err)
	}
	if r.CallbackID, err = d.string(); err != nil {
		return at("callback_id", err)
	}
	if r.Type, err = d.string(); err != nil {
		return at("type", err)
	}
	if r.UnknownType, err = d.bool(); err != nil {
		return at("unknown_type", err)
	}
	if r.UnknownFields, err = decodeArray(d, 1, (*decoder).string); err != nil {
		return at("unknown_fields", err)
	}
	if r.Balance.Set, err = d.isSet(); err != nil {
		return at("balance", err)
	}
	if r.Balance.Set {
		if r.Balance.Value, err = d.decimal(); err != nil {
			return at("balance", err)
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
	if r.LanguageCode.Set, err = d.isSet(); err != nil {
		return at("language_code", err)
	}
	if r.LanguageCode.Set {
		if r.LanguageCode.Value, err = d.string(); err != nil {
			return at("language_code", err)
		}
	}
	if r.AccountName.Set, err = d.isSet(); err != nil {
		return at("account_name", err)
	}
	if r.AccountName.Set {
		if r.AccountName.Value, err = d.string(); err != nil {
			return at("account_name", err)
		}
	}
	if r.AccountEmail.Set, err = d.isSet(); err != nil {
		return at("account_email", err)
	}
	if r.AccountEmail.Set {
		if r.AccountEmail.Value, err = d.string(); err != nil {
			return at("account_email", err)
		}
	}
	if r.AccountFirstName.Set, err = d.isSet(); err != nil {
		return at("account_first_name", err)
	}
	if r.AccountFirstName.Set {
		if r.AccountFirstName.Value, err = d.string(); err != nil {
			return at("account_first_name", err)
		}
	}
	if r.AccountLastName.Set, err = d.isSet(); err != nil {
		return at("account_last_name", err)
	}
	if r.AccountLastName.Set {
		if r.AccountLastName.Value, err = d.string(); err != nil {
			return at("account_last_name", err)
		}
	}
	if r.AccountDocumentUploaded.Set, err = d.isSet(); err != nil {
		return at("account_document_uploaded", err)
	}
	if r.AccountDocumentUploaded.Set {
		if err = r.AccountDocumentUploaded.Value.decodeFrom(d); err != nil {
			return at("account_document_uploaded", err)
		}
	}
	if r.AccountDocumentVerified.Set, err = d.isSet(); err != nil {
		return at("account_document_verified", err)
	}
	if r.AccountDocumentVerified.Set {
		if err = r.AccountDocumentVerified.Value.decodeFrom(d); err != nil {
			return at("account_document_verified", err)
		}
	}
	if r.AccountDocumentStatusUpdated.Set, err = d.isSet(); err != nil {
		return at("account_document_status_updated", err)
	}
	if r.AccountDocumentStatusUpdated.Set {
		if err = r.AccountDocumentStatusUpdated.Value.decodeFrom(d); err != nil {
			return at("account_document_status_updated", err)
		}
	}
	if r.RegulationAddressUploaded.Set, err = d.isSet(); err != nil {
		return at("regulation_address_uploaded", err)
	}
	if r.RegulationAddressUploaded.Set {
		if err = r.RegulationAddressUploaded.Value.decodeFrom(d); err != nil {
			return at("regulation_address_uploaded", err)
		}
	}
	if r.RegulationAddressVerified.Set, err = d.isSet(); err != nil {
		return at("regulation_address_verified", err)
	}
	if r.RegulationAddressVerified.Set {
		if err = r.RegulationAddressVerified.Value.decodeFrom(d); err != nil {
			return at("regulation_address_verified", err)
		}
	}
	if r.RegulationAddressDocumentsRequested.Set, err = d.isSet(); err != nil {
		return at("regulation_address_documents_requested", err)
	}
	if r.RegulationAddressDocumentsRequested.Set {
		if err = r.RegulationAddressDocumentsRequested.Value.decodeFrom(d); err != nil {
			return at("regulation_address_documents_requested", err)
		}
	}
	if r.CallHistoryReport.Set, err = d.isSet(); err != nil {
		return at("call_history_report", err)
	}
	if r.CallHistoryReport.Set {
		if err = r.CallHistoryReport.Value.decodeFrom(d); err != nil {
			return at("call_history_report", err)
		}
	}
	if r.TransactionHistoryReport.Set, err = d.isSet(); err != nil {
		return at("transaction_history_report", err)
	}
	if r.TransactionHistoryReport.Set {
		if err = r.TransactionHistoryReport.Value.decodeFrom(d); err != nil {
			return at("transaction_history_report", err)
		}
	}
	if r.CardPayment.Set, err = d.isSet(); err != nil {
		return at("card_payment", err)
	}
	if r.CardPayment.Set {
		if err = r.CardPayment.Value.decodeFrom(d); err != nil {
			return at("card_payment", err)
		}
	}
	if r.RobokassaPayment.Set, err = d.isSet(); err != nil {
		return at("robokassa_payment", err)
	}
	if r.RobokassaPayment.Set {
		if err = r.RobokassaPayment.Value.decodeFrom(d); err != nil {
			return at("robokassa_payment", err)
		}
	}
	if r.WireTransfer.Set, err = d.isSet(); err != nil {
		return at("wire_transfer", err)
	}
	if r.WireTransfer.Set {
		if err = r.WireTransfer.Value.decodeFrom(d); err != nil {
			return at("wire_transfer", err)
		}
	}
	if r.MinBalance.Set, err = d.isSet(); err != nil {
		return at("min_balance", err)
	}
	if r.MinBalance.Set {
		if err = r.MinBalance.Value.decodeFrom(d); err != nil {
			return at("min_balance", err)
		}
	}
	if r.RenewedSubscriptions.Set, err = d.isSet(); err != nil {
		return at("renewed_subscriptions", err)
	}
	if r.RenewedSubscriptions.Set {
		if err = r.RenewedSubscriptions.Value.decodeFrom(d); err != nil {
			return at("renewed_subscriptions", err)
		}
	}
	if r.SIPRegistrationFail.Set, err = d.isSet(); err != nil {
		return at("sip_registration_fail", err)
	}
	if r.SIPRegistrationFail.Set {
		if err = r.SIPRegistrationFail.Value.decodeFrom(d); err != nil {
			return at("sip_registration_fail", err)
		}
	}
	if r.SIPRegistrationRecovered.Set, err = d.isSet(); err != nil {
		return at("sip_registration_recovered", err)
	}
	if r.SIPRegistrationRecovered.Set {
		if err = r.SIPRegistrationRecovered.Value.decodeFrom(d); err != nil {
			return at("sip_registration_recovered", err)
		}
	}
	if r.SubscriptionIsFrozen.Set, err = d.isSet(); err != nil {
		return at("subscription_is_frozen", err)
	}
	if r.SubscriptionIsFrozen.Set {
		if err = r.SubscriptionIsFrozen.Value.decodeFrom(d); err != nil {
			return at("subscription_is_frozen", err)
		}
	}
	if r.SubscriptionIsDetached.Set, err = d.isSet(); err != nil {
		return at("subscription_is_detached", err)
	}
	if r.SubscriptionIsDetached.Set {
		if err = r.SubscriptionIsDetached.Value.decodeFrom(d); err != nil {
			return at("subscription_is_detached", err)
		}
	}
	if r.UnverifiedSubscriptionDetached.Set, err = d.isSet(); err != nil {
		return at("unverified_subscription_detached", err)
	}
	if r.UnverifiedSubscriptionDetached.Set {
		if err = r.UnverifiedSubscriptionDetached.Value.decodeFrom(d); err != nil {
			return at("unverified_subscription_detached", err)
		}
	}
	if r.ExpiringCallerID.Set, err = d.isSet(); err != nil {
		return at("expiring_callerid", err)
	}
	if r.ExpiringCallerID.Set {
		if err = r.ExpiringCallerID.Value.decodeFrom(d); err != nil {
			return at("expiring_callerid", err)
		}
	}
	if r.TranscriptionComplete.Set, err = d.isSet(); err != nil {
		return at("transcription_complete", err)
	}
	if r.TranscriptionComplete.Set {
		if err = r.TranscriptionComplete.Value.decodeFrom(d); err != nil {
			return at("transcription_complete", err)
		}
	}
	if r.SMSInbound.Set, err = d.isSet(); err != nil {
		return at("sms_inbound", err)
	}
	if r.SMSInbound.Set {
		if err = r.SMSInbound.Value.decodeFrom(d); err != nil {
			return at("sms_inbound", err)
		}
	}
	if r.PhoneNumberActivationStatusChanged.Set, err = d.isSet(); err != nil {
		return at("phone_number_activation_status_changed", err)
	}
	if r.PhoneNumberActivationStatusChanged.Set {
		if err = r.PhoneNumberActivationStatusChanged.Value.decodeFrom(d); err != nil {
			return at("phone_number_activation_status_changed", err)
		}
	}
	if r.BatchTaskCancellingCompleted.Set, err = d.isSet(); err != nil {
		return at("batch_task_cancelling_completed", err)
	}
	if r.BatchTaskCancellingCompleted.Set {
		if err = r.BatchTaskCancellingCompleted.Value.decodeFrom(d); err != nil {
			return at("batch_task_cancelling_completed", err)
		}
	}
	if r.ExpiringAgreement.Set, err = d.isSet(); err != nil {
		return at("expiring_agreement", err)
	}
	if r.ExpiringAgreement.Set {
		if err = r.ExpiringAgreement.Value.decodeFrom(d); err != nil {
			return at("expiring_agreement", err)
		}
	}
	if r.ExpiredAgreement.Set, err = d.isSet(); err != nil {
		return at("expired_agreement", err)
	}
	if r.ExpiredAgreement.Set {
		if err = r.ExpiredAgreement.Value.decodeFrom(d); err != nil {
			return at("expired_agreement", err)
		}
	}
	if r.RestoredAgreementStatus.Set, err = d.isSet(); err != nil {
		return at("restored_agreement_status", err)
	}
	if r.RestoredAgreementStatus.Set {
		if err = r.RestoredAgreementStatus.Value.decodeFrom(d); err != nil {
			return at("restored_agreement_status", err)
		}
	}
	if r.NextChargeAlert.Set, err = d.isSet(); err != nil {
		return at("next_charge_alert", err)
	}
	if r.NextChargeAlert.Set {
		if err = r.NextChargeAlert.Value.decodeFrom(d); err != nil {
			return at("next_charge_alert", err)
		}
	}
	if r.ExpiredCertificates.Set, err = d.isSet(); err != nil {
		return at("expired_certificates", err)
	}
	if r.ExpiredCertificates.Set {
		if err = r.ExpiredCertificates.Value.decodeFrom(d); err != nil {
			return at("expired_certificates", err)
		}
	}
	if r.ExpiringCertificates.Set, err = d.isSet(); err != nil {
		return at("expiring_certificates", err)
	}
	if r.ExpiringCertificates.Set {
		if err = r.ExpiringCertificates.Value.decodeFrom(d); err != nil {
			return at("expiring_certificates", err)
		}
	}
	if r.A2PSMSActivated.Set, err = d.isSet(); err != nil {
		return at("a2p_sms_activated", err)
	}
	if r.A2PSMSActivated.Set {
		if err = r.A2PSMSActivated.Value.decodeFrom(d); err != nil {
			return at("a2p_sms_activated", err)
		}
	}
	if r.InvoiceReceived.Set, err = d.isSet(); err != nil {
		return at("invoice_received", err)
	}
	if r.InvoiceReceived.Set {
		if err = r.InvoiceReceived.Value.decodeFrom(d); err != nil {
			return at("invoice_received", err)
		}
	}
	return nil
}

// VoximplantAccountDocumentStatusUpdated: The status of an account's documents
// changed.
type VoximplantAccountDocumentStatusUpdated struct {
	// AccountDocumentID: The provider's id of the document.
	AccountDocumentID Optional[int64] `json:"account_document_id"`
	// PreviousAccountDocumentStatusRaw: Earlier status as sent.
	PreviousAccountDocumentStatusRaw Optional[string] `json:"previous_account_document_status_raw"`
	// PreviousAccountDocumentStatus: Earlier status, normalised.
	PreviousAccountDocumentStatus DocumentStatus `json:"previous_account_document_status"`
	// AccountDocumentStatusRaw: Status as sent.
	AccountDocumentStatusRaw Optional[string] `json:"account_document_status_raw"`
	// AccountDocumentStatus: Status, normalised.
	AccountDocumentStatus DocumentStatus `json:"account_document_status"`
	// UpdateTime: When it changed.
	UpdateTime Optional[time.Time] `json:"update_time"`
	// Comment: The provider's comment; free text, only where the source's
	// configuration allows it.
	Comment Optional[string] `json:"comment"`
	// LegalStatus: INDIVIDUAL, ENTREPRENEUR or LEGAL_ENTITY, as sent.
	LegalStatus Optional[string] `json:"legal_status"`
}

func (r *VoximplantAccountDocumentStatusUpdated) appendTo(dst []byte) ([]byte, error) {
	var err error
	if r.AccountDocumentID.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.AccountDocumentID.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.PreviousAccountDocumentStatusRaw.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.PreviousAccountDocumentStatusRaw.Value); err != nil {
			return dst, at("previous_account_document_status_raw", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if dst, err = r.PreviousAccountDocumentStatus.appendTo(dst); err != nil {
		return dst, at("previous_account_document_status", err)
	}
	if r.AccountDocumentStatusRaw.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.AccountDocumentStatusRaw.Value); err != nil {
			return dst, at("account_document_status_raw", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if dst, err = r.AccountDocumentStatus.appendTo(dst); err != nil {
		return dst, at("account_document_status", err)
	}
	if r.UpdateTime.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.UpdateTime.Value); err != nil {
			return dst, at("update_time", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.Comment.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Comment.Value); err != nil {
			return dst, at("comment", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.LegalStatus.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.LegalStatus.Value); err != nil {
			return dst, at("legal_status", err)
		}
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func (r *VoximplantAccountDocumentStatusUpdated) decodeFrom(d *decoder) error {
	var err error
	if r.AccountDocumentID.Set, err = d.isSet(); err != nil {
		return at("account_document_id", err)
	}
	if r.AccountDocumentID.Set {
		if r.AccountDocumentID.Value, err = d.long(); err != nil {
			return at("account_document_id", err)
		}
	}
	if r.PreviousAccountDocumentStatusRaw.Set, err = d.isSet(); err != nil {
		return at("previous_account_document_status_raw", err)
	}
	if r.PreviousAccountDocumentStatusRaw.Set {
		if r.PreviousAccountDocumentStatusRaw.Value, err = d.string(); err != nil {
			return at("previous_account_document_status_raw", err)
		}
	}
	if r.PreviousAccountDocumentStatus, err = decodeDocumentStatus(d); err != nil {
		return at("previous_account_document_status", err)
	}
	if r.AccountDocumentStatusRaw.Set, err = d.isSet(); err != nil {
		return at("account_document_status_raw", err)
	}
	if r.AccountDocumentStatusRaw.Set {
		if r.AccountDocumentStatusRaw.Value, err = d.string(); err != nil {
			return at("account_document_status_raw", err)
		}
	}
	if r.AccountDocumentStatus, err = decodeDocumentStatus(d); err != nil {
		return at("account_document_status", err)
	}
	if r.UpdateTime.Set, err = d.isSet(); err != nil {
		return at("update_time", err)
	}
	if r.UpdateTime.Set {
		if r.UpdateTime.Value, err = d.time(); err != nil {
			return at("update_time", err)
		}
	}
	if r.Comment.Set, err = d.isSet(); err != nil {
		return at("comment", err)
	}
	if r.Comment.Set {
		if r.Comment.Value, err = d.string(); err != nil {
			return at("comment", err)
		}
	}
	if r.LegalStatus.Set, err = d.isSet(); err != nil {
		return at("legal_status", err)
	}
	if r.LegalStatus.Set {
		if r.LegalStatus.Value, err = d.string(); err != nil {
			return at("legal_status", err)
		}
	}
	return nil
}

// VoximplantAccountDocumentUploaded: A document was uploaded (deprecated by the
// provider).
type VoximplantAccountDocumentUploaded struct {
	// AccountDocumentID: The provider's id of the document.
	AccountDocumentID Optional[int64] `json:"account_document_id"`
	// Uploaded: When it was uploaded.
	Uploaded Optional[time.Time] `json:"uploaded"`
	// VerificationName: Name of the verification; free text, only where the
	// source's configuration allows it.
	VerificationName Optional[string] `json:"verification_name"`
	// LegalStatus: individual, entrepreneur or legal entity, as sent.
	LegalStatus Optional[string] `json:"legal_status"`
}

func (r *VoximplantAccountDocumentUploaded) appendTo(dst []byte) ([]byte, error) {
	var err error
	if r.AccountDocumentID.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.AccountDocumentID.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.Uploaded.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.Uploaded.Value); err != nil {
			return dst, at("uploaded", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.VerificationName.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.VerificationName.Value); err != nil {
			return dst, at("verification_name", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.LegalStatus.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.LegalStatus.Value); err != nil {
			return dst, at("legal_status", err)
		}
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func (r *VoximplantAccountDocumentUploaded) decodeFrom(d *decoder) error {
	var err error
	if r.AccountDocumentID.Set, err = d.isSet(); err != nil {
		return at("account_document_id", err)
	}
	if r.AccountDocumentID.Set {
		if r.AccountDocumentID.Value, err = d.long(); err != nil {
			return at("account_document_id", err)
		}
	}
	if r.Uploaded.Set, err = d.isSet(); err != nil {
		return at("uploaded", err)
	}
	if r.Uploaded.Set {
		if r.Uploaded.Value, err = d.time(); err != nil {
			return at("uploaded", err)
		}
	}
	if r.VerificationName.Set, err = d.isSet(); err != nil {
		return at("verification_name", err)
	}
	if r.VerificationName.Set {
		if r.VerificationName.Value, err = d.string(); err != nil {
			return at("verification_name", err)
		}
	}
	if r.LegalStatus.Set, err = d.isSet(); err != nil {
		return at("legal_status", err)
	}
	if r.LegalStatus.Set {
		if r.LegalStatus.Value, err = d.string(); err != nil {
			return at("legal_status", err)
		}
	}
	return nil
}

// VoximplantAccountDocumentVerified: A document was verified or not (deprecated
// by the provider).
type VoximplantAccountDocumentVerified struct {
	// AccountDocumentID: The provider's id of the document.
	AccountDocumentID Optional[int64] `json:"account_document_id"`
	// AccountDocumentStatusRaw: Status of the document as sent.
	AccountDocumentStatusRaw Optional[string] `json:"account_document_status_raw"`
	// AccountDocumentStatus: Status of the document, normalised.
	AccountDocumentStatus DocumentStatus `json:"account_document_status"`
	// Uploaded: When it was uploaded.
	Uploaded Optional[time.Time] `json:"uploaded"`
	// Comment: The provider's comment; free text, only where the source's
	// configuration allows it.
	Comment Optional[string] `json:"comment"`
	// VerificationName: Name of the verification; free text, only where the
	// source's configuration allows it.
	VerificationName Optional[string] `json:"verification_name"`
	// LegalStatus: individual, entrepreneur or legal entity, as sent.
	LegalStatus Optional[string] `json:"legal_status"`
}

func (r *VoximplantAccountDocumentVerified) appendTo(dst []byte) ([]byte, error) {
	var err error
	if r.AccountDocumentID.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.AccountDocumentID.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.AccountDocumentStatusRaw.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.AccountDocumentStatusRaw.Value); err != nil {
			return dst, at("account_document_status_raw", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if dst, err = r.AccountDocumentStatus.appendTo(dst); err != nil {
		return dst, at("account_document_status", err)
	}
	if r.Uploaded.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.Uploaded.Value); err != nil {
			return dst, at("uploaded", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.Comment.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Comment.Value); err != nil {
			return dst, at("comment", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.VerificationName.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.VerificationName.Value); err != nil {
			return dst, at("verification_name", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.LegalStatus.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.LegalStatus.Value); err != nil {
			return dst, at("legal_status", err)
		}
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func (r *VoximplantAccountDocumentVerified) decodeFrom(d *decoder) error {
	var err error
	if r.AccountDocumentID.Set, err = d.isSet(); err != nil {
		return at("account_document_id", err)
	}
	if r.AccountDocumentID.Set {
		if r.AccountDocumentID.Value, err = d.long(); err != nil {
			return at("account_document_id", err)
		}
	}
	if r.AccountDocumentStatusRaw.Set, err = d.isSet(); err != nil {
		return at("account_document_status_raw", err)
	}
	if r.AccountDocumentStatusRaw.Set {
		if r.AccountDocumentStatusRaw.Value, err = d.string(); err != nil {
			return at("account_document_status_raw", err)
		}
	}
	if r.AccountDocumentStatus, err = decodeDocumentStatus(d); err != nil {
		return at("account_document_status", err)
	}
	if r.Uploaded.Set, err = d.isSet(); err != nil {
		return at("uploaded", err)
	}
	if r.Uploaded.Set {
		if r.Uploaded.Value, err = d.time(); err != nil {
			return at("uploaded", err)
		}
	}
	if r.Comment.Set, err = d.isSet(); err != nil {
		return at("comment", err)
	}
	if r.Comment.Set {
		if r.Comment.Value, err = d.string(); err != nil {
			return at("comment", err)
		}
	}
	if r.VerificationName.Set, err = d.isSet(); err != nil {
		return at("verification_name", err)
	}
	if r.VerificationName.Set {
		if r.VerificationName.Value, err = d.string(); err != nil {
			return at("verification_name", err)
		}
	}
	if r.LegalStatus.Set, err = d.isSet(); err != nil {
		return at("legal_status", err)
	}
	if r.LegalStatus.Set {
		if r.LegalStatus.Value, err = d.string(); err != nil {
			return at("legal_status", err)
		}
	}
	return nil
}

// VoximplantBatchTaskCancellingCompleted: Tasks of a batch were cancelled.
type VoximplantBatchTaskCancellingCompleted struct {
	// BatchID: The provider's id of the batch, a number or a UUID.
	BatchID Optional[string] `json:"batch_id"`
	// CancelledTasksNumber: Number of tasks cancelled.
	CancelledTasksNumber Optional[int64] `json:"cancelled_tasks_number"`
}

func (r *VoximplantBatchTaskCancellingCompleted) appendTo(dst []byte) ([]byte, error) {
	var err error
	if r.BatchID.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.BatchID.Value); err != nil {
			return dst, at("batch_id", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.CancelledTasksNumber.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.CancelledTasksNumber.Value)
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func (r *VoximplantBatchTaskCancellingCompleted) decodeFrom(d *decoder) error {
	var err error
	if r.BatchID.Set, err = d.isSet(); err != nil {
		return at("batch_id", err)
	}
	if r.BatchID.Set {
		if r.BatchID.Value, err = d.string(); err != nil {
			return at("batch_id", err)
		}
	}
	if r.CancelledTasksNumber.Set, err = d.isSet(); err != nil {
		return at("cancelled_tasks_number", err)
	}
	if r.CancelledTasksNumber.Set {
		if r.CancelledTasksNumber.Value, err = d.long(); err != nil {
			return at("cancelled_tasks_number", err)
		}
	}
	return nil
}

// VoximplantCertificate: A push certificate of an account.
type VoximplantCertificate struct {
	// PushCredentialID: The provider's id of the push credential.
	PushCredentialID Optional[int64] `json:"push_credential_id"`
	// CertFileName: Name of the certificate's file; free text, only where the
	// source's configuration allows it.
	CertFileName Optional[string] `json:"cert_file_name"`
	// ExpirationDate: Day on which it expires (UTC).
	ExpirationDate Optional[time.Time] `json:"expiration_date"`
	// Applications: Names of the applications that use it, only where the source's
	// configuration allows them.
	Applications []string `json:"applications"`
}

func (r *VoximplantCertificate) appendTo(dst []byte) ([]byte, error) {
	var err error
	if r.PushCredentialID.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.PushCredentialID.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.CertFileName.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.CertFileName.Value); err != nil {
			return dst, at("cert_file_name", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.ExpirationDate.Set {
		dst = append(dst, 2)
		if dst, err = appendDate(dst, r.ExpirationDate.Value); err != nil {
			return dst, at("expiration_date", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if n := len(r.Applications); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.Applications {
			if dst, err = appendString(dst, r.Applications[i]); err != nil {
				return dst, at("applications", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	return dst, nil
}

func decodeVoximplantCertificate(d *decoder) (VoximplantCertificate, error) {
	var r VoximplantCertificate
	err := r.decodeFrom(d)
	return r, err
}

func (r *VoximplantCertificate) decodeFrom(d *decoder) error {
	var err error
	if r.PushCredentialID.Set, err = d.isSet(); err != nil {
		return at("push_credential_id", err)
	}
	if r.PushCredentialID.Set {
		if r.PushCredentialID.Value, err = d.long(); err != nil {
			return at("push_credential_id", err)
		}
	}
	if r.CertFileName.Set, err = d.isSet(); err != nil {
		return at("cert_file_name", err)
	}
	if r.CertFileName.Set {
		if r.CertFileName.Value, err = d.string(); err != nil {
			return at("cert_file_name", err)
		}
	}
	if r.ExpirationDate.Set, err = d.isSet(); err != nil {
		return at("expiration_date", err)
	}
	if r.ExpirationDate.Set {
		if r.ExpirationDate.Value, err = d.date(); err != nil {
			return at("expiration_date", err)
		}
	}
	if r.Applications, err = decodeArray(d, 1, (*decoder).string); err != nil {
		return at("applications", err)
	}
	return nil
}

// VoximplantCertificates: Push certificates that expire or have expired.
type VoximplantCertificates struct {
	// Certificates: The certificates.
	Certificates []VoximplantCertificate `json:"certificates"`
}

func (r *VoximplantCertificates) appendTo(dst []byte) ([]byte, error) {
	var err error
	if n := len(r.Certificates); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.Certificates {
			if dst, err = r.Certificates[i].appendTo(dst); err != nil {
				return dst, at("certificates", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	return dst, nil
}

func (r *VoximplantCertificates) decodeFrom(d *decoder) error {
	var err error
	if r.Certificates, err = decodeArray(d, 4, decodeVoximplantCertificate); err != nil {
		return at("certificates", err)
	}
	return nil
}

// VoximplantExpiredAgreement: The waiting period for the confirmation documents
// has ended.
type VoximplantExpiredAgreement struct {
	// DocumentIDs: The provider's ids of the documents.
	DocumentIDs []int64 `json:"document_ids"`
}

func (r *VoximplantExpiredAgreement) appendTo(dst []byte) ([]byte, error) {
	if n := len(r.DocumentIDs); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.DocumentIDs {
			dst = appendLong(dst, r.DocumentIDs[i])
		}
	}
	dst = append(dst, 0)
	return dst, nil
}

func (r *VoximplantExpiredAgreement) decodeFrom(d *decoder) error {
	var err error
	if r.DocumentIDs, err = decodeArray(d, 1, (*decoder).long); err != nil {
		return at("document_ids", err)
	}
	return nil
}

// VoximplantExpiringAgreement: The waiting period for the confirmation
// documents is about to end.
type VoximplantExpiringAgreement struct {
	// ExpirationDate: Day on which it ends (UTC).
	ExpirationDate Optional[time.Time] `json:"expiration_date"`
	// UntilExpiration: Days until then.
	UntilExpiration Optional[int32] `json:"until_expiration"`
}

func (r *VoximplantExpiringAgreement) appendTo(dst []byte) ([]byte, error) {
	var err error
	if r.ExpirationDate.Set {
		dst = append(dst, 2)
		if dst, err = appendDate(dst, r.ExpirationDate.Value); err != nil {
			return dst, at("expiration_date", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.UntilExpiration.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, int64(r.UntilExpiration.Value))
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func (r *VoximplantExpiringAgreement) decodeFrom(d *decoder) error {
	var err error
	if r.ExpirationDate.Set, err = d.isSet(); err != nil {
		return at("expiration_date", err)
	}
	if r.ExpirationDate.Set {
		if r.ExpirationDate.Value, err = d.date(); err != nil {
			return at("expiration_date", err)
		}
	}
	if r.UntilExpiration.Set, err = d.isSet(); err != nil {
		return at("until_expiration", err)
	}
	if r.UntilExpiration.Set {
		if r.UntilExpiration.Value, err = d.int(); err != nil {
			return at("until_expiration", err)
		}
	}
	return nil
}

// VoximplantExpiringCallerID: Caller ids are about to expire.
type VoximplantExpiringCallerID struct {
	// CallerIDs: The caller ids, as pseudonyms. They belong to the company, so
	// their block is always null.
	CallerIDs []Phone `json:"callerids"`
	// ExpirationDate: Day on which they expire (UTC).
	ExpirationDate Optional[time.Time] `json:"expiration_date"`
}

func (r *VoximplantExpiringCallerID) appendTo(dst []byte) ([]byte, error) {
	var err error
	if n := len(r.CallerIDs); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.CallerIDs {
			if dst, err = r.CallerIDs[i].appendTo(dst); err != nil {
				return dst, at("callerids", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
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

func (r *VoximplantExpiringCallerID) decodeFrom(d *decoder) error {
	var err error
	if r.CallerIDs, err = decodeArray(d, 6, decodePhone); err != nil {
		return at("callerids", err)
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

// VoximplantHistoryReport: A report on calls or transactions is ready.
type VoximplantHistoryReport struct {
	// HistoryReportID: The provider's id of the report.
	HistoryReportID Optional[int64] `json:"history_report_id"`
	// Success: Whether the report was made.
	Success Optional[bool] `json:"success"`
	// OrderDate: When the report was ordered.
	OrderDate Optional[time.Time] `json:"order_date"`
}

func (r *VoximplantHistoryReport) appendTo(dst []byte) ([]byte, error) {
	var err error
	if r.HistoryReportID.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.HistoryReportID.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.Success.Set {
		dst = append(dst, 2)
		dst = appendBool(dst, r.Success.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.OrderDate.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.OrderDate.Value); err != nil {
			return dst, at("order_date", err)
		}
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func (r *VoximplantHistoryReport) decodeFrom(d *decoder) error {
	var err error
	if r.HistoryReportID.Set, err = d.isSet(); err != nil {
		return at("history_report_id", err)
	}
	if r.HistoryReportID.Set {
		if r.HistoryReportID.Value, err = d.long(); err != nil {
			return at("history_report_id", err)
		}
	}
	if r.Success.Set, err = d.isSet(); err != nil {
		return at("success", err)
	}
	if r.Success.Set {
		if r.Success.Value, err = d.bool(); err != nil {
			return at("success", err)
		}
	}
	if r.OrderDate.Set, err = d.isSet(); err != nil {
		return at("order_date", err)
	}
	if r.OrderDate.Set {
		if r.OrderDate.Value, err = d.time(); err != nil {
			return at("order_date", err)
		}
	}
	return nil
}

// VoximplantInvoiceReceived: A monthly invoice was sent.
type VoximplantInvoiceReceived struct {
	// InvoiceID: The provider's id of the invoice.
	InvoiceID Optional[int64] `json:"invoice_id"`
	// InvoiceDate: Date of the invoice.
	InvoiceDate Optional[time.Time] `json:"invoice_date"`
	// ReceivalDate: When it was received.
	ReceivalDate Optional[time.Time] `json:"receival_date"`
	// Amount: Amount without taxes in whole units of currency.
	Amount Optional[Decimal] `json:"amount"`
	// TaxAmount: Taxes in whole units of currency.
	TaxAmount Optional[Decimal] `json:"tax_amount"`
	// Currency: Code of the currency as sent.
	Currency Optional[string] `json:"currency"`
}

func (r *VoximplantInvoiceReceived) appendTo(dst []byte) ([]byte, error) {
	var err error
	if r.InvoiceID.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.InvoiceID.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.InvoiceDate.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.InvoiceDate.Value); err != nil {
			return dst, at("invoice_date", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.ReceivalDate.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.ReceivalDate.Value); err != nil {
			return dst, at("receival_date", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.Amount.Set {
		dst = append(dst, 2)
		if dst, err = appendDecimal(dst, r.Amount.Value); err != nil {
			return dst, at("amount", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.TaxAmount.Set {
		dst = append(dst, 2)
		if dst, err = appendDecimal(dst, r.TaxAmount.Value); err != nil {
			return dst, at("tax_amount", err)
		}
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
	return dst, nil
}

func (r *VoximplantInvoiceReceived) decodeFrom(d *decoder) error {
	var err error
	if r.InvoiceID.Set, err = d.isSet(); err != nil {
		return at("invoice_id", err)
	}
	if r.InvoiceID.Set {
		if r.InvoiceID.Value, err = d.long(); err != nil {
			return at("invoice_id", err)
		}
	}
	if r.InvoiceDate.Set, err = d.isSet(); err != nil {
		return at("invoice_date", err)
	}
	if r.InvoiceDate.Set {
		if r.InvoiceDate.Value, err = d.time(); err != nil {
			return at("invoice_date", err)
		}
	}
	if r.ReceivalDate.Set, err = d.isSet(); err != nil {
		return at("receival_date", err)
	}
	if r.ReceivalDate.Set {
		if r.ReceivalDate.Value, err = d.time(); err != nil {
			return at("receival_date", err)
		}
	}
	if r.Amount.Set, err = d.isSet(); err != nil {
		return at("amount", err)
	}
	if r.Amount.Set {
		if r.Amount.Value, err = d.decimal(); err != nil {
			return at("amount", err)
		}
	}
	if r.TaxAmount.Set, err = d.isSet(); err != nil {
		return at("tax_amount", err)
	}
	if r.TaxAmount.Set {
		if r.TaxAmount.Value, err = d.decimal(); err != nil {
			return at("tax_amount", err)
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
	return nil
}

// VoximplantMinBalance: The account's balance fell to the minimum.
type VoximplantMinBalance struct {
	// IsMinCredit: Whether the credit threshold was passed.
	IsMinCredit Optional[bool] `json:"is_min_credit"`
	// IsRepeated: Whether the callback repeats an earlier warning.
	IsRepeated Optional[bool] `json:"is_repeated"`
}

func (r *VoximplantMinBalance) appendTo(dst []byte) ([]byte, error) {
	if r.IsMinCredit.Set {
		dst = append(dst, 2)
		dst = appendBool(dst, r.IsMinCredit.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.IsRepeated.Set {
		dst = append(dst, 2)
		dst = appendBool(dst, r.IsRepeated.Value)
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func (r *VoximplantMinBalance) decodeFrom(d *decoder) error {
	var err error
	if r.IsMinCredit.Set, err = d.isSet(); err != nil {
		return at("is_min_credit", err)
	}
	if r.IsMinCredit.Set {
		if r.IsMinCredit.Value, err = d.bool(); err != nil {
			return at("is_min_credit", err)
		}
	}
	if r.IsRepeated.Set, err = d.isSet(); err != nil {
		return at("is_repeated", err)
	}
	if r.IsRepeated.Set {
		if r.IsRepeated.Value, err = d.bool(); err != nil {
			return at("is_repeated", err)
		}
	}
	return nil
}

// VoximplantNextChargeAlert: A plan is to be renewed and the money does not
// suffice.
type VoximplantNextChargeAlert struct {
	// RequiredMoney: Money needed in whole units of the account's currency.
	RequiredMoney Optional[Decimal] `json:"required_money"`
	// InsufficientFundsAmount: Money that lacks in whole units of the account's
	// currency.
	InsufficientFundsAmount Optional[Decimal] `json:"insufficient_funds_amount"`
}

func (r *VoximplantNextChargeAlert) appendTo(dst []byte) ([]byte, error) {
	var err error
	if r.RequiredMoney.Set {
		dst = append(dst, 2)
		if dst, err = appendDecimal(dst, r.RequiredMoney.Value); err != nil {
			return dst, at("required_money", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.InsufficientFundsAmount.Set {
		dst = append(dst, 2)
		if dst, err = appendDecimal(dst, r.InsufficientFundsAmount.Value); err != nil {
			return dst, at("insufficient_funds_amount", err)
		}
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func (r *VoximplantNextChargeAlert) decodeFrom(d *decoder) error {
	var err error
	if r.RequiredMoney.Set, err = d.isSet(); err != nil {
		return at("required_money", err)
	}
	if r.RequiredMoney.Set {
		if r.RequiredMoney.Value, err = d.decimal(); err != nil {
			return at("required_money", err)
		}
	}
	if r.InsufficientFundsAmount.Set, err = d.isSet(); err != nil {
		return at("insufficient_funds_amount", err)
	}
	if r.InsufficientFundsAmount.Set {
		if r.InsufficientFundsAmount.Value, err = d.decimal(); err != nil {
			return at("insufficient_funds_amount", err)
		}
	}
	return nil
}

// VoximplantPhoneNumber: A phone number of a subscription.
type VoximplantPhoneNumber struct {
	// PhoneID: The provider's id of the number.
	PhoneID Optional[int64] `json:"phone_id"`
	// PhoneNumber: The number, as pseudonym. It belongs to the company, so its
	// block is always null.
	PhoneNumber Optional[Phone] `json:"phone_number"`
}

func (r *VoximplantPhoneNumber) appendTo(dst []byte) ([]byte, error) {
	var err error
	if r.PhoneID.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.PhoneID.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.PhoneNumber.Set {
		dst = append(dst, 2)
		if dst, err = r.PhoneNumber.Value.appendTo(dst); err != nil {
			return dst, at("phone_number", err)
		}
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func decodeVoximplantPhoneNumber(d *decoder) (VoximplantPhoneNumber, error) {
	var r VoximplantPhoneNumber
	err := r.decodeFrom(d)
	return r, err
}

func (r *VoximplantPhoneNumber) decodeFrom(d *decoder) error {
	var err error
	if r.PhoneID.Set, err = d.isSet(); err != nil {
		return at("phone_id", err)
	}
	if r.PhoneID.Set {
		if r.PhoneID.Value, err = d.long(); err != nil {
			return at("phone_id", err)
		}
	}
	if r.PhoneNumber.Set, err = d.isSet(); err != nil {
		return at("phone_number", err)
	}
	if r.PhoneNumber.Set {
		if err = r.PhoneNumber.Value.decodeFrom(d); err != nil {
			return at("phone_number", err)
		}
	}
	return nil
}

// VoximplantPhoneNumberActivationStatusChanged: The activation of a phone
// number changed.
type VoximplantPhoneNumberActivationStatusChanged struct {
	// PhoneNumber: The number, as pseudonym. It belongs to the company, so its
	// block is always null.
	PhoneNumber Optional[Phone] `json:"phone_number"`
	// ActivationStatus: Status as sent.
	ActivationStatus Optional[string] `json:"activation_status"`
}

func (r *VoximplantPhoneNumberActivationStatusChanged) appendTo(dst []byte) ([]byte, error) {
	var err error
	if r.PhoneNumber.Set {
		dst = append(dst, 2)
		if dst, err = r.PhoneNumber.Value.appendTo(dst); err != nil {
			return dst, at("phone_number", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.ActivationStatus.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.ActivationStatus.Value); err != nil {
			return dst, at("activation_status", err)
		}
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func (r *VoximplantPhoneNumberActivationStatusChanged) decodeFrom(d *decoder) error {
	var err error
	if r.PhoneNumber.Set, err = d.isSet(); err != nil {
		return at("phone_number", err)
	}
	if r.PhoneNumber.Set {
		if err = r.PhoneNumber.Value.decodeFrom(d); err != nil {
			return at("phone_number", err)
		}
	}
	if r.ActivationStatus.Set, err = d.isSet(); err != nil {
		return at("activation_status", err)
	}
	if r.ActivationStatus.Set {
		if r.ActivationStatus.Value, err = d.string(); err != nil {
			return at("activation_status", err)
		}
	}
	return nil
}

// VoximplantRegulationAddressDocumentsRequested: More documents are asked for a
// proof of address.
type VoximplantRegulationAddressDocumentsRequested struct {
	// RegulationAddressID: The provider's id of the address.
	RegulationAddressID Optional[int64] `json:"regulation_address_id"`
	// RegulationAddressName: Name of the address; free text, only where the
	// source's configuration allows it.
	RegulationAddressName Optional[string] `json:"regulation_address_name"`
	// RegulationAddressStatusRaw: Status as sent: IN_PROGRESS, VERIFIED, DECLINED,
	// PENDING.
	RegulationAddressStatusRaw Optional[string] `json:"regulation_address_status_raw"`
	// RegulationAddressStatus: Status, normalised.
	RegulationAddressStatus RegulationAddressStatus `json:"regulation_address_status"`
	// UpdateTime: When it changed.
	UpdateTime Optional[time.Time] `json:"update_time"`
	// IsIndividual: Whether it is a person's address.
	IsIndividual Optional[bool] `json:"is_individual"`
	// Comment: The provider's comment; free text, only where the source's
	// configuration allows it.
	Comment Optional[string] `json:"comment"`
}

func (r *VoximplantRegulationAddressDocumentsRequested) appendTo(dst []byte) ([]byte, error) {
	var err error
	if r.RegulationAddressID.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.RegulationAddressID.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.RegulationAddressName.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.RegulationAddressName.Value); err != nil {
			return dst, at("regulation_address_name", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.RegulationAddressStatusRaw.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.RegulationAddressStatusRaw.Value); err != nil {
			return dst, at("regulation_address_status_raw", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if dst, err = r.RegulationAddressStatus.appendTo(dst); err != nil {
		return dst, at("regulation_address_status", err)
	}
	if r.UpdateTime.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.UpdateTime.Value); err != nil {
			return dst, at("update_time", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.IsIndividual.Set {
		dst = append(dst, 2)
		dst = appendBool(dst, r.IsIndividual.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.Comment.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Comment.Value); err != nil {
			return dst, at("comment", err)
		}
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func (r *VoximplantRegulationAddressDocumentsRequested) decodeFrom(d *decoder) error {
	var err error
	if r.RegulationAddressID.Set, err = d.isSet(); err != nil {
		return at("regulation_address_id", err)
	}
	if r.RegulationAddressID.Set {
		if r.RegulationAddressID.Value, err = d.long(); err != nil {
			return at("regulation_address_id", err)
		}
	}
	if r.RegulationAddressName.Set, err = d.isSet(); err != nil {
		return at("regulation_address_name", err)
	}
	if r.RegulationAddressName.Set {
		if r.RegulationAddressName.Value, err = d.string(); err != nil {
			return at("regulation_address_name", err)
		}
	}
	if r.RegulationAddressStatusRaw.Set, err = d.isSet(); err != nil {
		return at("regulation_address_status_raw", err)
	}
	if r.RegulationAddressStatusRaw.Set {
		if r.RegulationAddressStatusRaw.Value, err = d.string(); err != nil {
			return at("regulation_address_status_raw", err)
		}
	}
	if r.RegulationAddressStatus, err = decodeRegulationAddressStatus(d); err != nil {
		return at("regulation_address_status", err)
	}
	if r.UpdateTime.Set, err = d.isSet(); err != nil {
		return at("update_time", err)
	}
	if r.UpdateTime.Set {
		if r.UpdateTime.Value, err = d.time(); err != nil {
			return at("update_time", err)
		}
	}
	if r.IsIndividual.Set, err = d.isSet(); err != nil {
		return at("is_individual", err)
	}
	if r.IsIndividual.Set {
		if r.IsIndividual.Value, err = d.bool(); err != nil {
			return at("is_individual", err)
		}
	}
	if r.Comment.Set, err = d.isSet(); err != nil {
		return at("comment", err)
	}
	if r.Comment.Set {
		if r.Comment.Value, err = d.string(); err != nil {
			return at("comment", err)
		}
	}
	return nil
}

// VoximplantRegulationAddressUploaded: A proof of address was uploaded.
type VoximplantRegulationAddressUploaded struct {
	// RegulationAddressID: The provider's id of the address.
	RegulationAddressID Optional[int64] `json:"regulation_address_id"`
	// Uploaded: When it was uploaded.
	Uploaded Optional[time.Time] `json:"uploaded"`
	// IsIndividual: Whether it is a person's address.
	IsIndividual Optional[bool] `json:"is_individual"`
	// RegulationAddressName: Name of the address; free text, only where the
	// source's configuration allows it.
	RegulationAddressName Optional[string] `json:"regulation_address_name"`
}

func (r *VoximplantRegulationAddressUploaded) appendTo(dst []byte) ([]byte, error) {
	var err error
	if r.RegulationAddressID.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.RegulationAddressID.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.Uploaded.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.Uploaded.Value); err != nil {
			return dst, at("uploaded", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.IsIndividual.Set {
		dst = append(dst, 2)
		dst = appendBool(dst, r.IsIndividual.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.RegulationAddressName.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.RegulationAddressName.Value); err != nil {
			return dst, at("regulation_address_name", err)
		}
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func (r *VoximplantRegulationAddressUploaded) decodeFrom(d *decoder) error {
	var err error
	if r.RegulationAddressID.Set, err = d.isSet(); err != nil {
		return at("regulation_address_id", err)
	}
	if r.RegulationAddressID.Set {
		if r.RegulationAddressID.Value, err = d.long(); err != nil {
			return at("regulation_address_id", err)
		}
	}
	if r.Uploaded.Set, err = d.isSet(); err != nil {
		return at("uploaded", err)
	}
	if r.Uploaded.Set {
		if r.Uploaded.Value, err = d.time(); err != nil {
			return at("uploaded", err)
		}
	}
	if r.IsIndividual.Set, err = d.isSet(); err != nil {
		return at("is_individual", err)
	}
	if r.IsIndividual.Set {
		if r.IsIndividual.Value, err = d.bool(); err != nil {
			return at("is_individual", err)
		}
	}
	if r.RegulationAddressName.Set, err = d.isSet(); err != nil {
		return at("regulation_address_name", err)
	}
	if r.RegulationAddressName.Set {
		if r.RegulationAddressName.Value, err = d.string(); err != nil {
			return at("regulation_address_name", err)
		}
	}
	return nil
}

// VoximplantRegulationAddressVerified: A proof of address was verified or
// declined.
type VoximplantRegulationAddressVerified struct {
	// RegulationAddressID: The provider's id of the address.
	RegulationAddressID Optional[int64] `json:"regulation_address_id"`
	// RegulationAddressStatusRaw: Status as sent: VERIFIED, DECLINED.
	RegulationAddressStatusRaw Optional[string] `json:"regulation_address_status_raw"`
	// RegulationAddressStatus: Status, normalised.
	RegulationAddressStatus RegulationAddressStatus `json:"regulation_address_status"`
	// Uploaded: When it was uploaded.
	Uploaded Optional[time.Time] `json:"uploaded"`
	// IsIndividual: Whether it is a person's address.
	IsIndividual Optional[bool] `json:"is_individual"`
	// Comment: The provider's comment; free text, only where the source's
	// configuration allows it.
	Comment Optional[string] `json:"comment"`
	// RegulationAddressName: Name of the address; free text, only where the
	// source's configuration allows it.
	RegulationAddressName Optional[string] `json:"regulation_address_name"`
}

func (r *VoximplantRegulationAddressVerified) appendTo(dst []byte) ([]byte, error) {
	var err error
	if r.RegulationAddressID.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.RegulationAddressID.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.RegulationAddressStatusRaw.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.RegulationAddressStatusRaw.Value); err != nil {
			return dst, at("regulation_address_status_raw", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if dst, err = r.RegulationAddressStatus.appendTo(dst); err != nil {
		return dst, at("regulation_address_status", err)
	}
	if r.Uploaded.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.Uploaded.Value); err != nil {
			return dst, at("uploaded", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.IsIndividual.Set {
		dst = append(dst, 2)
		dst = appendBool(dst, r.IsIndividual.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.Comment.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Comment.Value); err != nil {
			return dst, at("comment", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.RegulationAddressName.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.RegulationAddressName.Value); err != nil {
			return dst, at("regulation_address_name", err)
		}
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func (r *VoximplantRegulationAddressVerified) decodeFrom(d *decoder) error {
	var err error
	if r.RegulationAddressID.Set, err = d.isSet(); err != nil {
		return at("regulation_address_id", err)
	}
	if r.RegulationAddressID.Set {
		if r.RegulationAddressID.Value, err = d.long(); err != nil {
			return at("regulation_address_id", err)
		}
	}
	if r.RegulationAddressStatusRaw.Set, err = d.isSet(); err != nil {
		return at("regulation_address_status_raw", err)
	}
	if r.RegulationAddressStatusRaw.Set {
		if r.RegulationAddressStatusRaw.Value, err = d.string(); err != nil {
			return at("regulation_address_status_raw", err)
		}
	}
	if r.RegulationAddressStatus, err = decodeRegulationAddressStatus(d); err != nil {
		return at("regulation_address_status", err)
	}
	if r.Uploaded.Set, err = d.isSet(); err != nil {
		return at("uploaded", err)
	}
	if r.Uploaded.Set {
		if r.Uploaded.Value, err = d.time(); err != nil {
			return at("uploaded", err)
		}
	}
	if r.IsIndividual.Set, err = d.isSet(); err != nil {
		return at("is_individual", err)
	}
	if r.IsIndividual.Set {
		if r.IsIndividual.Value, err = d.bool(); err != nil {
			return at("is_individual", err)
		}
	}
	if r.Comment.Set, err = d.isSet(); err != nil {
		return at("comment", err)
	}
	if r.Comment.Set {
		if r.Comment.Value, err = d.string(); err != nil {
			return at("comment", err)
		}
	}
	if r.RegulationAddressName.Set, err = d.isSet(); err != nil {
		return at("regulation_address_name", err)
	}
	if r.RegulationAddressName.Set {
		if r.RegulationAddressName.Value, err = d.string(); err != nil {
			return at("regulation_address_name", err)
		}
	}
	return nil
}

// VoximplantRestoredAgreementStatus: The waiting period for the confirmation
// documents was changed.
type VoximplantRestoredAgreementStatus struct {
	// DocumentID: The provider's id of the document.
	DocumentID Optional[int64] `json:"document_id"`
	// ExpirationDate: Day on which it ends now (UTC).
	ExpirationDate Optional[time.Time] `json:"expiration_date"`
}

func (r *VoximplantRestoredAgreementStatus) appendTo(dst []byte) ([]byte, error) {
	var err error
	if r.DocumentID.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.DocumentID.Value)
	} else {
		dst = append(dst, 0)
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

func (r *VoximplantRestoredAgreementStatus) decodeFrom(d *decoder) error {
	var err error
	if r.DocumentID.Set, err = d.isSet(); err != nil {
		return at("document_id", err)
	}
	if r.DocumentID.Set {
		if r.DocumentID.Value, err = d.long(); err != nil {
			return at("document_id", err)
		}
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

// VoximplantSIPRegistrationFail: SIP registrations failed.
type VoximplantSIPRegistrationFail struct {
	// SIPRegistrations: The registrations that failed.
	SIPRegistrations []VoximplantSIPRegistrationFailure `json:"sip_registrations"`
}

func (r *VoximplantSIPRegistrationFail) appendTo(dst []byte) ([]byte, error) {
	var err error
	if n := len(r.SIPRegistrations); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.SIPRegistrations {
			if dst, err = r.SIPRegistrations[i].appendTo(dst); err != nil {
				return dst, at("sip_registrations", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	return dst, nil
}

func (r *VoximplantSIPRegistrationFail) decodeFrom(d *decoder) error {
	var err error
	if r.SIPRegistrations, err = decodeArray(d, 3, decodeVoximplantSIPRegistrationFailure); err != nil {
		return at("sip_registrations", err)
	}
	return nil
}

// VoximplantSIPRegistrationFailure: A SIP registration that failed.
type VoximplantSIPRegistrationFailure struct {
	// SIPRegistrationID: The provider's id of the SIP registration.
	SIPRegistrationID Optional[int64] `json:"sip_registration_id"`
	// StatusCode: SIP status code as sent.
	StatusCode Optional[string] `json:"status_code"`
	// ErrorMessage: Why it failed; free text, only where the source's
	// configuration allows it.
	ErrorMessage Optional[string] `json:"error_message"`
}

func (r *VoximplantSIPRegistrationFailure) appendTo(dst []byte) ([]byte, error) {
	var err error
	if r.SIPRegistrationID.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.SIPRegistrationID.Value)
	} else {
		dst = append(dst, 0)
	}
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
	return dst, nil
}

func decodeVoximplantSIPRegistrationFailure(d *decoder) (VoximplantSIPRegistrationFailure, error) {
	var r VoximplantSIPRegistrationFailure
	err := r.decodeFrom(d)
	return r, err
}

func (r *VoximplantSIPRegistrationFailure) decodeFrom(d *decoder) error {
	var err error
	if r.SIPRegistrationID.Set, err = d.isSet(); err != nil {
		return at("sip_registration_id", err)
	}
	if r.SIPRegistrationID.Set {
		if r.SIPRegistrationID.Value, err = d.long(); err != nil {
			return at("sip_registration_id", err)
		}
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
	return nil
}

// VoximplantSIPRegistrationID: A SIP registration, by its id.
type VoximplantSIPRegistrationID struct {
	// SIPRegistrationID: The provider's id of the SIP registration.
	SIPRegistrationID Optional[int64] `json:"sip_registration_id"`
}

func (r *VoximplantSIPRegistrationID) appendTo(dst []byte) ([]byte, error) {
	if r.SIPRegistrationID.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.SIPRegistrationID.Value)
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func decodeVoximplantSIPRegistrationID(d *decoder) (VoximplantSIPRegistrationID, error) {
	var r VoximplantSIPRegistrationID
	err := r.decodeFrom(d)
	return r, err
}

func (r *VoximplantSIPRegistrationID) decodeFrom(d *decoder) error {
	var err error
	if r.SIPRegistrationID.Set, err = d.isSet(); err != nil {
		return at("sip_registration_id", err)
	}
	if r.SIPRegistrationID.Set {
		if r.SIPRegistrationID.Value, err = d.long(); err != nil {
			return at("sip_registration_id", err)
		}
	}
	return nil
}

// VoximplantSIPRegistrationRecovered: SIP registrations work again.
type VoximplantSIPRegistrationRecovered struct {
	// SIPRegistrations: The registrations that recovered.
	SIPRegistrations []VoximplantSIPRegistrationID `json:"sip_registrations"`
}

func (r *VoximplantSIPRegistrationRecovered) appendTo(dst []byte) ([]byte, error) {
	var err error
	if n := len(r.SIPRegistrations); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.SIPRegistrations {
			if dst, err = r.SIPRegistrations[i].appendTo(dst); err != nil {
				return dst, at("sip_registrations", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	return dst, nil
}

func (r *VoximplantSIPRegistrationRecovered) decodeFrom(d *decoder) error {
	var err error
	if r.SIPRegistrations, err = decodeArray(d, 1, decodeVoximplantSIPRegistrationID); err != nil {
		return at("sip_registrations", err)
	}
	return nil
}

// VoximplantSMSInbound: An SMS came in.
type VoximplantSMSInbound struct {
	// SourceNumber: The number it came from, as pseudonym.
	SourceNumber Optional[Phone] `json:"source_number"`
	// DestinationNumber: The number it was sent to, as pseudonym. It belongs to
	// the company, so its block is always null.
	DestinationNumber Optional[Phone] `json:"destination_number"`
	// SMSBody: Text of the SMS, only where the source's configuration allows it.
	SMSBody Optional[string] `json:"sms_body"`
}

func (r *VoximplantSMSInbound) appendTo(dst []byte) ([]byte, error) {
	var err error
	if r.SourceNumber.Set {
		dst = append(dst, 2)
		if dst, err = r.SourceNumber.Value.appendTo(dst); err != nil {
			return dst, at("source_number", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.DestinationNumber.Set {
		dst = append(dst, 2)
		if dst, err = r.DestinationNumber.Value.appendTo(dst); err != nil {
			return dst, at("destination_number", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.SMSBody.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.SMSBody.Value); err != nil {
			return dst, at("sms_body", err)
		}
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func (r *VoximplantSMSInbound) decodeFrom(d *decoder) error {
	var err error
	if r.SourceNumber.Set, err = d.isSet(); err != nil {
		return at("source_number", err)
	}
	if r.SourceNumber.Set {
		if err = r.SourceNumber.Value.decodeFrom(d); err != nil {
			return at("source_number", err)
		}
	}
	if r.DestinationNumber.Set, err = d.isSet(); err != nil {
		return at("destination_number", err)
	}
	if r.DestinationNumber.Set {
		if err = r.DestinationNumber.Value.decodeFrom(d); err != nil {
			return at("destination_number", err)
		}
	}
	if r.SMSBody.Set, err = d.isSet(); err != nil {
		return at("sms_body", err)
	}
	if r.SMSBody.Set {
		if r.SMSBody.Value, err = d.string(); err != nil {
			return at("sms_body", err)
		}
	}
	return nil
}

// VoximplantSubscription: A subscription of an account. Fields that the
// callback's type does not have are null.
type VoximplantSubscription struct {
	// TypeRaw: Type of the subscription as sent: PHONE_NUM, SIP_REGISTRATION,
	// PLAN.
	TypeRaw Optional[string] `json:"type_raw"`
	// Type: Type of the subscription, normalised.
	Type SubscriptionType `json:"type"`
	// Name: Name of the subscription; free text, only where the source's
	// configuration allows it.
	Name Optional[string] `json:"name"`
	// Cost: Cost in whole units of the account's currency.
	Cost Optional[Decimal] `json:"cost"`
	// NextRenewal: Day of the next renewal (UTC).
	NextRenewal Optional[time.Time] `json:"next_renewal"`
	// Details: The parts that the subscription covers.
	Details []VoximplantSubscriptionDetail `json:"details"`
}

func (r *VoximplantSubscription) appendTo(dst []byte) ([]byte, error) {
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
	if r.Cost.Set {
		dst = append(dst, 2)
		if dst, err = appendDecimal(dst, r.Cost.Value); err != nil {
			return dst, at("cost", err)
		}
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
	if n := len(r.Details); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.Details {
			if dst, err = r.Details[i].appendTo(dst); err != nil {
				return dst, at("details", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	return dst, nil
}

func decodeVoximplantSubscription(d *decoder) (VoximplantSubscription, error) {
	var r VoximplantSubscription
	err := r.decodeFrom(d)
	return r, err
}

func (r *VoximplantSubscription) decodeFrom(d *decoder) error {
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
	if r.Cost.Set, err = d.isSet(); err != nil {
		return at("cost", err)
	}
	if r.Cost.Set {
		if r.Cost.Value, err = d.decimal(); err != nil {
			return at("cost", err)
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
	if r.Details, err = decodeArray(d, 3, decodeVoximplantSubscriptionDetail); err != nil {
		return at("details", err)
	}
	return nil
}

// VoximplantSubscriptionDetail: One detail of a subscription: the numbers or
// registrations it covers.
type VoximplantSubscriptionDetail struct {
	// Type: Type of the detail as sent: PHONE, SIP_REGISTRATION.
	Type Optional[string] `json:"type"`
	// PhoneNumbers: The numbers covered.
	PhoneNumbers []VoximplantPhoneNumber `json:"phone_numbers"`
	// SIPRegistrations: The SIP registrations covered.
	SIPRegistrations []VoximplantSIPRegistrationID `json:"sip_registrations"`
}

func (r *VoximplantSubscriptionDetail) appendTo(dst []byte) ([]byte, error) {
	var err error
	if r.Type.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Type.Value); err != nil {
			return dst, at("type", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if n := len(r.PhoneNumbers); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.PhoneNumbers {
			if dst, err = r.PhoneNumbers[i].appendTo(dst); err != nil {
				return dst, at("phone_numbers", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	if n := len(r.SIPRegistrations); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.SIPRegistrations {
			if dst, err = r.SIPRegistrations[i].appendTo(dst); err != nil {
				return dst, at("sip_registrations", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	return dst, nil
}

func decodeVoximplantSubscriptionDetail(d *decoder) (VoximplantSubscriptionDetail, error) {
	var r VoximplantSubscriptionDetail
	err := r.decodeFrom(d)
	return r, err
}

func (r *VoximplantSubscriptionDetail) decodeFrom(d *decoder) error {
	var err error
	if r.Type.Set, err = d.isSet(); err != nil {
		return at("type", err)
	}
	if r.Type.Set {
		if r.Type.Value, err = d.string(); err != nil {
			return at("type", err)
		}
	}
	if r.PhoneNumbers, err = decodeArray(d, 2, decodeVoximplantPhoneNumber); err != nil {
		return at("phone_numbers", err)
	}
	if r.SIPRegistrations, err = decodeArray(d, 1, decodeVoximplantSIPRegistrationID); err != nil {
		return at("sip_registrations", err)
	}
	return nil
}

// VoximplantSubscriptions: Subscriptions that were renewed, detached or frozen.
type VoximplantSubscriptions struct {
	// Subscriptions: The subscriptions.
	Subscriptions []VoximplantSubscription `json:"subscriptions"`
}

func (r *VoximplantSubscriptions) appendTo(dst []byte) ([]byte, error) {
	var err error
	if n := len(r.Subscriptions); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.Subscriptions {
			if dst, err = r.Subscriptions[i].appendTo(dst); err != nil {
				return dst, at("subscriptions", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	return dst, nil
}

func (r *VoximplantSubscriptions) decodeFrom(d *decoder) error {
	var err error
	if r.Subscriptions, err = decodeArray(d, 6, decodeVoximplantSubscription); err != nil {
		return at("subscriptions", err)
	}
	return nil
}

// VoximplantTransaction: Money was paid into the account.
type VoximplantTransaction struct {
	// TransactionID: The provider's id of the transaction.
	TransactionID Optional[int64] `json:"transaction_id"`
	// TransactionType: Type of the transaction as sent.
	TransactionType Optional[string] `json:"transaction_type"`
	// Amount: Amount in whole units of the account's currency.
	Amount Optional[Decimal] `json:"amount"`
}

func (r *VoximplantTransaction) appendTo(dst []byte) ([]byte, error) {
	var err error
	if r.TransactionID.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.TransactionID.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.TransactionType.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.TransactionType.Value); err != nil {
			return dst, at("transaction_type", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.Amount.Set {
		dst = append(dst, 2)
		if dst, err = appendDecimal(dst, r.Amount.Value); err != nil {
			return dst, at("amount", err)
		}
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func (r *VoximplantTransaction) decodeFrom(d *decoder) error {
	var err error
	if r.TransactionID.Set, err = d.isSet(); err != nil {
		return at("transaction_id", err)
	}
	if r.TransactionID.Set {
		if r.TransactionID.Value, err = d.long(); err != nil {
			return at("transaction_id", err)
		}
	}
	if r.TransactionType.Set, err = d.isSet(); err != nil {
		return at("transaction_type", err)
	}
	if r.TransactionType.Set {
		if r.TransactionType.Value, err = d.string(); err != nil {
			return at("transaction_type", err)
		}
	}
	if r.Amount.Set, err = d.isSet(); err != nil {
		return at("amount", err)
	}
	if r.Amount.Set {
		if r.Amount.Value, err = d.decimal(); err != nil {
			return at("amount", err)
		}
	}
	return nil
}

// VoximplantTranscriptionComplete: A transcription is ready.
type VoximplantTranscriptionComplete struct {
	// RecordURL: URL of the recording, only where the source's configuration
	// allows it.
	RecordURL Optional[string] `json:"record_url"`
	// TranscriptionURL: URL of the transcription, only where the source's
	// configuration allows it.
	TranscriptionURL Optional[string] `json:"transcription_url"`
	// CallSessionHistoryID: The provider's id of the call session.
	CallSessionHistoryID Optional[int64] `json:"call_session_history_id"`
	// TranscriptionCost: Cost in whole units of the account's currency.
	TranscriptionCost Optional[Decimal] `json:"transcription_cost"`
}

func (r *VoximplantTranscriptionComplete) appendTo(dst []byte) ([]byte, error) {
	var err error
	if r.RecordURL.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.RecordURL.Value); err != nil {
			return dst, at("record_url", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.TranscriptionURL.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.TranscriptionURL.Value); err != nil {
			return dst, at("transcription_url", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.CallSessionHistoryID.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.CallSessionHistoryID.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.TranscriptionCost.Set {
		dst = append(dst, 2)
		if dst, err = appendDecimal(dst, r.TranscriptionCost.Value); err != nil {
			return dst, at("transcription_cost", err)
		}
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func (r *VoximplantTranscriptionComplete) decodeFrom(d *decoder) error {
	var err error
	if r.RecordURL.Set, err = d.isSet(); err != nil {
		return at("record_url", err)
	}
	if r.RecordURL.Set {
		if r.RecordURL.Value, err = d.string(); err != nil {
			return at("record_url", err)
		}
	}
	if r.TranscriptionURL.Set, err = d.isSet(); err != nil {
		return at("transcription_url", err)
	}
	if r.TranscriptionURL.Set {
		if r.TranscriptionURL.Value, err = d.string(); err != nil {
			return at("transcription_url", err)
		}
	}
	if r.CallSessionHistoryID.Set, err = d.isSet(); err != nil {
		return at("call_session_history_id", err)
	}
	if r.CallSessionHistoryID.Set {
		if r.CallSessionHistoryID.Value, err = d.long(); err != nil {
			return at("call_session_history_id", err)
		}
	}
	if r.TranscriptionCost.Set, err = d.isSet(); err != nil {
		return at("transcription_cost", err)
	}
	if r.TranscriptionCost.Set {
		if r.TranscriptionCost.Value, err = d.decimal(); err != nil {
			return at("transcription_cost", err)
		}
	}
	return nil
}
