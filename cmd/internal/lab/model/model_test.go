package model_test

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/lab/model"
	"github.com/tributary-hq/tributary/cmd/internal/lab/model/pseudonym"
	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

func noon(after time.Duration) time.Time {
	return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC).Add(after)
}

func newModel() *model.Model {
	return model.New(model.Settings{
		Sources: []source.Source{
			{ID: "lox24", Provider: raw.ProviderLOX24},
			{ID: "uapay", Provider: raw.ProviderUAPAY},
			{ID: "unibell", Provider: raw.ProviderUnibell, StatusCallback: true},
			{ID: "quiet", Provider: raw.ProviderUnibell},
		},
		Keys: []pseudonym.Key{{ID: "k1", Secret: []byte("first-key-of-16-or-more")}},
		Span: 72 * time.Hour, Grace: 5 * time.Minute, Least: time.Hour, Call: 5 * time.Minute, Hold: 24 * time.Hour,
		Payment: 30 * time.Minute, Verification: 30 * time.Minute,
	}, simulator.Digest)
}

// fact is a raw record of a scenario.
type fact struct {
	topic, source, kind, key, body string
	at                             time.Duration
}

func record(f *fact) *kgo.Record {
	provider := strings.Split(f.topic, ".")[1]
	e := raw.Envelope{Source: f.source, Provider: provider, Assurance: raw.AssuranceSharedSecret, ReceivedAt: noon(f.at), Kind: f.kind}
	r := &kgo.Record{Topic: f.topic, Key: []byte(f.key), Value: []byte(f.body)}
	for _, h := range raw.Append[raw.Header](nil, &e) {
		r.Headers = append(r.Headers, kgo.RecordHeader(h))
	}
	return r
}

// code is an event of LOX24 about one verification; attempts is history's JSON.
func code(at time.Duration, id, name string, status, cost int, attempts string) fact {
	return fact{
		topic: schemas.RawLOX24, source: "lox24", kind: raw.KindWebhook, key: "lox24:v1", at: at,
		body: fmt.Sprintf(`{"id":%q,"api_version":"2022-05-25","name":%q,"created_at":%d,"data":{"id":"v1","routing_strategy":[{"channel":"telegram","timeout_sec":30}],
			"status":%d,"delivered_channel":"sms","cost":%d,"payload":"o1","history":[%s]}}`, id, name, noon(at).Unix(), status, cost, attempts),
	}
}

// payment is a callback of UAPAY.
func callback(at time.Duration, id, status, paymentStatus, more string) fact {
	claims := fmt.Sprintf(`{"paymentId":%q,"externalId":"o1","amount":1000,"status":%q,"paymentStatus":%q,"iat":%d%s}`, id, status, paymentStatus, noon(at).Unix(), more)
	return fact{
		topic: schemas.RawUAPAY, source: "uapay", kind: raw.KindWebhook, key: "uapay:" + id, at: at,
		body: `{"token":"h.` + base64.RawURLEncoding.EncodeToString([]byte(claims)) + `.s"}`,
	}
}

func call(at time.Duration, from, kind, body string) fact {
	return fact{topic: schemas.RawUnibell, source: from, kind: kind, key: "unibell:" + from + ":o1", at: at, body: body}
}

