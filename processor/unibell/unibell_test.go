package unibell_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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

// TestAnswers: each way in which the provider is documented to answer, and the
// ways in which it does not.
func TestAnswers(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body   string
		status int
		end    string
		want   avro.CallStatus
	}{
		"ok":                  {`{"status":"ok","requestId":"93d9"}`, 200, "", avro.CallStatusAccepted},
		"Cyrillic":            {`{"status":"invalidDataError","error":"Field sourceAddr must not contain Cyrillic"}`, 200, "", avro.CallStatusRefused},
		"flash call":          {`{"requestId":"93d9","from":"7495"}`, 200, "", avro.CallStatusAccepted},
		"flash call refused":  {`{"errorCode":6,"errorReason":"Insufficient funds"}`, 403, "", avro.CallStatusRefused},
		"SMS":                 {`{"status":"Created","requestId":"11273"}`, 200, "", avro.CallStatusAccepted},
		"timeout":             {``, 0, "timeout", avro.CallStatusUnreachable},
		"HTML":                {"<html>" + code, 502, "", avro.CallStatusUnknown},
		"says nothing":        {`{"code":"` + code + `"}`, 200, "", avro.CallStatusUnknown},
		"says it oddly":       {`{"status":{"word":"ok"}}`, 200, "", avro.CallStatusUnknown},
		"another word of end": {``, 0, "weather", avro.CallStatusUnreachable},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var extra []stage.Header
			if test.end != "" {
				extra = append(extra, stage.Header{Key: raw.HeaderError, Value: []byte(test.end)})
			}
			outputs, err := newMemory(t, config(t)).Feed(input(raw.KindRelayAnswer, "shop", "ref-1", "", test.body, test.status, extra...))
			if err != nil {
				t.Fatal(err)
			}
			got := decoded(t, outputs)
			if got == nil || got.Status.Value != test.want || got.Reference.Value != "ref-1" || got.Error.Set {
				t.Errorf("decoded %+v, want %s of ref-1, without free text", got, test.want)
			}
		})
	}
}

// TestStatuses: JSON and forms, our reading of the words, the source's own.
func TestStatuses(t *testing.T) {
	t.Parallel()
	const form = "application/x-www-form-urlencoded"
	tests := map[string]struct {
		source, contentType, body string
		want                      avro.UnibellCall
	}{
		"form": {
			"shop", form, "reference=ref-1&status=UNDELIVERABLE&networkErrCode=6&imsi=250011234567890&createdDateTime=2026-03-01+14%3A59%3A00&statusDateTime=2026-03-01T14:59:30%2B03:00",
			avro.UnibellCall{
				EventID: "status:UNDELIVERABLE", StatusRaw: avro.Some("UNDELIVERABLE"), Status: avro.Some(avro.CallStatusFailed),
				NetworkErrorCode: avro.Some("6"), CallCreatedAt: avro.Some(noon(179 * time.Minute)), StatusAt: avro.Some(noon(-30 * time.Second)),
			},
		},
		"lower case": {
			"shop", "application/json", `{"reference":"ref-1","status":" delivered ","statusDateTime":"yesterday"}`,
			avro.UnibellCall{EventID: "status:DELIVERED", StatusRaw: avro.Some(" delivered "), Status: avro.Some(avro.CallStatusDelivered)},
		},
		"a word of the source's own": {
			"open", "", `{"reference":"ref-1","status":"ANSWERED","error":"why not"}`,
			avro.UnibellCall{EventID: "status:ANSWERED", StatusRaw: avro.Some("ANSWERED"), Status: avro.Some(avro.CallStatusDelivered), Error: avro.Some("why not")},
		},
		"an unknown word": {
			"open", "", `{"reference":"ref-1","status":"DELIVERED","error":null}`,
			avro.UnibellCall{EventID: "status:DELIVERED", StatusRaw: avro.Some("DELIVERED"), Status: avro.Some(avro.CallStatusUnknown)},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			outputs, err := newMemory(t, config(t)).Feed(input(raw.KindWebhook, test.source, "ref-1", test.contentType, test.body, 0))
			if err != nil {
				t.Fatal(err)
			}
			got := decoded(t, outputs)
			if got == nil {
				t.Fatal("nothing is decoded")
			}
			want := test.want
			want.Origin, want.ReceivedAt, want.Kind, want.Reference = got.Origin, got.ReceivedAt, avro.UnibellCallKindStatus, avro.Some("ref-1")
			want.VerificationID, want.CorrelationIDs = avro.Some("unibell:"+test.source+":ref-1"), []string{"ref-1"}
			if diff := cmp.Diff(&want, got); diff != "" {
				t.Errorf("decoded (-want +got):\n%s", diff)
			}
		})
	}
}

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

// TestRefused: what can never be handled says why and nothing of the record.
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

