package model_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/lab/model"
	"github.com/tributary-hq/tributary/cmd/internal/lab/model/pseudonym"
	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/processor/contract"
	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/journey"
	"github.com/tributary-hq/tributary/processor/lox24"
	"github.com/tributary-hq/tributary/processor/payment"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/uapay"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// delivery is a webhook of a history.
type delivery struct {
	topic, source, key string
	body               []byte
}

// relative are the times of a history: so many seconds ago, in seconds, milliseconds or
// as ISO 8601.
var relative = regexp.MustCompile(`"@(now|ms|iso)-(\d+)"`)

// history reads a history of testdata/histories as webhooks received at noon.
func history(t *testing.T, file string) (out []delivery) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "histories", file))
	if err != nil {
		t.Fatal(err)
	}
	text = relative.ReplaceAllFunc(text, func(match []byte) []byte {
		parts := relative.FindSubmatch(match)
		seconds, err := strconv.Atoi(string(parts[2]))
		if err != nil {
			t.Fatal(err)
		}
		at := noon(-time.Duration(seconds) * time.Second)
		switch string(parts[1]) {
		case "now":
			return fmt.Append(nil, at.Unix())
		case "ms":
			return fmt.Append(nil, at.UnixMilli())
		default:
			return fmt.Appendf(nil, "%q", at.Format("2006-01-02T15:04:05.000Z"))
		}
	})
	var entries []struct {
		Source string
		LOX24  json.RawMessage
		UAPAY  json.RawMessage
	}
	if err := json.Unmarshal(text, &entries); err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		var id struct {
			PaymentID string `json:"paymentId"` //nolint:tagliatelle // the provider's name
			Data      struct{ ID string }
		}
		for _, body := range []json.RawMessage{e.LOX24, e.UAPAY} {
			if err := json.Unmarshal(append([]byte{}, body...), &id); body != nil && err != nil {
				t.Fatal(err)
			}
		}
		switch {
		case e.LOX24 != nil:
			out = append(out, delivery{schemas.RawLOX24, e.Source, "lox24:" + id.Data.ID, e.LOX24})
		case e.UAPAY != nil:
			token := fmt.Appendf(nil, `{"token":"h.%s.s"}`, base64.RawURLEncoding.EncodeToString(e.UAPAY))
			out = append(out, delivery{schemas.RawUAPAY, e.Source, "uapay:" + id.PaymentID, token})
		}
	}
	return out
}

// stages are those of LOX24 and UAPAY, and the journey stage behind them.
type stages struct {
	memories map[string]*enginetest.Driver
	journeys *enginetest.Driver
	last     map[string]*model.Journey
	payments map[string]avro.PaymentSnapshot
	dead     int
}

