package unibell_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// TestOtherForms: a field in another form of one meaning is read; one without is left
// empty and counted, and so is a status that the source does not say the meaning of.
func TestOtherForms(t *testing.T) {
	t.Parallel()
	const form = "application/x-www-form-urlencoded"
	at := time.Date(2026, 3, 1, 11, 59, 58, 0, time.UTC)
	for name, test := range map[string]struct {
		in      stage.Input
		check   func(c *avro.UnibellCall) bool
		counted string
	}{
		"ids as numbers": {input(raw.KindWebhook, "shop", "17", "", `{"reference":17,"requestId":18,"status":"DELIVERED"}`, 0), func(c *avro.UnibellCall) bool {
			return c.Reference == avro.Some("17") && c.CallRequestID == avro.Some("18")
		}, ""},
		"status in small letters": {input(raw.KindWebhook, "shop", "r", "", `{"reference":"r","status":"delivered"}`, 0), func(c *avro.UnibellCall) bool {
			return c.Status == avro.Some(avro.CallStatusDelivered)
		}, ""},
		"configured in small letters": {input(raw.KindWebhook, "small", "r", "", `{"reference":"r","status":"ANSWERED"}`, 0), func(c *avro.UnibellCall) bool {
			return c.Status == avro.Some(avro.CallStatusDelivered)
		}, ""},
		"status nobody knows": {input(raw.KindWebhook, "shop", "r", "", `{"reference":"r","status":"ringing"}`, 0), func(c *avro.UnibellCall) bool {
			return c.Status == avro.Some(avro.CallStatusUnknown) && c.StatusRaw == avro.Some("ringing")
		}, "unknown_names status/RINGING"},
		"answer in capitals": {input(raw.KindRelayAnswer, "shop", "r", "", `{"status":"OK","requestId":"q"}`, 200), func(c *avro.UnibellCall) bool {
			return c.Status == avro.Some(avro.CallStatusAccepted)
		}, ""},
		"time with +0300": {input(raw.KindWebhook, "shop", "r", "", `{"reference":"r","status":"NEW","statusDateTime":"2026-03-01T14:59:58+0300"}`, 0), func(c *avro.UnibellCall) bool {
			return c.StatusAt == avro.Some(at)
		}, ""},
		"time in seconds": {input(raw.KindWebhook, "shop", "r", "", `{"reference":"r","status":"NEW","statusDateTime":1772366398}`, 0), func(c *avro.UnibellCall) bool {
			return c.StatusAt == avro.Some(at)
		}, ""},
		"time in words": {input(raw.KindWebhook, "shop", "r", "", `{"reference":"r","status":"NEW","statusDateTime":"noon"}`, 0), func(c *avro.UnibellCall) bool {
			return !c.StatusAt.Set
		}, "unread_fields statusDateTime"},
		"error code an object": {input(raw.KindWebhook, "shop", "r", "", `{"reference":"r","status":"NEW","errorCode":{"a":1}}`, 0), func(c *avro.UnibellCall) bool {
			return !c.ErrorCode.Set
		}, "unread_fields errorCode"},
		"two equal references": {input(raw.KindWebhook, "shop", "r", form, "reference=r&reference=r&status=NEW", 0), func(c *avro.UnibellCall) bool {
			return c.Reference == avro.Some("r")
		}, ""},
		"two names, two values": {input(raw.KindWebhook, "shop", "r", "", `{"reference":"r","status":"NEW","sourceAddr":"+4915112345678","number":"+4915112345679"}`, 0), func(c *avro.UnibellCall) bool {
			return !c.SourceAddr.Set
		}, "unread_fields sourceAddr"},
		"an answer in other words": {input(raw.KindRelayAnswer, "shop", "r", "", `{"status":{"a":1}}`, 200), func(c *avro.UnibellCall) bool {
			return c.Status == avro.Some(avro.CallStatusUnknown)
		}, "unread_fields status"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMemory(t, config(t))
			outputs, err := m.Feed(test.in)
			if err != nil {
				t.Fatal(err)
			}
			got := decoded(t, outputs)
			if got == nil || !test.check(got) {
				t.Errorf("decoded %+v", got)
			}
			counted := []string{}
			for _, c := range m.Counts() {
				counted = append(counted, c.Name+" "+c.Label)
			}
			if all := strings.Join(counted, ","); all != test.counted {
				t.Errorf("counted %q, want %q", all, test.counted)
			}
		})
	}
}
