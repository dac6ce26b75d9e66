package ingest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/ingest"
)

// TestTopicMissing: a topic that nobody made is an outage, not a loss.
func TestTopicMissing(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *ingest.Config) { c.AnswerDeadline = 300 * time.Millisecond })
	client, err := kgo.NewClient(kgo.SeedBrokers(r.broker.ListenAddrs()...))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if _, err := kadm.NewClient(client).DeleteTopics(t.Context(), "test.raw.lox24.v1"); err != nil {
		t.Fatal(err)
	}
	if a := r.post(loxPath, `{}`); a.code != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" {
		t.Errorf("%d %s", a.code, a.body)
	}
}

// TestHidden: effective settings and logs show that there is a secret, not which.
func TestHidden(t *testing.T) {
	t.Parallel()
	h := ingest.Hidden("visible")
	text, err := h.MarshalText()
	if err != nil || strings.Contains(string(text)+h.String()+h.GoString()+h.LogValue().String(), "visible") {
		t.Errorf("%s %v", text, err)
	}
}
