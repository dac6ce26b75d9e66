package unibell_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/contract"
	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stagetest"
	"github.com/tributary-hq/tributary/processor/unibell"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
	"github.com/tributary-hq/tributary/schemas/wire"
)

const (
	code   = "739125"
	caller = "79261234567"
	called = "74951234567"
)

func noon(after time.Duration) time.Time {
	return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Add(after)
}

func config(tb testing.TB) unibell.Config {
	tb.Helper()
	p := stagetest.Pseudonyms(tb, strings.Repeat("k", 32))
	c := unibell.DefaultConfig()
	c.Privacy = p
	c.Sources = source.NewSet([]source.Source{
		{ID: "shop", Provider: "unibell", StatusCallback: true},
		{ID: "open", Provider: "unibell", Expose: []string{"error"}, Statuses: map[string]string{"ANSWERED": "success"}},
		{ID: "small", Provider: "unibell", Statuses: map[string]string{"answered": "success"}},
		{ID: "json", Provider: "unibell", Correlation: []source.Correlation{{Field: "reference", Pointer: "/order"}}},
	})
	if err := c.Validate(); err != nil {
		tb.Fatal(err)
	}
	return c
}

func newMemory(tb testing.TB, c unibell.Config) *enginetest.Driver {
	tb.Helper()
	m, err := enginetest.NewDriver(enginetest.DriverConfig{
		Topics: contract.TestTopics, Namespace: contract.Namespace,
		Name: unibell.Name, Stage: unibell.New(c), DeadLetter: schemas.DeadLetterUnibell, WatermarkInterval: time.Hour,
		Outputs: []string{schemas.DecodedUnibellCall, schemas.Duplicates, schemas.InternalUnibell},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// input makes a record; ref is the raw key's reference.
func input(kind, sourceID, ref, contentType, body string, status int, extra ...stage.Header) stage.Input {
	return inputAt(noon(0), kind, sourceID, ref, contentType, body, status, extra...)
}

func inputAt(received time.Time, kind, sourceID, ref, contentType, body string, status int, extra ...stage.Header) stage.Input {
	e := raw.Envelope{
		Source: sourceID, Provider: raw.ProviderUnibell, Assurance: raw.AssuranceSharedSecret, ReceivedAt: received, Kind: kind,
		ContentType: contentType, Status: status,
	}
	return stage.Input{
		Topic: schemas.RawUnibell, Key: []byte("unibell:" + sourceID + ":" + ref), Value: []byte(body), Headers: append(raw.Append[stage.Header](nil, &e), extra...),
	}
}

// decoded returns the decoded record among outputs, nil if there is none.
func decoded(tb testing.TB, outputs []stage.Output) *avro.UnibellCall {
	tb.Helper()
	for i := range outputs {
		if outputs[i].Topic != schemas.DecodedUnibellCall {
			continue
		}
		_, b, err := wire.Parse(outputs[i].Value)
		if err != nil {
			tb.Fatal(err)
		}
		c := &avro.UnibellCall{}
		if err := c.DecodeAvro(b); err != nil {
			tb.Fatal(err)
		}
		return c
	}
	return nil
}
