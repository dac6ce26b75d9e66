package business_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/tributary-hq/tributary/processor/business"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// tx is a transaction that is committed at once.
type tx struct {
	stage.Tx

	counted func(stage.Count)
}

func (t tx) Count(figure, source string, n int64) {
	t.counted(stage.Count{Name: figure, Label: source, N: n})
}

// TestOneVerificationMoves: a code fails by Telegram, expires, and arrives by SMS
// after all, abroad.
func TestOneVerificationMoves(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	countries := []string{"UA"}
	labels, metrics := business.NewLabels(countries), business.NewMetrics(registry, countries)
	to := tx{counted: metrics.Add("lox24", func(c stage.Count) { t.Errorf("counted %+v elsewhere", c) })}

	pending := business.Verification{Outcome: avro.VerificationOutcomePending, Country: "UA", CostMinor: 2, Currency: "EUR", Switches: 1}
	pending.Attempts.Add(avro.ChannelTelegram, avro.AttemptStatusFailed)
	expired := pending
	expired.Outcome = avro.VerificationOutcomeExpired
	arrived := expired
	arrived.Outcome, arrived.Channel, arrived.CostMinor, arrived.Country = avro.VerificationOutcomeSuccess, avro.ChannelSMS, 9, "FR"
	arrived.Attempts.Add(avro.ChannelSMS, avro.AttemptStatusSuccess)
	was := business.Verification{}
	for _, is := range []business.Verification{pending, pending, expired, arrived, arrived} {
		labels.MoveVerification(to, &was, &is)
		was = is
	}
	want := map[string]float64{
		`verifications_total{"none","UA","expired","lox24"}`: 1, `verifications_withdrawn_total{"none","UA","expired","lox24"}`: 1,
		`verifications_total{"sms","other","success","lox24"}`:               1,
		`fallback_verifications_total{"sms","other","lox24"}`:                1,
		`verification_cost_minor_total{"none","UA","EUR","lox24"}`:           2,
		`verification_cost_minor_withdrawn_total{"none","UA","EUR","lox24"}`: 2,
		`verification_cost_minor_total{"sms","other","EUR","lox24"}`:         9,
		`attempts_total{"telegram","UA","failed","lox24"}`:                   1, `attempts_withdrawn_total{"telegram","UA","failed","lox24"}`: 1,
		`attempts_total{"telegram","other","failed","lox24"}`: 1, `attempts_total{"sms","other","success","lox24"}`: 1,
	}
	if diff := cmp.Diff(want, gather(t, registry)); diff != "" {
		t.Errorf("metrics (-want +got):\n%s", diff)
	}
}

// gather returns the samples by name and the values of their labels, whose names
// are in order.
func gather(t *testing.T, registry *prometheus.Registry) map[string]float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			var values []string
			for _, l := range m.GetLabel() {
				values = append(values, `"`+l.GetValue()+`"`)
			}
			got[strings.TrimPrefix(f.GetName(), "tributary_business_")+"{"+strings.Join(values, ",")+"}"] = m.GetCounter().GetValue()
		}
	}
	return got
}

// TestMoneyAndJourneysMove: a payment is paid and given back in part, its journey is
// complete and then not.
func TestMoneyAndJourneysMove(t *testing.T) {
	t.Parallel()
	labels, sums := business.NewLabels(nil), map[string]int64{}
	to := tx{counted: func(c stage.Count) {
		n := c.N
		if c.Name == business.CounterWithdrawn {
			n = -n
		}
		if sums[c.Label] += n; sums[c.Label] == 0 {
			delete(sums, c.Label)
		}
	}}
	snapshot := avro.PaymentSnapshot{Phase: avro.PaymentPhasePending, Currency: "UAH"}
	was := business.Payment{}
	for _, phase := range []avro.PaymentPhase{avro.PaymentPhasePending, avro.PaymentPhasePaid, avro.PaymentPhaseRefunded} {
		if snapshot.Phase = phase; phase == avro.PaymentPhasePaid {
			snapshot.GrossMinor = 500
		}
		is := business.PaymentOf(&snapshot)
		labels.MovePayment(to, &was, &is)
		was = is
	}
	snapshot.RefundedMinor = 200
	is := business.PaymentOf(&snapshot)
	labels.MovePayment(to, &was, &is)
	// A hold that was released was never paid.
	released := avro.PaymentSnapshot{Phase: avro.PaymentPhaseRefunded, AmountMinor: avro.Some[int64](500), ReleasedMinor: 500, Currency: "UAH"}
	if p := business.PaymentOf(&released); p.PaidMinor != 0 || p.RefundedMinor != 0 {
		t.Errorf("a released hold: %+v, want nothing paid and nothing refunded", p)
	}
	labels.MoveJourney(to, "", avro.JourneyOutcomeInProgress)
	labels.MoveJourney(to, avro.JourneyOutcomeInProgress, avro.JourneyOutcomeComplete)
	labels.MoveJourney(to, avro.JourneyOutcomeComplete, avro.JourneyOutcomeRefunded)
	want := map[string]int64{"payments/refunded": 1, "paid_minor/UAH": 500, "refunded_minor/UAH": 200, "journeys/refunded": 1}
	if diff := cmp.Diff(want, sums); diff != "" {
		t.Errorf("in force (-want +got):\n%s", diff)
	}
}

