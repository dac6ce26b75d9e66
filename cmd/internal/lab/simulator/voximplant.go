package simulator

import (
	"bytes"
	"crypto/md5" //nolint:gosec // The provider's proof is MD5.
	"encoding/hex"
	"encoding/json"
	"strconv"
	"time"

	"github.com/tributary-hq/tributary/schemas/raw"
)

// voxCallback is the part of a callback that all types share ([S] 002).
type voxCallback struct {
	CallbackID       int64       `json:"callback_id"`
	Type             string      `json:"type"`
	AccountID        int64       `json:"account_id"`
	Hash             string      `json:"hash"`
	AccountName      string      `json:"account_name"`
	AccountEmail     string      `json:"account_email"`
	LanguageCode     string      `json:"language_code"`
	AccountFirstName string      `json:"account_first_name"`
	AccountLastName  string      `json:"account_last_name"`
	Balance          json.Number `json:"balance"`
	Currency         string      `json:"currency"`
}

// VoximplantHash is the proof of a callback: the MD5 of the concatenated texts ([S]).
func VoximplantHash(salt, accountID, apiKey, callbackID string) string {
	sum := md5.Sum([]byte(salt + accountID + apiKey + callbackID)) //nolint:gosec // see import
	return hex.EncodeToString(sum[:])
}

// account is a Voximplant account that sends callbacks.
type account struct {
	t  *instance
	id int64
	// sequence is the id of the latest callback. Ids grow with the time; those of different
	// scenarios must not collide.
	sequence int64
}

func (t *instance) account() *account {
	const accounts = 5
	return &account{t: t, id: 4567000 + t.rng.Int64N(accounts)}
}

// currency is the account's.
func (a *account) currency() string { return []string{"USD", "EUR", "RUR"}[a.id%3] }

// callback renders one callback with its type and the JSON of its payload.
func (a *account) callback(kind, payload string, balance json.Number) []byte {
	a.t.callbacks++
	a.sequence = a.t.start.UnixMicro() + a.t.callbacks
	vox := a.t.accounts.First(raw.ProviderVoximplant)
	b := mustJSON(voxCallback{
		CallbackID: a.sequence, Type: kind, AccountID: a.id,
		Hash:        VoximplantHash(vox.Salt, strconv.FormatInt(a.id, 10), vox.APIKey, strconv.FormatInt(a.sequence, 10)),
		AccountName: "acme", AccountEmail: "ops@example.com", LanguageCode: "en", AccountFirstName: "Ann", AccountLastName: "Lee",
		Balance: balance, Currency: a.currency(),
	})
	return append(append(append(b[:len(b)-1], `,"`+kind+`":`...), payload...), '}')
}

// batch sends callbacks in one request.
func (a *account) batch(at time.Duration, forged int, callbacks ...[]byte) {
	body := append([]byte(`{"callbacks":[`), bytes.Join(callbacks, []byte{','})...)
	body = append(body, "]}"...)
	source := a.t.accounts.First(raw.ProviderVoximplant).Source
	a.t.add(&webhook{
		provider: raw.ProviderVoximplant, source: source, path: "/v1/voximplant/" + source,
		items: len(callbacks), forgedItems: forged, at: at,
		render: func(int, time.Time) []byte { return body },
	})
}

// payload is a type of callback with an example of its payload.
type payload struct{ kind, json string }

