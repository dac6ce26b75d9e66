package voximplant_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// TestOtherForms: no field of a callback keeps what it tells out of the account; what has
// one meaning is read, what has none is left empty and counted, and what is finer than the
// schema is rounded and counted.
func TestOtherForms(t *testing.T) {
	t.Parallel()
	base := func(typ, fields string) string {
		return fmt.Sprintf(`{"callback_id":1,"type":%q,"account_id":4567%s}`, typ, fields)
	}
	frozen := func(fields string) string { return base("account_is_frozen", fields) }
	tests := map[string]struct {
		value   string
		check   func(w *told) bool
		counted string
	}{
		"a float's noise":     {frozen(`,"balance":0.30000000000000004`), func(w *told) bool { return w.account.BalanceMinor == avro.Some[int64](30) }, "rounded_fields balance"},
		"nearly nothing":      {frozen(`,"balance":1.5e-07`), func(w *told) bool { return w.account.BalanceMinor == avro.Some[int64](0) }, "rounded_fields balance"},
		"balance as text":     {frozen(`,"balance":"9.87"`), func(w *told) bool { return w.account.BalanceMinor == avro.Some[int64](987) }, ""},
		"balance as words":    {frozen(`,"balance":"nine"`), func(w *told) bool { return !w.account.BalanceMinor.Set }, "unread_fields balance"},
		"balance too large":   {frozen(`,"balance":1e15`), func(w *told) bool { return !w.account.BalanceMinor.Set }, "unread_fields balance"},
		"balance an object":   {frozen(`,"balance":{"usd":1}`), func(w *told) bool { return !w.account.BalanceMinor.Set }, "unread_fields balance"},
		"currency a number":   {frozen(`,"currency":840`), func(w *told) bool { return w.account.Currency == avro.Some("USD") }, ""},
		"name an array":       {frozen(`,"account_name":["a"]`), func(*told) bool { return true }, "unread_fields account_name"},
		"payload PHP's array": {frozen(`,"account_is_frozen":[]`), func(*told) bool { return true }, ""},
		"payload true":        {frozen(`,"account_is_frozen":true`), func(*told) bool { return true }, "unread_fields account_is_frozen"},
		"payload of another":  {frozen(`,"min_balance":{"is_repeated":1}`), func(w *told) bool { return !w.account.BelowMinBalance }, ""},
		"an amount's noise": {base("wire_transfer", `,"wire_transfer":{"amount":0.30000000000000004}`), func(w *told) bool {
			return w.callback.WireTransfer.Value.Amount == avro.Some(avro.Decimal(300_000))
		}, "rounded_fields wire_transfer.amount"},
		"an id as a fraction": {base("card_payment", `,"card_payment":{"transaction_id":1.5}`), func(w *told) bool { return w.account.LastPaymentAt.Set }, "unread_fields card_payment.transaction_id"},
		"an id with a zero":   {base("card_payment", `,"card_payment":{"transaction_id":"15.0"}`), func(w *told) bool { return w.callback.CardPayment.Value.TransactionID == avro.Some[int64](15) }, ""},
		"a time that is none": {base("call_history_report", `,"call_history_report":{"order_date":"2026-13-01 00:00:00"}`), func(w *told) bool {
			return !w.callback.CallHistoryReport.Value.OrderDate.Set
		}, "unread_fields call_history_report.order_date"},
		"a date with a time": {base("expiring_agreement", `,"expiring_agreement":{"expiration_date":"2026-01-01 10:00:00"}`), func(w *told) bool {
			return w.account.AgreementExpiration == avro.Some(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
		}, ""},
		"days below none":   {base("expiring_agreement", `,"expiring_agreement":{"until_expiration":-1}`), func(*told) bool { return true }, "unread_fields expiring_agreement.until_expiration"},
		"a flag as a word":  {base("min_balance", `,"min_balance":{"is_repeated":"yes"}`), func(w *told) bool { return w.account.BelowMinBalance }, "unread_fields min_balance.is_repeated"},
		"a list that is {}": {base("sip_registration_fail", `,"sip_registration_fail":{"sip_registrations":{}}`), func(*told) bool { return true }, ""},
		"a list with words": {base("sip_registration_fail", `,"sip_registration_fail":{"sip_registrations":["x",{"sip_registration_id":"7"}]}`), func(w *told) bool {
			return len(w.account.FailingSIPRegistrations) == 1
		}, "unread_fields sip_registration_fail.sip_registrations"},
		"two balances":       {frozen(`,"balance":1,"currency":"USD","balance":2`), func(w *told) bool { return w.account.BalanceMinor == avro.Some[int64](200) }, "unread_fields balance"},
		"two equal balances": {frozen(`,"balance":1,"balance":1`), func(w *told) bool { return w.account.BalanceMinor == avro.Some[int64](100) }, "unread_fields balance"},
		"two currencies":     {frozen(`,"currency":"USD","currency":"EUR"`), func(w *told) bool { return w.account.Currency == avro.Some("EUR") }, "unread_fields currency"},
		"two unknown fields": {frozen(`,"new":1,"new":2`), func(w *told) bool { return strings.Join(w.callback.UnknownFields, " ") == "new" }, ""},
		"two empty payloads": {frozen(`,"account_is_frozen":{},"account_is_frozen":[]`), func(*told) bool { return true }, "unread_fields account_is_frozen"},
		"two equal payloads": {base("card_payment", `,"card_payment":{"transaction_id":15},"card_payment":{"transaction_id":15}`), func(w *told) bool {
			return w.callback.CardPayment.Value.TransactionID == avro.Some[int64](15)
		}, "unread_fields card_payment"},
		"two amounts": {base("wire_transfer", `,"wire_transfer":{"amount":1,"amount":2}`), func(w *told) bool {
			return w.callback.WireTransfer.Value.Amount == avro.Some(avro.Decimal(2_000_000))
		}, "unread_fields wire_transfer.amount"},
		"a status in small letters": {base("account_document_status_updated", `,"account_document_status_updated":{"account_document_status":"verified"}`), func(w *told) bool {
			return w.account.DocumentStatus == avro.DocumentStatusVerified
		}, ""},
		"a status nobody knows": {base("account_document_status_updated", `,"account_document_status_updated":{"account_document_status":"ON_HOLD"}`), func(w *told) bool {
			return w.account.DocumentStatus == avro.DocumentStatusUnknown
		}, "unknown_names status/ON_HOLD"},
		"a type nobody knows": {base("dinner_is_ready", ""), func(w *told) bool { return w.callback.UnknownType }, "unknown_names event/dinner_is_ready"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMemory(t)
			w := run(t, m, record(test.value, noon(0), 1))
			if w.decoded != 1 || !test.check(w) {
				t.Errorf("causes %v %v, callback %+v, account %+v", w.causes, w.details, w.callback, w.account)
			}
			if strings.Contains(test.value, `"account_is_frozen",`) && !w.account.Frozen {
				t.Error("the account is not frozen")
			}
			counted := []string{}
			for _, c := range m.Counts() {
				counted = append(counted, c.Name+" "+c.Label)
			}
			if got := strings.Join(counted, ","); got != test.counted {
				t.Errorf("counted %q, want %q", got, test.counted)
			}
		})
	}
}

