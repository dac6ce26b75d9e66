package voximplant

import "github.com/tributary-hq/tributary/schemas/avro"

// decoder reads the payload of one type into its field of the decoded record.
type decoder func(r *reader)

// put reads a payload.
func put[T any](r *reader, into *avro.Optional[T], read func(*reader, *T)) {
	into.Set = true
	read(r, &into.Value)
}

// nothing parses a payload without documented fields.
func nothing(r *reader) { r.object(func(string) bool { return false }) }

// The types without documented fields: the type alone is the information.
const (
	typeFrozen             = "account_is_frozen"
	typeUnfrozen           = "account_is_unfrozen"
	typeActivated          = "activate_successful"
	typeCardExpired        = "card_expired"
	typeCardExpires        = "card_expires_in_month"
	typeCardFailed         = "card_payment_failed"
	typeJSFail             = "js_fail"
	typePasswordReset      = "reset_account_password_request"
	typeCertificateExpired = "certificate_expired"
)

// bare reports whether a type has no documented fields.
func bare(name string) bool {
	switch name {
	case typeFrozen, typeUnfrozen, typeActivated, typeCardExpired, typeCardExpires, typeCardFailed, typeJSFail, typePasswordReset,
		typeCertificateExpired:
		return true
	default:
		return false
	}
}

// decoders returns the decoder of each type's payload [S, SDK].
func decoders() map[string]decoder {
	return map[string]decoder{
		"account_document_uploaded":       func(r *reader) { put(r, &r.cb.decoded.AccountDocumentUploaded, (*reader).documentUploaded) },
		"account_document_verified":       func(r *reader) { put(r, &r.cb.decoded.AccountDocumentVerified, (*reader).documentVerified) },
		"account_document_status_updated": func(r *reader) { put(r, &r.cb.decoded.AccountDocumentStatusUpdated, (*reader).documentUpdated) },
		"regulation_address_uploaded":     func(r *reader) { put(r, &r.cb.decoded.RegulationAddressUploaded, (*reader).addressUploaded) },
		"regulation_address_verified":     func(r *reader) { put(r, &r.cb.decoded.RegulationAddressVerified, (*reader).addressVerified) },
		"regulation_address_documents_requested": func(r *reader) {
			put(r, &r.cb.decoded.RegulationAddressDocumentsRequested, (*reader).addressRequested)
		},
		typeFrozen:                   nothing,
		typeUnfrozen:                 nothing,
		typeActivated:                nothing,
		"call_history_report":        func(r *reader) { put(r, &r.cb.decoded.CallHistoryReport, (*reader).report) },
		"transaction_history_report": func(r *reader) { put(r, &r.cb.decoded.TransactionHistoryReport, (*reader).report) },
		typeCardExpired:              nothing,
		typeCardExpires:              nothing,
		"card_payment":               func(r *reader) { put(r, &r.cb.decoded.CardPayment, (*reader).transaction) },
		typeCardFailed:               nothing,
		"robokassa_payment":          func(r *reader) { put(r, &r.cb.decoded.RobokassaPayment, (*reader).transaction) },
		"wire_transfer":              func(r *reader) { put(r, &r.cb.decoded.WireTransfer, (*reader).transaction) },
		typeJSFail:                   nothing,
		"min_balance":                func(r *reader) { put(r, &r.cb.decoded.MinBalance, (*reader).minBalance) },
		"renewed_subscriptions":      func(r *reader) { put(r, &r.cb.decoded.RenewedSubscriptions, (*reader).subscriptions) },
		typePasswordReset:            nothing,
		"sip_registration_fail":      func(r *reader) { put(r, &r.cb.decoded.SIPRegistrationFail, (*reader).sipFail) },
		"sip_registration_recovered": func(r *reader) { put(r, &r.cb.decoded.SIPRegistrationRecovered, (*reader).sipRecovered) },
		"subscription_is_frozen":     func(r *reader) { put(r, &r.cb.decoded.SubscriptionIsFrozen, (*reader).subscriptions) },
		"subscription_is_detached":   func(r *reader) { put(r, &r.cb.decoded.SubscriptionIsDetached, (*reader).subscriptions) },
		"unverified_subscription_detached": func(r *reader) {
			put(r, &r.cb.decoded.UnverifiedSubscriptionDetached, (*reader).subscriptions)
		},
		"expiring_callerid":      func(r *reader) { put(r, &r.cb.decoded.ExpiringCallerID, (*reader).callerIDs) },
		"transcription_complete": func(r *reader) { put(r, &r.cb.decoded.TranscriptionComplete, (*reader).transcription) },
		"sms_inbound":            func(r *reader) { put(r, &r.cb.decoded.SMSInbound, (*reader).sms) },
		"phone_number_activation_status_changed": func(r *reader) {
			put(r, &r.cb.decoded.PhoneNumberActivationStatusChanged, (*reader).activation)
		},
		"batch_task_cancelling_completed": func(r *reader) { put(r, &r.cb.decoded.BatchTaskCancellingCompleted, (*reader).cancelled) },
		"expiring_agreement":              func(r *reader) { put(r, &r.cb.decoded.ExpiringAgreement, (*reader).agreementExpiring) },
		"expired_agreement":               func(r *reader) { put(r, &r.cb.decoded.ExpiredAgreement, (*reader).agreementExpired) },
		"restored_agreement_status":       func(r *reader) { put(r, &r.cb.decoded.RestoredAgreementStatus, (*reader).agreementRestored) },
		"next_charge_alert":               func(r *reader) { put(r, &r.cb.decoded.NextChargeAlert, (*reader).nextCharge) },
		typeCertificateExpired:            nothing,
		"expired_certificates":            func(r *reader) { put(r, &r.cb.decoded.ExpiredCertificates, (*reader).certificates) },
		"expiring_certificates":           func(r *reader) { put(r, &r.cb.decoded.ExpiringCertificates, (*reader).certificates) },
		"a2p_sms_activated":               func(r *reader) { put(r, &r.cb.decoded.A2PSMSActivated, (*reader).a2p) },
		"invoice_received":                func(r *reader) { put(r, &r.cb.decoded.InvoiceReceived, (*reader).invoice) },
	}
}
