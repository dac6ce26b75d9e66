package payment_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/contract"
	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/payment"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// TestChaos: aborted transactions, crashes and interleavings of partitions change neither
// outputs nor state of a payment stage.
func TestChaos(t *testing.T) {
	t.Parallel()
	sources := source.NewSet([]source.Source{{ID: "branch", Provider: "bank"}})
	config := payment.DefaultConfig()
	config.Hold = time.Hour
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	var inputs []stage.Input
	for n := range 60 {
		partition := int32(n % 2)
		line := []string{"%d held 300 order-17", "broken", "%[1]d paid 300 order-17", "%d refunded 300 order-18", "1 held 300 order-17"}[n%5]
		if n%5 != 1 && n%5 != 4 {
			line = fmt.Sprintf(line, n)
		}
		inputs = append(inputs, stage.Input{
			Topic: "raw.bank.v1", Partition: partition, Offset: int64(n / 2), Key: fmt.Append(nil, "bank:p", partition, n%3), Value: []byte(line),
			Timestamp: start.Add(time.Duration(n) * 20 * time.Minute),
		})
	}
	enginetest.Chaos(t, enginetest.ChaosConfig{
		Stage: func() stage.Stage {
			return &bank{Stage: payment.New(payment.Provider{Name: "bank", KnownBy: avro.KnownByEventID, Currency: "EUR"}, config, sources), sources: sources}
		},
		Outputs:    []string{schemas.DecodedUAPAYPayment, schemas.EnrichedPayments, schemas.FactsMoney, schemas.Duplicates, schemas.InternalJourney},
		DeadLetter: schemas.DeadLetterUAPAY, Topics: contract.TestTopics, Inputs: inputs,
	})
}
