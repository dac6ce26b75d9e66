package console_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/console"
	"github.com/tributary-hq/tributary/cmd/internal/console/access"
	"github.com/tributary-hq/tributary/cmd/internal/console/consoletest"
	"github.com/tributary-hq/tributary/cmd/internal/console/feed"
	"github.com/tributary-hq/tributary/cmd/internal/tool/trace/tracetest"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/dlq"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// TestHostileText: whatever a webhook or a group brings is text on every page.
func TestHostileText(t *testing.T) {
	t.Parallel()
	s := tracetest.Start(t)
	client, err := kgo.NewClient(s.Kafka...)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for i, text := range consoletest.Hostile() {
		s.Verification(t, 100+i, text, 1, "channel.sent", 1)
		r := &kgo.Record{Topic: s.Names.Topic(schemas.DeadLetterLOX24), Key: []byte(text), Value: []byte(`{"` + strings.NewReplacer(`"`, `'`, `\`, `/`).Replace(text) + `":1}`)}
		for _, name := range []string{dlq.HeaderCause, dlq.HeaderDetail, dlq.HeaderStage, dlq.HeaderVersion, dlq.HeaderTopic, raw.HeaderSource, raw.HeaderRequestID} {
			r.Headers = append(r.Headers, kgo.RecordHeader{Key: name, Value: []byte(text)})
		}
		if err := client.ProduceSync(t.Context(), r).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	admin := kadm.NewClient(client)
	offsets := kadm.Offsets{}
	offsets.AddOffset(s.Names.Topic(schemas.EnrichedJourneys), 0, 0, -1)
	if err := admin.CommitAllOffsets(t.Context(), `<script>alert("a group")</script>`, offsets); err != nil {
		t.Fatal(err)
	}
	s.Run(t)
	r := start(t, s)
	r.until(t, "/readers?format=json", func(body string) bool { return strings.Contains(body, "a group") })
	paths := []string{"/flow", "/readers", "/letters", "/money", "/account", "/contract"}
	for _, text := range consoletest.Hostile() {
		paths = append(paths, "/case?"+url.Values{"id": {text}}.Encode(), "/letters/issue?"+url.Values{"provider": {"lox24"}, "stage": {text}, "cause": {text}}.Encode(),
			"/letters/letter?"+url.Values{"ref": {text}}.Encode(), "/theme?"+url.Values{"to": {text}, "back": {text}}.Encode())
	}
	for i := range consoletest.Hostile() {
		paths = append(paths, "/case?id="+url.QueryEscape(tracetest.VerificationKey(100+i)))
	}
	for _, path := range paths {
		status, body, header := r.ask(t, operator, path, nil)
		if faults := consoletest.Check(body); len(faults) > 0 {
			t.Errorf("%.100s: %d, %s", path, status, strings.Join(faults, "\n"))
		}
		if to := header.Get("Location"); to != "" && (!strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//")) {
			t.Errorf("%.100s leads to %q", path, to)
		}
	}
}

// TestKafkaAway: every page says so, at once for a person.
func TestKafkaAway(t *testing.T) {
	t.Parallel()
	s := &tracetest.Stack{Kafka: []kgo.Opt{kgo.SeedBrokers("127.0.0.1:1"), kgo.RequestRetries(0), kgo.RetryTimeout(time.Second)}}
	server, err := console.New(console.Config{
		Listen: "127.0.0.1:0", Access: access.Config{Anonymous: access.Viewer}, Feed: feed.Config{Kafka: s.Kafka, Own: map[string][]string{"lox24": {"raw.lox24.v1"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(server.Handler())
	defer func() {
		if err := server.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
		web.Close()
	}()
	r := &rig{url: web.URL, client: web.Client()}
	for _, path := range []string{"/flow", "/readers", "/letters", "/money", "/account", "/contract", "/letters/issue?provider=lox24&stage=lox24&cause=malformed"} {
		began := time.Now()
		status, body, _ := r.ask(t, "", path, nil)
		if took := time.Since(began); status != http.StatusOK || took > 3*time.Second || len(consoletest.Check(body)) > 0 {
			t.Errorf("%s = %d after %v", path, status, took)
		}
		if strings.HasPrefix(path, "/letters/") {
			r.until(t, path, func(body string) bool { return strings.Contains(body, "cannot be read or done now") })
			if status, _, _ := r.ask(t, "", path+"&format=json", nil); status != http.StatusBadGateway {
				t.Errorf("%s as JSON = %d", path, status)
			}
		} else if path != "/contract" {
			r.until(t, path, func(body string) bool { return strings.Contains(body, "Kafka is away.") })
		}
	}
}

// TestLive: a page is sent again when its numbers change.
func TestLive(t *testing.T) {
	t.Parallel()
	r := pipeline(t)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.url+"/letters", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", "text/event-stream")
	request.Header.Set("Authorization", "Bearer "+viewer)
	answer, err := r.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if kind := answer.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Fatalf("the answer is %s", kind)
	}
	go r.Webhook(t, "lox24", "lox24:poisoned-2", []byte(`{"a":"second"`))
	var text strings.Builder
	for buffer := make([]byte, 4096); !strings.Contains(text.String(), "2 dead letters wait"); {
		n, err := answer.Body.Read(buffer)
		if err != nil {
			t.Fatalf("the stream ends with %v after %s", err, text.String())
		}
		text.Write(buffer[:n])
	}
	if !strings.HasPrefix(text.String(), "event: page\ndata: <div") {
		t.Errorf("the stream begins with %.80q", text.String())
	}
}
