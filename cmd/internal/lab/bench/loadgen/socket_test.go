package loadgen_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/loadgen"
)

// post sends one request over a socket and returns status and body.
func post(ctx context.Context, address, path string, header http.Header, body []byte) (status int, answer string, err error) {
	s, err := loadgen.Dial(ctx, address)
	if err != nil {
		return 0, "", err
	}
	defer s.Close()
	var text []byte
	if status, err = s.Send(loadgen.EncodeRequest(path, header, body), &text); err != nil {
		return status, "", err
	}
	// The connection is good for another one, whose body is passed over.
	if _, err := s.Send(loadgen.EncodeRequest(path, header, body), nil); err != nil {
		return status, "", err
	}
	return status, string(text), nil
}

func TestSocket(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, r.URL.Path+" "+r.Header.Get("X-Proof")+" "+string(body))
	}))
	t.Cleanup(server.Close)
	status, answer, err := post(t.Context(), server.Listener.Addr().String(), "/v1/x", http.Header{"X-Proof": {"p"}}, []byte("body"))
	if err != nil || status != http.StatusTeapot || answer != "/v1/x p body" {
		t.Errorf("post() = %d %q, %v", status, answer, err)
	}
}

// TestSocketDialsAgain: a server that closes idle connections is sent the next request over a new one, and
// one that ends a connection without an answer is an error, not a loop.
func TestSocketDialsAgain(t *testing.T) {
	t.Parallel()
	var requests, connections atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		if r.URL.Path == "/abort" {
			panic(http.ErrAbortHandler) //nolint:forbidigo // net/http's way to end a connection
		}
	}))
	server.Config.ConnState = func(conn net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			connections.Add(1)
		case http.StateIdle:
			_ = conn.Close()
		default:
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	s, err := loadgen.Dial(t.Context(), server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for range 3 {
		if status, err := s.Send(loadgen.EncodeRequest("/", nil, []byte("x")), nil); err != nil || status != http.StatusOK {
			t.Errorf("Send() = %d, %v", status, err)
		}
	}
	if r, c := requests.Load(), connections.Load(); r != 3 || c != 3 {
		t.Errorf("%d requests over %d connections, want 3 over 3", r, c)
	}
	if _, err := s.Send(loadgen.EncodeRequest("/abort", nil, []byte("x")), nil); err == nil {
		t.Error("a connection that ends without an answer is no error")
	}
	if r := requests.Load(); r > 5 {
		t.Errorf("%d requests: the one without an answer was sent again and again", r)
	}
}

// TestSocketWaits: a server that closes a connection on which no request came is sent the first over a new one.
func TestSocketWaits(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	closed := make(chan struct{})
	var first sync.Once
	server.Config.ConnState = func(conn net.Conn, state http.ConnState) {
		if state == http.StateNew {
			first.Do(func() {
				_ = conn.Close()
				close(closed)
			})
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	s, err := loadgen.Dial(t.Context(), server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	<-closed
	if status, err := s.Send(loadgen.EncodeRequest("/", nil, []byte("x")), nil); err != nil || status != http.StatusOK {
		t.Errorf("Send() = %d, %v", status, err)
	}
}