// TestStale: a status that the provider reached before the span is played again.
func TestStale(t *testing.T) {
	t.Parallel()
	outputs, err := newMemory(t, config(t)).Feed(
		input(raw.KindWebhook, "shop", "r", "", `{"reference":"r","status":"DELIVERED","statusDateTime":"2025-12-01 12:00:00"}`, 0))
	if err != nil || len(outputs) == 0 || outputs[0].Topic != schemas.DeadLetterUnibell {
		t.Errorf("Feed() = %v, %v, want a dead letter", outputs, err)
	}
}

// TestStatusComesAgain: a status is one fact however late it comes again, with a time of
// its own, with that of its call only, or without any; also when the reference has
// further facts.
func TestStatusComesAgain(t *testing.T) {
	t.Parallel()
	for name, date := range map[string]string{
		"without a time": "", "with its time": `,"statusDateTime":"2026-03-01T12:00:00Z"`, "with its call's time": `,"createdDateTime":"2026-03-01T11:59:00Z"`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMemory(t, config(t))
			ends := map[string]int{}
			feed := func(hours int, status string) {
				in := inputAt(noon(time.Duration(hours)*time.Hour), raw.KindWebhook, "shop", "r", "", `{"reference":"r","status":"`+status+`"`+date+`}`, 0)
				in.Offset = int64(hours)
				outputs, err := m.Feed(in)
				if err != nil {
					t.Fatal(err)
				}
				for i := range outputs {
					if outputs[i].Topic != schemas.InternalUnibell {
						ends[outputs[i].Topic]++
					}
				}
			}
			for _, hours := range []int{0, 80, 170} {
				feed(hours, "DELIVERED")
			}
			want := map[string]int{schemas.DecodedUnibellCall: 1, schemas.Duplicates: 2}
			if diff := cmp.Diff(want, ends); diff != "" {
				t.Errorf("records of each topic (-want +got):\n%s", diff)
			}
			if date == "" {
				return
			}
			// After the end of the entity the date shows that the status is old.
			feed(24*31, "DELIVERED")
			want[schemas.DeadLetterUnibell] = 1
			if diff := cmp.Diff(want, ends); diff != "" {
				t.Errorf("after the entity's end (-want +got):\n%s", diff)
			}
		})
	}
}

// TestForgets: what is remembered of a call is gone after the retention.
func TestForgets(t *testing.T) {
	t.Parallel()
	m := newMemory(t, config(t))
	if _, err := m.Feed(input(raw.KindWebhook, "shop", "r", "", `{"reference":"r","status":"NEW"}`, 0)); err != nil {
		t.Fatal(err)
	}
	if _, err := m.AdvanceTo(0, noon(config(t).Retention+time.Hour)); err != nil || m.Entries(0) != 0 {
		t.Errorf("%d entries are left, %v", m.Entries(0), err)
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

// FuzzDecode: any body of any kind ends in one way, and tells no code or phone
// that stands where the provider documents it.
func FuzzDecode(f *testing.F) {
	for _, body := range []string{
		`{"reference":"e0965a38ef9c72d8156d3a157a8a50d0","sourceAddr":"79261234567","destAddr":"74951234567","code":"739125"}`,
		`{"status":"ok","requestId":"93d91390d7c0b1f8de9d4cd0d7f6ea52"}`, `{"status":"invalidDataError","error":"x"}`,
		"reference=r&status=DELIVERED&sourceAddr=7495&statusDateTime=2026-03-01+12:00:00", `{"requestId":1,"status":2,"errorCode":null}`,
	} {
		for kind := range byte(3) {
			f.Add(kind, strings.HasPrefix(body, "reference="), body)
		}
	}
	c := config(f)
	f.Fuzz(func(t *testing.T, kind byte, form bool, body string) {
		kinds := []string{raw.KindWebhook, raw.KindRelayRequest, raw.KindRelayAnswer}
		contentType := "application/json"
		if form {
			contentType = "application/x-www-form-urlencoded"
		}
		outputs, err := newMemory(t, c).Feed(input(kinds[int(kind)%len(kinds)], "open", "ref-1", contentType, body, 200))
		if err != nil {
			t.Fatalf("a transient error for a record: %v", err)
		}
		ends := 0
		for i := range outputs {
			switch outputs[i].Topic {
			case schemas.DecodedUnibellCall, schemas.Duplicates, schemas.DeadLetterUnibell:
				ends++
			}
		}
		if ends != 1 {
			t.Errorf("the record ended in %d ways", ends)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	tested := unibell.New(config(b))
	in := input(raw.KindRelayRequest, "shop", "ref-1", "application/json",
		`{"reference":"ref-1","sourceAddr":"`+caller+`","destAddr":"`+called+`","code":"`+code+`"}`, 0)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tested.Decode(&in); err != nil {
			b.Fatal(err)
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