// TestJourneys plays scenarios and compares their journeys a day later.
func TestJourneys(t *testing.T) {
	t.Parallel()
	failedAttempt, goodAttempt := `{"id":"a1","channel":"telegram","status":20,"processed_at":1}`, `{"id":"a2","channel":"sms","status":10,"processed_at":2}`
	success := code(time.Minute, "e2", "verify_code.success", 10, 10, failedAttempt+","+goodAttempt)
	for name, c := range map[string]struct {
		facts []fact
		want  model.Journey
	}{
		"verified after a fallback, and paid": {
			facts: []fact{code(0, "e1", "verify_code.channel.failed", 5, 5, failedAttempt), success, callback(5*time.Minute, "p1", "FINISHED", "FINISHED", "")},
			want: model.Journey{
				Refund: "NONE", FirstChannel: "TELEGRAM", LastChannel: "SMS", Switches: 1, VerificationProvider: "lox24", VerificationSource: "lox24", PaymentProvider: "uapay", PaymentSource: "uapay", EverPaid: true, VerifiedToCaptured: "240000",
				Outcome: "COMPLETE", Missing: "NONE", Verified: true, Channel: "sms", FailedAttempts: 1, Cost: 10, Paid: true, Gross: 1000, Net: 1000,
				Verifications: 1, VerificationsSucceeded: 1, Payments: 1, PaymentsPaid: 1,
			},
		},
		"verified, paid too late": {
			facts: []fact{success, callback(time.Hour, "p1", "FINISHED", "FINISHED", "")},
			want: model.Journey{
				Refund: "NONE", FirstChannel: "TELEGRAM", LastChannel: "SMS", Switches: 1, VerificationProvider: "lox24", VerificationSource: "lox24", PaymentProvider: "uapay", PaymentSource: "uapay", EverPaid: true, VerifiedToCaptured: "3540000",
				Outcome: "COMPLETE", Missing: "NONE", Late: true, Verified: true, Channel: "sms", FailedAttempts: 1, Cost: 10, Paid: true, Gross: 1000, Net: 1000,
				Verifications: 1, VerificationsSucceeded: 1, Payments: 1, PaymentsPaid: 1,
			},
		},
		"verified, never paid": {
			facts: []fact{success},
			want: model.Journey{
				Refund: "NONE", FirstChannel: "TELEGRAM", LastChannel: "SMS", Switches: 1, VerificationProvider: "lox24", VerificationSource: "lox24",
				Outcome: "VERIFIED_NOT_PAID", Missing: "PAYMENT", Verified: true, Channel: "sms", FailedAttempts: 1, Cost: 10, Verifications: 1, VerificationsSucceeded: 1,
			},
		},
		"never verified": {
			facts: []fact{code(0, "e1", "verify_code.channel.sent", 5, 5, "")},
			want:  model.Journey{Refund: "NONE", FirstChannel: "SMS", LastChannel: "SMS", VerificationProvider: "lox24", VerificationSource: "lox24", Outcome: "VERIFICATION_EXPIRED", Missing: "NONE", Expired: true, Cost: 5, Verifications: 1, VerificationsExpired: 1},
		},
		"refunded in parts": {
			facts: []fact{
				callback(0, "p1", "FINISHED", "FINISHED", ""), callback(time.Minute, "p1", "FINISHED", "FINISHED", `,"reversalAmount":300`),
				callback(2*time.Minute, "p1", "REVERSED", "REVERSED", `,"reversalAmount":1000`),
			},
			want: model.Journey{
				PaymentProvider: "uapay", PaymentSource: "uapay",
				Outcome: "REFUNDED", Missing: "VERIFICATION", EverPaid: true, Refund: "FULL", Gross: 1000, Refunded: 1000, Payments: 1, PaymentsRefunded: 1,
			},
		},
		"held too long": {
			facts: []fact{callback(-25*time.Hour, "p1", "PAID", "HOLDED", "")},
			want:  model.Journey{Refund: "NONE", PaymentProvider: "uapay", PaymentSource: "uapay", Outcome: "HELD", Missing: "VERIFICATION", Held: true, HeldAmount: 1000, HoldOverdue: true, Payments: 1, PaymentsHeld: 1},
		},
		"paid and refused, backwards": {
			facts: []fact{callback(0, "p1", "FINISHED", "FINISHED", ""), callback(time.Minute, "p1", "CANCELED", "REJECTED", "")},
			want: model.Journey{
				Refund: "NONE", PaymentProvider: "uapay", PaymentSource: "uapay", EverPaid: true,
				Outcome: "PAID_NOT_VERIFIED", Missing: "VERIFICATION", Paid: true, Gross: 1000, Net: 1000, Conflict: true, Regression: true, Payments: 1, PaymentsPaid: 1,
			},
		},
		"a call known by its request": {
			facts: []fact{
				call(0, "unibell", raw.KindRelayRequest, `{"reference":"o1"}`), call(0, "unibell", raw.KindRelayAnswer, `{"status":"ok","requestId":"r1"}`),
				call(time.Minute, "unibell", raw.KindWebhook, `{"requestId":"r1","status":"DELIVERED"}`),
			},
			want: model.Journey{
				Refund: "NONE", FirstChannel: "CALL", LastChannel: "CALL", VerificationProvider: "unibell", VerificationSource: "unibell",
				Outcome: "VERIFIED_NOT_PAID", Missing: "PAYMENT", Verified: true, Channel: "call", Verifications: 1, VerificationsSucceeded: 1,
			},
		},
		"a call of which nothing is told": {
			facts: []fact{call(0, "quiet", raw.KindRelayRequest, `{"reference":"o1"}`), call(0, "quiet", raw.KindRelayAnswer, `{"status":"ok","requestId":"r1"}`)},
			want:  model.Journey{Refund: "NONE", FirstChannel: "CALL", LastChannel: "CALL", VerificationProvider: "unibell", VerificationSource: "quiet", Outcome: "UNKNOWN", Missing: "NONE", Verifications: 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			forward, backward := newModel(), newModel()
			for i := range c.facts {
				for m, f := range map[*model.Model]*fact{forward: &c.facts[i], backward: &c.facts[len(c.facts)-1-i]} {
					if err := m.Add(f.topic, record(f)); err != nil {
						t.Fatal(err)
					}
				}
			}
			now := noon(24 * time.Hour)
			if diff := cmp.Diff(map[string]*model.Journey{"o1": &c.want}, forward.Journeys(now, now)); diff != "" {
				t.Errorf("journeys (-want +got):\n%s", diff)
			}
			if got := model.Compare("journey", forward.Journeys(now, now), backward.Journeys(now, now)); got.Different != 0 {
				t.Errorf("the order of arrival matters: %v", got.Differences)
			}
		})
	}
}

