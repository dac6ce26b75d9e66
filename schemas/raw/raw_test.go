package raw_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/schemas/raw"
)

// TestRoundTrip: what ingest writes is what the processor reads.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	text := rapid.StringN(0, 8, -1)
	rapid.Check(t, func(t *rapid.T) {
		items := rapid.IntRange(1, 1000).Draw(t, "items")
		want := raw.Envelope{
			Source:      rapid.StringN(1, 8, -1).Draw(t, "source"),
			Provider:    rapid.SampledFrom([]string{raw.ProviderLOX24, raw.ProviderUAPAY, raw.ProviderVoximplant, raw.ProviderUnibell}).Draw(t, "provider"),
			Assurance:   raw.AssuranceSignedID,
			SecretID:    text.Draw(t, "secret_id"),
			RequestID:   text.Draw(t, "request_id"),
			ReceivedAt:  time.UnixMilli(rapid.Int64Range(0, 4_102_444_800_000).Draw(t, "received_at")).UTC(),
			Kind:        rapid.SampledFrom([]string{raw.KindWebhook, raw.KindRelayRequest, raw.KindRelayAnswer}).Draw(t, "kind"),
			Item:        rapid.IntRange(0, items-1).Draw(t, "item"),
			Items:       items,
			Status:      rapid.SampledFrom([]int{0, 200, 503}).Draw(t, "status"),
			ContentType: text.Draw(t, "content_type"),
			Traceparent: text.Draw(t, "traceparent"),
		}
		before := raw.Header{Key: "theirs", Value: []byte("x")}
		headers := raw.Append([]raw.Header{before}, &want)
		if diff := cmp.Diff(before, headers[0]); diff != "" {
			t.Fatalf("Append() changed what was there (-want +got):\n%s", diff)
		}
		got, err := raw.Parse(headers)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("Parse(Append()) (-want +got):\n%s", diff)
		}
	})
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	good := raw.Envelope{Source: "shop", Provider: raw.ProviderLOX24, ReceivedAt: time.UnixMilli(1).UTC()}
	with := func(key, value string) []raw.Header {
		return append(raw.Append[raw.Header](nil, &good), raw.Header{Key: key, Value: []byte(value)})
	}
	tests := map[string][]raw.Header{
		"nothing":                    nil,
		"no source":                  raw.Append[raw.Header](nil, &raw.Envelope{Provider: raw.ProviderLOX24, ReceivedAt: good.ReceivedAt}),
		"no provider":                raw.Append[raw.Header](nil, &raw.Envelope{Source: "shop", ReceivedAt: good.ReceivedAt}),
		"a status that is no number": with(raw.HeaderStatus, "ok"),
		"a time that is no number":   with(raw.HeaderReceivedAt, "today"),
	}
	for name, headers := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := raw.Parse(headers); !errors.Is(err, raw.ErrHeader) {
				t.Errorf("Parse() = %v, want %v", err, raw.ErrHeader)
			}
		})
	}
	if got, err := raw.Parse(raw.Append[raw.Header](nil, &good)); err != nil || got.Kind != raw.KindWebhook || got.Items != 1 {
		t.Errorf("Parse() without the optional headers = %+v, %v", got, err)
	}
}
