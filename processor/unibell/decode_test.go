package unibell_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/unibell"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
)

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
