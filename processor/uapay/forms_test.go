package uapay_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/tolerance"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// TestForms: a claim in every form that has one meaning is read. One that has none and on
// which nothing depends is left empty and counted by its name, and the fact is emitted.
func TestForms(t *testing.T) {
	t.Parallel()
	at := avro.Some[time.Time]
	amount := avro.Some[int64]
	issued := func(p *avro.UAPAYPayment) any { return p.IssuedAt }
	minor := func(p *avro.UAPAYPayment) any { return p.AmountMinor }
	paid := func(p *avro.UAPAYPayment) any { return p.PaidAt }
	postback := func(p *avro.UAPAYPayment) any { return p.PostbackAt }
	for name, test := range map[string]struct {
		replaced map[string]any
		read     func(*avro.UAPAYPayment) any
		want     any
		unread   string
	}{
		"iat with a fraction":          {map[string]any{"iat": json.Number("1767268800.5223253")}, issued, at(noon(522 * time.Millisecond)), ""},
		"iat with an exponent":         {map[string]any{"iat": json.Number("1.7672688e9")}, issued, at(noon(0)), ""},
		"iat as text":                  {map[string]any{"iat": "1767268800"}, issued, at(noon(0)), ""},
		"iat in milliseconds":          {map[string]any{"iat": noon(0).UnixMilli()}, issued, at(noon(0)), ""},
		"postbackTime in milliseconds": {map[string]any{"postbackTime": noon(5).UnixMilli()}, postback, at(noon(0)), ""},
		"postbackTime in seconds":      {map[string]any{"postbackTime": noon(0).Unix()}, postback, at(noon(0)), ""},
		"postbackTime as ISO text":     {map[string]any{"postbackTime": "2026-01-01T12:00:00.250Z"}, postback, at(noon(250 * time.Millisecond)), ""},
		"postbackTime as digits":       {map[string]any{"postbackTime": "1767268800000"}, postback, at(noon(0)), ""},
		"an offset without a colon":    {map[string]any{"payDate": "2026-01-01T15:00:00+0300"}, paid, at(noon(0)), ""},
		"a space for T":                {map[string]any{"payDate": "2026-01-01 12:00:00"}, paid, at(noon(0)), ""},
		"a date in seconds":            {map[string]any{"payDate": noon(0).Unix()}, paid, at(noon(0)), ""},
		"a leap second":                {map[string]any{"payDate": "2026-01-01T11:59:60Z"}, paid, at(noon(0)), ""},
		"a date that is none":          {map[string]any{"payDate": "yesterday"}, paid, avro.Optional[time.Time]{}, "payDate"},
		"amount 58500.0":               {map[string]any{"amount": json.Number("58500.0")}, minor, amount(58500), ""},
		"amount as text":               {map[string]any{"amount": "58500"}, minor, amount(58500), ""},
		"amount 5.85e4":                {map[string]any{"amount": json.Number("5.85e4")}, minor, amount(58500), ""},
		"commission no number":         {map[string]any{"paymentCommission": "some"}, minor, amount(100000), "paymentCommission"},
		"paymentAmount no number":      {map[string]any{"paymentAmount": "some"}, minor, amount(100000), "paymentAmount"},
		"iat beside postbackTime":      {map[string]any{"iat": "soon", "postbackTime": noon(0).Unix()}, postback, at(noon(0)), "iat"},
		"externalId a number":          {map[string]any{"externalId": 17}, func(p *avro.UAPAYPayment) any { return p.ExternalID }, avro.Some("17"), ""},
		"externalId an object":         {map[string]any{"externalId": map[string]any{"a": 1}}, minor, amount(100000), "externalId"},
		"a card a number":              {map[string]any{"cardFromMasked": 4111111111}, minor, amount(100000), ""},
		"PHP's empty confirmation":     {map[string]any{"confirmation": []any{}}, func(p *avro.UAPAYPayment) any { return p.HasConfirmation }, false, ""},
		"a confirmation":               {map[string]any{"confirmation": map[string]any{"type": "3DS"}}, func(p *avro.UAPAYPayment) any { return p.HasConfirmation }, true, ""},
		"extraInfo an object": {
			map[string]any{"extraInfo": map[string]any{"docId": "7"}}, func(p *avro.UAPAYPayment) any { return p.ExtraInfoFields["/docId"] }, "7", "",
		},
		"PHP's empty extraInfo": {map[string]any{"extraInfo": []any{}}, func(p *avro.UAPAYPayment) any { return len(p.ExtraInfoFields) }, 0, ""},
		"currency":              {map[string]any{"currency": "EUR"}, func(p *avro.UAPAYPayment) any { return p.Currency }, "EUR", ""},
		"currency in digits":    {map[string]any{"currency": 978}, func(p *avro.UAPAYPayment) any { return p.Currency }, "EUR", ""},
		"no currency":           {map[string]any{"currency": ""}, func(p *avro.UAPAYPayment) any { return p.Currency }, "UAH", ""},
		"another currency":      {map[string]any{"currency": "roubles"}, func(p *avro.UAPAYPayment) any { return p.Currency }, "XXX", ""},
		"currency an object":    {map[string]any{"currency": map[string]any{"code": 1}}, func(p *avro.UAPAYPayment) any { return p.Currency }, "XXX", "currency"},
		"lower case": {
			map[string]any{"status": "finished", "paymentStatus": "Payed"}, func(p *avro.UAPAYPayment) any { return p.Phase }, avro.PaymentPhasePaid, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMemory(t, func(s *source.Source) { s.PayloadFields = []string{"/docId"} })
			w := run(t, m, record(invoice(noon(0), "FINISHED", "FINISHED", test.replaced), noon(time.Second), 1))
			if w.decoded != 1 || len(w.dead) > 0 {
				t.Fatalf("%d decoded, dead letters %v, want the fact", w.decoded, w.dead)
			}
			if got := test.read(&w.lastDecoded); got != test.want {
				t.Errorf("read %v, want %v", got, test.want)
			}
			var unread []string
			for _, c := range m.Counts() {
				if c.Name == tolerance.CounterUnread {
					unread = append(unread, c.Label)
				}
			}
			if want := slices.DeleteFunc([]string{test.unread}, func(s string) bool { return s == "" }); !slices.Equal(unread, want) {
				t.Errorf("counted as left empty: %q, want %q", unread, want)
			}
		})
	}
}