// TestSince: what fails again fails since the first time, until it was told otherwise,
// and an account frozen again is frozen since the first time.
func TestSince(t *testing.T) {
	t.Parallel()
	fail := func(id int) string {
		return callback(id, "sip_registration_fail", `{"sip_registrations":[{"sip_registration_id":77,"status_code":"503"}]}`)
	}
	recovered := callback(5, "sip_registration_recovered", `{"sip_registrations":[{"sip_registration_id":77}]}`)
	for name, test := range map[string]struct {
		callbacks []string
		since     time.Duration
	}{
		"twice":                             {[]string{fail(1), fail(2)}, 0},
		"the later first":                   {[]string{fail(2), fail(1)}, time.Minute},
		"after a recovery":                  {[]string{fail(1), recovered, fail(6), fail(7)}, 2 * time.Minute},
		"a recovery that comes late":        {[]string{fail(1), fail(7), fail(6), recovered}, 2 * time.Minute},
		"more often than is kept":           {append([]string{fail(1)}, many(fail, 2, 40)...), 0},
		"a recovery between those not kept": {append(append([]string{fail(1)}, many(fail, 6, 40)...), recovered), 20 * time.Minute},
	} {
		w := play(t, test.callbacks...)
		if name == "a recovery between those not kept" { // the limit that toggle names
			if got := w.account.FailingSIPRegistrations[0].Since.Value; got.Equal(noon(0)) {
				t.Errorf("%s: since %s, before the recovery", name, got)
			}
			continue
		}
		if got := w.account.FailingSIPRegistrations[0].Since; got != avro.Some(noon(test.since)) {
			t.Errorf("%s: since %s, want %s", name, got.Value, noon(test.since))
		}
	}
	w := play(t, callback(1, "account_is_frozen", "{}"), callback(2, "account_is_frozen", "{}"))
	if w.account.FrozenChangedAt != avro.Some(noon(0)) {
		t.Errorf("frozen since %s, want %s", w.account.FrozenChangedAt.Value, noon(0))
	}
}

