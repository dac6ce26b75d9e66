package intake_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/ingest/intake"
)

// TestUnwatched: a connection that is not watched gives net/http's watcher nothing, and
// what the sender wrote meanwhile is not lost: requests that were sent ahead are answered.
func TestUnwatched(t *testing.T) {
	t.Parallel()
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	const requests = 50
	single := make(chan int, requests)
	server := &http.Server{ReadTimeout: 5 * time.Second, ConnContext: intake.WithConn, Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		conn := intake.ConnOf(r.Context())
		conn.Unwatch()
		defer conn.Watch()
		_, _ = io.ReadAll(r.Body)
		n, err := conn.Read(make([]byte, 1))
		if err != nil {
			t.Error(err)
		}
		single <- n
	})}
	go func() { _ = server.Serve(intake.NewConnections(inner, intake.ConnectionsConfig{Max: 2})) }()
	t.Cleanup(func() { _ = server.Close() })
	conn, err := net.Dial("tcp", inner.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if _, err := io.WriteString(conn, strings.Repeat("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}", requests)); err != nil {
		t.Fatal(err)
	}
	answers := bufio.NewReader(conn)
	for i := range requests {
		answer, err := http.ReadResponse(answers, nil)
		if err != nil {
			t.Fatalf("answer %d: %v", i, err)
		}
		_ = answer.Body.Close()
		if n := <-single; n != 0 {
			t.Errorf("request %d: the watcher read %d bytes", i, n)
		}
	}
}
