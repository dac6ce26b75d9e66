package uapay_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/contract"
	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/payment"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stagetest"
	"github.com/tributary-hq/tributary/processor/uapay"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/dlq"
	"github.com/tributary-hq/tributary/schemas/raw"
	"github.com/tributary-hq/tributary/schemas/wire"
)

const paymentID = "61b9a5d5-d429-48fa-b01c-2f8dc75f2023"

func noon(after time.Duration) time.Time {
	return time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC).Add(after)
}

// invoice returns the seed's invoice callback with some claims replaced; nil takes
// one away.
func invoice(at time.Time, status, paymentStatus string, replaced map[string]any) map[string]any {
	claims := map[string]any{
		"paymentId": paymentID, "invoiceId": "1cfdea43-10f0-40c8-9fe8-55d38f48b9bc", "externalId": "order-17",
		"paymentNumber": 249503, "cardFromMasked": "4111111111", "cardToMasked": nil, "cardFromHolderName": "CARDHOLDER NAME",
		"amount": 100000, "reversalAmount": 0, "status": status, "type": "PAY", "systemType": "ECOM", "paymentStatus": paymentStatus,
		"receiptPath": "https://example.com/receipt.pdf", "extraInfo": `{"docId":"0994780402","order":17}`,
		"createDate": "2026-01-01T11:59:00.000Z", "iat": at.Unix(),
	}
	maps.Copy(claims, replaced)
	return claims
}

// body signs nothing: ingest has verified the records that the stage reads.
func body(claims map[string]any) []byte {
	payload, err := json.Marshal(claims)
	if err != nil {
		payload = []byte(err.Error()) // refused by whatever reads it
	}
	encode := base64.RawURLEncoding.EncodeToString
	return fmt.Appendf(nil, `{"token":"%s.%s.%s"}`, encode([]byte(`{"alg":"HS256","typ":"JWT"}`)), encode(payload), encode(make([]byte, 32)))
}

func record(claims map[string]any, received time.Time, offset int64) stage.Input {
	return rawRecord(body(claims), received, offset)
}

func rawRecord(value []byte, received time.Time, offset int64) stage.Input {
	e := raw.Envelope{
		Source: "shop", Provider: raw.ProviderUAPAY, Assurance: raw.AssuranceSignedBody, SecretID: "k1", RequestID: fmt.Sprint("r", offset),
		ReceivedAt: received, Kind: raw.KindWebhook, Items: 1, ContentType: "application/json",
	}
	return stage.Input{Topic: "raw.uapay.v1", Offset: offset, Key: []byte("uapay:" + paymentID), Value: value, Headers: raw.Append[stage.Header](nil, &e), Timestamp: received}
}

func newMemory(tb testing.TB, configure func(*source.Source)) *enginetest.Driver {
	tb.Helper()
	pseudonyms := stagetest.Pseudonyms(tb, "a-key-of-16-or-more")
	src := source.Source{ID: "shop", Provider: raw.ProviderUAPAY}
	if configure != nil {
		configure(&src)
	}
	return memoryOf(tb, uapay.New(payment.DefaultConfig(), source.NewSet([]source.Source{src}), pseudonyms))
}

func memoryOf(tb testing.TB, tested *uapay.Stage) *enginetest.Driver {
	tb.Helper()
	m, err := enginetest.NewDriver(enginetest.DriverConfig{
		Topics: contract.TestTopics, Namespace: contract.Namespace,
		Name: uapay.Name, Stage: tested, DeadLetter: schemas.DeadLetterUAPAY,
		Outputs:           []string{schemas.DecodedUAPAYPayment, schemas.EnrichedPayments, schemas.FactsMoney, schemas.Duplicates, schemas.InternalJourney},
		WatermarkInterval: 1000 * time.Hour,
	})
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// told holds the final snapshots and the counts of the outputs of a history.
type told struct {
	payment          avro.PaymentSnapshot
	journeys         map[string]avro.JourneyInput
	decoded, repeats int
	dead             []string
	ended            bool
	outputs          []stage.Output
	removals         int
	lastDecoded      avro.UAPAYPayment
	paymentsTold     int
	movements        map[string]avro.Movement
}

func (w *told) take(tb testing.TB, outputs []stage.Output) {
	tb.Helper()
	w.outputs = append(w.outputs, outputs...)
	for _, out := range outputs {
		var err error
		switch {
		case out.Topic == schemas.DeadLetterUAPAY:
			for _, h := range out.Headers {
				if h.Key == dlq.HeaderCause || h.Key == dlq.HeaderDetail {
					w.dead = append(w.dead, string(h.Value))
				}
			}
		case out.Topic == schemas.EnrichedPayments && out.Value == nil:
			w.ended = true
		case out.Topic == schemas.EnrichedPayments:
			w.paymentsTold++
			err = w.payment.DecodeAvro(out.Value[wire.HeaderSize:])
		case out.Topic == schemas.FactsMoney && out.Value == nil:
			if _, there := w.movements[string(out.Key)]; !there {
				tb.Errorf("a tombstone for %s, which is not there", out.Key)
			}
			delete(w.movements, string(out.Key))
		case out.Topic == schemas.FactsMoney:
			err = w.movement(string(out.Key), out.Value[wire.HeaderSize:])
		case out.Topic == schemas.DecodedUAPAYPayment:
			w.decoded++
			err = w.lastDecoded.DecodeAvro(out.Value[wire.HeaderSize:])
		case out.Topic == schemas.Duplicates:
			w.repeats++
		case out.Topic == schemas.InternalJourney:
			var in avro.JourneyInput
			err = in.DecodeAvro(out.Value[wire.HeaderSize:])
			if in.Kind == avro.JourneyInputKindRemoval {
				w.removals++
			}
			if in.Kind != avro.JourneyInputKindClock {
				w.journeys[string(out.Key)] = in
			}
		}
		if err != nil {
			tb.Fatalf("decode %s: %v", out.Topic, err)
		}
	}
}

func run(tb testing.TB, m *enginetest.Driver, records ...stage.Input) *told {
	tb.Helper()
	w := &told{journeys: map[string]avro.JourneyInput{}, movements: map[string]avro.Movement{}}
	for _, r := range records {
		out, err := m.Feed(r)
		if err != nil {
			tb.Fatal(err)
		}
		w.take(tb, out)
	}
	return w
}