func many(each func(int) string, from, to int) (list []string) {
	for i := from; i < to; i++ {
		list = append(list, each(i))
	}
	return list
}

// TestUploadAfterVerdict: an upload says nothing of a status, so it takes none back.
func TestUploadAfterVerdict(t *testing.T) {
	t.Parallel()
	verified := callback(1, "regulation_address_verified", `{"regulation_address_id":9,"regulation_address_status":"VERIFIED"}`)
	uploaded := callback(2, "regulation_address_uploaded", `{"regulation_address_id":9}`)
	for name, order := range map[string][]string{"in order": {verified, uploaded}, "the later first": {uploaded, verified}} {
		w := play(t, order...)
		if a := w.account.RegulationAddresses; len(a) != 1 || a[0].Status != avro.RegulationAddressStatusVerified {
			t.Errorf("%s: %+v, want it verified", name, a)
		}
	}
}

// TestTogglesInAnyOrder: failures and recoveries of a few registrations, freezes and
// uploads, repeated and shuffled, end the same.
func TestTogglesInAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 14).Draw(rt, "facts")
		var deliveries []stage.Input
		for id := range n {
			thing := rapid.IntRange(1, 2).Draw(rt, "thing")
			value := rapid.SampledFrom([]string{
				callback(id, "sip_registration_fail", fmt.Sprintf(`{"sip_registrations":[{"sip_registration_id":%d}]}`, thing)),
				callback(id, "sip_registration_recovered", fmt.Sprintf(`{"sip_registrations":[{"sip_registration_id":%d}]}`, thing)),
				callback(id, "account_is_frozen", "{}"), callback(id, "account_is_unfrozen", "{}"),
				callback(id, "regulation_address_uploaded", fmt.Sprintf(`{"regulation_address_id":%d}`, thing)),
				callback(id, "regulation_address_verified", fmt.Sprintf(`{"regulation_address_id":%d,"regulation_address_status":"DECLINED"}`, thing)),
			}).Draw(rt, "callback")
			for range rapid.IntRange(1, 2).Draw(rt, "deliveries") {
				at := noon(time.Duration(rapid.IntRange(0, 1000).Draw(rt, "minute")) * time.Minute)
				deliveries = append(deliveries, record(value, at, int64(len(deliveries))))
			}
		}
		want := run(t, forgetful(t), deliveries...)
		got := run(t, forgetful(t), rapid.Permutation(deliveries).Draw(rt, "order")...)
		ignore := cmpopts.IgnoreFields(avro.AccountSnapshot{}, "Revision", "ChangedBy", "ProcessedAt")
		if diff := cmp.Diff(want.account, got.account, ignore); diff != "" {
			rt.Errorf("the last snapshot hangs on the order (-drawn +permuted):\n%s", diff)
		}
	})
}

// TestTimesAreAsTheirDocsSay: last_event_at is when the newest callback was received, not
// the latest receipt of any.
func TestTimesAreAsTheirDocsSay(t *testing.T) {
	t.Parallel()
	w := play(t, callback(9, "js_fail", "{}"), callback(3, "js_fail", "{}"))
	if w.account.LastEventAt != avro.Some(noon(0)) || w.account.FirstEventAt != avro.Some(noon(0)) || w.account.LastCallbackID.Value != "9" {
		t.Errorf("first %v, last %v, of %s", w.account.FirstEventAt.Value, w.account.LastEventAt.Value, w.account.LastCallbackID.Value)
	}
}
