package loadgen_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
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
