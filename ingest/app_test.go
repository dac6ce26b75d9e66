package ingest_test

import (
	"context"
	"io"
	"net"
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

// TestConnections: more than the limit wait until one is closed.
func TestConnections(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *ingest.Config) { c.MaxConnections = 1 })
	request := "POST " + loxPath + " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
	dial := func() net.Conn {
		conn, err := net.Dial("tcp", r.service.Addr())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		_, _ = io.WriteString(conn, request)
		return conn
	}
	buf := make([]byte, 4096)
	first := dial()
	if n, err := first.Read(buf); err != nil || !strings.HasPrefix(string(buf[:n]), "HTTP/1.1 200 ") {
		t.Fatalf("%q %v", buf[:n], err)
	}
	second := dial()
	_ = second.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if n, err := second.Read(buf); err == nil {
		t.Fatalf("a second connection was served: %q", buf[:n])
	}
	_ = first.Close()
	_ = second.SetReadDeadline(time.Now().Add(10 * time.Second))
	if n, err := second.Read(buf); err != nil || !strings.HasPrefix(string(buf[:n]), "HTTP/1.1 200 ") {
		t.Errorf("%q %v", buf[:n], err)
	}
}

// TestInFlight: a body for which there is no room is sent away, and told when to
// come again.
func TestInFlight(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *ingest.Config) { c.MaxInFlightBytes = c.MaxBodyBytes })
	conn, err := net.Dial("tcp", r.service.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, _ = io.WriteString(conn, "POST "+loxPath+" HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n")
	// The server asks for the body once it has reserved the room for it.
	buf := make([]byte, 64)
	if n, _ := conn.Read(buf); !strings.HasPrefix(string(buf[:n]), "HTTP/1.1 100") {
		t.Fatalf("%q", buf[:n])
	}
	if a := r.post(loxPath, `{}`); a.code != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" {
		t.Errorf("%d %s", a.code, a.body)
	}
	_, _ = io.WriteString(conn, "2\r\n{}\r\n0\r\n\r\n")
	text := make([]byte, 4096)
	if n, _ := conn.Read(text); !strings.HasPrefix(string(text[:n]), "HTTP/1.1 200 ") {
		t.Errorf("%q", text[:n])
	}
	if a := r.post(loxPath, `{}`); a.code != http.StatusOK {
		t.Errorf("afterwards: %d %s", a.code, a.body)
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