func newStages(t *testing.T, sources []source.Source) *stages {
	t.Helper()
	pseudonyms, err := privacy.New(privacy.Config{Keys: []privacy.Key{{ID: "k1", Secret: []byte("a-key-of-16-or-more")}}})
	if err != nil {
		t.Fatal(err)
	}
	set := source.NewSet(sources)
	codes := lox24.DefaultConfig()
	codes.Sources, codes.Privacy = set, pseudonyms
	memory := func(name string, step stage.Stage, dead string, outputs ...string) *enginetest.Driver {
		m, err := enginetest.NewDriver(enginetest.DriverConfig{Topics: contract.TestTopics, Namespace: contract.Namespace, Name: name, Stage: step, DeadLetter: dead, Outputs: outputs, WatermarkInterval: 1000 * time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	return &stages{
		memories: map[string]*enginetest.Driver{
			schemas.RawLOX24: memory(lox24.Name, lox24.New(codes), schemas.DeadLetterLOX24, schemas.DecodedLOX24VerifyCode, schemas.DecodedLOX24SMS,
				schemas.EnrichedVerifications, schemas.FactsAttempts, schemas.Duplicates, schemas.InternalJourney),
			schemas.RawUAPAY: memory(uapay.Name, uapay.New(payment.DefaultConfig(), set, pseudonyms), schemas.DeadLetterUAPAY, schemas.DecodedUAPAYPayment,
				schemas.EnrichedPayments, schemas.FactsMoney, schemas.Duplicates, schemas.InternalJourney),
		},
		journeys: memory(journey.Name, journey.New(journey.DefaultConfig()), schemas.DeadLetterJourney, schemas.EnrichedJourneys),
		last:     map[string]*model.Journey{}, payments: map[string]avro.PaymentSnapshot{},
	}
}

func (s *stages) feed(t *testing.T, d *delivery, headers []stage.Header, offset int64) {
	t.Helper()
	outputs, err := s.memories[d.topic].Feed(stage.Input{
		Topic: d.topic, Offset: offset, Timestamp: noon(0), Key: []byte(d.key), Value: d.body, Headers: headers,
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range outputs {
		switch out := &outputs[i]; out.Topic {
		case schemas.DeadLetterLOX24, schemas.DeadLetterUAPAY:
			s.dead++
		case schemas.EnrichedPayments:
			var p avro.PaymentSnapshot
			if err := p.DecodeAvro(out.Value[wire.HeaderSize:]); err != nil {
				t.Fatal(err)
			}
			s.payments[p.PaymentID] = p
		case schemas.InternalJourney:
			s.tell(t, out)
		}
	}
}

func (s *stages) tell(t *testing.T, in *stage.Output) {
	t.Helper()
	outputs, err := s.journeys.Feed(stage.Input{Topic: schemas.InternalJourney, Key: slices.Clone(in.Key), Value: slices.Clone(in.Value), Timestamp: noon(0)})
	if err != nil {
		t.Fatal(err)
	}
	for i := range outputs {
		switch out := &outputs[i]; {
		case out.Topic == schemas.DeadLetterJourney:
			s.dead++
		case out.Value == nil:
			delete(s.last, string(out.Key))
		default:
			var j avro.JourneySnapshot
			if err := j.DecodeAvro(out.Value[wire.HeaderSize:]); err != nil {
				t.Fatal(err)
			}
			s.last[string(out.Key)] = model.Of(&j)
		}
	}
}

// permutations calls yield with every order of 0 to n-1.
func permutations(n int, yield func([]int)) {
	order := make([]int, 0, n)
	var next func()
	next = func() {
		if len(order) == n {
			yield(order)
			return
		}
		for i := range n {
			if !slices.Contains(order, i) {
				order = append(order, i)
				next()
				order = order[:len(order)-1]
			}
		}
	}
	next()
}

// TestHistories plays histories that once came out wrong, in every order and with every
// webhook repeated: the stages end in what is said here, and in what the model says.
func TestHistories(t *testing.T) {
	t.Parallel()
	sources := []source.Source{{ID: "lox-a", Provider: raw.ProviderLOX24}, {ID: "ua-a", Provider: raw.ProviderUAPAY}}
	paid := model.Journey{
		Outcome: "IN_PROGRESS", Missing: "NONE", Paid: true, EverPaid: true, Refund: "NONE", Payments: 1, PaymentsPaid: 1, PaymentProvider: "uapay", PaymentSource: "ua-a",
	}
	with := func(change func(*model.Journey)) *model.Journey {
		j := paid
		change(&j)
		return &j
	}
	for file, want := range map[string]map[string]*model.Journey{
		"1-p2p-operations.json": {
			"order-1": {
				Outcome: "COMPLETE", Missing: "NONE", Verified: true, Channel: "sms", Cost: 5, Paid: true, EverPaid: true, Refund: "NONE", Gross: 1000, Net: 1000,
				Customer: "k1:d39db5c250982cdf74703a7b145ef8ec50e1d412b9a9250ba291ac561704d110", Customers: 1, Country: "DE",
				FirstChannel: "SMS", LastChannel: "SMS", VerificationProvider: "lox24", VerificationSource: "lox-a",
				PaymentProvider: "uapay", PaymentSource: "ua-a", VerifiedToCaptured: "20000",
				Verifications: 1, VerificationsSucceeded: 1, Payments: 1, PaymentsPaid: 1,
			},
			"order-2": with(func(j *model.Journey) { j.Gross, j.Net = 1000, 1000 }),
		},
		"4-iat-missing.json":     {"order-1": with(func(j *model.Journey) { j.Gross, j.Net = 100000, 100000 })},
		"7-postback-string.json": {"order-1": with(func(j *model.Journey) { j.Gross, j.Net = 1000, 1000 })},
		"9-hold-released.json": {
			"order-1": {Outcome: "RELEASED", Missing: "NONE", Released: true, Refund: "NONE", ReleasedAmount: 70000, PaymentProvider: "uapay", PaymentSource: "ua-a", Payments: 1, PaymentsReleased: 1},
		},
		"10-overflow.json": {"order-1": with(func(j *model.Journey) {
			j.Gross, j.Net, j.AmountInconsistent, j.Payments, j.PaymentsPaid = 1<<63-1, 1<<63-1, true, 2, 2
		})},
		"11-p2p-conflict-by-operation.json": {"order-1": with(func(j *model.Journey) { j.Gross, j.Net, j.Conflict = 1000, 1000, true })},
	} {
		t.Run(strings.TrimSuffix(file, ".json"), func(t *testing.T) {
			t.Parallel()
			webhooks := history(t, file)
			permutations(len(webhooks), func(order []int) {
				order = append(slices.Clone(order), order...)
				s, m := newStages(t, sources), model.New(model.Settings{
					Sources: sources, Keys: []pseudonym.Key{{ID: "k1", Secret: []byte("a-key-of-16-or-more")}},
					Span: 72 * time.Hour, Grace: 5 * time.Minute, Least: time.Hour, Hold: 7 * 24 * time.Hour, Payment: 30 * time.Minute, Verification: 30 * time.Minute,
				}, simulator.Digest)
				for offset, i := range order {
					d := &webhooks[i]
					e := raw.Envelope{
						Source: d.source, Provider: strings.Split(d.topic, ".")[1], Assurance: raw.AssuranceSharedSecret, ReceivedAt: noon(0),
						Kind: raw.KindWebhook, RequestID: "r", SecretID: "s", Items: 1, ContentType: "application/json",
					}
					headers := raw.Append[stage.Header](nil, &e)
					s.feed(t, d, headers, int64(offset))
					r := &kgo.Record{Key: []byte(d.key), Value: d.body}
					for _, h := range headers {
						r.Headers = append(r.Headers, kgo.RecordHeader(h))
					}
					if err := m.Add(d.topic, r); err != nil {
						t.Fatal(err)
					}
				}
				if diff := cmp.Diff(want, s.last); diff != "" || s.dead > 0 {
					t.Errorf("order %v: %d dead letters, journeys (-want +stages):\n%s", order, s.dead, diff)
				}
				if got := model.Compare("journey", m.Journeys(noon(0), noon(0)), maps.Clone(s.last)); got.Different > 0 {
					t.Errorf("order %v: the model says otherwise: %v", order, got.Differences)
				}
				payments := map[string]*model.Payment{}
				for id, p := range s.payments {
					payments[id] = model.PaymentOf(&p)
				}
				if got := model.Compare("payment", m.Payments(noon(0), noon(0)), payments); got.Different > 0 {
					t.Errorf("order %v: the model says otherwise: %v", order, got.Differences)
				}
				checkPayment(t, file, s.payments)
			})
		})
	}
}

// checkPayment looks at what a history says of payments alone.
func checkPayment(t *testing.T, file string, payments map[string]avro.PaymentSnapshot) {
	t.Helper()
	for _, p := range payments {
		switch file {
		case "4-iat-missing.json":
			if p.Regression || p.StatusRaw.Value != "FINISHED" {
				t.Errorf("regression %v, status %s, want none and FINISHED", p.Regression, p.StatusRaw.Value)
			}
		case "7-postback-string.json":
			if want := noon(-time.Minute); !p.LastEventAt.Value.Equal(want) {
				t.Errorf("last_event_at %v, want %v", p.LastEventAt, want)
			}
		case "9-hold-released.json":
			if p.EverPaid || p.PaidAt.Set || p.Phase != avro.PaymentPhaseReleased {
				t.Errorf("captured %v, paid_at %v, phase %s, want a hold that was released", p.EverPaid, p.PaidAt, p.Phase)
			}
			if p.GrossMinor != 0 || p.RefundedMinor != 0 || p.ReleasedMinor != 70000 {
				t.Errorf("paid %d, refunded %d, released %d, want 0, 0, 70000", p.GrossMinor, p.RefundedMinor, p.ReleasedMinor)
			}
		}
	}
}
