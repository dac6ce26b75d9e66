package voximplant_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/processor/contract"
	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stagetest"
	"github.com/tributary-hq/tributary/processor/voximplant"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/dlq"
	"github.com/tributary-hq/tributary/schemas/raw"
	"github.com/tributary-hq/tributary/schemas/wire"
)

func noon(after time.Duration) time.Time {
	return time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC).Add(after)
}

// callback returns a callback of the account 4567 as the provider would send it.
func callback(id int, typ, payload string) string {
	return fmt.Sprintf(`{"callback_id":%d,"type":"%s","account_id":4567,"hash":"50c5fe2290cd7409b37e673b8b05e495","account_name":"acme",`+
		`"account_email":"a@example.com","language_code":"en","account_first_name":"Ann","account_last_name":"Lee","balance":9.87,`+
		`"currency":"USD","%s":%s}`, id, typ, typ, payload)
}

func record(value string, received time.Time, offset int64) stage.Input {
	e := raw.Envelope{
		Source: "phones", Provider: raw.ProviderVoximplant, Assurance: raw.AssuranceSignedID, SecretID: "k1", RequestID: "r1",
		ReceivedAt: received, Kind: raw.KindWebhook, Items: 1, ContentType: "application/json",
	}
	return stage.Input{
		Topic: schemas.RawVoximplant, Offset: offset, Key: []byte("voximplant:4567"), Value: []byte(value), Headers: raw.Append[stage.Header](nil, &e), Timestamp: received,
	}
}

func newMemory(tb testing.TB, expose ...string) *enginetest.Driver {
	tb.Helper()
	pseudonyms := stagetest.Pseudonyms(tb, "a-key-of-16-or-more")
	sources := source.NewSet([]source.Source{{ID: "phones", Provider: raw.ProviderVoximplant, Expose: expose}})
	return memoryOf(tb, voximplant.New(voximplant.DefaultConfig(), sources, pseudonyms))
}

