package verification_test

import (
	"bufio"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stagetest"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// TestStories plays testdata/story/*.txtar: what the providers send, and every
// record that comes of it. None of them holds a code or a phone.
func TestStories(t *testing.T) {
	t.Parallel()
	stagetest.Golden(t, "story", func(t *testing.T, _, input string) []txtar.File {
		t.Helper()
		return []txtar.File{{Name: "records", Data: []byte(play(t, input))}}
	})
}

func play(t *testing.T, script string) string {
	t.Helper()
	p, out := newPipeline(t, 72*time.Hour), &printer{text: &strings.Builder{}, last: map[string]map[string]string{}}
	lines := bufio.NewScanner(strings.NewReader(script))
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fmt.Fprintf(out.text, "> %s\n", line)
		words := strings.Fields(line)
		var outputs []stage.Output
		if words[1] == "clock" {
			outputs = p.advance(t, offset(t, words[0]))
		} else {
			outputs = p.feed(t, parse(t, words))
		}
		for i := range outputs {
			out.show(t, &outputs[i])
			guard(t, &outputs[i])
		}
	}
	return out.text.String()
}

// The secrets of the stories.
const (
	code   = "739125"
	phone  = "+4915112345678"
	caller = "79261234567"
	called = "74951234567"
)

// guard fails if an output that is not restricted holds a secret.
func guard(tb testing.TB, o *stage.Output) {
	tb.Helper()
	topic, _ := schemas.Find(o.Topic)
	if topic.Format == schemas.FormatRaw {
		// A dead letter is the record as it came; what is added to it is not.
		for _, h := range o.Headers {
			guardText(tb, o.Topic+" "+h.Key, string(h.Value))
		}
		return
	}
	guardText(tb, o.Topic, string(o.Key)+string(o.Value))
}

func guardText(tb testing.TB, where, text string) {
	tb.Helper()
	for _, secret := range []string{code, phone[1:], caller, called} {
		if strings.Contains(text, secret) {
			tb.Errorf("%s holds a code or a phone", where)
		}
	}
}

// parse reads a line of a story:
//
//	RECEIVED lox24 EVENT [KEY=VALUE ...]
//	RECEIVED request|answer|status [KEY=VALUE ...]
//	RECEIVED raw TOPIC KEY BODY
//
// where times are offsets from noon.
func parse(t *testing.T, words []string) stage.Input {
	t.Helper()
	at := offset(t, words[0])
	values := map[string]string{}
	for _, word := range words[2:] {
		key, value, _ := strings.Cut(word, "=")
		values[key] = value
	}
	switch words[1] {
	case "lox24":
		return lox24Record(t, at, words[2], values)
	case "request", "answer", "status":
		return unibellRecord(t, at, words[1], values)
	default:
		return record(words[2], words[3], raw.Envelope{ReceivedAt: at, ContentType: "application/json"}, strings.Join(words[4:], " "))
	}
}

// noon is where the stories' times begin.
func noon(after time.Duration) time.Time {
	return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Add(after)
}

func offset(tb testing.TB, s string) time.Time {
	tb.Helper()
	d, err := time.ParseDuration(s)
	if err != nil {
		tb.Fatal(err)
	}
	return noon(d)
}

// record makes a raw record of a source named as its provider's shop.
func record(topic, key string, e raw.Envelope, body string) stage.Input {
	e.Provider, _, _ = strings.Cut(strings.TrimPrefix(topic, "raw."), ".")
	if e.Source == "" {
		e.Source = "shop-" + e.Provider
	}
	e.Assurance, e.SecretID, e.RequestID = raw.AssuranceSharedSecret, "first", "request-1"
	if e.Kind == "" {
		e.Kind = raw.KindWebhook
	}
	e.Traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	return stage.Input{Topic: topic, Key: []byte(key), Value: []byte(body), Headers: raw.Append[stage.Header](nil, &e), Timestamp: e.ReceivedAt}
}
