package payment_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/contract"
	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/payment"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/dlq"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// bank is a provider of which only the decoder is new. A callback is a line such as
// "7 paid 300 order-17": its number, the phase, the amount and the correlation id.
type bank struct {
	*payment.Stage

	sources *source.Set
}

type callback struct{ payment.Event }

func (b *bank) Decode(in *stage.Input) (stage.Event, error) {
	var number byte
	var phase, order string
	var amount int64
	if _, err := fmt.Sscan(string(in.Value), &number, &phase, &amount, &order); err != nil {
		return nil, stage.Permanentf(stage.CauseUndecodable, "not a callback")
	}
	cb := &callback{}
	cb.Key, cb.Source, cb.Provider, cb.SourceID = in.Key, b.sources.Find("branch", "bank"), "bank", "branch"
	cb.ReceivedAt, cb.EventTime, cb.EventID = in.Timestamp, in.Timestamp, strconv.Itoa(int(number))
	at := statecodec.InstantOf(in.Timestamp)
	cb.Fact = payment.Fact{
		ID: [16]byte{number}, At: at, ReceivedAt: at, Assurance: avro.AssuranceSignedBody,
		Correlations: []payment.Correlation{{Slot: "order", ID: order}},
	}
	cb.Fact.Phase = map[string]payment.Phase{"held": payment.PhaseHeld, "paid": payment.PhasePaid, "refunded": payment.PhaseRefunded}[phase]
	cb.Fact.Charged = cb.Fact.Phase == payment.PhasePaid
	cb.Fact.Texts[payment.TextSource], cb.Fact.Texts[payment.TextProviderID] = "branch", string(in.Key)
	cb.Fact.Amounts[payment.AmountPaid] = avro.Some(amount)
	cb.Decoded.Encode(schemas.DecodedUAPAYPayment, &avro.UAPAYPayment{ReceivedAt: in.Timestamp})
	return cb, nil
}

func (b *bank) Apply(tx stage.Tx, in *stage.Input, event stage.Event) error {
	cb, ok := event.(*callback)
	if !ok {
		return fmt.Errorf("an event of type %T", event)
	}
	return b.Stage.Apply(tx, in, &cb.Event)
}

// TestAnotherProvider: a provider needs only a decoder to have payments with phases, amounts,
// an overdue hold, duplicates and journeys.
func TestAnotherProvider(t *testing.T) {
	t.Parallel()
	sources := source.NewSet([]source.Source{{ID: "branch", Provider: "bank"}})
	config := payment.DefaultConfig()
	config.Hold = time.Hour
	payments := payment.New(payment.Provider{Name: "bank", KnownBy: avro.KnownByEventID, Currency: "EUR"}, config, sources)
	m, err := enginetest.NewDriver(enginetest.DriverConfig{
		Topics: contract.TestTopics, Namespace: contract.Namespace,
		Name: "bank", Stage: &bank{Stage: payments, sources: sources}, DeadLetter: schemas.DeadLetterUAPAY,
		Outputs: []string{schemas.DecodedUAPAYPayment, schemas.EnrichedPayments, schemas.FactsMoney, schemas.Duplicates, schemas.InternalJourney},
	})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	var got []string
	for n, line := range []string{"1 held 300 order-17", "broken", "1 held 300 order-17", "2 paid 300 order-17", "3 refunded 300 order-18"} {
		at := start.Add(time.Duration(n) * 50 * time.Minute)
		outputs, err := m.Feed(stage.Input{Topic: "raw.bank.v1", Offset: int64(n), Key: []byte("bank:p1"), Value: []byte(line), Timestamp: at})
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, summary(t, outputs)...)
	}
	want := []string{
		"HELD 300 EUR paid=0 overdue=false", "member of order-17", "undecodable", "repeat of 1", "HELD 300 EUR paid=0 overdue=true",
		"member of order-17", "PAID 300 EUR paid=300 overdue=false", "member of order-17", "REFUNDED 300 EUR paid=300 overdue=false",
		"not of order-17", "member of order-18",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("emitted:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// summary describes the outputs except decoded records and watermarks.
func summary(t *testing.T, outputs []stage.Output) (lines []string) {
	t.Helper()
	for _, out := range outputs {
		var err error
		switch out.Topic {
		case schemas.EnrichedPayments:
			var p avro.PaymentSnapshot
			err = p.DecodeAvro(out.Value[wire.HeaderSize:])
			lines = append(lines, fmt.Sprintf("%s %d %s paid=%d overdue=%v", p.Phase, p.AmountMinor.Value, p.Currency, p.GrossMinor, p.HoldOverdue))
		case schemas.Duplicates:
			var d avro.Duplicate
			err = d.DecodeAvro(out.Value[wire.HeaderSize:])
			lines = append(lines, "repeat of "+d.EventID)
		case schemas.InternalJourney:
			var in avro.JourneyInput
			err = in.DecodeAvro(out.Value[wire.HeaderSize:])
			switch in.Kind {
			case avro.JourneyInputKindPayment:
				lines = append(lines, "member of "+string(out.Key))
			case avro.JourneyInputKindRemoval:
				lines = append(lines, "not of "+string(out.Key))
			default:
			}
		case schemas.DeadLetterUAPAY:
			for _, h := range out.Headers {
				if h.Key == dlq.HeaderCause {
					lines = append(lines, string(h.Value))
				}
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return lines
}