func memoryOf(tb testing.TB, tested *voximplant.Stage) *enginetest.Driver {
	tb.Helper()
	m, err := enginetest.NewDriver(enginetest.DriverConfig{
		Topics: contract.TestTopics, Namespace: contract.Namespace,
		Name: voximplant.Name, Stage: tested, DeadLetter: schemas.DeadLetterVoximplant,
		Outputs: []string{schemas.DecodedVoximplantAccountCallback, schemas.EnrichedAccounts, schemas.Duplicates},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// told is what a history ends in.
type told struct {
	account                  avro.AccountSnapshot
	callback                 avro.VoximplantAccountCallback
	duplicate                avro.Duplicate
	decoded, repeats, shown  int
	causes, details, outputs []string
}

func run(tb testing.TB, m *enginetest.Driver, records ...stage.Input) *told {
	tb.Helper()
	w := &told{}
	for _, r := range records {
		outputs, err := m.Feed(r)
		if err != nil {
			tb.Fatal(err)
		}
		for i := range outputs {
			w.take(tb, &outputs[i])
		}
	}
	return w
}

func (w *told) take(tb testing.TB, out *stage.Output) {
	tb.Helper()
	var err error
	switch out.Topic {
	case schemas.EnrichedAccounts:
		w.shown++
		err = w.account.DecodeAvro(out.Value[wire.HeaderSize:])
	case schemas.DecodedVoximplantAccountCallback:
		w.decoded++
		err = w.callback.DecodeAvro(out.Value[wire.HeaderSize:])
	case schemas.Duplicates:
		w.repeats++
		err = w.duplicate.DecodeAvro(out.Value[wire.HeaderSize:])
	case schemas.DeadLetterVoximplant:
		for _, h := range out.Headers {
			switch h.Key {
			case dlq.HeaderCause:
				w.causes = append(w.causes, string(h.Value))
			case dlq.HeaderDetail:
				w.details = append(w.details, string(h.Value))
			}
		}
		return // the record itself: restricted
	}
	if err != nil {
		tb.Fatalf("decode %s: %v", out.Topic, err)
	}
	w.outputs = append(w.outputs, string(out.Value))
}

// play feeds callbacks in the order given, a minute apart.
func play(tb testing.TB, callbacks ...string) *told {
	tb.Helper()
	var records []stage.Input
	for i, c := range callbacks {
		records = append(records, record(c, noon(time.Duration(i)*time.Minute), int64(i)))
	}
	return run(tb, newMemory(tb), records...)
}

func TestFrozen(t *testing.T) {
	t.Parallel()
	frozen, thawed := callback(1, "account_is_frozen", "{}"), callback(2, "account_is_unfrozen", "{}")
	for name, order := range map[string][]string{"in order": {frozen, thawed}, "the later first": {thawed, frozen}} {
		if w := play(t, order...); w.account.Frozen || w.account.Facts != 2 || w.account.LastCallbackID.Value != "2" {
			t.Errorf("%s: frozen %v, %d facts, want unfrozen of 2", name, w.account.Frozen, w.account.Facts)
		}
	}
}

func TestMoney(t *testing.T) {
	t.Parallel()
	low := callback(1, "min_balance", `{"is_min_credit":false,"is_repeated":true}`)
	alert := callback(2, "next_charge_alert", `{"required_money":100.5,"insufficient_funds_amount":"90.63"}`)
	failed := callback(3, "card_payment_failed", "{}")
	w := play(t, low, alert, failed)
	if a := &w.account; !a.BelowMinBalance || !a.CardFailed || a.RequiredMinor.Value != 10_050 || a.InsufficientFundsMinor.Value != 9_063 {
		t.Errorf("account = %+v, want it low, with a failed card and a charge to come", a)
	}
	paid := callback(4, "card_payment", `{"transaction_id":"77","transaction_type":"card","amount":200}`)
	w = play(t, low, paid, alert, failed)
	if a := &w.account; a.BelowMinBalance || a.CardFailed || a.RequiredMinor.Set || a.LastPaymentAt != avro.Some(noon(time.Minute)) {
		t.Errorf("after the payment of a later id: %+v, want nothing to act on", a)
	}
}

func TestCardExpires(t *testing.T) {
	t.Parallel()
	soon, paid := callback(1, "card_expires_in_month", "{}"), callback(2, "card_payment", "{}")
	for name, test := range map[string]struct {
		paidAfter time.Duration
		want      bool
	}{"the old card pays": {24 * time.Hour, true}, "another card pays": {40 * 24 * time.Hour, false}} {
		w := run(t, newMemory(t), record(soon, noon(0), 1), record(paid, noon(test.paidAfter), 2))
		if w.account.CardExpiresInMonth != test.want {
			t.Errorf("%s: card_expires_in_month = %v, want %v", name, w.account.CardExpiresInMonth, test.want)
		}
	}
}

func TestSIP(t *testing.T) {
	t.Parallel()
	w := play(t,
		callback(1, "sip_registration_fail", `{"sip_registrations":[{"sip_registration_id":7,"status_code":"403","error_message":"x"},{"sip_registration_id":"5","status_code":408}]}`),
		callback(3, "sip_registration_fail", `{"sip_registrations":[{"sip_registration_id":9}]}`),
		callback(2, "sip_registration_recovered", `{"sip_registrations":[{"sip_registration_id":7},{"sip_registration_id":9}]}`),
	)
	want := []avro.AccountSIPRegistration{
		{SIPRegistrationID: 5, StatusCode: avro.Some("408"), Since: avro.Some(noon(0))},
		{SIPRegistrationID: 9, Since: avro.Some(noon(time.Minute))},
	}
	if diff := cmp.Diff(want, w.account.FailingSIPRegistrations); diff != "" {
		t.Errorf("failing_sip_registrations (-want +got):\n%s", diff)
	}
}

func TestAgreementsAndCertificates(t *testing.T) {
	t.Parallel()
	w := play(t,
		callback(1, "expiring_agreement", `{"expiration_date":"2026-02-01","until_expiration":20}`),
		callback(2, "expired_agreement", `{"document_ids":[3,1,2]}`),
		callback(3, "expiring_certificates", `{"certificates":[{"push_credential_id":4,"expiration_date":"2026-01-10"}]}`),
		callback(4, "expired_certificates", `{"certificates":[{"push_credential_id":4,"expiration_date":""}]}`),
	)
	if a := &w.account; !a.AgreementExpired || fmt.Sprint(a.ExpiredDocumentIDs) != "[1 2 3]" || !a.Certificates[0].Expired {
		t.Errorf("account = %+v, want the agreement and the certificate expired", a)
	}
	w = play(t, callback(2, "expired_agreement", `{"document_ids":[3,1]}`),
		callback(3, "restored_agreement_status", `{"document_id":3,"expiration_date":"2026-05-01"}`))
	if a := &w.account; a.AgreementExpired || fmt.Sprint(a.ExpiredDocumentIDs) != "[1]" || a.AgreementExpiration.Value.Month() != time.May {
		t.Errorf("restored: %+v, want the agreement of document 3 to end in May", a)
	}
}

func TestRepeatsAreOneFact(t *testing.T) {
	t.Parallel()
	first, forged := callback(1, "account_is_unfrozen", "{}"), callback(1, "account_is_frozen", "{}")
	w := run(t, newMemory(t), record(first, noon(time.Hour), 1), record(forged, noon(2*time.Hour), 2), record(first, noon(0), 3))
	if w.decoded != 1 || w.repeats != 2 || w.account.Facts != 1 {
		t.Errorf("%d decoded, %d repeats, %d facts, want 1, 2, 1", w.decoded, w.repeats, w.account.Facts)
	}
	if w.account.Frozen {
		t.Error("the body of a repeat, which nothing proves, changed the account")
	}
	if w.shown != 2 || w.account.FirstEventAt != avro.Some(noon(0)) {
		t.Errorf("%d snapshots, the first event at %v, want 2 and the earliest delivery", w.shown, w.account.FirstEventAt.Value)
	}
	if w.duplicate.First.Offset != 1 || w.duplicate.KnownBy != avro.KnownByCallbackID || w.duplicate.EventID != "4567:1" {
		t.Errorf("duplicate = %+v, want it to name offset 1 and 4567:1", w.duplicate)
	}
}

func TestUnknownType(t *testing.T) {
	t.Parallel()
	w := play(t, strings.TrimSuffix(callback(1, "dinner_is_ready", `{"dish":"secret","+4915112345678":1}`), "}")+`,"extra":{"deep":1}}`)
	want := []string{"dinner_is_ready", "dinner_is_ready.dish", "extra"}
	if diff := cmp.Diff(want, w.callback.UnknownFields); diff != "" || !w.callback.UnknownType || w.callback.Type != "dinner_is_ready" {
		t.Errorf("unknown type %v, fields (-want +got):\n%s", w.callback.UnknownType, diff)
	}
	if w.account.BalanceMinor != avro.Some[int64](987) {
		t.Errorf("balance = %v, want that of the callback", w.account.BalanceMinor)
	}
	if all := strings.Join(w.outputs, ""); strings.Contains(all, "secret") || strings.Contains(all, "4915112345678") {
		t.Error("a value of an unknown type left")
	}
}

func TestMostItems(t *testing.T) {
	t.Parallel()
	fail := func(id, from, to int) stage.Input {
		var list []string
		for i := from; i < to; i++ {
			list = append(list, fmt.Sprintf(`{"sip_registration_id":%d}`, i))
		}
		return record(callback(id, "sip_registration_fail", `{"sip_registrations":[`+strings.Join(list, ",")+`]}`), noon(0), int64(id))
	}
	const n = voximplant.MaxItems + 5
	early, late := fail(1, 0, 10), fail(2, 10, n)
	a, b := run(t, newMemory(t), early, late), run(t, newMemory(t), late, early)
	kept := a.account.FailingSIPRegistrations
	if len(kept) != voximplant.MaxItems || kept[0].SIPRegistrationID != 5 {
		t.Errorf("%d items are kept from %d on, want the newest %d", len(kept), kept[0].SIPRegistrationID, voximplant.MaxItems)
	}
	if diff := cmp.Diff(kept, b.account.FailingSIPRegistrations); diff != "" {
		t.Errorf("which items are kept hangs on the order:\n%s", diff)
	}
}

// TestCallbackComesAgain: a callback has no time; one that comes again after its id was
// forgotten is stale by its number, and later ones are new.
func TestCallbackComesAgain(t *testing.T) {
	t.Parallel()
	hours := func(n int) time.Time { return noon(time.Duration(n) * time.Hour) }
	m := newMemory(t)
	first := callback(7, "account_is_frozen", "{}")
	w := run(t, m, record(first, hours(0), 0), record(first, hours(80), 1), record(callback(8, "js_fail", "{}"), hours(160), 2), record(first, hours(170), 3))
	if w.decoded != 2 || w.repeats != 1 || len(w.causes) != 1 || w.causes[0] != string(stage.CauseStale) {
		t.Errorf("%d decoded, %d repeats, dead letters %v, want 2, 1 and one that is stale", w.decoded, w.repeats, w.causes)
	}
	// Without any callback between them, too.
	w = run(t, newMemory(t), record(first, hours(0), 0), record(first, hours(80), 1), record(first, hours(170), 2))
	if w.decoded != 1 || w.repeats+len(w.causes) != 2 {
		t.Errorf("alone: %d decoded, %d repeats, dead letters %v, want 1 fact", w.decoded, w.repeats, w.causes)
	}
	if w = run(t, m, record(callback(9, "js_fail", "{}"), hours(1000), 4)); w.decoded != 1 {
		t.Errorf("a new callback after a month: %d decoded, dead letters %v", w.decoded, w.causes)
	}
}

// TestNumbersEnd: the number that an SMS came from gets its block once there are enough, and is
// in no state after its retention. The numbers of the company are never there.
func TestNumbersEnd(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	sms := func(id int, from string) *avro.VoximplantSMSInbound {
		payload := fmt.Sprintf(`{"sms_inbound":{"source_number":%q,"destination_number":"4915112345678","sms_body":"hi"}}`, from)
		w := run(t, m, record(callback(id, "sms_inbound", payload), noon(0), int64(id)))
		return &w.callback.SMSInbound.Value
	}
	for i, from := range []string{"380501234567", "380501234567", "380501234568"} {
		want := ""
		if i == 2 { // stagetest.Pseudonyms asks for two numbers
			want = "+38050123"
		}
		got := sms(i+1, from)
		if phone := &got.SourceNumber.Value; phone.Block.Value != want || !phone.BlockAsOf.Value.Equal(noon(0)) || got.DestinationNumber.Value.BlockAsOf.Set {
			t.Errorf("SMS %d: %+v", i, got)
		}
	}
	if dump := m.Dump(0); !strings.Contains(dump, "block +38050123") || strings.Contains(dump, "block +49") {
		t.Errorf("state:\n%s", dump)
	}
	if _, err := m.AdvanceTo(0, noon(voximplant.DefaultConfig().NumberRetention+24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if dump := m.Dump(0); strings.Contains(dump, "block +") {
		t.Errorf("numbers are left after the retention:\n%s", dump)
	}
}
