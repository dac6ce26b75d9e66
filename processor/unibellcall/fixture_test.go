package unibellcall_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/contract"
	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/unibellcall"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

const (
	request = "unibell:shop:request:93d9"
	call    = "unibell:shop:ref-1"
)

func noon(after time.Duration) time.Time {
	return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Add(after)
}

func newMemory(t *testing.T) *enginetest.Driver {
	t.Helper()
	c := unibellcall.DefaultConfig()
	c.JourneyPartitions = 2
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	m, err := enginetest.NewDriver(enginetest.DriverConfig{
		Topics: contract.TestTopics, Namespace: contract.Namespace,
		Name: unibellcall.Name, Stage: unibellcall.New(c), DeadLetter: schemas.DeadLetterUnibellCall, Partitions: 2,
		Outputs: []string{schemas.EnrichedVerifications, schemas.FactsAttempts, schemas.InternalUnibell, schemas.InternalJourney},
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func feed(t *testing.T, m *enginetest.Driver, key string, in *avro.UnibellInput) []stage.Output {
	t.Helper()
	value, err := in.AppendAvro(wire.AppendPlaceholder(nil))
	if err != nil {
		t.Fatal(err)
	}
	outputs, err := m.Feed(stage.Input{Topic: schemas.InternalUnibell, Key: []byte(key), Value: value})
	if err != nil {
		t.Fatal(err)
	}
	return outputs
}

func clockAt(after time.Duration) *avro.UnibellInput {
	return &avro.UnibellInput{
		Kind: avro.UnibellInputKindClock, UpstreamStage: avro.Some("unibell"), UpstreamPartition: avro.Some[int32](0), Clock: avro.Some(noon(after)),
	}
}

func status(after time.Duration) *avro.UnibellInput {
	return &avro.UnibellInput{
		Kind: avro.UnibellInputKindFact, RequestKey: avro.Some(request), StatusCallback: true,
		Call: avro.Some(avro.UnibellCall{
			Origin: avro.Origin{Source: "shop", Provider: "unibell"}, ReceivedAt: noon(after), EventID: "status:93d9:DELIVERED",
			Kind: avro.UnibellCallKindStatus, CallRequestID: avro.Some("93d9"), StatusRaw: avro.Some("DELIVERED"), Status: avro.Some(avro.CallStatusDelivered),
		}),
	}
}

func topics(outputs []stage.Output) string {
	var names []string
	for i := range outputs {
		name := outputs[i].Topic + " " + string(outputs[i].Key)
		if outputs[i].Value == nil {
			name += " tombstone"
		}
		if outputs[i].Topic != schemas.InternalJourney {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}