// TestExpected counts what must become of records.
func TestExpected(t *testing.T) {
	t.Parallel()
	m := newModel()
	stale := callback(-80*24*time.Hour, "p2", "FINISHED", "FINISHED", "")
	stale.at = 0
	resigned := callback(0, "p1", "FINISHED", "FINISHED", "")
	resigned.body = callback(time.Minute, "p1", "FINISHED", "FINISHED", "").body
	unknown, version := code(0, "e9", "sms.unheard", 5, 0, ""), code(0, "e8", "verify_code.success", 10, 1, "")
	version.body = strings.Replace(version.body, "2022-05-25", "2099-01-01", 1)
	for _, f := range []fact{
		callback(0, "p1", "FINISHED", "FINISHED", ""), resigned, stale,
		code(0, "e1", "verify_code.success", 10, 1, ""), code(0, "e1", "verify_code.success", 10, 1, ""), unknown, version,
	} {
		if err := m.Add(f.topic, record(&f)); err != nil {
			t.Fatal(err)
		}
	}
	want := map[string]model.Expected{
		"uapay": {Raw: 3, Decoded: 1, Duplicates: 1, DeadLetters: 1}, "lox24": {Raw: 4, Decoded: 2, Duplicates: 1, DeadLetters: 1},
	}
	for provider, w := range want {
		got := m.Expected(provider)
		got.Digest = 0
		if got != w {
			t.Errorf("Expected(%s) = %+v, want %+v", provider, got, w)
		}
	}
}

// TestUndecided: of a deadline that is about now nothing is claimed.
func TestUndecided(t *testing.T) {
	t.Parallel()
	m := newModel()
	f := code(0, "e2", "verify_code.success", 10, 10, "")
	if err := m.Add(f.topic, record(&f)); err != nil {
		t.Fatal(err)
	}
	for after, want := range map[time.Duration]bool{10 * time.Minute: false, 31 * time.Minute: true, 2 * time.Hour: false} {
		if got := m.Journeys(noon(after-5*time.Minute), noon(after))["o1"].Undecided; got != want {
			t.Errorf("after %v: undecided = %v, want %v", after, got, want)
		}
	}
}

// TestCompare: every difference is reported.
func TestCompare(t *testing.T) {
	t.Parallel()
	want := map[string]*model.Journey{"a": {Paid: true}, "b": {}, "c": {Undecided: true}, "d": {Cost: 5}}
	got := map[string]*model.Journey{"a": {}, "d": {Cost: 5}, "e": {}}
	c := model.Compare("journey", want, got)
	if c.Equal != 1 || c.Different != 3 || c.Undecided != 1 {
		t.Errorf("Compare() = %+v", c)
	}
	var text strings.Builder
	for _, d := range c.Differences {
		text.WriteString(d.String() + "\n")
	}
	const lines = "journey a: Paid is true by the model, false by the processor\n" +
		"journey b: the journey is there by the model, absent by the processor\n" +
		"journey e: the journey is absent by the model, there by the processor\n"
	if diff := cmp.Diff(lines, text.String()); diff != "" {
		t.Errorf("differences (-want +got):\n%s", diff)
	}
}

// TestAccount: an account adds up or not.
func TestAccount(t *testing.T) {
	t.Parallel()
	for n, a := range map[string]model.Account{"yes": {Raw: 6, Decoded: 1, Duplicates: 2, DeadLetters: 3}, "no": {Raw: 6, Decoded: 6, Duplicates: 1}} {
		if got := strconv.FormatBool(a.AddsUp()); got != map[string]string{"yes": "true", "no": "false"}[n] {
			t.Errorf("AddsUp() of %+v = %s", a, got)
		}
	}
}