// TestUsualBeginsAtZero: what is expected stands there before it happens, and what
// is not of the business passes by.
func TestUsualBeginsAtZero(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	metrics := business.NewMetrics(registry, business.DefaultCountries())
	metrics.ExpectVerifications("lox24", business.DefaultCountries(), avro.ChannelTelegram, avro.ChannelVoice, avro.ChannelSMS)
	metrics.ExpectVerifications("unibell", business.DefaultCountries(), avro.ChannelCall)
	metrics.ExpectMoney()
	metrics.ExpectJourneys()
	series := len(gather(t, registry))
	// Enough to look at, too few to be a burden.
	if series < 100 || series > 1000 {
		t.Errorf("%d series stand at zero", series)
	}
	var passed []stage.Count
	metrics.Add("lox24", func(c stage.Count) { passed = append(passed, c) })(stage.Count{Name: "accepted", Label: "shop", N: 2})
	if len(passed) != 1 {
		t.Errorf("passed on %+v, want the count of the ledger", passed)
	}
}

// TestNothingCounts: without labels there is nothing to do.
func TestNothingCounts(t *testing.T) {
	t.Parallel()
	var labels *business.Labels
	labels.MoveJourney(tx{}, "", avro.JourneyOutcomeComplete)
	labels.MovePayment(tx{}, &business.Payment{}, &business.Payment{Phase: avro.PaymentPhasePaid})
	labels.MoveVerification(tx{}, &business.Verification{}, &business.Verification{Outcome: avro.VerificationOutcomeSuccess})
}

func TestCountries(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		countries []string
		faults    int
	}{
		"the default": {business.DefaultCountries(), 0},
		"none":        {nil, 0},
		"wrong":       {[]string{"UA", "ua", "UA", "Ukraine"}, 3},
		"too many":    {make([]string, 51), 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			faults := 0
			if err := business.ValidateCountries(test.countries); err != nil {
				faults = len(strings.Split(err.Error(), "\n"))
			}
			if faults != test.faults {
				t.Errorf("%d faults, want %d", faults, test.faults)
			}
		})
	}
}

// BenchmarkVerification is the whole way of a usual last fact: the count and, after
// the commit, the metrics.
func BenchmarkVerification(b *testing.B) {
	countries := business.DefaultCountries()
	labels, metrics := business.NewLabels(countries), business.NewMetrics(prometheus.NewRegistry(), countries)
	var to stage.Tx = &tx{counted: metrics.Add("lox24", func(stage.Count) {})}
	pending := business.Verification{Outcome: avro.VerificationOutcomePending, Country: "UA", CostMinor: 5, Currency: "EUR"}
	arrived := pending
	arrived.Outcome, arrived.Channel = avro.VerificationOutcomeSuccess, avro.ChannelSMS
	arrived.Attempts.Add(avro.ChannelSMS, avro.AttemptStatusSuccess)
	b.ReportAllocs()
	for b.Loop() {
		labels.MoveVerification(to, &pending, &arrived)
	}
}

// BenchmarkUnchanged is a fact that changes nothing that is counted.
func BenchmarkUnchanged(b *testing.B) {
	labels := business.NewLabels(business.DefaultCountries())
	var to stage.Tx = &tx{}
	v := business.Verification{Outcome: avro.VerificationOutcomePending, Country: "UA", CostMinor: 5, Currency: "EUR"}
	w := v
	for b.Loop() {
		labels.MoveVerification(to, &v, &w)
	}
}