// payloads returns all types of seed 002 and the newer ones, by the structs of the
// provider's SDKs.
func payloads() []payload {
	const (
		phones  = `[{"type":"PHONE","phone_numbers":[{"phone_id":11,"phone_number":"15550001"}]}]`
		sips    = `[{"type":"SIP_REGISTRATION","sip_registrations":[{"sip_registration_id":7}]}]`
		time0   = `"2026-11-01 10:20:30"`
		address = `"regulation_address_id":31,"regulation_address_name":"Office","is_individual":false`
	)
	return []payload{
		{"account_document_uploaded", `{"account_document_id":21,"uploaded":` + time0 + `,"verification_name":"Russia","legal_status":"individual"}`},
		{"account_document_verified", `{"account_document_id":21,"account_document_status":"VERIFIED","uploaded":` + time0 + `,"verification_name":"Russia","legal_status":"individual"}`},
		{"account_document_status_updated", `{"account_document_id":21,"previous_account_document_status":"AWAITING_VERIFICATION","account_document_status":"VERIFIED","update_time":` + time0 + `,"legal_status":"INDIVIDUAL"}`},
		{"regulation_address_uploaded", `{` + address + `,"uploaded":` + time0 + `}`},
		{"regulation_address_verified", `{` + address + `,"regulation_address_status":"VERIFIED","uploaded":` + time0 + `}`},
		{"regulation_address_documents_requested", `{` + address + `,"regulation_address_status":"PENDING","update_time":` + time0 + `}`},
		{"account_is_frozen", `{}`},
		{"account_is_unfrozen", `{}`},
		{"activate_successful", `{}`},
		{"call_history_report", `{"history_report_id":41,"success":true,"order_date":` + time0 + `}`},
		{"transaction_history_report", `{"history_report_id":42,"success":true,"order_date":` + time0 + `}`},
		{"card_expired", `{}`},
		{"card_expires_in_month", `{}`},
		{"card_payment", `{"transaction_id":51,"transaction_type":"bank_card_payment","amount":100.5}`},
		{"card_payment_failed", `{}`},
		{"robokassa_payment", `{"transaction_id":52,"transaction_type":"robokassa_payment","amount":20}`},
		{"wire_transfer", `{"transaction_id":53,"transaction_type":"wire_transfer","amount":1000.25}`},
		{"js_fail", `{}`},
		{"min_balance", `{"is_min_credit":false,"is_repeated":false}`},
		{"renewed_subscriptions", `{"subscriptions":[{"type":"PHONE_NUM","name":"Phone","cost":1.5,"next_renewal":"2026-12-01","details":` + phones + `}]}`},
		{"subscription_is_detached", `{"subscriptions":[{"type":"SIP_REGISTRATION","name":"SIP","details":` + sips + `}]}`},
		{"subscription_is_frozen", `{"subscriptions":[{"type":"PHONE_NUM","name":"Phone","cost":1.5,"details":` + phones + `}]}`},
		{"unverified_subscription_detached", `{"subscriptions":[{"type":"PHONE_NUM","name":"Phone","details":` + phones + `}]}`},
		{"sip_registration_fail", `{"sip_registrations":[{"sip_registration_id":7,"status_code":"503","error_message":"Service Unavailable"}]}`},
		{"sip_registration_recovered", `{"sip_registrations":[{"sip_registration_id":7}]}`},
		{"expiring_callerid", `{"callerids":["15550001"],"expiration_date":"2026-12-24"}`},
		{"transcription_complete", `{"transcription_complete":{"record_url":"https://example.com/r","transcription_url":"https://example.com/t","call_session_history_id":61,"transcription_cost":0.05}}`},
		{"sms_inbound", `{"sms_inbound":{"source_number":"15550001","destination_number":"15550002","sms_body":"hi"}}`},
		{"phone_number_activation_status_changed", `{"phone_number_activation_status_changed":{"phone_number":"15550001","activation_status":"ACTIVE"}}`},
		{"batch_task_cancelling_completed", `{"batch_id":"71","cancelled_tasks_number":3}`},
		{"expiring_agreement", `{"expiration_date":"2026-12-31","until_expiration":30}`},
		{"expired_agreement", `{"document_ids":[81,82]}`},
		{"restored_agreement_status", `{"document_id":81,"expiration_date":"2027-12-31"}`},
		{"next_charge_alert", `{"required_money":25,"insufficient_funds_amount":5.5}`},
		{"expired_certificates", `{"certificates":[{"push_credential_id":91,"cert_file_name":"push.pem"}]}`},
		{"expiring_certificates", `{"certificates":[{"push_credential_id":91,"cert_file_name":"push.pem","expiration_date":"2026-12-24","applications":["app"]}]}`},
		{"a2p_sms_activated", `{"a2p_enabled":true}`},
		{"invoice_received", `{"invoice_id":101,"invoice_date":` + time0 + `,"receival_date":` + time0 + `,"amount":"120.00","tax_amount":"24.00","currency":"USD"}`},
	}
}
