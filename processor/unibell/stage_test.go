package unibell_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/unibell"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// TestCorrelation: an id inside the reference, none where ingest made it, whichever
// fact of it comes first.
func TestCorrelation(t *testing.T) {
	t.Parallel()
	m := newMemory(t, config(t))
	feed := func(in stage.Input) *avro.UnibellCall {
		outputs, err := m.Feed(in)
		if err != nil {
			t.Fatal(err)
		}
		return decoded(t, outputs)
	}
	made := stage.Header{Key: raw.HeaderReferenceMade, Value: []byte("true")}
	if got := feed(input(raw.KindRelayRequest, "shop", "made-1", "", `{"reference":"made-1","sourceAddr":"`+caller+`"}`, 0, made)); !got.ReferenceMade || len(got.CorrelationIDs) != 0 {
		t.Errorf("a made reference: %+v", got)
	}
	if got := feed(input(raw.KindWebhook, "shop", "made-1", "", `{"reference":"made-1","status":"DELIVERED"}`, 0)); !got.ReferenceMade || len(got.CorrelationIDs) != 0 {
		t.Errorf("a status of a made reference: %+v", got)
	}
	if got := feed(input(raw.KindRelayRequest, "json", `{"order":17}`, "", `{}`, 0)); len(got.CorrelationIDs) != 1 || got.CorrelationIDs[0] != "17" {
		t.Errorf("correlation ids = %v, want 17", got.CorrelationIDs)
	}
	long := input(raw.KindRelayRequest, "shop", "", "", `{}`, 0)
	long.Key = []byte("unibell:sha256:00ff")
	if got := feed(long); len(got.CorrelationIDs) != 0 || got.VerificationID.Value != "unibell:shop:unibell:sha256:00ff" {
		t.Errorf("a reference that could not be a key: %+v", got)
	}
}

// TestRefused: the error of a record that can never be handled has the reason and nothing of the record.
func TestRefused(t *testing.T) {
	t.Parallel()
	const form = "application/x-www-form-urlencoded"
	made := map[string]struct {
		in    stage.Input
		cause stage.Cause
	}{
		"no ids":              {input(raw.KindWebhook, "shop", "r", "", `{"status":"DELIVERED"}`, 0), stage.CauseSchemaMismatch},
		"no status":           {input(raw.KindWebhook, "shop", "r", "", `{"reference":"r"}`, 0), stage.CauseSchemaMismatch},
		"status is an object": {input(raw.KindWebhook, "shop", "r", "", `{"reference":"r","status":{"x":"`+code+`"}}`, 0), stage.CauseSchemaMismatch},
		"two references":      {input(raw.KindWebhook, "shop", "r", "", `{"reference":"r","reference":"s","status":"NEW"}`, 0), stage.CauseSchemaMismatch},
		"two in a form":       {input(raw.KindWebhook, "shop", "r", form, "reference=r&reference=s&status=NEW", 0), stage.CauseSchemaMismatch},
		"half a letter":       {input(raw.KindWebhook, "shop", "r", "", `{"reference":"r\ud800","status":"NEW"}`, 0), stage.CauseSchemaMismatch},
		"a cut letter":        {input(raw.KindWebhook, "shop", "r", "", "{\"reference\":\"r\xd0\",\"status\":\"NEW\"}", 0), stage.CauseUndecodable},
		"broken form":         {input(raw.KindWebhook, "shop", "r", form, "reference=%zz"+code, 0), stage.CauseUndecodable},
		"form not UTF-8":      {input(raw.KindWebhook, "shop", "r", form, "reference=%ff&status=NEW", 0), stage.CauseUndecodable},
		"control characters":  {input(raw.KindWebhook, "shop", "r", "", `{"reference":"a\u0000b","status":"NEW"}`, 0), stage.CauseSchemaMismatch},
		"another kind":        {input("postcard", "shop", "r", "", `{}`, 0), stage.CauseUnknownType},
		"no headers":          {stage.Input{Value: []byte("{}")}, stage.CauseUndecodable},
	}
	for name, test := range made {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := unibell.New(config(t)).Decode(&test.in)
			var permanent *stage.PermanentError
			if !errors.As(err, &permanent) || permanent.Cause != test.cause {
				t.Errorf("Decode() = %v, want %s", err, test.cause)
			}
			if strings.Contains(err.Error(), code) {
				t.Errorf("the error tells a value: %v", err)
			}
		})
	}
}

func TestValidateReportsAll(t *testing.T) {
	t.Parallel()
	err := (&unibell.Config{}).Validate()
	for _, want := range []string{"span", "retention", "call_partitions", "sources"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Validate() = %v, want it to name %s", err, want)
		}
	}
}

// TestCallsUnderOneReference: three calls under one reference are three facts, with
// three answers; a record that comes twice is a repeat.
func TestCallsUnderOneReference(t *testing.T) {
	t.Parallel()
	m := newMemory(t, config(t))
	facts, repeats := 0, 0
	for range 2 {
		for _, id := range []string{"a", "b", "c"} {
			for _, in := range []stage.Input{
				input(raw.KindRelayRequest, "shop", "r", "application/json", `{"reference":"r","sourceAddr":"79261234567","destAddr":"74951234567","code":"1234"}`, 0),
				input(raw.KindRelayAnswer, "shop", "r", "application/json", `{"status":"ok","requestId":"p"}`, 200),
			} {
				in.Headers = append(in.Headers, stage.Header{Key: raw.HeaderRequestID, Value: []byte(id)})
				outputs, err := m.Feed(in)
				if err != nil {
					t.Fatal(err)
				}
				for i := range outputs {
					switch outputs[i].Topic {
					case schemas.DecodedUnibellCall:
						facts++
					case schemas.Duplicates:
						repeats++
					}
				}
			}
		}
	}
	if facts != 6 || repeats != 6 {
		t.Errorf("%d facts and %d repeats, want 6 and 6", facts, repeats)
	}
}
