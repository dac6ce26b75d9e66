package processor_test

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/dlq"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// TestAuthenticButUnreadable: what ingest keeps because its sender is known, though it is
// not JSON, ends as one dead letter that says so, under whichever key, and nothing else.
func TestAuthenticButUnreadable(t *testing.T) {
	t.Parallel()
	bodies := map[string]string{
		schemas.RawLOX24:      `{"id":"e","api_version":"2022-05-25","name":"verify_code.success","created_at":1,"data":{"id":"v","payload":"MARK"}}`,
		schemas.RawUAPAY:      `{"paymentId":"v","externalId":"MARK"}`,
		schemas.RawVoximplant: `{"account_id":1,"callback_id":2,"hash":"00","type":"min_balance","x":"MARK"}`,
		schemas.RawUnibell:    `{"reference":"v","status":"MARK"}`,
	}
	keys := map[string]string{
		schemas.RawLOX24: "lox24:v", schemas.RawUAPAY: "uapay:v", schemas.RawVoximplant: "voximplant:1", schemas.RawUnibell: "unibell:shop-unibell:v",
	}
	damages := map[string]func(string) string{
		"a cut letter": func(s string) string { return strings.Replace(s, "MARK", "\xd0", 1) },
		"Latin-1":      func(s string) string { return strings.Replace(s, "MARK", "Gr\xfc\xdfe", 1) },
		"a raw tab":    func(s string) string { return strings.Replace(s, "MARK", "a\tb", 1) },
		"a mark":       func(s string) string { return "\ufeff" + s },
		"depth": func(s string) string {
			return strings.Replace(s, `"MARK"`, `"","z":`+strings.Repeat("[", 100)+strings.Repeat("]", 100), 1)
		},
		"no comma": func(s string) string { return strings.Replace(s, `,"`, `"`, 1) },
		"NaN":      func(s string) string { return strings.Replace(s, `"MARK"`, "NaN", 1) },
	}
	for topic, body := range bodies {
		for name, damage := range damages {
			value := []byte(damage(body))
			if topic == schemas.RawUAPAY {
				value = []byte(`{"token":"` + base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256"}`)) + "." + base64.RawURLEncoding.EncodeToString(value) + `.c2ln"}`)
			}
			provider := strings.Split(topic, ".")[1]
			for _, key := range []string{keys[topic], provider + ":sha256:00"} {
				var h history
				h.add(topic, key, raw.Envelope{ReceivedAt: noon(0)}, value)
				outputs, err := newPipeline(t).memory.Feed(h.records[0])
				if err != nil {
					t.Errorf("%s, %s: %v", topic, name, err)
				}
				checkDeadLetter(t, topic+", "+name+", "+key, outputs, value)
			}
		}
	}
}

// checkDeadLetter wants one dead letter with the record unchanged.
func checkDeadLetter(t *testing.T, what string, outputs []stage.Output, value []byte) {
	t.Helper()
	letters := 0
	for i := range outputs {
		o := &outputs[i]
		if !strings.HasPrefix(o.Topic, "deadletter.") {
			if strings.HasPrefix(o.Topic, "decoded.") || strings.HasPrefix(o.Topic, "enriched.") {
				t.Errorf("%s: a record in %s", what, o.Topic)
			}
			continue
		}
		letters++
		cause := ""
		for _, header := range o.Headers {
			if header.Key == dlq.HeaderCause {
				cause = string(header.Value)
			}
		}
		if !bytes.Equal(o.Value, value) || cause != string(stage.CauseUndecodable) {
			t.Errorf("%s: %q because of %q", what, o.Value, cause)
		}
	}
	if letters != 1 {
		t.Errorf("%s: %d dead letters", what, letters)
	}
}
