package ingest_test

import (
	"context"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/fx"
	"go.uber.org/fx/fxtest"

	"github.com/tributary-hq/tributary/ingest"
)

// TestHangup: SIGHUP reads the sources again in the running app.
func TestHangup(t *testing.T) {
	t.Parallel()
	cfg := ingest.DefaultConfig()
	cfg.Listen = "127.0.0.1:0"
	cfg.Sources = testSources("http://127.0.0.1:1")
	read := make(chan struct{}, 1)
	deps := ingest.Deps{
		Kafka: []kgo.Opt{kgo.SeedBrokers("127.0.0.1:1")},
		Sources: func(context.Context) ([]ingest.Source, error) {
			read <- struct{}{}
			return testSources("http://127.0.0.1:1"), nil
		},
	}
	app := fxtest.New(t, fx.NopLogger, fx.Supply(cfg, deps), ingest.Module())
	app.RequireStart()
	if err := syscall.Kill(syscall.Getpid(), syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	select {
	case <-read:
	case <-time.After(10 * time.Second):
		t.Error("the sources were not read")
	}
	app.RequireStop()
}

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
