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
func nothing[T any](r *reader, _ *T) { r.object(func(string) bool { return false }) }

// bare reports whether a type has no documented fields: its name alone is the
// information.
func bare(name string) bool {
	switch name {
	case "account_is_frozen", "account_is_unfrozen", "activate_successful", "card_expired", "card_expires_in_month", "card_payment_failed",
		"js_fail", "reset_account_password_request", "certificate_expired":
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
		"account_is_frozen":              func(r *reader) { put(r, &r.cb.decoded.AccountIsFrozen, nothing) },
		"account_is_unfrozen":            func(r *reader) { put(r, &r.cb.decoded.AccountIsUnfrozen, nothing) },
		"activate_successful":            func(r *reader) { put(r, &r.cb.decoded.ActivateSuccessful, nothing) },
		"call_history_report":            func(r *reader) { put(r, &r.cb.decoded.CallHistoryReport, (*reader).report) },
		"transaction_history_report":     func(r *reader) { put(r, &r.cb.decoded.TransactionHistoryReport, (*reader).report) },
		"card_expired":                   func(r *reader) { put(r, &r.cb.decoded.CardExpired, nothing) },
		"card_expires_in_month":          func(r *reader) { put(r, &r.cb.decoded.CardExpiresInMonth, nothing) },
		"card_payment":                   func(r *reader) { put(r, &r.cb.decoded.CardPayment, (*reader).transaction) },
		"card_payment_failed":            func(r *reader) { put(r, &r.cb.decoded.CardPaymentFailed, nothing) },
		"robokassa_payment":              func(r *reader) { put(r, &r.cb.decoded.RobokassaPayment, (*reader).transaction) },
		"wire_transfer":                  func(r *reader) { put(r, &r.cb.decoded.WireTransfer, (*reader).transaction) },
		"js_fail":                        func(r *reader) { put(r, &r.cb.decoded.JSFail, nothing) },
		"min_balance":                    func(r *reader) { put(r, &r.cb.decoded.MinBalance, (*reader).minBalance) },
		"renewed_subscriptions":          func(r *reader) { put(r, &r.cb.decoded.RenewedSubscriptions, (*reader).subscriptions) },
		"reset_account_password_request": func(r *reader) { put(r, &r.cb.decoded.ResetAccountPasswordRequest, nothing) },
		"sip_registration_fail":          func(r *reader) { put(r, &r.cb.decoded.SIPRegistrationFail, (*reader).sipFail) },
		"sip_registration_recovered":     func(r *reader) { put(r, &r.cb.decoded.SIPRegistrationRecovered, (*reader).sipRecovered) },
		"subscription_is_frozen":         func(r *reader) { put(r, &r.cb.decoded.SubscriptionIsFrozen, (*reader).subscriptions) },
		"subscription_is_detached":       func(r *reader) { put(r, &r.cb.decoded.SubscriptionIsDetached, (*reader).subscriptions) },
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
		"certificate_expired":             func(r *reader) { put(r, &r.cb.decoded.CertificateExpired, nothing) },
		"expired_certificates":            func(r *reader) { put(r, &r.cb.decoded.ExpiredCertificates, (*reader).certificates) },
		"expiring_certificates":           func(r *reader) { put(r, &r.cb.decoded.ExpiringCertificates, (*reader).certificates) },
		"a2p_sms_activated":               func(r *reader) { put(r, &r.cb.decoded.A2PSMSActivated, (*reader).a2p) },
		"invoice_received":                func(r *reader) { put(r, &r.cb.decoded.InvoiceReceived, (*reader).invoice) },
	}
}
